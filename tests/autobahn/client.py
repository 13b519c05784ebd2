"""A WebSocket client that sends any bytes, and keeps account of all that comes back."""

from __future__ import annotations

import base64
import contextlib
import secrets
import socket
import struct
import zlib
from typing import NamedTuple

from websockets.utils import apply_mask

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
PATIENCE = 10.0
"""Seconds for any one answer."""
EMPTY_BLOCK = b"\x00\x00\xff\xff"


class Refused(Exception):
    """No WebSocket: the status line that came instead."""


class Event(NamedTuple):
    """What came: `kind` is "text", "binary", "ping" or "pong"."""

    kind: str
    payload: bytes


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0) -> bytes:
    """One masked frame (RFC 6455, 5.2); `rsv` are its three reserved bits as a number."""
    first, size, mask = fin << 7 | rsv << 4 | opcode, len(payload), secrets.token_bytes(4)
    if size < 126:
        header = struct.pack("!BB", first, 0x80 | size)
    elif size < 1 << 16:
        header = struct.pack("!BBH", first, 0xFE, size)
    else:
        header = struct.pack("!BBQ", first, 0xFF, size)
    return header + mask + apply_mask(payload, mask)


def pieces(opcode: int, payload: bytes, size: int, rsv: int = 0) -> list[bytes]:
    """One message in frames of so many bytes; 0 for a single frame."""
    parts = [payload[at : at + size] for at in range(0, len(payload), size)] if size else [payload]
    last = len(parts) - 1
    return [
        frame(CONT if n else opcode, part, fin=n == last, rsv=0 if n else rsv)
        for n, part in enumerate(parts)
    ]


def close(code: int | None = 1000, reason: bytes = b"") -> bytes:
    """A close frame; None for one without a code."""
    return frame(CLOSE, (b"" if code is None else struct.pack("!H", code)) + reason)


def deflated(payload: bytes, window: int = 15) -> bytes:
    """A message compressed by itself (RFC 7692, 7.2.1)."""
    compressor = zlib.compressobj(wbits=-window)
    data = compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return data.removesuffix(EMPTY_BLOCK)


class Client:
    """One connection. `code` is the server's close code (1005 for none), or None without a close;
    `ended` says how the stream ended: "eof", "reset", or "silence" where nothing more came."""

    def __init__(
        self,
        port: int,
        offer: str = "",
        patience: float = PATIENCE,
        *,
        path: str = "/",
        origin: str = "",
        source: str = "127.0.0.1",
        receive_buffer: int = 0,
    ) -> None:
        self.events: list[Event] = []
        self.code: int | None = None
        self.ended = ""
        self.closed_first = False  # by us
        self._message, self._kind, self._packed = b"", "", False
        self._buffer = bytearray()
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(patience)
        self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.agreed = self._shake_hands(path, origin, offer)

    def _shake_hands(self, path: str, origin: str, offer: str) -> str:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        further = f"Origin: {origin}\r\n" if origin else ""
        further += f"Sec-WebSocket-Extensions: {offer}\r\n" if offer else ""
        self.sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"{further}\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self.sock.recv(4096) or b"\r\n\r\n"
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101 "):
            self.sock.close()
            raise Refused(head.decode().partition("\r")[0])
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        return next((v for n, _, v in lines if n.lower() == "sec-websocket-extensions"), "")

    def send(self, data: bytes) -> None:
        """Send, unless the server has gone."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(data)

    def say_goodbye(self) -> None:
        """Begin the closing handshake, if nobody has."""
        if self.code is None and not self.ended:
            self.closed_first = True
            self.send(close())

    def await_events(self, count: int) -> None:
        """Read until so many have come, or a close, or the end."""
        while len(self.events) < count and self.code is None and not self.ended:
            self._read()

    def glance(self) -> None:
        """Take what has come already."""
        try:
            self._hear(self.sock.recv(1 << 18, socket.MSG_DONTWAIT))
        except (BlockingIOError, TimeoutError):
            return
        except ConnectionResetError:
            self.ended = "reset"

    def await_end(self) -> None:
        """Read until the server ends the stream. Answers its close, as one has to."""
        answered = self.closed_first
        while not self.ended:
            self._read()
            if self.code is not None and not answered:
                answered = True
                self.send(close())

    def _read(self) -> None:
        try:
            data = self.sock.recv(1 << 18)
        except (ConnectionResetError, TimeoutError) as error:
            self.ended = "silence" if isinstance(error, TimeoutError) else "reset"
            return
        self._hear(data)

    def _hear(self, data: bytes) -> None:
        self.ended = "" if data else "eof"
        self._buffer += data
        while self.code is None and self._take_frame():
            pass

    def _take_frame(self) -> bool:
        have = self._buffer
        if len(have) < 2:
            return False
        assert not have[1] & 0x80, "a server does not mask"
        size, start = have[1], {126: 4, 127: 10}.get(have[1], 2)
        if start > 2:
            size = int.from_bytes(have[2:start], "big")
        if len(have) < start + size:
            return False
        first, payload = have[0], bytes(have[start : start + size])
        del have[: start + size]
        self._take(first, payload)
        return True

    def _take(self, first: int, payload: bytes) -> None:
        opcode = first & 0x0F
        if opcode == CLOSE:
            self.code = int.from_bytes(payload[:2], "big") if payload else 1005
        elif opcode in (PING, PONG):
            self.events.append(Event("ping" if opcode == PING else "pong", payload))
        else:
            if opcode != CONT:
                self._message, self._kind = b"", "text" if opcode == TEXT else "binary"
                self._packed = bool(first & 0x40)
            self._message += payload
            if first & 0x80:
                self.events.append(Event(self._kind, self._whole()))

    def _whole(self) -> bytes:
        if not self._packed:
            return self._message
        assert self.agreed, "compressed without an agreement"
        return zlib.decompressobj(-15).decompress(self._message + EMPTY_BLOCK)
