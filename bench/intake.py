"""Intake: acknowledged questions a second, beside what the store alone could take.

    python bench/intake.py                      1 to 256 askers at once
    python bench/intake.py --quick              a few seconds, to see that everything runs
    python bench/intake.py --record             and put the tables into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from bench.rig.places import Unavailable
from bench.rig.product import room_of
from bench.rig.profile import profiled
from bench.rig.report import lines, record, say, spread
from bench.rig.taking import PROXY, Taken, take
from bench.rig.yardstick import Alone, yardstick

AT_ONCE = (1, 8, 64, 256)
PROFILED = 64
REQUESTS = 20_000
HEADING = (
    "askers at once",
    "acknowledged a second",
    "p50 ms",
    "p99 ms",
    "CPU µs a question, server",
    "store",
    "store alone, a second",
    "share of it",
    "one entry alone, a second",
    "not as it should be",
)


class Level(msgspec.Struct):
    """One number of askers: the product's runs, and the store's beside each."""

    runs: list[Taken] = []
    submits: list[Alone] = []
    appends: list[Alone] = []
    fault: str = ""

    def of(self, name: str) -> float:
        """A figure of the product: median of the rounds."""
        return float(statistics.median(getattr(run, name) for run in self.runs))

    def shares(self) -> list[float]:
        """The product's questions a second, divided by the store's in the same round."""
        pairs = zip(self.runs, self.submits, strict=False)
        return [run.per_second / alone.per_second for run, alone in pairs]

    def line(self, connections: int) -> tuple[str, ...]:
        """A line of the table."""
        faults = [fault for run in self.runs if (fault := run.fault)]
        return (
            str(connections),
            spread([run.per_second for run in self.runs], 0),
            f"{self.of('p50_ms'):.2f}",
            f"{self.of('p99_ms'):.2f}",
            f"{self.of('app_us'):.0f}",
            f"{self.of('store_us'):.0f}",
            spread([alone.per_second for alone in self.submits], 0) if self.submits else "",
            spread(self.shares()) if self.submits else "",
            spread([alone.per_second for alone in self.appends], 0) if self.appends else "",
            ", ".join([*faults, *([self.fault] if self.fault else [])]),
        )


def run(sizes: Sequence[int], rounds: int, seconds: float, requests: int) -> dict[int, Level]:
    """The product and the store alone, by turns, each afresh in every round."""
    levels = {size: Level() for size in sizes}
    for number in range(rounds):
        with room_of(settings=PROXY) as room:
            for size, level in levels.items():
                level.runs.append(take(room, size, seconds))
                found = level.runs[-1]
                say(
                    f"  {size:4} askers {found.per_second:8.0f} a second  p99 {found.p99_ms:.1f} ms"
                )
        _alone(levels, requests)
        say(f"round {number + 1} of {rounds}")
    return levels


def _alone(levels: Mapping[int, Level], requests: int) -> None:
    try:
        with yardstick() as store:
            for size, level in levels.items():
                count = requests if size > 1 else requests // 5
                level.submits.append(store.submit(size, count))
                level.appends.append(store.append(size, count))
    except (Unavailable, RuntimeError, AssertionError) as reason:
        for level in levels.values():
            level.fault = f"the store alone was not measured: {reason}"


def where(connections: int, seconds: float) -> tuple[str, dict[str, float]]:
    """Where one question's time goes: the server's by samples, the store's by its own word."""
    with room_of(settings=PROXY) as room:
        assert room.service.process
        calm = take(room, connections, seconds)
        try:
            found, _ = profiled(
                room.service.process.pid,
                int(seconds),
                lambda: take(room, connections, seconds + 2, warm_up=0),
            )
        except Unavailable as reason:
            return f"Where the time goes was not measured: {reason}", {}
    spent = {name: share * calm.app_us for name, share in found.items()}
    rows = [(name, f"{each:.0f}", f"{each / calm.total_us:.0%}") for name, each in spent.items()]
    store = {
        "the store: the script": calm.script_us,
        "the store: its file, fsync included (time, not CPU)": calm.file_us,
        "the store: all of its CPU": calm.store_us,
    }
    rows += [(name, f"{each:.0f}", "") for name, each in store.items()]
    drawn = lines(("", "µs a question", "of all CPU"), rows)
    words = f"Where the time goes, {connections} askers at once:\n\n{drawn}"
    return words, {name: round(each, 2) for name, each in (spent | store).items()}


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="8 and 64 askers, 2 seconds, 1 round")
    parser.add_argument("--askers", type=int, nargs="+", default=AT_ONCE)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    requests = REQUESTS
    if chosen.quick:
        chosen.askers, chosen.rounds, chosen.seconds, requests = (8, 64), 1, 2.0, 5_000
    title = f"{chosen.seconds:g} seconds, {chosen.rounds} rounds"
    say(title)
    levels = run(chosen.askers, chosen.rounds, chosen.seconds, requests)
    drawn = [lines(HEADING, [level.line(size) for size, level in levels.items()])]
    words, profile = where(PROFILED, chosen.seconds)
    drawn.append(words)
    asking = max(level.of("asker_us") for level in levels.values())
    drawn.append(f"Asking cost the askers' own process at most {asking:.0f} µs of CPU a question.")
    body = "\n\n".join(drawn)
    say(body)
    if chosen.record:
        figures = {
            "askers": {str(size): _figures(level) for size, level in levels.items()},
            "profile": profile,
        }
        record("intake", f"### {title}\n\n{body}", None if chosen.quick else figures)


def _figures(level: Level) -> dict[str, float]:
    found = {name: round(level.of(name), 4) for name in Taken.__struct_fields__}
    if level.submits:
        found["store_alone"] = statistics.median(each.per_second for each in level.submits)
        found["share"] = round(statistics.median(level.shares()), 4)
    return found


if __name__ == "__main__":
    main()
