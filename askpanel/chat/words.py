"""States and reasons in the words of the person who asked."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

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


class Reason(Struct, frozen=True):
    """Why a question is not published: a short name for staff, kind words for its author."""

    label: str
    words: str


REASONS: Mapping[str, Reason] = {
    "names-a-person": Reason(
        N_("Names a person"),
        N_(
            "We cannot publish a question that could show who somebody is. You are welcome to "
            "ask it again without names or places."
        ),
    ),
    "identifies-you": Reason(
        N_("Identifies the person asking"),
        N_(
            "Your question has something in it that could show who you are, so we kept it "
            "private. You are welcome to ask it again without it."
        ),
    ),
    "live-case": Reason(
        N_("About a live case"),
        N_(
            "We cannot talk about a case here, because that could harm it. The services on this "
            "page can tell you whom to speak to."
        ),
    ),
    "off-topic": Reason(
        N_("Off topic"),
        N_(
            "Thank you for asking. The panel cannot answer this one in this session. The "
            "services on this page may be able to help."
        ),
    ),
    "duplicate": Reason(
        N_("Asked already"),
        N_("Somebody has asked this already. You will find the answer on this page."),
    ),
    "abusive": Reason(
        N_("Abusive"),
        N_("We could not publish this because of its wording. You are welcome to ask again."),
    ),
    "not-a-question": Reason(
        N_("Not a question"),
        N_(
            "Thank you for writing. There was no question in it that the panel could answer. "
            "You are welcome to ask one."
        ),
    ),
    "advertising": Reason(N_("Advertising"), N_("We do not publish advertising in this session.")),
}


def own_state(question: Question, locale: str) -> tuple[str, str]:
    """A question's state in its author's words, and the colour of its tag."""
    words, colour = STATES[question.state]
    return translations(locale).gettext(words), colour


def reason_words(code: str, locale: str) -> str:
    """The kind words of a reason; an unknown code gets the most general ones."""
    reason = REASONS.get(code, REASONS["off-topic"])
    return translations(locale).gettext(reason.words)


def reason_list(locale: str) -> list[tuple[str, str]]:
    """Every reason, as its code and its short name, in the order that staff see."""
    return [(code, reason_label(code, locale)) for code in REASONS]


def reason_label(code: str, locale: str) -> str:
    """A reason's short name for staff."""
    reason = REASONS.get(code)
    return translations(locale).gettext(reason.label) if reason else code


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
