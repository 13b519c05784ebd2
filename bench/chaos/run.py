"""One evening under chaos: the load, fault after fault, the settling, and the accounting."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from msgspec import Struct

from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store
from bench.chaos import account
from bench.chaos.account import Breach, Log
from bench.chaos.askers import Asker
from bench.chaos.book import Book
from bench.chaos.faults import Fault, dealt
from bench.chaos.readers import PlainReader, Reader, unlike
from bench.chaos.scene import Scene, lit
from bench.chaos.staffing import Staffing
from tests.service import SLUG

SETTLING = 90.0
"""Seconds in which every reader must have come to the end of the log."""


class Plan(Struct, frozen=True, kw_only=True):
    """How much: kinds of load, and how many faults of how many seconds."""

    seed: int
    faults: int
    longest: float = 3.0
    askers: int = 6
    readers: int = 8
    workers: int = 1
    soon: float = 5.0


class Account(Struct, frozen=True):
    """What came of an evening."""

    faults: Counter[str]
    acknowledged: int
    positions: int
    breaches: list[Breach]
    waits: list[tuple[str, float]]
    resets: int
    refused: int
    unknown: int

    @property
    def sentence(self) -> str:
        """The last line."""
        return account.sentence(self.faults.total(), self.acknowledged, self.breaches)

    @property
    def longest_wait(self) -> float:
        """Seconds from the end of a fault to the first acknowledgement, at the worst."""
        return max((seconds for _, seconds in self.waits), default=0.0)


class Evening:
    """A scene with everybody in it."""

    def __init__(self, scene: Scene, plan: Plan) -> None:
        self.scene, self.plan, self.book = scene, plan, Book()
        self.chance = Random(plan.seed)
        self.staffing = Staffing(scene.url, self.book, self._own())
        self._askers = [
            Asker(seat, scene.url, self.book, self._own(), self.staffing.arrived)
            for seat in range(plan.askers)
        ]
        self.readers = [Reader(scene.url, self.book, self._own()) for _ in range(plan.readers)]
        self._plain = [PlainReader(scene.url, self.book, self._own()) for _ in range(2)]
        self._leaving = asyncio.Event()
        self._acting: list[asyncio.Task[None]] = []
        self._reading: list[asyncio.Task[None]] = []
        self.happened: Counter[str] = Counter()

    def _own(self) -> Random:
        """Chance for one person, so that it does not depend on who is faster."""
        return Random(self.chance.getrandbits(64))

    async def begin(self) -> None:
        """Everybody comes in; after the first questions two authors open a page each."""
        works: list[Coroutine[Any, Any, None]] = [
            *(reader.run() for reader in self.readers),
            *(reader.run() for reader in self._plain),
        ]
        self._reading = [asyncio.create_task(work) for work in works]
        works = [
            *(asker.run(self._leaving) for asker in self._askers),
            *(self.staffing.moderate(self._leaving) for _ in range(2)),
            *(self.staffing.answer(self._leaving) for _ in range(2)),
        ]
        self._acting = [asyncio.create_task(work) for work in works]
        await self.acknowledged(self.plan.askers)
        for asker in self._askers[:2]:
            while not asker.known[0]:
                await self.acknowledged(1)
            reader = Reader(self.scene.url, self.book, self._own(), *asker.known)
            self.readers.append(reader)
            self._reading.append(asyncio.create_task(reader.run()))

    async def acknowledged(self, count: int, within: float = 60.0) -> None:
        """Wait for so many more acknowledgements. What does not come is for the accounting."""
        goal = len(self.book.acknowledgements) + count
        deadline = time.monotonic() + within
        while len(self.book.acknowledgements) < goal and time.monotonic() < deadline:
            self._raise_what_ended()
            await asyncio.sleep(0.02)

    async def suffer(self, disaster: list[Fault]) -> None:
        """One disaster from its beginning to the first acknowledgement after it."""

        async def one(fault: Fault) -> None:
            lasting = self.chance.uniform(0.1, self.plan.longest)
            await fault.work(self.scene, self.chance, lasting)

        await asyncio.gather(*(one(fault) for fault in disaster))
        # Healed as one: a program that came up may have lost a store that was still away.
        await self.scene.engine_back()
        self.happened.update(fault.name for fault in disaster)
        name = " and ".join(fault.name for fault in disaster)
        self.book.healed.append((name, time.monotonic()))
        await self.acknowledged(1)
        await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def settle(self, within: float = SETTLING) -> Log:
        """Nobody asks or decides any more; gives the log once everybody has come to its end, at
        the latest with the next heartbeat.

        It may still grow by itself, when a claim runs out: so nothing may come between reading
        it and looking at the screens.
        """
        self._leaving.set()
        await asyncio.gather(*self._acting)
        deadline = time.monotonic() + within
        while True:
            log = await self.log()
            if self._all_at_the_end_of(log) or time.monotonic() > deadline:
                return log
            self._raise_what_ended()
            for reader in self.readers:
                reader.wake()
            await asyncio.sleep(0.2)

    async def leave(self) -> None:
        """Everybody goes."""
        tasks = [*self._acting, *self._reading]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for reader in self.readers:
            await reader.close()
        for plain in self._plain:
            await plain.close()
        await self.staffing.leave()

    async def log(self) -> Log:
        """The whole log, read past every link."""
        async with connect(self.scene.engine.url) as client:
            store = Store(client)
            snapshot = await store.snapshot(SLUG, entries=1)
            return Log.of(snapshot, await store.entries(SLUG, 1, snapshot.position))

    def accounting(self, log: Log) -> Account:
        """Hold the book, the log and the screens against each other."""
        book = self.book
        found = account.breaches(book, log, soon=self.plan.soon)
        found += [Breach("order", words) for words in self._wrong_screens(log)]
        return Account(
            faults=self.happened,
            acknowledged=book.stored,
            positions=log.position,
            breaches=found,
            waits=book.waits(),
            resets=book.resets,
            refused=book.refused,
            unknown=sum(given.unknown for given in book.given),
        )

    def _wrong_screens(self, log: Log) -> Iterable[str]:
        expected = account.screen(log)
        for reader in self.readers:
            yield from unlike(reader, log.position, expected)
            own = account.own_lists(self.book, log, reader.author)
            if reader.held and reader.author and reader.held.lists["mine"] not in own:
                yield f"the list of author {reader.author} is not theirs"

    def _all_at_the_end_of(self, log: Log) -> bool:
        shown = self.book.farthest.get(log.epoch, 0)
        held = [reader.held for reader in self.readers]
        return shown == log.position and all(h and h.position == shown for h in held)

    def _raise_what_ended(self) -> None:
        """Nobody leaves before the end: a fault of ours ends the run."""
        for task in [*self._acting, *self._reading]:
            if task.done() and not self._leaving.is_set():
                task.result()


@asynccontextmanager
async def evening(plan: Plan, fault: str = "") -> AsyncIterator[Evening]:
    """A scene with everybody in it, at work. `fault` names one of `tests.promises.faults`."""
    async with lit(Random(plan.seed), workers=plan.workers, fault=fault) as scene:
        running = await asyncio.to_thread(Evening, scene, plan)
        try:
            await running.begin()
            yield running
        finally:
            await running.leave()


async def suffered(plan: Plan, say: Callable[[str], None] = lambda line: None) -> Account:
    """A whole evening by the plan; `say` hears of each disaster."""
    async with evening(plan) as running:
        for disaster in dealt(running.chance):
            if running.happened.total() >= plan.faults:
                break
            await running.suffer(disaster)
            name, seconds = running.book.waits()[-1]
            say(
                f"{running.happened.total():4} {name}: acknowledged again after {seconds:.2f} s;"
                f" {running.book.stored:,} so far"
            )
        return running.accounting(await running.settle())
