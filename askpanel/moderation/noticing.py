"""What the service notices in a question while it is being stored: flags, and questions like it."""

from __future__ import annotations

import asyncio

from askpanel.chat.noticed import Noticed
from askpanel.eventlog.model import Flag
from askpanel.eventlog.projection import Projection
from askpanel.moderation.flags import MOST_FOUND, REPEATS, flags_of
from askpanel.moderation.similar import Similarities
from askpanel.moderation.watchlist import Watch, WatchList

MOST_TURNS = 100
"""Of reading old questions, for one new one: a thousand questions, and a tenth of a second of work
in which everybody else has their turn as well."""


class Noticing:
    """Made once for a process; looks at every question.

    The loop is given back between the steps, so that nothing here holds anybody up for longer than
    the longest of them: a few milliseconds for a text that was made to be slow, one for others.
    """

    def __init__(self, watch: Watch, similarities: Similarities | None = None) -> None:
        self._watch = WatchList(watch)
        self._similarities = similarities or Similarities()

    async def __call__(self, projection: Projection, text: str, lang: str) -> Noticed:
        flags = flags_of(text, lang, self._watch)
        for _ in range(MOST_TURNS):
            if not self._similarities.read_more(projection):
                break
            await asyncio.sleep(0)
        similar, same = self._similarities.found(text, lang, projection)
        if same:
            numbers = [str(number) for number in same[:MOST_FOUND]]
            flags.append(Flag(code=REPEATS, found=numbers))
        return Noticed(flags=flags, similar=similar)
