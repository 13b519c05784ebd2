"""Bytes that go past the transport: in order, whole, and never to anybody else."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from askpanel.chat import frames
from askpanel.chat.subscribers import MOST_BACKLOG, Member, Subscribers
from askpanel.chat.wire import Wire
from tests.chat.peers import eventually, peer
from tests.chat.serving import BIG, Application, serving
from tests.fakewire import FakeWire, unframed


@asynccontextmanager
async def attended(
    count: int,
) -> AsyncIterator[tuple[Application, list[ClientConnection], Subscribers]]:
    """Readers on a real server, all of them subscribed."""
    app, subscribers = Application(), Subscribers()
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(serving(app))
        readers = []
        for _ in range(count):
            readers.append(await stack.enter_async_context(connect(served.url, compression=None)))
            await eventually(lambda: len(app.wires) == len(readers) and not app.wire.closed)
            subscribe(subscribers, app.wire)
        yield app, readers, subscribers


def subscribe(subscribers: Subscribers, wire: Wire) -> Member:
    member = Member(wire, "public", "en")
    subscribers.add(member)
    wire.when_over(partial(subscribers.discard, member))
    return member


def direct(subscribers: Subscribers) -> int:
    """How many the next frame would be written to past their transports."""
    subscribers._step_forward()
    return len(subscribers._direct)


async def test_everybody_gets_the_same_frames_in_order() -> None:
    async with attended(5) as (_, readers, subscribers):
        assert direct(subscribers) == 5, "these were to go past the transport"
        for position in range(1, 20):
            assert subscribers.write(frames.heartbeat(position, 0)) == []
        for reader in readers:
            told = [await reader.recv() for _ in range(19)]
            assert told == [f'{{"position":{n},"since":0}}' for n in range(1, 20)]


async def test_what_waits_in_the_transport_goes_first() -> None:
    async with attended(1) as (app, (sam,), subscribers):
        app.wire.write(frames.heartbeat(1, 0))
        subscribers.write(frames.heartbeat(2, 0))  # no turn of the loop between
        app.wire.write(frames.heartbeat(3, 0))
        subscribers.write(frames.heartbeat(4, 0))
        assert [await sam.recv() for _ in range(4)] == [
            f'{{"position":{n},"since":0}}' for n in (1, 2, 3, 4)
        ]


async def test_whoever_writes_through_the_transport_is_noticed() -> None:
    async with attended(2) as (app, (sam, _), subscribers):
        assert direct(subscribers) == 2
        app.wires[0].send_keepalive_ping()  # type: ignore[attr-defined] # as the server does by the clock
        assert len(subscribers._direct) == 1
        subscribers.write(frames.heartbeat(1, 0))
        assert await sam.recv() == '{"position":1,"since":0}'
        await eventually(lambda: direct(subscribers) == 2)
        pong = await sam.ping()
        await pong
        assert len(subscribers._direct) == 1, "the answer to a ping goes through it too"


async def test_a_reader_that_takes_half_a_frame_gets_the_other_half_before_the_next() -> None:
    app, subscribers = Application(), Subscribers()
    async with serving(app) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await eventually(lambda: app.wires and not app.wire.closed)
            subscribe(subscribers, app.wire)
            assert direct(subscribers) == 1
            sent = 0
            while app.wire.waiting() == 0:
                subscribers.write(BIG)
                sent += 1
            assert app.wire.waiting() % len(BIG), "no frame was cut in two"
            for position in (1, 2, 3):
                subscribers.write(frames.heartbeat(position, 0))
            heard = bytearray()
            expected = BIG * sent + b"".join(frames.heartbeat(n, 0) for n in (1, 2, 3))
            while len(heard) < len(expected):
                heard += await alex.read()
            assert bytes(heard) == expected
            assert unframed(bytes(heard))
            subscribers.write(frames.heartbeat(4, 0))
            assert await alex.read() == frames.heartbeat(4, 0)


async def test_a_reader_that_stopped_is_named_and_the_others_are_written_to() -> None:
    app, subscribers = Application(), Subscribers()
    async with serving(app) as served, connect(served.url, max_size=None, max_queue=None) as sam:
        await eventually(lambda: app.wires and not app.wire.closed)
        subscribe(subscribers, app.wire)
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await eventually(lambda: len(app.wires) == 2 and not app.wire.closed)
            slow = subscribe(subscribers, app.wire)
            sent, behind = 0, list[Member]()
            while slow not in behind:
                behind = subscribers.write(BIG)
                sent += 1
                assert len(str(await sam.recv())) > 60_000
            assert behind == [slow]
            assert app.wire.waiting() > MOST_BACKLOG
            assert sent < 40


async def test_whoever_has_gone_is_forgotten_before_the_number_is_given_to_another(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("private") / "record"
    async with attended(1) as (app, (sam,), subscribers):
        descriptor = app.wire.descriptor
        assert descriptor > 0
        await sam.close()
        await eventually(lambda: app.wire.closed)
        assert len(subscribers) == 0
        await eventually(lambda: not is_open(descriptor))
        opened: list[int] = []
        while descriptor not in opened:  # the lowest free number is the next one
            opened.append(os.open(place, os.O_CREAT | os.O_RDWR))
        try:
            subscribers.write(BIG)
            assert place.read_bytes() == b""
        finally:
            for each in opened:
                os.close(each)


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


@pytest.mark.parametrize("ending", ["cut", "abort", "vanish"])
async def test_however_a_socket_ends_nothing_is_written_to_it_afterwards(ending: str) -> None:
    async with attended(2) as (app, (sam, alex), subscribers):
        gone, stays = app.wires
        if ending == "cut":
            gone.cut(1013, "retry=2")
        elif ending == "abort":
            gone.transport.abort()  # type: ignore[attr-defined]
        else:
            sam.transport.abort()
        if ending == "cut":
            assert len(subscribers) == 1, "it was to be forgotten at once"
        await eventually(lambda: len(subscribers) == 1)
        assert [member.wire for member in subscribers] == [stays]
        subscribers.write(frames.heartbeat(7, 0))
        assert await alex.recv() == '{"position":7,"since":0}'


async def test_a_broken_socket_among_many_is_no_matter_to_the_others() -> None:
    async with attended(3) as (_, readers, subscribers):
        assert direct(subscribers) == 3
        broken = next(iter(subscribers))
        hole, other = socket.socketpair()
        other.close()
        try:
            # A number on which the kernel answers EPIPE, in the place of the first one's.
            first = subscribers._direct.pop(broken.descriptor)
            subscribers._direct = {hole.fileno(): first, **subscribers._direct}
            subscribers.write(frames.heartbeat(1, 0))
            subscribers.write(frames.heartbeat(2, 0))
        finally:
            hole.close()
        for reader in readers:
            assert await reader.recv() == '{"position":1,"since":0}'
            assert await reader.recv() == '{"position":2,"since":0}'


def test_those_who_are_left_out_are_written_to_again_next_time() -> None:
    subscribers = Subscribers()
    sam, alex = (Member(FakeWire(), "public", "en", key) for key in ("sam", "alex"))
    for member in (sam, alex):
        subscribers.add(member)
    subscribers.write(b"one", without=subscribers.of({"sam", "nobody"}))
    subscribers.write(b"two")
    assert (wire_of(sam).writes, wire_of(alex).writes) == ([b"two"], [b"one", b"two"])
    assert subscribers.discard(sam)
    assert not subscribers.discard(sam)
    assert subscribers.of({"sam"}) == []
    assert list(subscribers) == [alex]


def wire_of(member: Member) -> FakeWire:
    assert isinstance(member.wire, FakeWire)
    return member.wire


async def test_a_socket_under_tls_is_written_to_through_its_transport() -> None:
    async with attended(1) as (app, _, _):
        app.wire.scheme = "wss"  # type: ignore[attr-defined]
        assert app.wire.descriptor == -1


@pytest.mark.parametrize(
    "story",
    [
        test_everybody_gets_the_same_frames_in_order,
        test_what_waits_in_the_transport_goes_first,
        test_a_reader_that_takes_half_a_frame_gets_the_other_half_before_the_next,
        test_a_reader_that_stopped_is_named_and_the_others_are_written_to,
        partial(test_however_a_socket_ends_nothing_is_written_to_it_afterwards, "cut"),
        partial(test_however_a_socket_ends_nothing_is_written_to_it_afterwards, "abort"),
        partial(test_however_a_socket_ends_nothing_is_written_to_it_afterwards, "vanish"),
        test_a_broken_socket_among_many_is_no_matter_to_the_others,
    ],
)
def test_the_same_on_the_loop_that_the_service_runs_on(
    story: Callable[[], Coroutine[None, None, None]],
) -> None:
    uvloop.run(story())


def test_a_closed_descriptor_is_forgotten_in_time_on_that_loop_too(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    uvloop.run(
        test_whoever_has_gone_is_forgotten_before_the_number_is_given_to_another(tmp_path_factory)
    )
