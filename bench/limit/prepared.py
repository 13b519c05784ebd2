"""The product's seam with nothing around it: our server, our sockets, one prepared frame.

Between this and the C loop lies what Python costs; between this and the product lie the form,
the store and the template. Usage: python -m bench.limit.prepared PORT
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from askpanel.chat.frames import MEDIUM
from askpanel.chat.wire import Wire, server_config, wire_of
from bench.peers.trigger import hear_datagrams

wires: set[Wire] = set()


async def live(socket: WebSocket) -> None:
    """Stay until the reader leaves."""
    await socket.accept()
    wire = wire_of(socket.scope)
    wires.add(wire)
    try:
        while True:
            await socket.receive()
    except (RuntimeError, WebSocketDisconnect):
        wires.discard(wire)


def hear(payload: bytes) -> None:
    """One frame to all."""
    frame = MEDIUM.pack(0x81, 126, len(payload)) + payload
    for wire in wires:
        wire.write(frame)


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
