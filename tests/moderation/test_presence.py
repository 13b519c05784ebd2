"""Who else is here: one line in the log when somebody comes and one when they have gone, whatever
their browsers and our processes do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.backstage import SEAT_MS, Backstage
from askpanel.eventlog.model import Event, Present, StoreAway
from askpanel.eventlog.store import Store
from askpanel.moderation.presence import GRACE, RENEW, Presence
from tests.cast import NOON, session

SLUG = "stop-it-now"


class Building:
    """The store, and the processes in front of it, on one clock in seconds."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.seconds = 0.0
        self.store = Store(client, prefix=prefix, now=lambda: NOON + round(self.seconds * 1000))
        self.backstage = Backstage(self.store, client)

    def process(self, name: str, occupied: tuple[str, ...] = ()) -> Presence:
        return Presence(
            self.backstage, lambda: occupied, monotonic=lambda: self.seconds, token=name
        )

    async def told(self) -> list[Event]:
        """Who came and went, as the log says."""
        entries = await self.store.entries(SLUG, 2, 10_000)
        return [entry.event for entry in entries]

    async def lines(self) -> list[str]:
        return [f"{event.type} {event.by}".strip() for event in await self.told()]

    async def here(self) -> list[str]:
        snapshot = await self.store.snapshot(SLUG)
        return [f"{each.name} {each.screen}" for each in snapshot.present]


@pytest.fixture
async def building(client: Redis, prefix: str) -> Building:
    found = Building(client, prefix)
    await found.store.create(session())
    return found


def person(name: str, screen: str = "triage") -> Present:
    return Present(username=name.lower(), name=name, role="moderator", screen=screen)


@contextmanager
def sockets(presence: Presence, *people: Present) -> Iterator[None]:
    with ExitStack() as stack:
        for each in people:
            stack.enter_context(presence.at(SLUG, each))
        yield


async def test_two_tabs_and_a_reload_are_one_arrival(building: Building) -> None:
    process, asha = building.process("one"), person("Asha")
    with sockets(process, asha, asha):
        await process.round()
    building.seconds += GRACE / 2
    await process.round()
    with sockets(process, asha):
        building.seconds += GRACE
        await process.round()
    assert await building.lines() == ["arrived asha"]
    building.seconds += GRACE
    await process.round()
    assert await building.lines() == ["arrived asha", "left asha"]
    assert await building.here() == []


async def test_a_reload_that_lands_on_another_process_is_no_event(building: Building) -> None:
    first, second, asha = building.process("one"), building.process("two"), person("Asha")
    with sockets(first, asha):
        await first.round()
    with sockets(second, asha):
        await second.round()
        building.seconds += GRACE
        await first.round()
        assert await building.lines() == ["arrived asha"]
        assert await building.here() == ["Asha triage"]


async def test_somebody_at_two_screens_leaves_one_of_them(building: Building) -> None:
    process = building.process("one")
    with sockets(process, person("Asha")):
        with sockets(process, person("Asha", "desk")):
            await process.round()
            assert await building.here() == ["Asha desk", "Asha triage"]
        building.seconds += GRACE
        await process.round()
        assert await building.here() == ["Asha triage"]


async def test_a_seat_is_kept_for_as_long_as_its_socket_is_open(building: Building) -> None:
    process = building.process("one")
    with sockets(process, person("Asha")):
        for _ in range(10):
            await process.round()
            building.seconds += RENEW
        assert await building.lines() == ["arrived asha"]
    assert 2 * RENEW * 1000 < SEAT_MS, "one renewal may fail"


async def test_who_sat_at_a_process_that_was_killed_is_gone_after_a_minute(
    building: Building,
) -> None:
    killed, other = building.process("one"), building.process("two")
    with sockets(killed, person("Asha")), sockets(other, person("Bea")):
        await killed.round()
        await other.round()
        for _ in range(4):
            building.seconds += RENEW
            await other.round()
    assert await building.lines() == ["arrived asha", "arrived bea", "left"]
    assert await building.here() == ["Bea triage"]


async def test_a_process_without_staff_finds_the_seats_that_have_run_out(
    building: Building,
) -> None:
    killed, other = building.process("one"), building.process("two", occupied=(SLUG,))
    with sockets(killed, person("Asha")):
        await killed.round()
    building.seconds += RENEW
    await other.round()
    assert await building.here() == ["Asha triage"]
    building.seconds += SEAT_MS / 1000
    await other.round()
    await other.round()
    assert await building.lines() == ["arrived asha", "left"]


async def test_ten_who_reconnect_all_evening_do_not_flood_the_log(building: Building) -> None:
    process = building.process("one")
    cast = [person(f"Colleague{n}") for n in range(10)]
    for _ in range(60):
        with sockets(process, *cast):
            building.seconds += 1
            await process.round()
        building.seconds += GRACE - 2
        await process.round()
    assert len(await building.told()) == len(cast)


async def test_what_the_store_was_too_far_away_to_hear_is_said_when_it_is_back(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = building.process("one")
    with sockets(process, person("Asha")):
        with monkeypatch.context() as away:

            async def gone(*args: object) -> int:
                raise StoreAway("ConnectionError")

            away.setattr(building.backstage, "sit", gone)
            with pytest.raises(StoreAway):
                await process.round()
        await process.round()
        assert await building.here() == ["Asha triage"]


async def test_a_session_that_is_not_there_keeps_nobody_else_from_being_seen(
    building: Building,
) -> None:
    process = building.process("one", occupied=("nowhere",))
    with process.at("gone", person("Bea")), sockets(process, person("Asha")):
        await process.round()
        assert await building.here() == ["Asha triage"]
    building.seconds += GRACE
    await process.round()
    assert await building.here() == []


async def test_it_runs_by_itself_and_stops_without_a_word(client: Redis, prefix: str) -> None:
    building = Building(client, prefix)
    await building.store.create(session())
    process = Presence(building.backstage, token="one")
    await process.start()
    with sockets(process, person("Asha")):
        assert [e.event.by for e in await building.store.wait(SLUG, 1, 10_000)] == ["asha"]
    await process.stop()
    assert await building.lines() == ["arrived asha"]
