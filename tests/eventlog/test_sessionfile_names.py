"""Slugs and ids: spelled for machines, none twice, none that our own addresses use."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import Row, check, mistakes_after

NAME = "Use lower-case letters and digits, with single hyphens between them."

NAMES = [
    Row(
        '"ask-the-police"',
        '""',
        "slug",
        "This is empty.",
        'Fill it in, like this: slug = "stop-it-now"',
    ),
    *(
        Row('"ask-the-police"', f'"{slug}"', "slug", f'"{slug}" is not well formed.', NAME)
        for slug in [
            "Ask",
            "ask the police",
            "ask_police",
            "-ask",
            "ask-",
            "a--b",
            "ymgýnghori",
            "a/b",
        ]
    ),
    Row('"ask-the-police"', '"ask\\n"', "slug", '"ask\\u000a" is not well formed.', NAME),
    Row('"ask-the-police"', '"ab"', "slug", '"ab" has 2 characters.', "Use 3 to 60."),
    Row(
        '"ask-the-police"',
        f'"{"a" * 61}"',
        "slug",
        f'"{"a" * 59}…" has 61 characters.',
        "Use 3 to 60.",
    ),
    *(
        Row(
            '"ask-the-police"',
            f'"{slug}"',
            "slug",
            f'"{slug}" is a word that Askpanel\'s own addresses use.',
            "Choose another, or add a word to it.",
        )
        for slug in ["staff", "static", "health", "demo", "cy", "metrics", "sessions", "privacy"]
    ),
    Row('"gmp"', '"GMP"', "organisations[0].id", '"GMP" is not well formed.', NAME),
    Row(
        '"law"', f'"{"a" * 41}"', "topics[0].id", f'"{"a" * 41}" has 41 characters.', "Use 1 to 40."
    ),
    Row(
        '"lff"',
        '"gmp"',
        "organisations[1].id",
        '"gmp" is the id of organisations[0] already.',
        "Choose another.",
    ),
    Row('"law"', '" "', "topics[0].id", "This is empty.", 'Fill it in, like this: id = "gmp"'),
    Row(
        'signpost = "stop-it-now"',
        'signpost = "stop-it"',
        "topics[0].signpost",
        'No signpost has the id "stop-it".',
        'Choose from "stop-it-now".',
    ),
]


@pytest.mark.parametrize("row", NAMES, ids=lambda row: f"{row.place}: {row.after[:20]}")
def test_slugs_and_ids(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("slug", ["abc", "a-1", "2018", "a" * 60, "staff-questions"])
def test_slugs_that_are_good(slug: str) -> None:
    assert mistakes_after(("ask-the-police", slug)) == []


def test_one_id_may_serve_an_organisation_and_a_signpost() -> None:
    assert mistakes_after(('id = "gmp"', 'id = "stop-it-now"')) == []
