"""Who may do what to a question in which state: the one table, enforced by `lua/decide.lua`.

The table is handed to the Lua call as data, so the rules stand once. Conditions that need the
record itself (who holds the claim, does the target of a merge exist) are in the Lua.
"""

from __future__ import annotations

from msgspec import Struct

from askpanel.eventlog.model import Role, State

QUEUE = (State.PENDING, State.HELD, State.ESCALATED)
OPENED = tuple(state for state in State if state is not State.WITHDRAWN)
TRIAGE = (Role.HOST, Role.MODERATOR, Role.LEAD)
DESK = (Role.PANELIST,)
AUTHOR = "author"
SYSTEM = "system"


class Rule(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One command: the states it starts from, where it leads, who may give it.

    `to` is empty where the state stays as it is. `needs` names the fields that must not be
    empty. `event` is the command in the past tense. `guarded` commands are refused while a
    colleague has the question open; `quiet` ones are not the question's last change; `undoable`
    ones can be taken back for the whole session.
    """

    event: str
    from_: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    guarded: bool = False
    quiet: bool = False
    undoable: bool = False


def _decision(event: str, to: str, *needs: str, from_: tuple[str, ...] = QUEUE) -> Rule:
    """What triage decides on a question, and may take back."""
    return Rule(
        event=event,
        from_=from_,
        to=to,
        roles=TRIAGE,
        needs=needs,
        guarded=True,
        undoable=True,
    )


def _aside(event: str, roles: tuple[str, ...], *needs: str) -> Rule:
    """What is done beside a question: it stays where it is, and what was decided stands."""
    return Rule(event=event, from_=OPENED, to="", roles=roles, needs=needs, quiet=True)


RULES: dict[str, Rule] = {
    "withdraw": Rule(
        event="withdrawn",
        from_=(State.PENDING, State.HELD),
        to=State.WITHDRAWN,
        roles=(AUTHOR,),
    ),
    "respond": Rule(
        event="responded",
        from_=(State.REPLIED,),
        to="",
        roles=(AUTHOR,),
        needs=("helped",),
    ),
    "approve": _decision("approved", State.APPROVED),
    "hold": _decision("held", State.HELD, "note", from_=(State.PENDING, State.ESCALATED)),
    "reject": _decision("rejected", State.REJECTED, "reason"),
    "reply": _decision("replied", State.REPLIED, "text"),
    "merge": _decision("merged", State.MERGED, "into"),
    "divert": _decision("diverted", State.DIVERTED, "diversion"),
    "restore": _decision(
        "restored",
        State.PENDING,
        from_=(
            State.HELD,
            State.APPROVED,
            State.REJECTED,
            State.MERGED,
            State.REPLIED,
            State.DIVERTED,
            State.ESCALATED,
        ),
    ),
    "assign": _decision("assigned", "", "organisation", from_=(*QUEUE, State.APPROVED)),
    "label": _decision("labelled", "", from_=OPENED),
    "hand": _decision("handed", "", "to"),
    # Not undoable: its author has been shown the urgent words. It leads on by a recorded decision.
    "escalate": Rule(
        event="escalated",
        from_=(State.PENDING, State.HELD),
        to=State.ESCALATED,
        roles=TRIAGE,
        needs=("note",),
        guarded=True,
    ),
    "acknowledge": Rule(event="acknowledged", from_=(State.ESCALATED,), to="", roles=TRIAGE),
    "conclude": Rule(
        event="concluded",
        from_=(State.ESCALATED,),
        to="",
        roles=TRIAGE,
        needs=("decision", "note"),
    ),
    "lock": _aside("locked", TRIAGE),
    "unlock": _aside("unlocked", TRIAGE),
    "lapse": _aside("unlocked", (SYSTEM,)),
    "annotate": _aside("annotated", (*TRIAGE, *DESK), "note"),
    "mute": _aside("muted", TRIAGE),
    # Also where its author has withdrawn the question since: nobody else's would let them go.
    "unmute": Rule(event="unmuted", from_=tuple(State), to="", roles=TRIAGE, quiet=True),
    "undo": Rule(
        event="undone",
        from_=OPENED,
        to="",
        roles=(*TRIAGE, *DESK),
        needs=("position",),
        guarded=True,
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
        roles=(Role.HOST, Role.LEAD, *DESK),
        needs=("answer", "text"),
    ),
    "translate": Rule(
        event="translated",
        from_=(State.ANSWERED,),
        to=State.ANSWERED,
        roles=(*TRIAGE, *DESK),
        needs=("answer", "lang", "text"),
    ),
    "cosign": Rule(
        event="cosigned",
        from_=(State.ANSWERED,),
        to=State.ANSWERED,
        roles=DESK,
        needs=("answer",),
        undoable=True,
    ),
    "remove": Rule(
        event="removed",
        from_=(State.ANSWERED,),
        to=State.REMOVED,
        roles=TRIAGE,
        needs=("reason",),
    ),
}

UNDOABLE: dict[str, tuple[str, ...]] = {
    command: rule.roles for command, rule in RULES.items() if rule.undoable
}
"""The commands that can be taken back, and by whom."""

NOT_UNDOABLE: dict[str, str] = {
    "withdraw": "It was the author's to do, and nobody asks it back for them.",
    "respond": "It is the author's word. They may say otherwise.",
    "escalate": "Its author has seen the urgent words. Record a decision instead.",
    "acknowledge": "That a colleague has seen a risk stays on record.",
    "conclude": "A decision about a risk stays on record. Escalate again if it was wrong.",
    "undo": "Give the command again.",
    "claim": "Release the claim instead.",
    "release": "Claim the question again.",
    "expire": "Claim the question again.",
    "answer": "It has been read. Correct it, or take it down.",
    "publish": "It has been read. Correct it, or take it down.",
    "return": "Its author has the note. They may send the answer again.",
    "correct": "It has been read. Correct it once more.",
    "translate": "It has been read. Correct it, or take it down.",
    "remove": "What was taken down stays down. Answer the question anew.",
}
"""Why a command has no undo, and what to do instead; quiet ones have their own opposite."""

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
    "locked": "A colleague has this question open.",
    "no_lock": "This question is not open by you.",
    "undecided": "A question of immediate risk leaves its list with a recorded decision only.",
    "unacknowledged": "A second person must acknowledge this risk first.",
    "own_risk": "Somebody else must acknowledge this risk.",
    "acknowledged_already": "This risk has been acknowledged.",
    "superseded": "Something else was done to this question since.",
    "cannot_undo": "This cannot be undone.",
    "too_late": "What was there before is no longer kept.",
    "unverified": "A number or link in this text is not on the session's list.",
    "bad_lang": "The session is not in that language, or the answer is already in it.",
    "own_answer": "This organisation gave the answer itself.",
    "cosigned_already": "This organisation has signed the answer already.",
    "muted": "The author of this question may send nothing more in this session.",
    "full": "There are as many of these on this question as there may be.",
    "not_muted": "The author of this question is not muted.",
    "closed": "This session is not taking questions now.",
    "pinned_full": "There are as many announcements as there may be. Take one down first.",
    "unknown_announcement": "There is no such announcement now.",
    "bad_times": "These times are past, or in the wrong order, or too far apart.",
    "erased": "The words of this question were erased when its time was over.",
    "busy": "Somebody else is erasing this session.",
    "moved": "Something happened in the session meanwhile.",
    "exists": "There is a session at this address already.",
    "short_taken": "Another session has this short address.",
}
"""Each refusal of the store, in plain English; pages translate by code."""

ANNOUNCING_COMMANDS = ("announce", "retract")
"""What a host may pin on top of everybody's page, and take down."""
SCHEDULE_COMMANDS = ("move", "open", "pause", "resume", "extend", "close")
"""What a host may do to a session's schedule."""
