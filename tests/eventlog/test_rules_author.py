"""What concerns the author alone: private replies and their echo, kind words, and a mute."""

from __future__ import annotations

import pytest

from askpanel.eventlog.model import Refused
from tests.cast import ALEX, ASHA, BEA, SAM
from tests.eventlog.rulesroom import Room

TOLD = '{"en": "Call 101.", "cy": "Ffoniwch 101."}'


async def test_who_still_needs_help_is_back_in_the_queue_and_keeps_the_reply(room: Room) -> None:
    number = await room.submit()
    replied = await room.do(number, "reply", ASHA, text="Ffoniwch", lang="cy")
    assert [(each.text, each.lang, each.name) for each in replied.replies] == [
        ("Ffoniwch", "cy", "Asha")
    ]
    assert (await room.do(number, "respond", SAM, helped="yes")).state == "replied"
    back = await room.do(number, "respond", SAM, helped="no")
    assert (back.state, back.needs_help) == ("pending", True)
    assert [each.helped for each in back.replies] == ["no"]
    again = await room.do(number, "reply", BEA, text="Try this too")
    assert (again.needs_help, [each.text for each in again.replies]) == (
        *(False, ["Ffoniwch", "Try this too"]),
    )


@pytest.mark.parametrize(("actor", "helped", "code"), [
    (ALEX, "yes", "not_author"), (SAM, "perhaps", "missing"), (SAM, "", "missing"),
    (ASHA, "yes", "wrong_role"),
])  # fmt: skip
async def test_only_the_reader_of_a_reply_says_whether_it_helped(
    room: Room, actor: object, helped: str, code: str
) -> None:
    number = await room.question_in("replied")
    with pytest.raises(Refused, match=code):
        await room.do(number, "respond", actor, helped=helped)  # type: ignore[arg-type]


async def test_who_may_be_in_danger_is_answered_at_once_and_stays_on_the_list(room: Room) -> None:
    number = await room.question_in("escalated")
    replied = await room.do(number, "reply", ASHA, text="Are you safe now?")
    assert (replied.state, [each.text for each in replied.replies]) == (
        *("escalated", ["Are you safe now?"]),
    )
    with pytest.raises(Refused, match="undecided"):
        await room.do(number, "restore", ASHA)
    undone = await room.do(number, "undo", ASHA, position=replied.changed.standing_at)
    assert (undone.state, undone.replies) == ("escalated", [])
    await room.do(number, "acknowledge", BEA)
    await room.do(number, "conclude", BEA, decision="signposted", note="Has the numbers")
    assert (await room.do(number, "reply", BEA, text="Call them")).state == "replied"


async def test_what_was_diverted_cannot_be_approved_before_it_is_put_back(room: Room) -> None:
    number = await room.submit()
    diverted = await room.do(
        number, "divert", ASHA, diversion="report-crime", told=TOLD, signposts="report emergency"
    )
    assert diverted.told == {"en": "Call 101.", "cy": "Ffoniwch 101."}
    assert diverted.signposts == ["report", "emergency"]
    for command, fields in (("approve", {}), ("reply", {"text": "Hello"}), ("hold", {"note": "x"})):
        with pytest.raises(Refused, match="wrong_state"):
            await room.do(number, command, ASHA, **fields)
    restored = await room.do(number, "restore", ASHA)
    assert (restored.state, restored.told, restored.signposts, restored.diversion) == (
        *("pending", {}, [], ""),
    )


async def test_the_words_of_a_rejection_are_kept_as_they_were_said(room: Room) -> None:
    number = await room.submit()
    rejected = await room.do(number, "reject", ASHA, reason="abusive", told=TOLD, hidden="1")
    assert (rejected.told["cy"], rejected.hidden) == ("Ffoniwch 101.", True)
    restored = await room.do(number, "restore", ASHA)
    assert (restored.told, restored.hidden, restored.reason) == ({}, False, "")


async def test_a_muted_author_sends_nothing_more_until_a_colleague_relents(room: Room) -> None:
    first, second = await room.submit(), await room.submit()
    await room.do(first, "mute", ASHA)
    for number in (first, second):
        with pytest.raises(Refused, match="muted"):
            await room.do(number, "mute", BEA)
    with pytest.raises(Refused, match="muted"):
        await room.submit()
    assert await room.submit(ALEX) == 3
    snapshot = await room.store.snapshot("stop-it-now")
    assert {author: mute.number for author, mute in snapshot.muted.items()} == {SAM.author: first}
    with pytest.raises(Refused, match="not_muted"):
        await room.do(second, "unmute", BEA)
    await room.do(first, "unmute", BEA)
    assert await room.submit() == 4
    assert (await room.store.snapshot("stop-it-now")).muted == {}


async def test_a_muted_author_is_set_free_although_they_took_the_question_back(room: Room) -> None:
    number = await room.submit()
    await room.do(number, "mute", ASHA)
    await room.do(number, "withdraw", SAM)
    await room.do(number, "unmute", BEA)
    assert await room.submit() == 2


async def test_a_question_that_was_stored_is_confirmed_again_although_its_author_is_muted(
    room: Room,
) -> None:
    number = await room.submit()
    await room.do(number, "mute", ASHA)
    done = await room.store.submit(
        "stop-it-now", nonce="nonce-1", text="Again", lang="en", author=SAM.author
    )
    assert done.question.number == number


async def test_labels_are_what_was_named_last(room: Room) -> None:
    number = await room.submit()
    assert (await room.do(number, "label", ASHA, labels="later law")).labels == ["later", "law"]
    assert (await room.do(number, "label", BEA, labels="law")).labels == ["law"]
    assert (await room.do(number, "label", BEA)).labels == []


async def test_a_question_is_assigned_to_a_panelist_or_to_the_organisation_alone(
    room: Room,
) -> None:
    number = await room.submit()
    fields = {"organisation": "lff", "panelist": "lucy", "panelist_name": "Lucy"}
    assigned = await room.do(number, "assign", ASHA, **fields)
    assert (assigned.organisation, assigned.panelist, assigned.panelist_name) == (
        *("lff", "lucy", "Lucy"),
    )
    assigned = await room.do(number, "assign", ASHA, organisation="gmp")
    assert (assigned.organisation, assigned.panelist) == ("gmp", "")
