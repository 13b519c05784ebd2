"""Members of a room on wires that the test holds, and an audience whose drawings tell who is
meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from askpanel.chat.reel import Drawing
from askpanel.chat.room import Room
from askpanel.chat.subscribers import Member
from askpanel.eventlog.projection import Moment
from tests.fakewire import FakeWire


class Crier:
    """Cries every position out; to an author, also that it is theirs.

    It counts what it is asked to draw. `hoarse_at` is a position at which it fails, once.
    """

    published = True

    def __init__(self, hoarse_at: int = 0) -> None:
        self.hoarse_at = hoarse_at
        self.drawn: Counter[tuple[int, str]] = Counter()
        self.drawn_for: Counter[tuple[int, str, str]] = Counter()

    def keys(self, moment: Moment) -> Collection[str]:
        question = moment.event.question
        return (question.author,) if question else ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        if moment.position == self.hoarse_at:
            self.hoarse_at = 0
            raise RuntimeError("no voice")
        self.drawn[moment.position, locale] += 1
        return Drawing([("text", "shared", f"{moment.position} in {locale}")], "for all")

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        self.drawn_for[moment.position, locale, key] += 1
        return Drawing([("text", "own", f"{moment.position} of {key}")], "for one")


def sit(
    room: Room, after: int | None = None, *, key: str = "", locale: str = "en", to: str = "public"
) -> Member:
    """Let somebody in on a fresh wire, at the room's position unless another is given."""
    member = Member(FakeWire(), to, locale, key)
    room.join(member, room.position if after is None else after, room.epoch)
    return member


def wire(member: Member) -> FakeWire:
    assert isinstance(member.wire, FakeWire)
    return member.wire


def heartbeats(member: Member) -> list[dict[str, object]]:
    """What a member got that tells of no entry."""
    return [frame for frame in wire(member).frames if "ops" not in frame]


def statuses(member: Member) -> list[object]:
    """What a member was told of the store."""
    return [frame["status"] for frame in heartbeats(member) if "status" in frame]
