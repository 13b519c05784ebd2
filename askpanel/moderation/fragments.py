"""What staff see of each entry of the log, on the triage screen and on the desk."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from askpanel.chat.frames import Op, Ops
from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import Event, Question, State
from askpanel.eventlog.phase import phase
from askpanel.eventlog.projection import Counts, Moment

TRIAGE_PARTS = "parts/triage.html"
DESK_PARTS = "parts/desk.html"

TRIAGE_LISTS: Mapping[str, tuple[State, ...]] = {
    "pending": (State.PENDING,),
    "escalated": (State.ESCALATED,),
    "held": (State.HELD,),
    "approved": (State.APPROVED, State.CLAIMED),
    "answered": (State.ANSWERED,),
    "done": (State.REJECTED, State.MERGED, State.REPLIED, State.WITHDRAWN, State.REMOVED),
}
"""The lists of the triage screen, in the order in which they stand, by their states."""

DESK_LISTS: Mapping[str, tuple[State, ...]] = {
    "approved": (State.APPROVED, State.CLAIMED),
    "answered": (State.ANSWERED,),
}
"""The desk's lists. A claim changes a question in its place: nothing jumps under the hand."""


def list_of(lists: Mapping[str, tuple[State, ...]], state: str) -> str:
    """The list on which a question in this state stands, or ""."""
    return next((name for name, states in lists.items() if state in states), "")


def counted(lists: Mapping[str, tuple[State, ...]], name: str, counts: Counts) -> int:
    """How many questions stand on a list."""
    return sum(counts.get(state, 0) for state in lists[name])


class Triage:
    """The audience of the triage screen: the same for all who watch it."""

    published = False

    def keys(self, moment: Moment) -> Collection[str]:
        return ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question = moment.event.question
        if question is None:
            return Drawing([_phase_op(moment, locale)])
        drawn = str(view(locale).part(TRIAGE_PARTS, "card", question, moment.session))
        say = view(locale).part(TRIAGE_PARTS, "news", moment.event, question).unescape().strip()
        return Drawing(_moved(TRIAGE_LISTS, moment, question, drawn), say)

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        return Drawing([])


class Desk:
    """The audience of the desk; a viewer's key is their username."""

    published = False

    def keys(self, moment: Moment) -> Collection[str]:
        """Whoever holds the claim: their answer box comes and goes with it."""
        question = moment.event.question
        return (question.holder.username,) if question and question.holder else ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question, event = moment.event.question, moment.event
        if question is None:
            return Drawing([_phase_op(moment, locale)])
        if not any(list_of(DESK_LISTS, state) for state in (event.was, question.state)):
            return Drawing([])  # most of what arrives: nothing is drawn for it
        drawn = str(view(locale).part(DESK_PARTS, "card", question, moment.session))
        ops = _moved(DESK_LISTS, moment, question, drawn)
        kept = event.type in ("renewed", "drafted", "returned") and not moment.begins_claim
        if event.was == State.CLAIMED and not kept:
            # Whose box it was is no longer in the record; removing what is not there is nothing.
            ops.append(("remove", f"claim-{question.number}"))
        if not ops:
            return Drawing([])
        say = view(locale).part(DESK_PARTS, "news", event, question).unescape().strip()
        return Drawing(ops, say)

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        """The box in which the holder writes the answer."""
        question, event = moment.event.question, moment.event
        if question is None or event.type == "renewed" or question.state != State.CLAIMED:
            return Drawing([])
        drawn = str(view(locale).part(DESK_PARTS, "claim", question, moment.session))
        if moment.begins_claim:
            return Drawing([("append", "claims", drawn)])
        return Drawing([("replace", f"claim-{question.number}", drawn)])


def _phase_op(moment: Moment, locale: str) -> Op:
    event, session = moment.event, moment.session
    present = event.phase or phase(session.schedule, event.at)
    drawn = view(locale).part("parts/staff.html", "phase", session, present, event.at)
    return ("replace", "phase", str(drawn))


def _moved(
    lists: Mapping[str, tuple[State, ...]], moment: Moment, question: Question, drawn: str
) -> Ops:
    """Out of one list, into another, or changed in its place; and the counts of both."""
    event: Event = moment.event
    id_ = f"question-{question.number}"
    before, after = list_of(lists, event.was), list_of(lists, question.state)
    if before == after:
        return [("morph", id_, drawn)] if after else []
    ops: Ops = [("remove", id_)] if before else []
    if after:
        ops.append(("append", f"list-{after}", drawn))
    for name in (before, after):
        if name:
            ops.append(("text", f"count-{name}", str(counted(lists, name, moment.counts))))
    return ops
