"""Undo restores exactly: the record of before, from the log itself."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from askpanel.eventlog.model import Actor, Question, Refused
from askpanel.eventlog.rules import NOT_UNDOABLE, RULES, UNDOABLE
from tests.cast import ASHA, BEA, LUCY, MORGAN, SAM
from tests.eventlog.rulesroom import Room

WAYS: list[tuple[str, str, Actor, dict[str, str | int]]] = [
    ("approve", "pending", ASHA, {}),
    ("approve", "pending", ASHA, {"text": "Other words"}),
    ("approve", "held", ASHA, {}),
    ("hold", "pending", ASHA, {"note": "Later"}),
    ("reject", "held", ASHA, {"reason": "abusive", "told": '{"en":"No"}', "hidden": "1"}),
    ("reply", "pending", ASHA, {"text": "Call them", "lang": "cy"}),
    ("divert", "pending", ASHA, {"diversion": "report-crime", "signposts": "report emergency"}),
    ("restore", "held", ASHA, {}),
    ("restore", "rejected", ASHA, {}),
    ("restore", "replied", ASHA, {}),
    ("restore", "approved", ASHA, {}),
    ("assign", "approved", ASHA, {"organisation": "lff", "panelist": "lucy"}),
    ("label", "answered", ASHA, {"labels": "later law"}),
    ("hand", "pending", ASHA, {"to": "bea", "to_name": "Bea"}),
    ("cosign", "answered", LUCY, {"answer": 1}),
]


def plain(question: Question) -> Question:
    """A question without what an undo rightly leaves: when, by whom, and its place on the list."""
    return msgspec.structs.replace(question, changed=None, since=0)


@pytest.mark.parametrize(("command", "state", "actor", "fields"), WAYS)
async def test_what_was_done_is_as_if_it_had_not_been(
    room: Room, command: str, state: str, actor: Actor, fields: dict[str, str | int]
) -> None:
    number = await room.question_in(state)
    before = await room.do(number, "annotate", BEA, note="Before")
    done = await room.do(number, command, actor, **fields)
    assert plain(done) != plain(before)
    undone = await room.do(number, "undo", actor, position=done.changed.position)
    assert plain(undone) == plain(before)
    entry = (await room.store.snapshot("stop-it-now")).entries[0].event
    assert (entry.type, entry.of, entry.by, entry.was) == (
        *("undone", command, actor.username, done.state),
    )


def test_every_command_has_an_undo_an_opposite_or_a_reason_why_not() -> None:
    quiet = {name for name, rule in RULES.items() if rule.quiet}
    assert {*UNDOABLE, *NOT_UNDOABLE, *quiet} == set(RULES)
    assert not set(UNDOABLE) & set(NOT_UNDOABLE)
    assert set(UNDOABLE) == {command for command, *_ in WAYS} | {"merge"}


async def test_a_merge_is_undone(room: Room) -> None:
    number, into = await room.submit(), await room.submit()
    merged = await room.do(number, "merge", ASHA, into=into)
    undone = await room.do(number, "undo", BEA, position=merged.changed.position)
    assert (undone.state, undone.into) == ("pending", 0)


async def test_one_undo_after_another_leads_back_through_the_session(room: Room) -> None:
    number = await room.submit()
    records = [await room.do(number, "label", ASHA, labels="later")]
    for command, fields in (
        ("hold", {"note": "Later"}),
        ("approve", {"text": "Other words"}),
        ("restore", {}),
        ("reject", {"reason": "off-topic"}),
    ):
        records.append(await room.do(number, command, ASHA, **fields))
    for done, before in itertools.pairwise(reversed(records)):
        await room.do(number, "lock", BEA)
        noted = await room.do(number, "annotate", BEA, note="So")
        assert (noted.changed.standing, noted.changed.standing_at) == (
            done.changed.command,
            done.changed.position,
        )
        undone = await room.do(number, "undo", BEA, position=noted.changed.standing_at)
        assert msgspec.structs.replace(plain(undone), notes=[]) == plain(before)
    assert (undone.changed.command, undone.changed.standing) == ("undo", "label")
    first = await room.do(number, "undo", BEA, position=undone.changed.standing_at)
    assert (first.labels, first.changed.standing) == ([], "submit")
    with pytest.raises(Refused, match="cannot_undo"):
        await room.do(number, "undo", BEA, position=first.changed.standing_at)


async def test_a_decision_after_an_undo_is_undone_to_where_the_undo_left_it(room: Room) -> None:
    number = await room.question_in("held")
    approved = await room.do(number, "approve", ASHA)
    undone = await room.do(number, "undo", ASHA, position=approved.changed.standing_at)
    rejected = await room.do(number, "reject", ASHA, reason="off-topic")
    again = await room.do(number, "undo", BEA, position=rejected.changed.standing_at)
    assert plain(again) == plain(undone)
    assert again.changed.standing == "hold"
    pending = await room.do(number, "undo", BEA, position=again.changed.standing_at)
    assert (pending.state, pending.note) == ("pending", "")


async def test_what_somebody_did_since_is_not_undone_with_it(room: Room) -> None:
    number = await room.submit()
    approved = await room.do(number, "approve", ASHA)
    await room.do(number, "claim", MORGAN)
    with pytest.raises(Refused, match="superseded"):
        await room.do(number, "undo", ASHA, position=approved.changed.position)


async def test_what_the_author_has_seen_of_a_risk_is_not_undone(room: Room) -> None:
    number = await room.question_in("escalated")
    with pytest.raises(Refused, match="cannot_undo"):
        position = (await room.store.snapshot("stop-it-now")).questions[-1].changed.position
        await room.do(number, "undo", ASHA, position=position)


async def test_a_signature_is_taken_back_by_its_own_organisation_only(room: Room) -> None:
    number = await room.question_in("answered")
    signed = await room.do(number, "cosign", LUCY, answer=1)
    with pytest.raises(Refused, match="not_own_answer"):
        await room.do(number, "undo", MORGAN, position=signed.changed.position)
    with pytest.raises(Refused, match="wrong_role"):
        await room.do(number, "undo", ASHA, position=signed.changed.position)


async def test_an_undo_brings_no_muted_author_back_and_loses_no_note(room: Room) -> None:
    number = await room.submit()
    rejected = await room.do(number, "reject", ASHA, reason="abusive")
    await room.do(number, "mute", BEA)
    await room.do(number, "annotate", BEA, note="Third time")
    undone = await room.do(number, "undo", ASHA, position=rejected.changed.position)
    assert (undone.state, undone.muted) == ("pending", True)
    assert [note.text for note in undone.notes] == ["Third time"]
    with pytest.raises(Refused, match="muted"):
        await room.submit(SAM)
