"""How a server that stops parts from its connections: soon, and not from all in one moment.

What is being answered is answered, and says that it is the last (RFC 9112, 9.6). A connection
that is idle may carry a request that is on its way: a proxy keeps its connections. So it is kept
for a moment more, and that request is answered too. All is over within `drain_limit` seconds.
"""

from __future__ import annotations

import random

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from askpanel.chat import metrics

DRAINING = "askpanel.draining"
"""In a request's `scope["extensions"]`: the server has been told to stop."""
CLOSE = (b"connection", b"close")


def drain_limit(config: Config) -> float:
    """Seconds that the server may take to stop."""
    return float(config.timeout_graceful_shutdown or 0)


def window(config: Config) -> float:
    """Seconds over which connections are closed; the other half is theirs to answer in."""
    return drain_limit(config) / 2


spread = random.uniform
"""When, between two moments, one of many connections is closed."""


class Farewell(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, with that end."""

    leaving = False
    spread = staticmethod(spread)

    def shutdown(self) -> None:
        """The server stops."""
        metrics.draining.set(1)
        self.leaving = True
        if self._answering():
            self._let_be_last()
        else:
            self.loop.call_later(self.spread(0, window(self.config)), self._leave)

    def on_headers_complete(self) -> None:
        """A request that came just in time."""
        super().on_headers_complete()
        if self.leaving and self._answering():
            self._let_be_last()

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _let_be_last(self) -> None:
        extensions = self.cycle.scope.setdefault("extensions", {})
        extensions[DRAINING] = {}
        self.cycle.default_headers = [*self.cycle.default_headers, CLOSE]
        self.cycle.keep_alive = False

    def _leave(self) -> None:
        if not self._answering():
            self.timeout_keep_alive_handler()
