"""The store on one real engine and on a cluster: asking twice, reading at one moment, the clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Refused
from askpanel.eventlog.store import Store
from tests.cast import ASHA, MINUTE, NOON, SAM, session
from tests.staffroom import Hands

SLUG = "stop-it-now"


@pytest.fixture
def hands() -> Hands:
    return Hands(NOON)


@pytest.fixture(params=["one engine", "a cluster"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    one = request.param == "one engine"
    url = request.getfixturevalue("engine_url") if one else request.getfixturevalue("cluster").url
    async with connect(url) as connected:
        yield connected


@pytest.fixture
async def store(client: Redis, prefix: str, hands: Hands) -> Store:
    opened = Store(client, prefix=prefix, now=hands, lease_ms=3 * MINUTE)
    await opened.create(session())
    return opened


async def ask(store: Store, nonce: str = "one", text: str = "Is it too late?") -> int:
    done = await store.submit(SLUG, nonce=nonce, text=text, lang="en", author=SAM.author)
    return done.question.number


async def test_the_same_nonce_ten_times_at_once_is_one_question(store: Store) -> None:
    replies = await asyncio.gather(
        *(
            store.submit(SLUG, nonce="one", text=f"Try {n}", lang="en", author=SAM.author)
            for n in range(10)
        )
    )
    assert {reply.position for reply in replies} == {2}
    assert len({reply.question.text for reply in replies}) == 1
    snapshot = await store.snapshot(SLUG)
    assert (snapshot.position, len(snapshot.questions)) == (2, 1)


async def test_a_repeated_question_comes_back_as_it_stands_now(store: Store) -> None:
    number = await ask(store)
    await store.decide(SLUG, number, "reject", ASHA, reason="off-topic")
    again = await store.submit(SLUG, nonce="one", text="Again", lang="cy", author="another")
    assert (again.position, again.question.state, again.question.author) == (
        *(2, "rejected", SAM.author),
    )


async def test_a_repeated_question_is_confirmed_even_when_no_more_are_taken(
    store: Store, hands: Hands
) -> None:
    """The first answer was lost on its way; the page must not hear that nothing was stored."""
    number = await ask(store)
    hands.now_ms = session().schedule.ends
    assert await ask(store) == number
    with pytest.raises(Refused, match="closed"):
        await ask(store, nonce="two")


async def test_different_nonces_are_numbered_without_a_gap(store: Store) -> None:
    numbers = await asyncio.gather(*(ask(store, nonce=f"n{n}") for n in range(20)))
    assert sorted(numbers) == list(range(1, 21))


async def test_a_snapshot_is_one_moment_with_the_newest_entries_only(store: Store) -> None:
    for number in range(6):
        await ask(store, nonce=f"n{number}")
    whole = await store.snapshot(SLUG)
    assert (whole.position, len(whole.entries), len(whole.questions)) == (7, 7, 6)
    assert (whole.session, whole.phase) == (session(), "")
    assert whole.epoch == await store.epoch(SLUG)
    few = await store.snapshot(SLUG, entries=2)
    assert sorted(entry.position for entry in few.entries) == [6, 7]
    assert few.questions == whole.questions


async def test_a_snapshot_taken_while_others_write_agrees_with_itself(store: Store) -> None:
    async def look() -> None:
        snapshot = await store.snapshot(SLUG)
        assert len(snapshot.entries) == snapshot.position == len(snapshot.questions) + 1

    asked = (ask(store, nonce=f"n{n}") for n in range(25))
    looks = (look() for _ in range(25))
    await asyncio.gather(*itertools.chain(*zip(asked, looks, strict=True)))


async def test_a_run_of_entries_is_read_from_and_to(store: Store) -> None:
    for number in range(4):
        await ask(store, nonce=f"n{number}")
    assert [entry.position for entry in await store.entries(SLUG, 2, 4)] == [2, 3, 4]
    assert [entry.position for entry in await store.wait(SLUG, 3, 50)] == [4, 5]
    assert await store.wait(SLUG, 5, 50) == []


async def test_a_second_session_at_an_address_is_refused_and_changes_nothing(store: Store) -> None:
    epoch = await store.epoch(SLUG)
    with pytest.raises(Refused, match="exists"):
        await store.create(session(show_waiting=False))
    assert (await store.session(SLUG), await store.epoch(SLUG)) == (session(), epoch)


async def test_an_epoch_is_renewed_once_whoever_finds_out(store: Store) -> None:
    old = await store.epoch(SLUG)
    await asyncio.gather(*(store.renew_epoch(SLUG, old) for _ in range(5)))
    renewed = await store.epoch(SLUG)
    await store.renew_epoch(SLUG, old)
    assert old != renewed == await store.epoch(SLUG)


async def test_without_a_test_clock_the_stores_own_is_used(client: Redis, prefix: str) -> None:
    store = Store(client, prefix=prefix)
    await store.create(session())
    before = int((await client.time())[0]) * 1000 - MINUTE
    (entry,) = await store.entries(SLUG, 1, 1)
    assert before < entry.event.at < before + 2 * MINUTE
    store.clock.set(5)
    assert 5 <= store.now() < MINUTE
    await store.hear_time()
    assert before < store.now() < before + 2 * MINUTE
