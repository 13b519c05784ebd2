"""Erasing, by itself, what was not published of sessions that ended long enough ago.

Every process that serves looks once an hour; of several one holds a session while it is written
anew, and the others find it done. A process that was killed in the middle has changed nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from askpanel.eventlog.model import Refused, StoreAway
from askpanel.eventlog.purging import Purger
from askpanel.eventlog.records import Purge
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

LOOK = 3600.0
"""Seconds between two looks, about: drawn by lot, as all processes are started together."""


class Retention:
    """Erases for as long as the process lives, `days` after a session's end."""

    def __init__(
        self,
        purger: Purger,
        days: int,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._purger, self._days = purger, days
        self._sleep, self._jitter = sleep, jitter
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name="retention")]

    async def stop(self) -> None:
        await end(self._tasks)

    async def round(self) -> dict[str, Purge]:
        """One look; gives what was erased, by session. Raises StoreAway."""
        erased = {}
        for session in await self._purger.due(self._days):
            try:
                erased[session.slug] = await self._purger.erase(session.slug, self._days)
            except Refused:
                continue  # another process is at it, or staff are: the next look sees
            self._tell(session.slug, erased[session.slug])
        await self._write_anew()
        return erased

    async def _write_anew(self) -> None:
        """Also what a process erased that was killed before it came to this."""
        for each in await self._purger.write_anew():
            if each.outcome != "done":
                logger.error(
                    "what was erased may still be in the store's own file: %s",
                    each.outcome,
                    extra={"event": "not_rewritten"},
                )

    def _tell(self, slug: str, purge: Purge) -> None:
        logger.info(
            "what was not published of a session was erased on schedule, of %d entries: %s",
            purge.entries,
            slug,
            extra={"event": "purged", "session": slug},
        )

    async def _run(self) -> None:
        # Not while everybody comes back after a start.
        await self._sleep(self._jitter(60.0, 600.0))
        while True:
            try:
                await self.round()
            except StoreAway:
                pass  # the next look does it
            except Exception:
                logger.exception(
                    "a session could not be erased", extra={"event": "retention_failed"}
                )
            await self._sleep(self._jitter(0.5 * LOOK, 1.5 * LOOK))
