"""P10. Twenty readers who never read, in a lively session: everybody else has everything in two
seconds, the server stays small, and the twenty are cut off. So are those who have vanished."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store
from tests.autobahn.client import Client
from tests.cast import ASHA, MORGAN
from tests.promises.company import (
    MIB,
    PROMPT,
    WORST,
    Scales,
    besieged,
    company,
    crowd,
    metric,
    soon,
)
from tests.promises.stage import Stage
from tests.service import SLUG

SLOW = 20
LENGTH = 6_000
"""Characters of one answer."""
ENOUGH = 120
"""Answers, each of which every socket gets: far more than may wait for one."""
ONCE = 8
PAGE = 24
"""Answers between which the honest reader has time to read."""
READERS = ("askpanel_sockets", "askpanel_slow_readers_total")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """With the limits that an installation has."""
    with besieged(limits={}) as running:
        yield running


def publish(stage: Stage, answers: int) -> None:
    """Have long answers published as fast as the store takes them."""

    async def publish_some(store: Store) -> None:
        for _ in range(answers // ONCE):
            asked = await store.submit(
                SLUG, nonce=uuid4().hex, text="Where do I begin?", lang="en", author="sam"
            )
            number = asked.question.number
            await store.decide(SLUG, number, "approve", ASHA)
            await store.decide(SLUG, number, "answer", MORGAN, text="x" * LENGTH, lang="en")

    async def publishing() -> None:
        async with connect(stage.engine_url) as client:
            store = Store(client)
            await asyncio.gather(*(publish_some(store) for _ in range(ONCE)))

    asyncio.run(publishing())


def test_who_never_reads_is_cut_off_and_costs_nobody_else_anything(stage: Stage) -> None:
    scales, logged = Scales(stage), stage.logged
    with company(stage) as (honest, _):
        scales.reset()
        with crowd(stage, SLOW, receive_buffer=2048) as slow:
            honest.look()
            for _ in range(ENOUGH // PAGE):
                publish(stage, PAGE)
                honest.go_on(1)  # who reads between two rounds only would else be slow as well
            assert soon(lambda: metric(stage, READERS[1]) == SLOW)
            readers, deaf = slow[: SLOW // 2], slow[SLOW // 2 :]
            for client in readers:  # at last
                client.await_end()
            assert {client.code for client in readers} == {1013}
            assert metric(stage, READERS[0]) == 1
            assert soon(lambda: not held(stage, deaf), seconds=10)
            for client in deaf:
                client.await_end()
            assert {client.ended for client in deaf} == {"reset"}
        honest.go_on(3)
        watch = honest.look()
        assert watch.faults == []
        assert max(watch.delivered) <= WORST
        assert scales.gain() < 60 * MIB
        assert stage.logged == logged


def held(stage: Stage, clients: list[Client]) -> set[int]:
    """The ports of those whose connections the kernel still keeps on the server's side."""
    ports = {client.sock.getsockname()[1] for client in clients}
    return ports & peers_of(stage)


def peers_of(stage: Stage) -> set[int]:
    """The ports at the other ends of connections that are open, or have bytes to deliver."""
    assert stage.process
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if int(local.partition(":")[2], 16) == stage.port and state in {"01", "04"}:
            found.add(int(remote.partition(":")[2], 16))
    return found


def test_who_has_vanished_is_noticed_by_the_unanswered_ping() -> None:
    """A telephone in a tunnel sends no farewell: from here it looks like somebody who answers
    nothing."""
    with besieged(limits=PROMPT) as stage, company(stage) as (honest, _):
        logged = stage.logged
        with crowd(stage, SLOW) as gone:
            assert metric(stage, READERS[0]) == SLOW + 1
            assert soon(lambda: metric(stage, READERS[0]) == 1)
            assert soon(lambda: not held(stage, gone), seconds=10)
        honest.go_on(1)
        assert honest.look().faults == []
        assert stage.logged == logged


# Controls


def test_a_server_that_waits_for_every_reader_is_found_out() -> None:
    with besieged("forgiving", {}) as faulty, crowd(faulty, SLOW, receive_buffer=2048):
        publish(faulty, ENOUGH)
        with company(faulty):
            assert metric(faulty, READERS[1]) == 0


def test_a_server_that_pings_nobody_is_found_out() -> None:
    with besieged("trustful") as faulty, crowd(faulty, 2) as gone:
        assert not soon(lambda: metric(faulty, READERS[0]) < len(gone), seconds=3.5)
