"""Who has a question open in triage: a lease that the deciding call itself checks."""

from __future__ import annotations

import pytest

from askpanel.eventlog.model import Question, Refused
from tests.cast import ASHA, BEA, LEAH, LUCY, MINUTE, MORGAN, SAM, SYSTEM
from tests.eventlog.rulesroom import Room

DECISIONS: list[tuple[str, dict[str, str | int]]] = [
    ("approve", {}),
    ("hold", {"note": "Later"}),
    ("reject", {"reason": "off-topic"}),
    ("reply", {"text": "Call them"}),
    ("divert", {"diversion": "report-crime"}),
    ("escalate", {"note": "At risk"}),
    ("assign", {"organisation": "gmp"}),
    ("label", {"labels": "later"}),
    ("hand", {"to": "leah", "to_name": "Leah"}),
]


async def refused(room: Room, number: int, command: str, **fields: str | int) -> Refused:
    with pytest.raises(Refused) as refusal:
        await room.do(number, command, BEA, **fields)
    return refusal.value


@pytest.mark.parametrize(("command", "fields"), DECISIONS, ids=str)
async def test_nobody_decides_on_what_a_colleague_has_open(
    room: Room, command: str, fields: dict[str, str | int]
) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA, doing="replying")
    refusal = await refused(room, number, command, **fields)
    assert refusal.code == "locked"
    assert refusal.question is not None
    assert refusal.question.lock is not None
    assert (refusal.question.lock.name, refusal.question.lock.doing) == ("Asha", "replying")
    await room.do(number, command, ASHA, **fields)


@pytest.mark.parametrize(("command", "fields"), DECISIONS, ids=str)
async def test_it_is_taken_over_by_name_and_by_no_other_name(
    room: Room, command: str, fields: dict[str, str | int]
) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA)
    assert (await refused(room, number, command, **fields, **{"from": "leah"})).code == "locked"
    decided = await room.do(number, command, BEA, **fields, **{"from": "asha"})
    assert decided.lock is None


async def test_a_question_is_opened_over_from_a_colleague_by_name(room: Room) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA)
    assert (await refused(room, number, "lock")).code == "locked"
    assert (await refused(room, number, "unlock")).code == "no_lock"
    taken = await room.do(number, "lock", BEA, **{"from": "asha"})
    assert taken.lock is not None
    assert taken.lock.name == "Bea"
    with pytest.raises(Refused, match="locked"):
        await room.do(number, "approve", ASHA)


async def test_a_lock_lapses_by_itself_and_then_binds_nobody(room: Room) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA)
    with pytest.raises(Refused, match="not_expired"):
        await room.do(number, "lapse", SYSTEM)
    room.time[0] += 3 * MINUTE
    assert (await room.do(number, "lapse", SYSTEM)).lock is None
    await room.do(number, "lock", ASHA)
    room.time[0] += 3 * MINUTE
    # Nobody has noticed yet; the deciding call knows.
    assert (await room.do(number, "approve", BEA)).state == "approved"


async def test_a_lock_is_kept_by_its_holder_and_ends_with_the_decision(room: Room) -> None:
    number = await room.submit()
    first = (await room.do(number, "lock", ASHA)).lock
    room.time[0] += 2 * MINUTE
    again = (await room.do(number, "lock", ASHA, doing="editing")).lock
    assert first is not None
    assert again is not None
    assert (again.since, again.until) == (first.since, first.until + 2 * MINUTE)
    assert (await room.do(number, "label", ASHA, labels="later")).lock == again
    assert (await room.do(number, "approve", ASHA)).lock is None


async def test_a_lock_is_no_change_of_the_question(room: Room) -> None:
    number = await room.submit()
    before = (await room.do(number, "label", BEA, labels="later")).changed
    await room.do(number, "lock", ASHA)
    await room.do(number, "annotate", BEA, note="Ask Leah first")
    unlocked = await room.do(number, "unlock", ASHA)
    assert unlocked.changed == before
    assert [note.text for note in unlocked.notes] == ["Ask Leah first"]


async def test_neither_the_author_nor_the_desk_waits_for_a_lock(room: Room) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA)
    assert (await room.do(number, "withdraw", SAM)).lock is None
    approved = await room.question_in("approved")
    await room.do(approved, "lock", ASHA)
    assert (await room.do(approved, "claim", MORGAN)).state == "claimed"


async def test_a_risk_is_acknowledged_although_a_colleague_has_it_open(room: Room) -> None:
    number = await room.question_in("escalated")
    await room.do(number, "lock", BEA)
    risk = (await room.do(number, "acknowledge", LEAH)).risk
    assert risk is not None
    assert risk.seen is not None


async def test_a_question_handed_on_is_free_for_the_colleague(room: Room) -> None:
    number = await room.submit()
    await room.do(number, "lock", ASHA)
    handed: Question = await room.do(number, "hand", ASHA, to="bea", to_name="Bea")
    assert handed.handed is not None
    assert (handed.handed.name, handed.handed.by) == ("Bea", "Asha")
    assert (await room.do(number, "approve", BEA)).handed is None


async def test_a_panelist_does_not_open_questions_in_triage(room: Room) -> None:
    number = await room.question_in("approved")
    with pytest.raises(Refused, match="wrong_role"):
        await room.do(number, "lock", LUCY)
