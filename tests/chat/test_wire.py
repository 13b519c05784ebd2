"""The seam: what a room writes reaches those who read, and those who do not are cut off."""

from __future__ import annotations

import asyncio
import socket

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from askpanel.chat import frames
from askpanel.chat.wire import server_config
from tests.chat.serving import UPGRADE, Application, eventually, peer, serving

BIG = frames.frame(1, [("text", "transcript", "x" * 60_000)])


async def fill(app: Application) -> int:
    """Write until the reader has stalled; the bytes that it took."""
    written = 0
    while app.wire.stalled_since is None:
        app.wire.write(BIG)
        written += len(BIG)
        await asyncio.sleep(0)
        assert written < 20_000_000
    return written


async def ending(client: ClientConnection) -> tuple[int, str]:
    """Code and reason of the server's close."""
    with pytest.raises(ConnectionClosed) as closed:
        await client.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def is_closed(app: Application) -> bool:
    """Whether the newest socket takes no more frames."""
    return app.wire.closed


async def test_a_written_frame_reaches_the_client() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(frames.heartbeat(7))
        assert await client.recv() == '{"position":7}'


async def test_several_frames_in_one_write_are_several_messages() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(frames.joined([frames.heartbeat(1), BIG, frames.reset()]))
        assert await client.recv() == '{"position":1}'
        assert len(await client.recv()) > 60_000
        assert await client.recv() == '{"reset":true}'


async def test_written_frames_and_asgi_messages_keep_their_order() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url) as client:
        await eventually(lambda: app.wires)
        app.wire.write(frames.heartbeat(1))
        await client.send("echo")
        assert await client.recv() == '{"position":1}'
        assert await client.recv() == "echo"
        app.wire.write(frames.heartbeat(2))
        assert await client.recv() == '{"position":2}'


async def test_nothing_is_written_before_the_socket_is_accepted() -> None:
    app = Application()
    app.accepting.clear()
    async with serving(app) as served:
        with peer(served.port) as sam:
            opening = asyncio.create_task(sam.upgrade())
            await eventually(lambda: app.wires)
            assert is_closed(app)
            app.wire.write(frames.heartbeat(1))
            app.accepting.set()
            assert await opening == "HTTP/1.1 101 Switching Protocols"
            assert not is_closed(app)
            app.wire.write(frames.heartbeat(2))
            assert await sam.read() == frames.heartbeat(2)


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
        assert app.wire.backlog == 0
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
            assert (app.wire.backlog, app.wire.stalled_since) == (0, None)
            before = asyncio.get_running_loop().time()
            await fill(app)
            assert app.wire.backlog > 64 * 1024
            since = app.wire.stalled_since
            assert since is not None
            assert before <= since <= asyncio.get_running_loop().time()
            app.wire.write(BIG)
            assert app.wire.stalled_since == since
            while app.wire.stalled_since is not None:
                assert await alex.read()
            assert app.wire.backlog <= 64 * 1024


async def test_the_kernel_hides_little_of_what_is_not_read() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            assert await fill(app) < 512 * 1024


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
    async def closes(scope: object, receive: object, send: object) -> None:
        await Application.attend(app, scope, receive, Closing(send))  # type: ignore[arg-type]

    class Closing:
        """Answers an echo by filling the socket and closing it through ASGI."""

        def __init__(self, send: object) -> None:
            self.send = send

        async def __call__(self, message: dict[str, object]) -> None:
            if message["type"] == "websocket.send":
                await fill(app)
                message = {"type": "websocket.close", "code": 1000}
            await self.send(message)  # type: ignore[operator]

    app = Application()
    async with serving(closes, ws={"close_grace": 0.1}) as served:
        with peer(served.port, receive_buffer=4096) as alex:
            await alex.upgrade()
            await alex.send(bytes.fromhex("81840000000065 63686f"))  # "echo", masked with zeros
            await eventually(lambda: app.wires and app.wire.closed)
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
    jitter = {"retry_seconds": staticmethod(lambda: next(waits))}
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
    async def brief(scope: dict[str, object], receive: object, send: object) -> None:
        await send({"type": "websocket.accept"})  # type: ignore[operator]

    async with serving(brief) as served, connect(served.url) as client:
        assert await ending(client) == (1000, "")


async def test_an_application_that_fails_closes_with_1011_or_answers_500() -> None:
    async def failing(scope: dict[str, object], receive: object, send: object) -> None:
        if scope["path"] != "/sessions/demo/early":
            await send({"type": "websocket.accept"})  # type: ignore[operator]
        raise LookupError("words of a participant")

    async with serving(failing) as served:
        async with connect(served.url) as client:
            assert await ending(client) == (1011, "")
        with peer(served.port) as sam:
            await sam.send(UPGRADE.replace("/live", "/early") + "\r\n")
            assert (await sam.read_all()).startswith(b"HTTP/1.1 500 ")


def test_what_keeps_logs_quiet_cannot_be_set_otherwise() -> None:
    with pytest.raises(TypeError):
        server_config("askpanel.app:app", host="127.0.0.1", port=0, access_log=True)
