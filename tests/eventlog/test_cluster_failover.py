"""A primary that dies: what was confirmed, and what the replicas had not been given."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Entry, StoreAway
from askpanel.eventlog.store import Store
from askpanel.eventlog.tail import Diverged, Tail
from tests.cast import NOON, SAM, session
from tests.clusters import Cluster, served, start_cluster
from tests.engines import wait_until

SLUG = "stop-it-now"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with start_cluster() as running:
        yield running


async def ask(store: Store, nonce: str) -> int:
    done = await store.submit(SLUG, nonce=nonce, text=nonce, lang="en", author=SAM.author)
    return done.question.number


async def test_only_what_was_not_waited_for_is_lost_with_a_primary_and_screens_are_told(
    cluster: Cluster, prefix: str
) -> None:
    """The replica is cut off and then takes over. With `replicas=0` a confirmed question is
    lost: that is the control, and what the waiting is for."""
    url = cluster.url
    async with (
        connect(url, timeout_seconds=1.0) as client,
        connect(f"{url}?replicas=0") as hasty_client,
    ):
        store = Store(client, prefix=prefix, now=lambda: NOON)
        hasty = Store(hasty_client, prefix=prefix, now=lambda: NOON)
        await store.create(session())
        await ask(store, "kept")
        seen: list[Entry] = []
        reader = asyncio.create_task(following(store, seen))
        primary = cluster.primary_of(store.key(SLUG, "log"))
        (copy,) = cluster.copies_of(primary)
        copy.pause()
        with primary.client() as outside:
            outside.client_kill_filter(_type="replica")
        with pytest.raises(StoreAway, match="NotCopied"):
            await ask(store, "refused")
        assert await ask(hasty, "hasty") == 3
        while len(seen) < 3:  # noqa: ASYNC110 - another task reads
            await asyncio.sleep(0.01)
        primary.kill()
        copy.resume()
        await asyncio.to_thread(wait_until, lambda: served(copy))
        with pytest.raises(Diverged):
            await asyncio.wait_for(reader, 15)
        snapshot = await hasty.snapshot(SLUG)
        assert [question.text for question in snapshot.questions] == ["kept"]
        primary.start()
        await asyncio.to_thread(wait_until, cluster.is_whole)
        assert [await ask(store, nonce) for nonce in ("kept", "refused")] == [1, 2]


async def following(store: Store, seen: list[Entry]) -> None:
    """Read along as a room does."""
    (first,) = await store.entries(SLUG, 1, 1)
    await Tail(
        store,
        SLUG,
        first,
        epoch=await store.epoch(SLUG),
        entries=seen.extend,
        connected=lambda _: None,
    ).run()
