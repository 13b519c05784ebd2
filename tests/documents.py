"""Markdown as our documents use it: tables, headings, links, and the files that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(
    r"`((?:askpanel|tests|docs|deploy|tools|bench)/[\w./-]*"
    r"|docker-compose\.yml|[\w.-]+\.md|requirements[\w-]*\.txt|pyproject\.toml|Makefile)`"
)


@dataclass(frozen=True)
class Table:
    """A table: its heading's cells, and its rows."""

    heading: tuple[str, ...]
    rows: list[tuple[str, ...]]


def documents() -> dict[Path, str]:
    """Every document of ours, by its path."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {path: path.read_text("utf-8") for path in sorted(paths)}


def document(name: str) -> str:
    """The text of one of them, by its path in the repository."""
    return (ROOT / name).read_text("utf-8")


def differences(what: str, told: object, true: object) -> Iterator[str]:
    """Both ways, for sets and for dictionaries."""
    told = set(told.items()) if isinstance(told, dict) else told
    true = set(true.items()) if isinstance(true, dict) else true
    assert isinstance(told, set)
    assert isinstance(true, set)
    yield from (f"{what}: {each} is documented and not so" for each in told - true)
    yield from (f"{what}: {each} is not documented" for each in true - told)


def prose(text: str) -> str:
    """The text without its blocks of code."""
    return FENCE.sub("", text)


def tables(text: str) -> Iterator[Table]:
    """Each table of a text."""
    for block in re.findall(r"(?:^\|.*\|$\n?)+", prose(text), re.MULTILINE):
        heading, _, *rows = map(cells, block.splitlines())
        yield Table(heading, rows)


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def headed(text: str, *heading: str) -> list[tuple[str, ...]]:
    """The rows of all tables whose heading begins with these cells."""
    found = [table for table in tables(text) if table.heading[: len(heading)] == heading]
    return [row for table in found for row in table.rows]


def code(cell: str) -> str:
    """What a cell has between backticks, first of all."""
    found = re.search(r"`([^`]*)`", cell)
    return found[1] if found else ""


def codes(text: str) -> set[str]:
    """Everything between backticks."""
    return set(re.findall(r"`([^`]*)`", text))


def sections(text: str) -> dict[str, str]:
    """What stands below each heading of the second level."""
    found = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def anchors(text: str) -> set[str]:
    """The names that headings can be linked by."""
    headings = re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def link_faults(path: Path, text: str) -> Iterator[str]:
    """Links that lead nowhere, and files that are named and do not exist."""
    for link in LINK.findall(prose(text)):
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if not file.exists():
            yield f"{path.name} links to {target}, which is not there"
        elif anchor and anchor not in anchors(text if file == path else file.read_text("utf-8")):
            yield f"{path.name} links to {link}, which has no such heading"
    for named in NAMED.findall(prose(text)):
        if not (ROOT / named).exists() and not (path.parent / named).exists():
            yield f"{path.name} names {named}, which is not there"
