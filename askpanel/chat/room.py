"""One session as this process shows it: the log folded, the newest frames, and who watches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

from markupsafe import Markup

from askpanel.chat import frames, metrics
from askpanel.chat.reel import Audience, Reel
from askpanel.chat.subscribers import Group, Member, Subscribers, too_far_behind
from askpanel.eventlog.model import Entry, Event, Question, State
from askpanel.eventlog.projection import Moment, Projection, Snapshot, moments

logger = logging.getLogger("askpanel")

SLOW = 1013, "retry=2"
"""Close code for a reader that does not keep up: try again later (RFC 6455 registry)."""
LONGEST_STALL = 10.0


def takes_back(event: Event) -> bool:
    """Whether the public could see something until now that it is to see no more."""
    back = event.type in ("restored", "undone") and event.was in (State.APPROVED, State.ANSWERED)
    return back or event.type in ("removed", "corrected", "retracted")


class Room:
    """A session's members and their frames. Nothing here awaits, so nothing can come between
    joining and hearing the next frame."""

    def __init__(self, snapshot: Snapshot, audiences: Mapping[str, Audience]) -> None:
        self.projection = Projection(snapshot)
        self.connected = True
        self._audiences = audiences
        kept = moments(snapshot)
        self._reel = Reel(kept, audiences)
        self._taken_back = self._newest_taking_back(kept)
        self._groups: dict[Group, Subscribers] = {}
        self._pieces: dict[tuple[str, str, int], tuple[Question, Markup]] = {}

    @property
    def slug(self) -> str:
        return self.projection.session.slug

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
        oldest = self._reel.oldest or self.position + 1
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
        run = self._reel.run(after, member)
        member.wire.write(b"".join((first, run, self._reel.heartbeat(self.position, member.group))))
        self._groups.setdefault(member.group, Subscribers()).add(member)
        member.wire.when_over(partial(self.leave, member))
        metrics.sockets.labels(self.slug, member.audience).inc()
        if not self.connected:
            member.wire.write(self._reel.heartbeat(self.position, member.group, "lost"))
        return True

    def leave(self, member: Member) -> None:
        """Forget a member; one that is not here is no matter."""
        group = self._groups.get(member.group)
        if group is not None and group.discard(member):
            metrics.sockets.labels(self.slug, member.audience).dec()

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
        self._reel.add(new)
        self._taken_back = max(self._taken_back, self._newest_taking_back(new))
        for group, members in self._groups.items():
            if members:
                self._fan_out(new, group, members)

    def beat(self, now: float) -> None:
        """A heartbeat to everyone; whoever has not read for too long is cut off."""
        self._tell()
        for member in self.members:
            self._cut_if_slow(member, now)

    def tell_connected(self, connected: bool) -> None:
        """Tell every screen that the store is away, or back."""
        self.connected = connected
        self._tell("back" if connected else "lost")

    def turn_out(self, data: bytes = b"", code: int = 1012, reason: str = "retry=1") -> None:
        """Write a last frame to everyone and close."""
        for member in self.members:
            member.wire.write(data)
            member.wire.cut(code, reason)
            self.leave(member)

    def _tell(self, status: Literal["", "lost", "back"] = "") -> None:
        for group, members in self._groups.items():
            self._cut_all(members.write(self._reel.heartbeat(self.position, group, status)))

    def _fan_out(self, new: list[Moment], group: Group, members: Subscribers) -> None:
        """Prepared bytes to all, and their own to those whose screens differ; nothing awaits."""
        differing = members.of(self._reel.differing(new, group[0]))
        shared = self._reel.shared(new, group)
        if shared:
            self._cut_all(members.write(shared, without=differing))
            metrics.deliveries.inc(len(members))
        for member in differing:
            member.wire.write(self._reel.frames(new, member))
        self._cut_all(member for member in differing if too_far_behind(member.wire))

    def _cut_all(self, slow: Iterable[Member]) -> None:
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
