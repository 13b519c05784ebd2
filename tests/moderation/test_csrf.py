"""A form's token fits one sign-in and no other."""

from __future__ import annotations

import pytest

from askpanel.moderation import csrf

SECRET, SIGN_IN = b"s" * 32, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


def test_the_token_that_was_drawn_is_valid() -> None:
    token = csrf.token(SECRET, SIGN_IN)
    assert csrf.valid(SECRET, SIGN_IN, token)
    assert len(token) == 64
    assert SIGN_IN not in token


def test_it_fits_no_other_sign_in_and_no_other_installation() -> None:
    token = csrf.token(SECRET, SIGN_IN)
    assert not csrf.valid(SECRET, SIGN_IN[::-1], token)
    assert not csrf.valid(b"t" * 32, SIGN_IN, token)


@pytest.mark.parametrize(
    "given", ["", "0" * 64, "ŵ" * 64, "\ud800", "\0", "é", "x" * 100_000, SIGN_IN, "😀"]
)
def test_anything_else_is_refused_and_nothing_raises(given: str) -> None:
    assert not csrf.valid(SECRET, SIGN_IN, given)
    assert not csrf.valid(SECRET, "ŵ\ud800", given)


def test_a_token_in_capitals_or_with_a_space_is_another_token() -> None:
    token = csrf.token(SECRET, SIGN_IN)
    assert not csrf.valid(SECRET, SIGN_IN, token.upper())
    assert not csrf.valid(SECRET, SIGN_IN, f"{token} ")
    assert not csrf.valid(SECRET, SIGN_IN, token[:-1])
