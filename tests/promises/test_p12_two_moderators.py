"""P12. Two moderators decide on the same questions at once: one decision wins each, the other is
told who was faster, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import uuid4

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import State
from askpanel.eventlog.store import Store
from bench.chaos.account import Log, breaches
from bench.chaos.book import Asked, Book
from bench.chaos.staffing import Seat
from tests.engines import PrivateEngine, start_engine
from tests.promises.stage import Stage, staged
from tests.service import SLUG

DECISIONS = 150
KEY = "one key for both programs " * 2
STATES = {"approve": State.APPROVED, "reject": State.REJECTED}
SOON = 5.0
FASTER = "The question has moved on meanwhile, so nothing was changed."


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        yield running


@contextmanager
def two_programs(engine: PrivateEngine, fault: str = "") -> Iterator[list[Stage]]:
    """On one store: each moderator works at another."""
    with (
        staged(engine=engine, fault=fault, SECRET_KEY=KEY) as first,
        closing(Stage(None, engine=engine, fault=fault, SECRET_KEY=KEY)) as second,
    ):
        second.start()
        yield [first, second]


@pytest.fixture
def stages(engine: PrivateEngine) -> Iterator[list[Stage]]:
    with two_programs(engine) as running:
        yield running


async def asked(store: Store, book: Book, count: int) -> list[int]:
    """Questions that wait, asked behind the form's back."""
    numbers = []
    for _ in range(count):
        nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
        done = await store.submit(SLUG, nonce=nonce, text=text, lang="en", author="sam")
        book.asked.append(Asked(nonce, text, 1, {(done.question.number, done.position)}))
        numbers.append(done.question.number)
    return numbers


async def race(seats: list[Seat], number: int, turn: int) -> None:
    """Both decide at once, each in their own way; they take turns at being asked first."""
    await asyncio.gather(
        seats[turn % 2].give(number, "approve", race=number),
        seats[1 - turn % 2].give(number, "reject", {"reason": "off-topic"}, race=number),
    )


async def decided(stages: list[Stage], url: str, count: int) -> tuple[Book, Log]:
    """So many questions, each decided by both moderators at once."""
    book = Book()
    usernames = zip(("asha", "bea"), stages, strict=True)
    seats = [await asyncio.to_thread(Seat, name, stage.url, book) for name, stage in usernames]
    async with connect(url) as client:
        store = Store(client)
        numbers = await asked(store, book, count)
        for turn, number in enumerate(numbers):
            await race(seats, number, turn)
        snapshot = await store.snapshot(SLUG)
        log = Log.of(snapshot, await store.entries(SLUG, 1, snapshot.position))
    for seat in seats:
        await seat.leave()
    return book, log


def test_of_two_decisions_on_each_of_150_questions_one_wins_and_the_other_is_told(
    stages: list[Stage], engine: PrivateEngine
) -> None:
    book, log = asyncio.run(decided(stages, engine.url, DECISIONS))
    assert breaches(book, log, soon=SOON) == []
    won = {given.number: given for given in book.given if given.done}
    lost = {given.number: given for given in book.given if given.refused}
    assert len(won) == len(lost) == len(log.questions) == DECISIONS
    for question in log.questions:
        winner, loser = won[question.number], lost[question.number]
        assert question.state == STATES[winner.command]
        assert loser.refused == ["wrong_state"]
        assert loser.said.startswith(FASTER)
        assert winner.username.title() in loser.said
    assert {given.username for given in won.values()} == {"asha", "bea"}, "that was no race"


def test_a_store_that_lets_the_second_decide_too_is_found_out(engine: PrivateEngine) -> None:
    """Control."""
    with two_programs(engine, fault="undecided") as stages:
        book, log = asyncio.run(decided(stages, engine.url, 3))
    kinds = {breach.kind for breach in breaches(book, log, soon=SOON)}
    assert {"twice", "illegal"} <= kinds
