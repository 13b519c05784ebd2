"""At most two minutes of chaos: every kind of fault under load, and nothing is lost.

`bench/no_loss.py` is the same for hours. A seed makes the same faults again: CHAOS_SEED.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest

from bench.chaos.disk import Worst
from bench.chaos.faults import KINDS
from bench.chaos.run import Account, Evening, Plan, evening, suffered

SEED = int(os.environ.get("CHAOS_SEED", "20180627"))
SOON = 20.0
"""Seconds: P6 promises 5, on a machine that does not run every other test at the same time."""


def test_nothing_is_lost_through_every_kind_of_fault() -> None:
    faults = len(KINDS) * 3 // 2
    plan = Plan(seed=SEED, faults=faults, longest=1.5, readers=5, askers=5, soon=SOON)
    account = asyncio.run(suffered(plan))
    assert account.breaches == [], f"with CHAOS_SEED={SEED}: {account.sentence}"
    assert set(account.faults) == {fault.name for fault in KINDS}
    assert account.acknowledged > 2 * len(KINDS)
    assert account.refused + account.unknown > 0, "no fault was felt"


# Controls


async def weak_power_cuts(running: Evening) -> None:
    """With a sync every second, and some load before each, so that there is something to lose."""
    engine = running.scene.engine
    for _ in range(3):
        with engine.client() as client:
            client.config_set("appendfsync", "everysec")
        await running.acknowledged(20)
        await asyncio.to_thread(engine.cut_power, Worst())
        await running.scene.engine_back()


async def cut_lines(running: Evening) -> None:
    """With something to see before each, so that there is something to miss."""
    for _ in range(6):
        await running.acknowledged(10)
        running.scene.front.cut()


async def spoilt(work: Callable[[Evening], Awaitable[None]], fault: str = "") -> Account:
    """What the accounting says of a faulty installation."""
    plan = Plan(seed=SEED, faults=0, readers=4, askers=4, soon=SOON)
    async with evening(plan, fault=fault) as running:
        await work(running)
        return running.accounting(await running.settle(within=10))


def test_a_store_that_syncs_every_second_loses_what_it_acknowledged() -> None:
    account = asyncio.run(spoilt(weak_power_cuts))
    assert "lost" in {breach.kind for breach in account.breaches}
    assert account.resets > 0, "P7: the screens were not told"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        # What was forgotten may have been the last that there was: nothing after it tells.
        ("forgetful", ("some are missing", "the log at")),
        ("repeating", ("came again",)),
    ],
)
def test_a_program_that_resumes_wrongly_is_found_out(fault: str, words: tuple[str, ...]) -> None:
    account = asyncio.run(spoilt(cut_lines, fault))
    found = " ".join(breach.words for breach in account.breaches if breach.kind == "order")
    assert any(each in found for each in words), found
