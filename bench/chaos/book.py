"""The book of a run: what everybody sent, and what they were told. Nothing in it is looked up in
the store, so that the store can be held against it."""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field
from hashlib import blake2b

from msgspec import Struct


class Asked(Struct):
    """One question: who sent it under which nonce; `told` are the numbers and positions that
    somebody was told it is stored under."""

    nonce: str
    text: str
    author: int
    told: set[tuple[int, int]] = set()


class Given(Struct):
    """One command on one question: how often it was sent, and what came of that.

    `done` holds the positions at which it was said to have happened, `refused` the codes of
    the refusals and `said` the words of the last; `unknown` counts the times when nobody said
    anything. Commands with the same `race`, unless it is 0, were given at once.
    """

    number: int
    command: str
    username: str
    done: list[int] = []
    refused: list[str] = []
    said: str = ""
    unknown: int = 0
    race: int = 0


class Page(Struct, frozen=True):
    """A public page that somebody fetched: where it stood, and a digest of its transcript."""

    epoch: str
    position: int
    transcript: bytes


@dataclass
class Book:
    """All of it. Times are of the monotonic clock, in seconds."""

    asked: list[Asked] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    frames: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """The digest of the frame that readers without a cookie got, by epoch and position."""
    farthest: dict[str, int] = field(default_factory=dict)
    """The last position that anybody was shown, by epoch."""
    strange: list[str] = field(default_factory=list)
    """What nobody should ever be told, in words."""
    disorder: list[str] = field(default_factory=list)
    """Frames that were missing, or came twice, or were two for one position, in words."""
    acknowledgements: list[float] = field(default_factory=list)
    healed: list[tuple[str, float]] = field(default_factory=list)
    resets: int = 0
    refused: int = 0

    def acknowledge(self, asked: Asked, number: int, position: int) -> None:
        """Somebody was told that their question is stored."""
        asked.told.add((number, position))
        self.acknowledgements.append(time.monotonic())

    def shown(self, epoch: str, position: int) -> None:
        """Somebody was shown a position."""
        self.farthest[epoch] = max(position, self.farthest.get(epoch, 0))

    def heard(self, epoch: str, position: int, text: str) -> None:
        """A reader without a cookie got a frame: everybody gets the same."""
        digest = digest_of(text)
        if self.frames.setdefault((epoch, position), digest) != digest:
            self.disorder.append(f"two frames for position {position}")

    def waits(self) -> list[tuple[str, float]]:
        """After each fault: what it was, and the seconds from its end to the next
        acknowledgement; infinite where there was none."""
        times = self.acknowledgements
        found = []
        for name, at in self.healed:
            after = bisect_left(times, at)
            found.append((name, times[after] - at if after < len(times) else float("inf")))
        return found

    @property
    def stored(self) -> int:
        """Questions of which somebody was told that they are stored."""
        return sum(1 for asked in self.asked if asked.told)


def digest_of(text: object) -> bytes:
    """Sixteen bytes that stand for a text, or for anything that has one."""
    return blake2b(str(text).encode(), digest_size=16).digest()
