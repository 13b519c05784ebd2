"""The disk that forgets what was not synced, and the disk that is full."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

import pytest
import redis

from bench.chaos.disk import MortalEngine, Worst
from tests.engines import wait_until


class Best(Random):
    """Chance at its best: everything had been written in time."""

    def random(self) -> float:
        return 1.0

    def randint(self, a: int, b: int) -> int:
        return b


@pytest.fixture
def engine() -> Iterator[MortalEngine]:
    built = MortalEngine()
    yield built
    built.close()


def write(engine: MortalEngine, program: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines of Python on the engine's disk."""
    helped = (
        "import os\n"
        "def put(name, data, *, sync=False):\n"
        "    fd = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_APPEND)\n"
        "    while data: data = data[os.write(fd, data):]\n"
        "    if sync: os.fsync(fd)\n"
        "    os.close(fd)\n"
        "def move(): os.rename('b', 'a')\n"
        "def sync(): fd = os.open('.', os.O_RDONLY); os.fsync(fd); os.close(fd)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", helped + program],
        cwd=engine.data,
        env=dict(engine.environment),
        capture_output=True,
        text=True,
        check=False,
    )


def found(engine: MortalEngine) -> dict[str, str]:
    return {path.name: path.read_text() for path in engine.data.iterdir()}


@pytest.mark.parametrize(
    ("program", "kept", "at_best"),
    [
        ("put('a', b'one', sync=True); sync(); put('a', b'two')", {"a": "one"}, {"a": "onetwo"}),
        ("put('a', b'one', sync=True)", {}, {"a": "one"}),
        ("put('a', b'one'); sync()", {"a": ""}, {"a": "one"}),
        (
            "put('a', b'old', sync=True); put('b', b'new', sync=True); sync(); move()",
            {"a": "old", "b": "new"},
            {"a": "new"},
        ),
        (
            "put('a', b'old', sync=True); sync(); put('b', b'new', sync=True); move(); sync()",
            {"a": "new"},
            {"a": "new"},
        ),
        ("put('a', b'one', sync=True); sync(); os.unlink('a')", {"a": "one"}, {}),
    ],
    ids=["grown", "name not synced", "bytes not synced", "renamed", "renamed for good", "removed"],
)
def test_after_a_power_cut_there_is_what_was_synced(
    engine: MortalEngine, program: str, kept: dict[str, str], at_best: dict[str, str]
) -> None:
    done = write(engine, program)
    assert done.returncode == 0, done.stderr
    before = found(engine)
    engine.cut_power(Best())
    assert found(engine) == at_best == before
    # What is there after a power cut is on the disk, so the same again starts from nothing.
    for path in engine.data.iterdir():
        path.unlink()
    engine.cut_power(Best())
    assert write(engine, program).returncode == 0
    engine.cut_power(Worst())
    assert found(engine) == kept


def test_a_full_disk_takes_half_and_then_nothing(engine: MortalEngine) -> None:
    engine.fill_disk()
    done = write(engine, "put('a', b'1234')")
    assert "No space left on device" in done.stderr
    assert found(engine) == {"a": "12"}
    engine.make_room()
    assert write(engine, "put('a', b'34')").returncode == 0
    assert found(engine) == {"a": "1234"}


def test_an_engine_on_a_full_disk_acknowledges_nothing_and_loses_nothing(
    engine: MortalEngine,
) -> None:
    engine.start()
    with engine.client() as client:
        client.set("before", "1")
        engine.fill_disk()
        with pytest.raises(redis.RedisError):
            client.set("during", "1")
    wait_until(lambda: not engine.runs)
    engine.make_room()
    engine.start()
    with engine.client() as client:
        wait_until(lambda: answers(client))
        assert client.keys() == [b"before"]


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.BusyLoadingError:
        return False


def rewrite(client: redis.Redis) -> None:
    with suppress(redis.ResponseError):  # it has begun by itself
        client.bgrewriteaof()


def go_on(client: redis.Redis) -> None:
    client.ping()


@pytest.mark.parametrize("meanwhile", [rewrite, go_on])
def test_an_engine_that_always_syncs_keeps_every_answer_through_power_cuts(
    engine: MortalEngine, meanwhile: Callable[[redis.Redis], None]
) -> None:
    kept: set[bytes] = set()
    for turn in range(4):
        engine.start()
        with engine.client() as client:
            wait_until(lambda client=client: answers(client))  # type: ignore[misc]
            assert set(client.keys()) == kept
            for number in range(40):
                if number == 30:
                    meanwhile(client)
                client.set(f"{turn}-{number}", "x" * 10_000)
                kept.add(f"{turn}-{number}".encode())
        engine.cut_power(Worst() if turn % 2 else Random(turn))


def test_an_engine_that_syncs_every_second_does_not() -> None:
    """Control."""
    engine = MortalEngine("--appendfsync", "everysec")
    try:
        engine.start()
        with engine.client() as client:
            for number in range(200):
                client.set(f"{number}", "x")
        assert engine.cut_power(Worst()) > 0
        engine.start()
        with engine.client() as client:
            wait_until(lambda: answers(client))
            assert client.dbsize() < 200
    finally:
        engine.close()
