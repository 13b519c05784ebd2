"""How a server that stops parts from its connections."""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.client import connect

from tests.chat.peers import UPGRADE, eventually, peer
from tests.chat.serving import Application, ending, serving

LIMIT = 4
"""Seconds that the server may take."""


def spread(*moments: float) -> dict[str, Any]:
    """The share of the window after which each connection is closed, in turn."""
    shares = iter(moments)
    return {"spread": staticmethod(lambda low, high: low + (high - low) * next(shares))}


async def test_sockets_are_closed_one_after_the_other_within_half_of_the_time() -> None:
    app = Application()
    asked: list[tuple[float, float]] = []

    def luck(low: float, high: float) -> float:
        asked.append((low, high))
        return 0.1 * len(asked)

    ways = {"spread": staticmethod(luck), "retry_seconds": staticmethod(lambda: 3)}
    async with (
        serving(app, ws=ways, timeout_graceful_shutdown=LIMIT) as served,
        connect(served.url) as sam,
        connect(served.url) as alex,
    ):
        await eventually(lambda: len(app.wires) == 2)
        began = asyncio.get_running_loop().time()
        served.stop()
        ends = {await ending(sam), await ending(alex)}
        took = asyncio.get_running_loop().time() - began
    assert ends == {(1012, "retry=3")}
    assert asked == [(0, LIMIT / 2)] * 2
    assert took >= 0.2
    assert not app.failures


async def test_an_idle_connection_is_good_for_one_more_request() -> None:
    app = Application()
    # Asked for as late as the window allows, so that the request comes first.
    async with serving(app, http=spread(1.0), timeout_graceful_shutdown=LIMIT) as served:
        with peer(served.port) as proxy:
            await proxy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await eventually(lambda: app.ended == 1)
            served.stop()
            await eventually(lambda: not served.server.servers[0].sockets)
            await proxy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answers = await proxy.read_all()
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert answers.count(b"connection: close") == 1
    assert "askpanel.draining" not in app.scopes[0].get("extensions", {})
    assert "askpanel.draining" in app.scopes[1]["extensions"]


async def test_an_idle_connection_that_stays_idle_is_closed_in_its_turn() -> None:
    app = Application()
    async with serving(app, http=spread(0.05), timeout_graceful_shutdown=LIMIT) as served:
        with peer(served.port) as proxy:
            await proxy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await eventually(lambda: app.ended == 1)
            served.stop()
            answer = await proxy.read_all()
            await eventually(lambda: not served.connections)
    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert b"connection: close" not in answer


async def test_nobody_opens_a_socket_on_a_server_that_is_leaving() -> None:
    app = Application()
    async with serving(app, http=spread(1.0), timeout_graceful_shutdown=LIMIT) as served:
        with peer(served.port) as sam:
            await sam.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await eventually(lambda: app.ended == 1)
            served.stop()
            await eventually(lambda: not served.server.servers[0].sockets)
            await sam.send(UPGRADE + "\r\n")
            answers = await sam.read_all()
    assert b"HTTP/1.1 503 " in answers
    assert b"HTTP/1.1 101 " not in answers
    assert not app.wires
