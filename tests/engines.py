"""Private engines for tests: the real one, in a folder of its own, with AOF `always`."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import MappingProxyType

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from askpanel.eventlog.enginebinary import find_server

START_SECONDS = 20.0


def wait_until(condition: Callable[[], object], *, seconds: float = START_SECONDS) -> None:
    """Return as soon as the condition holds; fail the test if it does not in time."""
    pause = Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError(f"{condition} did not come true within {seconds:g} seconds")


def free_port() -> int:
    """A TCP port of the loopback that is free now. It and a cluster's second port, 10,000 above,
    lie below those that the system itself gives to connections (from 32,768 on Linux), or one of
    these may take it before its owner does.

    Drawn by lot: test runs beside each other should not all try the same one.
    """
    for port in random.Random().sample(range(10_000, 22_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class PrivateEngine:
    """One engine on a Unix socket (and on `port` of the loopback, if one is given).

    It keeps its data in `folder` from one start() to the next, so a test can kill it and
    bring it back at the same URL. `environment` is added to that of this process.
    """

    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, folder: Path, *flags: str, port: int = 0) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.port = port
        self.url = f"redis://127.0.0.1:{port}" if port else f"unix://{self.socket}"
        self._flags = flags
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the engine was not started"
        return self._process

    def start(self, *flags: str) -> None:
        """Start it and return when it takes connections (it may still be loading).

        `flags` are for this run only.
        """
        self.socket.unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [find_server(), *self._settings(), *self._flags, *flags],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )
        wait_until(self._takes_connections)

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Stop it in its tracks: it holds its connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """A blocking client without a password, for looking at the engine from outside."""
        return redis.Redis(
            unix_socket_path=str(self.socket), protocol=2, retry=Retry(NoBackoff(), 0)
        )

    def _takes_connections(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text(encoding="utf-8"))
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def _settings(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]


@contextmanager
def start_engine(*flags: str, port: int = 0) -> Iterator[PrivateEngine]:
    """A running engine; `flags` come after the usual ones, so they win."""
    # Not pytest's own folder: its path may be too long for a Unix socket.
    folder = Path(tempfile.mkdtemp(prefix="askpanel-test-"))
    engine = PrivateEngine(folder, *flags, port=port)
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()
        shutil.rmtree(folder)
