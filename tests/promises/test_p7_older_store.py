"""P7. If the store loses data, everybody is told: a new epoch, and screens that begin anew.

Nobody may go on reading a session that no longer is what they have seen of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.engines import PrivateEngine, start_engine, wait_until
from tests.promises.asking import PATH
from tests.promises.line import Line, dial, frames_until, place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG

PAGE = f"/sessions/{SLUG}"
ANSWER: dict[str, Any] = {"text": "Yes.", "lang": "en"}
LATE = "What was asked after the loss?"
Lose = Callable[[PrivateEngine, Path], None]


def from_an_older_copy(engine: PrivateEngine, copy: Path) -> None:
    engine.kill()
    shutil.rmtree(engine.folder / "appendonlydir")
    shutil.copytree(copy, engine.folder / "appendonlydir")
    engine.start()


def without_its_file(engine: PrivateEngine, copy: Path) -> None:
    engine.kill()
    shutil.rmtree(engine.folder / "appendonlydir")
    engine.start()


def emptied_behind_our_back(engine: PrivateEngine, copy: Path) -> None:
    with engine.client() as client:
        client.execute_command("FLUSHALL")


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        yield running


def send(stage: Stage, text: str) -> httpx.Response:
    with stage.browser(Accept="application/json") as browser:
        return browser.post(PATH, data={"id": uuid4().hex, "text": text})


def publish(stage: Stage, number: int) -> None:
    """Ask a question that gets this number, and answer it."""
    assert send(stage, f"Question number {number}?").json()["number"] == number
    asha, morgan = stage.staff("asha"), stage.staff("morgan")
    assert asha.command(number, "approve").status_code == 200
    assert morgan.command(number, "claim").status_code == 200
    assert morgan.command(number, "answer", **ANSWER).status_code == 200


def has_page(stage: Stage) -> bool:
    with stage.browser() as browser:
        return browser.get(PAGE).status_code == 200


def everybody_is_told(
    stage: Stage, engine: PrivateEngine, lose: Lose, tmp: Path, seconds: float = 15
) -> None:
    """Two readers, one who is away just then, and a store that forgets the second answer."""
    publish(stage, 1)
    shutil.copytree(engine.folder / "appendonlydir", tmp / "copy")
    with stage.browser() as browser:
        position, epoch = place_of(browser.get(PAGE).text)
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(stage, position, epoch)) for _ in range(4)]
        publish(stage, 2)
        wait_until(lambda: all(line.appended() == [2] for line in lines))
        seen = lines[0].position
        lose(engine, tmp / "copy")
        wait_until(lambda: all(line.faults for line in lines), seconds=seconds)
    assert [line.faults for line in lines] == [[f"reset at {line.position}"] for line in lines]
    if lose in (without_its_file, emptied_behind_our_back):
        wait_until(lambda: not has_page(stage), seconds=seconds)
        stage.set_scene()
    wait_until(lambda: has_page(stage), seconds=seconds)

    # Whoever was away asks for what came after the last thing that they have seen.
    path = f"{PAGE}/live?after={seen}&epoch={epoch}"
    with dial(stage, path) as line:
        assert frames_until(line, 10_000)[-1] == {"reset": True}

    # What is acknowledged from here on is there, once, and everybody sees the same.
    answer = send(stage, LATE)
    assert answer.status_code == 201
    held = stage.snapshot()
    assert held.epoch != epoch
    kept = [q for q in held.questions if q.text == LATE]
    assert [q.number for q in kept] == [answer.json()["number"]]
    page = ""

    def is_agreed() -> bool:
        """Whichever worker one comes to."""
        nonlocal page
        for _ in range(8):
            with stage.browser() as browser:
                page = browser.get(f"{PAGE}?position={answer.json()['position']}").text
            if place_of(page) != (held.position, held.epoch):
                return False
        return True

    wait_until(is_agreed, seconds=seconds)
    for number in (1, 2):
        is_held = any(q.number == number and q.state == "answered" for q in held.questions)
        assert (f'id="question-{number}"' in page) == is_held
    with Line(stage, *place_of(page)) as newcomer:
        asha, morgan = stage.staff("asha"), stage.staff("morgan")
        number = kept[0].number
        assert asha.command(number, "approve").status_code == 200
        assert morgan.command(number, "claim").status_code == 200
        assert morgan.command(number, "answer", **ANSWER).status_code == 200
        wait_until(lambda: newcomer.appended() == [kept[0].number], seconds=seconds)
    assert newcomer.faults == []


@pytest.mark.parametrize("lose", [from_an_older_copy, without_its_file, emptied_behind_our_back])
def test_a_store_that_forgets_is_noticed_and_everybody_begins_anew(
    engine: PrivateEngine, lose: Lose, tmp_path: Path
) -> None:
    with staged(engine=engine) as stage:
        everybody_is_told(stage, engine, lose, tmp_path)


def test_every_worker_tells_its_own_readers(engine: PrivateEngine, tmp_path: Path) -> None:
    with staged(engine=engine, workers=2) as stage:
        everybody_is_told(stage, engine, from_an_older_copy, tmp_path)


# Control


def test_a_program_that_does_not_look_is_found_out(engine: PrivateEngine, tmp_path: Path) -> None:
    with (
        staged(engine=engine, fault="oblivious") as stage,
        pytest.raises(AssertionError, match="did not come true"),
    ):
        everybody_is_told(stage, engine, from_an_older_copy, tmp_path, seconds=5)
