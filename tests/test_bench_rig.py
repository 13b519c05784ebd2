"""The instruments of `bench/`: what they count, and that a fault is counted as one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from bench import growth
from bench.bytes import goals as compare
from bench.bytes import replayed
from bench.rig import places, profile, yardstick
from bench.rig.askers import Crowd
from bench.rig.measure import Figures
from bench.rig.profile import REST, owner, shares
from bench.rig.report import Row, figures_of, spread, verdict
from bench.rig.results import Measured
from bench.rig.taking import Taken

ROOT = Path(__file__).parent.parent
TAKEN = Taken(
    connections=8,
    acknowledged=100,
    stored=100,
    refused=0,
    per_second=50.0,
    p50_ms=1.0,
    p99_ms=2.0,
    app_us=300.0,
    store_us=60.0,
    script_us=40.0,
    file_us=20.0,
    asker_us=20.0,
)
LOOP = "run (/lib/uvicorn/server.py:70);run (/lib/asyncio/runners.py:118)"


def test_a_question_that_was_acknowledged_and_is_not_there_is_called_lost() -> None:
    assert TAKEN.fault == ""
    assert "1 acknowledged and LOST" in msgspec.structs.replace(TAKEN, stored=99).fault
    assert "2 stored without a word" in msgspec.structs.replace(TAKEN, stored=102).fault
    assert msgspec.structs.replace(TAKEN, stored=102, refused=2).fault == "2 not acknowledged"


async def test_only_an_answer_that_says_stored_is_counted_as_one() -> None:
    crowd = Crowd(8000, "stop-it-now", 1.0)
    crowd.answered(b"HTTP/1.1 201 Created\r\ncontent-length: 2", 0.001)
    crowd.answered(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2", 0.001)
    assert crowd.statuses == {"201": 1, "429": 1}
    assert len(crowd.delays) == 1


async def test_no_two_questions_are_the_same_one() -> None:
    crowd = Crowd(8000, "stop-it-now", 1.0)
    asked = [crowd.request().partition(b"&id=")[2] for _ in range(200)]
    assert len(set(asked)) == 200


def test_a_sample_belongs_to_the_innermost_that_we_name() -> None:
    form = f"{LOOP};app (/lib/starlette/routing.py:70);submit (askpanel/chat/ask.py:160)"
    assert owner(form) == "form: reading and checking"
    sending = f"{form};submit (askpanel/eventlog/store.py:140)"
    assert owner(f"{sending};send (/lib/redis/asyncio/connection.py:9)") == owner(sending)
    assert owner(sending) == "redis-py: the store's client"
    # What nobody of ours wrote counts for whoever called it.
    assert owner(f"{form};normalize (lib/python3.11/codecs.py:1)") == owner(form)
    assert owner("f (somewhere.py:1)") == REST


def test_a_thread_that_waits_is_no_work() -> None:
    working = "f (askpanel/chat/ask.py:1) 30\ng (askpanel/chat/throttle.py:1) 10\n"
    waiting = "run (/lib/threading.py:1);wait (/lib/threading.py:331) 500\n"
    assert shares(working + waiting) == {"form: reading and checking": 0.75, "throttle": 0.25}
    assert shares("") == {}


def test_every_owner_is_somebody_that_exists() -> None:
    ours = [place for named in profile.OWNERS.values() for place in named if ".py" in place]
    found = {str(path) for path in (ROOT / "askpanel").rglob("*.py")}
    for place in ours:
        assert place == "urllib/parse.py" or any(path.endswith(place) for path in found), place


def test_a_replayed_frame_has_a_place_and_a_moment_of_its_own() -> None:
    words = replayed(
        [b'{"position":7,"since":5,"ops":["sent=1795305902061344096 Yes."]}', b"other"]
    )
    first = words(40)
    assert first.startswith(b'{"position":40,"since":39,"ops":["sent=')
    assert b"1795305902061344096" not in first
    assert words(41) == b"other"


def test_a_row_that_was_not_measured_says_why() -> None:
    rows: dict[str, Row] = {"nchan": Row("Nchan", fault="no such package")}
    assert figures_of(rows) == {"nchan": {"name": "Nchan", "faults": "no such package"}}
    assert "not measured: no such package" in rows["nchan"].line()


def test_a_goal_that_was_missed_is_said_in_bold() -> None:
    assert verdict("at most 1.5 × the limit", 1.5, 1.5).startswith("- met")
    assert verdict("at most 1.5 × the limit", 1.51, 1.5).startswith("- **not met**")
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00 to 3.00)"
    assert spread([1.0]) == "1.00"


def test_the_tools_numbers_are_read_from_the_end_of_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The name of the test is the whole command, quotes and all.
    said = (
        '"test","rps"\n"EVALSHA 1 {"text":"2"}","3448.28","0.286","0.080","0.143","0.6","0.9","2"'
    )

    def run(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(stdout=said, stderr="", returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(
        places,
        "store_benchmark",
        lambda: SimpleNamespace(command=["tool"], environment={}),
    )
    engine: Any = SimpleNamespace(socket="s", url="unix:///s")
    found = yardstick.Yardstick(engine).append(8, 100)
    assert (found.per_second, found.p50_ms, found.p99_ms) == (3448.28, 0.143, 0.9)
    said = '"test","rps"\nError from server: NOSCRIPT'
    with pytest.raises(RuntimeError, match="NOSCRIPT"):
        yardstick.Yardstick(engine).append(8, 100)


def test_a_measured_entry_survives_its_file() -> None:
    measured = Measured("bytes", "2026-11-22 01:00", "2 cores", {"goals": {"cpu": 0.2}})
    kept = msgspec.json.encode(measured)
    assert msgspec.json.decode(kept, type=Measured) == measured


def figures(**found: float) -> Figures:
    """A run of which only this matters."""
    plain: dict[str, Any] = dict.fromkeys(Figures.__struct_fields__, 1.0)
    faultless = {"refused": 0, "missing": 0, "duplicated": 0, "lost": 0, "garbled": 0}
    return msgspec.convert(plain | faultless | found, Figures, strict=False)


def test_a_delivery_that_grows_dearer_with_the_crowd_misses_its_goal() -> None:
    def sizes(most_ms: float) -> dict[int, growth.Size]:
        costs = {1: 2.0, 101: 3.0, 1_001: most_ms}
        return {
            number: growth.Size(runs=[figures(event_ms=ms, kib_each=11.0)], ratios=[1.0])
            for number, ms in costs.items()
        }

    flat, steep = sizes(12.0), sizes(22.0)
    assert growth.marginal(flat) == {101: 10.0, 1_001: 10.0}
    assert not any("not met" in line for line in growth.goals(flat, flat, flat))
    missed = [line for line in growth.goals(flat, flat, steep) if "not met" in line]
    assert len(missed) == 1
    assert "a delivery is as cheap with 1,001 sockets: 2.00" in missed[0]


def test_an_event_that_grows_dearer_with_the_log_misses_its_goal() -> None:
    steep = {10: growth.Size(ratios=[1.0]), 10_000: growth.Size(ratios=[3.0, 3.2, 2.9])}
    flat = {1: growth.Size(runs=[figures()], ratios=[1.0])}
    said = growth.goals(steep, flat, flat)
    assert "- **not met**: an event is as cheap with 10,000 questions: 3.00" in said


def test_a_frame_that_only_some_could_read_stands_in_the_table() -> None:
    row = Row("Askpanel", runs=[figures(garbled=3, delivered=0.5)])
    assert row.faults() == "only 50.0% delivered, 3 garbled"


def test_shared_compression_is_compared_within_its_round() -> None:
    def row(*costs: float) -> Row:
        return Row("", runs=[figures(app_us=cost, store_us=0.0) for cost in costs])

    rows = {"plain": row(8, 80), "shared": row(9, 90), "bare": row(10, 100), "each": row(36, 360)}
    assert compare(rows)["cpu"][1] == 0.25
    assert compare({**rows, "each": Row("", fault="it does not start")}) == {}
