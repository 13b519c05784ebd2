"""Whole numbers from outside: plain digits, and not more of them than ours have."""

from __future__ import annotations

import pytest

from askpanel.chat.number import whole


@pytest.mark.parametrize(("given", "number"), [("0", 0), ("007", 7), ("9" * 15, 10**15 - 1)])
def test_plain_digits_are_a_number(given: str, number: int) -> None:
    assert whole(given) == number


@pytest.mark.parametrize("given", ["", "-1", "+1", " 1", "1.5", "1e3", "²", "٣", "1_0", "9" * 16])
def test_anything_else_is_none(given: str) -> None:
    assert whole(given) is None


def test_a_field_may_hold_fewer() -> None:
    assert (whole("999999999", 9), whole("1000000000", 9)) == (999_999_999, None)
