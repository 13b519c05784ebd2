"""What the triage screen shows of each entry of the log, and the box of whoever opened a
question."""

from __future__ import annotations

from collections.abc import Collection

from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, Question, State
from askpanel.eventlog.projection import Moment
from askpanel.moderation.beside import alarms, among_staff, mutes
from askpanel.moderation.lists import Lists, moved, phase_op
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.wording import Wording

PINNED_PARTS = "parts/pinned.html"
TRIAGE_PARTS, OPENED_PARTS = "parts/triage.html", "parts/opened.html"

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
    """The audience of the triage screen; a viewer's key is their username."""

    published = False

    def __init__(self, playbook: Playbook | None = None) -> None:
        self._playbook = playbook or packaged()

    def keys(self, moment: Moment) -> Collection[str]:
        """Whoever has the question open: its box comes, changes and goes with the lock."""
        question = moment.event.question
        return (question.lock.username,) if question and question.lock else ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        question, event = moment.event.question, moment.event
        if event.type in AMONG_STAFF:
            return among_staff(moment, locale)
        if event.announcement is not None:
            pinned = view(locale).part(PINNED_PARTS, "pinned", event.pinned, moment.session)
            return Drawing([("replace", "pinned", str(pinned))])
        if question is None:
            return Drawing([phase_op(moment, locale)])
        say = Wording(self._playbook, locale)
        drawn = str(view(locale).part(TRIAGE_PARTS, "card", question, moment.session, say))
        ops = moved(TRIAGE_LISTS, moment, question, drawn)
        if event.was and (question.lock is None or begins_lock(moment)):
            # Whose box it was is no longer in the record; removing what is not there is nothing.
            ops.append(("remove", f"open-{question.number}"))
        ops += [*alarms(moment, locale), *mutes(moment, locale)]
        news = view(locale).part(TRIAGE_PARTS, "news", event, question).unescape().strip()
        return Drawing(ops, news)

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        """The box with everything that can be done."""
        question = moment.event.question
        if question is None:
            return Drawing([])
        say = Wording(self._playbook, locale)
        drawn = str(view(locale).part(OPENED_PARTS, "opened", question, moment.session, say))
        if begins_lock(moment):
            return Drawing([("append", "opened", drawn)])
        return Drawing([("morph", f"open-{question.number}", drawn)])


def begins_lock(moment: Moment) -> bool:
    """Whether the lock on the question began here: it may have been taken over from somebody."""
    question: Question | None = moment.event.question
    return bool(question and question.lock and question.lock.since == moment.position)
