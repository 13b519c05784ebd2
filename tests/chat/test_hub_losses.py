"""An engine that is killed under its rooms, comes back, and may have forgotten what they showed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.store import Store
from tests.cast import session
from tests.chat.hubs import SLUG, OpenHub, ask, live, room_of, store_at
from tests.chat.peers import eventually
from tests.chat.seats import sit, statuses, wire
from tests.engines import PrivateEngine, free_port, start_engine
from tests.staffroom import Hands


@pytest.fixture
def engine() -> Iterator[PrivateEngine]:
    """An engine for one test: on TCP for the hubs, on its Unix socket for whoever is near."""
    with start_engine(port=free_port()) as started:
        yield started


async def test_a_killed_engine_is_waited_for_and_everybody_is_told(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, hands: Hands
) -> None:
    hub = await open_hub(engine.url)
    await hub.store.create(session())
    (room,) = await live(hub)
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


async def test_an_engine_that_stands_still_is_waited_for_too(
    open_hub: OpenHub, engine: PrivateEngine
) -> None:
    """It holds its connections and answers nothing, as behind a network that is cut."""
    hub = await open_hub(engine.url)
    await hub.store.create(session())
    (room,) = await live(hub)
    member, before = sit(room), room.position
    engine.pause()
    await eventually(lambda: statuses(member) == ["lost"])
    engine.resume()
    await eventually(lambda: statuses(member) == ["lost", "back"])
    position = await ask(hub.store, 1)
    await eventually(lambda: position in wire(member).positions)
    assert wire(member).positions == list(range(before + 1, position + 1))


async def test_what_others_wrote_while_we_were_cut_off_arrives_once_and_in_order(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, hands: Hands
) -> None:
    hub = await open_hub(engine.url)
    await hub.store.create(session())
    (room,) = await live(hub)
    member, before = sit(room), room.position
    engine.kill()
    engine.start("--port", "0")
    async with store_at(f"unix://{engine.socket}", prefix, hands) as near:
        written = [await ask(near, number) for number in range(5)]
    await eventually(lambda: statuses(member) == ["lost"])
    assert not set(written) & set(wire(member).positions)
    engine.kill()
    engine.start()
    await eventually(lambda: wire(member).positions[-5:] == written)
    await ask(hub.store, 99)
    await eventually(lambda: written[-1] + 1 in wire(member).positions)
    assert wire(member).positions == list(range(before + 1, written[-1] + 2))


@pytest.mark.parametrize("regrown", [0, 3, 6], ids=["shorter", "as long as before", "longer"])
async def test_a_store_that_lost_entries_gets_a_new_epoch_and_everybody_begins_anew(
    open_hub: OpenHub, engine: PrivateEngine, prefix: str, hands: Hands, regrown: int
) -> None:
    """The engine comes back with a copy of its data from before the last three questions."""
    hubs = [await open_hub(engine.url), await open_hub(engine.url)]
    await hubs[0].store.create(session())
    rooms = await live(*hubs)
    shutil.copytree(engine.folder / "appendonlydir", engine.folder / "copy")
    members = [sit(room) for room in rooms]
    lost = [await ask(hubs[0].store, number) for number in range(3)]
    await eventually(lambda: all(wire(member).positions == lost for member in members))
    engine.kill()
    shutil.rmtree(engine.folder / "appendonlydir")
    shutil.copytree(engine.folder / "copy", engine.folder / "appendonlydir")
    engine.start("--port", "0")
    async with store_at(f"unix://{engine.socket}", prefix, hands) as near:
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
    position = await ask(hubs[1].store, 999)
    await eventually(lambda: position in wire(again).positions)


async def test_a_log_that_was_replaced_behind_a_living_connection_is_noticed(
    open_hub: OpenHub, store: Store, engine_url: str
) -> None:
    """Nothing is ever disconnected: an operator restores an old copy, or deletes too much."""
    hub = await open_hub(engine_url)
    (room,) = await live(hub)
    last = [await ask(store, number) for number in range(3)][-1]
    await eventually(lambda: room.position == last)
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
