"""Rooms in one process and in two side by side, on a real engine: who loads them, what the clock
brings, and that no task of theirs ends unheard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from askpanel.chat import hub as hub_module
from askpanel.eventlog.store import Store
from tests.cast import ASHA, HANA, MINUTE, MORGAN, NOON, session
from tests.chat.hubs import LEASE, SLUG, OpenHub, ask, live, log_of, room_of, ticks
from tests.chat.peers import eventually
from tests.chat.seats import Crier, sit, wire
from tests.staffroom import Hands


@pytest.fixture
def complaints() -> Iterator[list[logging.LogRecord]]:
    """What the program logs, from warnings on."""
    found: list[logging.LogRecord] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    handler = Keeping(logging.WARNING)
    logging.getLogger("askpanel").addHandler(handler)
    yield found
    logging.getLogger("askpanel").removeHandler(handler)


async def test_many_who_ask_at_once_for_a_room_load_it_once(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    hub = await open_hub(engine_url)
    rooms = await asyncio.gather(*(hub.room(SLUG) for _ in range(20)))
    assert len(set(map(id, rooms))) == 1
    assert [task.get_name() for task in hub._tasks].count(SLUG) == 1


async def test_a_session_that_does_not_exist_has_no_room_until_it_does(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    hub = await open_hub(engine_url)
    for slug in ("later", "no such name", "../x", "x" * 61, ""):
        assert await hub.room(slug) is None
    await store.create(session(slug="later"))
    room = await hub.room("later")
    assert room is not None
    assert room.position == 1


async def test_an_entry_by_one_process_reaches_the_members_of_every_other(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    hubs = [await open_hub(engine_url), await open_hub(engine_url)]
    members = [sit(await room_of(hub)) for hub in hubs]
    position = await ask(store, 1)
    for member in members:
        await eventually(lambda member=member: position in wire(member).positions)  # type: ignore[misc]
    assert wire(members[0]).data == wire(members[1]).data


async def test_heartbeats_come_by_the_ticker(
    open_hub: OpenHub, store: Store, engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "BEATS", 2)
    member = sit(await room_of(await open_hub(engine_url)))
    await eventually(lambda: len(wire(member).frames) > len(wire(member).positions) + 3)


async def test_a_drawing_that_fails_is_logged_and_everybody_begins_anew_after_it(
    open_hub: OpenHub, store: Store, engine_url: str, complaints: list[logging.LogRecord]
) -> None:
    crier = Crier()
    hub = await open_hub(engine_url, crier)
    (room,) = await live(hub)
    member = sit(room)
    crier.hoarse_at = room.position + 1
    position = await ask(store, 1)
    await eventually(lambda: wire(member).ended is not None)
    assert wire(member).frames[-1] == {"reset": True}
    assert any(record.exc_info for record in complaints)
    anew = await room_of(hub)
    assert (anew is room, anew.position) == (False, position)
    again = sit(anew)
    later = await ask(store, 2)
    await eventually(lambda: later in wire(again).positions)


async def test_a_fault_in_one_session_is_logged_and_stops_the_clock_of_no_other(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    complaints: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = await open_hub(engine_url)
    room = await room_of(hub)
    monkeypatch.setattr(room, "projection", None)
    await store.create(session(slug="another"))
    another = await hub.room("another")
    assert another is not None
    await eventually(lambda: another.projection.phase == "live")
    await eventually(lambda: complaints)
    monkeypatch.undo()
    await eventually(lambda: room.projection.phase == "live")


async def test_a_ticker_that_fails_begins_again_and_says_so(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    complaints: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = await open_hub(engine_url)
    room = await room_of(hub)
    monkeypatch.setattr(hub_module, "BEATS", 1)
    monkeypatch.setattr(room, "beat", None)
    await eventually(lambda: complaints)
    assert "ticker" in complaints[0].getMessage()
    monkeypatch.undo()
    (room,) = await live(hub)


async def test_a_reload_that_fails_is_logged_and_tried_again(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    complaints: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given up, it would leave screens that are connected and hear nothing for ever."""
    hub = await open_hub(engine_url)
    (room,) = await live(hub)
    member = sit(room)
    monkeypatch.setattr(hub.store, "renew_epoch", None)
    monkeypatch.setattr(hub.store, "snapshot", None)
    await store.renew_epoch(SLUG, room.epoch)
    await eventually(lambda: any("again" in record.getMessage() for record in complaints))
    assert wire(member).ended is None
    monkeypatch.undo()
    await eventually(lambda: wire(member).ended is not None)
    again = sit(await room_of(hub))
    position = await ask(store, 1)
    await eventually(lambda: position in wire(again).positions)


async def test_a_lapsed_claim_is_released_once_by_two_processes(
    open_hub: OpenHub, store: Store, engine_url: str, hands: Hands
) -> None:
    hubs = [await open_hub(engine_url), await open_hub(engine_url)]
    rooms = await live(*hubs)
    await ask(store, 1)
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "claim", MORGAN)
    hands.now_ms += LEASE - 1
    await ticks(*hubs)
    assert [event.type for event in await log_of(store)].count("released") == 0
    hands.now_ms += 1
    await eventually(
        lambda: all(room.projection.questions[1].state == "approved" for room in rooms)
    )
    await ticks(*hubs)
    released = [event for event in await log_of(store) if event.type == "released"]
    assert [(event.by, event.was) for event in released] == [("", "claimed")]


async def test_each_phase_is_noticed_once_by_two_processes_and_never_backwards(
    open_hub: OpenHub, store: Store, engine_url: str, hands: Hands
) -> None:
    hands.now_ms = NOON - 7 * 24 * 60 * MINUTE
    hubs = [await open_hub(engine_url), await open_hub(engine_url)]
    for hub in hubs:
        await room_of(hub)
    schedule = session().schedule
    for moment in (0, schedule.questions_open, schedule.starts, schedule.last_questions):
        hands.now_ms = max(hands.now_ms, moment)
        await ticks(*hubs)
    hands.now_ms -= 1  # as a store's clock may that was mended
    await ticks(*hubs)
    await store.schedule(SLUG, "extend", HANA, minutes=10)
    await ticks(*hubs)
    hands.now_ms = schedule.ends + 10 * MINUTE
    await ticks(*hubs)
    noticed = [event.phase for event in await log_of(store) if event.type == "phased"]
    assert noticed == ["announced", "early", "live", "last", "live", "closed"]


async def test_a_clock_that_is_behind_is_put_right_by_what_the_store_has_just_written(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a slow answer to the question for the time, for one. A page drawn for the host who has
    opened the session would say that it has not started."""
    hub = await open_hub(engine_url)
    (room,) = await live(hub)
    monkeypatch.setattr(hub.store, "hear_time", hub.store.ping)
    hub.store.clock.set(hands.now_ms - 2_000)
    shown = await store.schedule(SLUG, "pause", HANA)
    await eventually(lambda: room.position >= shown)
    assert 0 <= hub.store.clock() - hands.now_ms < 2_000


async def test_a_stopped_hub_leaves_nothing_running(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    before = asyncio.all_tasks()
    hub = await open_hub(engine_url)
    await room_of(hub)
    await hub.stop()
    assert asyncio.all_tasks() == before
    assert hub.rooms == {}
