"""picows, WebSockets in Cython: one `send` for each socket, on uvloop.
Usage: python -m bench.peers.picows_server PORT"""

from __future__ import annotations

import sys

import uvloop
from picows import (  # type: ignore[import-not-found] # in the peers' own environment
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_create_server,
)

from bench.peers.trigger import hear_datagrams

PORT = int(sys.argv[1])
transports: set[WSTransport] = set()


class Reader(WSListener):  # type: ignore[misc] # which mypy cannot see
    """One socket."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Let it in."""
        transports.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Forget it."""
        transports.discard(transport)


def listener(_: WSUpgradeRequest) -> WSListener:
    """A listener for each socket."""
    return Reader()


def hear(data: bytes) -> None:
    """One text to all."""
    for transport in transports:
        transport.send(WSMsgType.TEXT, data)


async def main() -> None:
    """Serve until stopped."""
    await hear_datagrams(PORT, hear)
    server = await ws_create_server(listener, "127.0.0.1", PORT, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
