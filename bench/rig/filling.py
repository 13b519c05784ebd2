"""Sessions with a past: questions and answers put into the store directly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from askpanel.eventlog.embedded import borrowed
from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store
from bench.rig.product import ANSWERS, QUESTIONS
from tests.cast import ASHA, MORGAN
from tests.service import SLUG

AT_ONCE = 48
FATES = ("pending", "rejected", "answered", "answered")
"""What becomes of every first, second, third and fourth question."""


def fill(folder: Path, questions: int, fates: Sequence[str] = FATES) -> None:
    """So many questions in the session of a data folder's store, half of them answered, or what
    the fates say instead."""

    async def one(store: Store, number: int) -> None:
        text = QUESTIONS[number % len(QUESTIONS)]
        done = await store.submit(
            SLUG, nonce=f"filling-{number:024}", text=text, lang="en", author=f"author-{number:025}"
        )
        fate, found = fates[number % len(fates)], done.question.number
        if fate == "rejected":
            await store.decide(SLUG, found, "reject", ASHA, reason="off-topic")
        elif fate == "answered":
            await store.decide(SLUG, found, "approve", ASHA)
            answer = ANSWERS[number % len(ANSWERS)]
            await store.decide(SLUG, found, "answer", MORGAN, text=answer, lang="en")

    _each(folder, questions, one)


def open_sessions(folder: Path, count: int) -> list[str]:
    """Further sessions like the one that is there; gives their names."""
    slugs = [f"session-{number}" for number in range(count)]

    async def one(store: Store, number: int) -> None:
        there = await store.session(SLUG)
        assert there is not None
        await store.create(msgspec.structs.replace(there, slug=slugs[number]))

    _each(folder, count, one)
    return slugs


def _each(folder: Path, count: int, work: Callable[[Store, int], Awaitable[None]]) -> None:
    """Do it for every number below `count`, in order, some at a time."""

    async def all_of_them(url: str) -> None:
        client = connect(url)
        numbers = iter(range(count))
        store = Store(client)

        async def some() -> None:
            for number in numbers:
                await work(store, number)

        try:
            await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        finally:
            await client.aclose()

    with borrowed(folder) as url:
        asyncio.run(all_of_them(url))
