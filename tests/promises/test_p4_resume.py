"""P4. Whoever comes back misses nothing and sees nothing twice, in order; or is told to reload."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Refused, StoreAway
from askpanel.eventlog.store import SNAPSHOT_ENTRIES, Store
from tests.cast import ASHA, MORGAN
from tests.engines import PrivateEngine, start_engine, wait_until
from tests.promises.line import Line, dial, frames_until, place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG

EACH = 5
"""Questions asked and answered between two disasters."""


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        yield running


@pytest.fixture(scope="module")
def stage(engine: PrivateEngine) -> Iterator[Stage]:
    with staged(engine=engine) as running:
        yield running


def place(stage: Stage) -> tuple[int, str]:
    with stage.browser() as browser:
        return place_of(browser.get(f"/sessions/{SLUG}").text)


def publish(engine: PrivateEngine, count: int) -> list[int]:
    """Ask and answer so many questions in the store; gives their numbers as they were answered."""

    async def publishing() -> list[int]:
        async with connect(engine.url) as client:
            store = Store(client)
            return [await publish_one(store) for _ in range(count)]

    return asyncio.run(publishing())


async def publish_one(store: Store) -> int:
    """Every step is safe to repeat until the store has answered."""
    nonce, number = uuid4().hex, 0
    while True:
        try:
            done = await store.submit(SLUG, nonce=nonce, text="Why?", lang="en", author="sam")
            number = done.question.number
            await store.decide(SLUG, number, "approve", ASHA)
            await store.decide(SLUG, number, "answer", MORGAN, text="So.", lang="en")
        except StoreAway:
            continue
        except Refused:  # it was answered by an attempt whose answer was lost
            return number
        return number


def reached(lines: list[Line], stage: Stage) -> None:
    """Wait until everybody has seen everything."""
    last = stage.snapshot().position
    wait_until(lambda: all(line.position >= last or line.faults for line in lines))


def test_readers_see_everything_once_through_every_disaster(
    stage: Stage, engine: PrivateEngine
) -> None:
    after, epoch = place(stage)
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(stage, after, epoch, way)) for way in ("", "/cy", "")]
        wait_until(lambda: all(line.dialled for line in lines))
        expected = publish(engine, EACH)
        reached(lines, stage)

        stage.kill()
        expected += publish(engine, EACH)  # while nobody is there to tell
        stage.start()
        expected += publish(engine, EACH)
        reached(lines, stage)

        engine.kill()
        engine.start()
        expected += publish(engine, EACH)
        reached(lines, stage)

        engine.pause()
        wait_until(lambda: "lost" in told_now(stage, lines[0]))
        engine.resume()
        expected += publish(engine, EACH)
        reached(lines, stage)

        stage.stop()
        expected += publish(engine, EACH)
        stage.start()
        reached(lines, stage)
    for line in lines:
        assert line.faults == []
        assert line.dialled >= 3
        assert line.appended() == expected
        positions = [frame["position"] for frame in line.frames]
        assert positions == sorted(set(positions))


def told_now(stage: Stage, reader: Line) -> set[str]:
    """What somebody who comes this moment, after the same position, is told of the store."""
    path = f"/sessions/{SLUG}/live?after={reader.position}&epoch={reader.epoch}"
    with dial(stage, path) as line, contextlib.suppress(TimeoutError):
        frames = [json.loads(line.recv(timeout=5))]
        while True:
            frames.append(json.loads(line.recv(timeout=0.2)))
    return {frame.get("status", "") for frame in frames}


@pytest.mark.parametrize(
    "query",
    [
        "after=-1&epoch={epoch}",
        "after=1000000000000&epoch={epoch}",
        "after={ahead}&epoch={epoch}",
        "after={position}&epoch=another",
        "after={position}",
        "epoch={epoch}",
        "after=two&epoch={epoch}",
        "after=²&epoch={epoch}",
        "after=1e1&epoch={epoch}",
        "after=&epoch=",
        "",
    ],
)
def test_what_cannot_be_continued_is_a_reload_and_nothing_else(stage: Stage, query: str) -> None:
    position, epoch = place(stage)
    asked = query.format(position=position, ahead=position + 1, epoch=epoch)
    with dial(stage, f"/sessions/{SLUG}/live?{asked}") as line:
        assert json.loads(line.recv(timeout=5)) == {"reset": True}
        with pytest.raises(ConnectionClosed) as end:
            line.recv(timeout=5)
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 1000


def test_beyond_the_kept_run_comes_an_explicit_reload(stage: Stage, engine: PrivateEngine) -> None:
    _, epoch = place(stage)

    async def flood() -> None:
        async with connect(engine.url) as client:
            store = Store(client)

            async def ask(count: int) -> None:
                for _ in range(count):
                    await store.submit(SLUG, nonce=uuid4().hex, text="?", lang="en", author="alex")

            await asyncio.gather(*(ask(SNAPSHOT_ENTRIES // 32) for _ in range(32)))

    asyncio.run(flood())
    wait_until(lambda: place(stage)[0] == stage.snapshot().position)
    newest = stage.snapshot().position
    position = newest - SNAPSHOT_ENTRIES
    assert position > 0
    path = f"/sessions/{SLUG}/live?epoch={epoch}&after="
    with dial(stage, f"{path}{position}") as line:
        run = frames_until(line, newest)
        assert run == [{"position": newest, "since": run[0]["since"]}]
        assert run[0]["since"] <= position
    with dial(stage, f"{path}{position - 1}") as line:
        assert json.loads(line.recv(timeout=5)) == {"reset": True}


# Controls


@pytest.mark.parametrize(
    ("positions", "fault"),
    [
        ([(6, 5), (7, 6), (9, 8)], "8 did not come after 7"),
        ([(6, 5), (7, 6), (6, 5)], "6 came again"),
        ([(7, 6)], "6 did not come after 5"),
        ([(6, 5), (9, 9)], "9 did not come after 6"),
    ],
)
def test_the_reader_notices_gaps_and_repetitions(
    stage: Stage, positions: list[tuple[int, int]], fault: str
) -> None:
    line = Line(stage, 5, "epoch")
    for position, since in positions:
        ops = [["remove", "question-1"]] if since < position else None
        line.hear({"position": position, "since": since, "ops": ops})
    assert line.faults == [fault]


@pytest.mark.parametrize(("fault", "missed"), [("forgetful", 1), ("repeating", 0)])
def test_a_server_that_resumes_at_the_wrong_place_is_found_out(
    stage: Stage, engine: PrivateEngine, fault: str, missed: int
) -> None:
    faulty = Stage(engine=engine, fault=fault)
    try:
        faulty.start()
        publish(engine, 1)
        newest = faulty.snapshot().position
        wait_until(lambda: place(faulty)[0] == newest)
        position, epoch = place(faulty)
        with Line(faulty, position - missed, epoch) as line:
            wait_until(lambda: line.faults)
    finally:
        faulty.close()
