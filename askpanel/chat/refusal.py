"""How a request that will not be served is turned away."""

from __future__ import annotations

import http
from collections.abc import Iterable

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE


class Unacceptable(Exception):
    """Raised inside the parser's callbacks: answer with this status and close."""

    def __init__(self, status: int) -> None:
        self.status = status


def status_of(fault: HttpParserError) -> int:
    """The status that a callback asked for, or 400.

    Not written where the fault is caught: its cause, kept in a variable there, would hold that
    call, and with it the connection and all that was read, until the collector comes by.
    """
    cause = fault.__context__
    return cause.status if isinstance(cause, Unacceptable) else 400


def refusal(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A whole answer, in the words of the standard, with these headers and no more to follow."""
    text = http.HTTPStatus(status).phrase.encode()
    all_headers = [
        *headers,
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        (b"connection", b"close"),
    ]
    lines = [b"%s: %s\r\n" % header for header in all_headers]
    return b"".join([STATUS_LINE[status], *lines, b"\r\n", text])
