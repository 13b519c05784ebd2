"""Which language a short text is written in, as far as its small words tell.

Measured on `tests/moderation/languages.toml`. A library that knows a hundred languages (py3langid)
makes fewer mistakes on long foreign texts, and takes 90 MB in every process for it; it also names
a language for "Help" and "Jane Jones", where this says nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from askpanel.moderation.plainwords import ENGLISH, OTHERS, WELSH
from askpanel.moderation.unmasked import bare, words_of

OTHER = "other"
"""Neither English nor Welsh."""
_FOREIGN_LETTERS = frozenset("ßñãõąćęłńśźżğşıİșțăşţėįųūčšžřěůőűøåæœ¿¡")
_WELSH_LETTERS = frozenset("ŵŷ")
_ONLY = {"en": ENGLISH - WELSH - OTHERS, "cy": WELSH - ENGLISH - OTHERS}
_WELSH_ENDS = ("'r", "'n", "'i", "'u", "'w", "'ch", "'th")
LEAST, SHORT = 2, 4
"""Words: what one word says is chance, unless there are hardly any others."""


def tongue_of(text: str) -> str:
    """Either "en", "cy", OTHER, or "" where nothing tells. The text is an unmasked one."""
    if _other_script(text):
        return OTHER
    written = words_of(text)
    words = [bare(word) for word in written]
    english, welsh = _known(words, ENGLISH), _known(words, WELSH)
    welsh += sum(map(_shows_welsh, written))
    foreign = _known(words, OTHERS)
    foreign += 2 * sum(not _FOREIGN_LETTERS.isdisjoint(word) for word in [*written, text])
    most = max(english, welsh)
    if foreign > most and foreign >= LEAST:
        return OTHER
    if english == welsh or (most < LEAST and (most < 1 or len(words) > SHORT)):
        return ""
    return "en" if english > welsh else "cy"


def may_be(words: Iterable[str], lang: str) -> bool:
    """Whether any of these bare words belongs to a language and to no other known here."""
    return not _ONLY.get(lang, frozenset()).isdisjoint(words)


def _known(words: Iterable[str], small: frozenset[str]) -> float:
    return sum(word in small for word in words)


def _shows_welsh(word: str) -> float:
    """What nobody writes in English: `Mae'r`, `ŵyr`, `ddweud`, `llun`."""
    folded = word.casefold()
    if not _WELSH_LETTERS.isdisjoint(folded):
        return 2
    if folded.endswith(_WELSH_ENDS) and not folded.endswith(("'re", "'ll")):
        return 1
    return 0.5 * folded.startswith(("ll", "dd", "rh", "ngh", "nh", "mh", "ff", "wy", "gw"))


def _other_script(text: str) -> bool:
    """Whether most letters are neither Latin nor an ornament of them."""
    letters = [c for c in text if c.isalpha()]
    foreign = sum(not unicodedata.name(c, "").startswith("LATIN") for c in letters if c > "\u024f")
    return foreign * 2 > len(letters)
