"""The reason that stands in the log with an event, in the words of the installation where it has
some for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from askpanel.chat.locale import N_, translations
from askpanel.eventlog.model import Event, Question
from askpanel.eventlog.session import Session
from askpanel.moderation.historywords import TAKEN_BACK
from askpanel.moderation.playbook import Playbook, named

HELPED: Mapping[str, str] = {"yes": N_("it helped"), "no": N_("they still need help")}
INTO = N_("question %(number)s")
NO_LABELS = N_("none")


class Means(NamedTuple):
    """What codes mean: the installation's, the session's, and the program's own."""

    book: Playbook
    session: Session
    lang: str

    def said(self, words: str) -> str:
        return translations(self.lang).gettext(words)

    def reason(self, q: Question, event: Event) -> str:
        return named(self.book.reasons, q.reason, self.lang)

    def diversion(self, q: Question, event: Event) -> str:
        return named(self.book.diversions, q.diversion, self.lang)

    def note(self, q: Question, event: Event) -> str:
        return q.note

    def newest_note(self, q: Question, event: Event) -> str:
        return q.notes[-1].text if q.notes else ""

    def decision(self, q: Question, event: Event) -> str:
        if q.risk is None:
            return ""
        return f"{named(self.book.decisions, q.risk.decision, self.lang)}; {q.risk.words}"

    def returned(self, q: Question, event: Event) -> str:
        return q.draft.note if q.draft else ""

    def into(self, q: Question, event: Event) -> str:
        return self.said(INTO) % {"number": q.into}

    def assigned(self, q: Question, event: Event) -> str:
        body = self.session.organisation(q.organisation)
        name = self.session.text(body.name, self.lang)[0] if body else q.organisation
        return f"{name}, {q.panelist_name}" if q.panelist_name else name

    def labels(self, q: Question, event: Event) -> str:
        found = ", ".join(self.book.label_words(code, self.lang) for code in q.labels)
        return found or self.said(NO_LABELS)

    def handed(self, q: Question, event: Event) -> str:
        return q.handed.name if q.handed else ""

    def helped(self, q: Question, event: Event) -> str:
        words = HELPED.get(q.replies[-1].helped) if q.replies else None
        return self.said(words) if words else ""

    def taken_back(self, q: Question, event: Event) -> str:
        words = TAKEN_BACK.get(event.of)
        return self.said(words) if words else event.of


WHY: Mapping[str, Callable[[Means, Question, Event], str]] = {
    "rejected": Means.reason,
    "removed": Means.reason,
    "diverted": Means.diversion,
    "held": Means.note,
    "escalated": Means.note,
    "annotated": Means.newest_note,
    "concluded": Means.decision,
    "returned": Means.returned,
    "merged": Means.into,
    "assigned": Means.assigned,
    "labelled": Means.labels,
    "handed": Means.handed,
    "responded": Means.helped,
    "undone": Means.taken_back,
}
"""By the event: what is said of why."""
