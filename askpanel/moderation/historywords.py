"""The words of the history: for each event of the log its kind, its short name, and its sentence.

A sentence is said of `name` and, where there is one, of the question with the number `number`;
what else stands in it is said beside it. Other languages order it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from askpanel.chat.locale import N_
from askpanel.eventlog.model import State

QUESTIONS, ANSWERS, RISKS = "questions", "answers", "risks"
COLLEAGUES, SCHEDULE, PRESENCE = "colleagues", "schedule", "presence"
KINDS: Mapping[str, str] = {
    QUESTIONS: N_("Decisions on questions"),
    ANSWERS: N_("Answers"),
    RISKS: N_("Immediate risk"),
    COLLEAGUES: N_("Notes, mutes and words to colleagues"),
    SCHEDULE: N_("The schedule, and what the host announced"),
    PRESENCE: N_("Who was here, and what they had open"),
}
"""What the history can be narrowed to. Presence is only shown when it is asked for."""

STATES: Mapping[str, str] = {
    State.PENDING: N_("waiting"),
    State.HELD: N_("on hold"),
    State.APPROVED: N_("with the panel"),
    State.CLAIMED: N_("being answered"),
    State.ANSWERED: N_("answered"),
    State.REJECTED: N_("not published"),
    State.MERGED: N_("merged"),
    State.REPLIED: N_("answered privately"),
    State.DIVERTED: N_("sent to report elsewhere"),
    State.ESCALATED: N_("immediate risk"),
    State.WITHDRAWN: N_("withdrawn"),
    State.REMOVED: N_("taken down"),
}


class Told(NamedTuple):
    """How an event is told. `alone` is its sentence where nobody did it: the clock, or a line
    that broke."""

    kind: str
    label: str
    sentence: str
    alone: str = ""


EVENTS: Mapping[str, Told] = {
    "submitted": Told(QUESTIONS, N_("Sent"), N_("Question %(number)s was sent")),
    "withdrawn": Told(
        QUESTIONS, N_("Withdrawn"), N_("The person who asked withdrew question %(number)s")
    ),
    "responded": Told(
        QUESTIONS,
        N_("Said whether a reply helped"),
        N_("The person who asked said whether the reply to question %(number)s helped"),
    ),
    "approved": Told(QUESTIONS, N_("Approved"), N_("%(name)s approved question %(number)s")),
    "held": Told(QUESTIONS, N_("Put on hold"), N_("%(name)s put question %(number)s on hold")),
    "rejected": Told(QUESTIONS, N_("Rejected"), N_("%(name)s rejected question %(number)s")),
    "replied": Told(
        QUESTIONS, N_("Replied privately"), N_("%(name)s replied privately to question %(number)s")
    ),
    "merged": Told(
        QUESTIONS,
        N_("Merged"),
        N_("%(name)s took question %(number)s together with another one"),
    ),
    "diverted": Told(
        QUESTIONS,
        N_("Sent to report elsewhere"),
        N_("%(name)s told the author of question %(number)s where to report this"),
    ),
    "restored": Told(
        QUESTIONS, N_("Put back"), N_("%(name)s put question %(number)s back in the queue")
    ),
    "assigned": Told(QUESTIONS, N_("Assigned"), N_("%(name)s assigned question %(number)s")),
    "labelled": Told(QUESTIONS, N_("Labelled"), N_("%(name)s labelled question %(number)s")),
    "handed": Told(
        QUESTIONS, N_("Handed over"), N_("%(name)s handed question %(number)s to a colleague")
    ),
    "undone": Told(
        QUESTIONS, N_("Taken back"), N_("%(name)s took back a decision on question %(number)s")
    ),
    "escalated": Told(
        RISKS, N_("Escalated"), N_("%(name)s escalated question %(number)s as an immediate risk")
    ),
    "acknowledged": Told(
        RISKS,
        N_("Risk acknowledged"),
        N_("%(name)s acknowledged the risk in question %(number)s"),
    ),
    "concluded": Told(
        RISKS,
        N_("Risk decided"),
        N_("%(name)s recorded a decision about the risk in question %(number)s"),
    ),
    "claimed": Told(ANSWERS, N_("Claimed"), N_("%(name)s began to answer question %(number)s")),
    "renewed": Told(
        PRESENCE, N_("Claim kept"), N_("%(name)s went on answering question %(number)s")
    ),
    "released": Told(
        ANSWERS,
        N_("Claim ended"),
        N_("%(name)s released question %(number)s"),
        N_("The claim on question %(number)s ran out"),
    ),
    "drafted": Told(
        ANSWERS,
        N_("Sent for a check"),
        N_("%(name)s sent an answer to question %(number)s for a check"),
    ),
    "returned": Told(
        ANSWERS, N_("Returned"), N_("%(name)s returned the answer to question %(number)s")
    ),
    "answered": Told(ANSWERS, N_("Answered"), N_("%(name)s answered question %(number)s")),
    "corrected": Told(
        ANSWERS, N_("Corrected"), N_("%(name)s corrected an answer to question %(number)s")
    ),
    "translated": Told(
        ANSWERS,
        N_("Given in the other language"),
        N_("%(name)s gave an answer to question %(number)s in the other language"),
    ),
    "cosigned": Told(
        ANSWERS, N_("Signed too"), N_("%(name)s signed an answer to question %(number)s too")
    ),
    "removed": Told(
        ANSWERS, N_("Taken down"), N_("%(name)s took down question %(number)s and its answers")
    ),
    "annotated": Told(COLLEAGUES, N_("Note"), N_("%(name)s wrote a note on question %(number)s")),
    "muted": Told(
        COLLEAGUES, N_("Author muted"), N_("%(name)s muted the author of question %(number)s")
    ),
    "unmuted": Told(
        COLLEAGUES,
        N_("Author may write again"),
        N_("%(name)s let the author of question %(number)s write again"),
    ),
    "remarked": Told(COLLEAGUES, N_("Word to colleagues"), N_("%(name)s wrote to colleagues")),
    "locked": Told(PRESENCE, N_("Opened"), N_("%(name)s opened question %(number)s")),
    "unlocked": Told(
        PRESENCE,
        N_("Closed again"),
        N_("%(name)s closed question %(number)s again"),
        N_("Question %(number)s had been open for too long and was freed"),
    ),
    "arrived": Told(PRESENCE, N_("Arrived"), N_("%(name)s came to a screen of this session")),
    "left": Told(
        PRESENCE,
        N_("Left"),
        N_("%(name)s left a screen of this session"),
        N_("Somebody's connection was lost for good"),
    ),
    "scheduled": Told(SCHEDULE, N_("Planned"), N_("The session was planned")),
    "moved": Told(SCHEDULE, N_("Moved"), N_("%(name)s moved the session to another time")),
    "opened": Told(SCHEDULE, N_("Started"), N_("%(name)s started the session")),
    "paused": Told(SCHEDULE, N_("Paused"), N_("%(name)s paused the session")),
    "resumed": Told(SCHEDULE, N_("Resumed"), N_("%(name)s let the session go on")),
    "extended": Told(SCHEDULE, N_("Extended"), N_("%(name)s made the session longer")),
    "closed": Told(SCHEDULE, N_("Ended"), N_("%(name)s ended the session")),
    "announced": Told(SCHEDULE, N_("Announced"), N_("%(name)s told everybody something")),
    "retracted": Told(
        SCHEDULE, N_("Announcement taken down"), N_("%(name)s took an announcement down")
    ),
    "phased": Told(SCHEDULE, N_("Went on"), N_("The session went on by the clock")),
    "purged": Told(SCHEDULE, N_("Erased"), N_("Everything that was not published was erased")),
}

COMMANDS: Mapping[str, str] = {
    "publish": N_("%(name)s published an answer to question %(number)s"),
    "expire": N_("The claim on question %(number)s ran out"),
}
"""Sentences of commands that share their event with another one."""

TAKEN_BACK: Mapping[str, str] = {
    "approve": N_("the approval"),
    "hold": N_("that it was put on hold"),
    "reject": N_("the rejection"),
    "reply": N_("the private reply"),
    "merge": N_("that it was taken together with another one"),
    "divert": N_("that it was sent to report elsewhere"),
    "restore": N_("that it was put back in the queue"),
    "assign": N_("the assignment"),
    "label": N_("the labels"),
    "hand": N_("that it was handed over"),
    "cosign": N_("the second signature"),
}

PHASES: Mapping[str, str] = {
    "announced": N_("not started yet"),
    "early": N_("questions are taken"),
    "live": N_("live"),
    "last": N_("no more questions, last answers"),
    "closed": N_("ended"),
}
