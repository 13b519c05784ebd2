"""The store on a primary with two replicas, which three sentinels watch over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from askpanel.eventlog.engine import EngineRefused, check, connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.store import Store
from tests.cast import MINUTE, NOON, SAM, session
from tests.clusters import SERVICE, Watched, info, start_watched
from tests.engines import free_port, start_engine, wait_until

SLUG = "stop-it-now"
HEALED_SECONDS = 5.0
"""P6: how long after anything healed the first question may wait for its confirmation."""


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with start_watched() as running:
        yield running


async def refusal(url: str) -> str:
    async with connect(url, timeout_seconds=1.0) as client:
        with pytest.raises(EngineRefused) as refused:
            await check(client)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_a_watched_primary_is_accepted_whichever_sentinels_are_named(
    watched: Watched,
) -> None:
    for seeds in (watched.sentinels[0], ",".join(("127.0.0.1:1", *watched.sentinels))):
        async with connect(f"redis+sentinel://{seeds}/{SERVICE}") as client:
            assert (await check(client)).appendfsync == "always"


async def test_a_service_that_nobody_watches_is_refused(watched: Watched) -> None:
    sentence = await refusal(f"redis+sentinel://{watched.sentinels[0]}/answers")
    assert "know no primary by that name" in sentence


async def test_sentinels_that_are_not_there_are_named() -> None:
    port = free_port()
    sentence = await refusal(f"redis+sentinel://:word@127.0.0.1:{port}/{SERVICE}")
    assert f"The sentinels at 127.0.0.1:{port} cannot be reached" in sentence
    assert "word" not in sentence


async def test_an_engine_is_no_sentinel_and_a_sentinel_no_engine(watched: Watched) -> None:
    with start_engine(port=free_port()) as engine:
        sentence = await refusal(f"redis+sentinel://127.0.0.1:{engine.port}/{SERVICE}")
    assert "neither a node of a cluster nor a sentinel" in sentence
    sentence = await refusal(f"redis://{watched.sentinels[0]}")
    assert "is a sentinel; give its address as redis+sentinel://" in sentence


async def test_a_replica_that_would_lose_questions_is_refused(watched: Watched) -> None:
    weak = next(node for node in watched.nodes if info(node)["role"] == "slave")
    with weak.client() as client:
        client.config_set("appendfsync", "no")
        try:
            sentence = await refusal(watched.url)
        finally:
            client.config_set("appendfsync", "always")
    assert f"127.0.0.1:{weak.port} writes to disk too rarely" in sentence


async def test_a_primary_that_stands_still_is_replaced_and_nobody_goes_back_to_it(
    watched: Watched, prefix: str
) -> None:
    async with connect(watched.url, timeout_seconds=1.0) as client:
        store = Store(client, prefix=prefix, now=lambda: NOON, lease_ms=MINUTE)
        await store.create(session())
        confirmed = [await ask(store, number) for number in range(1, 6)]
        old = watched.primary_of(SLUG)
        old.pause()
        try:
            with pytest.raises(StoreAway):
                await ask(store, 6)
            await asyncio.to_thread(wait_until, lambda: promoted(watched))
            confirmed.append(await insist(store, 6))
        finally:
            old.resume()
        # The old one still takes itself for the primary: nobody may go back to it.
        confirmed += [await ask(store, number) for number in range(7, 12)]
        snapshot = await store.snapshot(SLUG)
    assert sorted(q.number for q in snapshot.questions) == confirmed == [*range(1, 12)]


def promoted(watched: Watched) -> bool:
    """Whether an engine that answers takes writes."""
    running = [info(node) for node in watched.nodes]
    return any(each.get("role") == "master" for each in running if each)


async def ask(store: Store, number: int) -> int:
    text = f"Why, for the {number}th time?"
    done = await store.submit(SLUG, nonce=f"n-{number}", text=text, lang="en", author=SAM.author)
    return done.question.number


async def insist(store: Store, number: int) -> int:
    """Ask as people do who were refused: the same question again, soon."""
    async with asyncio.timeout(HEALED_SECONDS):
        while True:
            try:
                return await ask(store, number)
            except StoreAway:
                await asyncio.sleep(0.05)
