"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import redis.asyncio

from askpanel.eventlog.engine import connect
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from tests.cast import MINUTE, NOON, session
from tests.clusters import Cluster, start_cluster
from tests.eventlog.rulesroom import Room
from tests.staffroom import SECRET, fresh_prefix, hire


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Three primaries, each with a replica, for the tests that leave them all alive."""
    with start_cluster() as running:
        yield running


@pytest.fixture
async def client(engine_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with connect(engine_url) as connected:
        yield connected


@pytest.fixture
def prefix() -> str:
    return fresh_prefix()


@pytest.fixture
async def staff(client: redis.asyncio.Redis, prefix: str) -> Staff:
    room = Staff(client, prefix, secret=SECRET)
    await hire(room, NOON)
    return room


@pytest.fixture
def time() -> list[int]:
    """The store's clock, which a test moves."""
    return [NOON]


@pytest.fixture
async def room(client: redis.asyncio.Redis, prefix: str, time: list[int]) -> Room:
    store = Store(client, prefix=prefix, now=lambda: time[0], lease_ms=3 * MINUTE)
    await store.create(session())
    return Room(store, time)


@pytest.fixture
async def checked_room(client: redis.asyncio.Redis, prefix: str, time: list[int]) -> Room:
    store = Store(client, prefix=prefix, now=lambda: time[0], lease_ms=3 * MINUTE)
    await store.create(session(second_check=True))
    return Room(store, time)
