"""The names that machines use: a session's slug, and the ids of the things in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askpanel.eventlog.sessionfile.mistake import Fault, Mistake, place_of, shown
from askpanel.eventlog.sessionfile.table import Table

SLUG_LENGTH = range(3, 61)
SHORT_LENGTH = range(2, 31)
ID_LENGTH = range(1, 41)

RESERVED = frozenset(
    {"accessibility", "admin", "api", "assets", "cy", "demo", "embed", "en", "exit", "health"}
    | {"live", "metrics", "privacy", "safety", "screen", "sessions", "staff", "static"}
    | {"transcript"}
)
"""Words of our own addresses: a session of that name would be taken for something else."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SPELLING = "lower-case letters and digits, with single hyphens between them"


def slug_of(table: Table) -> str:
    """Read ``slug``, the session's name in its address."""
    slug = table.string("slug", 'slug = "stop-it-now"')
    fault = slug_fault(slug) if slug else None
    if fault is not None:
        table.note("slug", fault)
    return slug


def short_of(table: Table) -> str:
    """Read ``short``, the session's address on posters; "" if it has none."""
    short = table.string("short", 'short = "ask-gmp"', required=False)
    fault = slug_fault(short, SHORT_LENGTH) if short else None
    if fault is not None:
        table.note("short", fault)
    return short


def slug_fault(slug: str, length: range = SLUG_LENGTH) -> Fault | None:
    """Return what is wrong with ``slug``, or None."""
    if slug in RESERVED:
        says = f"{shown(slug)} is a word that Askpanel's own addresses use."
        return Fault(says, "Choose another, or add a word to it.")
    return _name_fault(slug, length)


def short_taken(short: str) -> Mistake:
    """Return the mistake for a short address that another session has."""
    says = f"{shown(short)} is taken: another session has this short address."
    return Mistake("short", None, says, "Choose another, for example by adding the month.")


def slug_taken(slug: str) -> Mistake:
    """Return the mistake for a slug that another session has. Only the store can know."""
    says = f"{shown(slug)} is taken: another session has this slug."
    mend = "Choose another slug, for example by adding the month and the year."
    return Mistake("slug", None, says, mend)


def ids_of(tables: Sequence[Table], key: str = "id", example: str = "gmp") -> list[str]:
    """Read the ``id`` (or ``code``) of each table of one list: well-formed, and none twice."""
    ids: list[str] = []
    for table in tables:
        found = table.string(key, f'{key} = "{example}"')
        fault = id_fault(found) if found else None
        if found and found in ids:
            other = place_of(tables[ids.index(found)].path)
            fault = Fault(f"{shown(found)} is the {key} of {other} already.", "Choose another.")
        if fault is not None:
            table.note(key, fault)
        ids.append(found)
    return ids


def id_fault(id_: str) -> Fault | None:
    """Return what is wrong with an id or a code, or None."""
    return _name_fault(id_, ID_LENGTH)


def _name_fault(name: str, length: range) -> Fault | None:
    if not _NAME.fullmatch(name):
        return Fault(f"{shown(name)} is not well formed.", f"Use {_SPELLING}.")
    if len(name) not in length:
        says = f"{shown(name)} has {len(name)} characters."
        return Fault(says, f"Use {length[0]} to {length[-1]}.")
    return None
