"""Where a question tells who somebody is or where they live: names after titles, postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from askpanel.moderation.plainwords import ENGLISH, WELSH, listed
from askpanel.moderation.unmasked import bare

MOST = 5
NAME_WORDS = 3

_AREAS = listed(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E "
    "EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL "
    "LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM "
    "SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
"""Post towns' areas (Royal Mail). With them, `in 20 1st` is no postcode."""
_POSTCODE = re.compile(
    r"(?<![^\W_])([A-Za-z]{1,2})(\d[\dA-Za-z]?)([ .\-_]{0,3})(\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})"
    r"(?![^\W_])"
)
_SPACED = re.compile(r"(?<![^\W_])(?:[A-Za-z0-9] ){4,6}[A-Za-z0-9](?![^\W_])")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)", re.IGNORECASE)

# Always before a name, however it is written.
_PLAIN = listed(
    "mr mrs ms mx dr prof professor pcso wpc cllr councillor sgt supt dci rev revd parch "
    "parchedig cyng cynghorydd gynghorydd chynghorydd nghynghorydd bonwr meistr"
)
# Words of their own, or letters that stand for something else: before a name only if both are
# written as names are.
_PROUD = listed(
    "miss sir dame lord lady father pc dc ds di det detective constable sergeant inspector "
    "superintendent judge justice officer nurse sister imam rabbi pastor coach auntie aunty uncle "
    "heddwas heddferch gwnstabl cwnstabl rhingyll ringyll arolygydd dditectif ditectif barnwr "
    "farnwr syr arglwydd arglwyddes athro athrawes nyrs tad modryb anti ewythr yncl"
)
_POLICE = listed("pc dc ds di pcso wpc sgt sergeant constable cwnstabl heddwas rhingyll")
_BETWEEN = listed("ap ab ferch van von der den de da la al el bin o mac mc")
_NO_NAME = listed("windows gaming world games mail online")
_TOKEN = re.compile(r"[^\W_](?:[\w'-]{0,60}[^\W_])?|\.|\n|[^\s\w]")
_LONGEST_TOKEN = 40


def postcodes(text: str) -> list[str]:
    """What may be postcodes of the United Kingdom, whole ones, as they are usually written."""
    close = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    found: dict[str, None] = {}
    for source in dict.fromkeys((text, close)):
        for area, district, between, inward in islice(_POSTCODE.findall(source), 4 * MOST):
            written = area + district + inward
            ordinal = _ORDINAL.fullmatch(inward) and not written.isupper() and between
            if area.upper() in _AREAS and not ordinal:
                found[f"{area}{district} {inward}".upper()] = None
    return list(islice(found, MOST))


def names(text: str) -> list[str]:
    """What may be names: a title and what follows it."""
    tokens = [token for token in _TOKEN.findall(text) if len(token) <= _LONGEST_TOKEN]
    return list(islice(dict.fromkeys(_titled(tokens)), MOST))


def _titled(tokens: list[str]) -> Iterator[str]:
    index = 0
    while index < len(tokens):
        titles, after = _titles(tokens, index)
        named = _name(tokens, after, titles) if titles else []
        if named:
            yield " ".join([*titles, *named])
        index = max(after, index + 1)


def _titles(tokens: list[str], index: int) -> tuple[list[str], int]:
    """The titles that begin at a place, such as "Det Sgt", and where they end, dots left out."""
    titles: list[str] = []
    while index < len(tokens) and len(titles) < 3:
        plain = bare(tokens[index])
        proud = plain in _PROUD and tokens[index][0].isupper()
        if plain in ("pc", "dc", "ds", "di") and not tokens[index].isupper():
            proud = False  # a computer, a direct current; and "di" is Welsh
        if plain not in _PLAIN and not proud:
            break
        titles.append(tokens[index])
        index += 1
        if index < len(tokens) and tokens[index] == ".":
            index += 1
    return titles, index


def _name(tokens: list[str], index: int, titles: list[str]) -> list[str]:
    """The words of a name from a place on, or none; after a title of the police, its number."""
    found: list[str] = []
    lower = bare(titles[-1]) in _PLAIN
    police = bare(titles[-1]) in _POLICE
    for token in tokens[index : index + NAME_WORDS + 1]:
        plain = bare(token)
        if police and not found and token.isdigit() and 2 <= len(token) <= 6:
            found.append(token)
            continue
        named = token[0].isalpha() and plain not in ENGLISH and plain not in WELSH | _NO_NAME
        written = token[0].isupper() or (lower and not found)
        between = plain in _BETWEEN and not (found and found[-1].isdigit())
        if not between and not (named and written):
            break
        found.append(token)
        if len(found) == NAME_WORDS:
            break
    while found and bare(found[-1]) in _BETWEEN:
        found.pop()
    return found
