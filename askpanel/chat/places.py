"""Where a question stands on the public page, and what that is to those whose own questions were
taken together with it."""

from __future__ import annotations

from collections.abc import Iterable

from askpanel.eventlog.model import Question, State
from askpanel.eventlog.session import Session

ENDED = (State.REJECTED, State.REPLIED, State.DIVERTED, State.WITHDRAWN, State.REMOVED)


def place(session: Session, state: str, over: bool = False) -> str:
    """The id of the list on the public page where a question in this state stands, or "". Once the
    session is over nothing waits there: what was not answered is nobody's to read.
    """
    if state in (State.ANSWERED, State.REMOVED):
        return "transcript"
    if state in (State.APPROVED, State.CLAIMED) and session.show_waiting and not over:
        return "waiting"
    return ""


def prospect(session: Session, state: str) -> str:
    """What whoever follows a question in this state may know of it: "answered", "shown" among
    those that wait, "ended" without an answer on the page, or "open".

    What became of it in private is between its own author and the moderators.
    """
    if state == State.ANSWERED:
        return "answered"
    if state in ENDED:
        return "ended"
    return "shown" if place(session, state) else "open"


def alarming(questions: Iterable[Question]) -> list[Question]:
    """Those whose author is shown the urgent words on top of the page: somebody may be in danger,
    and staff have not decided yet. In the order in which they came there."""
    found = [q for q in questions if q.state is State.ESCALATED and not (q.risk and q.risk.decided)]
    return sorted(found, key=lambda q: q.since)
