"""Who is let into a room and what is written to whom, byte for byte, on wires that the test
holds in its hand."""

from __future__ import annotations

from collections import Counter

import pytest

from askpanel.chat import frames
from askpanel.chat.room import LONGEST_STALL, SLOW, Room
from askpanel.chat.subscribers import MOST_BACKLOG, Member
from askpanel.eventlog.model import Change, Entry, Event, Question, State
from askpanel.eventlog.projection import Snapshot
from tests.cast import NOON, session
from tests.chat.seats import Crier, heartbeats, sit, wire
from tests.fakewire import FakeWire

EPOCH = "one"
SHORT_MEMORY = 5


def entry(position: int, author: str = "") -> Entry:
    """An entry of the log; with an author, one about their question."""
    question = Question(
        number=position,
        state=State.PENDING,
        text="Is it too late?",
        lang="en",
        author=author,
        at=NOON,
        changed=Change(command="submit", at=NOON),
        since=position,
    )
    event = Event(type="submitted", at=NOON, question=question if author else None)
    return Entry(position, event)


@pytest.fixture
def crier() -> Crier:
    return Crier()


def room_at(position: int, crier: Crier, *, oldest: int = 1) -> Room:
    """A room that has just been loaded, with the entries from `oldest` on."""
    snapshot = Snapshot(
        session=session(),
        epoch=EPOCH,
        position=position,
        questions=[],
        entries=[entry(each) for each in range(oldest, position + 1)],
    )
    return Room(snapshot, {"public": crier, "staff": Crier()})


@pytest.mark.parametrize("after", range(8))
def test_who_joins_after_n_gets_everything_since_once_and_in_order(
    crier: Crier, after: int
) -> None:
    room = room_at(7, crier)
    sam = sit(room, after)
    assert wire(sam).positions == list(range(after + 1, 8))
    assert heartbeats(sam) == [{"position": 7, "since": 7}]
    room.follow([entry(8), entry(9)])
    room.follow([entry(10)])
    assert wire(sam).positions == list(range(after + 1, 11))


@pytest.mark.parametrize(
    ("after", "epoch"),
    [(-1, EPOCH), (8, EPOCH), (10**12, EPOCH), (3, "another"), (3, ""), (1, EPOCH), (0, EPOCH)],
    ids=["before the first", "one ahead", "far ahead", "of a former log", "without an epoch",
         "older than what is kept", "long ago"],
)  # fmt: skip
def test_who_cannot_be_continued_gets_one_reset_and_stays_outside(
    crier: Crier, after: int, epoch: str
) -> None:
    room = room_at(7, crier, oldest=3)
    stranger = Member(FakeWire(), "public", "en")
    assert not room.join(stranger, after, epoch, first=frames.own([]))
    room.follow([entry(8)])
    room.beat(0.0)
    room.tell_connected(False)
    assert wire(stranger).data == frames.reset()
    assert room.members == []


def test_the_oldest_position_that_can_be_continued_is_the_one_before_what_is_kept(
    crier: Crier,
) -> None:
    sam = sit(room_at(7, crier, oldest=3), 2)
    assert wire(sam).positions == [3, 4, 5, 6, 7]


def test_a_room_forgets_the_oldest_as_it_follows(
    crier: Crier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askpanel.chat.reel.SNAPSHOT_ENTRIES", SHORT_MEMORY)
    room = room_at(1, crier)
    sit(room)
    for position in range(2, 60):
        room.follow([entry(position)])
    assert wire(sit(room, 54)).positions == [55, 56, 57, 58, 59]
    assert wire(sit(room, 53)).frames == [{"reset": True}]
    assert len(room._reel._drawn) <= 8 * SHORT_MEMORY, "frames are held that nobody can ask for"


def test_what_a_viewer_is_given_first_comes_before_the_run(crier: Crier) -> None:
    room = room_at(3, crier)
    member = Member(FakeWire(), "public", "en", "sam")
    assert room.join(member, 1, EPOCH, first=frames.own([("text", "mine", "yours")]))
    first, *run = wire(member).frames
    assert first == {"ops": [["text", "mine", "yours"]]}
    assert [frame["position"] for frame in run] == [2, 3, 3]


def test_everybody_gets_the_same_bytes_whenever_they_come(crier: Crier) -> None:
    room = room_at(3, crier)
    early = sit(room, 3)
    room.follow([entry(4, author="sam"), entry(5)])
    late, later_process = sit(room, 3), sit(room_at(5, Crier()), 3)
    told = [raw for raw, frame in wire(early).fresh() if "ops" in frame]
    assert [raw for raw, frame in wire(late).fresh() if "ops" in frame] == told
    assert [raw for raw, frame in wire(later_process).fresh() if "ops" in frame] == told


def test_the_authors_frame_has_both_in_one_position_and_nobody_else_gets_it(
    crier: Crier,
) -> None:
    room = room_at(3, crier)
    sams = [sit(room, 3, key="sam"), sit(room, 3, key="sam", locale="cy")]
    others = [sit(room, 3), sit(room, 3, key="alex"), sit(room, 3, key="sam", to="staff")]
    room.follow([entry(4), entry(5, author="sam"), entry(6)])
    for sam in sams:
        both = {
            "position": 5,
            "since": 4,
            "ops": [["text", "shared", f"5 in {sam.locale}"], ["text", "own", "5 of sam"]],
            "say": "for one",
        }
        assert wire(sam).positions == [4, 5, 6]
        assert wire(sam).frames[2] == both
    assert wire(others[0]).data == wire(others[1]).data
    for other in others[:2]:
        assert wire(other).positions == [4, 5, 6]
        assert b"of sam" not in wire(other).data


def test_two_authors_in_one_run_get_each_their_own_alone(crier: Crier) -> None:
    room = room_at(3, crier)
    seated = {key: sit(room, 3, key=key) for key in ("sam", "alex")}
    room.follow([entry(4, author="sam"), entry(5, author="alex")])
    seated |= {f"{key} again": sit(room, 3, key=key) for key in ("sam", "alex")}
    for name, member in seated.items():
        other = "alex" if member.key == "sam" else "sam"
        assert f"of {member.key}".encode() in wire(member).data, name
        assert f"of {other}".encode() not in wire(member).data, name
    drawn_for = {(position, key) for position, _, key in crier.drawn_for}
    assert drawn_for == {(4, "sam"), (5, "alex")}


def test_an_author_who_comes_back_is_given_their_own_again(crier: Crier) -> None:
    room = room_at(3, crier)
    stayed = sit(room, 3, key="sam")
    room.follow([entry(4, author="sam")])
    back = sit(room, 3, key="sam")
    assert wire(back).frames[0] == wire(stayed).frames[1]


def test_a_frame_is_drawn_once_for_a_language_however_many_read_it(crier: Crier) -> None:
    room = room_at(1, crier)
    for locale in ("en", "cy"):
        for key in [""] * 20 + ["alex", "asha"]:
            sit(room, 1, locale=locale, key=key)
    room.follow([entry(2, author="sam"), entry(3), entry(4)])
    for _ in range(5):
        sit(room, 1)
    # The first of all, to see whether it showed anything.
    expected = {(position, locale): 1 for position in (1, 2, 3, 4) for locale in ("en", "cy")}
    assert dict(crier.drawn) == expected
    assert crier.drawn_for == Counter()


def test_only_the_author_costs_a_drawing_of_their_own(crier: Crier) -> None:
    room = room_at(1, crier)
    for key in ("", "", "alex", "sam"):
        sit(room, 1, key=key)
    room.follow([entry(2, author="sam")])
    assert dict(crier.drawn_for) == {(2, "en", "sam"): 1}
    # Once for all the others, and once more to be put together with the author's own.
    assert crier.drawn[2, "en"] <= 2


def test_nothing_is_drawn_for_a_room_in_which_nobody_sits(crier: Crier) -> None:
    room = room_at(1, crier)
    room.follow([entry(2), entry(3)])
    assert crier.drawn == Counter()


def test_a_run_is_one_write_a_socket(crier: Crier) -> None:
    room = room_at(1, crier)
    sam, alex = sit(room, 1, key="sam"), sit(room, 1)
    before = len(wire(sam).writes), len(wire(alex).writes)
    room.follow([entry(2), entry(3, author="sam"), entry(4)])
    assert (len(wire(sam).writes), len(wire(alex).writes)) == (before[0] + 1, before[1] + 1)


def test_a_slow_reader_is_cut_off_alone_and_resumes_by_position(crier: Crier) -> None:
    room = room_at(1, crier)
    slow, good = sit(room, 1), sit(room, 1)
    wire(slow).backlog, wire(slow).stalled_since = MOST_BACKLOG + 1, 1.0
    room.follow([entry(2)])
    room.follow([entry(3)])
    assert wire(slow).ended == SLOW == (1013, "retry=2")
    assert room.members == [good]
    assert (wire(good).ended, wire(good).positions) == (None, [2, 3])
    last = wire(slow).positions[-1]
    assert wire(sit(room, last)).positions == list(range(last + 1, 4))


@pytest.mark.parametrize(
    ("backlog", "since"), [(MOST_BACKLOG, 1.0), (MOST_BACKLOG + 1, None), (0, None)]
)
def test_a_reader_who_is_only_a_little_behind_stays(
    crier: Crier, backlog: int, since: float | None
) -> None:
    room = room_at(1, crier)
    member = sit(room, 1)
    wire(member).backlog, wire(member).stalled_since = backlog, since
    room.follow([entry(2)])
    assert wire(member).ended is None


def test_who_takes_nothing_for_too_long_is_cut_off_at_the_next_heartbeat(crier: Crier) -> None:
    room = room_at(1, crier)
    stuck, good = sit(room, 1), sit(room, 1)
    wire(stuck).stalled_since = 100.0
    room.beat(100.0 + LONGEST_STALL)
    assert wire(stuck).ended is None
    room.beat(100.5 + LONGEST_STALL)
    assert wire(stuck).ended == SLOW
    assert room.members == [good]


def test_a_heartbeat_says_how_far_the_room_is_and_nothing_else(crier: Crier) -> None:
    room = room_at(4, crier)
    sam = sit(room, 4)
    room.beat(0.0)
    assert wire(sam).frames == [{"position": 4, "since": 4}] * 2


def test_a_room_says_that_the_store_is_lost_and_that_it_is_back(crier: Crier) -> None:
    room = room_at(4, crier)
    before = sit(room, 4)
    room.tell_connected(False)
    during = sit(room, 3)
    room.tell_connected(True)
    after = sit(room, 4)
    here = {"position": 4, "since": 4}
    lost, back = ({**here, "status": status} for status in ("lost", "back"))
    assert wire(before).frames == [here, lost, back]
    assert heartbeats(during) == [here, lost, back]
    assert wire(during).positions == [4]
    assert wire(after).frames == [here]


def test_who_has_left_hears_nothing_more_and_may_leave_twice(crier: Crier) -> None:
    room = room_at(1, crier)
    sam, alex = sit(room, 1), sit(room, 1)
    room.leave(sam)
    room.leave(sam)
    room.follow([entry(2)])
    assert (wire(sam).positions, wire(alex).positions) == ([], [2])


def test_turning_out_writes_the_last_frame_to_everybody_and_empties_the_room(
    crier: Crier,
) -> None:
    room = room_at(1, crier)
    seated = [sit(room, 1), sit(room, 1, locale="cy", key="sam"), sit(room, 1, to="staff")]
    room.turn_out(frames.reset())
    assert [wire(each).frames[-1] for each in seated] == [{"reset": True}] * 3
    assert [wire(each).ended for each in seated] == [(1012, "retry=1")] * 3
    assert room.members == []


def test_an_entry_that_does_not_follow_is_not_shown(crier: Crier) -> None:
    room = room_at(3, crier)
    sam = sit(room, 3)
    for position in (3, 5):
        with pytest.raises(ValueError, match="does not follow 3"):
            room.follow([entry(position)])
    assert wire(sam).positions == []
