"""A real server in this process, an application that keeps its sockets, and raw clients."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send
from websockets.frames import Opcode

from askpanel.chat.wire import HttpWire, SocketWire, Wire, server_config, wire_of

DEADLINE = 8.0
KEY = base64.b64encode(b"sixteen bytes ok").decode()
UPGRADE = (
    "GET /sessions/demo/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
)


async def eventually(condition: Callable[[], object], within: float = DEADLINE) -> None:
    """Wait until a condition holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 — a condition is not an event
            await asyncio.sleep(0.005)


class Application:
    """ASGI: answers every request with its body, accepts every socket and listens to it."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.heard: list[Message] = []
        self.scopes: list[Scope] = []
        self.failures: list[BaseException] = []
        self.page = b"a page"
        self.accepting = asyncio.Event()
        self.accepting.set()
        self.ended = 0

    @property
    def wire(self) -> Wire:
        """The newest socket."""
        return self.wires[-1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        try:
            await (self.answer if scope["type"] == "http" else self.attend)(scope, receive, send)
        except BaseException as exc:
            self.failures.append(exc)
            raise
        finally:
            self.ended += 1

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then send the page and the body."""
        body, more = b"", True
        while more:
            message = await receive()
            self.heard.append({**message, "body": len(message.get("body", b""))})
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
        content = self.page + body
        length = str(len(content)).encode()
        headers = [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def attend(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, and echo text until the end."""
        await receive()
        self.wires.append(wire_of(scope))
        await self.accepting.wait()
        await send({"type": "websocket.accept"})
        while True:
            message = await receive()
            self.heard.append(message)
            if message["type"] == "websocket.disconnect":
                return
            if message.get("text", "").startswith("echo"):
                await send({"type": "websocket.send", "text": message["text"]})


class Listener(logging.Handler):
    """Keeps every line that is logged, by loggers that are as chatty as uvicorn's default."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Format with tracebacks, as a stranger's handler would."""
        if record.name != "asyncio":
            self.lines.append(self.format(record))

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Turn everything up. `caplog` cannot: the server's configuration replaces it."""
        loggers = [logging.getLogger(n) for n in ("", "uvicorn", "uvicorn.error", "askpanel")]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.INFO)
        loggers[0].addHandler(self)
        try:
            yield
        finally:
            loggers[0].removeHandler(self)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


class Served:
    """A running server: its port, what it still holds, and all that was logged."""

    def __init__(self, server: uvicorn.Server, logged: list[str]) -> None:
        self.server = server
        self.logged = logged
        self.port: int = server.servers[0].sockets[0].getsockname()[1]

    @property
    def connections(self) -> int:
        """Connections that the server has not lost."""
        return len(self.server.server_state.connections)

    @property
    def url(self) -> str:
        """Of a socket."""
        return f"ws://127.0.0.1:{self.port}/sessions/demo/live"

    def stop(self) -> None:
        """Ask it to end."""
        self.server.should_exit = True


class PromptServer(uvicorn.Server):
    """Stops as soon as it is asked, not at the next tenth of a second."""

    async def main_loop(self) -> None:
        """Sets the Date header once, and waits."""
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110 — a signal handler sets this
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def serving(
    app: Any,
    http: dict[str, Any] | None = None,
    ws: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Served]:
    """Serve an application on a free port of the loopback, with some limits set anew."""
    config = server_config(
        app,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        http=type("TamedHttp", (HttpWire,), http or {}),
        ws=type("TamedSocket", (SocketWire,), ws or {}),
        **settings,
    )
    server = PromptServer(config)
    listener = Listener()
    with listener.listening():
        task = asyncio.create_task(server._serve())
        await eventually(lambda: server.started)
        listener.lines.clear()
        try:
            yield Served(server, listener.lines)
        finally:
            server.should_exit = True
            await task


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
