"""A long page: what one more answer costs a reader's browser, and an hour of events its memory.

    python bench/page.py                        500 answers, 60 more, 3,600 events
    python bench/page.py --quick                100 answers, 10 more, 360 events
    python bench/page.py --record               and put the tables into RESULTS.md

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

from bench.rig.longpage import appends, long_page, reader, replay
from bench.rig.report import lines, record, say, verdict
from tests.browser.weighing import Weight

FRAME_MS = 1000 / 60
FLAT = 1.1
"""An hour may leave a tenth more behind than its first tenth did."""
STEPS = 6
NAMES = {
    "busy_ms": "the main thread, ms",
    "cpu_ms": "of it on a processor, ms",
    "longest_ms": "its longest task, ms",
}


def of(found: list[float]) -> dict[str, float]:
    """Half and nineteen of twenty were no slower; and the slowest."""
    cuts = statistics.quantiles(found, n=20, method="inclusive")
    return {
        "median": round(statistics.median(found), 2),
        "p95": round(cuts[18], 2),
        "most": round(max(found), 2),
    }


def measured(answers: int, times: int, events: int) -> dict[str, Any]:
    """One product, one browser, one reader."""
    with long_page(answers, times + 1) as (service, hour), reader(service) as (browser, page):
        costs = appends(browser, page, hour, times)
        found: dict[str, Any] = {
            name: of([getattr(cost, name) for cost in costs]) for name in NAMES
        }
        found["laid_out"] = max(cost.laid_out for cost in costs)
        found["objects"] = max(cost.objects for cost in costs)
        # What is only made when something first happens, belongs to no event.
        replay(page, hour, events // 10)
        weights = [replay(page, hour, events // STEPS) for _ in range(STEPS)]
        found["weights"] = [
            {
                "heap_kb": round(w.heap_kb),
                "nodes": w.nodes,
                "loose": w.loose,
                "listeners": w.listeners,
            }
            for w in weights
        ]
        found["flat"] = round(growth(weights), 4)
        found["load"] = round(os.getloadavg()[0], 1)
    return found


def growth(weights: list[Weight]) -> float:
    """How much heavier the last is than the first: by heap or by nodes, whichever is worse."""
    first, last = weights[0], weights[-1]
    return max(last.heap_kb / first.heap_kb, last.nodes / first.nodes)


def drawn(found: dict[str, Any], events: int) -> str:
    """The tables and the verdicts."""
    rows = [
        (words, *(f"{found[name][each]:.1f}" for each in ("median", "p95", "most")))
        for name, words in NAMES.items()
    ]
    layout = (
        f"Laid out anew for one answer: at most {found['laid_out']} of {found['objects']:,} "
        f"objects. The machine's load average in that minute: {found['load']:.1f}."
    )
    weights = [
        (
            f"{(step + 1) * (events // STEPS):,}",
            f"{each['heap_kb']:,}",
            f"{each['nodes']:,}",
            f"{each['loose']:,}",
            f"{each['listeners']}",
        )
        for step, each in enumerate(found["weights"])
    ]
    return "\n".join(
        [
            lines(("one more answer", "median", "p95", "most"), rows),
            "",
            layout,
            "",
            lines(("events", "heap, KB", "nodes", "of them loose", "listeners"), weights),
            "",
            verdict("one more answer, p95 in ms of a frame", found["busy_ms"]["p95"], FRAME_MS),
            verdict("after an hour, times what it was", found["flat"], FLAT),
        ]
    )


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100 answers, 10 more, 360 events")
    parser.add_argument("--answers", type=int, default=500)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--events", type=int, default=3_600)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.answers, chosen.times, chosen.events = 100, 10, 360
    title = f"{chosen.answers:,} answers, {chosen.times} more, {chosen.events:,} events"
    say(title)
    found = measured(chosen.answers, chosen.times, chosen.events)
    body = f"### {title}\n\n{drawn(found, chosen.events)}"
    say(body)
    if chosen.record:
        record("page", body, None if chosen.quick else {"answers": chosen.answers, **found})


if __name__ == "__main__":
    main()
