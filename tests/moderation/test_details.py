"""What may show who somebody is, in their own words: found where it is, and seldom elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from askpanel.moderation.details import MOST, MOST_CHARACTERS, details_in
from askpanel.moderation.unmasked import MOST_CHARACTERS as READ
from tests.cast import session

SESSION = session()
SHOWS = {
    "Call me on 07700 900123": ("phone", "07700 900123"),
    "my number is +44 (0)161 496 0000 please": ("phone", "+44 (0)161 496 0000"),
    "ring oh seven seven double zero nine double zero one two three": ("phone", "07700900123"),
    "０７７００ ９００１２３": ("phone", "07700 900123"),
    "O77OO 9OO123 is mine": ("phone", "07700 900123"),
    "Ffoniwch fi ar 07700 900123 os gwelwch yn dda": ("phone", "07700 900123"),
    "write to sam.jones@example.com": ("email", "sam.jones@example.com"),
    "sam at gmail dot com": ("email", "sam@gmail.com"),
    "sam [at] example [dot] org": ("email", "sam@example.org"),
    "I live at M1 1AE": ("postcode", "M1 1AE"),
    "I am in cf101aa now": ("postcode", "CF10 1AA"),
    "My name is Sam Jones": ("name", "Sam Jones"),
    "my name is sam jones and I did it": ("name", "sam jones"),
    "My name’s Sam O’Neill.": ("name", "Sam O'Neill"),
    "MY NAME IS SAM JONES": ("name", "SAM JONES"),
    "I am Dr Sam Jones": ("name", "Dr Sam Jones"),
    "Hello, I'm Sam Jones, and I need help": ("name", "Sam Jones"),
    "I’m called Sam Jones": ("name", "Sam Jones"),
    "this is Sam van der Berg": ("name", "Sam van der Berg"),
    "Mr John Smith at my school did it": ("name", "Mr John Smith"),
    "Please help.\nRegards,\nSam Jones": ("name", "Sam Jones"),
    "Name: Sam Jones": ("name", "Sam Jones"),
    "Fy enw i yw Siân Jones": ("name", "Siân Jones"),
    "fy enw i ydi siân jones": ("name", "siân jones"),
    "Gethin ap Rhys dw i, fy enw llawn i yw Gethin ap Rhys": ("name", "Gethin ap Rhys"),
    "Dwi'n cael fy ngalw'n Sam Jones": ("name", "Sam Jones"),
}
SHOWS_NOBODY = [
    *("Can I call 0808 1000 900?", "I called Samaritans on 116 123 and then 999 and 101"),
    *("Is Childline 0800 1111 free?", "Is 0808 800 5000 free to call?"),
    *("I saw it on www.stopitnow.org.uk", "What does the Sexual Offences Act 2003 say?"),
    *("I'm called names at school", "my name is on the register", "My name is not important"),
    *("My name is Sam", "fy enw i yw Sam", "Is Mr Jones right?", "PC 12345 came to see me"),
    *("I am British Muslim", "I'm Autistic and Gay", "I am Greater Manchester Police staff"),
    *("This is Really Serious", "THIS IS REALLY URGENT HELP ME", "I'm So Scared Please"),
    *("I am 15 and he is 43", "In 2019 I got 3 years, from 12/04/2020", "£1,000,000 or 10 years"),
    *("Yours sincerely, a worried mum", "I am worried about my own thoughts", "I'm fine"),
    *("Rwy'n poeni am fy meddyliau", "Ydw i'n torri'r gyfraith?", "Dw i'n 15 oed"),
    *("My name is in the Daily Mail", "They call me stupid", "It's Snapchat Again"),
]


@pytest.mark.parametrize("text", SHOWS)
def test_what_may_show_somebody_is_found_as_it_is_written(text: str) -> None:
    found = [(each.kind, each.found) for each in details_in(SESSION, text)]
    assert found == [SHOWS[text]]


@pytest.mark.parametrize("text", SHOWS_NOBODY)
def test_what_shows_nobody_stops_nobody(text: str) -> None:
    assert details_in(SESSION, text) == []


def test_what_the_page_of_the_session_says_shows_nobody() -> None:
    sign, *others = SESSION.signposts
    line = replace(sign, phone="0161 496 0000", url="https://example.org/help")
    own = replace(
        SESSION,
        signposts=[line, *others],
        summary={"en": "With Detective Inspector Jo Bloggs. Write to ask@example.org, M1 1AE."},
    )
    text = (
        "Is 0161 4960000 (+44 161 496 0000) free? Is DI Jo Bloggs or ask@example.org M1 1AE there"
    )
    assert details_in(own, text) == []
    assert [each.kind for each in details_in(SESSION, text)] == [
        *("phone", "phone", "email", "postcode", "name")
    ]


def test_no_more_is_quoted_than_somebody_reads() -> None:
    found = details_in(SESSION, " ".join(f"0770090{n:04}," for n in range(3000, 3040)))
    assert len(found) == MOST
    long = details_in(SESSION, f"{'x' * 60}@{'y' * 60}.{'z' * 60}.com")
    assert all(len(each.found) <= MOST_CHARACTERS for each in long)


@pytest.mark.parametrize(
    "made",
    [
        *("my name is ", "0", "0 ", "@ ", "a@a.", "I'm A B C ", "Dr ", "[dot]", "m1 1ae ", "ap "),
        *("one ", "\u2800", "ﷺ", "My name is Sam Jones "),
    ],
)
def test_of_a_text_that_was_made_to_be_slow_the_beginning_is_read(made: str) -> None:
    whole = (made * 65_536)[:65_536]
    assert details_in(SESSION, whole) == details_in(SESSION, whole[:READ])


@given(st.text(max_size=1000))
@settings(max_examples=200, deadline=None)
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    assert len(details_in(SESSION, text)) <= MOST
