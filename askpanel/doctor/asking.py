"""Asking an address as a browser would, and saying in a few words why there was no answer."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Origin

SECONDS = 5.0
MOST_BYTES = 1_000_000


class Unanswered(Exception):
    """Nobody answered, and why, in a few words."""


class Answer(NamedTuple):
    """`headers` are lower case, repeated ones joined; `text` is the body, or its beginning."""

    status: int
    headers: dict[str, str]
    text: str


class Handshake(NamedTuple):
    """What a WebSocket's handshake came to: 101 and the first frame, or the refusal's words."""

    status: int
    text: str


def get(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One GET, following nothing. Raises Unanswered."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.request("GET", parts.path or "/", headers={"Accept": "*/*", **(headers or {})})
        reply = line.getresponse()
        given: dict[str, str] = {}
        for name, value in reply.getheaders():
            given[name.lower()] = (
                f"{given[name.lower()]}, {value}" if name.lower() in given else value
            )
        return Answer(reply.status, given, reply.read(MOST_BYTES).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(why(error)) from error
    finally:
        line.close()


def handshake(url: str, origin: str) -> Handshake:
    """Open a WebSocket from a page of that origin. Raises Unanswered."""
    try:
        return asyncio.run(_opened(url.replace("http", "ws", 1), origin))
    except InvalidStatus as error:
        body = error.response.body
        return Handshake(error.response.status_code, bytes(body).decode("utf-8", "replace"))
    except (OSError, TimeoutError, WebSocketException) as error:
        raise Unanswered(why(error)) from error


async def _opened(address: str, origin: str) -> Handshake:
    # Not the library's client for threads: refused through TLS, it now and then waits for ever for
    # its own thread, which reads from what it has closed.
    async with connect(
        address,
        origin=Origin(origin),
        open_timeout=SECONDS,
        close_timeout=SECONDS,
        compression=None,
        proxy=None,
        user_agent_header=None,
    ) as wire:
        async with asyncio.timeout(SECONDS):
            return Handshake(101, str(await wire.recv()))


def certificate_ends(url: str) -> float:
    """Until when the certificate there is valid, in Unix seconds. Raises Unanswered."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    where = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection(where, SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as line,
        ):
            ends = (line.getpeercert() or {}).get("notAfter")
            return float(ssl.cert_time_to_seconds(str(ends)))
    except OSError as error:
        raise Unanswered(why(error)) from error


def why(error: BaseException) -> str:
    """A few words, of the kind that follow "because"."""
    words: tuple[tuple[type[BaseException], str], ...] = (
        (ssl.SSLCertVerificationError, "its certificate is not one that browsers trust"),
        (ssl.SSLError, "it does not speak TLS as it should"),
        (socket.gaierror, "its name is not known"),
        (TimeoutError, "it did not answer in time"),
        (ConnectionRefusedError, "nothing listens there"),
        (ConnectionError, "it broke the connection off"),
    )
    found = (said for kind, said in words if isinstance(error, kind))
    return next(found, "what it says is not what a web server says")
