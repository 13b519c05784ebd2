"""One session as this process shows it: the log folded, the newest frames, and who watches."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from markupsafe import Markup

from askpanel.chat import frames, metrics
from askpanel.chat.frames import Ops
from askpanel.chat.wire import Wire
from askpanel.eventlog.model import Entry, Event, Question, State
from askpanel.eventlog.projection import Moment, Projection, Snapshot, moments
from askpanel.eventlog.store import SNAPSHOT_ENTRIES

logger = logging.getLogger("askpanel")

SLOW = 1013, "retry=2"
"""Close code for a reader that does not keep up: try again later (RFC 6455 registry)."""
MOST_BACKLOG = 256 * 1024
LONGEST_STALL = 10.0


class Drawing(NamedTuple):
    """What one moment does to a screen: operations on elements, and words to announce."""

    ops: Ops
    say: str = ""


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


Group = tuple[str, str, bool]
"""Audience, language, and whether shared frames are compressed: the same bytes for all in it."""


def takes_back(event: Event) -> bool:
    """Whether the public could see something until now that it is to see no more."""
    undone = event.type == "restored" and event.was == State.APPROVED
    return undone or event.type in ("removed", "corrected")


class Member:
    """One open socket: its wire, what it watches, and whose it is (a key, never a person)."""

    __slots__ = ("audience", "key", "locale", "packed", "wire")

    def __init__(self, wire: Wire, audience: str, locale: str, key: str = "") -> None:
        self.wire, self.audience, self.locale, self.key = wire, audience, locale, key
        self.packed = False

    @property
    def group(self) -> Group:
        """Whom it shares its frames with."""
        return self.audience, self.locale, self.packed


class Room:
    """A session's members and their frames. Nothing here awaits, so nothing can come between
    joining and hearing the next frame."""

    def __init__(self, snapshot: Snapshot, audiences: Mapping[str, Audience]) -> None:
        self.projection = Projection(snapshot)
        self.connected = True
        self._audiences = audiences
        self._moments: deque[Moment] = deque(moments(snapshot), maxlen=SNAPSHOT_ENTRIES)
        self._taken_back = self._newest_taking_back(self._moments)
        self._drawn: dict[tuple[int, Group], bytes] = {}
        self._groups: dict[Group, set[Member]] = {}
        self._pieces: dict[tuple[str, str, int], tuple[Question, Markup]] = {}

    @property
    def position(self) -> int:
        return self.projection.position

    @property
    def epoch(self) -> str:
        return self.projection.epoch

    @property
    def members(self) -> list[Member]:
        return [member for group in self._groups.values() for member in group]

    def resumable(self, after: int, epoch: str, *, published: bool = False) -> bool:
        """Whether everything after a position can be given, with nothing missing.

        What was taken back or down is in the frames before: the public is not given them again,
        and whoever was away at that moment fetches the page.
        """
        oldest = self._moments[0].position if self._moments else self.position + 1
        first = max(oldest, self._taken_back) if published else oldest
        return epoch == self.epoch and first - 1 <= after <= self.position

    def _newest_taking_back(self, moments: Iterable[Moment]) -> int:
        return max((m.position for m in moments if takes_back(m.event)), default=0)

    def join(self, member: Member, after: int, epoch: str, first: bytes = b"") -> bool:
        """Let a member in and write what it missed, or write one reset and keep it out.

        `first` is written before the run: a viewer's own list, when its page had none.
        """
        published = self._audiences[member.audience].published
        if not self.resumable(after, epoch, published=published):
            member.wire.write(frames.reset())
            metrics.resets.inc()
            return False
        member.packed = published and member.wire.deflates
        run = [self._frame(m, member) for m in self._since(after)]
        member.wire.write(b"".join([first, *run, frames.heartbeat(self.position)]))
        self._groups.setdefault(member.group, set()).add(member)
        metrics.sockets.labels(member.audience).inc()
        if not self.connected:
            member.wire.write(frames.heartbeat(self.position, status="lost"))
        return True

    def leave(self, member: Member) -> None:
        """Forget a member; one that is not here is no matter."""
        group = self._groups.get(member.group, set())
        if member in group:
            group.discard(member)
            metrics.sockets.labels(member.audience).dec()

    def piece(
        self, key: tuple[str, str, int], question: Question, draw: Callable[[], Markup]
    ) -> Markup:
        """A question's partial, drawn once for as long as the question stays as it is."""
        kept = self._pieces.get(key)
        if kept is None or kept[0] is not question:
            kept = self._pieces[key] = question, draw()
        return kept[1]

    def follow(self, entries: list[Entry]) -> None:
        """Fold new entries and give every screen its frames, one write a socket."""
        new = [self.projection.apply(entry) for entry in entries]
        self._moments.extend(new)
        self._taken_back = max(self._taken_back, self._newest_taking_back(new))
        self._forget_drawn()
        for group, members in self._groups.items():
            if members:
                self._fan_out(new, group, members)

    def beat(self, now: float) -> None:
        """A heartbeat to everyone; whoever has not read for too long is cut off."""
        self._tell(frames.heartbeat(self.position))
        for member in self.members:
            self._cut_if_slow(member, now)

    def tell_connected(self, connected: bool) -> None:
        """Tell every screen that the store is away, or back."""
        self.connected = connected
        self._tell(frames.heartbeat(self.position, status="back" if connected else "lost"))

    def turn_out(self, data: bytes = b"", code: int = 1012, reason: str = "retry=1") -> None:
        """Write a last frame to everyone and close."""
        for member in self.members:
            member.wire.write(data)
            member.wire.cut(code, reason)
            self.leave(member)

    def _tell(self, data: bytes) -> None:
        for group in self._groups.values():
            for member in group:
                member.wire.write(data)

    def _fan_out(self, new: list[Moment], group: Group, members: set[Member]) -> None:
        """The hot loop: prepared bytes, no await, no decision but whose screen differs."""
        shared = b"".join(self._shared(moment, group) for moment in new)
        differ = {key for m in new for key in self._audiences[group[0]].keys(m)}
        slow: list[Member] = []
        for member in members:
            wire = member.wire
            if member.key in differ:
                wire.write(b"".join(self._frame(moment, member) for moment in new))
            else:
                wire.write(shared)
            if wire.stalled_since is not None and wire.backlog > MOST_BACKLOG:
                slow.append(member)
        metrics.deliveries.inc(len(members))
        for member in slow:
            self._cut(member)

    def _cut_if_slow(self, member: Member, now: float) -> None:
        since = member.wire.stalled_since
        if since is not None and now - since > LONGEST_STALL:
            self._cut(member)

    def _cut(self, member: Member) -> None:
        member.wire.cut(*SLOW)
        metrics.slow_readers.inc()
        self.leave(member)

    def _since(self, after: int) -> list[Moment]:
        missed = self.position - after
        return list(self._moments)[-missed:] if missed else []

    def _frame(self, moment: Moment, member: Member) -> bytes:
        audience = self._audiences[member.audience]
        if not member.key or member.key not in audience.keys(moment):
            return self._shared(moment, member.group)
        shared = audience.shared(moment, member.locale)
        own = audience.own(moment, member.locale, member.key)
        return frames.frame(moment.position, shared.ops + own.ops, own.say or shared.say)

    def _shared(self, moment: Moment, group: Group) -> bytes:
        """Drawn once, and compressed once, for everybody in the group."""
        key = moment.position, group
        if key not in self._drawn:
            audience, locale, packed = group
            if packed:
                plain = self._shared(moment, (audience, locale, False))
                self._drawn[key] = frames.deflated(plain)
            else:
                drawing = self._audiences[audience].shared(moment, locale)
                self._drawn[key] = frames.frame(moment.position, drawing.ops, drawing.say)
        return self._drawn[key]

    def _forget_drawn(self) -> None:
        """Keep the frames of the moments that are kept, and no others."""
        if len(self._drawn) > 8 * SNAPSHOT_ENTRIES:
            oldest = self._moments[0].position + SNAPSHOT_ENTRIES // 2
            self._drawn = {k: v for k, v in self._drawn.items() if k[0] >= oldest}
