"""How much one participant may ask for. Counted in memory, by hashes that mean nothing outside
it, so nothing about a participant is ever written."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable

MOST_COUNTED = 10_000
MINUTE = 60.0


class Window:
    """At most so many things in any minute, for each key. It goes by a clock that nobody can
    set: with the system's, an hour back would be an hour's wait."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most, self._now = most, now
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until there is room for one more; 0 where there is."""
        times = self._times.get(key)
        if times is None or len(times) < self._most:
            return 0.0
        return max(0.0, times[0] + MINUTE - self._now())

    def count(self, key: str) -> None:
        """Count one, and forget whoever has been quiet for a minute."""
        now = self._now()
        self._times.setdefault(key, deque(maxlen=self._most)).append(now)
        self._times.move_to_end(key)
        while next(iter(self._times.values()))[-1] + MINUTE <= now:
            self._times.popitem(last=False)


class Throttle:
    """Questions a minute, by cookie and by network; sockets at once, by network."""

    def __init__(
        self,
        questions_per_minute: int,
        sockets_per_client: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_author = Window(questions_per_minute, now)
        # Many people may share one address: a school, a library, a telephone company.
        self._per_network = Window(questions_per_minute * 10, now)
        self._counted: OrderedDict[str, None] = OrderedDict()
        self._sockets: Counter[str] = Counter()
        self._most_sockets = sockets_per_client

    def question(self, nonce: str, author: str, network: str) -> int:
        """Count one question: 0 if it may be sent, otherwise the seconds to wait.

        A nonce counts once: a page that tries again after a lost answer asks for nothing new.
        """
        if nonce in self._counted:
            return 0
        windows = ((self._per_author, author), (self._per_network, network))
        wait = max((window.wait(key) for window, key in windows if key), default=0.0)
        if wait:
            return math.ceil(wait)
        for window, key in windows:
            if key:
                window.count(key)
        self._counted[nonce] = None
        if len(self._counted) > MOST_COUNTED:
            self._counted.popitem(last=False)
        return 0

    def socket_opened(self, network: str) -> bool:
        """Count a socket in, unless its network holds as many as it may."""
        if self._sockets[network] >= self._most_sockets:
            return False
        self._sockets[network] += 1
        return True

    def socket_closed(self, network: str) -> None:
        """Count a socket out."""
        self._sockets[network] -= 1
        if self._sockets[network] <= 0:
            del self._sockets[network]
