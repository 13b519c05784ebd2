"""Every state × every command × every role, on the real engine, against a table written by hand
from the design and not taken from the program."""

from __future__ import annotations

import itertools
import re

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.model import Actor, Question, Refused, Role, State
from askpanel.eventlog.rules import REFUSALS, RULES
from askpanel.eventlog.store import LUA, Store
from tests.cast import ALEX, ASHA, BEA, HANA, LEAH, LUCY, MINUTE, MORGAN, NOON, SAM, SYSTEM, session
from tests.eventlog.rulesroom import Room

OPEN = {"pending", "held", "escalated"}
ALL = {str(state) for state in State} - {"withdrawn"}
TRIAGE = {"host", "moderator", "lead"}
STAFF = {*TRIAGE, "panelist"}
# command: (states it starts from, state it leads to or None for the same, who may)
TABLE: dict[str, tuple[set[str], str | None, set[str]]] = {
    "withdraw": ({"pending", "held"}, "withdrawn", {"author"}),
    "respond": ({"replied"}, None, {"author"}),
    "approve": (OPEN, "approved", TRIAGE),
    "hold": ({"pending", "escalated"}, "held", TRIAGE),
    "reject": (OPEN, "rejected", TRIAGE),
    "reply": (OPEN, "replied", TRIAGE),
    "merge": (OPEN, "merged", TRIAGE),
    "divert": (OPEN, "diverted", TRIAGE),
    "escalate": ({"pending", "held"}, "escalated", TRIAGE),
    "acknowledge": ({"escalated"}, None, TRIAGE),
    "conclude": ({"escalated"}, None, TRIAGE),
    "restore": (
        {"held", "approved", "rejected", "merged", "replied", "diverted", "escalated"},
        "pending",
        TRIAGE,
    ),
    "assign": (OPEN | {"approved"}, None, TRIAGE),
    "label": (ALL, None, TRIAGE),
    "hand": (OPEN, None, TRIAGE),
    "lock": (ALL, None, TRIAGE),
    "unlock": (ALL, None, TRIAGE),
    "lapse": (ALL, None, {"system"}),
    "annotate": (ALL, None, STAFF),
    "mute": (ALL, None, TRIAGE),
    "unmute": (ALL | {"withdrawn"}, None, TRIAGE),
    "undo": (ALL, None, STAFF),
    "claim": ({"approved", "claimed"}, "claimed", {"panelist"}),
    "release": ({"claimed"}, "approved", STAFF),
    "expire": ({"claimed"}, "approved", {"system"}),
    "answer": ({"approved", "claimed", "answered"}, "answered", {"panelist"}),
    "publish": ({"claimed", "answered"}, "answered", STAFF),
    "return": ({"claimed", "answered"}, None, STAFF),
    "correct": ({"answered"}, "answered", {"host", "lead", "panelist"}),
    "translate": ({"answered"}, "answered", STAFF),
    "cosign": ({"answered"}, "answered", {"panelist"}),
    "remove": ({"answered"}, "removed", TRIAGE),
}
FIELDS: dict[str, str | int] = {
    "note": "A note",
    "reason": "off-topic",
    "text": "Some words",
    "lang": "en",
    "organisation": "gmp",
    "answer": 1,
    "helped": "yes",
    "diversion": "report-crime",
    "decision": "no-danger",
    "to": "bea",
}
ACTORS = {
    "lead": LEAH,
    "author": SAM,
    "moderator": ASHA,
    "host": HANA,
    "panelist": MORGAN,
    "system": SYSTEM,
}


def test_the_table_names_every_state_and_every_command() -> None:
    assert set(TABLE) == set(RULES)
    reached = {to for _, to, _ in TABLE.values() if to} | {"pending"}
    assert reached == {str(state) for state in State}
    assert {r for _, _, roles in TABLE.values() for r in roles} == {
        *(str(r) for r in Role),
        "author",
        "system",
    }


def preparations(command: str, state: str, role: str) -> list[tuple[str, Actor]]:
    """What must have been done for a legal command not to be refused for another reason."""
    found: list[tuple[str, Actor]] = []
    if state == "escalated" and command != "acknowledge":
        found = [("acknowledge", BEA), ("conclude", BEA)]
    if command in ("unlock", "lapse"):
        found.append(("lock", ACTORS[role] if role in TRIAGE else ASHA))
    if command == "undo":
        found.append(("label", ASHA))
    return found


def actor_for(command: str, state: str, role: str) -> Actor:
    """Somebody of the role who is not barred for another reason."""
    second = command == "cosign" or (command, state) == ("answer", "answered")
    if role == "panelist" and second:
        return LUCY
    if role == "moderator" and command == "acknowledge":
        return BEA
    return ACTORS[role]


@pytest.mark.parametrize("state", [str(s) for s in State])
async def test_every_command_of_every_role_in_every_state(
    client: Redis, prefix: str, state: str
) -> None:
    """33 × 6 tries a state; each leaves the question as the table says, or untouched."""
    time = [NOON]
    for command, role in itertools.product(TABLE, ACTORS):
        checked = command in ("publish", "return")
        store = Store(client, prefix=f"{prefix}-{command}-{role}", now=lambda: time[0])
        await store.create(session(second_check=checked and state in ("claimed", "answered")))
        room = Room(store, time)
        number = await room.question_in(state, checked=checked, muted=command == "unmute")
        into = await room.submit(ALEX)
        froms, to, roles = TABLE[command]
        # Nobody on the desk may take back a label, though they may undo what is theirs.
        legal = state in froms and role in roles and (command, role) != ("undo", "panelist")
        actor = actor_for(command, state, role)
        if state != "withdrawn":
            for each, who in preparations(command, state, role):
                await room.do(number, each, who, **FIELDS)
        time[0] += 4 * MINUTE if command in ("expire", "lapse") else 0
        found = await store.snapshot("stop-it-now")
        before, known = found.position, {q.number: q for q in found.questions}[number]
        aims = {"into": into, "position": known.changed.position}
        if command == "translate":
            aims["lang"] = "cy"  # type: ignore[assignment]
        outcome = await attempt(room, number, command, actor, **aims)
        after = await store.snapshot("stop-it-now")
        if legal:
            assert isinstance(outcome, Question), (
                f"{role} may not {command} when {state}: {outcome}"
            )
            assert outcome.state == (to or state)
            assert after.position == before + 1
            assert after.entries[0].event.question == outcome
            assert after.entries[0].event.was == state
            assert outcome in after.questions
        else:
            expected = "wrong_state" if role in roles and state not in froms else "wrong_role"
            assert outcome == expected, f"{role} may {command} a question that is {state}"
            assert after.position == before
            assert {q.number: q for q in after.questions}[number] == known
        time[0] = NOON


async def attempt(
    room: Room, number: int, command: str, actor: Actor, **aims: str | int
) -> Question | str:
    """The question after a command, or the code of its refusal."""
    try:
        return await room.do(number, command, actor, **(FIELDS | aims))
    except Refused as refusal:
        return refusal.code


async def test_an_escalated_question_leads_on_by_a_second_person_and_a_recorded_decision(
    room: Room,
) -> None:
    number = await room.question_in("escalated")
    decided = {"decision": "no-danger", "note": "The lead agreed"}
    with pytest.raises(Refused, match="undecided"):
        await room.do(number, "approve", BEA)
    with pytest.raises(Refused, match="unacknowledged"):
        await room.do(number, "conclude", BEA, **decided)
    with pytest.raises(Refused, match="own_risk"):
        await room.do(number, "acknowledge", ASHA)
    await room.do(number, "acknowledge", LEAH)
    with pytest.raises(Refused, match="acknowledged_already"):
        await room.do(number, "acknowledge", BEA)
    with pytest.raises(Refused, match="undecided"):
        await room.do(number, "approve", BEA)
    await room.do(number, "conclude", ASHA, **decided)
    approved = await room.do(number, "approve", ASHA)
    assert (approved.state, approved.note) == ("approved", "The lead agreed")
    risk = approved.risk
    assert risk is not None
    assert risk.seen is not None
    assert risk.decided is not None
    assert (risk.name, risk.seen.name, risk.decided.name) == ("Asha", "Leah", "Asha")
    assert (risk.note, risk.decision, risk.words) == ("At risk", "no-danger", "The lead agreed")


@pytest.mark.parametrize(
    ("command", "state"),
    [("hold", "pending"), ("reject", "pending"), ("reply", "pending"), ("merge", "pending"),
     ("escalate", "pending"), ("assign", "pending"), ("answer", "approved"),
     ("correct", "answered"), ("remove", "answered")],
)  # fmt: skip
async def test_a_command_without_its_field_is_refused(room: Room, command: str, state: str) -> None:
    number = await room.question_in(state)
    actor = MORGAN if command in ("answer", "correct") else ASHA
    with pytest.raises(Refused, match="missing"):
        await room.do(number, command, actor)


async def test_approving_with_an_edit_keeps_the_original_and_undo_brings_it_back(
    room: Room,
) -> None:
    number = await room.submit(text="My neighbour Bob at no 4 does this")
    edited = await room.do(number, "approve", ASHA, text="My neighbour does this")
    assert (edited.text, edited.original) == (
        "My neighbour does this",
        "My neighbour Bob at no 4 does this",
    )
    restored = await room.do(number, "restore", BEA)
    assert restored.text == "My neighbour Bob at no 4 does this"
    assert not restored.edited


async def test_undo_takes_back_what_each_decision_added(room: Room) -> None:
    for state in ("held", "rejected", "merged", "replied"):
        number = await room.question_in(state)
        restored = await room.do(number, "restore", ASHA)
        extras = (restored.reason, restored.replies, restored.into, restored.note)
        assert (restored.state, *extras) == ("pending", "", [], 0, "")


async def test_two_moderators_on_one_question_one_wins_and_the_other_hears_who(
    room: Room,
) -> None:
    number = await room.submit()
    await room.do(number, "reject", ASHA, reason="off-topic")
    with pytest.raises(Refused) as refusal:
        await room.do(number, "approve", BEA)
    assert refusal.value.code == "wrong_state"
    assert refusal.value.question is not None
    assert refusal.value.question.changed.name == "Asha"
    assert refusal.value.question.reason == "off-topic"


async def test_only_the_holder_answers_or_releases_a_claimed_question(room: Room) -> None:
    number = await room.question_in("claimed")
    for command in ("claim", "answer", "release"):
        with pytest.raises(Refused, match="not_holder") as refusal:
            await room.do(number, command, LUCY, text="Mine", lang="en")
        assert refusal.value.question is not None
        assert refusal.value.question.holder is not None
        assert refusal.value.question.holder.name == "Morgan"


async def test_a_claim_is_renewed_by_its_holder_and_lapses_by_itself(room: Room) -> None:
    number = await room.question_in("claimed")
    room.time[0] += 2 * MINUTE
    renewed = await room.do(number, "claim", MORGAN)
    assert renewed.holder is not None
    assert renewed.holder.until == NOON + 5 * MINUTE
    with pytest.raises(Refused, match="not_expired"):
        await room.do(number, "expire", SYSTEM)
    room.time[0] = NOON + 5 * MINUTE
    released = await room.do(number, "expire", SYSTEM)
    assert (released.state, released.holder) == ("approved", None)
    entry = (await room.store.snapshot("stop-it-now")).entries[0]
    assert (entry.event.type, entry.event.by) == ("released", "")


async def test_a_lapsed_claim_can_be_taken_before_anybody_noticed(room: Room) -> None:
    number = await room.question_in("claimed")
    room.time[0] += 3 * MINUTE
    taken = await room.do(number, "claim", LUCY)
    assert taken.holder is not None
    assert taken.holder.username == "lucy"


async def test_a_second_organisation_adds_its_answer_and_the_first_may_not_twice(
    room: Room,
) -> None:
    number = await room.question_in("answered")
    with pytest.raises(Refused, match="answered_already"):
        await room.do(number, "answer", MORGAN, text="Again", lang="en")
    both = await room.do(number, "answer", LUCY, text="And from us", lang="en")
    assert [a.organisation for a in both.answers] == ["gmp", "lff"]


async def test_a_correction_keeps_the_former_version_and_belongs_to_its_organisation(
    room: Room,
) -> None:
    number = await room.question_in("answered")
    with pytest.raises(Refused, match="not_own_answer"):
        await room.do(number, "correct", LUCY, answer=1, text="No")
    with pytest.raises(Refused, match="unknown_answer"):
        await room.do(number, "correct", MORGAN, answer=2, text="No")
    corrected = await room.do(number, "correct", MORGAN, answer=1, text="Better words")
    assert [v.text for v in corrected.answers[0].versions] == ["An answer", "Better words"]


async def test_a_merge_needs_a_target_that_lives_and_is_not_itself(room: Room) -> None:
    number = await room.submit()
    for into in (number, str(number), 999, await room.question_in("rejected")):
        with pytest.raises(Refused, match="bad_target"):
            await room.do(number, "merge", ASHA, into=into)


async def test_nobody_withdraws_a_question_of_somebody_else(room: Room) -> None:
    number = await room.submit(SAM)
    with pytest.raises(Refused, match="not_author"):
        await room.do(number, "withdraw", ALEX)


async def test_an_organisation_that_is_not_on_the_panel_neither_claims_nor_is_assigned(
    room: Room,
) -> None:
    number = await room.question_in("approved")
    stranger = Actor(username="pat", name="Pat", role="panelist", organisation="cumbria", version=1)
    for command, actor in (("claim", stranger), ("answer", stranger), ("assign", ASHA)):
        with pytest.raises(Refused, match="not_panel"):
            await room.do(number, command, actor, organisation="cumbria", text="x", lang="en")


async def test_with_a_second_check_nobody_publishes_their_own(checked_room: Room) -> None:
    room = checked_room
    number = await room.question_in("approved")
    drafted = await room.do(number, "answer", MORGAN, text="A draft", lang="en")
    assert (drafted.state, drafted.answers) == ("claimed", [])
    for command, actor, code in (
        ("publish", MORGAN, "own_draft"),
        ("return", MORGAN, "own_draft"),
        ("claim", LUCY, "awaiting_check"),
        ("release", ASHA, "awaiting_check"),
        ("expire", SYSTEM, "not_expired"),
    ):
        with pytest.raises(Refused, match=code):
            await room.do(number, command, actor, note="No")
    returned = await room.do(number, "return", LUCY, note="Add the helpline")
    assert returned.draft is not None
    assert (returned.state, returned.draft.note) == ("claimed", "Add the helpline")
    with pytest.raises(Refused, match="no_draft"):
        await room.do(number, "publish", LUCY)
    await room.do(number, "answer", MORGAN, text="With the helpline", lang="en")
    published = await room.do(number, "publish", LUCY)
    assert published.state == "answered"
    assert (published.answers[0].text, published.answers[0].organisation) == (
        "With the helpline",
        "gmp",
    )


async def test_a_revoked_sign_in_decides_nothing_more(room: Room) -> None:
    number = await room.submit()
    await room.store.revoke("stop-it-now", {"asha": 2})
    with pytest.raises(Refused, match="revoked"):
        await room.do(number, "approve", ASHA)
    with pytest.raises(Refused, match="revoked"):
        await room.store.revoke("stop-it-now", {"hana": 2})
        await room.store.schedule("stop-it-now", "pause", HANA)
    assert (await room.do(number, "approve", BEA)).state == "approved"


async def test_what_does_not_exist_is_refused_by_name(room: Room) -> None:
    number = await room.submit()
    for slug, question, command, code in (
        ("no-such", number, "approve", "unknown_session"),
        ("stop-it-now", 999, "approve", "unknown_question"),
        ("stop-it-now", number, "vote", "unknown_command"),
    ):
        with pytest.raises(Refused, match=code):
            await room.store.decide(slug, question, command, ASHA)


def test_every_refusal_of_the_scripts_has_its_words() -> None:
    text = "".join(path.read_text() for path in LUA.glob("*.lua") if "staff" not in path.name)
    codes = set(re.findall(r"refuse\('(\w+)'", text)) | set(re.findall(r"return '(\w+)'", text))
    assert codes <= set(REFUSALS)
