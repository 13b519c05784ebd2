"""python-socketio as an ASGI application on uvicorn; one `emit` to all.
Usage: python -m bench.peers.socketio_server PORT"""

from __future__ import annotations

import asyncio
import json
import sys

import socketio  # type: ignore[import-not-found] # in the peers' own environment
import uvicorn

from bench.peers.trigger import hear_datagrams

PORT = int(sys.argv[1])
sio = socketio.AsyncServer(
    async_mode="asgi", cors_allowed_origins="*", transports=["websocket"], http_compression=False
)
tasks: set[asyncio.Task[None]] = set()


def hear(data: bytes) -> None:
    """One object to all, under the event's name."""
    task = asyncio.create_task(sio.emit("frame", json.loads(data)))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def on_startup() -> None:
    """Hear the word while the server runs."""
    await hear_datagrams(PORT, hear)


app = socketio.ASGIApp(sio, on_startup=on_startup)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, access_log=False, log_level="warning")
