"""The accounting: of an evening in which nothing went wrong it says nothing, and each thing that
goes wrong it calls by its name."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import msgspec
import pytest
import redis.asyncio

from askpanel.eventlog.model import Entry, State
from askpanel.eventlog.store import Store
from bench.chaos.account import Breach, Log, breaches, sentence
from bench.chaos.book import Asked, Book, Given, Page
from bench.chaos.readers import digest_of_transcript
from tests.cast import ASHA, MORGAN, session

SLUG = session().slug
SOON = 5.0


async def evening(store: Store) -> tuple[Book, Log]:
    """Two questions: Asha approves the first while Bea's rejection loses, Morgan answers it;
    and what everybody was told of that."""
    book = Book()
    await store.create(session())
    for number, text in enumerate(("May I ask?", "May I too?"), 1):
        done = await store.submit(
            SLUG, nonce=f"nonce-{number}", text=text, lang="en", author=f"author-{number}"
        )
        asked = Asked(f"nonce-{number}", text, number)
        book.asked.append(asked)
        book.acknowledge(asked, done.question.number, done.position)
    for actor, command, fields in (
        (ASHA, "approve", {}),
        (MORGAN, "claim", {}),
        (MORGAN, "answer", {"text": "Yes.", "lang": "en"}),
    ):
        done = await store.decide(SLUG, 1, command, actor, **fields)
        race = int(command == "approve")
        book.given.append(Given(1, command, actor.username, done=[done.position], race=race))
    book.given.append(Given(1, "reject", "bea", refused=["wrong_state"], race=1))
    book.healed.append(("engine killed", book.acknowledgements[-1] - 1))
    snapshot = await store.snapshot(SLUG)
    log = Log.of(snapshot, await store.entries(SLUG, 1, snapshot.position))
    book.pages += [
        Page(log.epoch, position, digest_of_transcript([1] if position == log.position else []))
        for position in range(1, log.position + 1)
    ]
    book.shown(log.epoch, log.position)
    return book, log


@pytest.fixture
async def told(client: redis.asyncio.Redis, prefix: str) -> tuple[Book, Log]:
    now = session().schedule.starts
    return await evening(Store(client, prefix=prefix, now=lambda: now))


def test_where_nothing_went_wrong_nothing_is_said(told: tuple[Book, Log]) -> None:
    book, log = told
    assert breaches(book, log, soon=SOON) == []
    assert sentence(3, book.stored, []) == (
        "3 faults, 2 acknowledged, 0 lost, 0 twice, 0 out of order"
    )


def altered(log: Log, position: int, **changes: object) -> None:
    """Plant other facts into an event of the log."""
    place = position - 1
    event = msgspec.structs.replace(log.entries[place].event, **changes)
    log.entries[place] = Entry(position, event)


def a_question_is_gone(book: Book, log: Log) -> None:
    log.questions.pop()


def a_question_stands_twice(book: Book, log: Log) -> None:
    log.questions.append(msgspec.structs.replace(log.questions[-1], number=3))


def a_question_was_acknowledged_twice_over(book: Book, log: Log) -> None:
    book.asked[1].told.add((3, 9))


def what_was_acknowledged_is_another(book: Book, log: Log) -> None:
    book.asked[0].told, book.asked[1].told = book.asked[1].told, book.asked[0].told


def a_question_that_nobody_asked(book: Book, log: Log) -> None:
    book.asked.pop()


def an_entry_is_gone(book: Book, log: Log) -> None:
    del log.entries[3]


def an_answer_without_approval(book: Book, log: Log) -> None:
    altered(log, 6, was=State.PENDING)


def an_approval_by_a_panelist(book: Book, log: Log) -> None:
    altered(log, 4, by="morgan")


def a_state_that_no_event_led_to(book: Book, log: Log) -> None:
    log.questions[0] = msgspec.structs.replace(log.questions[0], state=State.REMOVED)


def a_decision_is_gone(book: Book, log: Log) -> None:
    book.given[0].done = [2]


def a_decision_happened_twice(book: Book, log: Log) -> None:
    book.given[0].done.clear()


def an_effect_was_acknowledged_twice(book: Book, log: Log) -> None:
    book.given[1].done *= 2


def both_moderators_won(book: Book, log: Log) -> None:
    book.given[-1].done.append(4)


def somebody_saw_what_the_log_lacks(book: Book, log: Log) -> None:
    book.shown(log.epoch, log.position + 1)


def a_page_without_the_answer(book: Book, log: Log) -> None:
    book.pages.append(Page(log.epoch, log.position, digest_of_transcript([])))


def a_page_with_the_answer_too_soon(book: Book, log: Log) -> None:
    book.pages.append(Page(log.epoch, 5, digest_of_transcript([1])))


def two_frames_for_one_position(book: Book, log: Log) -> None:
    book.heard(log.epoch, 4, "one")
    book.heard(log.epoch, 4, "another")


def nobody_was_acknowledged_after_a_fault(book: Book, log: Log) -> None:
    book.healed.append(("power cut", book.acknowledgements[-1] + 1))


def it_took_too_long(book: Book, log: Log) -> None:
    book.healed.append(("power cut", book.acknowledgements[0] - SOON - 1))


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (a_question_is_gone, "lost"),
        (a_question_stands_twice, "twice"),
        (a_question_was_acknowledged_twice_over, "twice"),
        (what_was_acknowledged_is_another, "lost"),
        (a_question_that_nobody_asked, "strange"),
        (an_entry_is_gone, "order"),
        (an_answer_without_approval, "illegal"),
        (an_approval_by_a_panelist, "illegal"),
        (a_state_that_no_event_led_to, "illegal"),
        (a_decision_is_gone, "lost"),
        (a_decision_happened_twice, "twice"),
        (an_effect_was_acknowledged_twice, "twice"),
        (both_moderators_won, "twice"),
        (somebody_saw_what_the_log_lacks, "lost"),
        (a_page_without_the_answer, "order"),
        (a_page_with_the_answer_too_soon, "order"),
        (two_frames_for_one_position, "order"),
        (nobody_was_acknowledged_after_a_fault, "late"),
        (it_took_too_long, "late"),
    ],
)
def test_what_goes_wrong_is_called_by_its_name(
    told: tuple[Book, Log], plant: Callable[[Book, Log], None], kind: str
) -> None:
    """Control for each sentence of the account."""
    book, log = deepcopy(told)
    plant(book, log)
    assert kind in {breach.kind for breach in breaches(book, log, soon=SOON)}


def test_a_command_of_which_nobody_heard_may_have_happened_once(told: tuple[Book, Log]) -> None:
    book, log = told
    given = book.given[0]
    given.done, given.unknown, given.refused = [], 1, ["wrong_state"]
    assert breaches(book, log, soon=SOON) == []


def test_a_new_epoch_may_begin_before_what_was_shown(told: tuple[Book, Log]) -> None:
    book, log = told
    book.shown("an older epoch", log.position + 100)
    assert breaches(book, log, soon=SOON) == []


def test_every_breach_is_in_the_last_line() -> None:
    kinds = ["lost", "lost", "twice", "order", "strange", "illegal", "illegal", "illegal"]
    assert sentence(412, 18_233, [Breach(kind, "") for kind in kinds]) == (
        "412 faults, 18,233 acknowledged, 2 lost, 1 twice, 1 out of order, 3 illegal, 1 strange"
    )
