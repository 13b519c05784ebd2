"""P1. A question that was acknowledged exists exactly once, whatever dies at that moment."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import msgspec
import pytest

from askpanel.eventlog.model import Change, Question, State
from bench.chaos.disk import MortalEngine, Worst
from tests.engines import start_engine, wait_until
from tests.promises.asking import Aof, Book, asking, faults_of, more, refused
from tests.promises.stage import Stage, staged
from tests.service import SLUG

STEP = 25
"""Questions between two disasters: enough that everybody was answered again."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


def kill_engine(stage: Stage, book: Book) -> None:
    os.kill(stage.engine_pid, signal.SIGKILL)


def stop_engine_in_its_tracks(stage: Stage, book: Book) -> None:
    pid = stage.engine_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(refused(book))
    finally:
        os.kill(pid, signal.SIGCONT)


def cut_every_connection_to_the_store(stage: Stage, book: Book) -> None:
    with stage.store() as store:
        store.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def kill_program(stage: Stage, book: Book) -> None:
    stage.kill()
    stage.start()


def kill_program_and_engine(stage: Stage, book: Book) -> None:
    pid = stage.engine_pid
    stage.kill()
    os.kill(pid, signal.SIGKILL)
    stage.start()


def test_what_was_acknowledged_is_stored_once_through_every_disaster(stage: Stage) -> None:
    disasters = (
        kill_engine,
        stop_engine_in_its_tracks,
        cut_every_connection_to_the_store,
        kill_program,
        kill_program_and_engine,
    )
    with asking(stage.url, Aof(stage.folder / "data")) as book:
        wait_until(more(book, STEP))
        for disaster in disasters:
            disaster(stage, book)
            wait_until(more(book, STEP))
    stored = stage.snapshot().questions
    assert faults_of(book, stored) == []
    assert book.not_on_disk == []
    assert book.strange == []
    assert len(stored) >= book.count >= STEP * 6
    assert book.refused > 0, "no disaster was felt"


def through_power_cuts(engine: MortalEngine, book: Book) -> None:
    for turn in range(3):
        wait_until(more(book, STEP))
        engine.cut_power(Random(turn) if turn else Worst())
        engine.start()
    wait_until(more(book, STEP))


def through_full_disks(engine: MortalEngine, book: Book) -> None:
    for _ in range(3):
        wait_until(more(book, STEP))
        engine.fill_disk()
        wait_until(refused(book))
        wait_until(lambda: not engine.runs)
        engine.make_room()
        engine.start()
    wait_until(more(book, STEP))


def through_a_power_cut_with_a_sync_every_second(engine: MortalEngine, book: Book) -> None:
    wait_until(more(book, STEP))
    with engine.client() as client:
        client.config_set("appendfsync", "everysec")
    wait_until(more(book, STEP))
    engine.cut_power(Worst())
    engine.start()


def faults_on(disk: Callable[[MortalEngine, Book], None]) -> list[str]:
    """What is wrong with what is stored, after people have asked on such a disk."""
    with closing(MortalEngine()) as engine:
        engine.start()
        with staged(engine=engine) as stage:
            with asking(stage.url) as book:
                disk(engine, book)
            return faults_of(book, stage.snapshot().questions)


@pytest.mark.parametrize("disk", [through_power_cuts, through_full_disks])
def test_what_was_acknowledged_is_stored_once_on_a_bad_disk(
    disk: Callable[[MortalEngine, Book], None],
) -> None:
    assert faults_on(disk) == []


# Controls


def test_an_engine_that_syncs_every_second_is_found_out() -> None:
    assert faults_on(through_a_power_cut_with_a_sync_every_second) != []


def test_an_engine_that_keeps_nothing_on_disk_is_found_out() -> None:
    with (
        start_engine("--appendonly", "no") as engine,
        staged(engine=engine, ALLOW_WEAK_PERSISTENCE="yes") as stage,
    ):
        with asking(stage.url, Aof(engine.folder), clients=1) as book:
            wait_until(more(book, 3))
        engine.kill()
        engine.start()
        with stage.store() as store:
            records = store.hvals(f"askpanel:{{{SLUG}}}:questions")
        stored = [msgspec.json.decode(record, type=Question) for record in records]
        assert len(faults_of(book, stored)) == book.count
        assert len(book.not_on_disk) == book.count


def question(number: int, text: str) -> Question:
    return Question(
        number=number,
        state=State.PENDING,
        text=text,
        lang="en",
        author="sam",
        at=1,
        changed=Change(command="submit", at=1),
    )


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        ([question(1, "a")], "acknowledged as {2}, stored as None: b"),
        ([question(1, "a"), question(2, "b"), question(3, "b")], "stored twice: b"),
        ([question(1, "a"), question(3, "b")], "the numbers are not dense"),
        ([question(1, "b"), question(2, "a")], "acknowledged as {1}, stored as 2: a"),
        ([question(1, "a"), question(2, "b"), question(3, "c")], "never sent: c"),
    ],
)
def test_the_book_shows_each_kind_of_fault(stored: list[Question], fault: str) -> None:
    book = Book()
    book.sent = {"x": "a", "y": "b"}
    book.acknowledged = {"x": {1}, "y": {2}}
    assert faults_of(book, [question(1, "a"), question(2, "b")]) == []
    assert fault in faults_of(book, stored)


def test_the_append_only_file_is_read_as_it_grows(tmp_path: Path) -> None:
    aof = Aof(tmp_path)
    file = tmp_path / "appendonlydir" / "appendonly.aof.1.incr.aof"
    file.parent.mkdir()
    for mark in ("first", "second"):
        assert not aof.holds(mark)
        with file.open("a") as grown:
            grown.write(mark)
        assert aof.holds(mark)
