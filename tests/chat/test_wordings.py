"""An answer in several languages, and the signposts that stand beside a text."""

from __future__ import annotations

import pytest

from askpanel.chat.signposts import mentioned, urgent_first, with_ids
from askpanel.chat.wordings import wordings
from askpanel.eventlog.model import Answer, Version
from tests.cast import NOON, session

SESSION = session()


def answer(english: tuple[int, ...], welsh: tuple[int, ...] = ()) -> Answer:
    """Given in English at these minutes, each time anew, and in Welsh at those."""

    def versions(lang: str, minutes: tuple[int, ...]) -> list[Version]:
        return [Version(text=f"{lang} {minute}", at=NOON + minute) for minute in minutes]

    return Answer(
        id=1,
        organisation="gmp",
        lang="en",
        versions=versions("en", english),
        counterparts={"cy": versions("cy", welsh)} if welsh else {},
    )


@pytest.mark.parametrize(("locale", "order"), [("en", ["en", "cy"]), ("cy", ["cy", "en"])])
def test_the_readers_language_comes_first(locale: str, order: list[str]) -> None:
    assert [each.lang for each in wordings(answer((1,), (2,)), locale)] == order


def test_without_a_counterpart_there_is_what_was_given() -> None:
    (only,) = wordings(answer((1, 5)), "cy")
    assert (only.lang, only.text, only.at) == ("en", "en 5", NOON + 1)
    assert only.corrected_at == NOON + 5


@pytest.mark.parametrize(
    ("english", "welsh", "behind"),
    [
        ((1,), (2,), {"en": [], "cy": []}),
        ((1, 5), (2,), {"en": [], "cy": ["en"]}),
        ((1, 5), (2, 6), {"en": ["cy"], "cy": []}),
        ((1, 5), (6,), {"en": [], "cy": []}),
        ((1,), (2, 3), {"en": ["cy"], "cy": []}),
    ],
)
def test_a_wording_that_another_was_corrected_after_says_so(
    english: tuple[int, ...], welsh: tuple[int, ...], behind: dict[str, list[str]]
) -> None:
    found = wordings(answer(english, welsh), "en")
    assert {each.lang: list(each.behind) for each in found} == behind


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Call 0808 1000 900 tonight", ["stop-it-now"]),
        ("Call 08081000900", ["stop-it-now"]),
        ("Call (0808) 1000-900.", ["stop-it-now"]),
        ("Call 0908 1000 900", []),
        ("Call 999, or else 101.", ["emergency", "report"]),
        ("It was in 1999, in room 1010", []),
        ("See www.get-help.stopitnow.org.uk.", ["get-help"]),
        ("See https://www.StopItNow.org.uk/", ["stop-it-now"]),
        ("See www.gmp.police.uk.evil.example", []),
        ("See evil-www.gmp.police.uk", []),
        ("Be well", []),
    ],
)
def test_a_text_is_about_the_signposts_that_it_names(text: str, ids: list[str]) -> None:
    assert [sign.id for sign in mentioned(SESSION, text)] == ids


def test_signposts_by_id_keep_their_order_and_those_that_are_gone_are_left_out() -> None:
    assert [s.id for s in with_ids(SESSION, ["report", "gone", "emergency"])] == [
        *("report", "emergency"),
    ]
    assert urgent_first(SESSION)[0].urgent
