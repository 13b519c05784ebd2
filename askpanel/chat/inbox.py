"""What asyncio's Queue and Event are to uvicorn, in a tenth of their 4 KB a socket."""

from __future__ import annotations

import asyncio

from uvicorn._types import ASGIReceiveEvent


class Gate:
    """Open or closed; whoever waits passes when it is open."""

    __slots__ = ("_open", "_waiting")

    def __init__(self) -> None:
        self._open = True
        self._waiting: tuple[asyncio.Future[None], ...] = ()

    def set(self) -> None:
        """Open it."""
        self._open = True
        waiting, self._waiting = self._waiting, ()
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        """Close it."""
        self._open = False

    async def wait(self) -> None:
        """Return when it is open."""
        while not self._open:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting += (waiter,)
            await waiter


class Inbox:
    """What the application has yet to be told, in order."""

    __slots__ = ("_events", "_some")

    def __init__(self) -> None:
        self._events: list[ASGIReceiveEvent] = []
        self._some = Gate()

    def put_nowait(self, event: ASGIReceiveEvent) -> None:
        """Add one."""
        self._events.append(event)
        self._some.set()

    def empty(self) -> bool:
        """Whether it has been told all."""
        return not self._events

    async def get(self) -> ASGIReceiveEvent:
        """The next one, when there is one."""
        while not self._events:
            self._some.clear()
            await self._some.wait()
        return self._events.pop(0)


class Tally:
    """How many frames came in the window that is open now."""

    __slots__ = ("_count", "_ends")

    def __init__(self) -> None:
        self._count, self._ends = 0, 0.0

    def within(self, window: float, more: int, now: float) -> int:
        """Count some more; a new window of so many seconds begins when the last is over."""
        if now >= self._ends:
            self._count, self._ends = 0, now + window
        self._count += more
        return self._count
