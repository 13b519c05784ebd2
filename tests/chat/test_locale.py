"""English and Welsh: addresses, and times in words."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable

import pytest
from babel.dates import get_timezone_name

from askpanel.chat.locale import LOCALES, clock_time, day, iso, local_path, plural_forms, zone_name
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


@pytest.mark.parametrize(
    ("zone", "english", "welsh"),
    [
        ("UTC", "Coordinated Universal Time", "Amser Cyffredinol Cydlynedig"),
        ("Etc/GMT", "Greenwich Mean Time", "Amser Safonol Greenwich"),
        (
            "Etc/GMT+1",
            "1 hour behind Greenwich Mean Time",
            "1 awr y tu ôl i Amser Safonol Greenwich",
        ),
        (
            "Etc/GMT-14",
            "14 hours ahead of Greenwich Mean Time",
            "14 awr o flaen Amser Safonol Greenwich",
        ),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time", "amser Buenos Aires"),
        ("GB", "UK time", "amser y DU"),
        ("Europe/Dublin", "Ireland Time", "Amser Iwerddon"),
    ],
)
def test_a_zone_that_people_have_no_name_for_has_words_too(
    zone: str, english: str, welsh: str
) -> None:
    assert (zone_name(zone, "en"), zone_name(zone, "cy")) == (english, welsh)


def without_words(named: Callable[[str, str], str]) -> list[str]:
    """The zones whose name is none that could stand in brackets behind a time."""
    odd = re.compile(r"unknown|anhysbys|[()_]|\bUTC|GMT|^\s*$", re.IGNORECASE)
    zones = sorted(zoneinfo.available_timezones())
    assert len(zones) > 400
    return [f"{zone} {lang}" for zone in zones for lang in LOCALES if odd.search(named(zone, lang))]


def test_every_zone_that_there_is_has_a_name_in_both_languages() -> None:
    assert without_words(zone_name) == []


def test_the_names_as_the_locale_data_have_them_would_be_found_out() -> None:
    """The control."""

    def plain(zone: str, lang: str) -> str:
        return get_timezone_name(zoneinfo.ZoneInfo(zone), locale={"en": "en_GB"}.get(lang, lang))

    assert {"UTC en", "UTC cy", "Asia/Almaty en"} <= set(without_words(plain))


def test_a_machine_reads_the_time_to_the_second() -> None:
    assert iso(EVENING + 1) == "2018-06-27T17:00:00+00:00"


def test_welsh_pages_stand_below_their_own_address() -> None:
    assert [local_path("cy", path) for path in ("/", "/privacy")] == ["/cy", "/cy/privacy"]
    assert local_path("en", "/privacy") == "/privacy"
