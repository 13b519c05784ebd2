"""The time, as the store tells it, so that every process agrees and a jump of the local clock
neither opens nor closes anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time in Unix milliseconds."""

    def __call__(self) -> int: ...


class StoreClock:
    """The store's time carried on by the local monotonic clock between looks at it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # Until the store has been asked, the local clock is the best there is.
        self._offset = time.time() * 1000 - monotonic() * 1000

    def set(self, store_ms: int) -> None:
        """Note what the store said just now."""
        self._offset = store_ms - self._monotonic() * 1000

    def __call__(self) -> int:
        return int(self._monotonic() * 1000 + self._offset)
