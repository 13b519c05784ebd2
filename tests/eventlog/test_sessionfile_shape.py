"""Keys and kinds in a session file: what must be there, what may, and of which kind."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import GOOD, Row, check, mistakes_after

ABOVE = "It belongs above the first [heading]: below one, a key is part of what that heads."


def test_the_file_that_is_changed_below_is_good() -> None:
    assert mistakes_after() == []


SHAPE = [
    Row(
        "ask_name = false",
        "ask_names = false",
        "ask_names",
        "This key is not known here.",
        "Did you mean ask_name?",
    ),
    Row(
        'id = "lff"',
        'id = "lff"\nzzz = 1',
        "organisations[1].zzz",
        "This key is not known here.",
        "Take it out. What may stand in organisations[1] is id and name.",
    ),
    Row(
        'url = "',
        'phnoe = 1\nurl = "',
        "signposts[0].phnoe",
        "This key is not known here.",
        "Did you mean phone?",
    ),
    Row(
        'signpost = "stop',
        'show_waiting = true\nsignpost = "stop',
        "topics[0].show_waiting",
        "This key is not known here.",
        ABOVE,
    ),
    Row(
        "\n[summary]",
        "second_check = true\n[summary]",
        "title.second_check",
        "This key is not known here.",
        ABOVE,
    ),
    Row(
        'slug = "ask-the-police"\n',
        "",
        "slug",
        "This is missing.",
        'Add it, like this: slug = "stop-it-now"',
    ),
    Row(
        'id = "law"\n',
        "",
        "topics[0].id",
        "This is missing.",
        'Add it, like this: id = "gmp"',
    ),
    Row(
        'label = { en = "The law", cy = "Y gyfraith" }\n',
        "",
        "topics[0].label",
        "This is missing.",
        'Add it, like this: label = { en = "…", cy = "…" }',
    ),
    Row(
        '"ask-the-police"',
        "7",
        "slug",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: slug = "stop-it-now"',
    ),
    Row(
        "ask_name = false",
        'ask_name = "no"',
        "ask_name",
        "This is text in quotes, but true or false is needed here.",
        "Write it like this: ask_name = true",
    ),
    Row(
        "urgent = true",
        "urgent = 1",
        "signposts[0].urgent",
        "This is a whole number, but true or false is needed here.",
        "Write it like this: urgent = true",
    ),
    Row(
        "last_questions_minutes = 5",
        "last_questions_minutes = 5.0",
        "last_questions_minutes",
        "This is a number with a fraction, but a whole number is needed here.",
        "Write it like this: last_questions_minutes = 5",
    ),
    Row(
        "last_questions_minutes = 5",
        "last_questions_minutes = true",
        "last_questions_minutes",
        "This is true or false, but a whole number is needed here.",
        "Write it like this: last_questions_minutes = 5",
    ),
    Row(
        'label = { en = "The law", cy = "Y gyfraith" }',
        'label = "The law"',
        "topics[0].label",
        "This is text in quotes, but a table is needed here.",
        'Write it like this: label = { en = "…", cy = "…" }',
    ),
    Row(
        "[[topics]]",
        "[topics]",
        "topics",
        "This is a table, but a list is needed here.",
        'Write it like this: [[topics]] with id = "law" below it',
    ),
]


@pytest.mark.parametrize("row", SHAPE, ids=lambda row: f"{row.place}: {row.after[:20]}")
def test_keys_and_kinds(row: Row) -> None:
    check(row)


def test_a_list_holds_tables_and_nothing_else() -> None:
    topics = GOOD[GOOD.index("[[topics]]") :]
    (mistake,) = mistakes_after((topics, ""), ("\n[title]", "topics = [7]\n[title]"))
    assert (mistake.place, mistake.line) == ("topics[0]", 9)
    assert mistake.says == "This is a whole number, but a table is needed here."


@pytest.mark.parametrize("key", ["organisations", "signposts"])
def test_a_list_that_needs_one_at_least(key: str) -> None:
    start, end = GOOD.index(f"[[{key}]]"), GOOD.rindex(f"[[{key}]]")
    rest = GOOD[end:]
    written = GOOD[start : end + rest.index("\n\n") + 1]
    signpost = ('signpost = "stop-it-now"\n', "")
    (missing,) = mistakes_after((written, ""), signpost)
    assert (missing.place, missing.says, missing.line) == (key, "This is missing.", None)
    (empty,) = mistakes_after((written, ""), signpost, ("\n[title]", f"{key} = []\n[title]"))
    assert (empty.place, empty.says) == (key, "This list is empty.")
    assert empty.mend.startswith(f"Add one, like this: [[{key}]] with id = ")


def test_a_signpost_needs_a_number_or_an_address() -> None:
    number, address = 'phone = "0808 1000 900"\n', 'url = "https://www.stopitnow.org.uk"\n'
    assert mistakes_after((number, "")) == []
    assert mistakes_after((address, "")) == []
    (mistake,) = mistakes_after((number, ""), (address, ""))
    assert str(mistake) == (
        "signposts[0] (line 26): This signpost has neither a telephone number nor a web address. "
        "Add phone, url, or both."
    )
