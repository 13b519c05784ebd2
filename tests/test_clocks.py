"""No clock that somebody can set decides anything: a jump of the system's opens nothing, closes
nothing and lets nothing run out. Where processes must agree, they go by the store's clock; what is
a duration goes by a clock that only runs."""

from __future__ import annotations

import ast
import logging
import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from askpanel.chat.throttle import Throttle
from askpanel.eventlog.clock import StoreClock
from tests.promises.line import place_of
from tests.promises.stage import staged
from tests.service import SLUG

PACKAGE = Path(__file__).parent.parent / "askpanel"
HOUR, DAY = 3600, 86_400
JUMPS = [-DAY, -HOUR, HOUR, DAY]
"""Seconds."""
WALL = {
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "clock_gettime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
"""What tells the system's time, by the module or class that it is asked of."""
ALLOWED = {
    "chat/vitals.py": ["time.time"],  # a number: when this process began
    "doctor/sight.py": ["time.time"],  # compared with other clocks: that is what is examined
    "eventlog/enginecheckup.py": ["time.time"],  # the same
    "eventlog/clock.py": ["time.time"],  # until the store has been heard for the first time
    "eventlog/lua/common.lua": ["TIME"],  # the store's own, for every script
    "static/countdown.mjs": ["Date.now"] * 2,  # to find out that it was set
    "static/socket.mjs": ["Date.now"] * 2,  # it goes on while a device sleeps; see below
}


def in_python(source: str) -> list[str]:
    """Every use of the system's clock, as it is written."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rsplit(".", 1)[-1]
            if node.attr in WALL.get(owner, ()):
                found.append(f"{owner}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [f"time.{each.name}" for each in node.names if each.name in WALL["time"]]
    return found


READERS: dict[str, Callable[[str], list[str]]] = {
    ".py": in_python,
    ".mjs": lambda source: re.findall(r"Date\.now|new Date\b|Date\(\)", source),
    ".js": lambda source: re.findall(r"Date\.now|new Date\b|Date\(\)", source),
    ".lua": lambda source: re.findall(r"(?<=')TIME(?=')", source),
}


def uses(folder: Path) -> dict[str, list[str]]:
    """By file; what we did not write ourselves is left out."""
    found = {
        path.relative_to(folder).as_posix(): READERS[path.suffix](path.read_text("utf-8"))
        for path in sorted(folder.rglob("*"))
        if path.suffix in READERS and "vendor" not in path.parts
    }
    return {name: each for name, each in found.items() if each}


def test_the_system_clock_is_asked_nowhere_but_where_it_decides_nothing() -> None:
    assert uses(PACKAGE) == ALLOWED


@pytest.mark.parametrize(
    ("name", "line", "use"),
    [
        ("a.py", "import time\nstarted = time.time()", "time.time"),
        ("a.py", "from time import time_ns", "time.time_ns"),
        ("a.py", "import datetime\nx = datetime.datetime.now(datetime.UTC)", "datetime.now"),
        ("a.py", "from datetime import date\nx = date.today", "date.today"),
        ("a.mjs", "const at = new Date().getTime();", "new Date"),
        ("a.lua", "local t = redis.call('TIME')", "TIME"),
    ],
)
def test_a_new_use_is_found(tmp_path: Path, name: str, line: str, use: str) -> None:
    (tmp_path / name).write_text(line)
    assert uses(tmp_path) == {name: [use]}
    (tmp_path / name).write_text("pass" if name == "a.py" else "")
    assert uses(tmp_path) == {}


# A clock that jumps


class Ticking:
    """A clock that only runs, and that the test winds on. Seconds."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def set_system_clock(monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    was = time.time
    monkeypatch.setattr(time, "time", lambda: was() + jump)


@pytest.mark.parametrize("jump", JUMPS)
def test_the_store_s_time_goes_on_through_a_jump_of_ours(
    monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    ticking = Ticking()
    clock = StoreClock(ticking)
    clock.set(5_000_000)
    set_system_clock(monkeypatch, jump)
    ticking.seconds += 1.5
    assert clock() == 5_001_500


@pytest.mark.parametrize("jump", JUMPS)
def test_an_operator_hears_that_the_store_s_clock_was_set(
    caplog: pytest.LogCaptureFixture, jump: int
) -> None:
    ticking = Ticking()
    clock = StoreClock(ticking)
    with caplog.at_level(logging.ERROR, logger="askpanel"):
        clock.set(DAY * 10_000_000)  # the first time is news, not a jump
        ticking.seconds += 20
        clock.set(DAY * 10_000_000 + 22_000)  # an answer that took its time
        assert not caplog.records
        clock.set(DAY * 10_000_000 + 22_000 + jump * 1000)
    assert [each.getMessage() for each in caplog.records] == [
        f"the store's clock was set by {jump:+d} seconds"
    ]
    assert clock() == DAY * 10_000_000 + 22_000 + jump * 1000


@pytest.mark.parametrize(("running", "kept"), [(1_050, 1_050), (900, 1_000), (1_200, 1_100)])
def test_what_an_answer_took_moves_nothing(running: int, kept: int) -> None:
    """The store said 1,000 at some moment of the hundred milliseconds that its answer took."""
    clock = StoreClock(Ticking())
    clock.set(running)
    clock.set(1_000, took_ms=100)
    assert clock() == kept


@pytest.mark.parametrize(("written", "then"), [(1_040, 1_040), (990, 1_000), (3_600_000, 1_000)])
def test_what_the_store_has_written_is_not_in_the_future(written: int, then: int) -> None:
    clock = StoreClock(Ticking())
    clock.set(1_000)
    clock.at_least(written)
    assert clock() == then


@pytest.mark.parametrize("jump", JUMPS)
def test_a_minute_of_waiting_stays_a_minute(monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    ticking = Ticking()
    throttle = Throttle(1, 9, ticking)
    assert throttle.question("first", "sam", "home") == 0
    ticking.seconds += 20
    assert throttle.question("second", "sam", "home") == 40
    set_system_clock(monkeypatch, jump)
    assert throttle.question("second", "sam", "home") == 40
    ticking.seconds += 39
    assert throttle.question("second", "sam", "home") == 1
    ticking.seconds += 1
    assert throttle.question("second", "sam", "home") == 0
    assert throttle.question("third", "sam", "home") == 60


def test_the_program_s_own_clock_moves_on_by_itself() -> None:
    """Nobody gave it another: what stands still could never run out."""
    throttle = Throttle(1, 9)
    throttle.question("first", "sam", "home")
    assert 59 <= throttle.question("second", "sam", "home") <= 60


@pytest.mark.parametrize("fault", ["a_day_ahead", "a_day_behind"])
def test_a_machine_whose_clock_is_wrong_by_a_day_serves_like_any_other(fault: str) -> None:
    """The whole program: phase, questions, sign-in, claim, and the limit on guessing."""
    with staged(fault=fault, QUESTIONS_PER_MINUTE="2") as stage, stage.participant() as sam:
        page = sam.page()
        assert 'data-phase="live"' in page
        assert place_of(page)[0] > 0
        for wanted in (201, 201, 429):
            answer = sam.ask("Is it the same time for all of us?")
            assert answer.status_code == wanted
        assert int(answer.headers["retry-after"]) <= 60
        with closing(stage.staff("asha")) as asha, closing(stage.staff("morgan")) as morgan:
            assert asha.command(1, "approve").status_code == 200
            assert morgan.command(1, "claim").status_code == 200
            assert asha.get(f"/staff/sessions/{SLUG}/triage").status_code == 200
            assert "The claim has run out" not in morgan.get(f"/staff/sessions/{SLUG}/desk").text
        assert stage.question(1).state == "claimed"
        wrong = [
            sam.post("/staff/sign-in", data={"username": "bea", "password": "not hers"})
            for _ in range(11)
        ]
        assert [each.status_code for each in wrong] == [401] * 10 + [429]
        assert int(wrong[-1].headers["retry-after"]) <= 300
