"""What an edit changed, word by word, to be read at a glance."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

MOST_COMPARED = 250_000
"""Words of the one times words of the other. Beyond it looking would take longer than reading."""
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """A run of words that stayed, went or came."""

    kind: Literal["kept", "gone", "new"]
    words: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in order: `kept` and `gone` make up `before`, `kept` and `new` make `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) * len(new) > MOST_COMPARED:
        whole = [Piece("gone", before), Piece("new", after)]
        return [piece for piece in whole if piece.words]
    found: list[Piece] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            found.append(Piece("kept", "".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            found.append(Piece("gone", "".join(old[old_from:old_to])))
        if new_from < new_to:
            found.append(Piece("new", "".join(new[new_from:new_to])))
    return found
