"""The table, on the screen and in RESULTS.md."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version

import msgspec

from askpanel.eventlog.enginebinary import find_server
from bench.rig import places
from bench.rig.compiler import BENCH
from bench.rig.measure import Figures

RESULTS = BENCH / "RESULTS.md"
HEAD = """# Results

Newest first. What each column and row means is in README.md. Failures stay in.
"""
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
        ratio = self._spread(self.ratios) if self.ratios else ""
        figures = [
            self._spread([run.total_us for run in self.runs]),
            f"{self.of('store_us'):.2f}",
            ratio,
            f"{self.of('p50_ms'):.1f}",
            f"{self.of('p99_ms'):.1f}",
            f"{self.of('last_ms'):.1f}",
            f"{self.of('bytes_each'):.0f}",
            f"{self.of('kib_each'):.1f}",
            f"{self.of('idle_ms'):.1f}",
        ]
        return f"| {self.name} | {' | '.join(figures)} | {self._faults()} |"

    def of(self, name: str) -> float:
        """A figure's median over the rounds."""
        return float(statistics.median(getattr(run, name) for run in self.runs))

    @staticmethod
    def _spread(values: list[float]) -> str:
        middle = f"{statistics.median(values):.2f}"
        if len(values) == 1:
            return middle
        return f"{middle} ({min(values):.2f} to {max(values):.2f})"

    def _faults(self) -> str:
        found = [self.fault] if self.fault else []
        delivered = min(run.delivered for run in self.runs)
        if delivered < 1:
            found.append(f"only {delivered:.1%} delivered")
        for name, words in {
            "refused": "refused",
            "missing": "missing",
            "duplicated": "twice",
            "lost": "closed",
        }.items():
            if count := sum(getattr(run, name) for run in self.runs):
                found.append(f"{count} {words}")
        return ", ".join(found)


def table(rows: Iterable[Row]) -> str:
    """A Markdown table."""
    return "\n".join([COLUMNS, *(row.line() for row in rows)])


def verdicts(rows: Mapping[str, Row], ours: str, limit: str) -> str:
    """The goals of the fan-out, each with what was found; rows by their candidates' keys."""
    product = rows[ours]
    if not product.runs:
        return "The product was not measured."
    found = [_verdict("at most 1.5 × the limit", statistics.median(product.ratios), 1.5)]
    if (nchan := rows.get("nchan")) and nchan.runs:
        total = product.of("total_us") / nchan.of("total_us")
        found.append(_verdict("at or under Nchan's CPU (× Nchan)", total, 1.0))
    others = {
        row.name: row.of("p99_ms")
        for key, row in rows.items()
        if row.runs and key not in (limit, "nchan") and not key.startswith("askpanel")
    }
    if others:
        best = min(others, key=lambda name: others[name])
        share = product.of("p99_ms") / others[best]
        found.append(_verdict(f"p99 ahead of the Python and Node peers (× {best})", share, 1.0))
    reading = max(row.of("reader_us") for row in rows.values() if row.runs)
    found.append(f"- the load client itself took at most {reading:.1f} µs of CPU a delivery")
    return "\n".join(found)


def _verdict(goal: str, found: float, most: float) -> str:
    return f"- {'met' if found <= most else '**not met**'}: {goal}: {found:.2f}"


def record(title: str, body: str) -> None:
    """Put a dated entry on top of RESULTS.md."""
    old = RESULTS.read_text() if RESULTS.exists() else HEAD
    entry = f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {title}\n\n{machine()}\n\n{body}\n"
    RESULTS.write_text(HEAD + "\n" + entry + old.removeprefix(HEAD))


def machine() -> str:
    """The class of machine, and the versions of what was measured."""
    cores = len(os.sched_getaffinity(0))
    kernel = ".".join(platform.release().split(".")[:2])
    ours = ("uvicorn", "uvloop", "starlette", "websockets", "redis")
    words = [
        f"{cores} cores of a virtual machine, {platform.machine()}, Linux {kernel}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ours),
        _said(str(find_server()), "--version", pattern=r"v=([\d.]+)", name="store"),
        _said("node", "--version", pattern=r"v([\d.]+)", name="Node"),
        _nginx_version(),
    ]
    locked = re.findall(
        r"^(picows|python-socketio|channels|channels-redis|django)==(\S+)",
        (places.PEERS / "requirements.txt").read_text(),
        re.MULTILINE,
    )
    node = msgspec.json.decode((places.PEERS / "package.json").read_bytes())["dependencies"]
    words += [f"{name} {number}" for name, number in [*locked, *node.items()]]
    return "; ".join(word for word in words if word) + "."


def _nginx_version() -> str:
    try:
        program = str(places.nginx().program)
    except places.Unavailable:
        return ""
    return _said(program, "-v", pattern=r"nginx/([\d.]+)", name="nginx")


def _said(*command: str, pattern: str, name: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return f"{name} {found[1]}" if found else ""


def say(line: str) -> None:
    """A line on the screen, at once."""
    print(line, flush=True)
