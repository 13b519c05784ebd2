"""What stays of a session's log and records when its time is over: only what was published, and
that something else was there, when, and what staff decided about it.

Everything is built from named fields and never by taking fields away, so that a field that is
added to a record one day is erased unless somebody says that it stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from askpanel.eventlog.model import Answer, Event, Question, Risk, State, Version

NOBODY = "-"
"""In the place of an author: no participant's key, and not the key of a reader without one."""
EVENT = (
    *("type", "at", "by", "name", "was", "session", "phase", "of", "parted", "over", "purge"),
    *("announcement", "pinned"),
)
ABOUT = (
    *("number", "state", "lang", "at", "changed", "since", "reason", "diversion", "into"),
    *("organisation", "published", "removed_at"),
)
"""Of every question, whatever became of it."""
OF_STAFF = ("arrived", "left")
_S = TypeVar("_S", bound=Struct)


def only(record: _S, names: Iterable[str], **others: object) -> _S:
    """A record of the same kind with these of its fields, and others as they are given."""
    kept = {name: getattr(record, name) for name in names}
    return type(record)(**kept, **others)


def words_of(question: Question) -> frozenset[str]:
    """All that is published of a question as it stands, each wording whole."""
    if question.state != State.ANSWERED:
        return frozenset()
    versions = (version for answer in question.answers for version in _versions(answer))
    return frozenset({question.text, question.name, *(version.text for version in versions)})


def what_is_left(event: Event, published: Mapping[int, frozenset[str]]) -> Event:
    """One entry's event without what was not published. `published` has the words of each question
    that may stay, by its number."""
    question = event.question
    if question is None:
        if event.type in OF_STAFF:
            return only(event, ("type", "at"))
        return only(event, EVENT)
    words = published.get(question.number, frozenset())
    return only(
        event,
        EVENT,
        question=left_of_question(question, words),
        numbers=[each for each in event.numbers if any(each in text for text in words)],
    )


def left_of_question(question: Question, words: frozenset[str]) -> Question:
    """A question's record with no words but these."""
    shown = bool(words) and question.text in words
    return only(
        question,
        ABOUT,
        text=question.text if shown else "",
        topic=question.topic if words else "",
        name=question.name if question.name in words else "",
        author=NOBODY,
        reworded=question.edited if words else False,
        erased=True,
        answers=[_left_of_answer(each, words) for each in question.answers] if words else [],
        replies=[
            only(each, ("lang", "at", "by", "name", "helped"), text="") for each in question.replies
        ],
        risk=_left_of_risk(question.risk) if question.risk else None,
    )


def _left_of_answer(answer: Answer, words: frozenset[str]) -> Answer:
    def left(versions: list[Version]) -> list[Version]:
        return [
            each if each.text in words else only(each, ("at", "by"), text="") for each in versions
        ]

    return only(
        answer,
        ("id", "organisation", "lang", "cosigned"),
        versions=left(answer.versions),
        counterparts={lang: left(each) for lang, each in answer.counterparts.items()},
    )


def _left_of_risk(risk: Risk) -> Risk:
    return only(risk, ("at", "username", "name", "seen", "decision", "decided"), note="", words="")


def _versions(answer: Answer) -> Iterable[Version]:
    yield from answer.versions
    for versions in answer.counterparts.values():
        yield from versions


def counted(questions: Iterable[Question]) -> Counter[str]:
    """What is to go of these questions as they stand, each kind by its name in `Purge`."""
    found: Counter[str] = Counter()
    authors = set()
    for each in questions:
        words = words_of(each)
        found["questions"] += bool(each.text) and not words and each.state != State.REMOVED
        found["removed"] += bool(each.text) and each.state == State.REMOVED
        found["originals"] += bool(each.original)
        found["replies"] += sum(bool(reply.text) for reply in each.replies)
        found["notes"] += len(each.notes) + bool(each.note)
        found["drafts"] += each.draft is not None
        authors.add(each.author)
    found["tokens"] = len(authors - {NOBODY})
    return found


def event_of(raw: bytes) -> Event | None:
    """An entry as it is stored, or None if no command can have written it."""
    try:
        return msgspec.json.decode(raw, type=Event)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
