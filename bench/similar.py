"""Similar questions: are the right ones offered, and what does noticing cost a submission?

    python bench/similar.py                     quality, and cost with 100 to 10,000 questions
    python bench/similar.py --quick             100 and 1,000 questions
    python bench/similar.py --record            and put the tables into RESULTS.md

README.md says what the rows and columns mean.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read
from askpanel.moderation.flags import flags_of
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.similar import THRESHOLD, Similarities
from askpanel.moderation.watchlist import WatchList
from bench.rig.compiler import BENCH
from bench.rig.pairing import Pair, filled, offered, pairs, quality
from bench.rig.report import lines, record, say, verdict

THRESHOLDS = (55, 60, 65, 70, 75, 80)
SIZES = (100, 1_000, 10_000)
WORDS = 60
"""Of other questions, at most, that are added to each to make a session's questions long."""
SESSION = BENCH.parent / "askpanel" / "examples" / "gmp-lucy-faithfull.toml"
MOST_MS = {1_000: 2.0, 10_000: 5.0}
"""How long a search may hold the event loop, with so many questions."""


class Cost(msgspec.Struct, frozen=True):
    """Milliseconds of CPU for one call: the middle, the 99th of a hundred, the most."""

    p50: float
    p99: float
    most: float


def qualities(every: Sequence[Pair]) -> str:
    """Precision and recall at each threshold, of the pairs it was chosen on and of the others."""
    rows = []
    for threshold in THRESHOLDS:
        row = [f"{threshold}{' (ours)' if threshold == THRESHOLD else ''}"]
        for part in ("chosen", "held"):
            found = quality([pair for pair in every if pair.part == part], threshold)
            row += [f"{found.precision:.3f}", f"{found.recall:.3f}"]
        rows.append(row)
    heading = ("threshold", "precision, chosen on", "recall", "precision, held out", "recall")
    return lines(heading, rows)


def mistakes(every: Sequence[Pair]) -> str:
    """Every pair on the wrong side of our threshold."""
    wrong = [pair for pair in every if (pair.score >= THRESHOLD) != pair.same]
    said = [
        f"- {'missed' if pair.same else '**offered**'} ({pair.part}, {pair.score}): "
        f"“{pair.a}” and “{pair.b}”"
        for pair in wrong
    ]
    return "\n".join(["On the wrong side of our threshold:\n", *said])


def in_a_session(session: Session, every: list[Pair]) -> tuple[str, dict[str, float]]:
    """What a moderator would be shown, with all of the questions in one session."""
    found = list(offered(session, every))
    same = [(pair, texts) for pair, texts in found if pair.same]
    right = sum(pair.b in texts for pair, texts in same)
    first = sum(texts[:1] == [pair.b] for pair, texts in same)
    near = sum(pair.b in texts for pair, texts in found if not pair.same)
    figures = {"shown": right / len(same), "first": first / len(same), "mistaken": near}
    words = (
        f"With all {len(found)} second questions waiting in one session: of {len(same)} questions "
        f"that have a twin there, {right} are shown it among three, {first} in the first place; "
        f"{near} of {len(found) - len(same)} are shown the one that only looks alike."
    )
    return words, figures


def made(every: Sequence[Pair], number: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Texts of a session's length and words."""
    texts = [(text, pair.lang) for pair in every for text in (pair.a, pair.b)]
    words = {
        lang: [word for text, spoken in texts if spoken == lang for word in text.split()]
        for lang in ("en", "cy")
    }
    for _ in range(number):
        text, lang = chance.choice(texts)
        more = chance.choices(words[lang], k=chance.randint(5, WORDS))
        yield f"{text} {' '.join(more)}"[:1000], lang


def costs(
    session: Session, every: Sequence[Pair], size: int, chance: random.Random
) -> dict[str, Cost]:
    """What each step costs with so many questions in the session."""
    projection, similarities = filled(session, made(every, size, chance)), Similarities()
    reading = []
    left = True
    while left:
        begun = time.thread_time()
        left = similarities.read_more(projection)
        reading.append((time.thread_time() - begun) * 1e3)
    asked = list(made(every, 500, chance))
    watch = WatchList(packaged().watch)
    short = [(pair.a, pair.lang) for pair in every]
    return {
        "reading": _cost(reading),
        "similar": _timed(lambda text, lang: similarities.found(text, lang, projection), asked),
        "similar, short": _timed(
            lambda text, lang: similarities.found(text, lang, projection), short
        ),
        "flags": _timed(lambda text, lang: flags_of(text, lang, watch), asked),
        "flags, short": _timed(lambda text, lang: flags_of(text, lang, watch), short),
    }


def _timed(look: Callable[[str, str], object], texts: Sequence[tuple[str, str]]) -> Cost:
    spent = []
    for text, lang in texts:
        begun = time.thread_time()
        look(text, lang)
        spent.append((time.thread_time() - begun) * 1e3)
    return _cost(spent)


def _cost(spent: list[float]) -> Cost:
    ordered = sorted(spent)
    return Cost(ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], ordered[-1])


def main() -> None:
    """Measure, print, and record if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100 and 1,000 questions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="add an entry to RESULTS.md")
    chosen = parser.parse_args()
    every, session = pairs(), read(SESSION)
    shown, figures = in_a_session(session, every)
    drawn = [
        f"{len(every)} labelled pairs, {sum(pair.same for pair in every)} of them the same.",
        qualities(every),
        mistakes(every),
        shown,
    ]
    found: dict[int, dict[str, Cost]] = {}
    for size in SIZES[:2] if chosen.quick else SIZES:
        gc.collect()
        gc.freeze()  # as the product does, once it is up
        found[size] = costs(session, every, size, random.Random(chosen.seed))
    rows = [
        (f"{name}, {size:,} questions", f"{c.p50:.2f}", f"{c.p99:.2f}", f"{c.most:.2f}")
        for size, steps in found.items()
        for name, c in steps.items()
    ]
    drawn.append(lines(("ms of CPU", "p50", "p99", "most"), rows))
    goals = [
        verdict(f"a search holds the loop {most:g} ms at the most, {size:,} questions: p99, ms",
                found[size]["similar"].p99, most)
        for size, most in MOST_MS.items()
        if size in found
    ]  # fmt: skip
    drawn.append("\n".join(goals))
    body = "\n\n".join(drawn)
    say(body)
    if chosen.record:
        held = quality([pair for pair in every if pair.part == "held"], THRESHOLD)
        kept = {
            "held": {"precision": held.precision, "recall": held.recall},
            "session": figures,
            "questions": {str(size): steps for size, steps in found.items()},
        }
        record("similar", body, None if chosen.quick else kept)


if __name__ == "__main__":
    main()
