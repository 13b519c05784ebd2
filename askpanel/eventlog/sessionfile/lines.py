"""The line on which each key and heading of a TOML document stands.

``tomllib`` does not say. Reading the lines with patterns would be fooled by strings and
lists that run over several lines, so the parser itself decides where a statement ends:
from the start of a statement, the fewest lines that parse as a document are exactly that
statement.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from askpanel.eventlog.sessionfile.mistake import Path

LONGEST_STATEMENT = 100
"""Lines. Beyond it the rest of the file gets no lines, rather than taking for ever."""

DEEPEST_KEY = 3
"""Levels of a value to look into: ``name = { en = … }`` is two."""


def lines(source: str) -> dict[Path, int]:
    """Return path to line, from 1, for ``source``, which must be valid TOML.

    An inline table has one line for all its keys; a list written over several lines has
    the line on which it begins.
    """
    found: dict[Path, int] = {}
    last_index: dict[Path, int] = {}
    heading: Path = ()
    for number, is_heading, written in _statements(source):
        if is_heading:
            heading = _open(written, last_index)
            found.setdefault(heading, number)
            continue
        for keys in _keys(written, DEEPEST_KEY):
            found.setdefault(heading + keys, number)
    return found


def _statements(source: str) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Yield each statement: its first line, whether it is a heading, and what it says."""
    pending: list[str] = []
    for number, line in enumerate(source.split("\n"), start=1):
        pending.append(line)
        try:
            written = tomllib.loads("\n".join(pending))
        except (ValueError, RecursionError):
            if len(pending) == LONGEST_STATEMENT:
                return
            continue
        yield number - len(pending) + 1, pending[0].lstrip().startswith("["), written
        pending = []


def _open(written: dict[str, Any], last_index: dict[Path, int]) -> Path:
    """Return the path that a heading opens, counting the ``[[lists]]`` met so far."""
    path: Path = ()
    inner: Any = written
    while inner:
        key, inner = next(iter(inner.items()))
        path += (key,)
        if isinstance(inner, list):
            last_index[path] = last_index.get(path, -1) + 1
            inner = inner[0]
        if path in last_index:
            path += (last_index[path],)
    return path


def _keys(written: dict[str, Any], depth: int) -> Iterator[Path]:
    for key, value in written.items():
        yield (key,)
        if isinstance(value, dict) and depth > 1:
            for rest in _keys(value, depth - 1):
                yield (key, *rest)
