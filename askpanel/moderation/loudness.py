"""How a question is written, apart from its words: all in capitals, the same again and again."""

from __future__ import annotations

import re

from askpanel.moderation.unmasked import bare, words_of

LETTERS_LEAST, WORDS_LEAST, SHARE = 12, 3, 0.9
"""What is in capitals: "GMP?" is not, and a question with one small word still is."""
SAME_SIGNS = 6
SAME_WORDS = 4
SAME_PHRASES, PHRASE_WORDS = 3, 8
LONG_LINE = 20
"""Characters. A line as long as this is repeated when it stands there twice; a shorter one may."""

_RUN = re.compile(r"(\S)\1{5,}")


def capitals(text: str) -> bool:
    """Whether it is written in capitals."""
    letters = [c for c in text if c.isupper() or c.islower()]
    if len(letters) < LETTERS_LEAST or len(words_of(text)) < WORDS_LEAST:
        return False
    return sum(c.isupper() for c in letters) >= SHARE * len(letters)


def repetition(text: str) -> str:
    """What is repeated in it: a sign, a line, a word or a phrase; empty if nothing is."""
    signs = _RUN.search(text)
    if signs:
        return signs[0][:SAME_SIGNS]
    return _line(text) or _phrase([bare(word) for word in words_of(text)])


def _line(text: str) -> str:
    counts: dict[str, int] = {}
    for line in text.splitlines():
        plain = " ".join(line.split()).casefold()
        if plain:
            counts[plain] = counts.get(plain, 0) + 1
            if counts[plain] >= (2 if len(plain) >= LONG_LINE else SAME_PHRASES):
                return plain
    return ""


def _phrase(words: list[str]) -> str:
    """The shortest phrase that stands there often enough with nothing in between."""
    for length in range(1, PHRASE_WORDS + 1):
        needed = length * ((SAME_WORDS if length == 1 else SAME_PHRASES) - 1)
        same = 0
        for index in range(length, len(words)):
            same = same + 1 if words[index] == words[index - length] else 0
            if same == needed:
                return " ".join(words[index - length + 1 : index + 1])
    return ""
