"""Who is on the panel, and the address on the posters, as a session's file says them."""

from __future__ import annotations

import msgspec
import pytest
from redis.asyncio import Redis

from askpanel.eventlog.model import Refused
from askpanel.eventlog.session import PanelMember, Session
from askpanel.eventlog.sessionfile import parse, short_taken
from askpanel.eventlog.sessionfile.names import RESERVED
from askpanel.eventlog.store import Store
from tests.cast import NOON, session
from tests.eventlog.badfile import GOOD, Row, check, mistakes_after

PANEL = """
[[panel]]
organisation = "gmp"
name = { en = "Detective Morgan", cy = "Ditectif Morgan" }
line = { en = "Answers about the law.", cy = "Yn ateb am y gyfraith." }

[[panel]]
organisation = "lff"
name = { en = "A practitioner", cy = "Ymarferydd" }
"""


def test_people_are_named_with_their_organisation_and_a_line_if_there_is_one() -> None:
    found = parse((GOOD + PANEL).encode())
    assert found.panel == [
        PanelMember(
            name={"en": "Detective Morgan", "cy": "Ditectif Morgan"},
            organisation="gmp",
            line={"en": "Answers about the law.", "cy": "Yn ateb am y gyfraith."},
        ),
        PanelMember(name={"en": "A practitioner", "cy": "Ymarferydd"}, organisation="lff"),
    ]
    assert msgspec.json.decode(msgspec.json.encode(found), type=Session) == found


def test_a_file_and_a_stored_session_from_before_there_were_panels_are_read_as_they_were() -> None:
    found = parse(GOOD.encode())
    assert (found.panel, found.short, found.schedule.revised) == ([], "", 0)
    stored = msgspec.json.encode(found)
    assert b"panel" not in stored
    assert b"short" not in stored
    assert b"revised" not in stored


@pytest.mark.parametrize(
    ("before", "after", "place", "says", "mend"),
    [
        (
            'organisation = "lff"',
            'organisation = "gmpp"',
            "panel[1].organisation",
            'No organisation has the id "gmpp".',
            'Choose from "gmp" and "lff".',
        ),
        (
            'organisation = "gmp"\n',
            "",
            "panel[0].organisation",
            "This is missing.",
            'Add it, like this: organisation = "gmp"',
        ),
        (
            'name = { en = "A practitioner", cy = "Ymarferydd" }',
            'name = { en = "A practitioner" }',
            "panel[1].name.cy",
            "There are no words in Welsh, which languages lists.",
            'Add cy = "…" here, or take "cy" out of languages.',
        ),
        (
            'name = { en = "A practitioner", cy = "Ymarferydd" }',
            'name = "A practitioner"',
            "panel[1].name",
            "This is text in quotes, but a table is needed here.",
            'Write it like this: name = { en = "…", cy = "…" }',
        ),
        (
            '"Answers about the law."',
            f'"{"a" * 201}"',
            "panel[0].line.en",
            "This has 201 characters, and the most is 200.",
            "Shorten it by 1.",
        ),
        (
            '"Answers about the law."',
            '"Answers\\u202e"',
            "panel[0].line.en",
            "There is an invisible character in it, U+202E (right-to-left override).",
            "Take the character out; typing the words afresh may be quickest.",
        ),
        (
            "line = {",
            "lien = {",
            "panel[0].lien",
            "This key is not known here.",
            "Did you mean line?",
        ),
    ],
)
def test_each_mistake_in_a_panel_is_told(
    before: str, after: str, place: str, says: str, mend: str
) -> None:
    assert before in PANEL
    (mistake,) = mistakes_after(("[[topics]]", f"{PANEL.replace(before, after, 1)}\n[[topics]]"))
    assert (mistake.place, mistake.says, mistake.mend) == (place, says, mend)


SPELLING = "Use lower-case letters and digits, with single hyphens between them."


@pytest.mark.parametrize("short", ["ask", "a1", "ask-gmp", "a" * 30])
def test_short_addresses_that_are_good(short: str) -> None:
    assert mistakes_after(("timezone", f'short = "{short}"\ntimezone')) == []


@pytest.mark.parametrize(
    ("short", "says", "mend"),
    [
        ("Ask", '"Ask" is not well formed.', SPELLING),
        ("ask/gmp", '"ask/gmp" is not well formed.', SPELLING),
        ("ask.svg", '"ask.svg" is not well formed.', SPELLING),
        ("..", '".." is not well formed.', SPELLING),
        ("a", '"a" has 1 characters.', "Use 2 to 30."),
        ("a" * 31, f'"{"a" * 31}" has 31 characters.', "Use 2 to 30."),
        *(
            (
                word,
                f'"{word}" is a word that Askpanel\'s own addresses use.',
                "Choose another, or add a word to it.",
            )
            for word in sorted(RESERVED)
        ),
    ],
)
def test_short_addresses_that_are_not(short: str, says: str, mend: str) -> None:
    check(Row("timezone", f'short = "{short}"\ntimezone', "short", says, mend))


# In the store


@pytest.fixture
def store(client: Redis, prefix: str) -> Store:
    return Store(client, prefix=prefix, now=lambda: NOON)


async def test_a_short_address_leads_to_its_session_and_to_no_other(store: Store) -> None:
    await store.create(session(short="ask"))
    assert await store.slug_of("ask") == "stop-it-now"
    assert await store.slug_of("asks") == ""


async def test_a_short_address_that_another_session_has_is_refused(store: Store) -> None:
    await store.create(session(short="ask"))
    with pytest.raises(Refused, match="short_taken"):
        await store.create(session(slug="another", short="ask"))
    assert await store.session("another") is None
    assert await store.slug_of("ask") == "stop-it-now"
    assert str(short_taken("ask")).startswith('short: "ask" is taken')


async def test_a_session_that_was_never_created_keeps_no_short_address(store: Store) -> None:
    """Its slug was taken, by one that has no short address and gets none by that."""
    await store.create(session())
    with pytest.raises(Refused, match="exists"):
        await store.create(session(short="ask"))
    assert await store.slug_of("ask") == ""
    await store.create(session(slug="another", short="ask"))
    assert await store.slug_of("ask") == "another"
