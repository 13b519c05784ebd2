"""What our documents say of speed, drawn from the newest recorded results and from nothing else.

    python -m bench.rig.drawn           write the README's part, docs/sizing.md's and the plot
    python -m bench.rig.drawn --check   say which are out of date; exit code 1 if any is

`make bench` with --record and `make docs` run the first, and a test the second.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.rig import plot
from bench.rig.compiler import BENCH
from bench.rig.report import lines
from bench.rig.results import Measured, newest

ROOT = BENCH.parent
PLOT = Path("docs") / "fan-out.svg"
BEGIN, END = "<!-- measured: written by make docs -->", "<!-- end of what was measured -->"
NOTHING = "Nothing is recorded here: `make bench ARGS=--record` measures, and writes this part."
ARRIVAL = 60
"""Seconds that people give each other at six o'clock."""
AUDIENCES = (200, 1_000, 5_000, 10_000, 50_000)


class Recorded:
    """The newest figures of every script that has any, in a folder like `bench/`."""

    def __init__(self, place: Path = BENCH) -> None:
        self.fan_out, self.bytes = newest("fan-out", place), newest("bytes", place)
        self.join, self.intake = newest("join storm", place), newest("intake", place)
        self.growth, self.workers = newest("growth", place), newest("workers", place)


def headline(found: Recorded) -> str:
    """The README's part: a plot, and the first three ratios that there are."""
    ratios = [
        line
        for draw, measured in (
            (_fan_out, found.fan_out),
            (_compression, found.bytes),
            (_joining, found.join),
            (_taking, found.intake),
        )
        if measured and (line := draw(measured))
    ][:3]
    if not ratios:
        return NOTHING
    drawn = []
    if found.fan_out:
        drawn = [f"![CPU of each server for one delivery, as a multiple of a C loop's]({PLOT})", ""]
    dates = sorted({each.measured[:10] for each in vars(found).values() if each})
    return "\n".join(
        [
            *drawn,
            *ratios,
            "",
            _source(" and ".join(dates), _machine(found)),
        ]
    )


def _source(dates: str, machine: str) -> str:
    return (
        f"Measured on {dates}, on {machine}. All of it, the failures too, is in "
        "[the results](bench/RESULTS.md); [how it is measured](bench/README.md); "
        "[what it means for your evening](docs/sizing.md)."
    )


def _machine(found: Recorded) -> str:
    measured = next(each for each in vars(found).values() if each)
    return str(measured.machine.partition(";")[0])


def _fan_out(measured: Measured) -> str:
    readers = plot.largest(measured)
    rows = {bar.key: bar for bar in plot.bars(measured.figures["sizes"][str(readers)])}
    if plot.OURS not in rows:
        return ""
    peers = [bar for key, bar in rows.items() if key != plot.OURS]
    beside = ", ".join(f"{bar.name} {bar.middle:.2f}" for bar in peers[:4])
    return (
        f"- **{rows[plot.OURS].middle:.2f} ×** the CPU of a C loop that writes a prepared frame to "
        f"each of {readers:,} sockets, for an answer's whole way from the panelist's form to all "
        f"of them{f' ({beside})' if beside else ''}."
    )


def _compression(measured: Measured) -> str:
    goals = measured.figures["goals"]
    if not goals:
        return ""
    return (
        f"- **{goals['cpu']:.2f} ×** the CPU of uvicorn's own compression, because a frame is "
        f"compressed once for everybody; it has {goals['bytes']:.2f} × the bytes."
    )


def _joining(measured: Measured) -> str:
    storm = measured.figures["storms"].get("arrive")
    if not storm:
        return ""
    rested = storm.get("ratio_rested")
    also = f" ({rested:.2f} × of one whose garbage collector rests as ours does)" if rested else ""
    return (
        f"- **{storm['ratio']:.2f} ×** the CPU of a bare uvicorn and Starlette{also}, for page, "
        "socket and everything missed when everybody arrives at once."
    )


def _taking(measured: Measured) -> str:
    askers, level = max(measured.figures["askers"].items(), key=lambda each: each[1]["per_second"])
    return (
        f"- **{level['per_second']:,.0f}** questions a second, each on disk before it is "
        f"acknowledged, from {askers} people at once, by one process."
    )


def sizing(found: Recorded) -> str:
    """The tables of docs/sizing.md."""
    tables = [table for draw in (_one_core, _audiences, _two_workers) if (table := draw(found))]
    if not tables:
        return NOTHING
    measured = next(each for each in vars(found).values() if each)
    return "\n\n".join([f"Measured on {measured.machine}", *tables])


def _one_core(found: Recorded) -> str:
    """What was measured, and what it comes to."""
    rows: list[tuple[str, ...]] = []
    if product := _product(found):
        us, last = product["total_us"], product["last_ms"]
        rows.append(
            (f"a delivery to one of {product['readers']:,.0f} sockets", f"{us:.1f} µs of CPU")
        )
        rows.append((f"the last of {product['readers']:,.0f} screens", f"{last:,.0f} ms"))
        rows.append(("memory of the server for each socket", f"{product['kib_each']:.1f} KiB"))
    if found.join and (storm := found.join.figures["storms"].get("arrive")):
        rows.append(("page, socket and run of one visitor", f"{storm['total_us']:,.0f} µs of CPU"))
    if found.intake:
        askers = found.intake.figures["askers"]
        best = max(askers.values(), key=lambda level: level["per_second"])
        cost = f"{best['app_us'] + best['store_us']:,.0f} µs of CPU"
        rows.append(("a question acknowledged, store and disk included", cost))
        rows.append(("questions acknowledged, one process", f"{best['per_second']:,.0f} a second"))
    if found.growth:
        for words, name in (("questions in the session", "questions"), ("sessions", "sessions")):
            sizes = found.growth.figures[name]
            most = max(sizes, key=int)
            if "ratio" in sizes[most]:
                told = f"{sizes[most]['ratio']:.2f} × that of the smallest"
                rows.append((f"cost of an event with {int(most):,} {words}", told))
    return lines(("One process on one core", "measured"), rows) if rows else ""


def _product(found: Recorded) -> dict[str, float]:
    if not found.fan_out:
        return {}
    sizes = found.fan_out.figures["sizes"]
    row = sizes[max(sizes, key=int)].get(plot.OURS, {})
    return row if "total_us" in row else {}


def _audiences(found: Recorded) -> str:
    """What so many people mean for one core: computed from the costs of one."""
    product = _product(found)
    storm = found.join.figures["storms"].get("arrive") if found.join else None
    if not product or not storm:
        return ""
    rows = [
        (
            f"{people:,}",
            f"{people * product['kib_each'] / 1024:,.0f} MiB",
            f"{people * product['total_us'] / 1e6:.2f} s",
            f"{people * storm['total_us'] / 1e6:.1f} s",
            str(math.ceil(people * storm["total_us"] / 1e6 / ARRIVAL)),
        )
        for people in AUDIENCES
    ]
    heading = (
        *("people watching", "memory of their sockets", "CPU for one answer to all"),
        *("CPU for all to arrive", "cores, if all arrive within a minute"),
    )
    return f"Computed from these, in seconds of one core:\n\n{lines(heading, rows)}"


def _two_workers(found: Recorded) -> str:
    if not found.workers:
        return ""
    readers = found.workers.figures["readers"]
    rows = [
        (
            number,
            f"{row['delivery_us']:.1f}" if "delivery_us" in row else "not measured",
            f"{row['last_ms']:.0f}" if "last_ms" in row else "not measured",
            f"{row['per_second']:,.0f}" if "per_second" in row else "not measured",
        )
        for number, row in found.workers.figures["workers"].items()
    ]
    heading = (
        *("workers", f"CPU µs a delivery, {readers:,} sockets", "last screen ms"),
        "questions a second",
    )
    words = "Workers share the cores with each other, the store and the load client:"
    return f"{words}\n\n{lines(heading, rows)}"


PARTS: dict[Path, Callable[[Recorded], str]] = {
    Path("README.md"): headline,
    Path("docs") / "sizing.md": sizing,
}


def written(page: str, part: str) -> str:
    """A page with its part as it should be. Raises ValueError without the two marks."""
    before, found, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise ValueError(f"the page has lost its marks: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{part}\n\n{END}{after}"


def stale(found: Recorded, root: Path = ROOT) -> Iterable[tuple[Path, str]]:
    """Each file that is not as it should be, with what it should be."""
    for path, draw in PARTS.items():
        page = (root / path).read_text("utf-8")
        if (wanted := written(page, draw(found))) != page:
            yield root / path, wanted
    if found.fan_out:
        wanted, path = plot.svg(found.fan_out), root / PLOT
        if not path.exists() or path.read_text("utf-8") != wanted:
            yield path, wanted


def main(arguments: list[str]) -> int:
    """Write, or check."""
    old = list(stale(Recorded()))
    if arguments == ["--check"]:
        print("\n".join(str(path.relative_to(ROOT)) for path, _ in old) or "up to date")
        return int(bool(old))
    for path, wanted in old:
        path.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
