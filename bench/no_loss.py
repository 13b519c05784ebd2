"""No loss: continuous load, one disaster after the other, and an accounting at the end.

    python bench/no_loss.py                     400 faults, in ten evenings
    python bench/no_loss.py --quick             one evening of 20 faults
    python bench/no_loss.py --minutes 60        for so long, however many faults that is
    python bench/no_loss.py --seed 7 --faults 40     the same faults again
    python bench/no_loss.py --record            and put the account into RESULTS.md

README.md, under "Chaos", says what is done and what is not. Ends with 1 on any breach.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.chaos import account
from bench.chaos.account import Breach
from bench.chaos.run import Account, Plan, suffered
from bench.rig.report import say
from bench.rig.results import record

AN_EVENING = 40
"""Faults with one store and one session: its pages stay as long as a real evening's."""
MOST_SHOWN = 40


def totals(evenings: list[Account]) -> str:
    """The tables and the last line of all evenings together."""
    kinds = sum((each.faults for each in evenings), Counter[str]())
    waits = [wait for each in evenings for wait in each.waits]
    worst = max(waits, key=lambda wait: wait[1])
    breaches = [breach for each in evenings for breach in each.breaches]
    rows = [f"| {name} | {count} |" for name, count in sorted(kinds.items())]
    positions, refused, unknown, resets = (
        sum(getattr(each, name) for each in evenings)
        for name in ("positions", "refused", "unknown", "resets")
    )
    told = (
        f"{positions:,} entries in {len(evenings)} logs; {refused:,} submissions were refused "
        f"and sent again; {unknown:,} times nobody heard what came of a command; {resets:,} "
        "screens were told to fetch the page. Longest wait for an acknowledgement after a fault "
        f"was healed: {worst[1]:.2f} s ({worst[0]})."
    )
    return "\n".join(
        [
            "| fault | times |",
            "|---|--:|",
            *rows,
            "",
            told,
            "",
            *(f"- {breach.kind}: {breach.words}" for breach in breaches[:MOST_SHOWN]),
            *([""] if breaches else []),
            sentence(kinds, evenings, breaches),
        ]
    )


def figures(evenings: list[Account]) -> dict[str, object]:
    """What tools may draw from."""
    breaches = [breach for each in evenings for breach in each.breaches]
    return {
        "faults": sum(each.faults.total() for each in evenings),
        "acknowledged": sum(each.acknowledged for each in evenings),
        "breaches": dict(Counter(breach.kind for breach in breaches)),
        "longest_wait_s": max(each.longest_wait for each in evenings),
    }


def sentence(kinds: Counter[str], evenings: list[Account], breaches: list[Breach]) -> str:
    """The last line."""
    return account.sentence(kinds.total(), sum(each.acknowledged for each in evenings), breaches)


async def suffer(chosen: argparse.Namespace) -> list[Account]:
    """Evening after evening, each with a seed of its own."""
    evenings: list[Account] = []
    until = time.monotonic() + chosen.minutes * 60
    left = chosen.faults
    while left > 0 if not chosen.minutes else time.monotonic() < until:
        seed = chosen.seed + len(evenings)
        faults = min(AN_EVENING, left) if not chosen.minutes else AN_EVENING
        say(f"evening {len(evenings) + 1}, seed {seed}")
        plan = Plan(
            seed=seed,
            faults=faults,
            longest=chosen.longest,
            workers=chosen.workers,
            soon=chosen.soon,
        )
        evenings.append(await suffered(plan, say))
        left -= evenings[-1].faults.total()
        say(evenings[-1].sentence)
    return evenings


def main() -> int:
    """Suffer, print, and record if told to; gives the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one evening of 20 faults")
    parser.add_argument("--faults", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=0, help="instead of a number of faults")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--longest", type=float, default=8.0, help="seconds that a fault lasts")
    parser.add_argument("--workers", type=int, default=2, help="of the first program")
    parser.add_argument("--soon", type=float, default=5.0, help="seconds; P6")
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.faults, chosen.minutes, chosen.longest = 20, 0, 3.0
    evenings = asyncio.run(suffer(chosen))
    body = totals(evenings)
    say(body)
    if chosen.record:
        record("no loss", body, figures(evenings))
    return 1 if any(each.breaches for each in evenings) else 0


if __name__ == "__main__":
    sys.exit(main())
