"""What the desk shows of each entry of the log, and the box of whoever answers.

Whoever looks has the questions for themselves first, then those for their organisation, then
everybody's. Frames are the same for all who watch. So the lists are by whom a question is for,
every page has them all, and each begins with its viewer's own: a frame names the list, and it is
the right one on every page. Only the list of what is for one panelist is that panelist's alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from askpanel.chat.frames import Ops
from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, Question, State
from askpanel.eventlog.projection import Moment
from askpanel.moderation.beside import alarms, among_staff
from askpanel.moderation.lists import Lists, counted, list_of, phase_op
from askpanel.moderation.playbook import Template

DESK_PARTS = "parts/desk.html"
CLAIM_PARTS = "parts/claim.html"
MINE, EVERYBODYS, ANSWERED = "mine", "approved", "answered"

DESK_LISTS: Lists = {
    EVERYBODYS: (State.APPROVED, State.CLAIMED),
    ANSWERED: (State.ANSWERED,),
}
"""What is to be answered and what has been. A claim changes a question in its place: nothing jumps
under the hand."""


def shelf(question: Question) -> str:
    """The name of the list on which a question stands that is on the desk."""
    if list_of(DESK_LISTS, question.state) == ANSWERED:
        return ANSWERED
    return f"of-{question.organisation}" if question.organisation else EVERYBODYS


class Desk:
    """The audience of the desk; a viewer's key is their username. `canned` are the installation's
    ready answers, to choose from while writing one."""

    published = False

    def __init__(self, canned: Sequence[Template] = ()) -> None:
        self._canned = canned

    def keys(self, moment: Moment) -> Collection[str]:
        """Whoever holds the claim: their answer box comes and goes with it. And for whom the
        question is, among all of their organisation."""
        question = moment.event.question
        if question is None or not list_of(DESK_LISTS, question.state):
            return ()
        holder = question.holder.username if question.holder else ""
        return [key for key in (holder, question.panelist) if key]

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question, event = moment.event.question, moment.event
        if event.type in AMONG_STAFF:
            return among_staff(moment, locale)
        if event.announcement is not None:
            return Drawing([])
        if question is None:
            return Drawing([phase_op(moment, locale)])
        if not any(list_of(DESK_LISTS, state) for state in (event.was, question.state)):
            return Drawing(alarms(moment, locale))  # for most of what arrives, nothing
        ops = self._moved(moment, question, locale)
        ended = question.state != State.CLAIMED or moment.begins_claim
        if event.was == State.CLAIMED and ended:
            # Whose box it was is no longer in the record; removing what is not there is nothing.
            ops.append(("remove", f"claim-{question.number}"))
        say = view(locale).part(DESK_PARTS, "news", event, question).unescape().strip()
        return Drawing(ops, say)

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        """The box in which the holder writes the answer; and a question that is for this viewer
        goes on to their own list."""
        question, event = moment.event.question, moment.event
        if question is None:
            return Drawing([])
        ops: Ops = []
        if key == question.panelist and shelf(question) != ANSWERED and _goes(moment, question):
            ops.append(("place", f"list-{MINE}", self._card(moment, question, locale)))
        if question.holder and key == question.holder.username:
            ops += self._box(moment, question, locale)
        mine = event.type == "assigned" and key == question.panelist
        say = view(locale).part(DESK_PARTS, "for_you", question).unescape().strip() if mine else ""
        return Drawing(ops, say)

    def _box(self, moment: Moment, question: Question, locale: str) -> Ops:
        if question.state != State.CLAIMED:
            return []
        number, draw = question.number, view(locale).part
        if moment.event.type == "renewed":
            drawn = str(draw(CLAIM_PARTS, "until", question, moment.session))
            return [("morph", f"until-{number}", drawn)]
        drawn = str(draw(CLAIM_PARTS, "claim", question, moment.session, self._canned))
        if moment.begins_claim:
            return [("append", "claims", drawn)]
        return [("replace", f"claim-{number}", drawn)]

    def _card(self, moment: Moment, question: Question, locale: str) -> str:
        drawn = view(locale).part(DESK_PARTS, "card", question, moment.session, self._canned)
        return str(drawn)

    def _moved(self, moment: Moment, question: Question, locale: str) -> Ops:
        """Out of one list, into another, or changed in its place; and the counts of both."""
        id_ = f"question-{question.number}"
        before, after = (list_of(DESK_LISTS, s) for s in (moment.event.was, question.state))
        if not after:
            ops: Ops = [("remove", id_)]
        elif _goes(moment, question):
            # An element that stands elsewhere moves.
            ops = [("place", f"list-{shelf(question)}", self._card(moment, question, locale))]
        else:
            return [("morph", id_, self._card(moment, question, locale))]
        for name in {before: 0, after: 0}:
            if name and before != after:
                ops.append(("text", f"count-{name}", str(counted(DESK_LISTS, name, moment.counts))))
        return ops


def _goes(moment: Moment, question: Question) -> bool:
    """Whether a question comes to another list than it was on."""
    event = moment.event
    if list_of(DESK_LISTS, event.was) != list_of(DESK_LISTS, question.state):
        return True
    return event.type == "assigned" or event.of == "assign"
