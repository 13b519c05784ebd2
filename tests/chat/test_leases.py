"""A claim lasts as long as it was given for, whatever is done to the store's clock meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from askpanel.chat.leases import Watch, claims
from askpanel.eventlog.model import Change, Draft, Holder, Question, State
from askpanel.eventlog.store import Store
from tests.cast import ASHA, MINUTE, MORGAN, NOON
from tests.chat.hubs import LEASE, SLUG, OpenHub, ask, live, log_of, ticks
from tests.chat.peers import eventually
from tests.staffroom import Hands

HOUR = 60 * MINUTE
JUMPS = [-24 * HOUR, -HOUR, HOUR, 24 * HOUR]


def claimed(until: int, draft: Draft | None = None) -> Question:
    holder = Holder(username="morgan", name="Morgan", organisation="gmp", until=until, since=3)
    return Question(
        number=1,
        state=State.CLAIMED,
        text="Why?",
        lang="en",
        author="sam",
        at=1,
        changed=Change(command="claim", at=1),
        holder=holder,
        draft=draft,
    )


@pytest.mark.parametrize("jump", JUMPS)
def test_a_lease_is_watched_by_a_clock_that_only_runs(jump: int) -> None:
    watch, until = Watch(), NOON + LEASE
    assert watch.run_out(claims([claimed(until)]), NOON, 50.0) == []
    now = NOON + jump
    assert watch.run_out(claims([claimed(until)]), now, 50.0 + LEASE / 1000 - 0.1) == []
    assert watch.run_out(claims([claimed(until)]), now, 50.0 + LEASE / 1000) == [(1, until)]


def test_a_renewed_lease_is_another_one_and_one_that_has_ended_is_forgotten() -> None:
    watch = Watch()
    assert watch.run_out(claims([claimed(NOON + 10_000)]), NOON, 0.0) == []
    assert watch.run_out(claims([claimed(NOON + 30_000)]), NOON + 10_000, 10.0) == []
    assert watch.run_out(claims([claimed(NOON + 30_000)]), NOON + 29_000, 29.0) == []
    assert watch.run_out(claims([]), NOON + 30_000, 30.0) == []
    assert not watch._ends
    assert watch.run_out(claims([claimed(NOON + 30_000)]), NOON + 30_000, 30.0) == [
        (1, NOON + 30_000)
    ]


def test_an_answer_that_waits_for_a_check_keeps_its_question() -> None:
    draft = Draft(text="Yes", lang="en", organisation="gmp", username="morgan", name="Morgan")
    assert Watch().run_out(claims([claimed(NOON, draft)]), NOON, 0.0) == []


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_jump_of_the_store_s_clock_neither_takes_a_claim_away_nor_keeps_it(
    open_hub: OpenHub, store: Store, engine_url: str, hands: Hands, jump: int
) -> None:
    running = [1000.0]
    hubs = [await open_hub(engine_url, monotonic=lambda: running[0]) for _ in range(2)]
    rooms = await live(*hubs)
    await ask(store, 1)
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "claim", MORGAN)
    await eventually(lambda: all(room.projection.counts.get("claimed") for room in rooms))
    await ticks(*hubs)
    hands.now_ms += jump
    await ticks(*hubs)
    assert [event.type for event in await log_of(store)].count("released") == 0
    running[0] += LEASE / 1000
    await eventually(
        lambda: all(room.projection.questions[1].state == "approved" for room in rooms)
    )
    await ticks(*hubs)
    assert [event.type for event in await log_of(store)].count("released") == 1


async def test_a_hub_that_trusts_the_store_s_clock_is_found_out(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_out(
        self: Watch, leases: Iterable[tuple[int, int]], now_ms: int, now: float
    ) -> list[tuple[int, int]]:
        return [lease for lease in leases if lease[1] <= now_ms]

    monkeypatch.setattr(Watch, "run_out", run_out)
    hub = await open_hub(engine_url, monotonic=lambda: 0.0)
    await live(hub)
    await ask(store, 1)
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "claim", MORGAN)
    hands.now_ms += HOUR
    await ticks(hub)
    assert [event.type for event in await log_of(store)].count("released") == 1
