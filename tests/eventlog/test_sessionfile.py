"""Session files: the good ones are read, the bad ones refused whole, with every mistake.

Each single rule is in the test of its noun, ``test_sessionfile_phone.py`` and so on, and
whatever else may come in ``test_sessionfile_fuzz.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from askpanel.eventlog.session import Organisation, Schedule, Signpost, Topic
from askpanel.eventlog.sessionfile import Mistake, Refused, parse, read, slug_taken
from askpanel.eventlog.sessionfile.table import SETTINGS
from tests.cast import EXAMPLES
from tests.eventlog.badfile import mistakes_in


def utc(*parts: int) -> int:
    """Unix milliseconds of a time in UTC."""
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]


# The good files


def test_the_greater_manchester_file_is_read_with_all_that_it_says() -> None:
    session = read(EXAMPLES / "gmp-lucy-faithfull.toml")
    assert session.slug == "stop-it-now"
    assert session.timezone == "Europe/London"
    assert session.languages == ["en", "cy"]
    assert (session.ask_name, session.show_waiting, session.second_check) == (False, True, False)
    assert session.title["en"] == "Ask the police and The Lucy Faithfull Foundation"
    assert session.summary["cy"].endswith("Gallwch ymuno'n ddienw.")
    assert session.organisation("gmp") == Organisation(
        id="gmp", name={"en": "Greater Manchester Police", "cy": "Heddlu Manceinion Fwyaf"}
    )
    assert [each.id for each in session.signposts] == [
        "emergency",
        "stop-it-now",
        "get-help",
        "report",
    ]
    assert session.signposts[0] == Signpost(
        id="emergency",
        when={"en": "Somebody is in danger now", "cy": "Mae rhywun mewn perygl nawr"},
        name={"en": "Emergency services", "cy": "Gwasanaethau brys"},
        phone="999",
        urgent=True,
    )
    assert session.signposts[1].phone == "0808 1000 900"
    assert session.signposts[1].url == "https://www.stopitnow.org.uk"
    assert len(session.topics) == 5
    assert session.topics[0].signpost == "stop-it-now"
    assert session.topics[4] == Topic(id="law", label={"en": "The law", "cy": "Y gyfraith"})


def test_its_times_are_british_summer_time_one_hour_ahead_of_utc() -> None:
    assert read(EXAMPLES / "gmp-lucy-faithfull.toml").schedule == Schedule(
        questions_open=utc(2018, 6, 25, 8, 0),
        starts=utc(2018, 6, 27, 17, 0),
        last_questions=utc(2018, 6, 27, 17, 55),
        ends=utc(2018, 6, 27, 18, 0),
    )
    assert utc(2018, 6, 27, 17, 0) == 1_530_118_800_000


def test_the_regional_file_is_read_with_seven_organisations_and_no_topic() -> None:
    session = read(str(EXAMPLES / "north-west-region.toml"))
    assert [each.id for each in session.organisations] == [
        "cheshire",
        "lancashire",
        "merseyside",
        "gmp",
        "cumbria",
        "north-wales",
        "lff",
    ]
    assert session.second_check
    assert session.topics == []
    assert session.schedule == Schedule(
        questions_open=utc(2018, 6, 25, 8, 0),
        starts=utc(2018, 6, 28, 18, 0),
        last_questions=utc(2018, 6, 28, 19, 20),
        ends=utc(2018, 6, 28, 19, 30),
    )


LEAST = """
slug = "least"
timezone = "Europe/London"
starts = 2018-01-10T18:00:00
ends = 2018-01-10T19:00:00
languages = ["en"]
title.en = "The least that a file can say"
summary.en = "And yet a session."
organisations = [{ id = "gmp", name.en = "Greater Manchester Police" }]
signposts = [{ id = "report", when.en = "To report", name.en = "The police", phone = "101" }]
"""


def test_what_a_file_may_leave_out_has_the_careful_default() -> None:
    session = parse(LEAST.encode())
    assert (session.ask_name, session.show_waiting, session.second_check) == (False, False, False)
    winter = utc(2018, 1, 10, 18, 0)
    assert session.schedule.questions_open == session.schedule.starts == winter
    assert session.schedule.last_questions == session.schedule.ends == winter + 3_600_000
    assert session.signposts[0].urgent is False
    assert session.topics == []


def test_a_session_over_the_night_the_clocks_change_has_its_true_length() -> None:
    night = LEAST.replace("2018-01-10T18:00:00", "2018-10-27T23:30:00").replace(
        "2018-01-10T19:00:00", "2018-10-28T02:30:00"
    )
    schedule = parse(night.encode()).schedule
    assert schedule.ends - schedule.starts == 4 * 3_600_000


def test_a_summary_may_have_several_lines_and_words_are_trimmed_and_composed() -> None:
    text = LEAST.replace('"And yet a session."', '"""\n  One.\n\nTwo: dw\u0302r.\n"""')
    assert parse(text.encode()).summary == {"en": "One.\n\nTwo: d\u0175r."}


@pytest.mark.parametrize("spelling", ["windows", "marked"])
def test_a_file_saved_by_a_windows_editor_is_read_alike(spelling: str) -> None:
    windows = LEAST.replace("\n", "\r\n").encode()
    content = windows if spelling == "windows" else b"\xef\xbb\xbf" + windows
    assert parse(content) == parse(LEAST.encode())


def test_the_settings_named_in_the_code_are_those_of_the_examples() -> None:
    found = set[str]()
    for name in ("gmp-lucy-faithfull", "north-west-region"):
        lines = (EXAMPLES / f"{name}.toml").read_text("utf-8").splitlines()
        top = lines[: lines.index("[title]")]
        found |= {line.split(" = ")[0] for line in top if " = " in line and line[0] != "#"}
    assert found == SETTINGS


# The bad ones


def test_the_file_with_the_wrong_number_is_refused_for_its_number() -> None:
    with pytest.raises(Refused) as refusal:
        read(EXAMPLES / "wrong-number.toml")
    assert refusal.value.mistakes == [
        Mistake(
            place="signposts[0].phone",
            line=23,
            says="0908 1000 900 is a premium-rate number.",
            mend="Give a number that is free or standard rate: 0800, 0808, 01, 02, 03 or 116.",
        )
    ]
    assert str(refusal.value) == (
        "signposts[0].phone (line 23): 0908 1000 900 is a premium-rate number. "
        "Give a number that is free or standard rate: 0800, 0808, 01, 02, 03 or 116."
    )


def test_every_mistake_is_listed_at_once_in_the_order_of_the_file() -> None:
    mistakes = mistakes_in(b"""\
slug = "Stop It Now"
timezone = "Europe/Londno"
starts = 2018-06-27T18:00:00
ends = 2018-06-27T17:00:00
languages = ["en", "cy"]
second_chek = true

[title]
en = "Ask the police"

[summary]
en = "\\u202EAnswers."
cy = "Atebion."

[[organisations]]
id = "gmp"
name = { en = "Greater Manchester Police", cy = "" }

[[signposts]]
id = "help"
when = { en = "You are worried", cy = "Rydych yn poeni" }
name = { en = "A helpline", cy = "Llinell gymorth" }
phone = "0845 123 4567"
url = "http://www.stopitnow.org.uk"

[[signposts]]
id = "help"
when = { en = "You are worried", cy = "Rydych yn poeni" }
name = "Another helpline"

[[topics]]
label = { en = "The law", cy = "Y gyfraith" }
signpost = "hlep"
""")
    assert [(mistake.place, mistake.line) for mistake in mistakes] == [
        ("slug", 1),
        ("timezone", 2),
        ("ends", 4),
        ("second_chek", 6),
        ("title.cy", 8),
        ("summary.en", 12),
        ("organisations[0].name.cy", 17),
        ("signposts[0].phone", 23),
        ("signposts[0].url", 24),
        ("signposts[1]", 26),
        ("signposts[1].id", 27),
        ("signposts[1].name", 29),
        ("topics[0].id", 31),
        ("topics[0].signpost", 33),
    ]


def test_an_empty_file_is_told_all_that_it_lacks() -> None:
    mistakes = mistakes_in(b"")
    assert [mistake.place for mistake in mistakes] == [
        "slug",
        "timezone",
        "languages",
        "signposts",
        "organisations",
        "starts",
        "ends",
        "title",
        "summary",
    ]
    assert {mistake.says for mistake in mistakes} == {"This is missing."}
    assert {mistake.line for mistake in mistakes} == {None}
    assert mistakes[5].mend == "Add it, like this: starts = 2018-06-27T18:00:00"


def test_a_line_is_told_below_strings_and_lists_that_look_like_headings() -> None:
    mistakes = mistakes_in(b'''\
slug = """
[[signposts]]
colour = "red"
"""
languages = [  # [title]
  "en",
  # [[signposts]]
]
colour = "blue"

[[signposts]]
id = "report"
when.en = "To report"
[signposts.name]
en = "The police"
colour = "green"

[[signposts]]
colour = "white"
''')
    lines = {mistake.place: mistake.line for mistake in mistakes}
    assert lines["slug"] == 1
    assert lines["colour"] == 9
    assert lines["signposts[0]"] == 11
    assert lines["signposts[0].name.colour"] == 16
    assert lines["signposts[1].colour"] == 19
    assert lines["signposts[1].id"] == 18
    assert lines["starts"] is None


def test_a_line_is_told_in_a_file_with_windows_line_ends() -> None:
    mistakes = mistakes_in(b'\r\nslug = "x"\r\ntimezone = "Europe"\r\n')
    assert [mistake.line for mistake in mistakes if mistake.line] == [2, 3]


def test_a_file_of_one_endless_list_is_refused_without_counting_its_lines() -> None:
    text = "a = [\n" + "1,\n" * 5_000 + "]\nb = 1\n"
    mistakes = mistakes_in(text.encode())
    assert ("b", None) in [(mistake.place, mistake.line) for mistake in mistakes]


def test_a_slug_that_is_taken_is_a_mistake_like_any_other() -> None:
    assert str(slug_taken("stop-it-now")) == (
        'slug: "stop-it-now" is taken: another session has this slug. '
        "Choose another slug, for example by adding the month and the year."
    )


def test_nothing_of_the_file_reaches_the_terminal_as_a_control_character() -> None:
    told = "\n".join(map(str, mistakes_in(b'"\\u001b[2J\\u202e" = 1\nslug = "\\u001b"')))
    assert '"\\u001b[2J\\u202e" (line 1): This key is not known here.' in told
    assert all(character.isprintable() or character == "\n" for character in told)
