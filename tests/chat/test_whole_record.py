"""A record with something in each of its fields: whatever state it is in, everybody is shown what
is published of it and nothing else, and its author what was said to them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from askpanel.chat import fragments, transcript
from askpanel.chat.fragments import OWN_PARTS, Public
from askpanel.chat.locale import LOCALES
from askpanel.chat.room import Room
from askpanel.chat.view import view
from askpanel.eventlog.model import Event, Question, State
from askpanel.eventlog.projection import Moment, Snapshot
from askpanel.eventlog.ties import Lead
from tests.cast import NOON, session


def person(what: str, **further: Any) -> dict[str, Any]:
    return {"username": f"{what} username", "name": f"{what} name", **further}


def versions(what: str) -> list[dict[str, Any]]:
    return [
        {"text": f"former {what}", "at": NOON, "by": f"{what} first by"},
        {"text": f"present {what}", "at": NOON + 60_000, "by": f"{what} then by"},
    ]


WHOLE: dict[str, Any] = {
    "number": 1,
    "text": "the text",
    "lang": "en",
    "author": "the author",
    "at": NOON,
    "changed": person("changed", command="approve", at=NOON, stands="the stands"),
    "since": 1,
    "original": "the original",
    "topic": "the topic",
    "name": "the asker",
    "note": "the note",
    "reason": "the reason",
    "told": {"en": "told in English", "cy": "told in Welsh"},
    "hidden": True,
    "diversion": "the diversion",
    "signposts": ["the signpost"],
    "replies": [
        {"text": "the reply", "lang": "en", "at": NOON, "by": "reply by", "name": "reply name"}
    ],
    "needs_help": True,
    "into": 2,
    "risk": person(
        "risk",
        at=NOON,
        note="risk note",
        seen=person("seen", at=NOON),
        decision="risk decision",
        words="risk words",
        decided=person("decided", at=NOON),
    ),
    "lock": person("lock", until=NOON, doing="lock doing"),
    "organisation": "assigned organisation",
    "panelist": "the panelist",
    "panelist_name": "panelist called",
    "handed": person("handed", by="handed by"),
    "labels": ["the label"],
    "notes": [person("note", text="words among colleagues", at=NOON)],
    "flags": [{"code": "the flag", "found": ["the found"]}],
    "similar": [{"number": 7, "score": 90}],
    "muted": True,
    "holder": person("holder", organisation="gmp", until=NOON, typing=NOON),
    "draft": person(
        "draft",
        text="draft text",
        lang="en",
        organisation="draft organisation",
        note="draft note",
        unverified=["draft number"],
    ),
    "answers": [
        {
            "id": 1,
            "organisation": "gmp",
            "lang": "en",
            "versions": versions("answer"),
            "counterparts": {"cy": versions("counterpart")},
            "cosigned": [{"organisation": "lff", "by": "sign by", "name": "sign name", "at": NOON}],
        }
    ],
    "published": 1,
    "removed_at": NOON,
    "erased": True,
    "reworded": True,
}
"""A record with something in each of its fields."""
PUBLISHED = {"the text", "the asker", "present answer", "present counterpart"}
FOR_ALL = {
    **{str(state): set[str]() for state in State},
    "approved": {"the text", "the asker"},
    "claimed": {"the text", "the asker"},
    "answered": {*PUBLISHED, "the topic"},
}
TOLD = {"told in English", "told in Welsh"}
OWN = {"the original", "the reply"}
FOR_AUTHOR = {
    **{str(state): OWN for state in State},
    **{state: {*OWN, "the text"} for state in ("approved", "claimed", "answered")},
    **{state: {*OWN, *TOLD} for state in ("rejected", "diverted")},
}


def texts(value: Any) -> set[str]:
    """Every text of several words in a record."""
    if isinstance(value, str):
        return {value} if " " in value else set()
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in each for text in texts(part)}


def record(state: State) -> Question:
    return msgspec.convert({**WHOLE, "state": str(state)}, Question)


def shown(html: str) -> set[str]:
    return {text for text in texts(WHOLE) if text in html}


def drawn_for_all(state: State, was: str) -> str:
    """Frames, pages and files of a session with that one question."""
    question = record(state)
    found = []
    for show_waiting in (True, False):
        held = session(show_waiting=show_waiting)
        event = Event(type="changed", at=NOON, by="event by", was=was, question=question)
        moment = Moment(position=2, event=event, session=held, counts={})
        found += [str(Public().shared(moment, locale)) for locale in LOCALES]
        snapshot = Snapshot(session=held, epoch="e", position=2, questions=[question], entries=[])
        room = Room(snapshot, {})
        found += [str(transcript.as_data(room)), transcript.as_csv(room)]
        found += [transcript.as_text(room, locale) for locale in LOCALES]
    return "".join(found)


def test_the_record_of_these_tests_has_every_field() -> None:
    assert {*WHOLE, "state"} == set(Question.__struct_fields__)
    assert record(State.PENDING).risk is not None


@pytest.mark.parametrize("state", State)
def test_no_word_of_a_record_is_shown_that_is_not_for_all(state: State) -> None:
    for was in ("pending", "approved", "answered", str(state)):
        assert shown(drawn_for_all(state, was)) <= FOR_ALL[state], was
    assert shown(drawn_for_all(state, "pending")) == FOR_ALL[state]


@pytest.mark.parametrize("state", State)
def test_an_author_is_shown_their_own_words_and_what_was_said_to_them(state: State) -> None:
    drawn = "".join(
        view(locale).part(OWN_PARTS, "own", record(state), session(), Lead(1, state))
        for locale in LOCALES
    )
    assert shown(drawn) == FOR_AUTHOR[state]


def test_a_page_that_shows_a_note_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    drawn = fragments.drawn_question
    monkeypatch.setattr(fragments, "drawn_question", lambda *a: drawn(*a) + a[1].notes[0].text)
    assert "words among colleagues" in shown(drawn_for_all(State.ANSWERED, "approved"))
