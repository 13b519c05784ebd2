"""Django Channels with channels_redis: one `group_send` to all, on uvicorn.

Usage: python -m bench.peers.channels_server PORT REDIS_URL

The layer's capacity is raised from its 100, which would drop nearly everything at these sizes.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import django  # type: ignore[import-not-found] # in the peers' own environment
import uvicorn
from django.conf import settings  # type: ignore[import-not-found]

PORT, REDIS_URL = int(sys.argv[1]), sys.argv[2]
settings.configure(
    SECRET_KEY=secrets.token_hex(),
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "capacity": 100_000},
        }
    },
)
django.setup()  # what follows needs it

from channels.generic.websocket import AsyncWebsocketConsumer  # type: ignore[import-untyped] # noqa: E402
from channels.layers import get_channel_layer  # type: ignore[import-untyped] # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # type: ignore[import-untyped] # noqa: E402
from django.urls import path  # type: ignore[import-not-found] # noqa: E402

from bench.peers.trigger import hear_datagrams  # noqa: E402

ROOM = "room"
tasks: set[asyncio.Task[None]] = set()


class Reader(AsyncWebsocketConsumer):  # type: ignore[misc] # which mypy cannot see
    """One socket."""

    async def connect(self) -> None:
        """Let it in."""
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Forget it."""
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def frame(self, event: dict[str, str]) -> None:
        """One text for this socket."""
        await self.send(text_data=event["text"])


def hear(data: bytes) -> None:
    """One text to all."""
    sending = get_channel_layer().group_send(ROOM, {"type": "frame", "text": data.decode()})
    task = asyncio.create_task(sending)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def lifespan(_: Any, receive: Callable[[], Awaitable[Any]], send: Callable[..., Any]) -> None:
    """Hear the word while the server runs."""
    await receive()
    await hear_datagrams(PORT, hear)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


app = ProtocolTypeRouter(
    {"websocket": URLRouter([path("live", Reader.as_asgi())]), "lifespan": lifespan}
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, access_log=False, log_level="warning")
