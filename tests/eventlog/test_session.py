"""A session as a value: found, translated, moved, and carried through JSON."""

from __future__ import annotations

import msgspec
import pytest

from askpanel.eventlog.session import Schedule, Session
from askpanel.eventlog.sessionfile import read
from tests.cast import EXAMPLES, session

MINUTE = 60_000


@pytest.mark.parametrize("name", ["gmp-lucy-faithfull", "north-west-region"])
def test_a_session_comes_back_from_json_as_it_went(name: str) -> None:
    before = read(EXAMPLES / f"{name}.toml")
    assert msgspec.json.decode(msgspec.json.encode(before), type=Session) == before


def test_what_is_left_at_its_default_is_not_written() -> None:
    written = msgspec.json.decode(msgspec.json.encode(session(show_waiting=False)))
    assert "show_waiting" not in written
    assert "paused" not in written["schedule"]
    assert "url" not in written["signposts"][0]


def test_things_are_found_by_their_id_and_nothing_is_found_by_another() -> None:
    found = session()
    assert (lff := found.organisation("lff")) is not None
    assert lff.name["en"] == "The Lucy Faithfull Foundation"
    assert (emergency := found.signpost("emergency")) is not None
    assert (emergency.phone, emergency.urgent) == ("999", True)
    assert (law := found.topic("law")) is not None
    assert law.signpost == ""
    assert found.organisation("emergency") is None
    assert found.signpost("lff") is None
    assert found.topic("") is None


def test_words_that_are_missing_in_one_language_are_given_in_the_first_and_say_so() -> None:
    found = session(languages=["cy", "en"])
    assert found.text({"en": "The law", "cy": "Y gyfraith"}, "en") == ("The law", "en")
    assert found.text({"cy": "Y gyfraith"}, "en") == ("Y gyfraith", "cy")
    assert found.text({"en": "The law", "cy": "Y gyfraith"}, "fr") == ("Y gyfraith", "cy")


def test_a_schedule_moved_to_now_keeps_every_length() -> None:
    schedule = Schedule(
        questions_open=0, starts=600 * MINUTE, last_questions=655 * MINUTE, ends=660 * MINUTE
    )
    assert schedule.moved_to(1_000 * MINUTE) == Schedule(
        questions_open=400 * MINUTE,
        starts=1_000 * MINUTE,
        last_questions=1_055 * MINUTE,
        ends=1_060 * MINUTE,
    )


def test_a_paused_schedule_stays_paused_when_moved() -> None:
    schedule = Schedule(questions_open=0, starts=0, last_questions=5, ends=5, paused=True)
    assert schedule.moved_to(7).paused
