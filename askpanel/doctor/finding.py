"""What the doctor found: one sentence, and, where something is wrong, why it matters and how to
mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad it is. Only a fault makes the exit code 1."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


MARKS = {Level.OK: "✔", Level.NOTE: "·", Level.WARNING: "!", Level.FAULT: "✘"}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `area` is the heading that it stands below."""

    area: str
    level: Level
    says: str
    why: str = ""
    mend: str = ""


class Notes:
    """The findings of one area, as they are made."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._found: list[Finding] = []

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def ok(self, says: str) -> None:
        self._note(Level.OK, says)

    def note(self, says: str) -> None:
        """Neither right nor wrong, but an operator should know it."""
        self._note(Level.NOTE, says)

    def warning(self, says: str, why: str, mend: str) -> None:
        """It works, and may not for long, or not well."""
        self._note(Level.WARNING, says, why, mend)

    def fault(self, says: str, why: str, mend: str) -> None:
        """People cannot use it, or it breaks a promise."""
        self._note(Level.FAULT, says, why, mend)

    def _note(self, level: Level, says: str, why: str = "", mend: str = "") -> None:
        self._found.append(Finding(area=self._area, level=level, says=says, why=why, mend=mend))


def as_text(findings: Iterable[Finding]) -> str:
    """For a person at a terminal."""
    lines, area, found = [], "", list(findings)
    for each in found:
        if each.area != area:
            lines += ["", each.area]
            area = each.area
        lines.append(f"  {MARKS[each.level]} {each.says}")
        if each.why:
            lines.append(f"      Why it matters: {each.why}")
        if each.mend:
            lines.append(f"      To mend it: {each.mend}")
    faults = sum(each.level is Level.FAULT for each in found)
    warnings = sum(each.level is Level.WARNING for each in found)
    verdict = "All is well." if not faults and not warnings else f"{counted(faults, warnings)}."
    return "\n".join([*lines, "", verdict]).lstrip("\n")


def counted(faults: int, warnings: int) -> str:
    """`1 fault, 2 warnings`."""
    words = []
    for number, word in ((faults, "fault"), (warnings, "warning")):
        if number:
            words.append(f"{number} {word}" + "s" * (number > 1))
    return ", ".join(words)


def as_json(findings: Iterable[Finding]) -> str:
    """For a program: whether all is well, and every finding."""
    found = list(findings)
    well = all(each.level is not Level.FAULT for each in found)
    return msgspec.json.format(msgspec.json.encode({"well": well, "findings": found})).decode()


def exit_code(findings: Iterable[Finding]) -> int:
    """0, or 1 if anything is a fault."""
    return int(any(each.level is Level.FAULT for each in findings))
