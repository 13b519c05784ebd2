"""A proxy that ends TLS in front of a service, as it should or with one fault, on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.engines import free_port

CLIENT = "203.0.113.9"


@dataclass
class TlsProxy:
    """In front of `behind`, at `https://localhost:{port}`. `fault` is one of: `silent` (says not
    for whom it asks), `sockets` (passes no WebSockets), `origin` (says that all come from our own
    page), `cookie` (gives one to everybody), `headers` (takes some away), `gzip` (compresses
    pages), `metrics` (shows them to all)."""

    behind: int
    authority: Path
    fault: str = ""
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[TlsProxy]:
        """Serve until the end of the block."""
        ca = trustme.CA()
        ca.cert_pem.write_to_path(str(self.authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost").configure_cert(context)
        ready, loop = threading.Event(), asyncio.new_event_loop()
        stop = asyncio.Event()
        serving = threading.Thread(
            target=loop.run_until_complete, args=(self._serve(context, ready, stop),)
        )
        serving.start()
        assert ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(stop.set)
            serving.join()
            loop.close()

    async def _serve(
        self, context: ssl.SSLContext, ready: threading.Event, stop: asyncio.Event
    ) -> None:
        server = await asyncio.start_server(self._one, "127.0.0.1", self.port, ssl=context)
        ready.set()
        await stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _one(self, client: StreamReader, to_client: StreamWriter) -> None:
        """One connection carries one request, or one WebSocket."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await client.readuntil(b"\r\n\r\n")
            asked = self._asked(head.decode("latin-1"))
            if "GET /metrics " in asked and self.fault != "metrics":
                to_client.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            else:
                await self._pass_on(asked, client, to_client)
        to_client.close()

    async def _pass_on(self, asked: str, client: StreamReader, to_client: StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self.behind)
        try:
            to_server.write(asked.encode("latin-1"))
            if "upgrade: websocket" in asked.lower():
                await asyncio.gather(pipe(server, to_client), pipe(client, to_server))
            else:
                to_client.write(self._answered(await server.read(), asked))
                await to_client.drain()
        finally:
            to_server.close()

    def _asked(self, head: str) -> str:
        """The request as it is passed on."""
        added = "X-Forwarded-Proto: https\r\n"
        if self.fault != "silent":
            added += f"X-Forwarded-For: {CLIENT}\r\n"
        if self.fault == "sockets":
            head = re.sub(r"(?im)^(upgrade|connection): .*\r\n", "", head)
        if self.fault == "origin":
            head = re.sub(r"(?im)^origin: .*\r\n", f"Origin: {self.url}\r\n", head)
        if "upgrade: websocket" not in head.lower():
            head = re.sub(r"(?im)^connection: .*\r\n", "", head)
            added += "Connection: close\r\n"
        return head.replace("\r\n\r\n", f"\r\n{added}\r\n", 1)

    def _answered(self, reply: bytes, asked: str) -> bytes:
        head, _, body = reply.partition(b"\r\n\r\n")
        if self.fault == "cookie":
            head += b"\r\nSet-Cookie: route=7"
        if self.fault == "headers":
            head = re.sub(rb"(?im)^(strict-transport-security|cache-control): .*\r\n", b"", head)
        if self.fault == "gzip" and "accept-encoding: gzip" in asked.lower():
            body = gzip.compress(body)
            head = re.sub(rb"(?im)^content-length: .*\r\n", b"", head)
            head += b"\r\nContent-Encoding: gzip\r\nContent-Length: %d" % len(body)
        return head + b"\r\n\r\n" + body


async def pipe(source: StreamReader, target: StreamWriter) -> None:
    """Until one side has had enough."""
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
    target.close()
