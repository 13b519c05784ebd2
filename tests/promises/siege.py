"""A service under attack: its limits made short, so that a test need not wait for them, and
perhaps one of them taken away, which the test must notice.

Run as a program: `siege.py '{"fault": …, "http": {…}, "ws": {…}, "server": {…}}' serve …` is
`askpanel serve …` with that fault, and with those limits of `HttpWire`, `SocketWire` and uvicorn.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

from starlette.websockets import WebSocket

from askpanel import cli, serve
from askpanel.chat import socket, subscribers
from askpanel.chat.hub import Hub
from askpanel.chat.room import Room
from askpanel.chat.throttle import Throttle
from askpanel.chat.wire import HttpWire, SocketWire, server_config
from askpanel.eventlog.model import Entry

FAULTS: dict[str, Callable[[], None]] = {}
SERVER: dict[str, Any] = {}
"""Settings of uvicorn."""


def fault(plant: Callable[[], None]) -> Callable[[], None]:
    """Register a fault under its name."""
    FAULTS[plant.__name__] = plant
    return plant


def replace(owner: object, name: str, other: object) -> None:
    """For the rest of the process."""
    patch.object(owner, name, other).start()


@fault
def forgiving() -> None:
    """Lets any number of bytes wait for a reader, and says nothing."""
    replace(subscribers, "MOST_BACKLOG", math.inf)


@fault
def trustful() -> None:
    """Believes that whoever was there still is."""
    replace(SocketWire, "start_keepalive", lambda self: None)


@fault
def insatiable() -> None:
    """Takes messages of any size, and unpacks them."""
    SERVER["ws_max_size"] = 1 << 30


@fault
def unmoved() -> None:
    """Lets itself be told anything as often as somebody likes."""
    replace(SocketWire, "frame_allowance", math.inf)
    replace(socket, "MOST_CHATTER", math.inf)


@fault
def patient() -> None:
    """Waits for ever for the rest of a request."""
    replace(HttpWire, "_set_deadline", lambda self: None)


@fault
def generous() -> None:
    """Counts neither questions nor sockets."""
    replace(Throttle, "question", lambda self, *who: 0)
    replace(Throttle, "socket_opened", lambda self, network: True)


@fault
def wasteful() -> None:
    """Keeps 100 KiB for each socket."""
    attend = socket.attend

    async def attend_with_luggage(wire: WebSocket, *rest: Any, **further: Any) -> None:
        wire.state.luggage = b"\1" * 100 * 1024
        await attend(wire, *rest, **further)

    replace(socket, "attend", attend_with_luggage)


@fault
def sluggish() -> None:
    """Shows everything somewhat later than it could."""
    show = Hub._show

    def show_later(self: Hub, room: Room, run: list[Entry]) -> None:
        asyncio.get_running_loop().call_later(2.5, show, self, room, run)

    replace(Hub, "_show", show_later)


def change(changes: dict[str, Any]) -> None:
    """In this process, before it serves."""
    for owner, part in ((HttpWire, "http"), (SocketWire, "ws")):
        for name, value in changes.get(part, {}).items():
            replace(owner, name, value)
    SERVER.update(changes.get("server", {}))
    if changes["fault"]:
        FAULTS[changes["fault"]]()
    replace(serve, "server_config", partial(server_config, **SERVER))


if __name__ == "__main__":
    change(json.loads(sys.argv.pop(1)))
    cli.main()
