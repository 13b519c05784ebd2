"""The number guard: what is listed passes however it is spelled, what is not is stopped, and what
is no number is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpanel.chat.locale import translations
from askpanel.eventlog.session import Session, Signpost
from askpanel.eventlog.sessionfile import read
from askpanel.moderation import guard, guardnumbers
from askpanel.moderation.guard import Unverified, corrected, unverified
from tests.cast import session
from tests.documents import ROOT

HELPLINE, SITE = "0808 1000 900", "https://www.stopitnow.org.uk"
GMP = read(ROOT / "askpanel/examples/gmp-lucy-faithfull.toml")


def listing(*listed: str) -> Session:
    """A session whose signposts have these numbers and addresses and no others."""
    text = {"en": "Help"}
    signposts = [
        Signpost(id=f"s{n}", when=text, name=text, url=each if "://" in each else "")
        if "://" in each
        else Signpost(id=f"s{n}", when=text, name=text, phone=each)
        for n, each in enumerate(listed)
    ]
    return session(signposts=signposts)


def found(text: str, within: Session = GMP) -> list[str]:
    return [each.found for each in unverified(text, within)]


# What is listed


@pytest.mark.parametrize(
    "written",
    [
        "0808 1000 900",
        "08081000900",
        "0808 1000900",
        "0808-1000-900",
        "0808.1000.900",
        "(0808) 1000 900",
        "08 08 10 00 90 0",
        "0808\u00a01000\u2009900",
        "０８０８ １０００ ９００",
        "+44 808 1000 900",
        "+448081000900",
        "+44 (0)808 1000 900",
        "0044 808 1000 900",
        "101",
        "999",
        "9 9 9",
        "www.stopitnow.org.uk",
        "stopitnow.org.uk",
        "WWW.StopItNow.org.uk",
        "https://www.stopitnow.org.uk/",
        "http://www.stopitnow.org.uk",
        "https://www.stopitnow.org.uk/advice/?page=2#top",
        "www.get-help.stopitnow.org.uk",
    ],
)
@pytest.mark.parametrize(
    "sentence",
    ["{}", "Call {} now.", "({})", "“{}”", "Here: {}, today.", "{}\n{}", "{} or {}", "- {}\n- {}"],
)
def test_what_is_listed_passes_in_every_usual_spelling(written: str, sentence: str) -> None:
    assert unverified(sentence.replace("{}", written), GMP) == []


@pytest.mark.parametrize(
    "text",
    [
        "Call 0808 1000 900 9am to 9pm.",
        "Call 0808 1000 900 (24 hours a day).",
        "0808 1000 900 / 101 / 999",
        "1. 0808 1000 900\n2. 101\n3. 999",
        "Monday to Friday 09-17 0808 1000 900",
        "24/7: 0808 1000 900-101",
        "- 2018\n- 0808 1000 900\n- 10 years",
        "999/101",
        "Since 2018: 0808 1000 900, 365 days a year.",
        "Ffoniwch 0808 1000 900 neu 101.",
    ],
)
def test_digits_beside_a_listed_number_are_not_taken_for_a_part_of_it(text: str) -> None:
    assert unverified(text, GMP) == []


# What is not


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("0908 1000 900", HELPLINE),
        ("09081000900", HELPLINE),
        ("+44 908 1000 900", HELPLINE),
        ("0044 908 1000 900", HELPLINE),
        ("(0908) 1000-900", HELPLINE),
        ("0 9 0 8 1 0 0 0 9 0 0", HELPLINE),
        ("0908    1000    900", HELPLINE),
        ("0908 – 1000 – 900", HELPLINE),
        ("０９０８ 1000 900", HELPLINE),
        ("O9O8 1OOO 9OO", HELPLINE),
        ("0908\u200b1000\u00ad900", HELPLINE),
        ("0808 1000 90", HELPLINE),
        ("0808 1000 9000", HELPLINE),
        ("0808 1000 090", HELPLINE),
        ("808 1000 900", HELPLINE),
        ("0161 872 5050", ""),
        ("+353 1 666 0000", ""),
        ("07700 900123", ""),
        ("0800 1111", ""),
        ("116 123", ""),
        ("118 500", ""),
        ("111", "101"),
        ("112", ""),
        ("www.stopitnow.com", SITE),
        ("stopitnow.org", SITE),
        ("stopitnow.org.ku", SITE),
        ("stopitknow.org.uk", SITE),
        ("st\u043epitnow.org.uk", SITE),
        ("https://www.stopitnow.org.uk:8443", SITE),
        ("https://example.org/stopitnow", ""),
        ("hxxp://example.org", ""),
        ("http://10.0.0.1/help", ""),
        ("help@stopitnow.org.uk", SITE),
        ("help@example.org", ""),
    ],
)
def test_what_is_not_listed_is_stopped_and_the_nearest_is_offered(
    written: str, nearest: str
) -> None:
    for sentence in ("{}", "Please try {} today.", "It is ({}).", "- {}\n- 0808 1000 900"):
        (only,) = unverified(sentence.replace("{}", written), GMP)
        assert only.nearest == nearest
        assert only.found == written


@pytest.mark.parametrize("written", ["998", "9 9 8", "102", "85258", "872 5050"])
def test_few_digits_are_a_number_where_somebody_is_to_call_it(written: str) -> None:
    assert found(f"Call us on {written}.") == [written]
    assert found(f"Ffoniwch {written}.") == [written]
    assert found(f"We saw {written} of them.") == []


def test_a_credential_before_a_listed_site_leads_elsewhere() -> None:
    assert found("https://www.stopitnow.org.uk@example.org/") != []


@pytest.mark.parametrize("written", ["stopitnow[.]org", "stopitnow dot org", "help [at] x dot org"])
def test_an_address_in_words_is_told_as_it_would_be_typed(written: str) -> None:
    (address,) = found(f"Look at {written} today")
    assert "." in address


def test_several_are_told_once_each_and_in_order() -> None:
    text = "0161 872 5050, bbc.co.uk, 0161 872 5050 and a@example.org; call 0808 1000 900."
    assert found(text) == ["0161 872 5050", "bbc.co.uk", "a@example.org"]


def test_a_number_in_an_address_is_a_part_of_the_address() -> None:
    assert found("https://example.org/09081000900") == ["https://example.org/09081000900"]


def test_every_one_of_many_is_found() -> None:
    """The flags on a question stop at a few of a kind; a guard may not."""
    text = " ".join(f"site{n}.example.org" for n in range(20))
    assert len(found(text)) == 20
    assert len(found(" and ".join(f"0161 872 50{n}" for n in range(10, 30)))) == 20


# Pages of a listed host


@pytest.mark.parametrize(
    ("listed", "written", "passes"),
    [
        ("https://www.nhs.uk", "https://www.nhs.uk/mental-health/help", True),
        ("https://www.nhs.uk/mental-health", "nhs.uk/mental-health", True),
        ("https://www.nhs.uk/mental-health", "https://nhs.uk/mental-health/help/", True),
        ("https://www.nhs.uk/mental-health", "https://nhs.uk/mental-health-2", False),
        ("https://www.nhs.uk/mental-health", "https://www.nhs.uk", False),
        ("https://www.nhs.uk/mental-health", "www.nhs.uk/mental-health/../other", False),
        ("https://www.nhs.uk/mental-health", "www.nhs.uk/mental-health/%2E%2e/other", False),
        ("https://www.nhs.uk", "https://other.nhs.uk", False),
        ("https://www.nhs.uk", "https://www.nhs.uk.example.org", False),
    ],
)
def test_a_listed_site_has_all_its_pages_and_a_listed_page_only_those_below_it(
    listed: str, written: str, passes: bool
) -> None:
    assert (found(f"See {written} for more", listing(listed)) == []) is passes


# What is no number


@pytest.mark.parametrize(
    "text",
    [
        "In 2018, and again in 2019 and 2020.",
        "In 2019/2020/2021/2022",
        "the years 2010-2015",
        "up to 10 years in prison",
        "aged 13 to 17, or 18-24",
        "It costs £1,000,000, or £999.",
        "20 000 000 images, 850 000 men",
        "18 U.S.C. § 2252A and § 2256",
        "section 1(1)(a) of the Protection of Children Act 1978 (c. 37)",
        "sections 160 and 161 of the Criminal Justice Act 1988; s. 101 of the 2003 Act",
        "adran 101 o Ddeddf 2003, tudalen 112",
        "from 6pm to 7pm, 9.30-10.30, 09:30 - 10:30, 09.15am",
        "on 27/06/2018, 27.06.2018, 06/07/2018, 2018-06-27 18:00",
        "0.5, 0.25 and 0.123; 0-10, 5-10-15",
        "about 100 people, 111 people, 112 days, 999 calls, 101st, 111 o bobl",
        "room 101, page 999, the A101, the M111",
        "call within 100 days",
        "1 in 100; 99.9 %",
        "e.g. this, i.e. that, U.S.C., p.m.",
        "It stops.Then it begins again.And again...",
        "and/or, him/her, 24/7",
        "No. 10 (2018) 3 WLR 112",
        "version 1.1.1, paragraph 9.9.9",
        "rates of 18.1, 17.4 18.8 and 19.6",
    ],
)
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert unverified(text, GMP) == []


# In words


def test_the_sentence_is_the_one_that_was_promised_in_both_languages() -> None:
    stopped = unverified("Call 0908 1000 900, or 0161 872 5050.", GMP)
    assert guard.words(stopped, translations("en").gettext) == (
        "0908 1000 900 is not on the list; did you mean 0808 1000 900? "
        "0161 872 5050 is not on the list."
    )
    welsh = guard.words(stopped, translations("cy").gettext)
    assert "0908 1000 900" in welsh
    assert "0808 1000 900" in welsh
    assert "not on the list" not in welsh
    assert guard.words([], translations("en").gettext) == ""


def test_a_correction_changes_what_was_found_and_nothing_else() -> None:
    text = "Call 0908 1000 900. (0908 1000 900) 0908 1000 9001"
    (wrong, *_) = unverified(text, GMP)
    assert corrected(text, *wrong) == f"Call {HELPLINE}. ({HELPLINE}) 0908 1000 9001"
    assert corrected("Call 9991 or 999", "999", "101") == "Call 9991 or 101"
    assert corrected("Call 999", "999", "") == "Call 999"
    assert corrected("Call 999", "", "101") == "Call 999"


def test_what_was_corrected_passes() -> None:
    text = "Ring (0908) 1000-900, or look at www.stopitnow.com."
    for wrong in unverified(text, GMP):
        text = corrected(text, *wrong)
    assert unverified(text, GMP) == []
    assert text == f"Ring {HELPLINE}, or look at {SITE}."


# Whatever is written

LONG_NUMBERS = ("0808 1000 900", "0800 1111", "0300 123 6600", "0161 872 5050", "116 123")
BETWEEN = st.sampled_from(["", " ", ".", "-", "\u00a0", " - ", "\u2013", "/"])
NUMBERS = listing(*LONG_NUMBERS, "101", "999")


@st.composite
def spelled(draw: st.DrawFn, digits: str) -> str:
    """Digits in a row with now and then something between them."""
    cut = draw(st.sets(st.integers(1, len(digits) - 1), max_size=4))
    sign = draw(BETWEEN)  # one for all: 08.00-11.21 are hours
    parts = [f"{sign}{digit}" if at in cut else digit for at, digit in enumerate(digits)]
    written = "".join(parts)
    wide = draw(st.booleans())
    return written.translate({ord(str(n)): 0xFF10 + n for n in range(10)}) if wide else written


def dialled_digits(number: str, way: str) -> str:
    digits = number.replace(" ", "")
    return digits if not digits.startswith("0") else f"{way}{digits[1:]}"


@given(st.data(), st.sampled_from(LONG_NUMBERS), st.sampled_from(["0", "0044"]))
def test_a_listed_number_passes_in_any_spelling(data: st.DataObject, number: str, way: str) -> None:
    digits = dialled_digits(number, way)
    written = data.draw(st.one_of(st.just(number), spelled(digits)))
    assert unverified(f"Call {written} now", NUMBERS) == []


@given(st.sampled_from(LONG_NUMBERS), st.sampled_from(["1. ", "24/7: ", "10 ", "2018, ", "- "]))
def test_a_listed_number_passes_behind_other_digits(number: str, before: str) -> None:
    assert unverified(f"{before}{number}\n{before}{number}, 9am to 5pm", NUMBERS) == []


@given(st.data(), st.sampled_from(LONG_NUMBERS), st.sampled_from(["0", "0044"]))
def test_any_one_digit_of_a_listed_number_changed_is_caught(
    data: st.DataObject, number: str, way: str
) -> None:
    digits = dialled_digits(number, way)
    at = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[at]]))
    wrong = digits[:at] + other + digits[at + 1 :]
    written = data.draw(spelled(wrong))
    found_there = unverified(f"It is {written}, always", NUMBERS)
    assert found_there, written


@given(st.sampled_from(["101", "999"]), st.integers(0, 2), st.sampled_from("0123456789"))
def test_any_one_digit_of_a_listed_short_number_changed_is_caught_where_it_is_to_be_called(
    number: str, at: int, digit: str
) -> None:
    wrong = number[:at] + digit + number[at + 1 :]
    listed = wrong in ("101", "999")
    assert (unverified(f"Please call {wrong} now", NUMBERS) == []) is listed


@given(st.text(max_size=300))
def test_no_text_is_too_much(text: str) -> None:
    for each in unverified(text, GMP):
        assert isinstance(each, Unverified)
        assert each.found
        corrected(text, *each)


@given(st.text("0123456789 +()-./:@wcomk[]\n０٠①", max_size=200))
def test_no_row_of_signs_is_too_much(text: str) -> None:
    unverified(text, GMP)


# The controls: a guard that looks away is noticed


def test_a_guard_without_likeness_would_miss_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("It is 1808 1000 900, always") == ["1808 1000 900"]
    monkeypatch.setattr(guardnumbers, "_slips", lambda row, listed: 9)
    assert found("It is 1808 1000 900, always") == []
