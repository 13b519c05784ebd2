"""A hundred sessions at once, each followed by a tail that holds a connection while it waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from askpanel.eventlog.engine import POOL_SIZE, connect
from askpanel.eventlog.model import Entry
from askpanel.eventlog.store import Store
from askpanel.eventlog.tail import Tail
from askpanel.eventlog.tasks import end
from tests.cast import NOON, SAM, session
from tests.clusters import Cluster

SESSIONS = 100
SLUGS = [f"session-{number}" for number in range(SESSIONS)]
SECONDS = 15.0


@asynccontextmanager
async def followed(store: Store) -> AsyncIterator[dict[str, list[Entry]]]:
    """What the tail of each session has seen so far, from its second entry on."""
    seen: dict[str, list[Entry]] = {slug: [] for slug in SLUGS}

    async def follow(slug: str) -> None:
        (first,) = await store.entries(slug, 1, 1)
        epoch = await store.epoch(slug)
        heard: Callable[[list[Entry]], None] = seen[slug].extend
        await Tail(store, slug, first, epoch=epoch, entries=heard, connected=lambda _: None).run()

    tails = [asyncio.create_task(follow(slug)) for slug in SLUGS]
    try:
        yield seen
    finally:
        await end(tails)


async def ask(store: Store, slug: str, nonce: str) -> None:
    await store.submit(slug, nonce=nonce, text="Why?", lang="en", author=SAM.author)


@pytest.mark.parametrize("place", ["one engine", "a cluster"])
async def test_a_hundred_tails_leave_room_for_every_command(
    place: str, engine_url: str, request: pytest.FixtureRequest, prefix: str
) -> None:
    cluster: Cluster | None = request.getfixturevalue("cluster") if place != "one engine" else None
    url = cluster.url if cluster else engine_url
    async with connect(url) as client, connect(url, connections=1024) as tails:
        store = Store(client, tails=tails, prefix=prefix, now=lambda: NOON)
        await asyncio.gather(*(store.create(session(slug=slug)) for slug in SLUGS))
        async with followed(store) as seen, asyncio.timeout(SECONDS):
            for turn in (1, 2):
                await asyncio.gather(*(ask(store, slug, f"{turn}") for slug in SLUGS))
                while not all(len(run) >= turn for run in seen.values()):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        for run in seen.values():
            assert [entry.position for entry in run] == [2, 3]


async def test_tails_that_shared_the_commands_connections_would_take_them_all(
    engine_url: str, prefix: str
) -> None:
    """The control: what the tails' own connections are for. Commands still have their turn among
    the tails, but each waits until a tail has waited in vain."""
    for own in (True, False):
        async with connect(engine_url) as client, connect(engine_url, connections=1024) as tails:
            pool: Any = client.connection_pool
            store = Store(client, tails=tails if own else client, prefix=f"{prefix}-{own}")
            await asyncio.gather(*(store.create(session(slug=slug)) for slug in SLUGS))
            holding: Any = tails.connection_pool if own else pool
            at_least = SESSIONS if own else POOL_SIZE
            async with followed(store), asyncio.timeout(SECONDS):
                while len(holding._in_use_connections) < at_least:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                assert bool(pool.can_get_connection()) is own
