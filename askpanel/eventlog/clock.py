"""The time, as the store tells it, so that every process agrees and a jump of the local clock
neither opens nor closes anything."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

logger = logging.getLogger("askpanel")

JUMP_MS = 5_000
"""More than a slow answer can account for: the store's clock was set."""


class Clock(Protocol):
    """Anything that tells the time in Unix milliseconds."""

    def __call__(self) -> int: ...


class StoreClock:
    """The store's time carried on by the local monotonic clock between looks at it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # Until the store has been asked, the local clock is the best there is.
        self._offset = time.time() * 1000 - monotonic() * 1000
        self._heard = False

    def set(self, store_ms: int, took_ms: int = 0) -> None:
        """Note what the store said in an answer that took so long. It is followed, because it
        decides; but sessions then open and close at another moment, so an operator must hear of
        a jump. Within what the answer took it proves nothing, and moves nothing (F. Cristian,
        "Probabilistic clock synchronization", 1989)."""
        now = self()
        nearest = min(max(now, store_ms), store_ms + took_ms)
        jumped = nearest - now
        if self._heard and abs(jumped) > JUMP_MS:
            logger.error(
                "the store's clock was set by %+d seconds",
                jumped // 1000,
                extra={"event": "clock_set"},
            )
        self._carry_on_from(nearest)
        self._heard = True

    def at_least(self, store_ms: int) -> None:
        """Note that the store wrote this time just now. Behind it, a page that a host has just
        opened would say that it has not started. What is further ahead than a slow answer can
        account for is left to `set`."""
        if 0 < store_ms - self() <= JUMP_MS:
            self._carry_on_from(store_ms)

    def _carry_on_from(self, store_ms: int) -> None:
        self._offset = store_ms - self._monotonic() * 1000

    def __call__(self) -> int:
        return round(self._monotonic() * 1000 + self._offset)
