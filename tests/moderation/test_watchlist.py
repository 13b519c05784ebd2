"""The watch lists: whole words, phrases, stems, and what people do so as not to be read."""

from __future__ import annotations

import pytest

from askpanel.moderation.flags import flags_of
from askpanel.moderation.unmasked import unmasked
from askpanel.moderation.watchlist import WatchList

WATCH = WatchList(
    {
        "en": {
            "distress": ["suicid*", "kill myself", "don't want to live", "self-harm*"],
            "threat": ["kill him", "stab*", "bad"],
        },
        "cy": {"distress": ["lladd fy hun", "hunanladd*"], "threat": ["ei ladd o"]},
    }
)


def found(text: str, *languages: str) -> dict[str, list[str]]:
    return WATCH.found(unmasked(text), languages or ("en", "cy"))


@pytest.mark.parametrize(
    "text",
    [
        "suicide",
        "SUICIDAL!",
        "sui\u200bcide",
        "suiciiiide",
        "$uicide",
        "su1c1de",
        "suісіdе",
        "s u i c i d e",
        "I s.u.i.c.i.d.e",
        "ｓｕｉｃｉｄｅ",
        "I will kill myself",
        "kill\n\nmyself",
        "k1ll myself",
        "ki!! myself",
        "killmyself",
        "kill_myself",
        "kill-myself",
        "I dont want to live",
        "I don’t want to live",
        "self harming",
        "Dw i am lladd fy hun",
        "hunanladdiad",
        "hunanlâddol",
    ],
)
def test_a_word_is_found_in_its_disguise(text: str) -> None:
    assert list(found(text)) == ["distress"]


@pytest.mark.parametrize(
    "text",
    ["overkill, myself", "skill him", "kill my time", "a bath tub", "BADGE", "hunan laddu", ""],
)
def test_a_part_of_a_word_is_not_the_word(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "sucide",
        "suicde",
        "suciide",
        "kil myself",
        "kill mysefl",
        "dont wnat to live",
        "hunanlad",
    ],
)
def test_distress_is_found_with_a_slip(text: str) -> None:
    assert list(found(text)) == ["distress"]


@pytest.mark.parametrize(
    "text",
    ["bill myself", "kil mysefl", "selves harm", "stav him", "kil him", "skill myself", "sucrose"],
)
def test_two_slips_another_first_letter_or_another_list_are_too_far(text: str) -> None:
    assert found(text) == {}


def test_what_was_found_is_told_as_it_is_written_and_once() -> None:
    assert found("I may KILL  myself or kill myself, or stab, stabbed") == {
        "distress": ["KILL myself"],
        "threat": ["stab", "stabbed"],
    }


def test_a_list_is_of_one_language() -> None:
    """ "Bad" is a boat in Welsh."""
    assert found("y bad", "cy") == {}
    assert found("too bad", "en") == {"threat": ["bad"]}


@pytest.mark.parametrize(
    ("text", "lang", "codes"),
    [
        ("Mae fy nhad yn mynd ar y bad bob dydd", "cy", []),
        ("Mae fy nhad yn mynd ar y bad bob dydd", "en", ["threat", "language"]),
        ("Dwi isio lladd fy hun", "en", ["distress", "language"]),
        ("I want to kill myself", "cy", ["distress", "language"]),
        ("Dwi isio kill myself", "cy", ["distress"]),
        ("lladd fy hun", "en", ["distress", "language"]),
        ("suicide?", "cy", ["distress"]),
    ],
)
def test_the_lists_are_those_of_the_page_and_of_every_language_in_the_text(
    text: str, lang: str, codes: list[str]
) -> None:
    assert [flag.code for flag in flags_of(text, lang, WATCH)] == codes


def test_no_lists_find_nothing() -> None:
    assert WatchList({}).found("kill myself", ("en", "cy")) == {}
    assert WatchList({"en": {"distress": []}}).found("kill myself", ("en",)) == {}
