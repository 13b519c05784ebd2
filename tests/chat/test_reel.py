"""What shows nothing is not sent, and nobody takes its absence for a loss."""

from __future__ import annotations

import pytest

from askpanel.chat.reel import Drawing
from askpanel.chat.room import Room
from askpanel.eventlog.projection import Moment, Snapshot
from tests.cast import session
from tests.chat.seats import Crier, heartbeats, sit, wire
from tests.chat.test_room import EPOCH, entry

SILENT = frozenset({3, 4, 6})


class Discreet(Crier):
    """Shows nothing of some moments, except to the author of the question."""

    def shared(self, moment: Moment, locale: str) -> Drawing:
        drawn = super().shared(moment, locale)
        return Drawing([]) if moment.position in SILENT else drawn


def room_at(position: int, oldest: int = 1) -> Room:
    entries = [entry(each) for each in range(oldest, position + 1)]
    snapshot = Snapshot(
        session=session(), epoch=EPOCH, position=position, questions=[], entries=entries
    )
    return Room(snapshot, {"public": Discreet()})


def test_what_shows_nothing_is_written_to_nobody() -> None:
    room = room_at(2)
    sam = sit(room, 2)
    before = len(wire(sam).writes)
    room.follow([entry(3)])
    room.follow([entry(4)])
    assert len(wire(sam).writes) == before


def test_the_next_frame_says_since_when_nothing_showed() -> None:
    room = room_at(2)
    sam = sit(room, 2)
    room.follow([entry(3), entry(4), entry(5), entry(6), entry(7)])
    told = [(f["position"], f["since"]) for f in wire(sam).frames if "ops" in f]
    assert told == [(5, 2), (7, 5)]


def test_a_heartbeat_brings_everybody_past_what_showed_nothing() -> None:
    room = room_at(2)
    sam = sit(room, 2)
    room.follow([entry(3), entry(4)])
    room.beat(0.0)
    assert heartbeats(sam)[-1] == {"position": 4, "since": 2}


@pytest.mark.parametrize("after", range(8))
def test_whoever_comes_at_whichever_moment_is_told_of_no_loss_and_nothing_twice(
    after: int,
) -> None:
    room = room_at(7)
    at = after
    for frame in wire(sit(room, after)).frames:
        assert frame["since"] <= at <= frame["position"]
        assert "ops" not in frame or frame["position"] > at
        at = frame["position"]
    assert at == 7
    assert wire(sit(room, after)).positions == [p for p in (1, 2, 5, 7) if p > after]


def test_an_author_is_given_at_once_what_shows_to_nobody_else() -> None:
    room = room_at(2)
    sam, alex = sit(room, 2, key="sam"), sit(room, 2, key="alex")
    room.follow([entry(3, author="sam"), entry(4), entry(5)])
    told = {f["position"]: f for f in wire(sam).frames if "ops" in f}
    assert told[3] == {
        "position": 3, "since": 2, "ops": [["text", "own", "3 of sam"]], "say": "for one"
    }  # fmt: skip
    assert told[5]["since"] == 2
    assert wire(alex).positions == [5]
    assert wire(sit(room, 2, key="sam")).positions == [3, 5]


def test_a_long_log_that_nobody_has_drawn_yet_is_no_deep_hole() -> None:
    room = room_at(2_000)
    sam = sit(room)
    room.follow([entry(2_001)])
    assert wire(sam).frames[-1]["since"] == 2_000


def test_of_what_is_no_longer_kept_the_oldest_is_as_far_as_anybody_can_say() -> None:
    room = room_at(4, oldest=3)
    assert wire(sit(room, 2)).frames == [{"position": 4, "since": 2}]


def test_those_who_come_back_to_one_position_share_one_run() -> None:
    room = room_at(7)
    first, second = sit(room, 2), sit(room, 2)
    assert wire(first).data == wire(second).data
    assert len(room._reel._runs) == 1
    room.follow([entry(8)])
    assert wire(sit(room, 2)).positions == [5, 7, 8]


def test_runs_from_every_position_are_not_kept_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("askpanel.chat.reel.MOST_KEPT", 500)
    room = room_at(7)
    for after in range(7):
        sit(room, after)
        assert sum(map(len, room._reel._runs.values())) <= 500
    assert room._reel._runs
