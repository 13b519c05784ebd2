"""P11. Ten thousand who only watch: at most 64 KiB each, and what is published reaches all of them
within two seconds."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store
from bench.rig.compiler import compiled
from bench.rig.limits import allow_files
from bench.rig.processes import Server
from bench.rig.readers import Door, Readers, Tally
from tests.cast import ASHA, MORGAN
from tests.promises.company import besieged, door
from tests.promises.stage import Stage
from tests.service import SLUG

MANY = 10_000
SOME = 300
"""For the control, which needs no more."""
MOST_EACH = 64 * 1024
WORST = 2.0
"""Seconds: of a hundred, ninety-nine."""
PATIENCE = 60


@pytest.fixture(scope="module", autouse=True)
def tools() -> Iterator[None]:
    """As many open files as this takes, for the programs started here, and the readers' program."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        allow_files(MANY)
        compiled("load")
    except SystemExit as refusal:
        pytest.fail(str(refusal))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def publish(stage: Stage) -> None:
    """One answer, which says when it was given."""

    async def publishing() -> None:
        async with connect(stage.engine_url) as client:
            store = Store(client)
            asked = await store.submit(
                SLUG, nonce=uuid4().hex, text="Is anybody there?", lang="en", author="sam"
            )
            number = asked.question.number
            await store.decide(SLUG, number, "approve", ASHA)
            text = f"sent={time.time_ns()} We are."
            await store.decide(SLUG, number, "answer", MORGAN, text=text, lang="en")

    asyncio.run(publishing())


def watched(stage: Stage, count: int) -> tuple[float, Tally]:
    """Bytes for each of so many who watch, and what they had of one answer."""
    assert stage.process
    server = Server([stage.process.pid])
    entrance = Door(port=stage.port, path=door(stage), origin=stage.url, expect="{")
    before = server.app_bytes()
    with Readers(entrance, count, within=PATIENCE) as readers:
        arrival = readers.arrive()
        assert arrival.ready == count, arrival
        each = (server.app_bytes() - before) / count
        publish(stage)
        return each, readers.await_deliveries(count, PATIENCE)


def test_ten_thousand_watch() -> None:
    with besieged(limits={}) as stage:
        logged = stage.logged
        each, tally = watched(stage, MANY)
        assert each <= MOST_EACH
        assert tally.marked == tally.open == MANY
        assert tally.p99_ms <= WORST * 1000
        assert (tally.missing, tally.duplicated, tally.closed) == (0, 0, {})
        with stage.browser() as sam:
            assert sam.get(f"/sessions/{SLUG}").status_code == 200
        assert stage.logged == logged


# Controls


def test_a_server_that_takes_more_for_each_is_found_out() -> None:
    with besieged("wasteful", limits={}) as faulty:
        each, _ = watched(faulty, SOME)
        assert each > MOST_EACH


def test_a_server_that_takes_its_time_is_found_out() -> None:
    with besieged("sluggish", limits={}) as faulty:
        _, tally = watched(faulty, SOME)
        assert tally.p99_ms > WORST * 1000
