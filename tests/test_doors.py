"""How many of those who come at once are let in at once."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import pytest
import uvloop

from askpanel.serve import AT_ONCE, doors, listening

CROWD = 2 * AT_ONCE


async def let_in(lines: list[socket.socket]) -> list[int]:
    """How many have been let in after each turn of a loop, until all have."""
    loop, entered, told = asyncio.get_running_loop(), 0, list[int]()

    class Guest(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            nonlocal entered
            entered += 1
            transport.close()

    servers = [await loop.create_server(Guest, sock=line, backlog=CROWD) for line in lines]
    # A turn in which nobody is let in yet: whoever waits is told of at its end.
    while entered < CROWD:
        await asyncio.sleep(0)
        told.append(entered)
    for server in servers:
        server.close()
    return told


@pytest.mark.parametrize("several", [True, False], ids=["all doors", "one door: the control"])
def test_of_a_crowd_as_many_come_in_at_once_as_there_are_doors(*, several: bool) -> None:
    with ExitStack() as stack:
        line = stack.enter_context(listening("127.0.0.1", 0))
        line.listen(CROWD)
        for _ in range(CROWD):
            stack.enter_context(socket.create_connection(line.getsockname()))
        lines = doors(line) if several else [line]
        told = uvloop.run(let_in(lines))
        for each in lines:
            each.close()
    steps = {after - before for before, after in zip([0, *told], told, strict=False)} - {0}
    assert max(steps) == (AT_ONCE if several else 1)
