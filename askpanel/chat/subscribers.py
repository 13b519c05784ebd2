"""Those in a room who get the same bytes, and the one loop that writes to them.

A socket's bytes go straight to its file descriptor, one write(2) each, without the transport's
queue between. Two things make that safe, and both are kept here: nothing is written past bytes
that still wait in the transport, and a descriptor is forgotten before it can be closed, because
its number is then given to another connection. The loop touches nothing of a socket but that
number: what a processor has to fetch from memory for each of thousands costs more than Python.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import partial

from askpanel.chat.wire import Wire

MOST_BACKLOG = 256 * 1024
"""Bytes that may wait for one reader; more, after a stall, and they are cut off."""


class Member:
    """One open socket: its wire, what it watches, and whose it is (a key, never a person)."""

    __slots__ = ("audience", "descriptor", "key", "locale", "packed", "wire")

    def __init__(self, wire: Wire, audience: str, locale: str, key: str = "") -> None:
        self.wire, self.audience, self.locale, self.key = wire, audience, locale, key
        self.packed = False
        self.descriptor = -1  # kept, since that of a closed socket can no longer be asked for

    @property
    def group(self) -> Group:
        """Whom it shares its frames with."""
        return self.audience, self.locale, self.packed


Group = tuple[str, str, bool]
"""Audience, language, and whether shared frames are compressed: the same bytes for all in it."""


class Subscribers:
    """The members of one group. `write` never waits and runs nobody else's code."""

    def __init__(self) -> None:
        self._direct: dict[int, Member] = {}  # by descriptor: nothing waits in their transports
        self._other: set[Member] = set()
        self._keyed: dict[str, set[Member]] = {}

    def __len__(self) -> int:
        return len(self._direct) + len(self._other)

    def __iter__(self) -> Iterator[Member]:
        yield from self._direct.values()
        yield from self._other

    def add(self, member: Member) -> None:
        """From now on this one is written to."""
        member.descriptor = member.wire.descriptor
        member.wire.when_written(partial(self._step_aside, member))
        self._other.add(member)
        if member.key:
            self._keyed.setdefault(member.key, set()).add(member)

    def discard(self, member: Member) -> bool:
        """Write to it no more. Says whether it was here."""
        if not self._take_out(member):
            return False
        if member.key:
            mates = self._keyed[member.key]
            mates.discard(member)
            if not mates:
                del self._keyed[member.key]
        return True

    def of(self, keys: Collection[str]) -> list[Member]:
        """Those whose key is one of these."""
        return [member for key in keys for member in self._keyed.get(key, ())]

    def write(self, data: bytes, without: Collection[Member] = ()) -> list[Member]:
        """Write whole frames to all but these; gives those who are too far behind to be kept."""
        for member in without:
            self._take_out(member)
        try:
            self._step_forward()
            others = list(self._other)
            self._write_directly(data)
            for member in others:
                member.wire.write(data)
        finally:
            self._other.update(without)
        return [member for member in self._other if too_far_behind(member.wire)]

    def _write_directly(self, data: bytes) -> None:
        """The hot loop. What somebody did not take at once waits for them in their transport, and
        until it has gone they are written to through that."""
        write, size = os.write, len(data)
        late: list[tuple[int, int]] = []
        descriptors = iter(self._direct)
        while True:
            # One handler round the whole loop, and the iterator goes on behind the one that failed.
            try:
                for descriptor in descriptors:
                    if (written := write(descriptor, data)) != size:
                        late.append((descriptor, written))
            except OSError:
                # Full, or broken; what is broken the transport will find out by itself.
                late.append((descriptor, 0))
            else:
                break
        for descriptor, written in late:
            self._direct[descriptor].wire.write(data[written:])

    def _step_forward(self) -> None:
        """Whose transport has nothing left to write is written to directly."""
        for member in [each for each in self._other if each.descriptor >= 0]:
            if not member.wire.waiting():
                self._other.remove(member)
                self._direct[member.descriptor] = member

    def _step_aside(self, member: Member) -> None:
        """Something is written through its transport, which may keep it for a while."""
        if self._direct.get(member.descriptor) is member:
            del self._direct[member.descriptor]
            self._other.add(member)

    def _take_out(self, member: Member) -> bool:
        self._step_aside(member)
        if member in self._other:
            self._other.remove(member)
            return True
        return False


def too_far_behind(wire: Wire) -> bool:
    """Whether a reader has more to take than may wait for it."""
    return wire.stalled_since is not None and wire.waiting() > MOST_BACKLOG
