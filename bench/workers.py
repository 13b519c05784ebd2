"""Workers: the whole product in one process and in two, on the same cores.

    python bench/workers.py                     4,000 readers, 64 askers at once
    python bench/workers.py --quick             200 readers, to see that everything runs
    python bench/workers.py --record            and put the tables into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from bench.rig.candidates import Candidate, Running
from bench.rig.limits import allow_files
from bench.rig.measure import Figures, Plan, measure
from bench.rig.nodes import Shared, on_a_cluster, on_one_store
from bench.rig.product import room_of, running_in
from bench.rig.report import lines, record, say, spread
from bench.rig.taking import PROXY, Taken, take

ASKERS = 64
FAN_OUT = (
    *("workers", "CPU µs a delivery", "× one worker", "p50 ms", "p99 ms", "last screen ms"),
    *("last screen, × one worker", "not as it should be"),
)
INTAKE = (
    *("workers", "acknowledged a second", "× one worker", "CPU µs a question, servers", "p50 ms"),
    *("p99 ms", "not as it should be"),
)


class Crew(msgspec.Struct):
    """A number of workers, and their runs."""

    deliveries: list[Figures] = []
    questions: list[Taken] = []
    faults: list[str] = []


NODES = ("three processes on", "CPU µs a delivery", "of it the store", "last screen ms", "p99 ms")
STORES: Mapping[str, Callable[[int, int], Shared]] = {
    "one store": on_one_store,
    "a cluster: three primaries, a copy of each": on_a_cluster,
}
Crews = Mapping[int, Crew]


def serving(workers: int) -> Callable[[int], AbstractContextManager[Running]]:
    """The product with so many workers, answering."""

    @contextmanager
    def serve(broadcasts: int) -> Iterator[Running]:
        with room_of(workers=workers) as room:
            room.ready_questions(broadcasts)
            yield running_in(room, room.answer)

    return serve


def run(sizes: Sequence[int], plan: Plan, rounds: int, seconds: float) -> dict[int, Crew]:
    """All numbers of workers in turn, as often as there are rounds."""
    crews = {size: Crew() for size in sizes}
    for number in range(rounds):
        for size, crew in crews.items():
            try:
                _work(size, crew, plan, seconds)
            except (AssertionError, OSError, RuntimeError) as error:
                crew.faults.append(f"{type(error).__name__}: {str(error)[:120]}")
                say(f"  {size} workers: {crew.faults[-1]}")
        say(f"round {number + 1} of {rounds}")
    return crews


def _work(size: int, crew: Crew, plan: Plan, seconds: float) -> None:
    name = f"{size} workers"
    sent = measure(Candidate(key=name, name=name, serve=serving(size)), plan)
    crew.deliveries.append(sent)
    with room_of(workers=size, settings=PROXY) as room:
        crew.questions.append(take(room, ASKERS, seconds))
    taken = crew.questions[-1]
    say(f"  {name}: {sent.total_us:.2f} µs, last screen {sent.last_ms:.1f} ms")
    say(f"  {name}: {taken.per_second:.0f} questions a second, p99 {taken.p99_ms:.1f} ms")


def ratio(one: Sequence[float], more: Sequence[float]) -> list[float]:
    """Of the runs of the same round."""
    return [b / a for a, b in zip(one, more, strict=False)]


def fan_out(crews: Crews) -> str:
    """Deliveries."""
    rows, first = [], next(iter(crews.values())).deliveries
    for size, crew in crews.items():
        runs = crew.deliveries
        if not runs:
            rows.append((str(size), *[""] * 6, ", ".join(crew.faults)))
            continue
        cost = ratio([each.total_us for each in first], [each.total_us for each in runs])
        last = ratio([each.last_ms for each in first], [each.last_ms for each in runs])
        lost = sum(each.missing + each.duplicated + each.lost + each.refused for each in runs)
        faults = [*crew.faults, *([f"{lost} frames or sockets missing"] if lost else [])]
        rows.append(
            (
                str(size),
                spread([each.total_us for each in runs]),
                spread(cost) if cost else "",
                f"{statistics.median(each.p50_ms for each in runs):.1f}",
                f"{statistics.median(each.p99_ms for each in runs):.1f}",
                f"{statistics.median(each.last_ms for each in runs):.1f}",
                spread(last) if last else "",
                ", ".join(faults),
            )
        )
    return lines(FAN_OUT, rows)


def intake(crews: Crews) -> str:
    """Questions."""
    rows, first = [], next(iter(crews.values())).questions
    for size, crew in crews.items():
        runs = crew.questions
        if not runs:
            rows.append((str(size), *[""] * 5, ", ".join(crew.faults)))
            continue
        rate = ratio([each.per_second for each in first], [each.per_second for each in runs])
        rows.append(
            (
                str(size),
                spread([each.per_second for each in runs], 0),
                spread(rate) if rate else "",
                f"{statistics.median(each.app_us for each in runs):.0f}",
                f"{statistics.median(each.p50_ms for each in runs):.1f}",
                f"{statistics.median(each.p99_ms for each in runs):.1f}",
                ", ".join(fault for each in runs if (fault := each.fault)),
            )
        )
    return lines(INTAKE, rows)


def side_by_side(readers: int, broadcasts: int, rounds: int) -> str:
    """Several processes that are one service, on either kind of store."""
    found: dict[str, list[Shared]] = {name: [] for name in STORES}
    faults: dict[str, str] = {}
    for _ in range(rounds):
        for name, measured in STORES.items():
            try:
                found[name].append(measured(readers, broadcasts))
            except (AssertionError, OSError, RuntimeError) as error:
                faults[name] = f"{type(error).__name__}: {str(error)[:120]}"
    rows = []
    for name, runs in found.items():
        if lost := sum(run.faults for run in runs):
            faults[name] = f"{lost} frames or sockets missing"
        if not runs:
            rows.append((name, *[""] * 4, faults.get(name, "")))
            continue
        rows.append(
            (
                name,
                spread([run.app_us + run.store_us for run in runs]),
                f"{statistics.median(run.store_us for run in runs):.2f}",
                f"{statistics.median(run.last_ms for run in runs):.1f}",
                f"{statistics.median(run.p99_ms for run in runs):.1f}",
                faults.get(name, ""),
            )
        )
    return lines((*NODES, "not as it should be"), rows)


def figures(crews: Crews) -> dict[str, dict[str, float]]:
    """Medians by the number of workers."""
    found = {}
    for size, crew in crews.items():
        each: dict[str, float] = {}
        if crew.deliveries:
            runs = crew.deliveries
            each["delivery_us"] = statistics.median(run.total_us for run in runs)
            each["last_ms"] = statistics.median(run.last_ms for run in runs)
        if crew.questions:
            each["per_second"] = statistics.median(run.per_second for run in crew.questions)
        found[str(size)] = {name: round(value, 4) for name, value in each.items()}
    return found


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 readers, 3 broadcasts, 1 round")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--readers", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    broadcasts = 30
    if chosen.quick:
        chosen.readers, chosen.rounds, chosen.seconds, broadcasts = 200, 1, 2.0, 3
    allow_files(chosen.readers)
    title = f"{chosen.readers:,} readers, {ASKERS} askers at once, {chosen.rounds} rounds"
    say(title)
    plan = Plan(readers=chosen.readers, broadcasts=broadcasts)
    crews = run(chosen.workers, plan, chosen.rounds, chosen.seconds)
    shared = side_by_side(chosen.readers, broadcasts, 1)
    body = f"{fan_out(crews)}\n\n{intake(crews)}\n\n{shared}"
    say(body)
    if chosen.record:
        kept = {"readers": chosen.readers, "askers": ASKERS, "workers": figures(crews)}
        record("workers", f"### {title}\n\n{body}", None if chosen.quick else kept)


if __name__ == "__main__":
    main()
