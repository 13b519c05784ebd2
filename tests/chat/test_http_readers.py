"""Those who ask for a page and do not read it, and those who only read slowly."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from tests.chat.peers import GET, eventually, peer
from tests.chat.serving import SHORT, Application, has_let_go, serving


async def test_a_reader_of_a_page_who_never_reads_is_cut() -> None:
    app = Application()
    app.page = b"p" * 8_000_000
    async with serving(app, http=SHORT) as served:
        with peer(served.port, receive_buffer=4096) as sam:
            await sam.send(GET)
            await eventually(lambda: app.ended)
            assert await has_let_go(served)
            assert await sam.is_reset()


@pytest.mark.parametrize("ends", ["close", "keep-alive"])
async def test_the_unread_end_of_a_short_page_is_cut_too(ends: str) -> None:
    app = Application()
    app.page = b"p" * 50_000  # never above high water
    limits = SHORT | {"send_buffer": 4096}
    async with serving(app, http=limits, timeout_keep_alive=0) as served:
        with peer(served.port, receive_buffer=4096) as sam:
            await sam.send(GET.replace("Host", f"Connection: {ends}\r\nHost"))
            await eventually(lambda: app.ended)
            assert await has_let_go(served)
            assert await sam.is_reset()


async def test_a_reader_who_has_read_a_long_page_may_idle() -> None:
    app = Application()
    app.page = b"p" * 8_000_000
    async with serving(app, http=SHORT, timeout_keep_alive=60) as served:
        with peer(served.port) as sam:
            for _ in range(2):
                await sam.send(GET)
                await sam.read_head()
                length = 0
                while length < len(app.page):
                    length += len(await sam.read())
                await asyncio.sleep(3 * SHORT["read_timeout"])


async def test_a_reader_who_leaves_half_way_is_cut() -> None:
    app = Application()
    app.page = b"p" * 50_000
    limits = SHORT | {"send_buffer": 4096}
    async with serving(app, http=limits, timeout_keep_alive=60) as served:
        with peer(served.port, receive_buffer=4096) as sam:
            await sam.send(GET)
            await eventually(lambda: app.ended)
            sam.sock.shutdown(socket.SHUT_WR)
            assert await has_let_go(served)


async def test_a_slow_phone_gets_the_whole_page() -> None:
    app = Application()
    app.page = b"p" * 6_000_000
    async with serving(app, http=SHORT | {"least_read": 1}, timeout_keep_alive=1) as served:
        with peer(served.port, receive_buffer=65536) as sam:
            await sam.send(GET)
            length = 0
            begun = time.monotonic()
            while more := await sam.read(120_000):
                length += len(more)
                await asyncio.sleep(0.01)
            assert time.monotonic() - begun > 2 * SHORT["read_timeout"]
            assert length > len(app.page)
