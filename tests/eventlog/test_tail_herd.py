"""When the store comes back, those who follow it come back too, and not all in one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Entry, Event
from askpanel.eventlog.store import Store
from askpanel.eventlog.tail import FIRST_WAIT, LONGEST_WAIT, Tail


class Enough(Exception):
    """The test has seen what it wanted."""


async def waits(tries: int, uniform: Callable[[float, float], float]) -> list[float]:
    """How long one that follows waits, each time that it is disappointed. Seconds."""
    found: list[float] = []
    client = connect("unix:///nowhere/at/all")

    async def sleep(seconds: float) -> None:
        found.append(seconds)
        if len(found) == tries:
            raise Enough

    tail = Tail(
        Store(client),
        "demo",
        Entry(1, Event(type="phased", at=1)),
        epoch="e",
        entries=lambda run: None,
        connected=lambda connected: None,
        sleep=sleep,
        uniform=uniform,
    )
    try:
        with pytest.raises(Enough):
            await tail.run()
    finally:
        await client.aclose()
    return found


async def test_the_pauses_grow_to_three_seconds_and_no_further() -> None:
    assert await waits(7, lambda low, high: low) == [FIRST_WAIT] * 7
    assert await waits(7, lambda low, high: high) == [0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0]
    assert LONGEST_WAIT == 3.0


async def test_four_hundred_who_follow_come_back_evenly() -> None:
    luck = Random(6)
    last = [(await waits(6, luck.uniform))[-1] for _ in range(400)]
    tenths = Counter(int((wait - FIRST_WAIT) / (LONGEST_WAIT - FIRST_WAIT) * 10) for wait in last)
    assert sorted(tenths) == list(range(10))
    assert max(tenths.values()) < 70
