"""Networks from which a session takes no questions for some minutes.

A moderator stops an author, and the store refuses them by their cookie; whoever throws the cookie
away is another author. So a process remembers for ten minutes from which network each author
sent something, as the keyed hash that stands for it (see :mod:`askpanel.chat.anonymity`), and
when the log says that an author was stopped, it takes no questions from there until those ten
minutes are over. Others may share that network; for longer than this a hash says nothing anyway.

All of it is in this object's memory: nothing of it is stored or logged.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from askpanel.chat.anonymity import KEY_LIFETIME
from askpanel.eventlog.model import Event

MOST_SEEN = 10_000
"""Authors that are remembered at once; the network that sends more is throttled long before."""


class Sight(Struct, frozen=True):
    """From where an author sent something, and until when that is remembered."""

    network: str
    until: float


class Silences:
    """Which network is silenced in which session. Goes by a clock that nobody can set."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: OrderedDict[str, Sight] = OrderedDict()
        self._silenced: dict[tuple[str, str], dict[str, float]] = {}

    def see(self, author: str, network: str) -> None:
        """An author has sent something from a network. An author is one of one session."""
        now = self._now()
        self._seen[author] = Sight(network, now + KEY_LIFETIME)
        self._seen.move_to_end(author)
        while len(self._seen) > MOST_SEEN or next(iter(self._seen.values())).until <= now:
            self._seen.popitem(last=False)

    def hear(self, slug: str, event: Event) -> None:
        """What the log says of an author: stopped, or free again."""
        if event.question is None:
            return
        author = event.question.author
        if event.type == "muted":
            sight = self._seen.get(author)
            if sight is not None and sight.until > self._now():
                self._silenced.setdefault((slug, sight.network), {})[author] = sight.until
        elif event.type == "unmuted":
            for key, authors in list(self._silenced.items()):
                authors.pop(author, None)
                self._forget_past(key)

    def wait(self, slug: str, network: str) -> int:
        """Seconds for which a session takes no questions from a network; 0 if it does."""
        for key in list(self._silenced):
            self._forget_past(key)
        ends = self._silenced.get((slug, network), {}).values()
        return math.ceil(max(ends) - self._now()) if ends else 0

    def _forget_past(self, key: tuple[str, str]) -> None:
        now = self._now()
        left = {author: until for author, until in self._silenced[key].items() if until > now}
        if left:
            self._silenced[key] = left
        else:
            del self._silenced[key]
