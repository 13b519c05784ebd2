"""What the public sees of each entry of the log, and what its author sees besides."""

from __future__ import annotations

from collections.abc import Collection

from askpanel.chat.frames import Ops
from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, Question, State
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.projection import Moment
from askpanel.eventlog.session import Session

PARTS = "parts/public.html"
STAFF_ONLY = frozenset(
    (
        *("assigned", "renewed", "drafted", "returned", "labelled", "handed", "acknowledged"),
        *("concluded", "locked", "unlocked", "annotated", "muted", "unmuted"),
    )
)
"""Changes that leave the state as it is and that the public, the author too, sees nothing of."""


def among_staff(moment: Moment) -> bool:
    """Whether only staff see anything of a moment: their own words, locks, labels and notes."""
    event, question = moment.event, moment.event.question
    if question is None:
        return event.type in AMONG_STAFF
    unmoved = event.was == question.state and not moment.begins_claim
    return unmoved and (event.type in STAFF_ONLY or event.of in UNDONE_AMONG_STAFF)


NEWS = ("corrected", "answered", "translated")
UNDONE_AMONG_STAFF = ("assign", "label", "hand")


def place(session: Session, state: str) -> str:
    """The id of the list on the public page where a question in this state stands, or ""."""
    if state in (State.ANSWERED, State.REMOVED):
        return "transcript"
    if state in (State.APPROVED, State.CLAIMED) and session.show_waiting:
        return "waiting"
    return ""


class Public:
    """The audience of everybody; a viewer's key is the keyed hash of an author's token."""

    published = True

    def keys(self, moment: Moment) -> Collection[str]:
        """The author of the question that changed: their own list changes with it."""
        question = moment.event.question
        return (question.author,) if question and not among_staff(moment) else ()

    def shared(self, moment: Moment, locale: str) -> Drawing:
        """The change of the transcript, the waiting list or the phase."""
        event = moment.event
        if among_staff(moment):
            return Drawing([])
        if event.question is not None:
            return Drawing(_moved(moment, event.question, locale))
        present = Phase(event.phase) if event.phase else phase(moment.session.schedule, event.at)
        return Drawing(phase_ops(moment.session, present, event.at, locale))

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        """The change of the author's own list, said aloud when it is news to them."""
        question, event = moment.event.question, moment.event
        if question is None:
            return Drawing([])
        drawn = str(view(locale).part(PARTS, "own", question, moment.session))
        if event.type == "submitted":
            return Drawing([("append", "mine", drawn)])
        if event.was == question.state and event.type not in NEWS:
            return Drawing([("morph", f"mine-{question.number}", drawn)])
        say = view(locale).part(PARTS, "own_news", question).unescape()
        return Drawing([("morph", f"mine-{question.number}", drawn)], say.strip())


def phase_ops(session: Session, present: Phase, now: int, locale: str) -> Ops:
    """The panel that says when, and the notice above the form that says whether."""
    draw = view(locale).part
    return [
        ("replace", "phase", str(draw(PARTS, "phase", session, present, now))),
        ("replace", "ask-notice", str(draw(PARTS, "ask_notice", session, present))),
    ]


def drawn_question(session: Session, question: Question, locale: str) -> str:
    """A question as it stands on the public page; never called for one that does not."""
    macro = "answered" if place(session, question.state) == "transcript" else "waiting"
    return str(view(locale).part(PARTS, macro, question, session))


def _moved(moment: Moment, question: Question, locale: str) -> Ops:
    """Out of one list and into another, changed in its place, or nothing that the public sees."""
    session, event, id_ = moment.session, moment.event, f"question-{question.number}"
    before, after = place(session, event.was), place(session, question.state)
    if not after:
        return [("remove", id_)] if before else []
    drawn = drawn_question(session, question, locale)
    if before == after:
        return [("morph", id_, drawn)]
    ops: Ops = [("remove", id_)] if before else []
    return [*ops, ("append", after, drawn)]
