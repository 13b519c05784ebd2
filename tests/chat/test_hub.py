"""Rooms that follow a real engine: killed under them, brought back, robbed of its entries; and
two processes side by side."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from askpanel.chat import hub as hub_module
from askpanel.chat.hub import Hub
from askpanel.chat.room import Room
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Event, StoreAway
from askpanel.eventlog.store import Store
from tests.cast import ASHA, HANA, MINUTE, MORGAN, NOON, session
from tests.chat.peers import eventually
from tests.chat.seats import Crier, sit, statuses, wire
from tests.engines import PrivateEngine, free_port, start_engine

SLUG = "stop-it-now"
OpenHub = Callable[..., Awaitable[Hub]]


async def brisk(seconds: float) -> None:
    """A second of the hub's is a fiftieth of ours."""
    await asyncio.sleep(seconds / 50)


class Fixed:
    """A clock that the test sets, in Unix milliseconds."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def store_at(url: str, prefix: str, clock: Fixed) -> AsyncIterator[Store]:
    async with connect(url) as client, connect(url) as tails:
        yield Store(client, tails=tails, prefix=prefix, now=clock, lease_ms=3 * MINUTE)


@pytest.fixture
def clock() -> Fixed:
    return Fixed()


@pytest.fixture
async def open_hub(prefix: str, clock: Fixed) -> AsyncIterator[OpenHub]:
    """Start a hub as a process of its own would: `await open_hub(url, audience=…)`."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, audience: Crier | None = None) -> Hub:
            store = await stack.enter_async_context(store_at(url, prefix, clock))
            hub = Hub(store, {"public": audience or Crier()}, sleep=brisk)
            await hub.start()
            stack.push_async_callback(hub.stop)
            return hub

        yield opened


@pytest.fixture
async def store(engine_url: str, prefix: str, clock: Fixed) -> AsyncIterator[Store]:
    """Another process's view of the shared engine, with a session in it."""
    async with store_at(engine_url, prefix, clock) as opened:
        await opened.create(session())
        yield opened


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    """An engine for one test: on TCP for the hubs, on its Unix socket for whoever is near."""
    with start_engine(port=free_port()) as started:
        yield started


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


async def ask(store: Store, number: int) -> int:
    """A question of Sam's; gives its position."""
    text = f"Why, for the {number}th time?"
    done = await store.submit(SLUG, nonce=f"n-{number}", text=text, lang="en", author="sam")
    return done.position


async def room_of(hub: Hub) -> Room:
    room = await hub.room(SLUG)
    assert room is not None
    return room


async def log_of(store: Store) -> list[Event]:
    return [entry.event for entry in await store.entries(SLUG, 1, 1000)]


async def ticks(*hubs: Hub) -> None:
    """Wait until each has looked at the clock three times from the beginning."""
    for hub in hubs:
        before = hub._ticks
        await eventually(lambda hub=hub, before=before: hub._ticks >= before + 4)  # type: ignore[misc]


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


async def test_a_killed_engine_is_waited_for_and_everybody_is_told(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, clock: Fixed
) -> None:
    hub = await open_hub(engine.url)
    await hub.store.create(session())
    room = await room_of(hub)
    member = sit(room)
    first = await ask(hub.store, 1)
    await eventually(lambda: first in wire(member).positions)
    engine.kill()
    await eventually(lambda: statuses(member) == ["lost"])
    late = sit(room)
    assert statuses(late) == ["lost"]
    with pytest.raises(StoreAway):
        await ask(hub.store, 2)
    engine.start()
    await eventually(lambda: statuses(member) == ["lost", "back"])
    second = await ask(hub.store, 2)
    await eventually(lambda: second in wire(member).positions)
    assert await room_of(hub) is room
    assert wire(member).positions == list(range(first, second + 1))
    assert statuses(late) == ["lost", "back"]


async def test_what_others_wrote_while_we_were_cut_off_arrives_once_and_in_order(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, clock: Fixed
) -> None:
    hub = await open_hub(engine.url)
    await hub.store.create(session())
    member = sit(await room_of(hub))
    await eventually(lambda: hub.rooms[SLUG].projection.phase == "live")
    engine.kill()
    engine.start("--port", "0")
    async with store_at(f"unix://{engine.socket}", prefix, clock) as near:
        written = [await ask(near, number) for number in range(5)]
    await eventually(lambda: statuses(member) == ["lost"])
    assert not set(written) & set(wire(member).positions)
    engine.kill()
    engine.start()
    await eventually(lambda: wire(member).positions[-5:] == written)
    await ask(hub.store, 99)
    await eventually(lambda: written[-1] + 1 in wire(member).positions)
    assert wire(member).positions == list(range(2, written[-1] + 2))


@pytest.mark.parametrize("regrown", [0, 3, 6], ids=["shorter", "as long as before", "longer"])
async def test_a_store_that_lost_entries_gets_a_new_epoch_and_everybody_begins_anew(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, clock: Fixed, regrown: int
) -> None:
    """The engine comes back with a copy of its data from before the last three questions."""
    hubs = [await open_hub(engine.url), await open_hub(engine.url)]
    await hubs[0].store.create(session())
    for hub in hubs:
        await room_of(hub)
    await eventually(lambda: all(hub.rooms[SLUG].projection.phase == "live" for hub in hubs))
    shutil.copytree(engine.folder / "appendonlydir", engine.folder / "copy")
    rooms = [await room_of(hub) for hub in hubs]
    members = [sit(room) for room in rooms]
    lost = [await ask(hubs[0].store, number) for number in range(3)]
    await eventually(lambda: all(wire(member).positions == lost for member in members))
    engine.kill()
    shutil.rmtree(engine.folder / "appendonlydir")
    shutil.copytree(engine.folder / "copy", engine.folder / "appendonlydir")
    engine.start("--port", "0")
    async with store_at(f"unix://{engine.socket}", prefix, clock) as near:
        for number in range(100, 100 + regrown):
            await ask(near, number)
    engine.kill()
    engine.start()
    await eventually(lambda: all(wire(member).ended for member in members))
    for member in members:
        assert wire(member).frames[-1] == {"reset": True}
        assert wire(member).ended == (1012, "retry=1")
        assert wire(member).positions == lost
    anew = [await room_of(hub) for hub in hubs]
    assert {room.epoch for room in anew} == {(await hubs[0].store.snapshot(SLUG)).epoch}
    assert anew[0].epoch != rooms[0].epoch
    assert not anew[0].resumable(lost[-1], rooms[0].epoch)
    again = sit(anew[0])
    await eventually(lambda: again in anew[0].members)
    position = await ask(hubs[1].store, 999)
    await eventually(lambda: position in wire(again).positions)


async def test_a_log_that_was_replaced_behind_a_living_connection_is_noticed(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    """Nothing is ever disconnected: an operator restores an old copy, or deletes too much."""
    hub = await open_hub(engine_url)
    room = await room_of(hub)
    for number in range(3):
        await ask(store, number)
    await eventually(lambda: room.position >= 4)
    member = sit(room)
    await store._client.delete(
        *(store.key(SLUG, part) for part in ("meta", "log", "questions", "nonces"))
    )
    await store.create(session())
    await eventually(lambda: wire(member).ended is not None)
    assert wire(member).frames[-1] == {"reset": True}
    again = await room_of(hub)
    assert (again.epoch != room.epoch, again.projection.questions) == (True, {})


async def test_a_new_epoch_that_another_process_found_necessary_is_taken_over(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    """This process had seen nothing of what was lost; its screens may meet some that had."""
    hub = await open_hub(engine_url)
    room = await room_of(hub)
    member = sit(room)
    await store.renew_epoch(SLUG, room.epoch)
    await eventually(lambda: wire(member).ended is not None)
    assert (await room_of(hub)).epoch == (await store.snapshot(SLUG)).epoch != room.epoch


async def test_a_session_that_is_gone_turns_everybody_out_and_has_no_room(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    hub = await open_hub(engine_url)
    member = sit(await room_of(hub))
    await store._client.delete(store.key(SLUG, "meta"), store.key(SLUG, "log"))
    await eventually(lambda: wire(member).ended is not None)
    assert await hub.room(SLUG) is None


async def test_a_drawing_that_fails_is_logged_and_everybody_begins_anew_after_it(
    open_hub: OpenHub, store: Store, engine_url: str, complaints: list[logging.LogRecord]
) -> None:
    crier = Crier()
    hub = await open_hub(engine_url, crier)
    room = await room_of(hub)
    await eventually(lambda: room.projection.phase == "live")
    member = sit(room)
    crier.hoarse_at = room.position + 1
    position = await ask(store, 1)
    await eventually(lambda: wire(member).ended is not None)
    assert wire(member).frames[-1] == {"reset": True}
    assert [record.exc_text or str(record.exc_info) for record in complaints if record.exc_info]
    anew = await room_of(hub)
    assert (anew is room, anew.position) == (False, position)
    again = sit(anew)
    later = await ask(store, 2)
    await eventually(lambda: later in wire(again).positions)


async def test_the_ticker_goes_on_after_a_fault_and_says_so(
    open_hub: OpenHub,
    store: Store,
    engine_url: str,
    complaints: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = await open_hub(engine_url)
    room = await room_of(hub)
    projection = room.projection
    monkeypatch.setattr(room, "projection", None)
    await eventually(lambda: complaints)
    monkeypatch.setattr(room, "projection", projection)
    await ticks(hub)
    await eventually(lambda: room.projection.phase == "live")
    assert "ticker" in complaints[0].getMessage()


async def test_a_lapsed_claim_is_released_once_by_two_processes(
    open_hub: OpenHub, store: Store, engine_url: str, clock: Fixed
) -> None:
    hubs = [await open_hub(engine_url), await open_hub(engine_url)]
    rooms = [await room_of(hub) for hub in hubs]
    await ask(store, 1)
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "claim", MORGAN)
    clock.now += 3 * MINUTE - 1
    await ticks(*hubs)
    assert [event.type for event in await log_of(store)].count("released") == 0
    clock.now += 1
    await eventually(
        lambda: all(room.projection.questions[1].state == "approved" for room in rooms)
    )
    await ticks(*hubs)
    released = [event for event in await log_of(store) if event.type == "released"]
    assert [(event.by, event.was) for event in released] == [("", "claimed")]


async def test_each_phase_is_noticed_once_by_two_processes_and_never_backwards(
    open_hub: OpenHub, store: Store, engine_url: str, clock: Fixed
) -> None:
    clock.now = NOON - 7 * 24 * 60 * MINUTE
    hubs = [await open_hub(engine_url), await open_hub(engine_url)]
    for hub in hubs:
        await room_of(hub)
    schedule = session().schedule
    for moment in (0, schedule.questions_open, schedule.starts, schedule.last_questions):
        clock.now = max(clock.now, moment)
        await ticks(*hubs)
    clock.now -= 1  # as a store's clock may that was mended
    await ticks(*hubs)
    await store.schedule(SLUG, "extend", HANA, minutes=10)
    await ticks(*hubs)
    clock.now = schedule.ends + 10 * MINUTE
    await ticks(*hubs)
    noticed = [event.phase for event in await log_of(store) if event.type == "phased"]
    assert noticed == ["announced", "early", "live", "last", "live", "closed"]


async def test_a_stopped_hub_leaves_nothing_running(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    before = asyncio.all_tasks()
    hub = await open_hub(engine_url)
    await room_of(hub)
    await hub.stop()
    assert asyncio.all_tasks() == before
    assert hub.rooms == {}
