"""A TCP proxy of our own on the loopback: a cable that can be cut, blocked, silent or slow."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from random import Random

from tests.engines import free_port

CHUNK = 64 * 1024
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing sends a reset (socket(7))."""


class _Pair:
    """One connection through the link, both halves of it."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.passes = asyncio.Event()
        self.forgotten = False

    def cut(self) -> None:
        """End both halves as a pulled plug does when it is noticed: with a reset."""
        for writer in self.writers:
            sock = writer.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()


class Link:
    """Carries bytes to one of `ports` of the loopback, chosen by lot for each connection; one
    that refuses is left out, as a proxy in front of an installation does.

    `delay` is in seconds for each piece in either direction; `piece` is the most bytes that are
    passed on at once.
    """

    def __init__(self, ports: Sequence[int], chance: Random) -> None:
        self.ports, self.port = list(ports), free_port()
        self.delay, self.piece = 0.0, CHUNK
        self._chance = chance
        self._silent = False
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Take connections, and let everything pass that is not forgotten."""
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.delay, self.piece, self._silent = 0.0, CHUNK, False
        for pair in self._pairs:
            if not pair.forgotten:
                pair.passes.set()

    async def close(self) -> None:
        """Refuse connections, and cut those that there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for pair in self._pairs:
            pair.cut()

    def fall_silent(self) -> None:
        """Take everything and pass nothing on: a black hole."""
        self._silent = True
        for pair in self._pairs:
            pair.passes.clear()

    def forget(self) -> None:
        """Whatever is connected now stays in the black hole for good, and hears nothing of it."""
        for pair in self._pairs:
            pair.forgotten = True
            pair.passes.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._carried(reader, writer)
        except asyncio.CancelledError:
            return  # the link was closed; asyncio.start_server would write of it
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _carried(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self._chance.sample(self.ports, len(self.ports)):
            with suppress(OSError):
                back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
                break
        else:
            return
        pair = _Pair(writer, back_writer)
        if not self._silent:
            pair.passes.set()
        self._pairs.add(pair)
        ways = [
            asyncio.ensure_future(self._pass(pair, reader, back_writer)),
            asyncio.ensure_future(self._pass(pair, back_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._pairs.discard(pair)
            back_writer.transport.abort()
            with suppress(OSError):
                writer.close()
                await writer.wait_closed()

    async def _pass(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Bytes from one side to the other, until either has gone."""
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                while data:
                    await pair.passes.wait()
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    piece, data = data[: self.piece], data[self.piece :]
                    writer.write(piece)
                    await writer.drain()
