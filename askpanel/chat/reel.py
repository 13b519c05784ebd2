"""The newest moments of a session, as frames.

Most moments show nothing to most screens: to the public, a question that arrives is nothing
until somebody approves it. So a frame says not only which moment it tells of but also the one
before it that showed anything here (`since`): between the two this screen has missed nothing,
and what shows nothing is not sent at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple, Protocol

from askpanel.chat import frames
from askpanel.chat.frames import Ops
from askpanel.chat.subscribers import Group, Member
from askpanel.eventlog.projection import Moment
from askpanel.eventlog.store import SNAPSHOT_ENTRIES

MOST_KEPT = 8 * 1024 * 1024
"""Bytes of runs kept joined for those who come back from the same position, until the next
moment."""


class Drawing(NamedTuple):
    """What one moment does to a screen: operations on elements, and words to announce."""

    ops: Ops
    say: str = ""

    @property
    def shows(self) -> bool:
        """Whether it does anything at all."""
        return bool(self.ops or self.say)


class Audience(Protocol):
    """Draws moments for one kind of screen.

    `shared` is the same for everybody of that kind and must hold nothing of one viewer;
    `own` is what it adds for the viewer with this key, and `keys` says whose screens differ.
    `published` says that what is shared is for the whole world, and so may be compressed.
    """

    published: bool

    def shared(self, moment: Moment, locale: str) -> Drawing: ...
    def own(self, moment: Moment, locale: str, key: str) -> Drawing: ...
    def keys(self, moment: Moment) -> Collection[str]: ...


class Reel:
    """Frames are drawn when somebody first needs them, once for everybody who shares them.

    A frame is empty (`b""`) where the moment shows nothing.
    """

    def __init__(self, moments: Iterable[Moment], audiences: Mapping[str, Audience]) -> None:
        self._moments: deque[Moment] = deque(moments, maxlen=SNAPSHOT_ENTRIES)
        self._audiences = audiences
        self._drawings: dict[tuple[int, str, str], Drawing] = {}
        self._drawn: dict[tuple[int, Group], bytes] = {}
        self._before: dict[tuple[int, Group], int] = {}
        self._runs: dict[tuple[int, Group], bytes] = {}

    @property
    def oldest(self) -> int | None:
        """The oldest position of which there is a frame."""
        return self._moments[0].position if self._moments else None

    def add(self, new: Iterable[Moment]) -> None:
        """The next moments, in order."""
        self._moments.extend(new)
        self._runs.clear()
        if len(self._drawn) > 8 * SNAPSHOT_ENTRIES:
            oldest = self._moments[0].position + SNAPSHOT_ENTRIES // 2
            self._drawings = {k: v for k, v in self._drawings.items() if k[0] >= oldest}
            self._drawn = {k: v for k, v in self._drawn.items() if k[0] >= oldest}
            self._before = {k: v for k, v in self._before.items() if k[0] >= oldest}

    def differing(self, moments: Iterable[Moment], audience: str) -> set[str]:
        """The keys of the viewers for whom a frame of their own has to be made."""
        return {key for moment in moments for key in self._audiences[audience].keys(moment)}

    def run(self, after: int, member: Member) -> bytes:
        """All that a member is to be given of what came after a position."""
        missed = self._after(after)
        if member.key and member.key in self.differing(missed, member.audience):
            return self.frames(missed, member)
        known = after, member.group
        if known not in self._runs:
            run = self.shared(missed, member.group)
            if sum(map(len, self._runs.values())) + len(run) > MOST_KEPT:
                self._runs.clear()
            self._runs[known] = run
        return self._runs[known]

    def shared(self, moments: Iterable[Moment], group: Group) -> bytes:
        """The frames that everybody in a group is given, in one piece."""
        return b"".join(self._shared(moment, group) for moment in moments)

    def frames(self, moments: Iterable[Moment], member: Member) -> bytes:
        """The frames of one member for whom some of these differ."""
        return b"".join(self._frame(moment, member) for moment in moments)

    def heartbeat(
        self, position: int, group: Group, status: Literal["", "lost", "back"] = ""
    ) -> bytes:
        """How far the log is, and the newest position that showed anything here."""
        return frames.heartbeat(position, self._shown_before(position + 1, group), status)

    def _after(self, position: int) -> list[Moment]:
        if not self._moments:
            return []
        missed = self._moments[-1].position - position
        return list(self._moments)[-missed:] if missed > 0 else []

    def _frame(self, moment: Moment, member: Member) -> bytes:
        audience = self._audiences[member.audience]
        if member.key not in audience.keys(moment):
            return self._shared(moment, member.group)
        shared = self._drawing(moment, member.group)
        own = audience.own(moment, member.locale, member.key)
        whole = Drawing(shared.ops + own.ops, own.say or shared.say)
        return self._framed(moment.position, member.group, whole)

    def _shared(self, moment: Moment, group: Group) -> bytes:
        """Drawn once, and compressed once, for everybody in the group."""
        key = moment.position, group
        if key not in self._drawn:
            if group[2]:
                plain = self._shared(moment, (*group[:2], False))
                self._drawn[key] = plain and frames.deflated(plain)
            else:
                drawing = self._drawing(moment, group)
                self._drawn[key] = self._framed(moment.position, group, drawing)
        return self._drawn[key]

    def _drawing(self, moment: Moment, group: Group) -> Drawing:
        audience, locale, _ = group
        key = moment.position, audience, locale
        if key not in self._drawings:
            self._drawings[key] = self._audiences[audience].shared(moment, locale)
        return self._drawings[key]

    def _framed(self, position: int, group: Group, drawing: Drawing) -> bytes:
        if not drawing.shows:
            return b""
        since = self._shown_before(position, group)
        return frames.frame(position, since, drawing.ops, drawing.say)

    def _shown_before(self, position: int, group: Group) -> int:
        """The newest position before this one that showed something to the group; of what is no
        longer kept nobody knows, so that then it is the last of those."""
        plain, at = (*group[:2], False), position
        while (self.oldest or position) < at and (at, plain) not in self._before:
            at -= 1
            if self._drawing(self._moments[at - self._moments[0].position], group).shows:
                break
        else:
            at = self._before.get((at, plain), at - 1)
        self._before[position, plain] = at
        return at
