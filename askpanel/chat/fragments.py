"""What the public sees of each entry of the log, and what its author sees besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from askpanel.chat.frames import Ops
from askpanel.chat.places import alarming, place, prospect
from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import AMONG_STAFF, Announcement, Question, State
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.projection import Moment
from askpanel.eventlog.session import Session
from askpanel.eventlog.ties import Lead

PARTS, OWN_PARTS, ASK_PARTS = "parts/public.html", "parts/own.html", "parts/ask.html"
STAFF_ONLY = frozenset(
    (
        *("assigned", "renewed", "drafted", "returned", "labelled", "handed", "acknowledged"),
        *("locked", "unlocked", "annotated", "muted", "unmuted"),
    )
)
"""Changes that leave the state as it is and that the public, the author too, sees nothing of."""
UNREAD = (State.PENDING, State.HELD)
"""States that are the same to everybody but staff: that a question is parked is theirs to know."""
NEWS = ("corrected", "answered", "replied")
UNDONE_AMONG_STAFF = ("assign", "label", "hand")


def among_staff(moment: Moment) -> bool:
    """Whether only staff see anything of a moment: their own words, locks, labels and notes."""
    event, question = moment.event, moment.event.question
    if question is None:
        return event.type in AMONG_STAFF
    if event.was in UNREAD and question.state in UNREAD:
        return True
    unmoved = event.was == question.state and not moment.begins_claim
    return unmoved and (event.type in STAFF_ONLY or event.of in UNDONE_AMONG_STAFF)


class Public:
    """The audience of everybody; a viewer's key is the keyed hash of an author's token."""

    published = True

    def keys(self, moment: Moment) -> Collection[str]:
        """The author of the question that changed, whose own list changes with it; and the
        authors of those that are taken together with it, where they may know what changed."""
        question = moment.event.question
        if question is None or among_staff(moment):
            return ()
        leads = {lead.author for lead in joined(moment)}
        return {question.author, *leads, *(author for _, author in followers(moment))}

    def shared(self, moment: Moment, locale: str) -> Drawing:
        """The change of the transcript, the waiting list or the phase."""
        event = moment.event
        if among_staff(moment):
            return Drawing([])
        if event.question is not None:
            moved = _moved(moment, event.question, locale)
            return Drawing([*moved, *_answering(moment, event.question, locale)])
        if event.announcement is not None:
            return _announced(moment, event.announcement, locale)
        present = Phase(event.phase) if event.phase else phase(moment.session.schedule, event.at)
        lists = ("answering", *(["waiting"] if moment.session.show_waiting else []))
        emptied: Ops = [("text", each, "") for each in lists] if moment.over else []
        return Drawing([*phase_ops(moment.session, present, event.at, locale), *emptied])

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        """The change of the author's own list, said aloud when it is news to them."""
        question = moment.event.question
        if question is None or among_staff(moment):
            return Drawing([])
        draw, session = view(locale).part, moment.session
        ops, said = _own(moment, question, locale) if question.author == key else Drawing([])
        for number, author in followers(moment):
            if author == key and moment.tied:
                lead = moment.tied.lead
                drawn = draw(OWN_PARTS, "lead", number, lead, session)
                ops.append(("morph", f"mine-{number}-lead", str(drawn)))
                said = said or draw(OWN_PARTS, "lead_news", lead, session).unescape().strip()
        for lead in joined(moment):
            if lead.author == key:
                drawn = draw(OWN_PARTS, "others", lead)
                ops.append(("morph", f"mine-{lead.number}-others", str(drawn)))
        return Drawing(ops, said)


def _own(moment: Moment, question: Question, locale: str) -> Drawing:
    """The author's question as it is in their list."""
    event, draw = moment.event, view(locale).part
    lead = moment.tied.lead if moment.tied else Lead(question.number, question.state)
    drawn = str(draw(OWN_PARTS, "own", question, moment.session, lead))
    if event.type == "submitted":
        return Drawing([("append", "mine", drawn)])
    ops: Ops = [("morph", f"mine-{question.number}", drawn), *_alarm(moment, question, locale)]
    # The urgent words are an alert, and are not to be spoken over.
    quiet = alarming([question]) or event.was == question.state
    if quiet and event.type not in NEWS:
        return Drawing(ops)
    return Drawing(ops, draw(OWN_PARTS, "own_news", question, event.type).unescape().strip())


def _alarm(moment: Moment, question: Question, locale: str) -> Ops:
    """The urgent words on top of the page come, or go."""
    if moment.event.was == State.ESCALATED:
        return [] if alarming([question]) else [("remove", f"urgent-{question.number}")]
    if not alarming([question]):
        return []
    return [
        ("append", "urgent", str(view(locale).part(OWN_PARTS, "alarm", question, moment.session)))
    ]


def followers(moment: Moment) -> Iterator[tuple[int, str]]:
    """The questions that are taken together with the one that changed, and their authors' keys,
    if what they may know of it has changed."""
    event, tied, question = moment.event, moment.tied, moment.event.question
    if question is None or tied is None:
        return
    now = tied.lead.number, prospect(moment.session, tied.lead.state)
    before = question.number, prospect(moment.session, event.was)
    if event.was == State.MERGED:
        left = tied.left or tied.lead
        before = left.number, prospect(moment.session, left.state)
    if now != before:
        yield from ((each.number, each.author) for each in tied.followers)


def joined(moment: Moment) -> Iterator[Lead]:
    """The questions that another was taken together with, or is no longer."""
    event, tied, question = moment.event, moment.tied, moment.event.question
    if question is None or tied is None:
        return
    moved = event.was != question.state or tied.left is not None
    if moved and question.state == State.MERGED:
        yield tied.lead
    if moved and tied.left is not None:
        yield tied.left


def _announced(moment: Moment, announcement: Announcement, locale: str) -> Drawing:
    """What is pinned on top of the page, said aloud when it comes and not when it goes."""
    event, draw, session = moment.event, view(locale).part, moment.session
    drawn = str(draw(PARTS, "announcements", event.pinned, session))
    comes = event.type == "announced"
    said = draw(PARTS, "announced", announcement, session).unescape().strip() if comes else ""
    return Drawing([("replace", "announcements", drawn)], said)


def _answering(moment: Moment, question: Question, locale: str) -> Ops:
    """Somebody begins to answer a question, or no longer does; after the end nobody is told."""
    if moment.over:
        return []
    number, was = question.number, moment.event.was == State.CLAIMED
    now = question.state == State.CLAIMED
    ends: Ops = [("remove", f"answering-{number}")]
    if now and not moment.begins_claim:
        return []
    if not now:
        return ends if was else []
    drawn = str(view(locale).part(PARTS, "answering", question, moment.session))
    return [*(ends if was else []), ("append", "answering", drawn)]


def phase_ops(session: Session, present: Phase, now: int, locale: str) -> Ops:
    """The panel that says when, the notice above the form that says whether, and until when one's
    own questions stay."""
    draw = view(locale).part
    return [
        ("replace", "phase", str(draw(PARTS, "phase", session, present, now))),
        ("replace", "ask-notice", str(draw(PARTS, "ask_notice", session, present))),
        ("replace", "mine-keeping", str(draw(OWN_PARTS, "keeping", session))),
    ]


def drawn_question(session: Session, question: Question, locale: str) -> str:
    """A question as it stands on the public page; never called for one that does not."""
    macro = "answered" if place(session, question.state) == "transcript" else "waiting"
    return str(view(locale).part(PARTS, macro, question, session))


def _moved(moment: Moment, question: Question, locale: str) -> Ops:
    """Out of one list and into another, changed in its place, or nothing that the public sees."""
    session, event, id_ = moment.session, moment.event, f"question-{question.number}"
    before, after = (place(session, state, moment.over) for state in (event.was, question.state))
    if not after:
        return [("remove", id_)] if before else []
    drawn = drawn_question(session, question, locale)
    if before == after:
        return [("morph", id_, drawn)]
    ops: Ops = [("remove", id_)] if before else []
    return [*ops, ("append", after, drawn)]
