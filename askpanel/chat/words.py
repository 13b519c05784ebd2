"""States, and what somebody was told, in the words of the person who asked."""

from __future__ import annotations

from collections.abc import Mapping

from askpanel.chat.locale import N_, NN_, translations
from askpanel.eventlog.model import Question, State

STATES: Mapping[str, tuple[str, str]] = {
    State.PENDING: (N_("Waiting for a moderator"), "grey"),
    State.HELD: (N_("Waiting for a moderator"), "grey"),
    State.APPROVED: (N_("Waiting for an answer"), "blue"),
    State.CLAIMED: (N_("Being answered now"), "green"),
    State.ANSWERED: (N_("Answered"), "green"),
    State.REJECTED: (N_("Not published"), "yellow"),
    State.MERGED: (N_("Taken together with another question"), "blue"),
    State.REPLIED: (N_("Answered for you alone"), "purple"),
    State.DIVERTED: (N_("For you alone: where to report this"), "purple"),
    State.ESCALATED: (N_("A moderator is reading this now"), "red"),
    State.WITHDRAWN: (N_("Withdrawn by you"), "grey"),
    State.REMOVED: (N_("Taken down"), "grey"),
}
AGAIN = N_("A moderator looks at it again"), "purple"
READ = N_("A moderator has read this"), "grey"
ONLY_IN = {
    "en": N_("This answer is in English only so far."),
    "cy": N_("This answer is in Welsh only so far."),
}
READ_IN = {"en": N_("Read this answer in English"), "cy": N_("Read this answer in Welsh")}
BEHIND = {
    "en": N_("The English wording was corrected after this one."),
    "cy": N_("The Welsh wording was corrected after this one."),
}
NOT_PUBLISHED = N_(
    "Thank you for asking. Your question is not published in this session. The services on this "
    "page may be able to help."
)


def own_state(question: Question, locale: str) -> tuple[str, str]:
    """A question's state in its author's words, and the colour of its tag."""
    words, colour = STATES[question.state]
    if question.state in (State.PENDING, State.HELD) and question.needs_help:
        words, colour = AGAIN
    if question.state is State.ESCALATED and question.risk and question.risk.decided:
        words, colour = READ
    return translations(locale).gettext(words), colour


def told(question: Question, locale: str) -> tuple[str, str]:
    """What its author was told with a decision, and the language that it is in.

    The words are those that were stored with the decision, in the reader's language if it was
    said in that. Without any, a rejection has the most general ones.
    """
    said = question.told
    if said:
        lang = next(each for each in (locale, question.lang, *said) if each in said)
        return said[lang], lang
    general = NOT_PUBLISHED if question.state is State.REJECTED else ""
    return general and translations(locale).gettext(general), locale


def duration(milliseconds: int, locale: str) -> str:
    """Time to go, rounded up, in minutes, hours or days; the script in the page says the same."""
    minutes = max(0, -(-milliseconds // 60_000))
    ngettext = translations(locale).ngettext
    forms, number = NN_("%(count)s minute", "%(count)s minutes"), minutes
    if minutes >= 2 * 24 * 60:
        forms, number = NN_("%(count)s day", "%(count)s days"), minutes // (24 * 60)
    elif minutes >= 2 * 60:
        forms, number = NN_("%(count)s hour", "%(count)s hours"), minutes // 60
    return ngettext(*forms, number) % {"count": number}
