"""Telephone numbers in a session file: in use, answered, and free or standard rate."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import Row, check, mistakes_after

RATE = "Give a number that is free or standard rate: 0800, 0808, 01, 02, 03 or 116."
CHECK = "Check it with its owner, digit by digit."


def phone(written: str, says: str, mend: str = RATE) -> Row:
    return Row('"0808 1000 900"', f'"{written}"', "signposts[0].phone", f"{written} {says}", mend)


def spelling(written: str) -> Row:
    row = phone(written, "", 'Use digits and spaces, like this: phone = "0808 1000 900"')
    return row._replace(says=f'"{written}" is not written as a telephone number.')


DIAL = "Begin with 0, or with +44 and no 0 after it."
SHORT = "Check it. A number that is not short begins with 0 or +44."
CHARGE = "number, which costs a service charge on top of the call."
PHONES = [
    phone("0908 1000 900", "is a premium-rate number."),
    phone("+44 908 1000 900", "is a premium-rate number."),
    phone("(0908) 1000-900", "is a premium-rate number."),
    phone("0911 123 4567", "is a premium-rate number."),
    phone("0900 12", "is a premium-rate number."),
    phone("0844 123 4567", f"is an 084 {CHARGE}"),
    phone("0845 46 47", f"is an 084 {CHARGE}"),
    phone("0870 123 4567", f"is an 087 {CHARGE}"),
    phone("070 1234 5678", "is a personal number (070), which costs far more than it looks."),
    phone("07600 123456", "is a pager, which nobody answers."),
    phone("118 500", "is directory enquiries, which is premium rate."),
    phone("85258", "is a number for texts, and nobody answers a call."),
    phone("+353 1 666 0000", "is a number outside the United Kingdom."),
    phone("0808 1000 9000", "is not a number in use in the United Kingdom.", CHECK),
    phone("0161 872", "is not a number in use in the United Kingdom.", CHECK),
    phone("01632 960123", "is not a number in use in the United Kingdom.", CHECK),
    phone("0999", "is a premium-rate number."),
    phone("+44 101", "is not a number in use in the United Kingdom.", CHECK),
    phone("998", "is not a short number in use in the United Kingdom.", SHORT),
    phone("161 872 5050", "is not a short number in use in the United Kingdom.", SHORT),
    phone("+44 (0)161 872 5050", "cannot be dialled as it stands.", DIAL),
    phone("0044 161 872 5050", "cannot be dialled as it stands.", DIAL),
    phone("+999 123 456", "is not a telephone number.", CHECK),
    spelling("0800 FLOWERS"),
    spelling("101 ext 5"),
    spelling("101 or 999"),
    spelling("tel:101"),
    spelling(" 101"),
    spelling("٩٩٩"),
    spelling("+"),
    spelling("1" * 26),
    Row(
        '"0808 1000 900"',
        "999",
        "signposts[0].phone",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: phone = "0808 1000 900"',
    ),
    Row(
        '"0808 1000 900"',
        '""',
        "signposts[0].phone",
        "This is empty.",
        'Take the line out, or fill it in, like this: phone = "0808 1000 900"',
    ),
]


@pytest.mark.parametrize("row", PHONES, ids=lambda row: row.after)
def test_telephone_numbers(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "number",
    [
        "999",
        "112",
        "101",
        "111",
        "105",
        "119",
        "116 123",
        "116000",
        "18000",
        "0800 1111",
        "0808 1000 900",
        "+44 808 1000 900",
        "0300 123 6600",
        "0161 872 5050",
        "(0161) 872-5050",
        "07400 123456",
        "01534 612612",
        "056 1234 5678",
    ],
)
def test_telephone_numbers_that_are_good(number: str) -> None:
    assert mistakes_after(("0808 1000 900", number)) == []
