"""What the triage screen says of a question in one language, out of the playbook and the flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from askpanel.chat.locale import N_, NAMES, translations
from askpanel.eventlog.model import Question, State
from askpanel.eventlog.rules import TRIAGE, UNDOABLE
from askpanel.eventlog.session import Session, Text
from askpanel.moderation.difference import Piece, difference
from askpanel.moderation.flags import flag_words
from askpanel.moderation.playbook import (
    DANGER,
    DISTRESS,
    THREAT,
    Playbook,
    filled,
    named,
    signpost_line,
)
from askpanel.moderation.refusals import NOT_UNDOABLE

ALARMING = (DISTRESS, THREAT, DANGER)
DOING: Mapping[str, str] = {
    "reading": N_("%(name)s is reading this"),
    "editing": N_("%(name)s is editing this"),
    "replying": N_("%(name)s is replying"),
    "rejecting": N_("%(name)s is choosing a reason"),
    "merging": N_("%(name)s is looking for a question like it"),
    "diverting": N_("%(name)s is choosing where this belongs"),
    "handing": N_("%(name)s is handing this to a colleague"),
    "deciding": N_("%(name)s is writing down a decision"),
}
"""What somebody may be doing with a question that they have open."""
OPEN = N_("%(name)s has this open")
FLAGS: Mapping[str, str] = {
    "phone": N_("Phone numbers"),
    "email": N_("E-mail addresses"),
    "link": N_("Links"),
    "postcode": N_("Postcodes"),
    "name": N_("Names"),
    "language": N_("Another language"),
    "capitals": N_("Capitals"),
    "repetition": N_("The same again and again"),
    "repeats": N_("Sent before"),
    "distress": N_("Distress"),
    "threat": N_("Threat"),
    "danger": N_("Danger"),
    "fear": N_("Fear"),
}
"""What can be noticed, as the filter calls it."""


class Choice(NamedTuple):
    """Something of the playbook that a moderator may pick: its key is one digit or "".

    `words` are what the author would read, and `lang` the language that they are in.
    """

    code: str
    label: str
    key: str = ""
    words: str = ""
    lang: str = ""


def veiled(question: Question) -> bool:
    """Whether a text is not to be met without warning."""
    return question.hidden or any(flag.code == DISTRESS for flag in question.flags)


def priority(question: Question) -> int:
    """How urgent a question is, from 4 for somebody in danger to 0."""
    if question.risk is not None and question.state == State.ESCALATED:
        return 4
    if question.needs_help:
        return 3
    if any(flag.code in ALARMING for flag in question.flags):
        return 2
    return 1 if question.handed is not None else 0


class Wording:
    """The words of one language. Made for each screen and language, and asked by the partials."""

    def __init__(self, playbook: Playbook, locale: str) -> None:
        self._playbook, self._locale = playbook, locale
        self._gettext = translations(locale).gettext

    veiled = staticmethod(veiled)
    priority = staticmethod(priority)

    def flags(self, question: Question) -> list[str]:
        """Each flag in words."""
        return [flag_words(flag, self._gettext) for flag in question.flags]

    def lock(self, question: Question) -> str:
        """Who has it open and what they do, or ""."""
        if question.lock is None:
            return ""
        said = DOING.get(question.lock.doing, OPEN)
        return self._gettext(said) % {"name": question.lock.name}

    def difference(self, question: Question) -> list[Piece]:
        """What an edit changed."""
        return difference(question.original, question.text)

    def undoable(self, question: Question) -> bool:
        """Whether triage may take back what was done last."""
        change = question.changed
        return bool(change.previous) and TRIAGE[0] in UNDOABLE.get(change.standing, ())

    def not_undoable(self, question: Question) -> str:
        """Why what was done last cannot be taken back here; "" if it can, or nothing was done."""
        command = question.changed.standing
        if command == "submit" or self.undoable(question):
            return ""
        return self._gettext(NOT_UNDOABLE.get(command, NOT_UNDOABLE["undo"]))

    # The playbook

    def reason(self, code: str) -> str:
        """A reason's short name."""
        return named(self._playbook.reasons, code, self._locale)

    def decision(self, code: str) -> str:
        """A decision about a risk, in short."""
        return named(self._playbook.decisions, code, self._locale)

    def diversion(self, code: str) -> str:
        """Where a question was sent, in short."""
        return named(self._playbook.diversions, code, self._locale)

    def label(self, code: str) -> str:
        """A label in words."""
        return self._playbook.label_words(code, self._locale)

    def reasons(self, question: Question) -> list[Choice]:
        """Every reason, with what the author would be told in their own language."""
        return [
            Choice(each.code, self._said(each.label), each.key, *_in(each.words, question.lang))
            for each in self._playbook.reasons
        ]

    def diversions(self, question: Question, session: Session) -> list[Choice]:
        """Every diversion, with exactly what the author would read: words, then signposts."""
        found = []
        for each in self._playbook.diversions:
            words, lang = _in(each.words, question.lang)
            meant = [session.signpost(id_) for id_ in each.signposts]
            lines = [signpost_line(signpost, session, lang) for signpost in meant if signpost]
            whole = "\n\n".join([words, "\n".join(lines)]).strip()
            found.append(Choice(each.code, self._said(each.label), each.key, whole, lang))
        return found

    def templates(self, question: Question, session: Session) -> list[Choice]:
        """Every private reply to begin from, in the author's language."""
        found = []
        for each in self._playbook.replies:
            text, lang = _in(each.text, question.lang)
            words = filled(text, session, lang)
            found.append(Choice(each.code, self._said(each.label), "", words, lang))
        return found

    def template(self, code: str, question: Question, session: Session) -> str:
        """The text of one private reply to begin from; "" for an unknown one."""
        found = self.templates(question, session)
        return next((each.words for each in found if each.code == code), "")

    def decisions(self) -> list[Choice]:
        """How a risk may have been dealt with."""
        return [Choice(each.code, self._said(each.label)) for each in self._playbook.decisions]

    def labels(self) -> list[Choice]:
        """What a question may be marked with."""
        return [Choice(each.code, self._said(each.label)) for each in self._playbook.labels]

    def bulk_reasons(self) -> list[Choice]:
        """Every reason by its short name, for many questions at once."""
        return [Choice(each.code, self._said(each.label)) for each in self._playbook.reasons]

    def bulk_diversions(self) -> list[Choice]:
        """Every diversion by its short name."""
        return [Choice(each.code, self._said(each.label)) for each in self._playbook.diversions]

    # Filters

    def coded(self, choices: list[Choice]) -> list[tuple[str, str]]:
        """Choices as options of a list: code and words."""
        return [(each.code, each.label) for each in choices]

    def flag_names(self, codes: list[str]) -> list[tuple[str, str]]:
        """Kinds of flags as options."""
        return [(code, self._gettext(FLAGS.get(code, code))) for code in codes]

    def topics(self, session: Session) -> list[tuple[str, str]]:
        """The session's topics as options."""
        return [(each.id, session.text(each.label, self._locale)[0]) for each in session.topics]

    def languages(self, session: Session) -> list[tuple[str, str]]:
        """The session's languages as options, each by its own name."""
        return [(code, NAMES[code]) for code in session.languages]

    def organisations(self, session: Session) -> list[tuple[str, str]]:
        """The session's organisations as options."""
        named_ = session.organisations
        return [(each.id, session.text(each.name, self._locale)[0]) for each in named_]

    def _said(self, label: Text) -> str:
        return _in(label, self._locale)[0]


def _in(text: Text, lang: str) -> tuple[str, str]:
    """The words in a language, or in English, and which of them it is."""
    found = lang if lang in text else "en"
    return text.get(found, ""), found
