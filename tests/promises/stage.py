"""A service set up in a moment for a module's tests: a session that is live, and its staff."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec
import redis

from askpanel.eventlog.embedded import running
from askpanel.eventlog.engine import connect
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Question, Role
from askpanel.eventlog.projection import Snapshot
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.passwords import argon2id
from tests.engines import PrivateEngine
from tests.service import EXAMPLES, NO_TLS, PASSWORD, SLUG, STAFF, Service

FAULTY = Path(__file__).with_name("faults.py")
ROOT = Path(__file__).parent.parent.parent
LENIENT = {"QUESTIONS_PER_MINUTE": "1000", "SOCKETS_PER_CLIENT": "1000"}
"""Settings with which throttling does not get in the way of what is tested."""


def live_session(now_ms: int, **changes: Any) -> Session:
    """The Greater Manchester session, a minute old."""
    session = read(EXAMPLES / "gmp-lucy-faithfull.toml")
    schedule = session.schedule.moved_to(now_ms - 60_000)
    return msgspec.structs.replace(session, schedule=schedule, **changes)


@cache
def hashed_password() -> str:
    """At the program's own cost, so that nobody's first sign-in hashes it anew."""
    return argon2id().hash(PASSWORD)


class Stage(Service):
    """An installation with a look behind the scene. `fault` names one of `faults.FAULTS`.

    With `engine` the store is that one, for the test to kill and to bring back; otherwise it
    is the program's own, and its data are in `folder`.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        fault: str = "",
        engine: PrivateEngine | None = None,
        **settings: str,
    ) -> None:
        if engine is not None:
            settings["REDIS_URL"] = engine.url
        super().__init__(folder, **settings)
        self._engine = engine
        if fault:
            self.program = (sys.executable, str(FAULTY), fault)

    @property
    def engine_url(self) -> str:
        """Where the store is."""
        url = self._engine.url if self._engine else running(self.folder / "data")
        assert url is not None, "the program's engine does not run"
        return url

    @property
    def engine_pid(self) -> int:
        """The process of the program's own engine."""
        return int((self.folder / "data" / "engine" / "engine.pid").read_text())

    @property
    def logged(self) -> str:
        """All that the program has written."""
        return self.log.read_text("utf-8", "backslashreplace")

    def store(self) -> redis.Redis:
        """A client for looking at the store from outside."""
        return redis.Redis.from_url(self.engine_url, protocol=2)

    def set_scene(
        self,
        *changes: dict[str, Any],
        staff: Sequence[tuple[str, str, str, str]] = STAFF,
    ) -> None:
        """Store one session for each set of changes (without any: the usual one), and the staff."""

        async def setting() -> None:
            async with connect(self.engine_url) as client:
                store, room = Store(client), Staff(client)
                await store.hear_time()
                for each in changes or ({},):
                    await store.create(live_session(store.now(), **each))
                for username, name, role, organisation in staff:
                    await room.add(
                        username,
                        name=name,
                        role=Role(role),
                        organisation=organisation,
                        password=hashed_password(),
                        now_ms=store.now(),
                    )

        asyncio.run(setting())

    def snapshot(self, slug: str = SLUG) -> Snapshot:
        """What the store holds of a session."""

        async def looking() -> Snapshot:
            async with connect(self.engine_url) as client:
                return await Store(client).snapshot(slug)

        return asyncio.run(looking())

    def question(self, number: int, slug: str = SLUG) -> Question:
        """One question as it is stored."""
        return next(each for each in self.snapshot(slug).questions if each.number == number)

    def disable(self, username: str) -> Member:
        """As `askpanel staff disable` does, without the time that a process takes to start."""

        async def disabling() -> Member:
            async with connect(self.engine_url) as client:
                store = Store(client)
                await store.hear_time()
                return await Staff(client).disable(username, store.now())

        return asyncio.run(disabling())

    def browser(self, **headers: str) -> httpx.Client:
        """A client without a cookie that sends an Origin, as a browser's forms do."""
        return httpx.Client(
            base_url=self.url, headers={"Origin": self.url, **headers}, timeout=15, verify=NO_TLS
        )


@contextmanager
def staged(
    *changes: dict[str, Any],
    workers: int = 1,
    fault: str = "",
    engine: PrivateEngine | None = None,
    staff: Sequence[tuple[str, str, str, str]] = STAFF,
    **settings: str,
) -> Iterator[Stage]:
    """A stage that is set and served; see `Stage` and `Stage.set_scene`."""
    stage = Stage(None, fault=fault, engine=engine, **{**LENIENT, **settings})
    try:
        stage.start(workers=workers)
        stage.set_scene(*changes, staff=staff)
        yield stage
    finally:
        stage.close()
