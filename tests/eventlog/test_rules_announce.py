"""What a host tells everybody: who may, what it must have, how many there are, and that the log, a
process that followed and one that starts late have the same."""

from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.backstage import MOST_PINNED, Backstage
from askpanel.eventlog.model import Actor, Announcement, Refused
from askpanel.eventlog.projection import Projection
from tests.cast import ASHA, HANA, LEAH, MINUTE, MORGAN, SAM, SYSTEM
from tests.eventlog.rulesroom import Room

SLUG = "stop-it-now"
WORDS = {"en": "We go on for ten minutes.", "cy": "Rydym yn parhau am ddeng munud."}


@pytest.fixture
def backstage(room: Room, client: Redis) -> Backstage:
    return Backstage(room.store, client)


async def pinned(room: Room) -> list[Announcement]:
    """What is pinned, by the store and by whoever followed the log from its beginning."""
    late = await room.store.snapshot(SLUG)
    first, *rest = await room.store.entries(SLUG, 1, late.position)
    early = Projection(await room.store.snapshot(SLUG))
    early.position, early._pinned = first.position, []
    for entry in rest:
        early.apply(entry)
    assert early.pinned() == Projection(late).pinned() == late.pinned
    return late.pinned


async def test_what_the_host_announces_is_pinned_the_newest_first_until_it_is_taken_down(
    room: Room, backstage: Backstage
) -> None:
    first = await backstage.announce(SLUG, HANA, WORDS)
    room.time[0] += MINUTE
    second = await backstage.announce(SLUG, HANA, {"en": "The law comes first."})
    found = await pinned(room)
    assert [each.id for each in found] == [second, first] == [3, 2]
    assert (found[1].words, found[1].username, found[1].name) == (WORDS, "hana", "Hana")
    assert found[0].at - found[1].at == MINUTE
    assert await backstage.retract(SLUG, HANA, first) == 4
    assert [each.id for each in await pinned(room)] == [second]
    assert await backstage.retract(SLUG, HANA, second) == 5
    assert await pinned(room) == []
    entries = await room.store.entries(SLUG, 2, 5)
    events = [entry.event for entry in entries]
    assert [event.type for event in events] == ["announced", "announced", "retracted", "retracted"]
    assert [event.announcement.id for event in events if event.announcement] == [2, 3, 2, 3]
    assert [[each.id for each in event.pinned] for event in events] == [[2], [3, 2], [3], []]


async def test_the_same_words_again_are_the_announcement_that_there_is(
    room: Room, backstage: Backstage
) -> None:
    first = await backstage.announce(SLUG, HANA, WORDS)
    assert await backstage.announce(SLUG, HANA, dict(reversed(WORDS.items()))) == first
    assert await backstage.announce(SLUG, HANA, {"en": WORDS["en"]}) == first + 1
    assert len(await pinned(room)) == 2
    await backstage.retract(SLUG, HANA, first)
    assert await backstage.announce(SLUG, HANA, WORDS) == first + 3


async def test_there_are_never_more_than_a_few(room: Room, backstage: Backstage) -> None:
    for number in range(MOST_PINNED):
        await backstage.announce(SLUG, HANA, {"en": f"Word {number}"})
    with pytest.raises(Refused, match="pinned_full"):
        await backstage.announce(SLUG, HANA, {"en": "One more"})
    assert await backstage.announce(SLUG, HANA, {"en": "Word 0"}) == 2
    await backstage.retract(SLUG, HANA, 2)
    await backstage.announce(SLUG, HANA, {"en": "One more"})
    assert [each.words["en"] for each in await pinned(room)] == ["One more", "Word 2", "Word 1"]


@pytest.mark.parametrize("actor", [ASHA, LEAH, MORGAN, SAM, SYSTEM, Actor()])
async def test_only_a_host_speaks_to_everybody(
    room: Room, backstage: Backstage, actor: Actor
) -> None:
    id_ = await backstage.announce(SLUG, HANA, WORDS)
    with pytest.raises(Refused, match="wrong_role"):
        await backstage.announce(SLUG, actor, {"en": "Hello"})
    with pytest.raises(Refused, match="wrong_role"):
        await backstage.retract(SLUG, actor, id_)
    assert [each.id for each in await pinned(room)] == [id_]


@pytest.mark.parametrize(
    ("slug", "words", "code"),
    [("no-such", WORDS, "unknown_session"), (SLUG, {}, "missing"), (SLUG, {"en": ""}, "missing"),
     (SLUG, {"cy": "Dim ond yn Gymraeg"}, "missing"), (SLUG, {**WORDS, "cy": ""}, "missing"),
     (SLUG, {**WORDS, "fr": "Bonjour"}, "bad_lang")],
)  # fmt: skip
async def test_words_that_make_no_announcement_are_refused(
    room: Room, backstage: Backstage, slug: str, words: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        await backstage.announce(slug, HANA, words)
    assert await room.store.newest(SLUG) == 1


async def test_what_is_not_there_cannot_be_taken_down(room: Room, backstage: Backstage) -> None:
    id_ = await backstage.announce(SLUG, HANA, WORDS)
    for other in (0, 1, id_ + 1, -id_, 10**15):
        with pytest.raises(Refused, match="unknown_announcement"):
            await backstage.retract(SLUG, HANA, other)
    await backstage.retract(SLUG, HANA, id_)
    with pytest.raises(Refused, match="unknown_announcement"):
        await backstage.retract(SLUG, HANA, id_)
    with pytest.raises(Refused, match="unknown_command"):
        await backstage._pin(SLUG, "proclaim", HANA, words=WORDS)


async def test_a_host_who_was_signed_out_says_nothing_more(
    room: Room, backstage: Backstage
) -> None:
    id_ = await backstage.announce(SLUG, HANA, WORDS)
    await room.store.revoke(SLUG, {"hana": 2})
    with pytest.raises(Refused, match="revoked"):
        await backstage.announce(SLUG, HANA, {"en": "Hello"})
    with pytest.raises(Refused, match="revoked"):
        await backstage.retract(SLUG, HANA, id_)


async def test_after_the_end_there_may_still_be_something_to_say(
    room: Room, backstage: Backstage
) -> None:
    room.time[0] += 3 * 60 * MINUTE
    id_ = await backstage.announce(SLUG, HANA, WORDS)
    await backstage.retract(SLUG, HANA, id_)
    assert await pinned(room) == []
