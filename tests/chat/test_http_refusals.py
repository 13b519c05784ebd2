"""What a refused request leaves behind: nothing."""

from __future__ import annotations

import gc
import weakref

import pytest

from askpanel.chat.wire import HttpWire
from tests.chat.peers import GET, eventually, peer
from tests.chat.serving import LONG, Application, has_let_go, serving


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /" + "x" * 100_000,
        GET[:-2] + "X: " + "x" * 100_000,
        GET[:-2] + "X: y\r\n" * 10_000 + "\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "\0",
    ],
    ids=["address", "header", "headers", "no host", "noise"],
)
async def test_a_refused_connection_is_freed_without_the_collector(
    monkeypatch: pytest.MonkeyPatch, request_text: str
) -> None:
    met: list[weakref.ref[HttpWire]] = []
    made = HttpWire.connection_made

    def remember(self: HttpWire, transport: object) -> None:
        met.append(weakref.ref(self))
        made(self, transport)  # type: ignore[arg-type]

    monkeypatch.setattr(HttpWire, "connection_made", remember)
    gc.collect()
    gc.disable()
    try:
        async with serving(Application(), http=LONG | {"linger": 0.1}) as served:
            with peer(served.port) as sam:
                await sam.send(request_text)
                await sam.is_reset()
            assert await has_let_go(served)
            await eventually(lambda: met[0]() is None)
    finally:
        gc.enable()


async def test_who_sends_many_requests_before_reading_an_answer_is_hung_up_on() -> None:
    app = Application()
    async with serving(app, http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(GET * (HttpWire.max_pipelined + 1))
            for _ in range(HttpWire.max_pipelined + 1):
                await sam.read_until(b"a page")
        with peer(served.port) as alex:
            await alex.send(GET * (HttpWire.max_pipelined + 2))
            await alex.is_reset()
        assert await has_let_go(served)
        assert not served.logged
    assert len(app.scopes) <= HttpWire.max_pipelined + 2


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        (GET.replace("Host", "Host: elsewhere\r\nHost"), 400),
        ("GET / HTTP/1.0\r\n\r\n", 200),
        ("GET /\r\n\r\n", 505),
    ],
)
async def test_a_request_names_one_host_and_a_version_that_we_speak(
    request_text: str, status: int
) -> None:
    async with serving(Application(), http=LONG) as served:
        with peer(served.port) as sam:
            await sam.send(request_text)
            assert (await sam.read_head()).startswith(f"HTTP/1.1 {status} ")
