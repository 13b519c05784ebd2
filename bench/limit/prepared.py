"""The product's seam with nothing around it: our server, our sockets, one prepared frame.

Between this and the C loop lies what Python costs; between this and the product lie the form,
the store and the template. Usage: python -m bench.limit.prepared PORT
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from askpanel.chat.frames import MEDIUM
from askpanel.chat.subscribers import Member, Subscribers
from askpanel.chat.wire import server_config, wire_of
from bench.peers.trigger import hear_datagrams

readers = Subscribers()


async def live(socket: WebSocket) -> None:
    """Stay until the reader leaves."""
    await socket.accept()
    wire = wire_of(socket.scope)
    reader = Member(wire, "public", "en")
    readers.add(reader)
    wire.when_over(partial(readers.discard, reader))
    with suppress(RuntimeError, WebSocketDisconnect):
        while True:
            await socket.receive()


def hear(payload: bytes) -> None:
    """One frame to all."""
    frame = MEDIUM.pack(0x81, 126, len(payload)) + payload
    readers.write(frame)


def served(port: int) -> uvicorn.Config:
    """The application on a port."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await hear_datagrams(port, hear)
        yield

    app = Starlette(routes=[WebSocketRoute("/live", live)], lifespan=lifespan)
    return server_config(app, host="127.0.0.1", port=port)


if __name__ == "__main__":
    uvicorn.Server(served(int(sys.argv[1]))).run()
