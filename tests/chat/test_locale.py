"""English and Welsh: addresses, and times in words."""

from __future__ import annotations

import pytest

from askpanel.chat.locale import clock_time, day, iso, local_path, plural_forms, zone_name
from askpanel.chat.words import duration

EVENING = 1_530_118_800_000
"""2018-06-27T17:00:00Z, 6pm in the United Kingdom."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ["Wednesday 27 June 2018", "6pm", "6:05pm", "12pm", "UK time"]),
        ("cy", ["Dydd Mercher 27 Mehefin 2018", "18:00", "18:05", "12:00", "amser y DU"]),
    ],
)
def test_days_and_times_are_said_as_each_language_says_them(locale: str, words: list[str]) -> None:
    zone = "Europe/London"
    said = [
        day(EVENING, zone, locale),
        *(clock_time(EVENING + late, zone, locale) for late in (0, 5 * MINUTE, -6 * HOUR)),
        zone_name(zone, locale),
    ]
    assert said == words


@pytest.mark.parametrize(
    ("milliseconds", "english", "welsh"),
    [
        (-1, "0 minutes", "0 munud"),
        (1, "1 minute", "1 munud"),
        (2 * MINUTE, "2 minutes", "2 funud"),
        (3 * MINUTE, "3 minutes", "3 munud"),
        (6 * MINUTE, "6 minutes", "6 munud"),
        (60 * MINUTE, "60 minutes", "60 munud"),
        (2 * HOUR, "2 hours", "2 awr"),
        (2 * DAY, "2 days", "2 ddiwrnod"),
        (3 * DAY, "3 days", "3 diwrnod"),
    ],
)
def test_a_length_of_time_takes_the_form_of_its_number(
    milliseconds: int, english: str, welsh: str
) -> None:
    assert (duration(milliseconds, "en"), duration(milliseconds, "cy")) == (english, welsh)


def test_welsh_has_a_form_for_each_kind_of_number_and_english_two() -> None:
    forms = plural_forms("cy", "%(count)s day", "%(count)s days")
    assert list(forms) == ["zero", "one", "two", "few", "many", "other"]
    assert forms["two"] == "%(count)s ddiwrnod"
    assert plural_forms("en", "%(count)s day", "%(count)s days") == {
        "one": "%(count)s day",
        "other": "%(count)s days",
    }


def test_other_zones_have_names_too() -> None:
    assert zone_name("Europe/Paris", "en") == "Central European Time"
    assert zone_name("Europe/Paris", "cy") == "Amser Canolbarth Ewrop"


def test_a_machine_reads_the_time_to_the_second() -> None:
    assert iso(EVENING + 1) == "2018-06-27T17:00:00+00:00"


def test_welsh_pages_stand_below_their_own_address() -> None:
    assert [local_path("cy", path) for path in ("/", "/privacy")] == ["/cy", "/cy/privacy"]
    assert local_path("en", "/privacy") == "/privacy"
