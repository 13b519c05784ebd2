"""The seam: what a room writes reaches those who read, and those who do not are cut off."""

from __future__ import annotations

import asyncio
import gc
import os
import socket

import pytest
from websockets.asyncio.client import connect

from askpanel.chat import frames
from askpanel.chat.anonymity import Anonymity
from askpanel.chat.wire import SocketWire, server_config
from tests.chat.peers import UPGRADE, eventually, peer
from tests.chat.serving import BIG, Application, fill, is_closed, serving, stalled_since


async def test_a_written_frame_reaches_the_client() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(frames.heartbeat(7, 0))
        assert await client.recv() == '{"position":7,"since":0}'


async def test_several_frames_in_one_write_are_several_messages() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(b"".join([frames.heartbeat(1, 0), BIG, frames.reset()]))
        assert await client.recv() == '{"position":1,"since":0}'
        assert len(await client.recv()) > 60_000
        assert await client.recv() == '{"reset":true}'


async def test_written_frames_and_asgi_messages_keep_their_order() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(frames.heartbeat(1, 0))
        await client.send("echo")
        assert await client.recv() == '{"position":1,"since":0}'
        assert await client.recv() == "echo"
        app.wire.write(frames.heartbeat(2, 0))
        assert await client.recv() == '{"position":2,"since":0}'


async def test_nothing_is_written_before_the_socket_is_accepted() -> None:
    app = Application()
    app.accepting.clear()
    async with serving(app) as served:
        with peer(served.port) as sam:
            opening = asyncio.create_task(sam.upgrade())
            await eventually(lambda: app.wires)
            assert is_closed(app)
            app.wire.write(frames.heartbeat(1, 0))
            app.accepting.set()
            assert await opening == "HTTP/1.1 101 Switching Protocols"
            assert not is_closed(app)
            app.wire.write(frames.heartbeat(2, 0))
            assert await sam.read() == frames.heartbeat(2, 0)


async def test_writing_to_a_closed_socket_is_ignored() -> None:
    app = Application()
    async with serving(app) as served:
        async with connect(served.url):
            await eventually(lambda: app.wires)
            assert not is_closed(app)
        await eventually(lambda: app.wire.closed)
        app.wire.write(BIG)
        app.wire.cut(1013, "retry=3")
        await eventually(lambda: not served.connections)
        app.wire.write(BIG)
        app.wire.cut(1013, "retry=3")
        assert app.wire.waiting() == 0
    assert not app.failures


async def test_writing_to_a_peer_that_vanished_never_raises() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port) as alex:
            await alex.upgrade()
        while served.connections:
            app.wire.write(BIG)
            await asyncio.sleep(0)
        app.wire.write(BIG)
        assert is_closed(app)


async def test_a_reader_that_stops_stalls_and_one_that_resumes_does_not() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            assert (app.wire.waiting(), app.wire.stalled_since) == (0, None)
            before = asyncio.get_running_loop().time()
            await fill(app)
            assert app.wire.waiting() > 64 * 1024
            since = stalled_since(app)
            assert before <= (since or 0) <= asyncio.get_running_loop().time()
            app.wire.write(BIG)
            assert stalled_since(app) == since
            while stalled_since(app) is not None:
                assert await alex.read()
            assert app.wire.waiting() <= 64 * 1024


async def test_the_kernel_hides_little_of_what_is_not_read() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            assert isinstance(app.wire, SocketWire)
            sock = app.wire.transport.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 128 * 1024
            assert await fill(app) < 512 * 1024


def test_what_keeps_logs_quiet_cannot_be_set_otherwise() -> None:
    with pytest.raises(TypeError):
        server_config("askpanel.app:app", host="127.0.0.1", port=0, access_log=True)


async def test_nothing_here_remembers_the_handshake_of_an_open_socket() -> None:
    app = Application()
    canary = f"canary-{os.getpid()}"
    async with serving(Anonymity(app)) as served:
        with peer(served.port) as alex:
            await alex.send(f"{UPGRADE}User-Agent: {canary}\r\n\r\n")
            await alex.read_head()
            assert not holders(canary)
            assert isinstance(app.wire, SocketWire)
            assert app.wire.client is None


def holders(text: str) -> list[object]:
    """Everything alive that directly holds a text, or bytes, with this in it."""

    def telling(value: object) -> bool:
        if isinstance(value, tuple):
            return any(map(telling, value))
        return (isinstance(value, str) and text in value) or (
            isinstance(value, bytes) and text.encode() in value
        )

    gc.collect()
    found: list[object] = []
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            found += [thing] if any(map(telling, [*thing, *thing.values()])) else []
        elif isinstance(thing, list | tuple):
            found += [thing] if any(map(telling, thing)) else []
    return found
