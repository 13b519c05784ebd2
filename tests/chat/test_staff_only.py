"""What staff do among themselves reaches nobody else's screen: not even that it happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from askpanel.chat import fragments
from askpanel.chat.locale import LOCALES
from askpanel.chat.room import Room
from askpanel.chat.subscribers import Member
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Actor, Present
from tests.cast import ASHA, HANA, LEAH, LUCY, MORGAN
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.chat.peers import eventually
from tests.fakewire import FakeWire

STEPS: tuple[tuple[int, str, Actor, dict[str, str | int]], ...] = (
    (1, "lock", ASHA, {"doing": "editing"}),
    (1, "annotate", HANA, {"note": "Ask Morgan"}),
    (1, "label", ASHA, {"labels": "common"}),
    (1, "assign", ASHA, {"organisation": "gmp"}),
    (1, "hand", ASHA, {"to": "bea", "to_name": "Bea"}),
    (1, "hold", ASHA, {"note": "Later"}),
    (1, "restore", ASHA, {}),
    (1, "undo", ASHA, {}),
    (1, "mute", ASHA, {}),
    (1, "unmute", ASHA, {}),
    (2, "acknowledge", LEAH, {}),
    (3, "lock", ASHA, {}),
    (3, "unlock", ASHA, {}),
    (3, "annotate", MORGAN, {"note": "Mine"}),
    (3, "label", ASHA, {"labels": "common"}),
    (3, "undo", ASHA, {}),
    (3, "assign", ASHA, {"organisation": "gmp"}),
    (4, "claim", MORGAN, {"typing": "1"}),
    (4, "annotate", LUCY, {"note": "Long"}),
    (5, "correct", MORGAN, {"answer": 1, "text": "Better"}),
    (5, "return", LUCY, {"note": "Not yet"}),
    (5, "translate", MORGAN, {"answer": 1, "lang": "cy", "text": "Gwell"}),
    (6, "annotate", ASHA, {"note": "Seen"}),
    (7, "label", ASHA, {"labels": "common"}),
)


class Seats:
    """A reader, Sam who asked, and Alex who asked something else, each in both languages."""

    def __init__(self, room: Room, **keys: str) -> None:
        self.wires: dict[str, FakeWire] = {}
        for who, key in {"reader": "", **keys}.items():
            for locale in LOCALES:
                wire = self.wires[f"{who} in {locale}"] = FakeWire()
                room.join(Member(wire, "public", locale, key), room.position, room.epoch)

    def written(self) -> dict[str, int]:
        return {who: len(wire.writes) for who, wire in self.wires.items()}

    def since(self, before: Mapping[str, int]) -> set[str]:
        """Who was written to since then."""
        now = self.written()
        return {who.split()[0] for who in now if now[who] > before[who]}


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    """A session with second checks, and questions in several states, all of them Sam's."""
    async with parlour(engine_url, prefix, tmp_path, second_check=True) as opened:
        sam = await opened.person("sam")
        for number in range(1, 8):
            answer = await opened.ask(sam, f"Question {number}?")
            assert answer.json()["number"] == number
        await opened.do(2, "escalate", note="At risk")
        for number in (3, 4, 5):
            await opened.do(number, "approve")
        await opened.do(4, "claim", MORGAN)
        await opened.do(5, "answer", MORGAN, text="An answer", lang="en")
        await opened.do(5, "publish", LUCY)
        await opened.do(6, "reply", text="Call 101.")
        await opened.do(7, "merge", into=3)
        yield opened


async def seated(room: Parlour) -> tuple[Room, Seats]:
    await room.ask(await room.person("alex"), "Another question?")
    await room.page(await room.person("sam"))
    watched = room.application.site.hub.rooms[SLUG]
    newest = await room.store.newest(SLUG)
    await eventually(lambda: watched.position >= newest)
    return watched, Seats(watched, sam=room.key("sam"), alex=room.key("alex"))


async def told_by(room: Parlour, watched: Room, seats: Seats, *step: Any) -> set[str]:
    """Who is written to when this is done."""
    number, command, actor, fields = step
    before = seats.written()
    if command == "undo":
        question = watched.projection.questions[number]
        fields = {"position": question.changed.standing_at}
    await room.do(number, command, actor, **fields)
    newest = await room.store.newest(SLUG)
    await eventually(lambda: watched.position >= newest)
    return seats.since(before)


async def test_nobody_hears_that_staff_did_something_among_themselves(room: Parlour) -> None:
    watched, seats = await seated(room)
    heard = [(step[:2], await told_by(room, watched, seats, *step)) for step in STEPS]
    assert [each for each in heard if each[1]] == []


async def test_nobody_hears_who_comes_and_what_colleagues_say(room: Parlour, client: Redis) -> None:
    watched, seats = await seated(room)
    before, backstage = seats.written(), Backstage(room.store, client)
    asha = Present(username="asha", name="Asha", role="moderator", screen="triage")
    await backstage.sit(SLUG, "token", asha)
    await backstage.remark(SLUG, ASHA, "Who takes number one?")
    await backstage.rise(SLUG, "token")
    newest = await room.store.newest(SLUG)
    await eventually(lambda: watched.position >= newest)
    assert seats.since(before) == set()


async def test_those_hear_for_whom_it_is(room: Parlour) -> None:
    """The control: the same seats, and what is for them."""
    watched, seats = await seated(room)
    for step, heard in (
        ((1, "approve", ASHA, {}), {"reader", "sam", "alex"}),
        ((1, "restore", ASHA, {}), {"reader", "sam", "alex"}),
        ((1, "reply", ASHA, {"text": "Call 101."}), {"sam"}),
        ((2, "acknowledge", LEAH, {}), set()),
        ((2, "conclude", HANA, {"decision": "no-danger", "note": "Talked"}), {"sam"}),
        ((8, "reject", ASHA, {"reason": "off-topic"}), {"alex"}),
    ):
        assert await told_by(room, watched, seats, *step) == heard, step


async def test_a_page_that_tells_when_staff_look_is_found_out(
    room: Parlour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: every change is drawn for its author and for all."""
    monkeypatch.setattr(fragments, "among_staff", lambda moment: False)
    watched, seats = await seated(room)
    assert await told_by(room, watched, seats, *STEPS[0]) == {"sam"}
    assert await told_by(room, watched, seats, *STEPS[11]) == {"reader", "sam", "alex"}
