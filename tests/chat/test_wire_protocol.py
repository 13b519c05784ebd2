"""What a peer may send: RFC 6455 kept, faults answered with their code, floods ended at once."""

from __future__ import annotations

import asyncio
import struct

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.frames import Opcode

from askpanel.chat.wire import SocketWire
from tests.chat.peers import KEY, UPGRADE, eventually, masked, peer
from tests.chat.serving import Application, serving

TEXT, BINARY, CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
PING, PONG, CLOSE = Opcode.PING, Opcode.PONG, Opcode.CLOSE


def close(code: int, reason: bytes = b"") -> bytes:
    """A close frame's payload."""
    return struct.pack("!H", code) + reason


async def answer_to(sent: bytes, **limits: float) -> tuple[bytes, Application]:
    """All that the server says to some bytes sent after the handshake, and what was heard."""
    app = Application()
    async with serving(app, ws=limits) as served:
        with peer(served.port) as alex:
            await alex.upgrade()
            await alex.send(sent)
            said = await alex.read_all()
        await eventually(lambda: not served.connections)
        await eventually(lambda: app.ended)
        assert not served.logged
    assert not app.failures
    return said, app


def texts(app: Application) -> list[object]:
    """Text messages that the application heard."""
    return [m["text"] for m in app.heard if "text" in m]


async def test_pieces_with_a_ping_between_are_one_message() -> None:
    pieces = [
        masked(TEXT, b"caf", fin=False),
        masked(PING, b"still there?"),
        masked(CONT, "é".encode()[:1], fin=False),
        masked(CONT, "é".encode()[1:]),
        masked(CLOSE, close(1000)),
    ]
    said, app = await answer_to(b"".join(pieces))
    assert said == b"\x8a\x0cstill there?" + b"\x88\x02" + close(1000)
    assert texts(app) == ["café"]
    assert app.heard[-1] == {"type": "websocket.disconnect", "code": 1000, "reason": ""}


async def test_a_message_that_comes_byte_by_byte_is_one_message() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port) as sam:
            await sam.upgrade()
            for byte in masked(TEXT, b"echo of a slow phone"):
                await sam.send(bytes([byte]))
            assert await sam.read() == b"\x81\x14echo of a slow phone"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(TEXT, b"\xff\xfe"), 1007),
        (masked(TEXT, b"\xed\xa0\x80"), 1007),  # half of a surrogate pair
        (masked(TEXT, b"\xce", fin=False) + masked(CONT, b"x"), 1007),
        (masked(CLOSE, close(1000, b"\xff")), 1007),
        (masked(TEXT, b"x" * 4097), 1009),
        (masked(TEXT, b"x" * 4096, fin=False) + masked(CONT, b"x"), 1009),
        (masked(BINARY, b"x" * 1_000_000), 1009),
        (masked(TEXT, b"x", rsv1=True), 1002),
        (b"\x81\x01x", 1002),  # not masked
        (b"\x83\x80\0\0\0\0", 1002),  # an opcode that is none
        (masked(CONT, b"x"), 1002),
        (masked(TEXT, b"x", fin=False) + masked(TEXT, b"y"), 1002),
        (b"\x09\x80\0\0\0\0", 1002),  # a ping in pieces
        (b"\x89\xfe\x00\x7e\0\0\0\0" + b"x" * 126, 1002),  # a ping too long
        (masked(CLOSE, b"\x03"), 1002),
        (masked(CLOSE, close(1005)), 1002),
        (masked(CLOSE, close(1000)), 1000),
        (masked(CLOSE, close(3999, b"over")), 3999),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_each_ending_has_its_code(sent: bytes, code: int) -> None:
    said, app = await answer_to(sent)
    assert said[0] == 0x88
    assert said[2:4] == struct.pack("!H", code)
    assert len(said) == 2 + said[1]
    assert [m["type"] for m in app.heard][-1] == "websocket.disconnect"
    assert app.heard[-1]["code"] == code


async def test_a_close_without_a_code_is_answered_in_kind() -> None:
    said, app = await answer_to(masked(CLOSE))
    assert said == b"\x88\x00"
    assert app.heard[-1]["code"] == 1005


@pytest.mark.parametrize("fault", [masked(TEXT, b"\xff"), masked(TEXT, b"x", rsv1=True)])
async def test_what_came_before_a_fault_in_one_read_is_still_heard(fault: bytes) -> None:
    _, app = await answer_to(masked(TEXT, b"first") + fault)
    assert texts(app) == ["first"]


async def test_nothing_after_a_close_is_heard() -> None:
    said, app = await answer_to(
        masked(CLOSE, close(1000)) + masked(TEXT, b"late") + masked(PING, b"late")
    )
    assert said == b"\x88\x02" + close(1000)
    assert not texts(app)


@pytest.mark.parametrize("frame", [masked(TEXT), masked(PING), masked(CONT, fin=False)])
async def test_a_flood_ends_with_1008_before_most_of_it_is_parsed(frame: bytes) -> None:
    first = masked(TEXT, fin=False) if frame[0] == 0 else b""
    said, app = await answer_to(first + frame * 20_000)
    assert said.endswith(b"\x88\x11" + close(1008, b"too many frames"))
    assert len(app.heard) <= 201
    assert len(said) < 2 * 4096


async def test_the_allowance_begins_anew_with_each_window() -> None:
    app = Application()
    async with serving(app, ws={"frame_allowance": 5, "allowance_window": 0.05}) as served:
        with peer(served.port) as sam:
            await sam.upgrade()
            for _ in range(20):
                await sam.send(masked(PING, b"hi"))
                assert await sam.read() == b"\x8a\x02hi"
                await asyncio.sleep(0.02)


async def test_frames_sent_with_the_handshake_are_not_lost() -> None:
    app = Application()
    app.accepting.clear()
    async with serving(app) as served:
        with peer(served.port) as sam:
            early = masked(PING, b"hasty") + masked(TEXT, b"echo of what came early")
            opening = asyncio.create_task(sam.upgrade(early))
            await eventually(lambda: app.wires)
            await sam.send(masked(TEXT, b"echo of more"))
            assert isinstance(app.wire, SocketWire)
            assert not app.wire.transport.is_reading()  # so that this is bounded
            app.accepting.set()
            assert await opening == "HTTP/1.1 101 Switching Protocols"
            said = b""
            while b"more" not in said:
                said += await sam.read()
            assert said == b"\x8a\x05hasty\x81\x17echo of what came early\x81\x0cecho of more"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (UPGRADE + "X-Long: " + "x" * 9000 + "\r\n", 431),
        (UPGRADE + "X-Long: " + "x" * 20_000 + "\r\n", 431),
        (UPGRADE + "".join(f"X-{n}: y\r\n" for n in range(150)), 431),
        (UPGRADE.replace("/live", "/live?" + "x" * 7990), 414),
        (UPGRADE.replace("/live", "/" + "x" * 20_000), 414),
        (UPGRADE.replace("GET", "POST"), 405),
        (UPGRADE.replace("Version: 13", "Version: 12"), 400),
        (UPGRADE.replace(KEY, "short"), 400),
        (UPGRADE + f"Sec-WebSocket-Key: {KEY}\r\n", 400),
        (UPGRADE + "Content-Length: 5\r\n", 400),
        (UPGRADE + "Transfer-Encoding: chunked\r\n", 400),
        (UPGRADE + "Origin: a\r\nOrigin: b\r\n", 400),
        (UPGRADE.replace("/live", "/liv\x7f"), 400),
    ],
    ids=lambda value: repr(value)[-30:],
)
async def test_a_handshake_that_fails_is_answered_and_closed(
    request_text: str, status: int
) -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port) as sam:
            await sam.send(request_text + "\r\n")
            answer = await sam.read_all()
            assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        await eventually(lambda: not served.connections, within=2)
        assert not served.logged
    assert not app.wires


async def test_compression_is_agreed_upon_only_without_context() -> None:
    app = Application()
    async with serving(app) as served, connect(served.url, compression="deflate") as client:
        assert client.response is not None
        agreed = client.response.headers["Sec-WebSocket-Extensions"]
        assert "server_no_context_takeover" in agreed
        assert "client_no_context_takeover" in agreed
        await client.send("echo")
        assert await client.recv() == "echo"


async def test_an_application_may_refuse_a_handshake_in_its_own_words() -> None:
    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "websocket.http.response.start", "status": 429, "headers": []}
        await send(start)
        await send({"type": "websocket.http.response.body", "body": b"Too many."})

    async with serving(refusing) as served:
        with peer(served.port) as sam:
            assert await sam.upgrade(masked(TEXT, b"early")) == "HTTP/1.1 429 Too Many Requests"
            assert await sam.read_all() == b"Too many."
        await eventually(lambda: not served.connections, within=2)
