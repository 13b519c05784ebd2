"""How much one participant may ask for. Counted in memory, by hashes that mean nothing outside
it, so nothing about a participant is ever written."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

MOST_COUNTED = 10_000


class Throttle:
    """Questions a minute, by cookie and by network; sockets at once, by network."""

    def __init__(
        self,
        questions_per_minute: int,
        sockets_per_client: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._per_author = RateLimitItemPerMinute(questions_per_minute)
        # Many people may share one address: a school, a library, a telephone company.
        self._per_network = RateLimitItemPerMinute(questions_per_minute * 10)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._counted: OrderedDict[str, None] = OrderedDict()
        self._sockets: Counter[str] = Counter()
        self._most_sockets = sockets_per_client
        self._now = now

    def question(self, nonce: str, author: str, network: str) -> int:
        """Count one question: 0 if it may be sent, otherwise the seconds to wait.

        A nonce counts once: a page that tries again after a lost answer asks for nothing new.
        """
        if nonce in self._counted:
            return 0
        for item, key in ((self._per_author, author), (self._per_network, network)):
            if key and not self._limiter.hit(item, key):
                reset = self._limiter.get_window_stats(item, key).reset_time
                return max(1, math.ceil(reset - self._now()))
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
