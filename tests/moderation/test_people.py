"""Names after titles and postcodes, and what only looks like them."""

from __future__ import annotations

import pytest

from askpanel.moderation.people import names, postcodes
from askpanel.moderation.unmasked import unmasked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We live at M1 1AE", "M1 1AE"),
        ("sw1a1aa is near", "SW1A 1AA"),
        ("M 1 1 A E", "M1 1AE"),
        ("m1-1ae", "M1 1AE"),
        ("Ｍ１ １ＡＥ", "M1 1AE"),
        ("Rydym yn CF10 3NQ.", "CF10 3NQ"),
    ],
)
def test_a_postcode_is_noticed(text: str, found: str) -> None:
    assert postcodes(unmasked(text)) == [found]


@pytest.mark.parametrize("text", ["b4 2nd time", "in 2020 1st", "ZZ1 1AA", "at 5 2am", "he is 14"])
def test_what_only_looks_like_a_postcode_is_none(text: str) -> None:
    assert postcodes(unmasked(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My teacher is Mr Smith", "Mr Smith"),
        ("mr smith did it", "mr smith"),
        ("Mrs. O’Brien-Jones said", "Mrs O'Brien-Jones"),
        ("It was PC Emma Jones who came", "PC Emma Jones"),
        ("PC 1234 was rude", "PC 1234"),
        ("Det Sgt Jones", "Det Sgt Jones"),
        ("Ask Cllr Davies", "Cllr Davies"),
        ("Mr van der Berg", "Mr van der Berg"),
        ("y Cynghorydd Dafydd ap Gwilym", "Cynghorydd Dafydd ap Gwilym"),
        ("daeth Heddwas Siân Roberts", "Heddwas Siân Roberts"),
        ("Dr. Ŵyn Evans", "Dr Ŵyn Evans"),
    ],
)
def test_a_name_after_a_title_is_noticed(text: str, found: str) -> None:
    assert names(unmasked(text)) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "I miss him so much",
        "my pc broke",
        "My PC Is slow, is it PC World?",
        "dr who treats me",
        "Dear Sir Or Madam",
        "the Officer came",
        "My Father is angry",
        "Pwy di o?",
    ],
)
def test_a_title_alone_names_nobody(text: str) -> None:
    assert names(unmasked(text)) == []
