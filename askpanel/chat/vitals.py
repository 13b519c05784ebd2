"""What a process measures of itself and of its sessions while it runs, whether or not anybody
asks: how late it is, how far behind the log, how long the queue has waited."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import platform
import resource
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

from askpanel import __version__
from askpanel.chat import metrics, metricsfolder
from askpanel.chat.room import Room
from askpanel.eventlog.model import State, StoreAway
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.projection import Counts
from askpanel.eventlog.session import Session
from askpanel.eventlog.store import Store
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

PROBE = 0.25
LOOK_EVERY = 3.0
"""Seconds between two looks at the log's end; every tenth is at the timetable and the disk too."""
ON_AIR = {Phase.LIVE, Phase.LAST}
FORGOTTEN_MS = 24 * 60 * 60 * 1000
"""A session that ended this long ago is no number any more."""


class Vitals:
    """Measures for as long as the process lives. `engine` is the private store's folder."""

    def __init__(
        self,
        store: Store,
        rooms: Mapping[str, Room],
        engine: Path,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._rooms, self._engine = store, rooms, engine
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Say who we are, and begin to measure."""
        metricsfolder.hold_as_worker()
        metrics.build.labels(__version__, platform.python_version()).set(1)
        metrics.workers.set(1)
        metrics.starts.inc()
        metrics.started.set(time.time())
        metrics.open_files_limit.set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self._tasks = [
            asyncio.create_task(self._feel(), name="loop lag"),
            asyncio.create_task(self._look(), name="vitals"),
        ]

    async def stop(self) -> None:
        await end(self._tasks)

    async def _feel(self) -> None:
        """Sleep, and see by how much too long it was: so long would a reader have waited."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await self._sleep(PROBE)
            metrics.loop_lag.observe(max(0.0, clock() - began - PROBE))

    async def _look(self) -> None:
        """Apart from the other, because the store may take its time to answer."""
        for turn in itertools.count():
            try:
                if turn % 10 == 0:
                    self.measure_disk()
                    await self.measure_timetable()
                await self.measure_lag()
            except StoreAway:
                pass  # `store_up` says so already
            except Exception:
                logger.exception("numbers could not be taken", extra={"event": "vitals_failed"})
            await self._sleep(LOOK_EVERY)

    async def measure_lag(self) -> None:
        """How many entries each session's screens are behind. Raises StoreAway."""
        for slug, room in list(self._rooms.items()):
            newest = await self._store.newest(slug)
            metrics.log_lag.labels(slug).set(max(0, newest - room.position))

    async def measure_timetable(self) -> None:
        """Which sessions are on the air, also those that nobody watches. Raises StoreAway."""
        now = self._store.now()
        for session in await self._store.sessions():
            if now - session.schedule.ends < FORGOTTEN_MS:
                _say_whether_live(session, now)

    def measure_disk(self) -> None:
        """How much of the private store's disk is free, if there is a private store."""
        if self._engine.is_dir():
            disk = os.statvfs(self._engine)
            metrics.disk_free.labels("engine").set(disk.f_bavail / max(1, disk.f_blocks))


_told: WeakKeyDictionary[Room, tuple[Counts, int]] = WeakKeyDictionary()
"""What was last told of a room: its counts, and when its oldest waiting question came."""


def measure(slug: str, room: Room, now: int) -> None:
    """What an operator asks of a session: how far, how many wait, and since when. Every second,
    so what takes time with many questions is done only when one of them has changed."""
    metrics.position.labels(slug).set(room.position)
    _say_whether_live(room.projection.session, now)
    counts, since = _told.get(room, (None, 0))
    if counts is not room.projection.counts:
        since = _count(slug, room)
        _told[room] = room.projection.counts, since
    metrics.oldest.labels(slug).set(max(0, now - since) / 1000 if since else 0)


def _count(slug: str, room: Room) -> int:
    counts = room.projection.counts
    for state in State:
        metrics.by_state.labels(slug, state.value).set(counts.get(state, 0))
    metrics.waiting.labels(slug).set(counts.get(State.PENDING, 0))
    return min((question.at for question in room.projection.of(State.PENDING)), default=0)


def _say_whether_live(session: Session, now: int) -> None:
    metrics.session_live.labels(session.slug).set(phase(session.schedule, now) in ON_AIR)
