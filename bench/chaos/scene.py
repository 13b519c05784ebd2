"""An installation that may be hurt anywhere: two programs behind one address, one store, and a
link of ours on every way between.

    participants ── front ──┬── program ──┬── store's link ── engine
                            └── program ──┘
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from subprocess import TimeoutExpired

import httpx
import psutil
import redis

from bench.chaos.disk import MortalEngine
from bench.chaos.link import Link
from tests.engines import free_port
from tests.promises.stage import LENIENT, Stage
from tests.service import SLUG, StaffClient

LONGEST_RETURN = 60.0
"""Seconds in which a program or an engine must be back; then the run ends in error."""
SETTINGS = {**LENIENT, "SECRET_KEY": "one key for all " * 3}


class NoReturn(AssertionError):
    """Something was started again and again, and did not come back."""


class Program(Stage):
    """One of the programs behind the front."""

    def __init__(self, engine: MortalEngine, store_url: str, base_url: str, fault: str) -> None:
        super().__init__(None, engine=engine, fault=fault, **SETTINGS, BASE_URL=base_url)
        self._settings["REDIS_URL"] = store_url
        self.workers = 1

    async def come_up(self) -> None:
        """Start it until it stays: while the store is away a program says so and ends, and
        whoever looks after it starts it again."""
        deadline = time.monotonic() + LONGEST_RETURN
        while True:
            try:
                await asyncio.to_thread(self.start, workers=self.workers)
            except AssertionError:
                self.kill()
                if time.monotonic() > deadline:
                    raise NoReturn(self.logged[-2000:]) from None
            else:
                return

    def kill(self) -> None:
        """As kill -9 does, also when it has ended already."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_worker(self, chance: Random) -> bool:
        """Kill one of several workers; its parent starts another. False if there is only one."""
        assert self.process is not None
        workers = psutil.Process(self.process.pid).children()
        if self.workers == 1 or not workers:
            return False
        with suppress(psutil.NoSuchProcess):
            chance.choice(workers).kill()
        return True

    def hold(self) -> None:
        """Stop it in its tracks (SIGSTOP), with its workers."""
        self._signal(signal.SIGSTOP)

    def let_go(self) -> None:
        self._signal(signal.SIGCONT)

    def leave(self) -> None:
        """SIGTERM, and wait; what does not end within the time that operators give is killed."""
        try:
            self.stop()
        except TimeoutExpired:
            self.kill()
            raise

    def _signal(self, number: int) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Scene:
    """All of it."""

    def __init__(self, chance: Random, fault: str = "") -> None:
        self.engine = MortalEngine(port=free_port())
        self.store_link = Link([self.engine.port], chance)
        self.front = Link([], chance)
        self.url = f"http://127.0.0.1:{self.front.port}"
        store_url = f"redis://127.0.0.1:{self.store_link.port}"
        self.programs = [Program(self.engine, store_url, self.url, fault) for _ in range(2)]
        self.front.ports = [program.port for program in self.programs]
        self._mourning = asyncio.Lock()

    async def engine_back(self) -> None:
        """Start the engine until it stays and answers."""
        deadline = time.monotonic() + LONGEST_RETURN
        async with self._mourning:
            while not await asyncio.to_thread(self._answers):
                if not self.engine.runs:
                    with suppress(AssertionError):
                        await asyncio.to_thread(self.engine.start)
                if time.monotonic() > deadline:
                    log = (self.engine.folder / "log").read_text("utf-8", "replace")
                    raise NoReturn(log[-2000:])
                await asyncio.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with self.engine.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def extend(self) -> None:
        """Have a host extend the session, so that it lasts as long as the run."""
        with StaffClient(self.url) as hana:
            hana.sign_in("hana")
            form = {"csrf": hana.csrf, "minutes": "1000"}
            answer = hana.post(f"/staff/sessions/{SLUG}/schedule/extend", data=form)
            assert answer.status_code == httpx.codes.SEE_OTHER, answer.text


@asynccontextmanager
async def lit(chance: Random, workers: int = 1, fault: str = "") -> AsyncIterator[Scene]:
    """A scene that is set and served. `fault` names one of `tests.promises.faults`."""
    scene = Scene(chance, fault)
    try:
        await asyncio.to_thread(scene.engine.start)
        await scene.store_link.open()
        await asyncio.to_thread(scene.programs[0].set_scene)
        scene.programs[0].workers = workers
        await asyncio.gather(*(program.come_up() for program in scene.programs))
        await scene.front.open()
        await asyncio.to_thread(scene.extend)
        yield scene
    finally:
        await scene.front.close()
        for program in scene.programs:
            program.kill()
            await asyncio.to_thread(program.close)
        await scene.store_link.close()
        scene.engine.close()
