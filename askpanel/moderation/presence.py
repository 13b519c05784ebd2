"""Who of the staff is at which screen, told to the store by this process, so that colleagues see
who else is here.

A seat is one person at one kind of screen, however many sockets they have there: it is taken with
the first, kept while there is one, and given up a few seconds after the last, so that a reload
is no event. A process that was killed gives nothing up: its seats run out, and whichever process
renews its own next, or looks round, says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Present, Refused, StoreAway
from askpanel.eventlog.tasks import end

logger = logging.getLogger("askpanel")

RENEW = 20.0
"""Seconds between two words to the store about one seat; it is given away after a minute."""
GRACE = 8.0
"""Seconds after the last socket during which nobody has left."""
TICK = 1.0


@dataclass
class Seat:
    """One person at one kind of screen of a session. `taken` says that the store knows; `due` is
    when it is to hear of it next, `empty` when the last socket closed (by a clock that only goes
    on)."""

    slug: str
    person: Present
    sockets: int = 0
    taken: bool = False
    due: float = 0.0
    empty: float = 0.0


class Presence:
    """The seats of this process. `occupied` gives the sessions of which anybody is said to be at a
    screen: where none of them is ours, we look whether they still are."""

    def __init__(
        self,
        backstage: Backstage,
        occupied: Callable[[], Collection[str]] = tuple,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        token: str = "",
    ) -> None:
        self.backstage, self._occupied, self._monotonic = backstage, occupied, monotonic
        self._token = token or secrets.token_hex(8)
        self._seats: dict[tuple[str, str, str], Seat] = {}
        self._changed = asyncio.Event()
        self._next_look = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(), name="presence")]

    async def stop(self) -> None:
        """No seat is given up: whoever was at a screen dials another process in a moment, and
        the log need not say that all had left and come back."""
        await end(self._tasks)

    @contextmanager
    def at(self, slug: str, person: Present) -> Iterator[None]:
        """For as long as one socket is open."""
        key = slug, person.username, person.screen
        seat = self._seats.setdefault(key, Seat(slug, person))
        seat.sockets += 1
        if seat.person != person:
            seat.person, seat.due = person, 0.0
        self._changed.set()
        try:
            yield
        finally:
            seat.sockets -= 1
            seat.empty = self._monotonic()

    async def round(self) -> None:
        """Tell the store whatever it does not know, and what is due to be said again."""
        for key, seat in list(self._seats.items()):
            now = self._monotonic()
            if seat.sockets == 0 and now - seat.empty >= GRACE:
                await self._give_up(key, seat)
            elif now >= seat.due and (seat.sockets or seat.taken):
                await self._take(seat)
                seat.due = now + RENEW
        if self._monotonic() >= self._next_look:
            await self._look_round()
            self._next_look = self._monotonic() + RENEW

    async def _take(self, seat: Seat) -> None:
        try:
            await self.backstage.sit(seat.slug, self._token_of(seat), seat.person)
        except Refused:
            return  # the session is gone, and its screens with it
        seat.taken = True

    async def _give_up(self, key: tuple[str, str, str], seat: Seat) -> None:
        if seat.taken:
            with contextlib.suppress(Refused):
                await self.backstage.rise(seat.slug, self._token_of(seat))
        # Somebody may have come back while the store was asked: they are seated by the next round.
        seat.taken, seat.due = False, 0.0
        if seat.sockets == 0:
            self._seats.pop(key, None)

    async def _look_round(self) -> None:
        """Where nobody of ours sits, nobody's renewal finds the seats that have run out."""
        ours = {seat.slug for seat in self._seats.values()}
        for slug in set(self._occupied()) - ours:
            with contextlib.suppress(Refused):
                await self.backstage.rise(slug, f"{self._token} looks")

    def _token_of(self, seat: Seat) -> str:
        return f"{self._token} {seat.person.username} {seat.person.screen}"

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self.round()
            except StoreAway:
                pass  # what was not said is still due
            except Exception:
                logger.exception(
                    "nobody could be told who of the staff is here",
                    extra={"event": "presence_failed"},
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), TICK)
