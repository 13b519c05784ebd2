"""A real server in this process, and an application that keeps its sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from askpanel.chat import frames
from askpanel.chat.wire import HttpWire, SocketWire, Wire, server_config, wire_of
from tests.chat.peers import eventually

SHORT = {"head_timeout": 0.2, "body_timeout": 0.3, "read_timeout": 0.2, "linger": 0.1}
LONG = {"head_timeout": 60.0, "body_timeout": 60.0, "read_timeout": 60.0}


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
        loggers[0].handlers.insert(0, self)  # before ours can have put its mark on a record
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


BIG = frames.frame(1, 0, [("text", "transcript", "x" * 60_000)])


async def fill(app: Application) -> int:
    """Write until the reader has stalled; the bytes that it took."""
    written = 0
    while app.wire.stalled_since is None:
        app.wire.write(BIG)
        written += len(BIG)
        await asyncio.sleep(0)
        assert written < 20_000_000
    return written


async def ending(client: ClientConnection) -> tuple[int, str]:
    """Code and reason of the server's close."""
    with pytest.raises(ConnectionClosed) as closed:
        await client.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def is_closed(app: Application) -> bool:
    """Whether the newest socket takes no more frames."""
    return app.wire.closed


def stalled_since(app: Application) -> float | None:
    """When the newest socket's reader stopped."""
    return app.wire.stalled_since


async def has_let_go(served: Served) -> bool:
    """Whether the server holds no connection any more, soon."""
    await eventually(lambda: not served.connections, within=2)
    return True
