"""Sealing beside the requests: when it happens, what is told, and that nothing stops it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

import pytest
import redis
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from askpanel.chat.sealer import DAY_MS, LIST, LOOK, REST, Sealer
from askpanel.eventlog import following as following_module
from askpanel.eventlog.engine import connect
from askpanel.eventlog.following import SEAL_SECONDS
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.seals import Look, Seals
from askpanel.eventlog.store import Store
from tests.cast import ALEX, session
from tests.engines import PrivateEngine, start_engine, wait_until
from tests.forger import SECRET, SLUG, Forger, Hands


class Night:
    """A sealer whose rounds a test runs by hand, and the store that it watches."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.hands = Hands()
        self.store = Store(client, prefix=prefix, now=self.hands)
        self.seals = Seals(client, prefix)
        self.forger = Forger(client, prefix)
        self.sealer = Sealer(
            *(self.store, self.seals, SECRET), monotonic=lambda: self.hands.seconds
        )

    async def round(self, seconds: float = 0) -> None:
        self.hands.run(seconds)
        await self.sealer.round()

    async def ask(self, nonce: str) -> None:
        await self.store.submit(SLUG, nonce=nonce, text="Why?", lang="en", author=ALEX.author)

    async def count(self) -> int:
        return len(await self.forger.seals())


@pytest.fixture
async def night(client: Redis, prefix: str) -> Night:
    made = Night(client, prefix)
    await made.store.create(session())
    return made


def alarms(kind: str) -> float:
    labels = {"session": SLUG, "kind": kind}
    return REGISTRY.get_sample_value("askpanel_record_alarms_total", labels) or 0.0


def waited() -> float | None:
    return REGISTRY.get_sample_value("askpanel_unsealed_seconds", {"session": SLUG})


async def test_a_head_is_signed_half_a_minute_after_something_new_and_can_be_printed(
    night: Night,
) -> None:
    await night.round()
    assert (night.sealer.head_of(SLUG), night.sealer.head_of("another")) == (None, None)
    await night.round(LOOK)
    assert waited() == LOOK
    await night.round(SEAL_SECONDS)
    assert waited() == 0
    head = night.sealer.head_of(SLUG)
    assert head is not None
    assert (head.number, head.position) == (1, 1)
    for _ in range(20):
        await night.round(SEAL_SECONDS)
    assert await night.count() == 1


async def test_a_session_that_is_loaded_later_is_found(night: Night) -> None:
    await night.round()
    await night.store.create(session(slug="another"))
    await night.round(LIST)
    await night.round(SEAL_SECONDS)
    head = night.sealer.head_of("another")
    assert head is not None
    assert head.session == "another"


async def test_a_session_of_long_ago_is_looked_at_less_often(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    real = Seals.look

    async def counted(seals: Seals, *args: object) -> Look | None:
        nonlocal looks
        looks += 1
        return await real(seals, *args)  # type: ignore[arg-type]

    await night.round()
    night.hands.now += 2 * DAY_MS
    await night.round(SEAL_SECONDS)
    assert await night.count() == 1
    await night.round(LOOK)
    monkeypatch.setattr(Seals, "look", counted)
    for _ in range(5):
        await night.round(LOOK)
    assert looks == 0
    await night.round(REST)
    assert looks > 0


async def test_a_changed_past_is_told_once_with_nothing_of_anybody_in_it(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    await night.ask("one")
    await night.round()
    await night.round(SEAL_SECONDS)
    before = alarms("changed")
    (_, scheduled), (_, asked) = await night.forger.entries()
    await night.forger.write([(1, scheduled), (2, asked.replace(b"Why?", b"Who?"))])
    for _ in range(4):
        await night.round(REST)
    (record,) = [each for each in caplog.records if each.name == "askpanel"]
    assert record.levelno == logging.ERROR
    assert record.__dict__["event"] == "record_changed"
    assert record.getMessage() == (
        "entries of a session's log are not what they were when they were read or sealed; "
        f"run askpanel verify {SLUG}"
    )
    assert alarms("changed") > before


async def test_a_cut_tail_gives_the_screens_a_new_epoch_and_is_sealed_as_a_loss(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    await night.ask("one")
    await night.ask("two")
    await night.round()
    epoch = await night.store.epoch(SLUG)
    await night.forger.rewrite(lambda entries: entries[:2])
    await night.round(LOOK)
    assert await night.store.epoch(SLUG) != epoch
    head = night.sealer.head_of(SLUG)
    assert head is not None
    assert (head.position, head.lost and head.lost.position) == (2, 3)
    assert [each.__dict__["event"] for each in caplog.records] == ["record_shortened"]


async def test_one_session_that_cannot_be_sealed_keeps_no_other_from_it(night: Night) -> None:
    await night.store.create(session(slug="another"))
    await night.store.create(session(slug="a-third"))
    await night.forger.do("SET", "seals", "no list")
    await night.round()
    await night.round(SEAL_SECONDS)
    for slug in ("another", "a-third"):
        assert night.sealer.head_of(slug) is not None
    assert night.sealer.head_of(SLUG) is None


async def test_a_fault_in_one_session_is_told_and_the_others_go_on(
    night: Night, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(session: bytes) -> int:
        if f'"slug":"{SLUG}"'.encode() in session:
            raise ValueError("planted")
        return following_module.NEVER

    await night.store.create(session(slug="another"))
    monkeypatch.setattr(following_module, "_end", failing)
    await night.round()
    await night.round(SEAL_SECONDS)
    assert night.sealer.head_of("another") is not None
    assert night.sealer.head_of(SLUG) is None
    assert {each.__dict__["event"] for each in caplog.records} == {"sealing_failed"}


async def test_told_to_stop_it_signs_what_it_has_read(night: Night) -> None:
    await night.round()
    await night.sealer.start()
    await night.ask("one")
    await night.round()
    await night.sealer.stop()
    assert await night.count() == 1


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        wait_until(lambda: is_loaded(running))
        yield running


def is_loaded(engine: PrivateEngine) -> bool:
    with engine.client() as looking, contextlib.suppress(redis.RedisError):
        return bool(looking.ping())
    return False


async def test_a_store_that_is_away_is_waited_for(engine: PrivateEngine, prefix: str) -> None:
    async with connect(engine.url) as client:
        night = Night(client, prefix)
        await night.store.create(session())
        await night.round()
        engine.kill()
        await night.round(SEAL_SECONDS)
        with pytest.raises(StoreAway):
            await night.store.ping()
        began = asyncio.get_running_loop().time()
        await night.sealer.stop()
        assert asyncio.get_running_loop().time() - began < 3
        engine.start()
        wait_until(lambda: is_loaded(engine))
        await night.round(LOOK)
        assert await night.count() == 1
