"""What the desk shows of each entry of the log, and the box of whoever answers."""

from __future__ import annotations

from collections.abc import Collection

from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, State
from askpanel.eventlog.projection import Moment
from askpanel.moderation.lists import Lists, list_of, moved, phase_op

DESK_PARTS = "parts/desk.html"

DESK_LISTS: Lists = {
    "approved": (State.APPROVED, State.CLAIMED),
    "answered": (State.ANSWERED,),
}
"""The desk's lists. A claim changes a question in its place: nothing jumps under the hand."""


class Desk:
    """The audience of the desk; a viewer's key is their username."""

    published = False

    def keys(self, moment: Moment) -> Collection[str]:
        """Whoever holds the claim: their answer box comes and goes with it."""
        question = moment.event.question
        return (question.holder.username,) if question and question.holder else ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question, event = moment.event.question, moment.event
        if event.type in AMONG_STAFF:
            return Drawing([])
        if question is None:
            return Drawing([phase_op(moment, locale)])
        if not any(list_of(DESK_LISTS, state) for state in (event.was, question.state)):
            return Drawing([])  # most of what arrives: nothing is drawn for it
        drawn = str(view(locale).part(DESK_PARTS, "card", question, moment.session))
        ops = moved(DESK_LISTS, moment, question, drawn)
        ended = question.state != State.CLAIMED or moment.begins_claim
        if event.was == State.CLAIMED and ended:
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
