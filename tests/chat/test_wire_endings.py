"""How sockets end: by a room that cuts a slow reader, by either side, by the server's end."""

from __future__ import annotations

import asyncio
import gc
import socket
import weakref

from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from askpanel.chat.wire import SocketWire, wire_of
from tests.chat.peers import UPGRADE, eventually, peer
from tests.chat.serving import BIG, Application, ending, fill, is_closed, serving


async def test_a_reader_that_is_cut_learns_when_to_come_back() -> None:
    app = Application()
    async with serving(app, ws={"close_grace": 0.5}) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            written = await fill(app)
            app.wire.cut(1013, "retry=3")
            assert is_closed(app)
            app.wire.write(BIG)  # ignored
            said = await alex.read_all()
            assert said.endswith(b"\x88\x09" + (1013).to_bytes(2, "big") + b"retry=3")
            assert len(said) == written + 11
            await eventually(lambda: app.ended)
    assert app.heard == [{"type": "websocket.disconnect", "code": 1013, "reason": "retry=3"}]


async def test_a_browser_that_is_cut_sees_code_and_reason() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.cut(1013, "retry=3")
        assert await ending(client) == (1013, "retry=3")
        await eventually(lambda: not served.connections, within=2)


async def test_a_reader_that_is_cut_and_does_not_drain_is_reset() -> None:
    app = Application()
    async with serving(app, ws={"close_grace": 0.1}) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await fill(app)
            app.wire.cut(1013, "retry=3")
            await eventually(lambda: not served.connections, within=2)
            assert await alex.is_reset()
    assert not app.failures


async def test_a_peer_whose_words_nobody_reads_can_still_answer_a_close() -> None:
    app = Application()

    async def deaf(scope: Scope, receive: Receive, send: Send) -> None:
        app.wires.append(wire_of(scope))
        await send({"type": "websocket.accept"})
        await eventually(lambda: app.ended)

    async with serving(deaf) as served, connect(served.url) as client:
        await client.send("first")
        await eventually(lambda: app.wires)
        assert isinstance(app.wire, SocketWire)
        transport = app.wire.transport
        await eventually(lambda: not transport.is_reading())
        app.wire.cut(1013, "retry=3")
        await eventually(lambda: not served.connections, within=1)
        assert await ending(client) == (1013, "retry=3")
        app.ended = 1


async def test_an_application_that_speaks_too_late_is_told_so_and_nobody_else() -> None:
    app = Application()

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        app.wires.append(wire_of(scope))
        await send({"type": "websocket.accept"})
        app.wire.cut(1013, "retry=3")
        try:
            await send({"type": "websocket.send", "text": "late"})
        except OSError:
            app.ended += 1
            raise

    async with serving(late) as served:
        async with connect(served.url) as client:
            assert await ending(client) == (1013, "retry=3")
        await eventually(lambda: app.ended)
        assert not served.logged


async def test_a_socket_that_has_ended_is_freed_without_the_collector() -> None:
    app = Application()
    gc.collect()
    gc.disable()
    try:
        async with serving(app) as served:
            async with connect(served.url):
                await eventually(lambda: app.wires)
                gone = weakref.ref(app.wires.pop())
                app.scopes.clear()
            await eventually(lambda: gone() is None)
    finally:
        gc.enable()


async def test_cutting_twice_is_cutting_once() -> None:
    app = Application()
    async with serving(app, ws={"close_grace": 0.1}) as served:
        with peer(served.port) as alex:
            await alex.upgrade()
            app.wire.cut(1013, "retry=3")
            app.wire.cut(1012, "retry=1")
            assert (await alex.read_all())[:4] == b"\x88\x09" + (1013).to_bytes(2, "big")


async def test_a_cut_before_the_handshake_is_complete_answers_503() -> None:
    app = Application()
    app.accepting.clear()
    async with serving(app) as served:
        with peer(served.port) as sam:
            opening = asyncio.create_task(sam.upgrade())
            await eventually(lambda: app.wires)
            app.wire.cut(1013, "retry=3")
            app.accepting.set()
            assert await opening == "HTTP/1.1 503 Service Unavailable"
            assert await sam.read_all() == b""


async def test_an_application_can_close_on_a_reader_that_has_stopped() -> None:
    app = Application()

    async def closes(scope: Scope, receive: Receive, send: Send) -> None:
        app.wires.append(wire_of(scope))
        await send({"type": "websocket.accept"})
        await fill(app)
        await send({"type": "websocket.close", "code": 1000})
        app.ended += 1

    async with serving(closes, ws={"close_grace": 0.1}) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await eventually(lambda: app.ended, within=2)
            await eventually(lambda: not served.connections, within=2)


async def test_a_peer_that_leaves_with_a_full_buffer_does_not_linger() -> None:
    app = Application()
    async with serving(app, ws={"close_grace": 0.1}) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await fill(app)
            alex.sock.shutdown(socket.SHUT_WR)
            await eventually(lambda: not served.connections, within=2)
    assert not app.failures


async def test_a_peer_that_answers_no_ping_is_closed_and_reset_in_time() -> None:
    app = Application()
    limits = {"close_grace": 0.1}
    async with serving(app, ws=limits, ws_ping_interval=0.05, ws_ping_timeout=0.1) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await fill(app)
            await eventually(lambda: not served.connections, within=3)
            await eventually(lambda: app.ended)


async def test_a_server_that_stops_says_when_to_come_back() -> None:
    app = Application()
    waits = iter([4, 1])
    jitter = {
        "retry_seconds": staticmethod(lambda: next(waits)),
        "spread": staticmethod(lambda low, high: low),
    }
    async with (
        serving(app, ws=jitter) as served,
        connect(served.url) as sam,
        connect(served.url) as alex,
    ):
        await eventually(lambda: len(app.wires) == 2)
        served.stop()
        assert {await ending(sam), await ending(alex)} == {(1012, "retry=4"), (1012, "retry=1")}
    assert not app.failures


async def test_a_server_that_stops_answers_a_handshake_that_waits() -> None:
    app = Application()
    app.accepting.clear()
    async with serving(app) as served:
        with peer(served.port) as sam:
            opening = asyncio.create_task(sam.upgrade())
            await eventually(lambda: app.wires)
            served.stop()
            assert await opening == "HTTP/1.1 503 Service Unavailable"
            app.accepting.set()


async def test_an_application_that_returns_closes_the_socket_properly() -> None:
    async def brief(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async with serving(brief) as served, connect(served.url) as client:
        assert await ending(client) == (1000, "")


async def test_an_application_that_fails_closes_with_1011_or_answers_500() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/sessions/demo/early":
            await send({"type": "websocket.accept"})
        raise LookupError("words of a participant")

    async with serving(failing) as served:
        async with connect(served.url) as client:
            assert await ending(client) == (1011, "")
        with peer(served.port) as sam:
            await sam.send(UPGRADE.replace("/live", "/early") + "\r\n")
            assert (await sam.read_all()).startswith(b"HTTP/1.1 500 ")
