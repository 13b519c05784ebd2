"""Triage with many questions waiting: from the key to the screen, in a browser.

    python bench/triage.py                      1,000 waiting, 60 approvals
    python bench/triage.py --quick              100 waiting, 10 approvals
    python bench/triage.py --record             and put the table into RESULTS.md

README.md says what the rows mean, and what is not measured.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rig.keyboard import approvals, keystrokes, moderator, opening, steps, waiting
from bench.rig.report import lines, record, say, verdict

GOALS = {"approve": 200.0, "keystroke": 50.0}
"""Milliseconds, of the 95th percentile."""
WORDS = "worried about"
NAMES = {
    "approve": "one question approved",
    "step": "to the next question",
    "keystroke": "one letter in the filter",
}


def of(found: list[float]) -> dict[str, float]:
    """Half and nineteen of twenty were no slower; and the slowest."""
    cuts = statistics.quantiles(found, n=20, method="inclusive")
    return {
        "times": len(found),
        "p50_ms": round(statistics.median(found), 1),
        "p95_ms": round(cuts[18], 1),
        "longest_ms": round(max(found), 1),
    }


def measured(questions: int, times: int) -> dict[str, Any]:
    """One product, one browser, one moderator."""
    with waiting(questions) as service, moderator(service) as page:
        opened = [opening(page) for _ in range(5)]
        found: dict[str, Any] = {
            name: round(statistics.median(getattr(each, name) for each in opened), 1)
            for name in ("page_kb", "sent_kb", "painted_ms", "ready_ms")
        }
        found["step"] = of(steps(page, times))
        found["approve"] = of(approvals(page, times))
        found["keystroke"] = of(keystrokes(page, WORDS))
        found["load"] = round(os.getloadavg()[0], 1)
    return found


def drawn(found: dict[str, Any]) -> str:
    """The table and the verdicts."""
    rows = [
        (
            NAMES[name],
            f"{found[name]['times']}",
            *(f"{found[name][each]:.1f}" for each in ("p50_ms", "p95_ms", "longest_ms")),
        )
        for name in NAMES
    ]
    page = (
        f"The page: {found['page_kb']:.0f} KB ({found['sent_kb']:.0f} KB sent), first picture "
        f"after {found['painted_ms']:.0f} ms, ready for keys after {found['ready_ms']:.0f} ms."
    )
    load = f"The machine's load average in that minute: {found['load']:.1f}."
    goals = (
        verdict(f"{NAMES[name]}, p95 in ms", found[name]["p95_ms"], goal)
        for name, goal in GOALS.items()
    )
    heading = ("key to screen", "times", "p50 ms", "p95 ms", "longest ms")
    return "\n".join([page, load, "", lines(heading, rows), "", *goals])


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100 waiting, 10 approvals")
    parser.add_argument("--waiting", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    questions, times = (100, 10) if chosen.quick else (chosen.waiting, chosen.times)
    say(f"{questions:,} waiting, {times} approvals")
    found = measured(questions, times)
    body = f"### {questions:,} questions waiting\n\n{drawn(found)}"
    say(body)
    if chosen.record:
        record("triage", body, None if chosen.quick else {"waiting": questions, **found})


if __name__ == "__main__":
    main()
