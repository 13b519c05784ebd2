"""Fan-out: one text to every reader, by the product, by the limit, and by the peers.

    python bench/fanout.py                      2,000 and 10,000 readers
    python bench/fanout.py --quick              200 readers, to see that everything runs
    python bench/fanout.py --only nchan ws      some rows (the limit always runs)
    python bench/fanout.py --record             and put the tables into RESULTS.md

README.md says what the rows and columns mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig.candidates import LIMIT, PEERS, PREPARED, Candidate
from bench.rig.limits import allow_files
from bench.rig.measure import Figures, Plan, measure
from bench.rig.places import Unavailable
from bench.rig.product import PRODUCT, WHOLE_LIFE
from bench.rig.report import Row, figures_of, record, say, table, verdicts

CANDIDATES = (PRODUCT, WHOLE_LIFE, PREPARED, *PEERS)
QUICK = Plan(readers=200, broadcasts=3)
ALONE = Plan(readers=1, broadcasts=50)


def plans(sizes: list[int]) -> list[Plan]:
    """As many broadcasts as make the CPU clocks exact, but no more deliveries than needed."""
    return [Plan(readers=size, broadcasts=min(60, max(12, 120_000 // size))) for size in sizes]


def run(plan: Plan, rounds: int, candidates: list[Candidate]) -> dict[str, Row]:
    """All candidates in turn, as often as there are rounds; the limit before and after each
    round, so that every ratio is one of the same minutes."""
    rows = {each.key: Row(each.name) for each in (LIMIT, *candidates)}
    for number in range(rounds):
        around = [_measured(LIMIT, plan, rows)]
        found = {each.key: _measured(each, plan, rows) for each in candidates}
        around.append(_measured(LIMIT, plan, rows))
        limits = [figures.total_us for figures in around if figures]
        limit = sum(limits) / len(limits)
        for key, figures in found.items():
            if figures:
                rows[key].ratios.append(figures.total_us / limit)
        say(f"round {number + 1} of {rounds}: the limit was {limits[0]:.2f} to {limits[-1]:.2f} µs")
    return rows


def _measured(candidate: Candidate, plan: Plan, rows: dict[str, Row]) -> Figures | None:
    row = rows[candidate.key]
    if row.fault and not row.runs:
        return None
    try:
        figures = measure(candidate, plan)
    except Unavailable as reason:
        row.fault = str(reason)
    except (AssertionError, OSError, RuntimeError) as error:
        row.fault = f"{type(error).__name__}: {str(error)[:120]}"
    else:
        row.runs.append(figures)
        say(
            f"  {candidate.name:40} {figures.total_us:8.2f} µs"
            f"  p99 {figures.p99_ms:8.1f} ms  {figures.broadcast_ms:8.2f} ms CPU a broadcast"
        )
        return figures
    say(f"  {candidate.name:40} {row.fault}")
    return None


def alone() -> str:
    """What one answer costs before anybody but one reader hears of it."""
    figures = measure(PRODUCT, ALONE)
    return (
        f"One answer to one reader: {figures.app_us / 1e3:.2f} ms of CPU in the server and "
        f"{figures.store_us / 1e3:.2f} ms in the store, p50 {figures.p50_ms:.1f} ms."
    )


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 readers, 3 broadcasts, 1 round")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=[each.key for each in CANDIDATES])
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    allow_files(max(chosen.sizes))
    candidates = [each for each in CANDIDATES if not chosen.only or each.key in chosen.only]
    body, sizes = [], {}
    for plan in [QUICK] if chosen.quick else plans(chosen.sizes):
        rounds = 1 if chosen.quick else chosen.rounds
        title = f"{plan.readers:,} readers, {plan.broadcasts} broadcasts, {rounds} rounds"
        say(title)
        rows = run(plan, rounds, candidates)
        sizes[str(plan.readers)] = figures_of(rows)
        drawn = f"{table(rows.values())}\n"
        if PRODUCT in candidates:
            drawn += f"\n{verdicts(rows, PRODUCT.key, LIMIT.key)}\n"
        say(drawn)
        body.append(f"### {title}\n\n{drawn}")
    if PRODUCT in candidates:
        body.append(alone())
        say(body[-1])
    if chosen.record:
        # What --quick or --only finds is no headline.
        whole = not (chosen.quick or chosen.only)
        record("fan-out", "\n\n".join(body), {"sizes": sizes} if whole else None)


if __name__ == "__main__":
    main()
