"""The rooms of this process, each with a tail that follows its log, and one ticker for all.

No task here dies silently: whatever ends one that should live is logged and it is begun again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from askpanel.chat import frames, metrics
from askpanel.chat.leases import Watch, claims, locks
from askpanel.chat.reel import Audience
from askpanel.chat.room import Room
from askpanel.chat.vitals import measure
from askpanel.eventlog.model import Actor, Entry, Event, Refused, State, StoreAway
from askpanel.eventlog.phase import phase
from askpanel.eventlog.store import Store
from askpanel.eventlog.tail import Diverged, Tail
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

TICK = 1.0
BEATS = 20
"""A heartbeat every so many ticks: the page gives a silent socket up after 45 seconds."""
SYSTEM = Actor(role="system")
SLUG = re.compile(r"[a-z0-9-]{1,60}")
"""What can be a session's name at all: anything else is not even asked of the store."""


class Hub:
    """Rooms by slug, loaded when somebody first asks for one. `observe` is told of every event
    that is followed, with its session, once it is on the screens."""

    def __init__(
        self,
        store: Store,
        audiences: Mapping[str, Audience],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        monotonic: Callable[[], float] = time.monotonic,
        observe: Callable[[str, Event], None] = lambda slug, event: None,
    ) -> None:
        self.store = store
        self._observe = observe
        self._audiences = audiences
        self._rooms: dict[str, Room] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sleep, self._jitter = sleep, jitter
        self._ticks = 0
        self._heard = False
        self._watches: dict[tuple[str, str], Watch] = {}
        self._monotonic = monotonic

    async def start(self) -> None:
        """Begin ticking. Rooms load by themselves, and a store that is away is waited for."""
        await self._hear()
        self._keep("ticker", self._tick_for_ever)

    async def stop(self) -> None:
        """End every task and wait for them."""
        await end([*self._tasks, *self._loading.values()])
        self._rooms.clear()

    @property
    def rooms(self) -> dict[str, Room]:
        return self._rooms

    async def room(self, slug: str) -> Room | None:
        """The session's room, or None if there is no such session. Raises StoreAway."""
        if slug in self._rooms:
            return self._rooms[slug]
        if not SLUG.fullmatch(slug):
            return None
        try:
            # Shared: while the store is away everybody waits as long as one, not in turn.
            await asyncio.shield(self._attempt(slug))
        except Refused:
            return None
        return self._rooms.get(slug)

    def _attempt(self, slug: str) -> asyncio.Task[None]:
        """The one attempt to load a room that is under way, or a new one."""

        def ended(task: asyncio.Task[None]) -> None:
            del self._loading[slug]
            # Looked at even where nobody waits any more, or asyncio complains of it in the log.
            _ = task.cancelled() or task.exception()

        if slug not in self._loading:
            self._loading[slug] = asyncio.create_task(self._load(slug), name=f"loading {slug}")
            self._loading[slug].add_done_callback(ended)
        return self._loading[slug]

    async def _load(self, slug: str) -> None:
        snapshot = await self.store.snapshot(slug)
        self._rooms[slug] = Room(snapshot, self._audiences)
        last = max(snapshot.entries, key=lambda e: e.position, default=None)

        def following() -> Coroutine[Any, Any, None]:
            room = self._rooms[slug]
            return Tail(
                self.store,
                slug,
                last,
                epoch=snapshot.epoch,
                entries=lambda run: self._show(room, run),
                connected=lambda connected: self._tell(room, connected),
            ).run()

        self._keep(slug, following, diverged=slug)

    def _show(self, room: Room, run: list[Entry]) -> None:
        if run:
            self.store.clock.at_least(run[-1].event.at)
        room.follow(run)
        now = self.store.now()
        for entry in run:
            self._observe(room.slug, entry.event)
            metrics.fan_out.observe(max(0, now - entry.event.at) / 1000)

    def _tell(self, room: Room, connected: bool) -> None:
        room.tell_connected(connected)
        metrics.store_up.set(connected)

    async def _reload(self, slug: str) -> None:
        """The log is not the one that the screens have seen: a new epoch, and all begin anew."""
        old = self._rooms[slug]
        await self._insist(lambda: self.store.renew_epoch(slug, old.epoch))
        # Not before: whoever asks for the room from here on must not get the old epoch.
        del self._rooms[slug]
        await self._insist(lambda: self.room(slug))
        new = self._rooms.get(slug)
        if new is None or not new.projection.purged:
            logger.error(
                "the store lost entries of a session that had been shown; new epoch",
                extra={"event": "entries_lost", "session": slug},
            )
        old.turn_out(frames.reset())

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
        """Try until the store answers. Giving up would leave screens that nothing reaches."""
        while True:
            try:
                await call()
            except StoreAway:
                pass
            except Exception:
                logger.exception(
                    "a session could not be loaded again", extra={"event": "session_not_loaded"}
                )
            else:
                return
            await self._sleep(self._jitter(0.1, 2.0))

    def _keep(
        self, name: str, work: Callable[[], Coroutine[Any, Any, None]], diverged: str = ""
    ) -> None:
        """Run a task for the life of the process and begin it again whatever happens to it."""

        async def kept() -> None:
            while True:
                try:
                    await work()
                except Diverged:
                    await self._reload(diverged)
                    return
                except Exception:
                    logger.exception(
                        "a task ended that should not: %s", name, extra={"event": "task_ended"}
                    )
                    if diverged:
                        # A tail that failed half way may have shown part of a run.
                        await self._reload_quietly(diverged)
                        return
                await self._sleep(self._jitter(0.1, 1.0))

        task = asyncio.create_task(kept(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload_quietly(self, slug: str) -> None:
        old = self._rooms.pop(slug)
        await self._sleep(self._jitter(0.5, 1.5))
        old.turn_out(frames.reset())

    async def _tick_for_ever(self) -> None:
        while True:
            await self._sleep(TICK)
            self._ticks += 1
            if not self._heard:
                await self._hear()
            if self._ticks % BEATS == 0:
                now = asyncio.get_running_loop().time()
                for room in list(self._rooms.values()):
                    room.beat(now)
                await self._hear()
            for slug, room in list(self._rooms.items()):
                try:
                    await self._turn(slug, room)
                except Exception:
                    # The other sessions must not wait for this one to be mended.
                    logger.exception(
                        "the clock brought a session nothing: %s",
                        slug,
                        extra={"event": "tick_failed", "session": slug},
                    )

    async def _hear(self) -> None:
        """The store's time; what has once been heard goes on by itself."""
        try:
            await self.store.hear_time()
        except StoreAway:
            return
        if not self._heard:
            metrics.store_up.set(1)
        self._heard = True

    async def _turn(self, slug: str, room: Room) -> None:
        """What the clock alone brings: a phase to notice, a claim that lapsed."""
        if not room.connected:
            return
        now = self.store.now()
        measure(slug, room, now)
        present = phase(room.projection.session.schedule, now)
        if present != room.projection.phase:
            await self._quietly(self.store.notice_phase(slug, present))
        projection = room.projection
        for command, leases in (
            ("expire", claims(projection.of(State.CLAIMED))),
            ("lapse", locks(projection.locked())),
        ):
            watch = self._watches.setdefault((slug, command), Watch())
            for number, until in watch.run_out(leases, now, self._monotonic()):
                await self._quietly(self.store.decide(slug, number, command, SYSTEM, until=until))

    async def _quietly(self, call: Awaitable[object]) -> None:
        """Another process may have been first, or the store be away: the next tick looks again."""
        try:
            await call
        except (Refused, StoreAway):
            return
