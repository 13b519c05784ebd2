"""P17. What is too large ends with 1009 and costs next to nothing, however it comes: in one piece,
in many, or packed so that it unfolds to a thousand times its size."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator

import pytest

from tests.autobahn.client import (
    BINARY,
    CLOSE,
    CONT,
    EMPTY_BLOCK,
    PING,
    TEXT,
    Client,
    frame,
    pieces,
)
from tests.promises.company import (
    MIB,
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

DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
MOST = 4096
"""Bytes that a message to us may have."""


def bomb(size: int, rounds: int = 1) -> bytes:
    """So many zeros, packed once or again and again, as the payload of one message."""
    packed = bytes(size)
    for _ in range(rounds):
        compressor = zlib.compressobj(9, wbits=-15)
        packed = compressor.compress(packed) + compressor.flush(zlib.Z_SYNC_FLUSH)
        packed = packed.removesuffix(EMPTY_BLOCK)
    return packed


SMALL, LARGE = bomb(3_900_000), bomb(64 * MIB)
RSV1 = 4
INDIGESTIBLE = {
    "one byte too many": (frame(TEXT, b"x" * (MOST + 1)), 1009),
    "more than 64 KB": (frame(TEXT, b"x" * (64 * 1024 + 1)), 1009),
    "a megabyte": (frame(BINARY, bytes(MIB)), 1009),
    "the announcement of the largest": (b"\x82\xff\x7f" + b"\xff" * 7 + bytes(4), 1009),
    "pieces that are small": (b"".join(pieces(TEXT, b"x" * (64 * 1024 + 1), 1024)), 1009),
    "a last piece too many": (frame(TEXT, b"x" * MOST, fin=False) + frame(CONT, b"x"), 1009),
    "a bomb that is small": (frame(TEXT, SMALL, rsv=RSV1), 1009),
    "a bomb that is large": (frame(TEXT, LARGE, rsv=RSV1), 1009),
    "a bomb in pieces": (b"".join(pieces(TEXT, LARGE, 1024, RSV1)), 1009),
    "a bomb behind a message": (frame(TEXT, b"hello") + frame(TEXT, SMALL, rsv=RSV1), 1009),
    "what cannot be unpacked": (frame(TEXT, b"\xff\xff\xff", rsv=RSV1), 1002),
    "a ping of 126 bytes": (frame(PING, bytes(126)), 1002),
    "a ping of a megabyte": (frame(PING, bytes(MIB)), 1009),
    "a close of 126 bytes": (frame(CLOSE, b"\x03\xe8" + bytes(124)), 1002),
    "text that is none": (frame(TEXT, b"\xff\xfe"), 1007),
    "a ping in pieces": (frame(PING, b"x", fin=False) + frame(CONT, b"y"), 1002),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with besieged() as running:
        yield running


@pytest.fixture(scope="module")
def beside(stage: Stage) -> Iterator[tuple[Company, Watch]]:
    with company(stage) as people:
        yield people


def end(stage: Stage, path: str, data: bytes) -> Client:
    """Somebody's socket after they have sent that."""
    client = intruder(stage, path, offer=DEFLATE, patience=5.0)
    assert client.agreed
    with client.sock:
        client.send(data)
        client.await_end()
    return client


def test_the_bombs_are_bombs() -> None:
    assert len(SMALL) < MOST
    assert len(LARGE) < 64 * MIB / 1000


@pytest.mark.parametrize("kind", INDIGESTIBLE)
def test_what_cannot_be_digested_ends_with_its_code_and_costs_little(
    stage: Stage, beside: tuple[Company, Watch], kind: str
) -> None:
    honest, calm = beside
    scales, path, logged = Scales(stage), door(stage), stage.logged
    data, expected = INDIGESTIBLE[kind]
    codes: list[int | None] = []
    scales.reset()
    honest.look()
    with besetting(lambda: codes.append(end(stage, path, data).code)):
        honest.go_on(4)
    assert set(codes) == {expected}
    assert scales.gain() < 30 * MIB
    assert honest.look().harm_since(calm) == []
    assert stage.logged == logged


def test_a_message_of_the_largest_size_is_no_fault(stage: Stage) -> None:
    client = intruder(stage, door(stage))
    with client.sock:
        client.send(frame(TEXT, b"x" * MOST))
        client.say_goodbye()
        client.await_end()
    assert client.code == 1000


def test_frames_that_come_byte_by_byte_and_never_end_are_cut_by_the_unanswered_ping(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    """Within a frame nobody can answer a ping."""
    honest, calm = beside
    scales, path = Scales(stage), door(stage)
    scales.reset()
    honest.look()
    drops = [intruder(stage, path) for _ in range(50)]
    for drop in drops:
        drop.sock.setblocking(False)
    waiting, pause = list(drops), threading.Event()
    for byte in frame(TEXT, bytes(MOST)):
        for drop in waiting:
            drop.send(bytes([byte]))
            drop.glance()
        waiting = [drop for drop in waiting if not drop.ended]
        if not waiting:
            break
        pause.wait(0.02)
    for drop in drops:
        drop.sock.close()
    assert waiting == []
    assert scales.gain() < 10 * MIB
    assert honest.look().harm_since(calm) == []


@pytest.mark.parametrize("kind", ["more than 64 KB", "a bomb that is large"])
def test_a_server_that_swallows_it_is_found_out(kind: str) -> None:
    """Control."""
    with besieged("insatiable") as faulty:
        scales, (data, expected) = Scales(faulty), INDIGESTIBLE[kind]
        path = door(faulty)
        scales.reset()
        client = intruder(faulty, path, offer=DEFLATE, patience=2.0)
        with client.sock:
            client.send(data)
            client.send(frame(PING))
            client.await_events(2)  # where the room is, and the pong
        assert client.code != expected
        assert kind == "more than 64 KB" or scales.gain() > 30 * MIB
