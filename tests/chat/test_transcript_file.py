"""The transcript's files: what reads them is told what to expect, and they need nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # it comes with check-jsonschema
import msgspec
import pytest
from redis.asyncio import Redis

from askpanel.chat import transcriptfile
from askpanel.chat.room import Room
from askpanel.chat.transcript import COLUMNS
from askpanel.chat.transcriptfile import FORMS, NAMES, Files, as_html, as_json
from askpanel.eventlog import chain
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.purging import Purger
from askpanel.eventlog.seal import Seal, Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from tests.cast import ASHA, LUCY, MINUTE, MORGAN, NOON, SAM, session
from tests.marked import KEPT, SLUG, Marked

SCHEMA = json.loads(
    (Path(__file__).parent.parent.parent / "docs" / "transcript-schema.json").read_text()
)


@pytest.fixture
def now() -> list[int]:
    return [NOON]


@pytest.fixture
async def store(client: Redis, prefix: str, now: list[int]) -> Store:
    made = Store(client, prefix=prefix, now=lambda: now[0])
    await made.create(session(ask_name=True))
    return made


@pytest.fixture
async def marked(store: Store, client: Redis) -> Marked:
    """An evening with a question in every state, over."""
    made = Marked(store, Backstage(store, client))
    await made.evening()
    return made


async def room_of(store: Store) -> Room:
    return Room(await store.snapshot(SLUG), {})


def seal_of(room: Room) -> Seal:
    signer = Signer(b"x" * 32, lambda: NOON)
    return signer.seal(SLUG, room.epoch, chain.origin(SLUG), [b"x" * 32], 0, b"").seal


def faults(document: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(document)]


# The JSON and its schema


async def test_the_json_is_what_its_schema_says(store: Store, marked: Marked) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    room = await room_of(store)
    document = json.loads(as_json(room))
    assert faults(document) == []
    assert faults(json.loads(as_json(room, seal_of(room)))) == []
    answered, removed = document["questions"]
    assert answered["name"] == f"{KEPT}-name-z"
    assert [each["lang"] for each in answered["answers"][0]["counterparts"]] == ["cy"]
    assert removed.keys() == {"number", "state", "removed_at"}
    assert document["organisations"]["gmp"]["cy"] == "Heddlu Manceinion Fwyaf"


async def test_an_empty_session_is_valid_too(store: Store) -> None:
    document = json.loads(as_json(await room_of(store)))
    assert document["questions"] == []
    assert faults(document) == []


async def test_the_json_after_a_purge_is_valid_and_the_same(
    store: Store, marked: Marked, client: Redis, prefix: str, now: list[int]
) -> None:
    before = json.loads(as_json(await room_of(store)))
    await Purger(store, client, Seals(client, prefix)).erase(SLUG, 30)
    after = json.loads(as_json(await room_of(store)))
    assert faults(after) == []
    assert after | {"position": 0} == before | {"position": 0}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("version"),
        lambda d: d.update(version=2),
        lambda d: d.update(further=1),
        lambda d: d["questions"][0].update(author="x"),
        lambda d: d["questions"][0].update(number="1"),
        lambda d: d["questions"][0].update(answers=[]),
        lambda d: d["questions"][0]["answers"][0].update(by="morgan"),
        lambda d: d["questions"][0]["answers"][0].update(at="yesterday"),
        lambda d: d["questions"][0]["answers"][0]["counterparts"][0].update(by="morgan"),
        lambda d: d["questions"][1].update(text="what it was"),
        lambda d: d["questions"][1].pop("removed_at"),
        lambda d: d.update(starts="2026-11-21T12:00:00.123+00:00"),
    ],
)
async def test_the_schema_catches_what_is_not_promised(
    store: Store, marked: Marked, spoil: Any
) -> None:
    document = json.loads(as_json(await room_of(store)))
    spoil(document)
    assert faults(document)


# The page as a file


class Reading(HTMLParser):
    """What a file would load, and what stands in it in which language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.headings: list[str] = []
        self.languages: list[str] = []
        self._heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("script", "link", "img", "iframe", "source", "object", "base", "form"):
            self.loads.append(tag)
        for name in ("src", "href", "action", "style"):
            value = named.get(name)
            if value and not value.startswith("#"):
                self.loads.append(f"{name}={value}")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if "lang" in named:
            self.languages.append(f"{tag} {named['lang']}")


@pytest.mark.parametrize("locale", ["en", "cy"])
async def test_the_file_needs_nothing_from_anywhere(
    store: Store, marked: Marked, locale: str
) -> None:
    page = as_html(await room_of(store), locale)
    reading = Reading(page)
    assert reading.loads == []
    assert "url(" not in page
    assert "@import" not in page
    assert reading.languages[0] == f"html {locale}"
    assert page.count("<style>") == 1
    assert "@media print" in page


async def test_nothing_is_folded_and_headings_lead_from_one_to_the_next(
    store: Store, marked: Marked
) -> None:
    page = as_html(await room_of(store), "en")
    assert "<details" not in page
    assert Reading(page).headings == ["h1", "h2", "h3", "h4", "h4", "h3"]
    assert "h4 cy" in Reading(page).languages
    assert "p cy" in Reading(page).languages


async def test_what_is_in_the_text_cannot_end_the_style_or_begin_a_script(store: Store) -> None:
    evil = "</head><script>x</script></style>{{ 7*7 }}"
    await store.submit(SLUG, nonce="n", text=evil, lang="en", author=SAM.author)
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "answer", MORGAN, text=evil, lang="en")
    page = as_html(await room_of(store), "en")
    assert "<script" not in page
    assert page.count("</head>") == page.count("</style>") == 1
    assert page.index("</style>") < page.index("</head>")
    assert "{{ 7*7 }}" in page


async def test_a_correction_and_a_name_are_in_every_file_that_has_words(
    store: Store, now: list[int]
) -> None:
    await store.submit(
        SLUG, nonce="n", text="Is it?", lang="en", author=SAM.author, name="Robin", topic="worried"
    )
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "answer", MORGAN, text="Yes.", lang="en")
    now[0] += 5 * MINUTE
    await store.decide(SLUG, 1, "correct", MORGAN, answer=1, text="No.")
    await store.decide(SLUG, 1, "cosign", LUCY, answer=1)
    room = await room_of(store)
    drawn = {form: how.draw(room, "en", None) for form, how in FORMS.items()}
    for form in ("html", "txt"):
        assert "Corrected at" in drawn[form]
        assert "12:05pm" in drawn[form]
    for form, text in drawn.items():
        assert "Robin" in text, form
        assert "No." in text
        assert "Yes." not in text
    (row,) = csv.DictReader(io.StringIO(drawn["csv"]))
    assert list(row) == [*COLUMNS, "answer"]
    assert (row["topic"], row["name"], row["answer"]) == ("worried", "Robin", "No.")


# Nothing that was not answered, from any of them


async def test_what_was_not_answered_is_in_no_file(
    store: Store, marked: Marked, client: Redis, prefix: str
) -> None:
    for purged in (False, True):
        room = await room_of(store)
        for form, how in FORMS.items():
            for locale in ("en", "cy"):
                drawn = how.draw(room, locale, None)
                assert [mark for mark in marked.gone if mark in drawn] == [], (form, purged)
                assert f"{KEPT}-edited-z" in drawn
        if not purged:
            await Purger(store, client, Seals(client, prefix)).erase(SLUG, 30)


async def test_a_field_that_is_published_by_mistake_is_found(
    store: Store, marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await room_of(store)
    every = list(room.projection.questions.values())
    monkeypatch.setattr(
        room.projection,
        "published",
        lambda: [msgspec.structs.replace(q, published=1) for q in every],
    )
    assert any(mark in as_html(room, "en") for mark in marked.gone)


# Drawn once


async def test_a_file_is_drawn_once_for_each_position_and_language(
    store: Store, marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def noting(form: str) -> transcriptfile.Form:
        def draw(room: Room, locale: str, seal: Any) -> str:
            drawn.append(f"{form} {locale}")
            return f"{room.position} {locale} {seal.link if seal else ''}"

        return msgspec.structs.replace(FORMS[form], draw=draw)

    monkeypatch.setattr(transcriptfile, "FORMS", {form: noting(form) for form in FORMS})
    files, room = Files(), await room_of(store)
    for _ in range(3):
        for locale in ("en", "cy"):
            for form in FORMS:
                files.file(room, form, locale, None)
    assert sorted(drawn) == ["csv en", "html cy", "html en", "json en", "txt cy", "txt en"]
    assert files.file(room, "txt", "cy", seal_of(room)) != files.file(room, "txt", "cy", None)
    await store.decide(SLUG, 1, "correct", MORGAN, answer=1, text="Other words")
    drawn.clear()
    other = await room_of(store)
    assert files.file(other, "txt", "en", None) != files.file(room, "txt", "en", None)


def test_the_names_say_nothing_of_what_it_was_about() -> None:
    assert NAMES == {"en": "questions-and-answers", "cy": "cwestiynau-ac-atebion"}
