"""The words of one question's life: states, roles, records and events.

A question's record is a value. The Lua call that changes it writes the whole new record into
the log entry, so a reader of the log never repeats a rule: it replaces one record by the next.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from askpanel.eventlog.records import (
    Announcement,
    Answer,
    Change,
    Cosign,
    Draft,
    Flag,
    Handed,
    Holder,
    Kept,
    Lock,
    Mute,
    Note,
    Present,
    Purge,
    Reply,
    Risk,
    Seen,
    Similar,
    Version,
)

__all__ = [
    "Actor", "Announcement", "Answer", "Change", "Cosign", "Done", "Draft", "Entry", "Event",
    "Flag", "Handed", "Holder", "Kept", "Lock", "Mute", "Note", "Present", "Purge", "Question",
    "Refused", "Reply", "Risk", "Role", "Seen", "Similar", "State", "StoreAway", "Version",
]  # fmt: skip


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
    DIVERTED = "diverted"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Role(StrEnum):
    """What a staff member is here for."""

    HOST = "host"
    MODERATOR = "moderator"
    PANELIST = "panelist"
    LEAD = "lead"


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


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one question. Staff see it whole; the public sees what is published.

    `since` is the position at which it entered the list that it stands on, and `published` the
    one of its first answer: lists are drawn in that order, as they grew on the screens. It was
    taken down at `removed_at`, in Unix milliseconds. `told` is what its author was told with a
    decision, by language, and `hidden` that the text is shown to nobody while that decision stands.
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
    told: dict[str, str] = {}
    hidden: bool = False
    diversion: str = ""
    signposts: list[str] = []
    replies: list[Reply] = []
    needs_help: bool = False
    into: int = 0
    risk: Risk | None = None
    lock: Lock | None = None
    organisation: str = ""
    panelist: str = ""
    panelist_name: str = ""
    handed: Handed | None = None
    labels: list[str] = []
    notes: list[Note] = []
    flags: list[Flag] = []
    similar: list[Similar] = []
    muted: bool = False
    holder: Holder | None = None
    draft: Draft | None = None
    answers: list[Answer] = []
    published: int = 0
    removed_at: int = 0
    erased: bool = False
    reworded: bool = False

    @property
    def edited(self) -> bool:
        """Whether a moderator changed the wording; the author's own is in `original`, until it is
        erased and only `reworded` says so."""
        return bool(self.original) or self.reworded


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the log, as it is stored.

    `was` is the state before (empty for a new question). A question event carries `question`;
    a session event (scheduled, moved, opened, paused, resumed, extended, closed, phased) carries
    `session`, the whole definition as JSON-compatible data, or nothing but its type. `of` is the
    command that was undone, `parted` the question that this one was taken together with until
    then, `over` the name of the colleague who had it open, and `numbers` what a lead let through
    although it is not verified.
    `present` is everybody who is at a screen after somebody arrived or left, and `remark` what
    was said to colleagues. `announcement` was pinned or taken down, and `pinned` are all that then
    are, the newest first.
    """

    type: str
    at: int
    by: str = ""
    name: str = ""
    was: str = ""
    question: Question | None = None
    session: Any = None
    phase: str = ""
    of: str = ""
    parted: int = 0
    over: str = ""
    numbers: list[str] = []
    present: list[Present] = []
    remark: Note | None = None
    announcement: Announcement | None = None
    pinned: list[Announcement] = []
    purge: Purge | None = None


AMONG_STAFF = ("arrived", "left", "remarked")
"""Events of the session that only its staff see anything of."""


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
