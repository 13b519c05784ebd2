"""The word to broadcast, for every Python server here: a datagram on the server's own port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Hear = Callable[[bytes], None]


class Trigger(asyncio.DatagramProtocol):
    """Hands each datagram on."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def datagram_received(self, data: bytes, _: object) -> None:
        """One text to broadcast."""
        self._hear(data)


async def hear_datagrams(port: int, hear: Hear) -> None:
    """Hear them on the loopback for as long as the loop runs."""
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Trigger(hear), local_addr=("127.0.0.1", port))
