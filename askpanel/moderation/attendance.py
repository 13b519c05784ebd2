"""The staff's open sockets, so that a sign-out or a changed role closes them at once, in every
process: each follows the staff log."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from askpanel.chat.wire import Wire
from askpanel.eventlog.member import StaffEvent
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

SIGNED_OUT = 4001, "signed out"
BLOCK_MS = 1_000
REVALIDATE = 60.0


@dataclass(frozen=True, eq=False)
class Attendant:
    """One staff socket: whose it is, under which sign-in (its hash) and version."""

    wire: Wire
    username: str
    signin: str
    version: int


class Attendance:
    """Who of the staff is connected to this process."""

    def __init__(
        self,
        staff: Staff,
        store: Store,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._staff, self._store = staff, store
        self._present: set[Attendant] = set()
        self._sleep, self._jitter = sleep, jitter
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow the staff log from here on; a store that is away is waited for."""
        position = await self._newest()
        self._tasks = [
            asyncio.create_task(self._follow(position), name="staff log"),
            asyncio.create_task(self._revalidate(), name="staff sign-ins"),
        ]

    async def stop(self) -> None:
        await end(self._tasks)

    def enter(self, attendant: Attendant) -> None:
        self._present.add(attendant)

    def leave(self, attendant: Attendant) -> None:
        self._present.discard(attendant)

    def hear(self, event: StaffEvent) -> None:
        """Close the sockets that an entry of the staff log ends."""
        for attendant in list(self._present):
            if attendant.username != event.username:
                continue
            if event.signin:
                ended = attendant.signin == event.signin
            else:
                ended = attendant.version < event.version
            if ended:
                attendant.wire.cut(*SIGNED_OUT)
                self.leave(attendant)

    async def _newest(self) -> int | None:
        """Where the staff log ends, or None while nobody can say."""
        try:
            return await self._staff.position()
        except StoreAway:
            return None

    async def _follow(self, position: int | None) -> None:
        """For ever: a store that is away is waited for, and what it says then is caught up."""
        absent = False
        while True:
            try:
                if position is None:
                    position = await self._staff.position()
                    self._send_round()  # who came before this may have been signed out before it
                if absent:
                    position = await self._caught_up(position)
                    absent = False
                for entry in await self._staff.wait(position, BLOCK_MS):
                    self.hear(entry.event)
                    await self._tell_sessions(entry.event)
                    # Only now: if the store goes away before the sessions were told, the
                    # entry is read, and told, again.
                    position = entry.position
            except StoreAway:
                absent = True
                await self._sleep(self._jitter(0.1, 2.0))
            except Exception:
                logger.exception(
                    "the staff log could not be followed", extra={"event": "staff_log_failed"}
                )
                await self._sleep(self._jitter(0.5, 2.0))

    async def _caught_up(self, position: int) -> int:
        """A store that came back without entries that were heard would stay silent for ever:
        follow what it has now, and let every socket prove itself again."""
        newest = await self._staff.position()
        if newest >= position:
            return position
        self._send_round()
        return newest

    def _send_round(self) -> None:
        """Let every socket come again, and prove itself."""
        for attendant in list(self._present):
            attendant.wire.cut(1012, "retry=1")
            self.leave(attendant)

    async def _tell_sessions(self, event: StaffEvent) -> None:
        """Every session refuses, from now on, what is decided under an older version."""
        if event.signin or event.version < 2:
            return
        for session in await self._store.sessions():
            await self._store.revoke(session.slug, {event.username: event.version})

    async def _revalidate(self) -> None:
        """Sign-ins run out by themselves; their entry then closes the sockets."""
        while True:
            await self._sleep(REVALIDATE)
            try:
                await self._staff.expire(self._store.now())
            except StoreAway:
                continue
