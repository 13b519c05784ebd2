"""What was measured, kept: an entry in RESULTS.md for people, and the newest figures of each
script in results/ for the tools that draw from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench.rig.compiler import BENCH
from bench.rig.machine import machine

HEAD = """# Results

Newest first. What each column and row means is in README.md. Failures stay in. The figures of each
script's newest entry are in `results/` too, for the tools that draw from them.
"""


class Measured(msgspec.Struct, frozen=True):
    """One script's newest run: when (UTC, to the minute), on what, and its figures by name."""

    title: str
    measured: str
    machine: str
    figures: dict[str, Any]


def record(
    title: str, body: str, figures: Mapping[str, Any] | None = None, *, place: Path = BENCH
) -> None:
    """Put a dated entry on top of RESULTS.md, and its figures into `results/`."""
    results = place / "RESULTS.md"
    old = results.read_text() if results.exists() else HEAD
    when, what = f"{datetime.now(UTC):%Y-%m-%d %H:%M}", machine()
    entry = f"## {when} UTC: {title}\n\n{what}\n\n{body}\n"
    _, mark, earlier = old.partition("\n## ")
    results.write_text(f"{HEAD}\n{entry}{mark}{earlier}")
    if figures is not None:
        (place / "results").mkdir(exist_ok=True)
        found = msgspec.json.encode(Measured(title, when, what, dict(figures)))
        file_of(title, place).write_bytes(msgspec.json.format(found, indent=1) + b"\n")


def newest(title: str, place: Path = BENCH) -> Measured | None:
    """A script's newest figures, or None if none are kept."""
    path = file_of(title, place)
    return msgspec.json.decode(path.read_bytes(), type=Measured) if path.exists() else None


def file_of(title: str, place: Path = BENCH) -> Path:
    """Where the newest figures of a script are."""
    return place / "results" / f"{title.replace(' ', '-')}.json"


def entries(place: Path = BENCH) -> list[tuple[str, str]]:
    """When and what each entry of RESULTS.md is, newest first."""
    path = place / "RESULTS.md"
    text = path.read_text() if path.exists() else ""
    return re.findall(r"^## (\d{4}-\d\d-\d\d \d\d:\d\d) UTC: (.+)$", text, re.MULTILINE)
