"""Hubs as processes of their own would run them, on a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from askpanel.chat.hub import Hub
from askpanel.chat.room import Room
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Event, StoreAway
from askpanel.eventlog.store import Store
from tests.cast import MINUTE
from tests.chat.peers import DEADLINE, eventually
from tests.staffroom import Hands

SLUG = "stop-it-now"
LEASE = 3 * MINUTE
OpenHub = Callable[..., Awaitable[Hub]]


async def brisk(seconds: float) -> None:
    """A second of the hub's is a fiftieth of ours."""
    await asyncio.sleep(seconds / 50)


@asynccontextmanager
async def store_at(url: str, prefix: str, hands: Hands) -> AsyncIterator[Store]:
    """A process's store, once the engine answers: one that was just started may be loading."""
    async with connect(url) as client, connect(url) as tails:
        store = Store(client, tails=tails, prefix=prefix, now=hands, lease_ms=LEASE)
        async with asyncio.timeout(DEADLINE):
            while not await answers(store):  # noqa: ASYNC110 — an engine is not an event
                await asyncio.sleep(0.01)
        yield store


async def answers(store: Store) -> bool:
    try:
        await store.ping()
    except StoreAway:
        return False
    return True


async def ask(store: Store, number: int) -> int:
    """A question of Sam's, named by a number; gives its position."""
    text = f"Why, for the {number}th time?"
    done = await store.submit(SLUG, nonce=f"n-{number}", text=text, lang="en", author="sam")
    return done.position


async def room_of(hub: Hub) -> Room:
    room = await hub.room(SLUG)
    assert room is not None
    return room


async def log_of(store: Store) -> list[Event]:
    return [entry.event for entry in await store.entries(SLUG, 1, 1000)]


async def live(*hubs: Hub) -> list[Room]:
    """The rooms, once the notice that the session is live has come: nothing is under way then."""
    rooms = [await room_of(hub) for hub in hubs]
    await eventually(lambda: all(room.projection.phase == "live" for room in rooms))
    return rooms


async def ticks(*hubs: Hub) -> None:
    """Wait until each has looked at the clock three times from the beginning."""
    wanted = [hub._ticks + 4 for hub in hubs]
    await eventually(
        lambda: all(hub._ticks >= each for hub, each in zip(hubs, wanted, strict=True))
    )
