"""What a question's record is made of: answers, claims, locks, replies, notes and what was noticed.

All are values, carried whole in every log entry. Times are Unix milliseconds by the store's clock.
"""

from __future__ import annotations

from msgspec import Struct


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wording of an answer; a correction adds another. `at` is Unix milliseconds."""

    text: str
    at: int
    by: str = ""


class Cosign(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another organisation's name under an answer, and who put it there."""

    organisation: str
    by: str
    name: str
    at: int


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An organisation's answer; `versions` runs from the first wording to the present one.

    `counterparts` has the same answer in other languages, each with its wordings.
    """

    id: int
    organisation: str
    lang: str
    versions: list[Version]
    counterparts: dict[str, list[Version]] = {}
    cosigned: list[Cosign] = []

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

    def wording(self, lang: str) -> tuple[str, str]:
        """The present wording for a reader of a language, and the language it is really in."""
        versions = self.counterparts.get(lang) if lang != self.lang else None
        return (versions[-1].text, lang) if versions else (self.text, self.lang)


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who holds the claim on a question, from which position, until when, and when they last
    typed."""

    username: str
    name: str
    organisation: str
    until: int
    since: int = 0
    typing: int = 0


class Lock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has a question open in triage, since which position, until when, and to do what."""

    username: str
    name: str
    until: int
    since: int = 0
    doing: str = ""


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that waits for a second pair of eyes, or was returned to its author by a note.

    `answer` is the answer that it would correct, or give in another language; 0 for a new one.
    `unverified` are the numbers and links in it that only a lead may let through.
    """

    text: str
    lang: str
    organisation: str
    username: str
    name: str
    note: str = ""
    answer: int = 0
    unverified: list[str] = []


class Reply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered privately; `helped` is what its reader said: "yes", "no" or nothing."""

    text: str
    lang: str
    at: int
    by: str
    name: str = ""
    helped: str = ""


class Note(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A staff member's words to colleagues, on a question or beside the session."""

    text: str
    at: int
    username: str
    name: str


class Announcement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a host tells everybody, by language, for as long as it is pinned. `id` is the position
    at which it was announced; who did is for staff."""

    id: int
    words: dict[str, str]
    at: int
    username: str
    name: str = ""


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did a step of handling a risk, and when."""

    at: int
    username: str
    name: str


class Risk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody may be in danger: who said so, who saw it besides, and what was decided."""

    at: int
    username: str
    name: str
    note: str
    seen: Seen | None = None
    decision: str = ""
    words: str = ""
    decided: Seen | None = None


class Handed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To which colleague a question was handed, and by whom."""

    username: str
    name: str
    by: str


class Flag(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something noticed in a question's text, and the places where: a hint, never a verdict."""

    code: str
    found: list[str] = []


class Similar(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question that reads nearly the same, and how nearly, from 0 to 100."""

    number: int
    score: int


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last thing that was done to a question: what, by whom, when, and at which position.

    `previous` is the position of the change before it, to which an undo goes back. After an undo
    `stands` is the command that is the last again, and `back_to` the position where it was given.
    """

    command: str
    at: int
    username: str = ""
    name: str = ""
    position: int = 0
    previous: int = 0
    stands: str = ""
    back_to: int = 0

    @property
    def standing(self) -> str:
        """The command that stands as the last, and that an undo would take back."""
        return self.stands or self.command

    @property
    def standing_at(self) -> int:
        """The position that an undo names."""
        return self.back_to or self.position


class Present(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A staff member who is at a screen of the session."""

    username: str
    name: str
    role: str
    screen: str
    organisation: str = ""


class Mute(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An author who may send nothing more: by whose word, since which position, and for which
    question."""

    number: int
    at: int
    username: str
    name: str
    position: int = 0


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that is being written, as the store keeps it: not an event, and not published."""

    text: str
    lang: str
    at: int


class Purge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was erased on schedule, as the log tells it: `days` after the session's end, in how many
    `entries`, whose words, and how many of each. `left` are digests of what the entries that were
    ever erased hold now, so many positions each, and `strange` what no command had written and was
    left out. By somebody at the command line, or else by the service itself."""

    days: int
    entries: int
    left: list[str]
    by_hand: bool = False
    questions: int = 0
    removed: int = 0
    originals: int = 0
    replies: int = 0
    notes: int = 0
    remarks: int = 0
    drafts: int = 0
    tokens: int = 0
    strange: int = 0
