"""Join storm: everybody arrives at six o'clock, or everybody reconnects after a restart.

    python bench/join.py                        2,000 visitors, three rounds
    python bench/join.py --quick                200 visitors, one round, to see that everything runs
    python bench/join.py --only arrive stall    some of the storms
    python bench/join.py --record               and put the tables into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig.limits import allow_files
from bench.rig.report import lines, record, say, spread, verdict
from bench.rig.storm import Calm, Figures, Storm, bare, come, median, product, watched

GOAL, STALL_GOAL_MS = 1.5, 250.0
STORMS = (
    Storm(key="arrive", name="page, socket and run", pages=True),
    Storm(key="reconnect", name="socket, and nothing missed", pages=False),
    Storm(key="resume", name="socket, and a run of 20 answers", pages=False, missed=20),
    Storm(key="long", name="page, socket and run, 2,000 questions", pages=True, asked=2_000),
)
STALL = "stall"
STALL_TIMES = 4
"""So many times the visitors of the other storms, so that it lasts for some answers."""
HEADING = (
    *("", "visitors a second and core", "CPU µs a visitor", "of it the store", "× bare"),
    *("p50 ms", "p99 ms", "page bytes", "run bytes", "refused"),
)


class Outcome(msgspec.Struct):
    """One storm on the product, on Starlette alone, and on Starlette alone whose garbage
    collector rests as ours does: a run of each for each round."""

    ours: list[Figures] = []
    bare: list[Figures] = []
    rested: list[Figures] = []

    def ratios(self, others: list[Figures]) -> list[float]:
        """Ours to theirs in the same round."""
        return [a.total_us / b.total_us for a, b in zip(self.ours, others, strict=True)]


def run(storm: Storm, visitors: int, rounds: int) -> Outcome:
    """All in turn, as often as there are rounds."""
    found = Outcome()
    for number in range(rounds):
        with product(storm) as (_, running, told):
            found.ours.append(come(running, visitors, told))
        sizes = found.ours[-1].page_bytes, told
        for runs, rested in ((found.bare, False), (found.rested, True)):
            with bare(*sizes, pages=storm.pages, rested=rested) as running:
                runs.append(come(running, visitors, told))
        each = (found.ours[-1], found.bare[-1], found.rested[-1])
        ours, theirs, rest = (f"{figures.total_us:.0f}" for figures in each)
        say(f"  round {number + 1}: {ours} µs a visitor, bare {theirs}, bare and rested {rest}")
    return found


def row(name: str, runs: list[Figures], ratios: list[float]) -> tuple[str, ...]:
    """Medians of the rounds."""
    return (
        name,
        f"{median(runs, 'per_second'):.0f}",
        spread([each.total_us for each in runs], 0),
        f"{median(runs, 'store_us'):.0f}",
        spread(ratios) if ratios else "",
        f"{median(runs, 'p50_ms'):.1f}",
        f"{median(runs, 'p99_ms'):.1f}",
        f"{runs[-1].page_bytes}",
        f"{runs[-1].run_bytes}",
        f"{sum(each.refused for each in runs)}",
    )


def drawn(storm: Storm, found: Outcome) -> str:
    """The table of one storm, and its verdict."""
    ratios = found.ratios(found.bare)
    rows = [
        row(f"Askpanel, {storm.name}", found.ours, ratios),
        row("uvicorn and Starlette, bare", found.bare, []),
        row("… its garbage collector at rest", found.rested, []),
    ]
    every = (*found.ours, *found.bare, *found.rested)
    reading = max(each.visitor_us for each in every)
    goal = f"at most {GOAL} × uvicorn and Starlette, bare"
    strict = statistics.median(found.ratios(found.rested))
    return "\n".join(
        [
            lines(HEADING, rows),
            "",
            verdict(goal, statistics.median(ratios), GOAL),
            verdict(f"{goal}, its garbage collector at rest", strict, GOAL),
            f"- the load client itself took at most {reading:.0f} µs of CPU a visitor",
        ]
    )


def figures_of(found: Outcome) -> dict[str, Any]:
    """The medians that the drawings and the sizing table are made from."""
    names = ("total_us", "per_second", "p50_ms", "p99_ms", "page_bytes")
    ours = {name: round(median(found.ours, name), 2) for name in names}
    ratios = found.ratios(found.bare), found.ratios(found.rested)
    return {
        **ours,
        "ratio": round(statistics.median(ratios[0]), 3),
        "ratio_rested": round(statistics.median(ratios[1]), 3),
    }


def stall(readers: int, visitors: int, answers: int) -> Calm:
    """How late answers come to those already in while the others arrive."""
    with product(STORMS[0], spare=2 * answers) as (room, running, _):
        return watched(room, running, readers, visitors, answers)


def told(found: Calm, readers: int, visitors: int) -> str:
    """Calm and storm, side by side."""
    rows = [
        (
            name,
            f"{tally.p50_ms:.1f}",
            f"{tally.p99_ms:.1f}",
            f"{tally.longest_ms:.1f}",
            f"{len(tally.sendings)}",
            f"{tally.missing + tally.duplicated}",
        )
        for name, tally in (("calm", found.calm), ("storm", found.storm))
    ]
    heading = ("", "p50 ms", "p99 ms", "longest ms", "answers", "missing or twice")
    return "\n".join(
        [
            f"{visitors:,} arrived in {found.seconds:.1f} s while {readers:,} were in.",
            "",
            lines(heading, rows),
            "",
            verdict("p99 of those already in, in ms", found.storm.p99_ms, STALL_GOAL_MS),
        ]
    )


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 visitors, 1 round")
    parser.add_argument("--visitors", type=int, default=2_000)
    parser.add_argument("--readers", type=int, default=1_000, help="already in")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[*(s.key for s in STORMS), STALL])
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    visitors, rounds = (200, 1) if chosen.quick else (chosen.visitors, chosen.rounds)
    readers, answers = (100, 4) if chosen.quick else (chosen.readers, 40)
    wanted = chosen.only or [*(storm.key for storm in STORMS), STALL]
    allow_files(STALL_TIMES * visitors + readers)
    body, figures = [], dict[str, Any](storms={})
    for storm in STORMS:
        if storm.key in wanted:
            title = f"{storm.name}: {visitors:,} visitors, {rounds} rounds"
            say(title)
            found = run(storm, visitors, rounds)
            figures["storms"][storm.key] = figures_of(found)
            body.append(f"### {title}\n\n{drawn(storm, found)}")
            say(body[-1])
    if STALL in wanted:
        calm = stall(readers, STALL_TIMES * visitors, answers)
        figures[STALL] = {"calm_p99_ms": calm.calm.p99_ms, "storm_p99_ms": calm.storm.p99_ms}
        text = told(calm, readers, STALL_TIMES * visitors)
        body.append(f"### Those already in\n\n{text}")
        say(body[-1])
    if chosen.record:
        # What --quick or --only finds is no headline.
        whole = not (chosen.quick or chosen.only)
        record("join storm", "\n\n".join(body), figures if whole else None)


if __name__ == "__main__":
    main()
