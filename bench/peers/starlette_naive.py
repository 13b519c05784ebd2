"""Starlette as its documentation has it: `await send_text` for one socket after the other, on
uvicorn as it comes. Usage: python -m bench.peers.starlette_naive PORT"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.peers.trigger import hear_datagrams

PORT = int(sys.argv[1])
sockets: set[WebSocket] = set()
tasks: set[asyncio.Task[None]] = set()


async def live(socket: WebSocket) -> None:
    """Stay until the reader leaves."""
    await socket.accept()
    sockets.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        sockets.discard(socket)


async def broadcast(text: str) -> None:
    """One text to all."""
    for socket in list(sockets):
        await socket.send_text(text)


def hear(data: bytes) -> None:
    """Begin to broadcast."""
    task = asyncio.create_task(broadcast(data.decode()))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Hear the word while the server runs."""
    await hear_datagrams(PORT, hear)
    yield


app = Starlette(routes=[WebSocketRoute("/live", live)], lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, access_log=False, log_level="warning")
