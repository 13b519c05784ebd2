"""What a text is to its reader, whatever it is written with."""

from __future__ import annotations

import pytest

from askpanel.moderation.unmasked import normal_form, unmasked


@pytest.mark.parametrize(
    "other",
    [
        "how do i stop",
        "HOW  DO\nI STOP!!!",
        "Hów do I stop…",
        "H\u200bow do I st\u00adop?",
        "Ｈｏｗ do I stop?",
        "Нow do I ѕtoр?",
    ],
)
def test_a_text_has_one_normal_form_in_all_its_disguises(other: str) -> None:
    assert normal_form(other) == normal_form("How do I stop?")


def test_different_texts_have_different_normal_forms() -> None:
    assert normal_form("How do I stop?") != normal_form("How do I start?")
    assert normal_form("???") != normal_form("!!!")
    assert normal_form("") == ""


def test_a_language_with_other_letters_is_left_in_them() -> None:
    assert unmasked("Что делать, если муж это смотрит?") == "Что делать, если муж это смотрит?"
    assert unmasked("Ŵyr tŷ hŷn") == "Ŵyr tŷ hŷn"
