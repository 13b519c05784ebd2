"""Who may do what to a question in which state: the one table, enforced by `lua/decide.lua`.

The table is handed to the Lua call as data, so the rules stand once. Conditions that need the
record itself (who holds the claim, does the target of a merge exist) are in the Lua.
"""

from __future__ import annotations

from msgspec import Struct

from askpanel.eventlog.model import Role, State

QUEUE = (State.PENDING, State.HELD, State.ESCALATED)
TRIAGE = (Role.HOST, Role.MODERATOR)
DESK = (Role.PANELIST,)
AUTHOR = "author"
SYSTEM = "system"


class Rule(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One command: the states it starts from, where it leads, who may give it.

    `to` is empty where the state stays as it is. `needs` names the fields that must not be
    empty. `event` is the command in the past tense.
    """

    event: str
    from_: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "withdraw": Rule(
        event="withdrawn",
        from_=(State.PENDING, State.HELD),
        to=State.WITHDRAWN,
        roles=(AUTHOR,),
    ),
    "approve": Rule(event="approved", from_=QUEUE, to=State.APPROVED, roles=TRIAGE),
    "hold": Rule(
        event="held",
        from_=(State.PENDING, State.ESCALATED),
        to=State.HELD,
        roles=TRIAGE,
        needs=("note",),
    ),
    "reject": Rule(
        event="rejected", from_=QUEUE, to=State.REJECTED, roles=TRIAGE, needs=("reason",)
    ),
    "reply": Rule(event="replied", from_=QUEUE, to=State.REPLIED, roles=TRIAGE, needs=("text",)),
    "merge": Rule(event="merged", from_=QUEUE, to=State.MERGED, roles=TRIAGE, needs=("into",)),
    "escalate": Rule(
        event="escalated",
        from_=(State.PENDING, State.HELD),
        to=State.ESCALATED,
        roles=TRIAGE,
        needs=("note",),
    ),
    "restore": Rule(
        event="restored",
        from_=(
            State.HELD,
            State.APPROVED,
            State.REJECTED,
            State.MERGED,
            State.REPLIED,
            State.ESCALATED,
        ),
        to=State.PENDING,
        roles=TRIAGE,
    ),
    "assign": Rule(
        event="assigned",
        from_=(*QUEUE, State.APPROVED),
        to="",
        roles=TRIAGE,
        needs=("organisation",),
    ),
    "claim": Rule(
        event="claimed", from_=(State.APPROVED, State.CLAIMED), to=State.CLAIMED, roles=DESK
    ),
    "release": Rule(
        event="released", from_=(State.CLAIMED,), to=State.APPROVED, roles=(*TRIAGE, *DESK)
    ),
    "expire": Rule(event="released", from_=(State.CLAIMED,), to=State.APPROVED, roles=(SYSTEM,)),
    "answer": Rule(
        event="answered",
        from_=(State.APPROVED, State.CLAIMED, State.ANSWERED),
        to=State.ANSWERED,
        roles=DESK,
        needs=("text", "lang"),
    ),
    "publish": Rule(
        event="answered",
        from_=(State.CLAIMED, State.ANSWERED),
        to=State.ANSWERED,
        roles=(*TRIAGE, *DESK),
    ),
    "return": Rule(
        event="returned",
        from_=(State.CLAIMED, State.ANSWERED),
        to="",
        roles=(*TRIAGE, *DESK),
        needs=("note",),
    ),
    "correct": Rule(
        event="corrected",
        from_=(State.ANSWERED,),
        to=State.ANSWERED,
        roles=(Role.HOST, *DESK),
        needs=("answer", "text"),
    ),
    "remove": Rule(
        event="removed",
        from_=(State.ANSWERED,),
        to=State.REMOVED,
        roles=TRIAGE,
        needs=("reason",),
    ),
}

REFUSALS: dict[str, str] = {
    "unknown_session": "There is no session at this address.",
    "unknown_question": "There is no question with that number.",
    "unknown_command": "There is no such command.",
    "wrong_state": "The question is no longer in a state that allows this.",
    "wrong_role": "This sign-in's role may not do that.",
    "revoked": "This sign-in was ended or changed. Sign in again.",
    "not_author": "Only the person who asked may withdraw a question.",
    "not_holder": "Somebody else holds the claim on this question.",
    "not_panel": "That organisation is not on this session's panel.",
    "answered_already": "This organisation has answered already: correct the answer instead.",
    "not_own_answer": "Only the organisation that gave an answer may correct it.",
    "unknown_answer": "There is no such answer under this question.",
    "bad_target": "A question can only be merged into one that is waiting, approved or answered.",
    "own_draft": "Somebody else must check this answer.",
    "no_draft": "There is no answer that waits for a check.",
    "awaiting_check": "This answer waits for a check.",
    "not_expired": "The claim has not run out.",
    "missing": "A field is missing.",
    "closed": "This session is not taking questions now.",
    "exists": "There is a session at this address already.",
}
"""Each refusal of the store, in plain English; pages translate by code."""

SCHEDULE_COMMANDS = ("open", "pause", "resume", "extend", "close")
"""What a host may do to a running session's schedule."""
