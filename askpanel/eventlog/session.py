"""A session: the scheduled Q&A, as its file describes it and as the store keeps it.

Everything here is a value: frozen, compared by content, and carried through
``msgspec.json`` unchanged. Whether the values make sense is decided before one is made,
by :mod:`askpanel.eventlog.sessionfile`.

Times are Unix milliseconds, UTC. A text is a dictionary from language code to words,
``{"en": "Emergency services", "cy": "Gwasanaethau brys"}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec

Text = dict[str, str]
"""Language code to words."""


class Organisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A body that answers on the panel."""

    id: str
    name: Text


class PanelMember(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who answers, as the public is told of them: by name or by role, for which
    organisation, and a line about them, if there is one."""

    name: Text
    organisation: str
    line: Text = {}


class Signpost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where to find help, and when to use it. Has a telephone number, an address, or both."""

    id: str
    when: Text
    name: Text
    phone: str = ""
    url: str = ""
    urgent: bool = False


class Topic(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people come with: labels a question in the queue, and may suggest a signpost."""

    id: str
    label: Text
    signpost: str = ""


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When things happen, in Unix milliseconds UTC.

    ``questions_open`` ≤ ``starts`` ≤ ``last_questions`` ≤ ``ends``. From ``last_questions``
    on no new question is taken, and answers go on until ``ends``. ``revised`` is the position
    in the session's log at which a host last changed the times; 0 while they are as planned.
    """

    questions_open: int
    starts: int
    last_questions: int
    ends: int
    paused: bool = False
    revised: int = 0

    def moved_to(self, now_ms: int) -> Schedule:
        """Return this schedule starting at ``now_ms``, every length kept."""
        shift = now_ms - self.starts
        return Schedule(
            questions_open=self.questions_open + shift,
            starts=self.starts + shift,
            last_questions=self.last_questions + shift,
            ends=self.ends + shift,
            paused=self.paused,
            revised=self.revised,
        )


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scheduled Q&A. The first of ``languages`` is the one to fall back to, and ``short`` its
    address on posters, if it has one."""

    slug: str
    short: str = ""
    timezone: str
    schedule: Schedule
    languages: list[str]
    ask_name: bool = False
    show_waiting: bool = False
    second_check: bool = False
    title: Text
    summary: Text
    organisations: list[Organisation]
    signposts: list[Signpost]
    topics: list[Topic] = []
    panel: list[PanelMember] = []

    def organisation(self, wanted: str, /) -> Organisation | None:
        """Return the organisation called ``wanted``, or None."""
        return _with_id(self.organisations, wanted)

    def signpost(self, wanted: str, /) -> Signpost | None:
        """Return the signpost called ``wanted``, or None."""
        return _with_id(self.signposts, wanted)

    def topic(self, wanted: str, /) -> Topic | None:
        """Return the topic called ``wanted``, or None."""
        return _with_id(self.topics, wanted)

    def text(self, field: Text, lang: str) -> tuple[str, str]:
        """Return the words of ``field`` in ``lang``, and the language they are really in.

        Falls back to the session's first language, so that the page can mark the words
        with the right ``lang`` attribute (WCAG 2.2, 3.1.2 Language of Parts).
        """
        found = lang if lang in field else self.languages[0]
        return field[found], found


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)


def _with_id(items: Iterable[_Item], wanted: str) -> _Item | None:
    return next((item for item in items if item.id == wanted), None)
