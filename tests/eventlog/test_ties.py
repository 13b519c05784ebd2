"""Questions that are taken together: who leads, who follows, and how a log read backwards knows."""

from __future__ import annotations

import pytest

from askpanel.eventlog.model import Refused, State
from askpanel.eventlog.projection import Moment, Projection, moments
from askpanel.eventlog.ties import Follower, Lead
from tests.cast import ALEX, ASHA, MORGAN, SAM
from tests.eventlog.rulesroom import Room


async def told(room: Room) -> list[Moment]:
    return moments(await room.store.snapshot("stop-it-now"))


async def test_whoever_follows_a_question_is_known_to_each_of_its_moments(room: Room) -> None:
    first, second = await room.submit(SAM), await room.submit(ALEX)
    await room.do(second, "merge", ASHA, into=first)
    await room.do(first, "approve", ASHA)
    await room.do(first, "answer", MORGAN, text="An answer", lang="en")
    lead = [moment.tied.lead for moment in await told(room) if moment.tied]
    assert lead == [
        Lead(1, State.PENDING, SAM.author),
        Lead(2, State.PENDING, ALEX.author),
        Lead(1, State.PENDING, SAM.author, others=1),
        Lead(1, State.APPROVED, SAM.author, others=1),
        Lead(1, State.ANSWERED, SAM.author, others=1),
    ]
    followers = [moment.tied.followers for moment in await told(room) if moment.tied]
    assert followers == [(), (), (), *[(Follower(2, ALEX.author),)] * 2]


async def test_a_question_that_is_merged_takes_its_followers_along(room: Room) -> None:
    first, second, third = [await room.submit(each) for each in (SAM, ALEX, ALEX)]
    await room.do(third, "merge", ASHA, into=second)
    await room.do(second, "merge", ASHA, into=first)
    projection = Projection(await room.store.snapshot("stop-it-now"))
    assert {projection.lead(n).number for n in (first, second, third)} == {first}
    assert projection.lead(first).others == 1, "Alex asked both"
    await room.do(second, "restore", ASHA)
    parted = (await told(room))[-1].tied
    assert parted is not None
    assert parted.lead == Lead(second, State.PENDING, ALEX.author)
    assert parted.left == Lead(first, State.PENDING, SAM.author)
    assert parted.followers == (Follower(third, ALEX.author),)


async def test_an_undone_merge_leaves_no_follower(room: Room) -> None:
    first, second = await room.submit(SAM), await room.submit(ALEX)
    merged = await room.do(second, "merge", ASHA, into=first)
    await room.do(second, "undo", ASHA, position=merged.changed.position)
    snapshot = await room.store.snapshot("stop-it-now")
    (newest,) = [e.event for e in snapshot.entries if e.position == snapshot.position]
    assert newest.parted == first
    assert Projection(snapshot).lead(first).others == 0
    assert [m.tied.lead.number for m in moments(snapshot) if m.tied] == [1, 2, 1, 2]


async def test_two_undos_cannot_take_two_questions_together_with_each_other(room: Room) -> None:
    first, second = await room.submit(SAM), await room.submit(ALEX)
    await room.do(first, "merge", ASHA, into=second)
    restored = await room.do(first, "restore", ASHA)
    await room.do(second, "merge", ASHA, into=first)
    with pytest.raises(Refused, match="bad_target"):
        await room.do(first, "undo", ASHA, position=restored.changed.position)
    await room.do(second, "restore", ASHA)
    again = await room.do(first, "undo", ASHA, position=restored.changed.position)
    assert (again.state, again.into) == ("merged", second)
