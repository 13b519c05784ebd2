"""What an installation says to people, in its own words: why a question is not published, what
is answered privately, where a report belongs, and what its staff write down.

Everything here is a value, made by :mod:`askpanel.moderation.playbookfile` from the
installation's file and true in both languages. What somebody was told is stored with their
question, so a playbook may change between two sessions without changing history.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import msgspec

from askpanel.eventlog.session import Session, Signpost, Text

URGENT, SIGNPOSTS = "urgent", "signposts"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""`{urgent}`, `{signposts}` or `{signpost:ID}`."""
OWN_LINE = re.compile(rf"(- )?{PLACEHOLDER.pattern}")
"""A placeholder as it stands in a text: alone in its line, or as an item of a list."""

DISTRESS, THREAT, DANGER, FEAR = "distress", "threat", "danger", "fear"
WATCHED = (DISTRESS, THREAT, DANGER, FEAR)
"""The kinds of a watch list: somebody may harm themselves; may harm somebody else; tells of harm
that goes on now; is afraid of being found out. A file must have the first two."""


class Unlisted(LookupError):
    """A code that the playbook does not have; says which, and of what kind."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"The playbook has no {kind} called {code!r}.")
        self.kind, self.code = kind, code


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a question is not published.

    `label` is for staff, `words` for the person who asked. `key` is one digit, or "" for none.
    With `hide`, the question's text may never be shown to the public, whatever becomes of it.
    """

    code: str
    label: Text
    words: Text
    key: str = ""
    hide: bool = False


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A text to begin from: of a private reply, or of an answer. See `filled`."""

    code: str
    label: Text
    text: Text


class Diversion(msgspec.Struct, frozen=True, kw_only=True):
    """Where something belongs that cannot wait in a queue of questions.

    `words` are sent to the person who asked, with those of the session's `signposts` (ids) that
    it has. `key` is one digit, or "" for none.
    """

    code: str
    label: Text
    words: Text
    signposts: list[str]
    key: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """How an immediate risk was dealt with: what a record ends with."""

    code: str
    label: Text


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What colleagues mark a question with."""

    code: str
    label: Text


class _Coded(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def label(self) -> Text: ...


_Item = TypeVar("_Item", bound=_Coded)


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `watch` is language → kind → words and phrases, in lower case."""

    reasons: list[Reason]
    replies: list[Template]
    diversions: list[Diversion]
    canned: list[Template]
    decisions: list[Decision]
    labels: list[Label]
    watch: dict[str, dict[str, list[str]]]

    def reason(self, code: str) -> Reason:
        """The reason with this code, or Unlisted."""
        return _with_code("reason", self.reasons, code)

    def reply(self, code: str) -> Template:
        """The template of a private reply with this code, or Unlisted."""
        return _with_code("reply", self.replies, code)

    def diversion(self, code: str) -> Diversion:
        """The diversion with this code, or Unlisted."""
        return _with_code("diversion", self.diversions, code)

    def canned_answer(self, code: str) -> Template:
        """The canned answer with this code, or Unlisted."""
        return _with_code("canned answer", self.canned, code)

    def decision(self, code: str) -> Decision:
        """The decision with this code, or Unlisted."""
        return _with_code("decision", self.decisions, code)

    def label(self, code: str) -> Label:
        """The label with this code, or Unlisted."""
        return _with_code("label", self.labels, code)

    def told(self, of: Reason | Diversion) -> Text:
        """What the person who asked is told, as it is stored with the question."""
        return dict(of.words)

    def label_words(self, code: str, lang: str) -> str:
        """A label in words; see `named`."""
        return named(self.labels, code, lang)


def named(items: Sequence[_Coded], code: str, lang: str) -> str:
    """What staff call the item with this code; the code itself if the playbook has it no longer,
    for a session outlives the playbook that it was held with."""
    found = next((item.label for item in items if item.code == code), {})
    return found.get(lang) or found.get("en") or code


def filled(text: str, session: Session, lang: str) -> str:
    """A template's text with the session's signposts in it, each a line "When: Name, number,
    address".

    `{signposts}` are those that do not stand above it already. A placeholder for which the
    session has nothing is left out with its whole line.
    """
    lines: list[str] = []
    given: list[Signpost] = []
    for line in text.split("\n"):
        found = OWN_LINE.fullmatch(line.strip())
        if found is None:
            lines.append(line.rstrip())
            continue
        bullet, wanted = found[1] or "", found[2]
        meant = [each for each in session.signposts if _is_meant(each, wanted)]
        if wanted == SIGNPOSTS:
            meant = [each for each in meant if each not in given]
        given += meant
        lines += [bullet + signpost_line(each, session, lang) for each in meant]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def signpost_line(signpost: Signpost, session: Session, lang: str) -> str:
    """A signpost in one line of plain text."""
    when, _ = session.text(signpost.when, lang)
    name, _ = session.text(signpost.name, lang)
    where = ", ".join(each for each in (name, signpost.phone, signpost.url) if each)
    return f"{when}: {where}"


def _is_meant(signpost: Signpost, wanted: str) -> bool:
    if wanted == URGENT:
        return signpost.urgent
    return wanted in (SIGNPOSTS, f"signpost:{signpost.id}")


def _with_code(kind: str, items: Iterable[_Item], code: str) -> _Item:
    for item in items:
        if item.code == code:
            return item
    raise Unlisted(kind, code)
