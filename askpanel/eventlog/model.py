"""The words of one question's life: states, roles, records and events.

A question's record is a value. The Lua call that changes it writes the whole new record into
the log entry, so a reader of the log never repeats a rule: it replaces one record by the next.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct


class State(StrEnum):
    """Where a question stands; `rules.RULES` says where it may go."""

    PENDING = "pending"
    HELD = "held"
    APPROVED = "approved"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    REJECTED = "rejected"
    MERGED = "merged"
    REPLIED = "replied"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Role(StrEnum):
    """What a staff member is here for."""

    HOST = "host"
    MODERATOR = "moderator"
    PANELIST = "panelist"


class Actor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who gives a command: a staff member, or the author of the question.

    `version` is the staff record's version that the sign-in was checked against; the Lua call
    refuses one that has been revoked since. `author` is the keyed hash of a participant's token.
    """

    username: str = ""
    name: str = ""
    role: str = ""
    organisation: str = ""
    version: int = 0
    author: str = ""


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wording of an answer; a correction adds another. `at` is Unix milliseconds."""

    text: str
    at: int
    by: str = ""


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An organisation's answer; `versions` runs from the first wording to the present one."""

    id: int
    organisation: str
    lang: str
    versions: list[Version]

    @property
    def text(self) -> str:
        """The present wording."""
        return self.versions[-1].text

    @property
    def at(self) -> int:
        """When it was first published, in Unix milliseconds."""
        return self.versions[0].at

    @property
    def corrected_at(self) -> int | None:
        """When it was last corrected, in Unix milliseconds, or None."""
        return self.versions[-1].at if len(self.versions) > 1 else None


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who holds the claim on a question, from which position, until when (Unix milliseconds)."""

    username: str
    name: str
    organisation: str
    until: int
    since: int = 0


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that waits for a second pair of eyes, or was returned to its author by a note."""

    text: str
    lang: str
    organisation: str
    username: str
    name: str
    note: str = ""


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last thing that was done to a question: what, by whom, when (Unix milliseconds)."""

    command: str
    at: int
    username: str = ""
    name: str = ""


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one question. Staff see it whole; the public sees what is published.

    `since` is the position at which it entered the list that it stands on, and `published` the
    one of its first answer: lists are drawn in that order, as they grew on the screens.
    """

    number: int
    state: State
    text: str
    lang: str
    author: str
    at: int
    changed: Change
    since: int = 0
    original: str = ""
    topic: str = ""
    name: str = ""
    note: str = ""
    reason: str = ""
    reply: str = ""
    into: int = 0
    organisation: str = ""
    holder: Holder | None = None
    draft: Draft | None = None
    answers: list[Answer] = []
    published: int = 0

    @property
    def edited(self) -> bool:
        """Whether a moderator changed the wording; the author's own is in `original`."""
        return bool(self.original)

    def answer_of(self, organisation: str) -> Answer | None:
        """The answer that an organisation has published under this question, if any."""
        return next((a for a in self.answers if a.organisation == organisation), None)


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the log, as it is stored.

    `was` is the state before (empty for a new question). A question event carries `question`;
    a session event (scheduled, opened, paused, resumed, extended, closed, phased) carries
    `session`, the whole definition as JSON-compatible data, or nothing but its type.
    """

    type: str
    at: int
    by: str = ""
    name: str = ""
    was: str = ""
    question: Question | None = None
    session: Any = None
    phase: str = ""


class Entry(Struct, frozen=True):
    """An event at its position in the log."""

    position: int
    event: Event


class Done(Struct, frozen=True):
    """A command that happened: its position and the question after it."""

    position: int
    question: Question


class Refused(Exception):
    """A command that did not happen, and why.

    `code` is one of `rules.REFUSALS`; `question` is the question as it stands now, when there
    is one, so that a page can say in words who did what meanwhile.
    """

    def __init__(self, code: str, question: Question | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.question = question


class StoreAway(Exception):
    """The store did not answer in time. What was asked may or may not have happened."""
