"""Telephone numbers, e-mail addresses and links, and what only looks like them."""

from __future__ import annotations

import re

import pytest

from askpanel.moderation.contacts import emails, links, phones
from askpanel.moderation.unmasked import unmasked


@pytest.mark.parametrize(
    "text",
    [
        "ring me on 07700 900123",
        "ring me on 07700900123 tonight",
        "0 7 7 0 0 9 0 0 1 2 3",
        "07700-900-123 or so",
        "07700.900.123",
        "０７７００ ９００１２３",
        "٠٧٧٠٠ ٩٠٠١٢٣",
        "07\u200b700 900\u200b123",
        "0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣",
        "O77OO 9OO123",
        "zero seven seven double zero nine double zero one two three",
        "dim saith saith dim dim naw dim dim un dau tri",
    ],
)
def test_a_phone_number_is_noticed_however_it_is_written(text: str) -> None:
    found = phones(unmasked(text))
    assert len(found) == 1
    digits = re.sub(r"\D", "", found[0].replace("O", "0"))
    assert digits == "07700900123"


def test_numbers_of_all_kinds_are_noticed_and_two_are_two() -> None:
    assert phones("call +44 (0)161 496 0000") == ["+44 (0)161 496 0000"]
    assert phones("or 0808 1000 900, free") == ["0808 1000 900"]
    assert phones("Childline is 0800 1111") == ["0800 1111"]
    assert phones("+1 202 555 0143") == ["+1 202 555 0143"]
    assert phones("07700 900123 07700 900124") == ["07700 900123", "07700 900124"]


@pytest.mark.parametrize(
    "text",
    [
        "Ring 999 or 101?",
        "It was on 01/02/2018 at 18:00",
        "between 2015 and 2018, then 2019",
        "the reference is 12345678",
        "14 15 16 17 18 year olds",
        "sections 160, 161, 162 and 163",
        "It cost £1,000,000",
        "one of two or three things",
        "he has 3 or 4 phones",
    ],
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert phones(unmasked(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "sam@example.com",
        "write to sam @ example.com please",
        "sam [at] example [dot] com",
        "sam (at) example.com",
        "sam at example dot com",
        "ｓａｍ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "sam@exam\u00adple.com",
        "ѕаm@ехаmрlе.соm",
    ],
)
def test_an_e_mail_address_is_noticed_however_it_is_written(text: str) -> None:
    assert emails(unmasked(text)) == ["sam@example.com"]


def test_at_and_dot_alone_are_words() -> None:
    assert emails("I was at home. He looked at dot paintings @ work") == []
    assert emails("3 @ 2.50 each") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see http://x.example/a?b", "http://x.example/a?b"),
        ("hxxps://evil[.]com", "hxxps://evil.com"),
        ("h t t p no, http : // foo.example/x", "http : // foo.example/x"),
        ("www.foo.example", "www.foo.example"),
        ("try foo.com!", "foo.com"),
        ("look at gmp.police.uk", "gmp.police.uk"),
        ("t.me/abc", "t.me/abc"),
        ("wa.me/447700900123", "wa.me/447700900123"),
        ("foo dot com", "foo.com"),
        ("foo . com", "foo.com"),
        ("example。com", "example.com"),
        ("http://192.168.1.1/x", "http://192.168.1.1/x"),
        ("192.168.1.1/x", "192.168.1.1/x"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("аррlе.com", "apple.com"),
        ("see //example.com", "example.com"),
        ("signal.me/#p/447700900123", "signal.me/#p/447700900123"),
    ],
)
def test_a_link_is_noticed_however_it_is_written(text: str, found: str) -> None:
    assert links(unmasked(text)) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "I stopped.Please help",
        "Is that it.So what now",
        "end.In the end",
        "e.g. this, i.e. that, at 6 p.m.",
        "the U.K. and the U.S.",
        "version 1.2.3",
        "note: he said so",
        "he was there...and then",
    ],
)
def test_a_full_stop_without_a_space_makes_no_link(text: str) -> None:
    assert links(unmasked(text)) == []
