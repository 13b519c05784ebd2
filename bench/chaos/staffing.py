"""Moderators who decide, at times both on the same question at once, and panelists who answer."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

import httpx

from bench.chaos.askers import client
from bench.chaos.book import Book, Given
from tests.service import SLUG, StaffClient

ANSWERS_A_SECOND = 4.0
PATIENCE = 10.0
"""Seconds that the page's script waits for an answer."""
NONE: Mapping[str, str] = MappingProxyType({})
REFUSALS = (403, 404, 409, 422)
PUBLISHING = 0.4
"""Of so many questions one is approved; pages grow no longer than a real evening's."""


class Seat:
    """One member of staff, signed in, who presses a button again until somebody says what
    became of it."""

    def __init__(self, username: str, url: str, book: Book) -> None:
        self.username, self._book = username, book
        with StaffClient(url) as desk:
            desk.sign_in(username)
            self._csrf, cookies = desk.csrf, desk.cookies
        assert self._csrf, f"{username} could not sign in"
        self.browser = client(url)
        self.browser.cookies, self.browser.timeout = cookies, httpx.Timeout(PATIENCE)

    async def give(
        self, number: int, command: str, fields: Mapping[str, str] = NONE, *, race: int = 0
    ) -> Given:
        """One command, until it is known to have happened or to be refused."""
        given = Given(number, command, self.username, race=race)
        self._book.given.append(given)
        path = f"/staff/sessions/{SLUG}/questions/{number}/{command}"
        while not given.done and not given.refused:
            try:
                answer = await self.browser.post(path, data={"csrf": self._csrf, **fields})
            except httpx.TransportError:
                given.unknown += 1
            else:
                self._hear(given, answer)
            if not given.done and not given.refused:
                await asyncio.sleep(0.3)
        return given

    async def leave(self) -> None:
        """Close the browser."""
        await self.browser.aclose()

    def _hear(self, given: Given, answer: httpx.Response) -> None:
        said: dict[str, Any] = {}
        if answer.headers.get("content-type", "").startswith("application/json"):
            said = answer.json()
        if answer.status_code == 200 and said:
            given.done.append(said["position"])
        elif answer.status_code in REFUSALS and said:
            given.refused.append(said["error"])
            given.said = said["message"]
        else:
            given.unknown += 1
            if answer.status_code != 503:
                self._book.strange.append(
                    f"{answer.status_code} to {given.command}: {answer.text:.200}"
                )


class Staffing:
    """Everybody behind the scene. `arrived` takes the numbers of stored questions."""

    def __init__(self, url: str, book: Book, chance: Random) -> None:
        self.asha, self.bea = Seat("asha", url, book), Seat("bea", url, book)
        self.morgan, self.lucy = Seat("morgan", url, book), Seat("lucy", url, book)
        self._chance = chance
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._approved: asyncio.Queue[int] = asyncio.Queue()
        self._races = itertools.count(1)

    def arrived(self, number: int) -> None:
        """A question has come in."""
        self._waiting.put_nowait(number)

    async def moderate(self, leaving: asyncio.Event) -> None:
        """Decide on one question after the other."""
        async for number in _each(self._waiting, leaving):
            roll = self._chance.random()
            if roll < 0.25:
                await self._race(number)
                continue
            seat = self._chance.choice([self.asha, self.bea])
            if roll < 0.35:
                await seat.give(number, "hold", {"note": "Ask the host"})
            if self._chance.random() < PUBLISHING:
                await self._approve(seat, number)
            else:
                kind = self._chance.choice(["reject", "reply", "escalate"])
                fields = {"reason": "off-topic", "text": "You can call us.", "note": "At risk"}
                await seat.give(number, kind, fields)

    async def _race(self, number: int) -> None:
        """Both moderators decide on the same question, each in their own way, at once."""
        race = next(self._races)
        first, second = self._chance.sample([self.asha, self.bea], 2)
        approved, _ = await asyncio.gather(
            first.give(number, "approve", race=race),
            second.give(number, "reject", {"reason": "off-topic"}, race=race),
        )
        if approved.done:
            self._approved.put_nowait(number)

    async def _approve(self, seat: Seat, number: int) -> None:
        given = await seat.give(number, "approve")
        if given.done and self._chance.random() < 0.05:
            await seat.give(number, "restore")
        elif given.done:
            self._approved.put_nowait(number)

    async def answer(self, leaving: asyncio.Event) -> None:
        """Claim and answer one approved question after the other."""
        async for number in _each(self._approved, leaving):
            first, second = self._chance.sample([self.morgan, self.lucy], 2)
            claims = await asyncio.gather(
                first.give(number, "claim"),
                *([second.give(number, "claim")] if self._chance.random() < 0.3 else []),
            )
            seat = first if claims[0].done else second
            if self._chance.random() < 0.1:
                await seat.give(number, "release")
            answer = {"text": f"The answer to {number}.", "lang": "en"}
            await seat.give(number, "answer", answer)
            await self._afterwards(number)
            await asyncio.sleep(self._chance.uniform(0, 2 / ANSWERS_A_SECOND))

    async def _afterwards(self, number: int) -> None:
        roll = self._chance.random()
        if roll < 0.1:
            answer = {"text": "And from us.", "lang": "en"}
            await asyncio.gather(*(s.give(number, "answer", answer) for s in self._panel))
        elif roll < 0.15:
            await self.morgan.give(number, "correct", {"answer": "1", "text": "To be exact: so."})
        elif roll < 0.18:
            await self.asha.give(number, "remove", {"reason": "names-a-person"})

    @property
    def _panel(self) -> tuple[Seat, Seat]:
        return self.morgan, self.lucy

    async def leave(self) -> None:
        """Everybody goes."""
        for seat in (self.asha, self.bea, *self._panel):
            await seat.leave()


async def _each(queue: asyncio.Queue[int], leaving: asyncio.Event) -> AsyncIterator[int]:
    """What comes into a queue, until it is time to leave."""
    gone = asyncio.ensure_future(leaving.wait())
    while not leaving.is_set():
        come = asyncio.ensure_future(queue.get())
        await asyncio.wait([gone, come], return_when=asyncio.FIRST_COMPLETED)
        if come.done():
            yield come.result()
        else:
            come.cancel()
