"""Plain text as it is shown: paragraphs, and lists of the lines that begin like one."""

from __future__ import annotations

import re
from typing import NamedTuple

BULLET = re.compile(r"\s{0,3}[-•*]\s+(?=\S)")
NUMBERED = re.compile(r"\s{0,3}(\d{1,2})[.)]\s+(?=\S)")


class Block(NamedTuple):
    """A piece of a text: `kind` is the HTML element, "p", "ul" or "ol", of these lines."""

    kind: str
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """A text in pieces. A blank line begins a new one, and so does a list.

    A line is an item of a list if it begins with "- ", or with the number that comes next: "1. ",
    then "2. ". So a list shows the very numbers that were written, and a line that begins with
    another number ("999. Call it now.") keeps it.
    """
    found: list[Block] = []
    open_ = False
    for line in text.splitlines():
        if not line.strip():
            open_ = False
            continue
        last = found[-1] if found and open_ else Block("", [])
        kind, words = _read(line, last)
        if kind != last.kind:
            last = Block(kind, [])
            found.append(last)
        last.lines.append(words)
        open_ = True
    return found


def _read(line: str, last: Block) -> tuple[str, str]:
    bullet = BULLET.match(line)
    if bullet:
        return "ul", line[bullet.end() :]
    numbered = NUMBERED.match(line)
    expected = len(last.lines) + 1 if last.kind == "ol" else 1
    if numbered and int(numbered[1]) == expected:
        return "ol", line[numbered.end() :]
    return "p", line
