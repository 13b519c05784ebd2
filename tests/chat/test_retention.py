"""A process that serves erases by itself, when the time has come and not before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from askpanel.chat.retention import LOOK, Retention
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.purging import DAY_MS, Purger
from askpanel.eventlog.records import Purge
from askpanel.eventlog.rewriting import Written
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from tests.cast import NOON, SAM, session

DAYS = 7


class Shift:
    """Two processes that serve the same store, and a clock that the test moves."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.now, self.outcomes = NOON, ["done"]
        self.store = Store(client, prefix=prefix, now=lambda: self.now)
        self.slept: list[float] = []
        self.woken, self.lain = asyncio.Event(), asyncio.Event()
        seals = Seals(client, prefix)
        self.purgers = [Purger(self.store, client, seals, write=self._write) for _ in range(2)]
        self.both = [Retention(each, DAYS, sleep=self._sleep) for each in self.purgers]

    async def _write(self, _: Redis) -> list[Written]:
        return [Written("", self.outcomes[-1])]

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.lain.set()
        await self.woken.wait()
        self.woken.clear()

    async def lies_down(self, times: int) -> None:
        """Wait until a process sleeps for that time."""
        async with asyncio.timeout(20):
            while len(self.slept) < times:
                self.lain.clear()
                await self.lain.wait()

    async def round(self) -> list[dict[str, Purge]]:
        return list(await asyncio.gather(*(each.round() for each in self.both)))


@pytest.fixture
async def shift(client: Redis, prefix: str) -> Shift:
    made = Shift(client, prefix)
    for slug in ("one", "two"):
        await made.store.create(session(slug=slug))
        await made.store.submit(slug, nonce="n", text="Why?", lang="en", author=SAM.author)
    return made


async def test_nothing_is_erased_before_its_time(shift: Shift) -> None:
    found = await shift.store.session("one")
    assert found is not None
    shift.now = found.schedule.ends + DAYS * DAY_MS - 1
    assert await shift.round() == [{}, {}]
    shift.now += 1
    erased = await shift.round()
    assert sorted(slug for each in erased for slug in each) == ["one", "two"]
    assert await shift.round() == [{}, {}]


async def test_of_several_processes_one_erases_a_session(shift: Shift) -> None:
    shift.now += 365 * DAY_MS
    erased = await shift.round()
    assert sorted(slug for each in erased for slug in each) == ["one", "two"]
    assert (await shift.store.snapshot("one")).position == 3


async def test_the_log_says_which_session_and_not_what_was_in_it(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    shift.now += 365 * DAY_MS
    with caplog.at_level(logging.INFO, "askpanel"):
        await shift.round()
    told = [record for record in caplog.records if getattr(record, "event", "") == "purged"]
    assert sorted(record.session for record in told) == ["one", "two"]  # type: ignore[attr-defined]
    assert "Why?" not in caplog.text


async def test_a_file_that_keeps_the_words_is_an_error_until_it_is_written(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    shift.now += 365 * DAY_MS
    shift.outcomes.append("forbidden")
    await shift.round()
    assert "may still be in the store's own file: forbidden" in caplog.text
    caplog.clear()
    shift.outcomes.append("done")
    await shift.round()
    await shift.round()
    assert caplog.text == ""


@pytest.fixture
async def working(shift: Shift) -> AsyncIterator[Retention]:
    await shift.both[0].start()
    yield shift.both[0]
    await shift.both[0].stop()


async def test_it_waits_after_a_start_and_goes_on_after_a_fault(
    shift: Shift, working: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shift.lies_down(1)
    assert 60 <= shift.slept[0] <= 600
    for number, fault in enumerate((StoreAway("away"), ValueError("a fault")), 2):

        async def failing(days: int, fault: Exception = fault) -> list[object]:
            raise fault

        with monkeypatch.context() as patched:
            patched.setattr(shift.purgers[0], "due", failing)
            shift.woken.set()
            await shift.lies_down(number)
    shift.now += 365 * DAY_MS
    shift.woken.set()
    await shift.lies_down(4)
    assert (await shift.store.snapshot("one")).purged
    assert 0.5 * LOOK <= shift.slept[-1] <= 1.5 * LOOK
