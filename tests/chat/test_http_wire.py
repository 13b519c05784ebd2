"""HTTP from strangers: those who owe bytes, those who send too many, those who never read."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Iterable

import pytest
from starlette.types import Receive, Scope, Send

from tests.chat.peers import GET, POST, UPGRADE, Peer, eventually, peer
from tests.chat.serving import LONG, SHORT, Application, has_let_go, serving


async def drip(sam: Peer, drops: Iterable[str], every: float = 0.02) -> None:
    """Send one after another, for as long as the other side takes them."""
    try:
        for drop in drops:
            await sam.send(drop)
            await asyncio.sleep(every)
    except (BrokenPipeError, ConnectionResetError):
        await asyncio.sleep(every)


async def test_a_silent_socket_is_closed_without_a_word() -> None:
    async with serving(Application(), http=SHORT) as served:
        with peer(served.port) as sam:
            begun = time.monotonic()
            assert await sam.read_all() == b""
            assert 0.1 < time.monotonic() - begun < 2
        assert await has_let_go(served)


async def test_a_hundred_slow_and_silent_sockets_are_all_cut() -> None:
    async with serving(Application(), http=SHORT) as served:
        peers = [peer(served.port) for _ in range(100)]
        sams = [p.__enter__() for p in peers]
        slow = [asyncio.create_task(drip(sam, "GET / HTTP/1.1\r\n" * 99)) for sam in sams[::2]]
        await eventually(lambda: served.connections > 50)
        assert await has_let_go(served)
        await asyncio.gather(*slow)
        for p in peers:
            p.__exit__(None, None, None)
        assert not served.logged


@pytest.mark.parametrize("line", ["GET / HTT", GET[:-2], "GET /" + "x" * 99, GET[:-2] + "X: y"])
async def test_a_head_that_does_not_end_is_answered_408(line: str) -> None:
    async with serving(Application(), http=SHORT) as served:
        with peer(served.port) as sam:
            dripping = asyncio.create_task(drip(sam, line))
            assert (await sam.read_all()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            await dripping
        assert await has_let_go(served)
        assert not served.logged


async def test_a_body_that_does_not_end_is_answered_408_and_the_application_hears() -> None:
    app = Application()
    async with serving(app, http=SHORT | {"linger": 60.0}) as served:
        with peer(served.port) as sam:
            await sam.send(POST.format(1000))
            dripping = asyncio.create_task(drip(sam, "x" * 99))
            assert (await sam.read_all()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            await eventually(lambda: app.ended, within=1)
            await dripping
        assert await has_let_go(served)
        assert not served.logged
    assert app.heard[-1]["type"] == "http.disconnect"


async def test_a_body_that_does_not_end_after_its_answer_gets_no_second_answer() -> None:
    async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
        start = {
            "type": "http.response.start",
            "status": 413,
            "headers": [(b"content-length", b"0")],
        }
        await send(start)
        await send({"type": "http.response.body"})

    async with serving(hasty, http=SHORT) as served:
        with peer(served.port) as sam:
            await sam.send(POST.format(10_000_000) + "x" * 100_000)
            said = await sam.read_all()
            assert said.startswith(b"HTTP/1.1 413 ")
            assert said.count(b"HTTP/1.1") == 1
        assert await has_let_go(served)


async def test_an_application_that_thinks_long_is_not_the_peers_fault() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.8)
        await Application().answer(scope, receive, send)

    async with serving(slow, http=SHORT) as served:
        with peer(served.port) as sam:
            # More than the server reads ahead: it is the server that lets the body wait.
            sending = asyncio.create_task(sam.send(POST.format(400_000) + "x" * 400_000))
            assert (await sam.read_head()).startswith("HTTP/1.1 200 ")
            await sending


async def test_a_connection_serves_one_request_after_another_and_then_idles_out() -> None:
    async with serving(Application(), http=SHORT, timeout_keep_alive=1) as served:
        with peer(served.port) as sam:
            for _ in range(3):
                await sam.send(GET)
                assert (await sam.read_until(b"a page")).startswith(b"HTTP/1.1 200 ")
                await asyncio.sleep(0.3)  # longer than a head may take
            assert await sam.read_all() == b""


async def test_blank_lines_do_not_keep_an_idle_connection() -> None:
    async with serving(Application(), http=SHORT) as served:
        with peer(served.port) as sam:
            await sam.send(GET)
            await sam.read_until(b"a page")
            dripping = asyncio.create_task(drip(sam, "\r\n" * 99))
            assert (await sam.read_all()).startswith(b"HTTP/1.1 408 ")
            await dripping


async def test_requests_in_one_write_are_all_answered() -> None:
    async with serving(Application(), http=SHORT) as served:
        with peer(served.port) as sam:
            body = "y" * 40_000
            await sam.send(GET + POST.format(len(body)) + body + GET[:20])
            await sam.read_until(b"a page")
            await sam.read_until(b"a page" + body.encode())
            await sam.send(GET[20:])
            await sam.read_until(b"a page")


async def test_a_fault_behind_an_unanswered_request_gets_no_answer_of_its_own() -> None:
    app = Application()
    async with serving(app, http=SHORT) as served:
        with peer(served.port) as sam:
            await sam.send(GET + "\0garbage")
            assert b"400" not in await sam.read_all()
        assert await has_let_go(served)


async def test_a_head_without_end_behind_an_unanswered_request_is_cut() -> None:
    app = Application()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await eventually(lambda: app.ended)

    async with serving(slow, http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(GET + GET[:-2] + "X-Long: ")
            await eventually(lambda: served.connections)
            async with asyncio.timeout(4):
                while served.connections:
                    await drip(sam, ["x" * 1000], every=0)
        app.ended = 1


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (GET[:-2] + "X-Long: " + "x" * 20_000 + "\r\n\r\n", 431),
        (GET[:-2] + "X-Long: " + "x" * 2_000_000, 431),
        (GET[:-2] + "X: y\r\n" * 5000, 431),
        ("GET /" + "x" * 8000 + " HTTP/1.1\r\n\r\n", 414),
        ("GET /" + "x" * 2_000_000, 414),
        ("GET /?" + "x" * 20_000 + GET[5:], 414),
        ("\0\1\2\3", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS to a plain port
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400),
        ("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n", 400),
        (POST.format("-1"), 400),
        (POST.format("1\r\nTransfer-Encoding: chunked"), 400),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_makes_no_sense_or_too_much_is_answered_once(
    request_text: str, status: int
) -> None:
    app = Application()
    async with serving(app, http=LONG | {"linger": 0.3}) as served:
        with peer(served.port) as sam:
            await sam.send(request_text)
            said = await sam.read_all()  # not overtaken by a reset
            assert said.startswith(f"HTTP/1.1 {status} ".encode())
            assert said.count(b"HTTP/1.1") == 1
            assert b"\r\nconnection: close\r\n" in said
        assert await has_let_go(served)
        assert not served.logged
    assert not app.scopes


async def test_a_long_header_in_drips_is_answered_before_it_ends() -> None:
    async with serving(Application(), http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(GET[:-2] + "X-Long: ")
            answer = asyncio.create_task(sam.read_all())
            while not answer.done():
                await drip(sam, ["x" * 1000], every=0)
            assert (await answer).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("start", ["5\r\nhello\r\n0\r\nX-Long: ", "5\r\nhello\r\n5;long="])
async def test_trailers_and_chunk_extensions_have_an_end_too(start: str) -> None:
    app = Application()
    async with serving(app, http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(POST.replace("Content-Length: {}", "Transfer-Encoding: chunked"))
            await eventually(lambda: app.scopes)
            await sam.send(start)
            answer = asyncio.create_task(sam.read_all())
            while not answer.done():
                await drip(sam, ["x" * 1000], every=0)
            assert (await answer).startswith(b"HTTP/1.1 431 ")


async def test_a_body_in_many_chunks_is_served() -> None:
    async with serving(Application(), http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(POST.replace("Content-Length: {}", "Transfer-Encoding: chunked"))
            for _ in range(200):
                await sam.send("3e8\r\n" + "y" * 1000 + "\r\n")
            await sam.send("0\r\nX-Trailer: short\r\n\r\n" + GET)
            await sam.read_until(b"a page" + b"y" * 200_000)
            await sam.read_until(b"a page")


async def test_headers_and_url_within_the_limits_are_served() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port) as sam:
            url = "/" + "u" * 7990
            await sam.send(GET.replace(" / ", f" {url} ")[:-2] + f"Cookie: {'c' * 8000}\r\n\r\n")
            assert (await sam.read_head()).startswith("HTTP/1.1 200 ")
    assert app.scopes[0]["path"] == url


async def test_an_upgrade_to_something_else_is_answered_in_http_and_closed() -> None:
    async with serving(Application()) as served:
        with peer(served.port) as sam:
            await sam.send(GET[:-2] + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")
            said = await sam.read_all()
            assert said.startswith(b"HTTP/1.1 200 ")
            assert b"\r\nconnection: close\r\n" in said
        assert not served.logged


async def test_an_upgrade_behind_an_unanswered_request_is_refused() -> None:
    app = Application()
    async with serving(app) as served:
        with peer(served.port) as sam:
            await sam.send(GET + UPGRADE + "\r\n")
            assert b"101" not in await sam.read_all()
        assert await has_let_go(served)
    assert not app.wires


async def test_an_upgrade_on_a_connection_that_served_a_page_is_accepted() -> None:
    app = Application()
    async with serving(app, http=SHORT) as served:
        with peer(served.port) as sam:
            await sam.send(GET)
            await sam.read_until(b"a page")
            assert await sam.upgrade() == "HTTP/1.1 101 Switching Protocols"
            await asyncio.sleep(0.4)  # no deadline of the page's goes with the socket
            assert not app.wire.closed


async def test_an_answer_has_a_date_and_no_boast_and_no_header_is_believed() -> None:
    app = Application()
    async with serving(functools.partial(app)) as served:
        with peer(served.port) as sam:
            await sam.send(GET[:-2] + "X-Forwarded-For: 192.0.2.1\r\n\r\n")
            head = (await sam.read_head()).lower()
            assert "\r\ndate: " in head
            assert "\r\nserver: " not in head
    assert app.scopes[0]["client"][0] == "127.0.0.1"


async def test_a_failure_is_logged_by_type_and_place_only() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("the words of a participant")

    async with serving(failing) as served:
        with peer(served.port) as sam:
            await sam.send(GET.replace("Host", "Connection: close\r\nHost"))
            assert (await sam.read_all()).startswith(b"HTTP/1.1 500 ")
        (line,) = served.logged
        assert "LookupError" in line
        assert "test_http_wire.py" in line
        assert "participant" not in line
