"""The guard's half for telephone numbers: rows of digits that are dialled and not listed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from askpanel.eventlog.session import Signpost
from askpanel.moderation.digits import LONGEST, Group, Row, begun, dialled, forms, in_use, rows
from askpanel.moderation.legible import Legible

LONG, WHOLE = 7, 10
"""Digits. From LONG on, a row that begins with 0 or + is a number, whatever it is; with WHOLE it
has as many as it needs."""
NEAR, OFFERED = 2, 3
"""Slips: so few make a row of digits somebody's number; so many are one to be offered."""

SHORT = re.compile(r"999|112|101|111|11[68]\d{3}")
_FEW = re.compile(r"\d{3}|\d{5,7}|\d{3}[ -]\d{3,4}|\d[ -]\d[ -]\d")
_BARE = re.compile(r"44[ -]?\(?\d.*|\d{3,5}\)?(?:[ -]\d{3,7}){1,3}|\d{9,10}")
_CALLING = re.compile(
    r"\b(?:call|ring|phone|dial|text|txt|tele?phone|tel|number(?! of)|ffoniwch|ffonia|ffonio|galwch"
    r"|galwa|deialwch|deialu|tecstiwch|tecstio|rhif)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    r"(?:[£$€#§]|(?<![\w'])(?:sections?|s|ss|articles?|art|pages?|pp?|para|paragraphs?|clause"
    r"|chapter|ch|rule|part|schedule|act|year|aged?|room|wlr|crim|ewca|ewhc|uksc|over|about|nearly|almost|adran|erthygl"
    r"|tudalen|pennod|rhan|paragraff|cymal|rheol|oed|tua|dros|bron)\.?) ?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\w|[.,:]\d|'|-[a-z]| ?(?:%|(?:per|people|persons?|child(?:ren)?|m[ae]n|wom[ae]n|boys"
    r"|girls|victims|offenders|officers|arrests|calls|cases|images|videos|files|pictures|photos"
    r"|times|days|hours|minutes|weeks|months|years|pages|miles|metres|pounds|pence|euros?|million"
    r"|thousand|of|o bobl|o blant|o ddelweddau|o achosion|o weithiau|o alwadau|diwrnod|dydd|awr"
    r"|munud|wythnos|mis|blwydd|blwyddyn|blynedd|gwaith|y cant|tudalen|punt|ceiniog)\b)",
    re.IGNORECASE,
)


class Listed(NamedTuple):
    """A number of a signpost: as it is dialled, and as it is written there."""

    dialled: str
    written: str


def listed_in(signposts: Sequence[Signpost]) -> list[Listed]:
    """Every number of some signposts."""
    return [Listed(dialled(each.phone), each.phone) for each in signposts if each.phone]


def unlisted(legible: Legible, listed: Sequence[Listed]) -> Iterator[tuple[int, int, str]]:
    """Where in `legible.plain` a number stands that is not listed, and the nearest one that is."""
    plain, known = legible.plain, {each.dialled for each in listed}
    for groups in (piece for row in rows(plain) for piece in _between(row, known)):
        at = 0
        while at < len(groups):
            begins = begun(groups[at : at + LONGEST])
            row = _longest(begins, known) or _number(plain, begins, listed)
            at += row.groups if row else 1
            if row and row.dialled not in known:
                # (0161) 872 5050: a bracket that closes within the number is its own.
                own = plain[: row.start].endswith("(") and ")" in plain[row.start : row.end]
                yield row.start - own, row.end, _nearest(row, listed)


def _between(groups: list[Group], known: Collection[str]) -> Iterator[list[Group]]:
    """What is before, between and after the listed numbers of a row, such as "1. " and "24"."""
    begin = at = 0
    while at < len(groups):
        ahead = groups[at : at + LONGEST]
        row = _longest(begun(ahead), known) if len(ahead[0].digits) >= 3 else None
        # Behind +353 or 0049 it is not the listed one.
        before = "".join(group.digits for group in groups[begin : min(at, begin + 2)])
        abroad = at > begin and (groups[begin].plus or before.startswith("00"))
        if row is None or len(row.digits) < 5 or abroad:
            at += 1
            continue
        yield groups[begin:at]
        begin = at = at + row.groups
    yield groups[begin:]


def _longest(begins: Sequence[Row], known: Collection[str]) -> Row | None:
    return next((row for row in reversed(begins) if row.dialled in known), None)


def _number(plain: str, begins: Sequence[Row], listed: Sequence[Listed]) -> Row | None:
    """Which of these rows, which begin at one place, is a number; None if none is."""
    # Whatever does not begin like a number stays within its line: a list has one in each.
    within = [row for row in begins if "\n" not in plain[row.start : row.end]]
    return (
        _long(begins, listed)
        or _short(plain, within, listed)
        or next((row for row in within if _without_sign(plain, row)), None)
    )


def _long(begins: Sequence[Row], listed: Sequence[Listed]) -> Row | None:
    """A number that begins with 0 or +, or something that nearly is a listed one."""
    fits = [row for row in begins if len(row.digits) >= LONG]
    nearly = [(slips, row) for row in fits if (slips := _slips(row, listed)) <= _most(row)]
    if nearly:
        return min(nearly, key=lambda each: each[0])[1]
    first = begins[0]
    whole = [row for row in fits if len(row.digits) >= WHOLE]
    if (
        not fits
        or not (first.plus or first.digits[0] == "0")
        or (first.digits == "0" and not whole)
    ):
        return None
    return next((row for row in fits if in_use(row.dialled)), (whole or fits[-1:])[0])


def _without_sign(plain: str, row: Row) -> bool:
    """Whether it is a number without its 0, or with the country's code and no sign before it."""
    if not _BARE.fullmatch(plain[row.start : row.end]) or _counts(plain, row):
        return False
    if len(row.digits) in (9, 10):
        return in_use("0" + row.digits)
    return row.digits.startswith("44") and in_use("+" + row.digits)


def _short(plain: str, begins: Sequence[Row], listed: Sequence[Listed]) -> Row | None:
    """A short number, or after a word like "call" whatever has so few digits."""
    for row in begins:
        if row.plus or not _stands_alone(plain, row) or _counts(plain, row):
            continue
        slips, few = _slips(row, listed), len(row.digits) == 3
        if slips <= 1 and len(row.digits) > 4:
            return row
        if not _FEW.fullmatch(plain[row.start : row.end]):
            continue
        if SHORT.fullmatch(row.digits):
            return row
        if (slips <= 1 or not few) and _CALLING.search(plain, max(0, row.start - 60), row.start):
            return row
    return None


def _stands_alone(plain: str, row: Row) -> bool:
    """Whether it is a word of its own: not A101, 1.101, or 3-101."""
    before, after = plain[: row.start][-2:], plain[row.end : row.end + 2]
    return not re.search(r"\w$|\d[.,:\-(]$", before) and not re.match(r"[.,:\-(]\d", after)


def _counts(plain: str, row: Row) -> bool:
    """Whether it counts something, or is the number of a section, a page or a year."""
    before = plain[max(0, row.start - 20) : row.start]
    return bool(_COUNTING.search(before) or _COUNTED.match(plain, row.end))


def _most(row: Row) -> int:
    return NEAR if len(row.digits) > 8 else 1


def _slips(row: Row, listed: Sequence[Listed]) -> int:
    """From the listed number that is nearest, in whichever form: digits to change, put in, take
    out, or swap."""
    of = [form for each in listed for form in forms(each.dialled)]
    return min((OSA.distance(row.digits, form) for form in of), default=LONG)


def _nearest(row: Row, listed: Sequence[Listed]) -> str:
    """The listed number to offer, as it is written there; "" if none is near."""
    offered = OFFERED if len(row.digits) > 8 else 1
    best = min(listed, key=lambda each: _slips(row, [each]), default=None)
    return best.written if best and _slips(row, [best]) <= offered else ""
