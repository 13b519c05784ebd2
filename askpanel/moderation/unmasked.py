"""A text as its reader takes it, whatever it is written with.

People who hide a number or a word from a machine use full-width digits, letters of other scripts
that look the same, invisible characters, dots that are none. This undoes it, for looking only:
what is stored, shown and published is what was written.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 4_000
"""One character can stand for eighteen (Unicode NFKC), and what looks at a text is bounded."""

LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоріѕјсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧνογϲıɡɑ",
    "ABESIJKMHOPCTYXaeopisjcyxhdqwABEZHIKMNOPTYXvoyciga",
)
"""Letters of other scripts that are drawn like Latin ones, after Unicode TR 39."""
_SIGNS = dict(
    [
        *((ord(c), ".") for c in "․‧·•∙⋅۔。｡・･"),
        *((ord(c), "-") for c in "‐‑‒–—―−﹘⁃"),
        *((ord(c), "'") for c in "’‘ʼ′＇`´"),
        *((ord(c), "/") for c in "⁄∕⧸╱"),
        *((ord(c), "@") for c in "﹫＠ⓐ"),
        *((ord(c), "") for c in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"),
        (0x2800, " "),
        (0x2028, "\n"),
        (0x2029, "\n"),
    ]
)
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def unmasked(text: str) -> str:
    """The text in plain characters: digits 0 to 9, Latin letters for those that look like them,
    one kind of dot, dash, apostrophe and space, and nothing invisible."""
    text = text[:MOST_CHARACTERS]
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS))[:MOST_CHARACTERS]
    shown = "".join(map(_plain, plain))
    return shown.translate(LOOKALIKES) if _mostly_latin(shown) else shown


def _plain(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category in {"Cf", "Me"} or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category == "Mn" and "\u0300" <= character <= "\u036f":
        return ""  # left over by NFKC: a mark that no letter is written with
    if category[0] == "Z":
        return " "
    digit = unicodedata.digit(character, None)
    return _SIGNS.get(ord(character), character) if digit is None else str(digit)


def _mostly_latin(text: str) -> bool:
    """Whether a foreign letter stands for a Latin one here: not where its own script is used."""
    others = latin = 0
    for character in text:
        if not character.isalpha():
            continue
        if character < "\u0250":
            latin += 1
        elif ord(character) not in LOOKALIKES:
            others += 1
    return others * 4 <= latin


def words_of(text: str) -> list[str]:
    """The words of an unmasked text as they stand in it: runs of letters and digits, with the
    apostrophes inside them."""
    return WORD.findall(text)


def bare(word: str) -> str:
    """A word as it is compared: without case, accents and apostrophes (`Tŷ` is `ty`)."""
    folded = word.casefold().replace("'", "")
    if folded.isascii():
        return folded
    letters = unicodedata.normalize("NFD", folded)
    return "".join(c for c in letters if not unicodedata.combining(c))


def normal_form(text: str) -> str:
    """What two texts share that only differ in case, accents, spaces, signs and disguises.

    Empty for an empty text only: one without letters and digits is compared by its signs.
    """
    plain = unmasked(text)
    return form_of(plain, words_of(plain))


def form_of(plain: str, words: list[str]) -> str:
    """The normal form of an unmasked text, whose words are known already."""
    return " ".join(map(bare, words)) or "".join(plain.split()).casefold()
