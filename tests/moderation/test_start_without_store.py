"""A worker that is replaced while the store is away waits for it, and is a worker like any other
once it is back. If it gave up, the whole program would be taken for broken and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from askpanel.chat.hub import Hub
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.attendance import SIGNED_OUT, Attendance, Attendant
from tests.cast import session
from tests.chat.hubs import SLUG, answers, brisk
from tests.chat.peers import eventually
from tests.engines import PrivateEngine, start_engine
from tests.fakewire import FakeWire
from tests.staffroom import hire

COME_AGAIN = 1012, "retry=1"


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        yield running


@asynccontextmanager
async def parts(engine: PrivateEngine) -> AsyncIterator[tuple[Store, Staff]]:
    async with connect(engine.url) as client:
        yield Store(client), Staff(client)


async def test_a_hub_that_begins_without_the_store_hears_the_time_when_it_is_back(
    engine: PrivateEngine,
) -> None:
    async with parts(engine) as (store, _):
        await store.create(session())
        engine.kill()
        hub = Hub(store, {}, sleep=brisk)
        store.clock.set(1)  # whatever this machine thinks that it is
        await hub.start()
        try:
            with pytest.raises(StoreAway):
                await hub.room(SLUG)
            await asyncio.to_thread(engine.start)
            await eventually(lambda: store.now() > 1_000_000_000_000)
            assert await hub.room(SLUG) is not None
        finally:
            await hub.stop()


async def test_attendance_that_begins_without_the_store_still_ends_sign_ins(
    engine: PrivateEngine,
) -> None:
    async with parts(engine) as (store, staff):
        await hire(staff, 1)
        engine.kill()
        attendance = Attendance(staff, store, sleep=brisk)
        await attendance.start()
        try:
            early, late = FakeWire(), FakeWire()
            attendance.enter(Attendant(early, "asha", "a hash", 1))
            await asyncio.to_thread(engine.start)
            # Nobody knows what was said before the log was read: so once more, please.
            await eventually(lambda: early.ended == COME_AGAIN)
            attendance.enter(Attendant(late, "asha", "another", 1))
            async with asyncio.timeout(5):
                while not await answers(store):  # noqa: ASYNC110 - an engine is not an event
                    await asyncio.sleep(0.01)
            await staff.disable("asha", 2)
            await eventually(lambda: late.ended == SIGNED_OUT)
        finally:
            await attendance.stop()
