"""P18. Who floods is shown out with 1008, and other people ask and read as before."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.autobahn.client import BINARY, CONT, PING, PONG, TEXT, frame
from tests.promises.company import (
    MIB,
    WORST,
    Company,
    Scales,
    Watch,
    besetting,
    besieged,
    company,
    door,
    intruder,
)
from tests.promises.stage import Stage

MOST = 20_000
FLOODS = {
    "messages": frame(TEXT, b"hello") * MOST,
    "empty messages": frame(BINARY) * MOST,
    "pings": frame(PING, b"are you there?") * MOST,
    "pongs": frame(PONG) * MOST,
    "pieces of nothing": frame(TEXT, fin=False) + frame(CONT, fin=False) * MOST,
    "pieces of a byte": frame(TEXT, b"x", fin=False) + frame(CONT, b"y", fin=False) * MOST,
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with besieged() as running:
        yield running


@pytest.fixture(scope="module")
def beside(stage: Stage) -> Iterator[tuple[Company, Watch]]:
    with company(stage) as people:
        yield people


def flood(stage: Stage, path: str, data: bytes, codes: list[int | None]) -> None:
    """One flooder, and the code that it is closed with."""
    client = intruder(stage, path)
    with client.sock:
        client.send(data)
        client.await_end()
    codes.append(client.code)


@pytest.mark.parametrize("kind", FLOODS)
def test_floods_end_with_1008_and_others_notice_nothing(
    stage: Stage, beside: tuple[Company, Watch], kind: str
) -> None:
    honest, calm = beside
    scales, logged = Scales(stage), stage.logged
    codes: list[int | None] = []
    path = door(stage)
    scales.reset()
    honest.look()
    with besetting(partial(flood, stage, path, FLOODS[kind], codes)):
        honest.go_on(8)
    assert honest.look().harm_since(calm) == []
    assert set(codes) == {1008}
    assert scales.gain() < 10 * MIB
    assert stage.logged == logged


def test_a_server_that_takes_it_all_is_found_out() -> None:
    """Control."""
    with besieged("unmoved") as faulty:
        client = intruder(faulty, door(faulty), patience=2.0)
        with client.sock:
            client.send(frame(PONG) * 2_000)
            client.say_goodbye()
            client.await_end()
        assert client.code == 1000


def test_a_server_that_stands_still_is_seen(stage: Stage, beside: tuple[Company, Watch]) -> None:
    """Control: of the people's watch."""
    honest, _ = beside
    assert stage.process
    honest.look()
    honest.go_on(1)
    stage.process.send_signal(signal.SIGSTOP)
    threading.Event().wait(WORST + 0.2)
    stage.process.send_signal(signal.SIGCONT)
    honest.go_on(1)
    seen = honest.look()
    assert max(*seen.asked, *seen.delivered) > WORST


@pytest.mark.parametrize(
    ("asked", "delivered", "harm"),
    [
        ([0.02, 1.9, 0.2], [0.24, 0.01, 1.9], []),
        ([0.02, 0.3, 0.3], [0.2] * 3, ["asked in 0.300 s, before in 0.020 s"]),
        ([0.2] * 3, [0.1, 0.81, 0.9], ["delivered in 0.810 s, before in 0.400 s"]),
        ([0.2] * 3, [0.01, 0.01, 2.1], ["delivered once in 2.100 s"]),
    ],
)
def test_harm_to_others_is_told(
    asked: list[float], delivered: list[float], harm: list[str]
) -> None:
    """Control: of what is made of it."""
    calm, now = Watch(), Watch()
    calm.asked, calm.delivered = [0.02] * 3, [0.4] * 3
    now.asked, now.delivered = asked, delivered
    assert now.harm_since(calm) == harm
