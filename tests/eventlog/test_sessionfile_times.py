"""The times of a session file: local, in order, and each on the clock exactly once."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import Row, check, mistakes_after

CHANGE = "Choose a time before or after the change."


def zone(written: str, mend: str) -> Row:
    return Row(
        '"Europe/London"', f'"{written}"', "timezone", f'"{written}" is not a time zone.', mend
    )


TIMES = [
    zone("Europe/Londno", 'Did you mean "Europe/London"?'),
    zone("europe/london", 'Did you mean "Europe/London"?'),
    zone("Manchester", 'Write a place, like this: timezone = "Europe/London"'),
    zone("../../etc/passwd", 'Write a place, like this: timezone = "Europe/London"'),
    zone("localtime", 'Write a place, like this: timezone = "Europe/London"'),
    Row(
        "starts = 2018-06-27T18:00:00",
        "starts = 2018-06-27T18:00:00+01:00",
        "starts",
        "This has an offset from UTC, but the file's times are local to its timezone.",
        "Write the local time, without Z or +01:00: starts = 2018-06-27T18:00:00",
    ),
    Row(
        "ends = 2018-06-27T19:00:00",
        "ends = 2018-06-27T19:00:00Z",
        "ends",
        "This has an offset from UTC, but the file's times are local to its timezone.",
        "Write the local time, without Z or +01:00: ends = 2018-06-27T19:00:00",
    ),
    *(
        Row(
            "starts = 2018-06-27T18:00:00",
            f"starts = {written}",
            "starts",
            f"This is {kind}, but a date and time is needed here.",
            "Write it like this: starts = 2018-06-27T18:00:00",
        )
        for written, kind in [
            ('"2018-06-27T18:00:00"', "text in quotes"),
            ("2018-06-27", "a date"),
            ("18:00:00", "a time of day"),
            ("20180627", "a whole number"),
            ("[]", "a list"),
        ]
    ),
    *(
        Row(
            "questions_open = 2018-06-25T09:00:00",
            f"questions_open = {year}-06-25T09:00:00",
            "questions_open",
            f"The year {year.lstrip('0')} is not one that a session can be in.",
            "Choose one from 2000 to 2099.",
        )
        for year in ["0001", "0218", "1999", "2100", "9999"]
    ),
    Row(
        "questions_open = 2018-06-25T09:00:00",
        "questions_open = 2018-03-25T01:30:00",
        "questions_open",
        "The clocks in Europe/London go forward then, and 01:30 does not happen.",
        CHANGE,
    ),
    Row(
        "questions_open = 2018-06-25T09:00:00",
        "questions_open = 2017-10-29T01:30:00",
        "questions_open",
        "The clocks in Europe/London go back then, and 01:30 happens twice.",
        CHANGE,
    ),
    *(
        Row(
            "ends = 2018-06-27T19:00:00",
            f"ends = {ends}",
            "ends",
            "The session does not end after it starts.",
            "Choose a time after starts; look at the date too.",
        )
        for ends in ["2018-06-27T18:00:00", "2018-06-26T19:00:00"]
    ),
    Row(
        "ends = 2018-06-27T19:00:00",
        "ends = 2018-06-28T18:00:01",
        "ends",
        "The session is longer than 24 hours.",
        "Choose an earlier time, or make a session for each day.",
    ),
    Row(
        "questions_open = 2018-06-25T09:00:00",
        "questions_open = 2018-06-27T18:00:01",
        "questions_open",
        "Questions open after the session has started.",
        "Choose a time before starts, or take the line out: questions then open with it.",
    ),
    Row(
        "last_questions_minutes = 5",
        "last_questions_minutes = -1",
        "last_questions_minutes",
        "This is less than 0.",
        "Choose a number from 0 to 60, like this: last_questions_minutes = 5",
    ),
    Row(
        "last_questions_minutes = 5",
        "last_questions_minutes = 61",
        "last_questions_minutes",
        "The session is not that long.",
        "Choose a number from 0 to 60, like this: last_questions_minutes = 5",
    ),
]


@pytest.mark.parametrize("row", TIMES, ids=lambda row: f"{row.place}: {row.after[-24:]}")
def test_times(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("last_questions_minutes = 5", "last_questions_minutes = 0"),
        ("last_questions_minutes = 5", "last_questions_minutes = 60"),
        ("questions_open = 2018-06-25T09:00:00", "questions_open = 2018-06-27T18:00:00"),
        ("questions_open = 2018-06-25T09:00:00", "questions_open = 2018-03-25T02:00:00"),
        ("questions_open = 2018-06-25T09:00:00", "questions_open = 2017-10-29T02:00:00"),
        ("ends = 2018-06-27T19:00:00", "ends = 2018-06-28T18:00:00"),
        ("Europe/London", "UTC"),
        ("Europe/London", "America/New_York"),
    ],
)
def test_times_that_are_only_just_good(before: str, after: str) -> None:
    assert mistakes_after((before, after)) == []


def test_the_order_of_times_is_checked_even_if_their_zone_is_not_known() -> None:
    changes = ("Europe/London", "Mars/Olympus"), ("ends = 2018", "ends = 2017")
    assert [mistake.place for mistake in mistakes_after(*changes)] == ["timezone", "ends"]
