"""A mistake in a session file: its place, what is wrong, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Where in the file: ``("signposts", 1, "phone")``. ``()`` is the file as a whole."""

THE_FILE: Path = ()

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


class Fault(NamedTuple):
    """What is wrong with one value, and how to mend it: two sentences."""

    says: str
    mend: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. ``line`` counts from 1; None where no one line is to blame."""

    place: str
    line: int | None
    says: str
    mend: str

    def __str__(self) -> str:
        where = self.place if self.line is None else f"{self.place} (line {self.line})"
        return f"{where}: {self.says} {self.mend}"


class Refused(Exception):
    """The file is refused whole. Carries every mistake found, in the order of the file."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


@dataclass(slots=True)
class Notes:
    """The mistakes noted so far while a file is being read."""

    noted: list[tuple[Path, Fault]] = field(default_factory=list)

    def note(self, path: Path, fault: Fault) -> None:
        """Write down that ``fault`` was found at ``path``."""
        self.noted.append((path, fault))

    def refuse(self, lines: Mapping[Path, int]) -> Refused:
        """Return the refusal, its mistakes in the order of the lines they stand on."""
        mistakes = [
            Mistake(place_of(path), line_of(path, lines), fault.says, fault.mend)
            for path, fault in self.noted
        ]
        return Refused(sorted(mistakes, key=lambda mistake: mistake.line or 0))


def place_of(path: Path) -> str:
    """Return ``path`` as people write it: ``signposts[1].phone``, or ``the file``."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            key = step if _BARE_KEY.fullmatch(step) else shown(step)
            place += f".{key}" if place else key
    return place or "the file"


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of ``path``, or of the nearest thing around it that has one.

    A key that is missing has no line of its own: its table's heading is where to look.
    """
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def shown(text: str, limit: int = 60) -> str:
    """Return ``text`` in quotes, safe to print in a terminal, and not long.

    A bidi override or an escape sequence in the file must not reach the operator's screen
    as itself: it could make the list of mistakes read as something else.
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + '"'
