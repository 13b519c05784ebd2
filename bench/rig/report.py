"""The tables, on the screen and in RESULTS.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bench.rig.measure import Figures
from bench.rig.results import record

__all__ = ["Row", "figures_of", "lines", "record", "say", "spread", "table", "verdict", "verdicts"]

COLUMNS = (
    "| | CPU µs a delivery | of it the store | × the limit | p50 ms | p99 ms | last screen ms "
    "| bytes a frame | KiB a socket | idle ms/s | not as it should be |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)


class Row(msgspec.Struct):
    """One candidate at one size: a run for each round, its ratio to the limit in the same
    round, and why there is none."""

    name: str
    runs: list[Figures] = []
    ratios: list[float] = []
    fault: str = ""

    def line(self) -> str:
        """A line of the table: medians of the rounds."""
        if not self.runs:
            return f"| {self.name} |" + " |" * 9 + f" not measured: {self.fault} |"
        ratio = spread(self.ratios) if self.ratios else ""
        figures = [
            spread([run.total_us for run in self.runs]),
            f"{self.of('store_us'):.2f}",
            ratio,
            f"{self.of('p50_ms'):.1f}",
            f"{self.of('p99_ms'):.1f}",
            f"{self.of('last_ms'):.1f}",
            f"{self.of('bytes_each'):.0f}",
            f"{self.of('kib_each'):.1f}",
            f"{self.of('idle_ms'):.1f}",
        ]
        return f"| {self.name} | {' | '.join(figures)} | {self.faults()} |"

    def of(self, name: str) -> float:
        """A figure's median over the rounds."""
        return float(statistics.median(getattr(run, name) for run in self.runs))

    def faults(self) -> str:
        """What was not as it should be, in words; nothing if all was."""
        found = [self.fault] if self.fault else []
        delivered = min(run.delivered for run in self.runs)
        if delivered < 1:
            found.append(f"only {delivered:.1%} delivered")
        for name, words in {
            "refused": "refused",
            "missing": "missing",
            "duplicated": "twice",
            "lost": "closed",
            "garbled": "garbled",
        }.items():
            if count := sum(getattr(run, name) for run in self.runs):
                found.append(f"{count} {words}")
        return ", ".join(found)


def table(rows: Iterable[Row]) -> str:
    """A Markdown table."""
    return "\n".join([COLUMNS, *(row.line() for row in rows)])


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median of the rounds, and from where to where they went."""
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def lines(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: a first column of names, and numbers."""
    drawn = [heading, ["---", *["--:"] * (len(heading) - 1)], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in drawn)


def figures_of(rows: Mapping[str, Row]) -> dict[str, Any]:
    """The medians of every row that was measured, by their candidates' keys."""
    found: dict[str, Any] = {}
    for key, row in rows.items():
        if row.runs:
            found[key] = {"name": row.name, "faults": row.faults(), "ratios": row.ratios}
            for name in msgspec.structs.asdict(row.runs[0]):
                found[key][name] = round(row.of(name), 4)
            found[key]["total_us"] = round(row.of("total_us"), 4)
        else:
            found[key] = {"name": row.name, "faults": row.fault}
    return found


def verdicts(rows: Mapping[str, Row], ours: str, limit: str) -> str:
    """The goals of the fan-out, each with what was found; rows by their candidates' keys."""
    product = rows[ours]
    if not product.runs:
        return "The product was not measured."
    found = [verdict("at most 1.5 × the limit", statistics.median(product.ratios), 1.5)]
    if (nchan := rows.get("nchan")) and nchan.runs:
        total = product.of("total_us") / nchan.of("total_us")
        found.append(verdict("at or under Nchan's CPU (× Nchan)", total, 1.0))
    others = {
        row.name: row.of("p99_ms")
        for key, row in rows.items()
        if row.runs and key not in (limit, "nchan") and not key.startswith("askpanel")
    }
    if others:
        best = min(others, key=lambda name: others[name])
        share = product.of("p99_ms") / others[best]
        found.append(verdict(f"p99 ahead of the Python and Node peers (× {best})", share, 1.0))
    reading = max(row.of("reader_us") for row in rows.values() if row.runs)
    found.append(f"- the load client itself took at most {reading:.1f} µs of CPU a delivery")
    return "\n".join(found)


def verdict(goal: str, found: float, most: float) -> str:
    """A goal, and whether it was met."""
    return f"- {'met' if found <= most else '**not met**'}: {goal}: {found:.2f}"


def say(line: str) -> None:
    """A line on the screen, at once."""
    print(line, flush=True)
