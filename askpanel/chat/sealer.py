"""Sealing the record of every session, beside the requests: each process follows the logs, and
whichever comes first signs the next head.

Not on the way of a question or an answer: those are confirmed when the engine has them on disk.
Until a head is signed over them, their place in the record is what the store says it is.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

from askpanel.chat import metrics
from askpanel.eventlog.following import Following
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.seal import Seal, Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

LOOK = 5.0
"""Seconds between two looks at a session's log, about: drawn by lot, or all processes that were
started together would sign at the same moment for ever."""
LIST = 30.0
"""Seconds between two looks at which sessions there are."""
REST = 600.0
"""Seconds between two walks through a whole past. A session that ended more than a day ago is
walked once a day, and looked at this often."""
DAY_MS = 24 * 60 * 60 * 1000
LAST_WORD = 0.5
"""Seconds that a process which is told to stop takes at most to sign what it has read."""
ALARMS = {
    "changed": "entries of a session's log are not what they were when they were read or sealed",
    "shortened": "a session's log is shorter, or another one, than it was: its end was cut off, "
    "or the store came back from an older copy",
    "foreign": "a session has a seal that was not made with this installation's key",
    "seals": "a signed head of a session's log is gone from the store",
}


class Watched:
    """A session that is followed, and when it is next looked at."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.told: set[str] = set()
        self.next_look = self.next_walk = 0.0


class Sealer:
    """Follows and seals every session for as long as the process lives."""

    def __init__(
        self,
        store: Store,
        seals: Seals,
        secret: bytes,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._seals = store, seals
        self._signer = Signer(secret, store.now)
        self._sleep, self._jitter, self._monotonic = sleep, jitter, monotonic
        self._watched: dict[str, Watched] = {}
        self._next_list = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    def head_of(self, slug: str) -> Seal | None:
        """The newest signed head of a session that this process knows of, to be printed."""
        watched = self._watched.get(slug)
        return watched.following.seal if watched else None

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name="sealer")]

    async def stop(self) -> None:
        """Sign what has been read, if the store answers at once, and end."""
        await end(self._tasks)
        last = asyncio.create_task(self._last_word(), name="last seals")
        await asyncio.wait({last}, timeout=LAST_WORD)
        await end([last])

    async def _run(self) -> None:
        while True:
            await self.round()
            await self._sleep(self._jitter(0.5 * LOOK, 1.5 * LOOK))

    async def round(self) -> None:
        """One look at everything that is due."""
        try:
            await self._list()
        except StoreAway:
            return
        for slug, watched in list(self._watched.items()):
            if self._monotonic() < watched.next_look:
                continue
            try:
                await self._turn(watched)
            except StoreAway:
                if not await self._answers():
                    return
            except Exception:
                # The other sessions must not wait for this one to be mended.
                logger.exception(
                    "a session could not be sealed: %s",
                    slug,
                    extra={"event": "sealing_failed", "session": slug},
                )

    async def _answers(self) -> bool:
        """Whether the store is there, and it was one session's keys that could not be used."""
        try:
            await self._store.ping()
        except StoreAway:
            return False
        return True

    async def _list(self) -> None:
        """Which sessions there are."""
        if self._monotonic() < self._next_list:
            return
        there = {session.slug for session in await self._store.sessions()}
        for slug in there - self._watched.keys():
            following = Following(
                *(slug, self._seals, self._signer),
                alarm=lambda kind, slug=slug: self._alarm(slug, kind),  # type: ignore[misc]
                monotonic=self._monotonic,
            )
            self._watched[slug] = Watched(following)
            for kind in ALARMS:  # at nought: a number that begins at 1 has never increased
                metrics.record_alarms.labels(slug, kind)
        self._next_list = self._monotonic() + LIST

    async def _turn(self, watched: Watched) -> None:
        following, now = watched.following, self._monotonic()
        while (over := await following.look()) is not None:
            # Screens that have seen what is gone must not go on as if nothing had happened.
            await self._store.renew_epoch(following.slug, over)
            await following.renew()
        metrics.unsealed.labels(following.slug).set(following.waited)
        if following.due(self._store.now()):
            await following.sign()
            metrics.unsealed.labels(following.slug).set(following.waited)
        past = following.ended < self._store.now() - DAY_MS
        if now >= watched.next_walk and await following.audit():
            watched.next_walk = now + (DAY_MS / 1000 if past else REST)
        if past and now < watched.next_walk:
            watched.next_look = now + REST

    async def _last_word(self) -> None:
        for watched in self._watched.values():
            try:
                if watched.following.unsealed:
                    await watched.following.sign()
            except StoreAway:
                return

    def _alarm(self, slug: str, kind: str) -> None:
        metrics.record_alarms.labels(slug, kind).inc()
        watched = self._watched[slug]
        # What was once changed stays so, and is found again by every walk: said once is enough.
        if kind in watched.told:
            return
        if kind != "shortened":
            watched.told.add(kind)
        logger.error(
            "%s; run askpanel verify %s",
            *(ALARMS[kind], slug),
            extra={"event": f"record_{kind}", "session": slug},
        )
