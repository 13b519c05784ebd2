"""What the triage screen shows of each entry of the log."""

from __future__ import annotations

from collections.abc import Collection

from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, State
from askpanel.eventlog.projection import Moment
from askpanel.moderation.lists import Lists, moved, phase_op

TRIAGE_PARTS = "parts/triage.html"

TRIAGE_LISTS: Lists = {
    "pending": (State.PENDING,),
    "escalated": (State.ESCALATED,),
    "held": (State.HELD,),
    "approved": (State.APPROVED, State.CLAIMED),
    "answered": (State.ANSWERED,),
    "done": (
        State.REJECTED,
        State.MERGED,
        State.REPLIED,
        State.DIVERTED,
        State.WITHDRAWN,
        State.REMOVED,
    ),
}
"""The lists of the triage screen, in the order in which they stand, by their states."""


class Triage:
    """The audience of the triage screen: the same for all who watch it."""

    published = False

    def keys(self, moment: Moment) -> Collection[str]:
        return ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question = moment.event.question
        if moment.event.type in AMONG_STAFF:
            return Drawing([])
        if question is None:
            return Drawing([phase_op(moment, locale)])
        drawn = str(view(locale).part(TRIAGE_PARTS, "card", question, moment.session))
        say = view(locale).part(TRIAGE_PARTS, "news", moment.event, question).unescape().strip()
        return Drawing(moved(TRIAGE_LISTS, moment, question, drawn), say)

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        return Drawing([])
