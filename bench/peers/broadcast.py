"""The websockets library and its own `broadcast`, on uvloop.
Usage: python -m bench.peers.broadcast PORT"""

from __future__ import annotations

import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.peers.trigger import hear_datagrams

PORT = int(sys.argv[1])
connections: set[ServerConnection] = set()


async def live(connection: ServerConnection) -> None:
    """Stay until the reader leaves."""
    connections.add(connection)
    try:
        await connection.wait_closed()
    finally:
        connections.discard(connection)


def hear(data: bytes) -> None:
    """One text to all."""
    broadcast(connections, data.decode())


async def main() -> None:
    """Serve until stopped."""
    await hear_datagrams(PORT, hear)
    async with serve(live, "127.0.0.1", PORT, compression=None, backlog=4096) as server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
