"""The cable between the parts of an installation: what passes, and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from random import Random

import pytest

from bench.chaos.link import Link
from tests.engines import free_port

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
A_WHILE = 0.2
LONG_ENOUGH = 10.0
OPEN: list[asyncio.StreamWriter] = []


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gives back what comes, in capitals."""
    OPEN.append(writer)
    with suppress(ConnectionError):
        while data := await reader.read(1000):
            writer.write(data.upper())
    writer.transport.abort()


@asynccontextmanager
async def linked(backends: int = 1) -> AsyncIterator[tuple[Link, list[asyncio.Server]]]:
    servers = [await asyncio.start_server(shout, "127.0.0.1", free_port()) for _ in range(backends)]
    link = Link([server.sockets[0].getsockname()[1] for server in servers], Random(1))
    await link.open()
    try:
        yield link, servers
    finally:
        for writer in OPEN:
            writer.transport.abort()
        OPEN.clear()
        await link.close()
        for server in servers:
            server.close()
        await asyncio.sleep(0)


async def dial(link: Link) -> Line:
    line = await asyncio.open_connection("127.0.0.1", link.port)
    OPEN.append(line[1])
    return line


async def said(line: Line, text: bytes, within: float = LONG_ENOUGH) -> bytes:
    reader, writer = line
    writer.write(text)
    async with asyncio.timeout(within):
        return await reader.readexactly(len(text))


async def test_what_goes_in_comes_out_on_the_other_side() -> None:
    async with linked() as (link, _):
        line = await dial(link)
        assert await said(line, b"hello") == b"HELLO"
        assert await said(line, b"x" * 500_000) == b"X" * 500_000


async def test_in_drops_too_even_while_it_is_mended() -> None:
    async with linked() as (link, _):
        line = await dial(link)
        link.delay, link.piece = 0.001, 7
        text = bytes(range(97, 123)) * 40
        answer = asyncio.create_task(said(line, text))
        await asyncio.sleep(A_WHILE)
        await link.open()
        assert await answer == text.upper()


async def test_a_cut_is_heard_at_once_and_the_next_connection_works() -> None:
    async with linked() as (link, _):
        line = await dial(link)
        await said(line, b"hello")
        link.cut()
        with pytest.raises(ConnectionResetError):
            await said(line, b"there")
        assert await said(await dial(link), b"again") == b"AGAIN"


async def test_a_closed_link_refuses_until_it_is_opened() -> None:
    async with linked() as (link, _):
        await link.close()
        with pytest.raises(ConnectionRefusedError):
            await dial(link)
        await link.open()
        assert await said(await dial(link), b"again") == b"AGAIN"


async def held(link: Link) -> None:
    await link.open()


async def forgotten(link: Link) -> None:
    link.forget()
    await link.open()


@pytest.mark.parametrize("heal", [held, forgotten])
async def test_in_a_black_hole_nothing_is_heard(heal: Callable[[Link], object]) -> None:
    async with linked() as (link, _):
        before = await dial(link)
        await said(before, b"hello")
        link.fall_silent()
        during = await dial(link)
        for line in (before, during):
            with pytest.raises(TimeoutError):
                await said(line, b"there", A_WHILE)
        await heal(link)  # type: ignore[misc]
        assert await said(await dial(link), b"again") == b"AGAIN"
        if heal is held:
            async with asyncio.timeout(LONG_ENOUGH):
                assert await before[0].readexactly(5) == b"THERE"
        else:
            with pytest.raises(TimeoutError):
                await said(before, b"again", A_WHILE)


async def test_whoever_refuses_is_left_out() -> None:
    async with linked(backends=2) as (link, servers):
        servers[0].close()
        await servers[0].wait_closed()
        lines = [await dial(link) for _ in range(8)]
        assert {await said(line, b"hello") for line in lines} == {b"HELLO"}
