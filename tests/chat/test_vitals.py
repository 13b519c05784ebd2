"""What a process measures of itself and of its sessions, on rooms that the test holds."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from prometheus_client import REGISTRY

from askpanel.chat.room import Room
from askpanel.chat.vitals import LOOK_EVERY, PROBE, Vitals, measure
from askpanel.eventlog.model import Change, Entry, Event, Question, State, StoreAway
from askpanel.eventlog.projection import Snapshot
from askpanel.eventlog.session import Session
from askpanel.eventlog.store import Store
from tests.cast import MINUTE, NOON, session
from tests.chat.peers import eventually
from tests.chat.seats import Crier

SLUG = "vital"


def told(name: str, **labels: str) -> float | None:
    """What `/metrics` would say."""
    return REGISTRY.get_sample_value(f"askpanel_{name}", labels)


def question(number: int, state: State, at: int) -> Question:
    return Question(
        number=number,
        state=state,
        text="Is it too late?",
        lang="en",
        author="sam",
        at=at,
        changed=Change(command="submit", at=at),
    )


def entry(position: int, number: int, state: State, at: int, was: str = "") -> Entry:
    return Entry(position, Event(type="x", at=at, was=was, question=question(number, state, at)))


def room(*entries: Entry) -> Room:
    snapshot = Snapshot(
        session=session(slug=SLUG), epoch="one", position=0, questions=[], entries=[]
    )
    made = Room(snapshot, {"public": Crier()})
    made.follow([*entries])
    return made


def test_the_queue_and_the_age_of_its_oldest_question() -> None:
    here = room(
        entry(1, 1, State.PENDING, NOON),
        entry(2, 2, State.PENDING, NOON + MINUTE),
        entry(3, 3, State.ESCALATED, NOON),
    )
    measure(SLUG, here, NOON + 2 * MINUTE)
    assert told("questions_waiting", session=SLUG) == 2
    assert told("oldest_waiting_seconds", session=SLUG) == 120
    assert told("questions_by_state", session=SLUG, state="escalated") == 1
    assert told("position", session=SLUG) == 3
    assert told("session_live", session=SLUG) == 1
    measure(SLUG, here, NOON + 3 * MINUTE)
    assert told("oldest_waiting_seconds", session=SLUG) == 180, "it grows while nothing happens"
    here.follow([entry(4, 1, State.APPROVED, NOON, was="pending")])
    measure(SLUG, here, NOON + 3 * MINUTE)
    assert told("oldest_waiting_seconds", session=SLUG) == 120
    here.follow([entry(5, 2, State.APPROVED, NOON + MINUTE, was="pending")])
    measure(SLUG, here, NOON + 9 * MINUTE)
    assert told("questions_waiting", session=SLUG) == 0
    assert told("oldest_waiting_seconds", session=SLUG) == 0
    measure(SLUG, here, NOON + 24 * 60 * MINUTE)
    assert told("session_live", session=SLUG) == 0


def test_questions_are_looked_through_only_when_one_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = room(entry(1, 1, State.PENDING, NOON))
    measure(SLUG, here, NOON)
    looked: list[Any] = []
    monkeypatch.setattr(here.projection, "of", looked.append)
    for second in range(60):
        measure(SLUG, here, NOON + second * 1000)
    assert looked == []
    assert told("oldest_waiting_seconds", session=SLUG) == 59


class SomeStore:
    """A store that gives what the test says, or the exception that it says."""

    def __init__(self, newest: int = 0, sessions: list[Session] | None = None) -> None:
        self.position: int | Exception = newest
        self.listed = sessions or []

    def now(self) -> int:
        return NOON

    async def newest(self, slug: str) -> int:
        if isinstance(self.position, Exception):
            raise self.position
        return self.position

    async def sessions(self) -> list[Session]:
        return self.listed


async def test_a_session_that_nobody_watches_is_live_all_the_same() -> None:
    over = session(slug="long-over")
    over = msgspec.structs.replace(
        over, schedule=over.schedule.moved_to(NOON - 9 * 24 * 60 * MINUTE)
    )
    store = SomeStore(sessions=[session(slug="unwatched"), over])
    await Vitals(cast(Store, store), {}, Path("/nowhere")).measure_timetable()
    assert told("session_live", session="unwatched") == 1
    assert told("session_live", session="long-over") is None


async def test_the_lag_goes_on_being_measured_whatever_happens_to_one_look(
    caplog: pytest.LogCaptureFixture,
) -> None:
    here, store = room(entry(1, 1, State.PENDING, NOON)), SomeStore(newest=4)
    looks = 0

    async def brisk(seconds: float) -> None:
        nonlocal looks
        looks += seconds == LOOK_EVERY
        await asyncio.sleep(0.001 if seconds == LOOK_EVERY else PROBE / 100)

    vitals = Vitals(cast(Store, store), {SLUG: here}, Path("/nowhere"), sleep=brisk)
    await vitals.start()
    try:
        await eventually(lambda: told("log_lag_entries", session=SLUG) == 3)
        store.position = StoreAway("TimeoutError")
        before = looks
        await eventually(lambda: looks > before + 2)
        assert caplog.records == [], "that the store is away is told elsewhere"
        with caplog.at_level(logging.ERROR):
            store.position = ValueError("what nobody thought of")
            await eventually(lambda: len(caplog.records) > 0)
        assert vars(caplog.records[0])["event"] == "vitals_failed"
        store.position = 1
        await eventually(lambda: told("log_lag_entries", session=SLUG) == 0)
    finally:
        await vitals.stop()
