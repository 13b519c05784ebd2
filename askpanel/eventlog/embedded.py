"""The private engine: started with Askpanel, on a Unix socket, and stopped with it.

One program at a time owns the engine of a data folder. An owner killed with -9 leaves its
engine running: the next owner takes it over, with everything in it. Commands that need the
store for a moment borrow it, whether or not somebody owns it just then.
"""

from __future__ import annotations

import fcntl
import logging
import math
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Self

from askpanel.eventlog.enginebinary import find_server
from askpanel.eventlog.enginefolder import POLL_SECONDS, EngineFolder, EngineOwned, hold
from askpanel.eventlog.engineprocess import (
    Adopted,
    Engine,
    Started,
    answering_pid,
    begin_log,
    end,
    recorded_pid,
    url,
    why_ended,
)
from askpanel.eventlog.engineurl import EngineRefused

__all__ = ["Embedded", "EngineOwned", "EngineRefused", "borrowed", "find_server", "running"]

START_SECONDS = 60.0
PATIENCE_SECONDS = 3.0
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 10.0
STEADY_SECONDS = 60.0
JOIN_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Embedded:
    """The engine of one data folder, owned by this program between start() and stop().

    `server` is the program to run (found if not given); `jitter` spreads the waits between
    restarts; an engine that is not ready after `start_seconds`, or a folder whose owner does
    not leave within `patience_seconds`, is refused.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        server: Path | None = None,
        jitter: random.Random | None = None,
        start_seconds: float = START_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._folder = EngineFolder(data_dir)
        self._server = server
        self._jitter = jitter or random.Random()  # noqa: S311 - it spreads load, no secret
        self._start_seconds = start_seconds
        self._patience_seconds = patience_seconds
        self._ownership: int | None = None
        self._engine: Engine | None = None
        self._stopping = Event()
        self._changing = Lock()
        self._supervisor: Thread | None = None

    @property
    def url(self) -> str:
        """Where the engine listens, running or not: `unix://` and the socket's path."""
        return url(self._folder)

    @property
    def pid(self) -> int | None:
        """The process id of the engine that this program owns."""
        return self._engine.pid if self._engine else None

    def start(self) -> str:
        """Own the folder and have its engine ready; gives its URL. Raises EngineRefused."""
        if self._ownership is not None:
            return self.url
        self._folder.prepare()
        self._stopping.clear()
        self._ownership = self._folder.own(patience_seconds=self._patience_seconds)
        try:
            self._engine = self._adopt()
            if self._engine is None:
                self._launch(self._start_seconds)
        except BaseException:
            self.stop()
            raise
        return self.url

    def supervise(self) -> None:
        """Start the engine again whenever it dies, from now until stop()."""
        if self._ownership is None:
            raise RuntimeError("An engine that was not started cannot be supervised.")
        if self._supervisor is None:
            self._supervisor = Thread(target=self._watch, name="engine-supervisor", daemon=True)
            self._supervisor.start()

    def stop(self) -> None:
        """Stop the engine, its data safely on disk, and give the folder up."""
        if self._ownership is None:
            return
        self._stopping.set()
        with self._changing:
            if self._engine is not None:
                if not end(self._engine):
                    _log.error(
                        "The engine in %s did not end; it was left.",
                        self._folder.path,
                        extra={"event": "store_not_stopped"},
                    )
                self._engine = None
        if self._supervisor is not None:
            self._supervisor.join(timeout=JOIN_SECONDS)
            self._supervisor = None
        os.close(self._ownership)
        self._ownership = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _adopt(self) -> Adopted | None:
        """Take over the engine of an owner that was killed; None if there is none."""
        folder = self._folder
        deadline = time.monotonic() + self._start_seconds
        while True:
            pid = answering_pid(folder)
            if pid is not None and pid == recorded_pid(folder):
                _log.warning(
                    "Took over the engine of an earlier run (process %d).",
                    pid,
                    extra={"event": "store_taken_over"},
                )
                return Adopted(pid, folder)
            if pid is None and folder.is_empty():
                return None
            if pid is not None or time.monotonic() >= deadline:
                raise EngineRefused(
                    f"An engine from an earlier run holds {folder.path} but cannot be taken "
                    f"over; end the process that has {folder.engine_lock} open, then start "
                    "again."
                )
            self._stopping.wait(POLL_SECONDS)

    def _launch(self, start_seconds: float) -> None:
        """Start an engine on the folder and wait until it has loaded its data."""
        folder = self._folder
        server = self._server or find_server()
        # Whatever else happens, never a second engine on the same file.
        lock = hold(folder.engine_lock, min(start_seconds, START_SECONDS), self._stopping)
        if lock is None:
            raise EngineRefused(
                f"Another engine is still writing in {folder.path}; wait until it has ended, "
                "then start again."
            )
        try:
            with self._changing:
                if self._stopping.is_set():
                    return
                log_from = begin_log(folder.log)
                engine = self._engine = Started(server, folder, lock)
        except OSError as error:
            raise EngineRefused(
                f"The engine in {folder.path} cannot be started: "
                f"{os.strerror(error.errno or 0)}; make room on the disk and check that "
                f"{server} can be run."
            ) from error
        finally:
            os.close(lock)
        self._wait_until_ready(engine, log_from, start_seconds)

    def _wait_until_ready(self, engine: Engine, log_from: int, start_seconds: float) -> None:
        deadline = time.monotonic() + start_seconds
        while answering_pid(self._folder) != engine.pid:
            if engine.has_ended():
                raise EngineRefused(why_ended(self._folder, log_from))
            if time.monotonic() >= deadline:
                raise EngineRefused(
                    f"The engine in {self._folder.path} was not ready after "
                    f"{start_seconds:g} seconds; its log is {self._folder.log}."
                )
            if self._stopping.wait(POLL_SECONDS):
                return

    def _watch(self) -> None:
        waits = restart_waits(self._jitter)
        while self._engine is not None:
            since = time.monotonic()
            self._engine.wait_for_end(self._stopping)
            if time.monotonic() - since > STEADY_SECONDS:
                waits = restart_waits(self._jitter)
            if self._stopping.wait(next(waits)):
                return
            self._restart()

    def _restart(self) -> None:
        _log.warning(
            "The engine in %s has stopped; starting it again.",
            self._folder.path,
            extra={"event": "store_stopped"},
        )
        try:
            # However long it reads its data: ending it would only make it begin anew.
            self._launch(math.inf)
        except EngineRefused as refused:
            if not self._stopping.is_set():
                _log.error("%s", refused, extra={"event": "store_refused"})


def restart_waits(jitter: random.Random) -> Iterator[float]:
    """Seconds to wait before each attempt: short at first, then longer, never quite the same."""
    longest = FIRST_WAIT_SECONDS
    while True:
        yield longest * jitter.uniform(0.5, 1.0)
        longest = min(longest * 2, LONGEST_WAIT_SECONDS)


def running(data_dir: Path) -> str | None:
    """The URL of the engine that runs on a data folder just now, whoever owns it."""
    folder = EngineFolder(data_dir)
    return url(folder) if answering_pid(folder) is not None else None


@contextmanager
def borrowed(data_dir: Path, *, start_seconds: float = START_SECONDS) -> Iterator[str]:
    """The URL of a data folder's engine, for a short command.

    Uses the engine that runs there, or starts one and stops it at the end, once every other
    command that borrowed it meanwhile has finished. Raises EngineRefused.
    """
    folder = EngineFolder(data_dir)
    folder.prepare()
    with folder.borrowing() as lock:
        engine = _start_unless_running(data_dir, folder, start_seconds)
        try:
            yield url(folder)
        finally:
            if engine is not None:
                # Waits for the other borrowers, and keeps new ones out until it is stopped.
                fcntl.flock(lock, fcntl.LOCK_EX)
                engine.stop()


def _start_unless_running(
    data_dir: Path, folder: EngineFolder, start_seconds: float
) -> Embedded | None:
    """An engine started here, or None when somebody else's answers."""
    deadline = time.monotonic() + start_seconds
    while answering_pid(folder) is None:
        engine = Embedded(data_dir, start_seconds=start_seconds, patience_seconds=0)
        try:
            engine.start()
        except EngineOwned as owned:
            # Its owner is starting it, or starting it again.
            if time.monotonic() >= deadline:
                raise EngineRefused(
                    f"Another Askpanel program owns the engine in {folder.path}, which does not "
                    f"answer; look into {folder.log}, or stop that program and try again."
                ) from owned
            Event().wait(POLL_SECONDS)
        else:
            return engine
    return None
