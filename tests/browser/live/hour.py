"""A long evening in a moment: a session with many answers, and what happens in an hour of it, put
into the store as fast as the pages take it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from askpanel.eventlog.embedded import running
from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store
from tests.cast import ASHA, HANA, MORGAN
from tests.service import Service

AT_ONCE = 32
BUSY = 20
SHOWN_A_TURN = 5
"""Events that the public sees in one turn of a busy question, besides the pauses."""
QUESTION = "I have looked at something that I am worried about. Who may I talk to, and who hears?"
ANSWER = (
    "Nobody here decides whether you are a bad person. What counts is what happens next, and you "
    "can decide that today: close the device, tell one person whom you trust, and ring us.\n\n"
    "- It is free, and nobody asks for your name.\n- Those who answer have heard it before."
)
OTHER = "You can begin today: close the device, tell one person whom you trust, and ring us."


class Hour:
    """One session's store, written to beside the program. Questions 1 to `answers` are answered,
    the next `BUSY` come and go, and those after them can be answered, one by one."""

    def __init__(self, service: Service, slug: str, answers: int, unanswered: int = 0) -> None:
        url = running(service.folder / "data")
        assert url is not None, "the program's engine does not run"
        self._url, self.slug, self.answers, self._unanswered = url, slug, answers, unanswered
        self._turns, self._next = count(), count(answers + BUSY + 1)

    def begin(self) -> int:
        """Have the questions asked, and the first of them answered; gives the position."""

        async def one(store: Store, number: int) -> None:
            nonce = f"an-hour-of-events-{number:06}"
            done = await store.submit(
                self.slug, nonce=nonce, text=QUESTION, lang="en", author=f"author-{number:025}"
            )
            if done.question.number <= self.answers:
                await self._decide(store, done.question.number, "approve")
                await self._answer(store, done.question.number)

        async def all_of_them(store: Store) -> int:
            numbers = iter(range(self.answers + BUSY + self._unanswered))

            async def some() -> None:
                for number in numbers:
                    await one(store, number)

            await asyncio.gather(*(some() for _ in range(AT_ONCE)))
            return await store.newest(self.slug)

        return self._with_store(all_of_them)

    def pass_by(self, turns: int) -> int:
        """So many turns of a busy question: approved, claimed, let go, put back; an answer is
        corrected meanwhile, and at every tenth the session is paused and goes on. Everything on
        the page is then as long as it was. Gives the position."""

        async def passing(store: Store) -> int:
            for _ in range(turns):
                turn = next(self._turns)
                await self._turn(store, turn)
            return await store.newest(self.slug)

        return self._with_store(passing)

    def approve_one(self) -> int:
        """The next unanswered question waits for the panel; gives its number."""

        async def approving(store: Store) -> int:
            number = next(self._next)
            await self._decide(store, number, "approve")
            return number

        return self._with_store(approving)

    def answer_one(self, number: int) -> int:
        """An approved question is answered; gives the position."""

        async def answering(store: Store) -> int:
            await self._answer(store, number)
            return await store.newest(self.slug)

        return self._with_store(answering)

    async def _turn(self, store: Store, turn: int) -> None:
        busy = self.answers + 1 + turn % BUSY
        await self._decide(store, busy, "approve")
        await store.decide(self.slug, busy, "claim", MORGAN)
        corrected, text = 1 + turn % self.answers, (OTHER, ANSWER)[turn // self.answers % 2]
        await store.decide(self.slug, corrected, "correct", MORGAN, answer=1, text=text)
        await store.decide(self.slug, busy, "release", MORGAN)
        await self._decide(store, busy, "restore")
        if turn % 10 == 9:
            for command in ("pause", "resume"):
                await store.schedule(self.slug, command, HANA)

    async def _decide(self, store: Store, number: int, command: str) -> None:
        await store.decide(self.slug, number, command, ASHA)

    async def _answer(self, store: Store, number: int) -> None:
        await store.decide(self.slug, number, "answer", MORGAN, text=ANSWER, lang="en")

    def _with_store(self, work: Callable[[Store], Coroutine[None, None, int]]) -> int:
        async def working() -> int:
            client = connect(self._url)
            try:
                store = Store(client)
                await store.hear_time()
                return await work(store)
            finally:
                await client.aclose()

        # In a thread of its own: where a browser is driven, another loop runs in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, working()).result()
