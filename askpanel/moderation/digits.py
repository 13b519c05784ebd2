"""Rows of digits in a text, as numbers that somebody might dial.

`phonenumbers` has a finder of its own, which finds numbers that may exist. A number with a slip
in it often cannot exist, and it is the one that we are looking for: so every row of digits is cut
into its groups, and whoever judges them takes as many groups as make a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException

REGION, COUNTRY = "GB", "44"
LONGEST = 15
"""Digits (E.164)."""

_ROW = re.compile(r"[+(]{0,2}\d+(?:(?:[\s().\-/*_]{0,8}|,)\+?\d+)*")
_GROUP = re.compile(r"(\+?)\(?(\d+)")
_LETTERED = re.compile(r"(?<!\w)(?=[oOlI]*\d)[0-9oOlI]{3,13}(?!\w)")
_FIGURES = str.maketrans("oOlI", "0011")

_HOUR = r"(?:[01]?\d|2[0-3])"
_NO_MORE = r"(?![\s.\-/]{0,2}\d{3})(?!\d)"
# Has digits as many as a number, and is dialled by nobody: dates, and hours from and to. None may
# be a part of a number: hence _NO_MORE.
_OTHER = re.compile(
    rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d{_NO_MORE}"
    rf"|(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d{_NO_MORE}"
    rf"|(?<!\d)(?<!\d[\s.\-/])0\d\.[0-5]\d\s?-\s?{_HOUR}\.[0-5]\d{_NO_MORE}"
)


class Group(NamedTuple):
    """Digits without anything between them, and where they stand."""

    start: int
    end: int
    digits: str
    plus: bool


class Row(NamedTuple):
    """Some groups that follow on each other: perhaps a number."""

    start: int
    end: int
    digits: str
    plus: bool
    groups: int

    @property
    def dialled(self) -> str:
        """As somebody in the United Kingdom dials it: `+44 (0)161 …` is 0161 …; one abroad
        keeps its `+`."""
        return dialled(("+" if self.plus else "") + self.digits)


def dialled(written: str) -> str:
    """The digits to dial, whichever way a number is spelled."""
    digits = re.sub(r"[^0-9]", "", written)
    abroad = written.lstrip("( ").startswith("+")
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if not abroad:
        return digits
    if digits.startswith(COUNTRY):
        return "0" + digits[len(COUNTRY) :].removeprefix("0")
    return f"+{digits}"


def forms(number: str) -> tuple[str, ...]:
    """All digits that a number may be dialled with, for finding what is nearly one of them."""
    if not number.startswith("0"):
        return (number,)
    return number, COUNTRY + number[1:], f"00{COUNTRY}{number[1:]}", COUNTRY + number


@lru_cache(maxsize=2048)
def in_use(number: str) -> bool:
    """Whether the numbering plan knows it: `number` as `dialled` gives it."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, REGION))
    except NumberParseException:
        return False


def rows(plain: str) -> Iterator[list[Group]]:
    """Each row of digits in its groups, dates and times left out."""
    text = _LETTERED.sub(lambda found: found[0].translate(_FIGURES), plain)
    text = _OTHER.sub(lambda found: ";" * len(found[0]), text)
    for row in _ROW.finditer(text):
        found = _GROUP.finditer(text, row.start(), row.end())
        yield [
            Group(each.start(1 if each[1] else 2), each.end(), each[2], bool(each[1]))
            for each in found
        ]


def begun(groups: Sequence[Group]) -> list[Row]:
    """Every row that begins with the first of these groups, the shortest first."""
    first, digits, found = groups[0], "", []
    for count, group in enumerate(groups, 1):
        if count > 1 and (group.plus or len(digits) + len(group.digits) > LONGEST):
            break
        digits += group.digits
        found.append(Row(first.start, group.end, digits, first.plus, count))
    return found
