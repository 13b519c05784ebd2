"""Following one session's log for as long as the process lives."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import msgspec

from askpanel.eventlog.model import Entry, StoreAway
from askpanel.eventlog.store import Store

BLOCK_MS = 1_000
FIRST_WAIT, LONGEST_WAIT = 0.1, 3.0


class Diverged(Exception):
    """The log is not the one that was followed: entries that were seen are gone."""


class Tail:
    """Reads entries in order, for ever, through the store's absences.

    `entries` is given each run of new entries; `connected` is told False when the store stops
    answering and True when it is back. `run` ends only by cancellation or with Diverged, and
    whoever started it must hear of that.
    """

    def __init__(
        self,
        store: Store,
        slug: str,
        last: Entry | None,
        *,
        epoch: str,
        entries: Callable[[list[Entry]], None],
        connected: Callable[[bool], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._store, self._slug = store, slug
        self._last, self._epoch = last, epoch
        self._entries, self._connected = entries, connected
        self._sleep, self._uniform = sleep, uniform

    @property
    def position(self) -> int:
        """The position of the last entry that was handed on."""
        return self._last.position if self._last else 0

    async def run(self) -> None:
        """Follow the log. Raises Diverged when what was seen is gone."""
        absences = 0
        while True:
            try:
                if absences:
                    await self._check_same_log()
                    self._connected(True)
                    absences = 0
                found, epoch = await self._store.follow(self._slug, self.position, BLOCK_MS)
            except StoreAway:
                if not absences:
                    self._connected(False)
                absences += 1
                # Full jitter: after an absence all processes come back, but not at once.
                ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2**absences)
                await self._sleep(self._uniform(FIRST_WAIT, ceiling))
                continue
            self._check_epoch(epoch)
            if found:
                self._follow(found)

    def _follow(self, found: list[Entry]) -> None:
        for number, entry in enumerate(found, self.position + 1):
            if entry.position != number:
                raise Diverged(self._slug)
        self._last = found[-1]
        self._entries(found)

    def _check_epoch(self, epoch: str) -> None:
        """A log may be replaced behind a connection that lives, and another process may have
        found a loss that this one did not see: its screens must not resume here as if nothing
        had happened."""
        if epoch != self._epoch:
            raise Diverged(self._slug)

    async def _check_same_log(self) -> None:
        """A store that came back without fsync, or from a copy, may have lost what was seen."""
        if self._last is None:
            return
        found = await self._store.entries(self._slug, self.position, self.position)
        if not found or msgspec.json.encode(found[0]) != msgspec.json.encode(self._last):
            raise Diverged(self._slug)
