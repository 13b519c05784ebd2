"""One TOML table while it is being read: hands out values, and notes every mistake.

Reading goes on after a mistake, so that one run lists them all. A value that cannot be
used is therefore handed out as its empty form; whoever reads the file throws the result
away when anything was noted.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, TypeVar

from askpanel.eventlog.sessionfile.mistake import Fault, Notes, Path, place_of, shown

Value = TypeVar("Value", str, bool, int, datetime, list[Any], dict[str, Any])

SETTINGS = frozenset(
    {"slug", "short", "timezone", "starts", "ends", "questions_open", "last_questions_minutes"}
    | {"languages", "ask_name", "show_waiting", "second_check"}
)
"""The keys that stand above the first heading of a session file."""

ABOVE = "It belongs above the first [heading]: below one, a key is part of what that heads."
"""TOML's oldest trap, told to those who are in it."""

KINDS: dict[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    datetime: "a date and time",
    date: "a date",
    time: "a time of day",
    list: "a list",
    dict: "a table",
}


class Table:
    """The table at ``path``. Every ``example`` is a line as it should stand in the file.

    ``above`` are the keys that belong above the first heading of a file of its kind.
    """

    def __init__(
        self, raw: dict[str, Any], path: Path, notes: Notes, above: Collection[str] = ()
    ) -> None:
        self.raw = raw
        self.path = path
        self.notes = notes
        self.above = above
        self._known: list[str] = []

    def note(self, key: str | None, fault: Fault) -> None:
        """Note a mistake in ``key``, or in the table itself where ``key`` is None."""
        self.notes.note(self.path if key is None else (*self.path, key), fault)

    def take(
        self, key: str, kind: type[Value], example: str, *, required: bool = True
    ) -> Value | None:
        """Return the value of ``key``; None, and a note where due, if absent or another kind."""
        self._known.append(key)
        if key not in self.raw:
            if required:
                self.note(key, Fault("This is missing.", f"Add it, like this: {example}"))
            return None
        value = self.raw[key]
        # Exactly this type: True is an int, and a datetime is a date, to isinstance.
        if type(value) is kind:
            return value
        found, wanted = KINDS[type(value)], KINDS[kind]
        says = f"This is {found}, but {wanted} is needed here."
        self.note(key, Fault(says, f"Write it like this: {example}"))
        return None

    def string(self, key: str, example: str, *, required: bool = True) -> str:
        """Return the text of ``key``; "" if it is absent, and noted if it is empty."""
        value = self.take(key, str, example, required=required)
        if value is not None and not value.strip():
            mend = f"Fill it in, like this: {example}"
            if not required:
                mend = f"Take the line out, or fill it in, like this: {example}"
            self.note(key, Fault("This is empty.", mend))
            return ""
        return value or ""

    def flag(self, key: str) -> bool:
        """Return the true or false of ``key``; False if it is absent."""
        return self.take(key, bool, f"{key} = true", required=False) or False

    def table(self, key: str, example: str, *, required: bool = True) -> Table | None:
        """Return the table at ``key``, which must be there unless it is not required."""
        raw = self.take(key, dict, example, required=required)
        return None if raw is None else Table(raw, (*self.path, key), self.notes, self.above)

    def tables(self, key: str, example: str, *, required: bool = True) -> list[Table]:
        """Return the tables of the list at ``key``; where required, it needs one at least."""
        raw = self.take(key, list, example, required=required)
        if raw == [] and required:
            self.note(key, Fault("This list is empty.", f"Add one, like this: {example}"))
        found = []
        for index, item in enumerate(raw or []):
            path = (*self.path, key, index)
            if isinstance(item, dict):
                found.append(Table(item, path, self.notes, self.above))
                continue
            says = f"This is {KINDS[type(item)]}, but {KINDS[dict]} is needed here."
            self.notes.note(path, Fault(says, f"Write it like this: {example}"))
        return found

    def close(self) -> None:
        """Note every key that nobody has taken."""
        for key in self.raw:
            if key not in self._known:
                self.note(key, Fault("This key is not known here.", self._suggest(key)))

    def _suggest(self, key: str) -> str:
        if key in self.above:
            return ABOVE
        near = nearest(key, self._known)
        if near:
            return f"Did you mean {near}?"
        if self.path:
            where = place_of(self.path)
            return f"Take it out. What may stand in {where} is {in_words(self._known)}."
        return f"Take it out. What may stand here is {in_words(self._known)}."


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the one of ``known`` that ``word`` is probably meant to be, or None."""
    by_lower = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word[:80].lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def in_words(items: Collection[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    *most, final = items
    return f"{', '.join(most)} {last} {final}" if most else final


def quoted(items: Collection[str], last: str = "and") -> str:
    """Return ``"a", "b" and "c"``, each safe to print."""
    return in_words([shown(item) for item in items], last)
