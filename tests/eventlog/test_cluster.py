"""The store on a real cluster: three primaries, each with a replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis

from askpanel.eventlog import store as store_module
from askpanel.eventlog.contents import contents
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store, read_script
from tests.cast import ASHA, HANA, MINUTE, NOON, SAM, session
from tests.clusters import Cluster, paused
from tests.engines import PrivateEngine, wait_until
from tests.staffroom import hire

SLUGS = ("stop-it-now", "third", "family")
"""Sessions on three different primaries: where they lie follows from their names alone."""


@asynccontextmanager
async def store_on(url: str, prefix: str, *, seconds: float = 3.0) -> AsyncIterator[Store]:
    async with connect(url, timeout_seconds=seconds) as client:
        yield Store(client, prefix=prefix, now=lambda: NOON, lease_ms=MINUTE)


@pytest.fixture
async def store(cluster: Cluster, prefix: str) -> AsyncIterator[Store]:
    async with store_on(cluster.url, prefix) as opened:
        yield opened


async def ask(store: Store, slug: str, nonce: str = "one") -> int:
    done = await store.submit(slug, nonce=nonce, text="Why?", lang="en", author=SAM.author)
    return done.question.number


def apart(cluster: Cluster, store: Store) -> dict[PrivateEngine, str]:
    """One session's name for each primary."""
    return {cluster.primary_of(store.key(slug, "log")): slug for slug in SLUGS}


# Everything works, wherever it lies


async def test_sessions_on_every_primary_and_the_staff_live_side_by_side(
    cluster: Cluster, store: Store, prefix: str
) -> None:
    assert len(apart(cluster, store)) == 3
    await store.hear_time()
    await store.ping()
    for slug in SLUGS:
        await store.create(session(slug=slug))
        number = await ask(store, slug)
        await store.decide(slug, number, "approve", ASHA)
        await store.schedule(slug, "pause", HANA)
        await store.revoke(slug, {"asha": 2})
        assert len(await store.wait(slug, 1, 50)) == 3
        assert (await store.snapshot(slug)).position == 4
    assert {each.slug for each in await store.sessions()} == set(SLUGS)
    staff = Staff(store._client, prefix)
    await hire(staff, NOON)
    token = await staff.sign_in("asha", 1, NOON)
    assert token is not None
    assert (await staff.signed_in(token, NOON)) is not None
    await staff.sign_out(token, NOON)
    assert [entry.event.username for entry in await staff.wait(0, 50)][-1] == "asha"


async def test_all_that_a_store_holds_is_read_from_every_primary(
    cluster: Cluster, store: Store, prefix: str
) -> None:
    for slug in SLUGS:
        await store.create(session(slug=slug))
        await ask(store, slug)
    found = {key: held async for key, held in contents(store._client) if key.startswith(prefix)}
    assert {store.key(slug, "log") for slug in SLUGS} < set(found)
    for slug in SLUGS:
        assert b"Why?" in found[store.key(slug, "questions")]


async def test_a_reader_that_waits_hears_of_an_entry_at_once(store: Store, prefix: str) -> None:
    await store.create(session(slug="third"))
    waiting = asyncio.create_task(store.wait("third", 1, 2_000))
    await ask(store, "third")
    assert [entry.position for entry in await waiting] == [2]


# Changes of place


async def test_what_has_moved_is_found_without_a_failure_and_done_once(
    cluster: Cluster, store: Store
) -> None:
    await store.create(session())
    await ask(store, SLUGS[0], "before")
    key = store.key(SLUGS[0], "log")
    (copy,) = cluster.copies_of(cluster.primary_of(key))
    with copy.client() as client:
        client.cluster("FAILOVER")
    wait_until(lambda: cluster.primary_of(key) is copy)
    wait_until(cluster.is_whole)
    assert [await ask(store, SLUGS[0], f"after-{n}") for n in range(5)] == [2, 3, 4, 5, 6]
    assert [entry.position for entry in await store.wait(SLUGS[0], 0, 50)] == [*range(1, 8)]


async def test_a_session_that_is_on_its_way_to_another_primary_is_followed(
    cluster: Cluster, store: Store
) -> None:
    """Whoever asks for what has gone is sent after it, and while half is gone, has to wait."""
    slug = "fifth"
    await store.create(session(slug=slug))
    assert await ask(store, slug) == 1
    keys = [store.key(slug, part) for part in ("meta", "log", "questions", "nonces")]
    giving = cluster.primary_of(keys[0])
    getting = cluster.primary_of(store.key("family", "log"))
    with giving.client() as giver, getting.client() as getter:
        slot, target = giver.cluster("KEYSLOT", keys[0]), getter.cluster("MYID")
        getter.cluster("SETSLOT", slot, "IMPORTING", giver.cluster("MYID"))
        giver.cluster("SETSLOT", slot, "MIGRATING", target)
        giver.migrate("127.0.0.1", getting.port, keys[:2], 0, 5000)
        waiting = asyncio.create_task(ask(store, slug, "two"))
        await asyncio.to_thread(wait_until, lambda: failures(giver, "TRYAGAIN"))
        assert not waiting.done()
        giver.migrate("127.0.0.1", getting.port, keys[2:], 0, 5000)
        assert await waiting == 2
        assert failures(giver, "ASK")
        for each in (getter, giver):
            each.cluster("SETSLOT", slot, "NODE", target)
    assert [await ask(store, slug, nonce) for nonce in ("one", "two", "three")] == [1, 2, 3]


def failures(client: redis.Redis, code: str) -> int:
    """How often an engine has answered with this code."""
    found: dict[str, Any] = client.info("errorstats")
    return int(found.get(f"errorstat_{code}", {}).get("count", 0))


async def test_a_node_that_hangs_costs_nobody_else_anything(
    cluster: Cluster, store: Store, prefix: str
) -> None:
    places = apart(cluster, store)
    for slug in places.values():
        await store.create(session(slug=slug))
    hanging, *others = places
    refused = 0
    with paused(hanging):
        for _ in range(3):  # before its replica takes over, meanwhile, and after
            async with store_on(cluster.url, prefix, seconds=1.2) as fresh:
                for each in others:
                    assert await fresh.epoch(places[each])
                try:
                    await fresh.epoch(places[hanging])
                except StoreAway:
                    refused += 1
                for each in others:
                    assert await fresh.epoch(places[each])
    assert refused
    wait_until(cluster.is_whole)


# Confirmed means kept


async def test_what_no_replica_has_is_not_confirmed_until_it_has(
    cluster: Cluster, prefix: str
) -> None:
    async with (
        store_on(cluster.url, prefix, seconds=1.5) as store,
        store_on(f"{cluster.url}?replicas=0", prefix) as hasty,
    ):
        await store.create(session())
        (copy,) = cluster.copies_of(cluster.primary_of(store.key(SLUGS[0], "log")))
        with paused(copy):
            with pytest.raises(StoreAway, match="NotCopied"):
                await ask(store, SLUGS[0])
            assert await ask(hasty, SLUGS[0], "two") == 2
        wait_until(cluster.is_whole)
        assert await ask(store, SLUGS[0]) == 1


@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "a repeat writes nothing"])
async def test_a_repeat_is_not_confirmed_before_the_question_is_kept(
    cluster: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch, planted: bool
) -> None:
    """An engine waits for what the connection wrote: a connection that only looked waits for
    nothing, and the question would be confirmed that no replica has."""
    if planted:
        text = read_script("submit").replace("redis.call('HSET', KEYS[1], 'repeated', number)", "")
        monkeypatch.setattr(store_module, "read_script", lambda name: text)
    url = cluster.url
    async with store_on(url, prefix, seconds=1.5) as store, store_on(url, prefix) as away:
        monkeypatch.undo()
        await store_on_first(url, prefix)
        (copy,) = cluster.copies_of(cluster.primary_of(store.key(SLUGS[0], "log")))
        with paused(copy):
            async with store_on(f"{url}?replicas=0", prefix) as hasty:
                await ask(hasty, SLUGS[0])
            if planted:
                assert await ask(store, SLUGS[0]) == 1
            else:
                with pytest.raises(StoreAway, match="NotCopied"):
                    await ask(store, SLUGS[0])
        wait_until(cluster.is_whole)
        assert await ask(away, SLUGS[0]) == 1


async def store_on_first(url: str, prefix: str) -> None:
    """A session begun by somebody else, so that nobody's connection has written anything."""
    async with store_on(url, prefix) as store:
        await store.create(session())


async def test_a_primary_that_misses_its_replicas_refuses_at_once_and_stores_nothing(
    cluster: Cluster, store: Store
) -> None:
    """What operators are told to set: `min-replicas-to-write`."""
    await store.create(session())
    with cluster.primary_of(store.key(SLUGS[0], "log")).client() as primary:
        primary.config_set("min-replicas-to-write", 2)
        try:
            with pytest.raises(StoreAway):
                await ask(store, SLUGS[0])
        finally:
            primary.config_set("min-replicas-to-write", 0)
    assert (await store.snapshot(SLUGS[0])).questions == []
    assert await ask(store, SLUGS[0]) == 1
