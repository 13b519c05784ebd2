"""Growth: what one event costs in a long session, beside many sessions, and before many readers.

    python bench/growth.py                      10 to 10,000 questions, 1 to 100 sessions, and
                                                1 to 10,000 sockets
    python bench/growth.py --quick              a few of each, to see that everything runs
    python bench/growth.py --record             and put the tables into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from bench.rig.candidates import LIMIT, Candidate
from bench.rig.growing import Start, lives, long_session, one_of_many
from bench.rig.limits import allow_files
from bench.rig.measure import Figures, Plan, measure
from bench.rig.product import PRODUCT
from bench.rig.report import lines, record, say, spread, verdict

EVENTS = 3
"""Of one question's life: asked, approved, answered."""
FLAT = 1.2
MOST_KIB = 20.0


class Size(msgspec.Struct):
    """One size: its runs, what an event cost in each in relation to the smallest size, and how it
    started."""

    runs: list[Figures] = []
    ratios: list[float] = []
    starts: list[Start] = []
    faults: list[str] = []

    def of(self, name: str) -> float:
        """A figure's median over the rounds."""
        return float(statistics.median(getattr(run, name) for run in self.runs))

    def started(self, name: str) -> float:
        """The same of the starts."""
        return float(statistics.median(getattr(start, name) for start in self.starts))


Sizes = Mapping[int, Size]


def grown(
    sizes: Sequence[int], rounds: int, candidate: Callable[[int, Size], tuple[Candidate, Plan]]
) -> dict[int, Size]:
    """All sizes in turn, as often as there are rounds; ratios within a round."""
    found = {size: Size() for size in sizes}
    for _ in range(rounds):
        for number, size in found.items():
            served, plan = candidate(number, size)
            try:
                size.runs.append(measure(served, plan))
            except (AssertionError, OSError, RuntimeError) as error:
                size.faults.append(f"{type(error).__name__}: {str(error)[:120]}")
                continue
            run, smallest = size.runs[-1], found[sizes[0]].runs
            if smallest:
                size.ratios.append(run.event_ms / smallest[-1].event_ms)
            say(f"  {number:6,}: {run.event_ms:8.2f} ms CPU, idle {run.idle_ms:.1f} ms/s")
    return found


def event_line(number: int, size: Size) -> tuple[str, ...]:
    """What an event costs, in a line: the same for questions and for sessions."""
    if not size.runs:
        return (f"{number:,}", "", "", "", ", ".join(size.faults))
    return (
        f"{number:,}",
        spread([run.event_ms * 1e3 / EVENTS for run in size.runs], 0),
        spread(size.ratios) if size.ratios else "",
        f"{size.of('idle_ms'):.1f}",
        ", ".join([*size.faults, *_unlike(size)]),
    )


def _unlike(size: Size) -> list[str]:
    lost = sum(run.missing + run.duplicated + run.lost + run.refused for run in size.runs)
    return [f"{lost} frames or sockets missing"] if lost else []


EVENT_COLUMNS = ("CPU µs an event", "× the smallest", "idle ms/s", "not as it should be")


def questions_table(sizes: Sizes) -> str:
    """Long sessions."""
    rows = []
    for number, size in sizes.items():
        start = ["", "", "", ""]
        if size.starts:
            start = [
                f"{size.started('ready_s'):.2f}",
                f"{size.started('first_page_s'):.2f}",
                f"{size.started('page_ms'):.1f}",
                f"{size.started('page_kb'):.0f}",
            ]
        name, *rest = event_line(number, size)
        rows.append((name, *rest[:-1], *start, rest[-1]))
    heading = (
        *("questions in the session", *EVENT_COLUMNS[:-1]),
        *("ready after s", "first page after s", "ms a page", "KB a page", EVENT_COLUMNS[-1]),
    )
    return lines(heading, rows)


def sessions_table(sizes: Sizes) -> str:
    """Many sessions."""
    rows = [event_line(number, size) for number, size in sizes.items()]
    return lines(("sessions open", *EVENT_COLUMNS), rows)


def marginal(sizes: Sizes) -> dict[int, float]:
    """CPU µs of one more delivery: what a broadcast costs above one to the fewest, for each of
    the readers above those."""
    fewest = next(iter(sizes))
    if not sizes[fewest].runs:
        return {}
    base = sizes[fewest].of("event_ms")
    return {
        number: (size.of("event_ms") - base) * 1e3 / (number - fewest)
        for number, size in sizes.items()
        if number > fewest and size.runs
    }


def sockets_table(sizes: Sizes, loops: Sizes) -> str:
    """Many sockets, and what a delivery to as many costs a C loop: that part is the kernel's."""
    more, rows = marginal(sizes), []
    for number, size in sizes.items():
        if not size.runs:
            rows.append((f"{number:,}", *[""] * 6, ", ".join(size.faults)))
            continue
        loop = loops[number].runs
        each, least = more.get(number), next(iter(more.values()), 0.0)
        rows.append(
            (
                f"{number:,}",
                spread([run.event_ms for run in size.runs]),
                f"{each:.2f}" if each is not None else "",
                f"{each / least:.2f}" if each is not None and least else "",
                f"{loops[number].of('total_us'):.2f}" if loop else "",
                f"{size.of('kib_each'):.1f}" if number > 1 else "",
                f"{size.of('p99_ms'):.1f}",
                ", ".join([*size.faults, *_unlike(size)]),
            )
        )
    heading = (
        *("sockets", "CPU ms a broadcast", "µs for one more delivery", "× the smallest"),
        *("µs a delivery, C loop", "KiB a socket", "p99 ms", "not as it should be"),
    )
    return lines(heading, rows)


def goals(questions: Sizes, sessions: Sizes, sockets: Sizes) -> list[str]:
    """Each goal, with what was found at the largest size."""
    found = []
    for words, sizes in (("questions", questions), ("sessions", sessions)):
        most = max(sizes)
        if sizes[most].ratios:
            ratio = statistics.median(sizes[most].ratios)
            found.append(verdict(f"an event is as cheap with {most:,} {words}", ratio, FLAT))
    more = list(marginal(sockets).values())
    if len(more) > 1:
        words = f"a delivery is as cheap with {max(sockets):,} sockets"
        found.append(verdict(words, more[-1] / more[0], FLAT))
    if sockets[max(sockets)].runs:
        kib = sockets[max(sockets)].of("kib_each")
        found.append(verdict("at most 20 KiB a socket", kib, MOST_KIB))
    return found


def figures(sizes: Sizes) -> dict[str, dict[str, float]]:
    """Medians by size."""
    found: dict[str, dict[str, float]] = {}
    for number, size in sizes.items():
        each = {name: size.of(name) for name in Figures.__struct_fields__} if size.runs else {}
        if size.ratios:
            each["ratio"] = statistics.median(size.ratios)
        if size.starts:
            each |= {name: size.started(name) for name in Start.__struct_fields__}
        found[str(number)] = {name: round(value, 4) for name, value in each.items()}
    return found


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, 1 round")
    parser.add_argument("--questions", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--sockets", type=int, nargs="+", default=[1, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    lived = Plan(readers=20, broadcasts=40, interval=0.03)
    if chosen.quick:
        chosen.questions, chosen.sessions, chosen.sockets = [10, 400], [1, 5], [1, 50, 200]
        chosen.rounds, lived = 1, Plan(readers=5, broadcasts=5, interval=0.03)
    allow_files(max(chosen.sockets))

    say("questions in a session")
    questions = grown(
        chosen.questions,
        chosen.rounds,
        lambda number, size: (lives(long_session(number, size.starts)), lived),
    )
    say("sessions in a process")
    sessions = grown(
        chosen.sessions, chosen.rounds, lambda number, _: (lives(one_of_many(number)), lived)
    )
    say("sockets")
    few = 10 if chosen.quick else 40
    sockets = grown(
        chosen.sockets,
        chosen.rounds,
        lambda number, _: (PRODUCT, Plan(readers=number, broadcasts=few if number < 5_000 else 15)),
    )
    loops = grown(chosen.sockets, 1, lambda number, _: (LIMIT, Plan(readers=number, broadcasts=15)))
    tables = (
        *(questions_table(questions), sessions_table(sessions)),
        sockets_table(sockets, loops),
    )
    body = "\n\n".join([*tables, "\n".join(goals(questions, sessions, sockets))])
    say(body)
    if chosen.record:
        found = {"questions": questions, "sessions": sessions, "sockets": sockets}
        kept: dict[str, dict[str, Any]] = {name: figures(each) for name, each in found.items()}
        more = {str(number): round(us, 3) for number, us in marginal(sockets).items()}
        kept["marginal_us"] = more
        record("growth", f"### {chosen.rounds} rounds\n\n{body}", None if chosen.quick else kept)


if __name__ == "__main__":
    main()
