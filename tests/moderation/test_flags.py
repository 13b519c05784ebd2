"""What is noticed in a question, what is not, and in which words it is said."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askpanel.chat.locale import translations
from askpanel.eventlog.model import Flag
from askpanel.moderation.flags import LISTS, MOST_FOUND, WORDS, flag_words, flags_of
from askpanel.moderation.playbook import WATCHED
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.watchlist import WatchList
from tests.promises.naughty import everything

WATCH = WatchList(packaged().watch)
NOTHING = WatchList({})
HOSTILE = [
    *(sign * 1000 for sign in "a0@. 1:/([Mm-'\n﷽ŵа\u0301\u200b👍"),
    *(
        (piece * 1000)[:1000]
        for piece in (
            "07700 90012 ",
            "07700900123a",
            "1-2/3.4",
            "a@",
            "a@b.c ",
            "a.",
            "a.com ",
            " dot com",
            "http:",
            "[ . ",
            "Mr ",
            "PC 12 ",
            "m1 1",
            "one ",
            "k1ll ",
            "s.u.i.",
            "want to ",
            "dwi eisiau ",
            "aA1@.:/ ",
            "a'",
            "word word\n",
        )
    ),
]
SLOWEST = 0.25
"""Seconds of processor time for a thousand characters; the slowest found takes 0.004."""
ALPHABETS = st.one_of(
    st.text(max_size=1000),
    st.text("0123456789 +()-./", max_size=1000),
    st.text("abc.@:/[]() dot at", max_size=1000),
    st.text("MrsPCD. 'aA-1\n", max_size=1000),
    st.text("kilmysefu1!$ .*\u200b\u0301а", max_size=1000),
)


def noticed(text: str, lang: str = "en", watch: WatchList = NOTHING) -> dict[str, list[str]]:
    """Code → found."""
    return {flag.code: flag.found for flag in flags_of(text, lang, watch)}


def seconds(look: Callable[[str], object], text: str) -> float:
    begun = time.thread_time()
    look(text)
    return time.thread_time() - begun


def test_capitals_are_noticed_and_abbreviations_are_not() -> None:
    assert noticed("HOW DO I STOP LOOKING AT THESE") == {"capitals": []}
    assert noticed("SUT MAE CAEL HELP I STOPIO", "cy") == {"capitals": []}
    assert noticed("GMP AND LFF?") == {}
    assert noticed("Is GMP or LFF or CEOP or the IWF in charge of this?") == {}


def test_repetition_is_noticed() -> None:
    assert noticed("whyyyyyyyy") == {"repetition": ["yyyyyy"]}
    assert noticed("please help help help help") == {"repetition": ["help"]}
    assert noticed("tell me why tell me why tell me why")["repetition"] == ["tell me why"]
    assert noticed("This line is a long one\nthis line is a long one") == {
        "repetition": ["this line is a long one"]
    }
    assert noticed("He did. I did. We did, and no no, it was not good.") == {}


def test_a_question_in_another_language_than_its_page_is_noticed() -> None:
    assert noticed("Allwch chi fy helpu i?", "en") == {"language": ["cy"]}
    assert noticed("Can you help me?", "cy") == {"language": ["en"]}
    assert noticed("Czy policja może mi pomóc?", "cy") == {"language": ["other"]}
    assert noticed("Can you help me?", "en") == {}
    assert noticed("Allwch chi fy helpu i?", "cy") == {}


def test_words_of_the_watch_lists_come_first() -> None:
    flags = flags_of("I want to die, I am at M1 1AE", "en", WATCH)
    assert [flag.code for flag in flags] == ["distress", "postcode"]


def test_what_is_shown_is_short_and_not_much() -> None:
    texts = [f"http://x{n}.example/{'a' * 150}" for n in range(9)]
    (link,) = [flag for flag in flags_of(" ".join(texts), "en", NOTHING) if flag.code == "link"]
    assert len(link.found) == MOST_FOUND
    assert all(len(found) <= 80 and found.endswith("…") for found in link.found)


def test_every_flag_is_said_in_words_in_both_languages() -> None:
    assert set(LISTS) == set(WATCHED), "a kind of watch list without a name on the screens"
    flags = [
        *(Flag(code=code, found=["x"]) for code in [*WORDS, *LISTS]),
        *(Flag(code="language", found=[tongue]) for tongue in ("en", "cy", "other")),
    ]
    english = [flag_words(flag, translations("en").gettext) for flag in flags]
    welsh = [flag_words(flag, translations("cy").gettext) for flag in flags]
    assert not set(english) & set(welsh)
    assert all(words[0].isupper() and "%" not in words for words in [*english, *welsh])
    assert english[0] == "May have a phone number in it: x"


def test_a_list_that_the_program_does_not_know_is_called_by_its_code() -> None:
    said = flag_words(Flag(code="cults", found=["a", "b"]), str)
    assert said == "Has words from the list “cults”: a, b"


def test_no_naughty_string_stops_it() -> None:
    for text in everything():
        for flag in flags_of(text, "en", WATCH):
            assert flag_words(flag, translations("cy").gettext)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_no_text_keeps_it_busy(text: str) -> None:
    assert seconds(lambda given: flags_of(given, "en", WATCH), text) < SLOWEST


@given(ALPHABETS, st.sampled_from(["en", "cy"]))
@settings(deadline=None, max_examples=150)
def test_it_never_raises_nor_lasts(text: str, lang: str) -> None:
    assert seconds(lambda given: flags_of(given, lang, WATCH), text) < SLOWEST


def test_a_scanner_that_goes_back_again_and_again_would_be_seen() -> None:
    careless = re.compile(r"(?:\w+\s?)*@")
    assert seconds(careless.search, "a" * 24) > SLOWEST
