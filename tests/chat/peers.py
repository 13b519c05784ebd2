"""Clients of a server under test, over plain sockets: they send what they like, and read when
they like."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator

from websockets.frames import Opcode

DEADLINE = 8.0
KEY = base64.b64encode(b"sixteen bytes ok").decode()
UPGRADE = (
    "GET /sessions/demo/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
)
GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n"


async def eventually(condition: Callable[[], object], within: float = DEADLINE) -> None:
    """Wait until a condition holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 — a condition is not an event
            await asyncio.sleep(0.005)


class Peer:
    """A client that sends what it likes and reads when it likes, over a plain socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.rest = b""

    async def send(self, data: bytes | str) -> None:
        """Send bytes, or text in ASCII."""
        data = data.encode() if isinstance(data, str) else data
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def upgrade(self, more: bytes = b"") -> str:
        """Ask for a WebSocket, with more bytes in the same write; the answer's status line."""
        await self.send(UPGRADE.encode() + b"\r\n" + more)
        return (await self.read_head()).split("\r\n")[0]

    async def read(self, most: int = 65536) -> bytes:
        """What has come, b"" at the end of the stream."""
        if self.rest:
            data, self.rest = self.rest, b""
            return data
        async with asyncio.timeout(DEADLINE):
            return await asyncio.get_running_loop().sock_recv(self.sock, most)

    async def read_until(self, end: bytes) -> bytes:
        """Everything up to and with some bytes. Raises EOFError if they do not come."""
        data = b""
        while end not in data:
            more = await self.read()
            if not more:
                raise EOFError(data)
            data += more
        at = data.index(end) + len(end)
        self.rest = data[at:]
        return data[:at]

    async def read_head(self) -> str:
        """An answer's status line and headers."""
        return (await self.read_until(b"\r\n\r\n")).decode()

    async def read_all(self) -> bytes:
        """Everything until the server ends the stream."""
        data = b""
        while more := await self.read():
            data += more
        return data

    async def is_reset(self) -> bool:
        """Whether the server ends by a reset, after all that it had sent."""
        try:
            await self.read_all()
        except ConnectionResetError:
            return True
        return False


@contextlib.contextmanager
def peer(port: int, source: str = "127.0.0.1", receive_buffer: int = 0) -> Iterator[Peer]:
    """Connect from an address of the loopback, perhaps with a small buffer to read into."""
    with socket.socket() as sock:
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.bind((source, 0))
        sock.connect(("127.0.0.1", port))
        sock.setblocking(False)
        yield Peer(sock)


def masked(opcode: Opcode, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    """One frame as a client sends it, masked with zeros so that it reads the same each time."""
    first = fin << 7 | rsv1 << 6 | opcode
    if len(payload) < 126:
        header = struct.pack("!BB", first, 0x80 | len(payload))
    elif len(payload) < 1 << 16:
        header = struct.pack("!BBH", first, 0x80 | 126, len(payload))
    else:
        header = struct.pack("!BBQ", first, 0x80 | 127, len(payload))
    return header + b"\0\0\0\0" + payload
