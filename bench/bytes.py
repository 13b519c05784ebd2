"""Bytes: frames compressed once for all, beside a server that compresses for each socket.

    python bench/bytes.py                       2,000 readers
    python bench/bytes.py --quick               200 readers, to see that everything runs
    python bench/bytes.py --record              and put the table into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig import control
from bench.rig.candidates import Candidate, bare
from bench.rig.limits import allow_files
from bench.rig.measure import Figures, Plan, measure
from bench.rig.places import Unavailable
from bench.rig.product import IN_WORDS, room_of
from bench.rig.report import Row, figures_of, lines, record, say, spread, verdict

HEADING = (
    "",
    "CPU µs a delivery",
    "bytes a frame",
    "KiB a socket, silent",
    "KiB a socket, at the end",
    "p99 ms",
    "not as it should be",
)
SAMPLES = 20
POSITION, SINCE = re.compile(rb'"position":\d+'), re.compile(rb'"since":\d+')
SENT = re.compile(rb"sent=\d{19}")
ROWS = {
    "plain": ("Askpanel, without compression", False),
    "shared": ("Askpanel, compressed once for all", True),
    "bare": ("Starlette on uvicorn, without compression", False),
    "each": ("Starlette on uvicorn, compressed for each socket", True),
}


def replayed(frames: list[bytes]) -> Callable[[int], bytes]:
    """The product's own frames, one after the other, each with its number and its moment."""

    def words(position: int) -> bytes:
        text = POSITION.sub(b'"position":%d' % position, frames[position % len(frames)], count=1)
        text = SINCE.sub(b'"since":%d' % (position - 1), text, count=1)
        return SENT.sub(b"sent=%d" % time.time_ns(), text)

    return words


def candidates() -> dict[str, Candidate]:
    """Both servers, which take the same frames; the readers say whether they are compressed."""
    with room_of() as room:
        serve = bare(replayed(room.sample(SAMPLES)))
    servers = {"plain": IN_WORDS.serve, "shared": IN_WORDS.serve, "bare": serve, "each": serve}
    return {key: Candidate(key=key, name=ROWS[key][0], serve=servers[key]) for key in ROWS}


def run(readers: int, broadcasts: int, rounds: int) -> dict[str, Row]:
    """All rows in turn, as often as there are rounds; a ratio is to per-socket compression in
    the same round."""
    servers = candidates()
    rows = {key: Row(candidate.name) for key, candidate in servers.items()}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for key, candidate in servers.items():
            plan = Plan(readers=readers, broadcasts=broadcasts, deflate=ROWS[key][1])
            _measured(candidate, plan, rows[key])
        for row in rows.values():
            each = rows["each"].runs
            if len(row.runs) == len(each) and each:
                row.ratios.append(row.runs[-1].total_us / each[-1].total_us)
    return rows


def _measured(candidate: Candidate, plan: Plan, row: Row) -> None:
    try:
        figures = measure(candidate, plan)
    except Unavailable as reason:
        row.fault = str(reason)
    except (AssertionError, OSError, RuntimeError) as error:
        row.fault = f"{type(error).__name__}: {str(error)[:120]}"
    else:
        row.runs.append(figures)
        expected = figures.readers * plan.broadcasts if plan.deflate else 0
        if figures.compressed < expected * figures.delivered:
            row.fault = f"only {figures.compressed} of {expected} frames came compressed"
        say(f"  {candidate.name:50} {figures.total_us:7.2f} µs {figures.bytes_each:6.0f} bytes")
        return
    say(f"  {candidate.name:50} {row.fault}")


def table(rows: Mapping[str, Row]) -> str:
    """Medians of the rounds."""
    drawn = []
    for row in rows.values():
        if not row.runs:
            drawn.append((row.name, *[""] * 5, f"not measured: {row.fault}"))
            continue
        drawn.append(
            (
                row.name,
                spread([each.total_us for each in row.runs]),
                f"{row.of('bytes_each'):.0f}",
                f"{row.of('kib_each'):.1f}",
                f"{row.of('kib_after'):.1f}",
                f"{row.of('p99_ms'):.1f}",
                row.faults(),
            )
        )
    return lines(HEADING, drawn)


def goals(rows: Mapping[str, Row]) -> dict[str, tuple[str, float, float]]:
    """Each goal: in words, what was found, and at most how much it may be."""
    if not all(row.runs for row in rows.values()):
        return {}

    def within(key: str, other: str, value: Callable[[Figures], float]) -> float:
        """One row's figure as a share of another's in the same round."""
        pairs = zip(rows[key].runs, rows[other].runs, strict=False)
        return statistics.median(value(a) / value(b) for a, b in pairs)

    cpu = within("shared", "each", lambda run: run.total_us)
    size = within("shared", "plain", lambda run: run.bytes_each)
    memory = within("shared", "plain", lambda run: run.kib_after)
    return {
        "cpu": ("a quarter of the CPU of per-socket compression", cpu, 0.25),
        "bytes": ("half the bytes of no compression", size, 0.5),
        "memory": ("no more memory than without, within 5 %", memory, 1.05),
    }


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 readers, 3 broadcasts, 1 round")
    parser.add_argument("--readers", type=int, default=2_000)
    parser.add_argument("--broadcasts", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.readers, chosen.broadcasts, chosen.rounds = 200, 3, 1
    allow_files(chosen.readers)
    title = f"{chosen.readers:,} readers, {chosen.broadcasts} answers, {chosen.rounds} rounds"
    say(title)
    try:
        control.check()
    except RuntimeError as error:
        raise SystemExit(f"Compressed frames cannot be read here: {error}") from None
    rows = run(chosen.readers, chosen.broadcasts, chosen.rounds)
    met = goals(rows)
    said = [verdict(f"{words}: at most {most}", found, most) for words, found, most in met.values()]
    drawn = "\n\n".join(["\n".join(part) for part in ([table(rows)], said) if part])
    say(drawn)
    if chosen.record:
        found = {name: round(value, 4) for name, (_, value, _) in met.items()}
        figures = {"readers": chosen.readers, "goals": found, "rows": figures_of(rows)}
        record("bytes", f"### {title}\n\n{drawn}", None if chosen.quick else figures)


if __name__ == "__main__":
    main()
