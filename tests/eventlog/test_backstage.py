"""What staff do beside the questions: presence that lapses, remarks, and answers being written."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.backstage import SEAT_MS, Backstage
from askpanel.eventlog.model import Present, Refused
from askpanel.eventlog.projection import MOST_REMARKS, Projection, moments
from tests.cast import ASHA, BEA, LUCY, MINUTE, MORGAN, SAM
from tests.eventlog.rulesroom import Room

SLUG = "stop-it-now"


@pytest.fixture
def backstage(room: Room, client: Redis) -> Backstage:
    return Backstage(room.store, client)


def at(name: str, screen: str = "triage") -> Present:
    return Present(username=name.lower(), name=name, role="moderator", screen=screen)


async def present(room: Room) -> list[str]:
    found = await room.store.snapshot(SLUG)
    folded = Projection(found)
    told = [m.event for m in moments(found) if m.event.type in ("arrived", "left")]
    if told:
        assert told[-1].present == folded.present
    return [f"{each.name} {each.screen}" for each in folded.present]


async def test_who_comes_and_goes_is_told_once(room: Room, backstage: Backstage) -> None:
    assert await backstage.sit(SLUG, "a1", at("Asha")) == 2
    assert await backstage.sit(SLUG, "a1", at("Asha")) == 0
    assert await backstage.sit(SLUG, "a2", at("Asha")) == 0
    assert await backstage.sit(SLUG, "b1", at("Bea", "desk")) == 3
    assert await present(room) == ["Asha triage", "Bea desk"]
    assert await backstage.rise(SLUG, "a1") == 0
    assert await backstage.rise(SLUG, "a2") == 4
    assert await present(room) == ["Bea desk"]
    assert await backstage.rise(SLUG, "a2") == 0
    assert await backstage.rise(SLUG, "b1") == 5
    assert await present(room) == []


async def test_a_seat_that_nobody_keeps_is_given_up(room: Room, backstage: Backstage) -> None:
    await backstage.sit(SLUG, "a1", at("Asha"))
    await backstage.sit(SLUG, "b1", at("Bea"))
    room.time[0] += SEAT_MS
    position = await backstage.sit(SLUG, "b1", at("Bea"))
    assert position
    assert await present(room) == ["Bea triage"]
    (event,) = [e.event for e in await room.store.entries(SLUG, position, position)]
    assert (event.type, event.by) == ("left", "")


async def test_a_remark_is_heard_by_whoever_comes_later(room: Room, backstage: Backstage) -> None:
    await backstage.remark(SLUG, ASHA, "Two about the law: I take them")
    await backstage.remark(SLUG, MORGAN, "Thank you")
    snapshot = await room.store.snapshot(SLUG)
    assert [(each.name, each.text) for each in Projection(snapshot).remarks] == [
        ("Asha", "Two about the law: I take them"),
        ("Morgan", "Thank you"),
    ]
    with pytest.raises(Refused, match="missing"):
        await backstage.remark(SLUG, ASHA, "")
    with pytest.raises(Refused, match="wrong_role"):
        await backstage.remark(SLUG, SAM, "Hello")
    await room.store.revoke(SLUG, {"asha": 2})
    with pytest.raises(Refused, match="revoked"):
        await backstage.remark(SLUG, ASHA, "Hello")


async def test_of_what_colleagues_said_screens_have_the_newest(
    room: Room, backstage: Backstage
) -> None:
    """As many for who was here all along as for who comes later."""
    here = Projection(await room.store.snapshot(SLUG))
    for number in range(MOST_REMARKS + 3):
        await backstage.remark(SLUG, ASHA, f"Word {number}")
    for entry in await room.store.entries(SLUG, 2, MOST_REMARKS + 4):
        here.apply(entry)
    later = Projection(await room.store.snapshot(SLUG))
    assert [each.text for each in here.remarks] == [f"Word {n}" for n in range(3, 203)]
    assert later.remarks == here.remarks


async def test_an_answer_that_is_being_written_outlives_its_tab_and_its_claim(
    room: Room, backstage: Backstage
) -> None:
    number = await room.question_in("claimed")
    await backstage.keep(SLUG, number, MORGAN, "Half an ans", "cy")
    kept = await backstage.kept(SLUG, number, "morgan")
    assert kept is not None
    assert (kept.text, kept.lang, kept.at) == ("Half an ans", "cy", room.time[0])
    assert await backstage.kept(SLUG, number, "lucy") is None
    await room.do(number, "release", MORGAN)
    assert await backstage.kept(SLUG, number, "morgan") == kept
    for actor, code in ((MORGAN, "not_holder"), (LUCY, "not_holder"), (BEA, "wrong_role")):
        with pytest.raises(Refused, match=code):
            await backstage.keep(SLUG, number, actor, "Other words", "en")
    await room.do(number, "claim", MORGAN)
    await room.do(number, "answer", MORGAN, text="An answer", lang="en")
    assert await backstage.kept(SLUG, number, "morgan") is None


async def test_what_is_being_written_is_no_event(room: Room, backstage: Backstage) -> None:
    number = await room.question_in("claimed")
    before = (await room.store.snapshot(SLUG)).position
    await backstage.keep(SLUG, number, MORGAN, "Half an answer", "en")
    await backstage.keep(SLUG, number, MORGAN, "", "en")
    assert await backstage.kept(SLUG, number, "morgan") is None
    assert (await room.store.snapshot(SLUG)).position == before


async def test_a_lock_s_end_is_watched_like_a_claim_s(room: Room) -> None:
    number = await room.submit()
    locked = await room.do(number, "lock", ASHA)
    folded = Projection(await room.store.snapshot(SLUG))
    assert [q.number for q in folded.locked()] == [number]
    assert locked.lock is not None
    assert locked.lock.until == room.time[0] + 3 * MINUTE
