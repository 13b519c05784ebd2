"""People who read along: most over a socket, by the rules of `static/socket.mjs` and `live.mjs`,
and some who only fetch the page again."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Literal

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bench.chaos.askers import client
from bench.chaos.book import Book, Page, digest_of
from bench.chaos.held import Held
from tests.promises.line import cookie_of
from tests.service import SLUG

HERE = f"/sessions/{SLUG}"
SILENCE = 45.0
FIRST, STEP, LONGEST = 0.25, 1.0, 30.0
FINAL = (4001, 4003, 4004)
RETRY = re.compile(r"retry=(\d{1,4})")


def digest_of_transcript(numbers: list[int]) -> bytes:
    """What two equal transcripts have in common."""
    return digest_of(numbers)


class Reader:
    """One page that is kept open. With cookies it is that of an `author` of the book, and shows
    their own list too."""

    def __init__(
        self,
        url: str,
        book: Book,
        chance: Random,
        author: int = 0,
        cookies: httpx.Cookies | None = None,
    ) -> None:
        self._url, self._book, self._chance = url, book, chance
        self._browser = client(url)
        self._browser.headers["Accept"] = "text/html"
        self._browser.cookies = cookies or httpx.Cookies()
        self.author = author
        self.held: Held | None = None
        self._tries = 0
        self._up = False
        self._woken = asyncio.Event()
        self._deflate: Literal["deflate"] | None = chance.choice(["deflate", None])

    async def run(self) -> None:
        """Read, and dial again after the last position, for as long as the page is open."""
        await self._resync()
        while True:
            reason = ""
            with suppress(OSError, InvalidHandshake, TimeoutError, EOFError):
                reason = await self._read()
            if self.held is None:
                await self._resync()
                continue
            retry = RETRY.fullmatch(reason)
            await self._pause((int(retry[1]) if retry else 0) + self._back_off())
            self._tries += 1

    def wake(self) -> None:
        """Somebody looks at the page again: a line that is down is dialled within a second."""
        if not self._up:
            self._woken.set()

    async def close(self) -> None:
        await self._browser.aclose()

    async def _read(self) -> str:
        """One line, until it is lost; gives the reason that it was closed with."""
        assert self.held is not None
        held, mine = self.held, f"&mine={int(self.held.current)}"
        path = f"{HERE}/live?after={held.position}&epoch={held.epoch}{mine}"
        headers = {"Cookie": cookie_of(self._browser)} if self.author else {}  # type: ignore[arg-type]
        async with connect(
            self._url.replace("http", "ws") + path,
            origin=self._url,  # type: ignore[arg-type]
            additional_headers=headers,
            compression=self._deflate,
            ping_interval=None,
            open_timeout=SILENCE,
            close_timeout=1,
            proxy=None,
        ) as line:
            self._up = True
            try:
                return await self._listen(line)
            finally:
                self._up = False

    async def _listen(self, line: ClientConnection) -> str:
        """Hear every frame, until the line ends or the page must be fetched again."""
        try:
            while self.held is not None:
                async with asyncio.timeout(SILENCE):
                    text = await line.recv()
                self._tries = 0
                self._hear(str(text))
        except ConnectionClosed as end:
            if end.rcvd and end.rcvd.code in FINAL:
                self._book.strange.append(f"a reader was turned away with {end.rcvd.code}")
            return end.rcvd.reason if end.rcvd else ""
        return ""

    def _hear(self, text: str) -> None:
        """One frame. Whatever does not follow is written down, and the page is fetched again."""
        held, frame = self.held, json.loads(text)
        assert held is not None
        position = frame.get("position")
        since = frame.get("since", (position or 0) - 1)
        if frame.get("reset"):
            self._book.resets += 1
            self.held = None
        elif position is None:
            held.apply(frame["ops"])
        elif since <= held.position < position:
            held.position = position
            held.apply(frame.get("ops", ()))
            self._book.shown(held.epoch, position)
            if "ops" in frame and not self.author:
                self._book.heard(held.epoch, position, json.dumps(frame["ops"]))
        elif position > held.position:
            self._book.disorder.append(f"{position} came after {held.position}: some are missing")
            self.held = None
        elif position < held.position or frame.get("ops"):
            self._book.disorder.append(f"{position} came again after {held.position}")

    async def _resync(self) -> None:
        """Fetch the page until there is one, and go on from where it stands."""
        while self.held is None:
            await self._pause(self._back_off())
            self._tries += 1
            self.held = await fetch(self._browser, self._book)
        self._tries = 0

    def _back_off(self) -> float:
        return FIRST + self._chance.random() * min(LONGEST, STEP * 2.0**self._tries)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
                await asyncio.sleep(self._chance.random())
        self._woken.clear()


async def fetch(browser: httpx.AsyncClient, book: Book) -> Held | None:
    """The public page as it stands, written down for the accounting; None where there is none."""
    try:
        answer = await browser.get(HERE)
    except httpx.TransportError:
        return None
    if answer.status_code != 200:
        if answer.status_code != 503:
            book.strange.append(f"{answer.status_code} for the page: {answer.text:.200}")
        return None
    held = Held(answer.text)
    book.shown(held.epoch, held.position)
    book.pages.append(Page(held.epoch, held.position, digest_of_transcript(held.transcript)))
    return held


class PlainReader:
    """Somebody without scripts, who fetches the page again every second or two."""

    def __init__(self, url: str, book: Book, chance: Random) -> None:
        self._browser, self._book, self._chance = client(url), book, chance
        self._browser.headers["Accept"] = "text/html"

    async def run(self) -> None:
        while True:
            await fetch(self._browser, self._book)
            await asyncio.sleep(self._chance.uniform(1, 2))

    async def close(self) -> None:
        await self._browser.aclose()


def unlike(reader: Reader, position: int, expected: Mapping[str, dict[int, str]]) -> list[str]:
    """How a reader's screen differs from what it should show at a position, in words."""
    held = reader.held
    if held is None:
        return ["a reader has no page"]
    found = [
        f"a reader's {name} differs: {_first_difference(held.lists[name], should)}"
        for name, should in expected.items()
        if list(held.lists[name].items()) != list(should.items())
    ]
    if held.position != position:
        found.append(f"a reader is at {held.position}, the log at {position}")
    return found


def _first_difference(found: dict[int, str], should: dict[int, str]) -> str:
    for place, (ours, theirs) in enumerate(zip(found.items(), should.items(), strict=False)):
        if ours != theirs:
            return f"at {place} it shows {ours}, not {theirs}"
    return f"it shows {len(found)}, not {len(should)}"
