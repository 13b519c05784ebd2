"""A store whose connections were reset while they were idle: nobody's command is lost to that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random

import pytest
import uvloop

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.store import Store
from bench.chaos.link import Link
from tests.engines import PrivateEngine, free_port, start_engine

AT_ONCE = 8


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    with start_engine(port=free_port()) as running:
        yield running


async def pings(store: Store) -> list[BaseException | None]:
    """So many commands at once, each on a connection of its own."""
    works = [store.ping() for _ in range(AT_ONCE)]
    return list(await asyncio.gather(*works, return_exceptions=True))


async def after(engine: PrivateEngine, *, noticed: bool) -> list[BaseException | None]:
    """What becomes of the commands that follow a reset, once it has come or at once."""
    link = Link([engine.port], Random(1))
    await link.open()
    try:
        async with connect(f"redis://127.0.0.1:{link.port}") as client:
            store = Store(client)
            assert await pings(store) == [None] * AT_ONCE
            link.cut()
            if noticed:
                await asyncio.sleep(0.1)
            return await pings(store)
    finally:
        await link.close()


def test_connections_that_were_reset_are_dialled_anew(engine: PrivateEngine) -> None:
    """In the program's own event loop, which tells a reset in another way than asyncio's."""
    assert uvloop.run(after(engine, noticed=True)) == [None] * AT_ONCE
    assert asyncio.run(after(engine, noticed=True)) == [None] * AT_ONCE


def test_a_reset_that_comes_with_the_command_is_the_store_away_and_no_fault(
    engine: PrivateEngine,
) -> None:
    for run in (uvloop.run, asyncio.run):
        found = run(after(engine, noticed=False))
        assert all(each is None or isinstance(each, StoreAway) for each in found)
