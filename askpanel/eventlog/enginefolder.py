"""The folder of a private engine: who may enter, who owns it, whether an engine lives in it.

Three locks, all advisory (flock), all let go by the kernel when their holders die:

    owner.lock      held by the program that starts, restarts and stops the engine
    engine.lock     held by the engine itself, which inherits it: free means no engine
    borrowers.lock  shared by short commands that use somebody else's engine

Two engines on one append-only file would ruin it. The process id in a pid file cannot rule
that out (ids are reused, files outlive their writers); a lock inside the engine can.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from askpanel.eventlog.engineurl import EngineRefused

POLL_SECONDS = 0.02
LONGEST_SOCKET_PATH = 100
"""Bytes. The system's limit is 104 on macOS and 108 on Linux, the final NUL included."""


class EngineOwned(EngineRefused):
    """Another program owns the engine in this folder."""


class EngineFolder:
    """`data_dir`/engine and the files in it, private to the user who runs Askpanel."""

    def __init__(self, data_dir: Path) -> None:
        self.path = Path(data_dir).resolve() / "engine"
        self.log = self.path / "engine.log"
        self.pidfile = self.path / "engine.pid"
        self.owner_lock = self.path / "owner.lock"
        self.engine_lock = self.path / "engine.lock"
        self.borrowers_lock = self.path / "borrowers.lock"
        self.socket = self.path / "engine.sock"
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET_PATH:
            name = hashlib.blake2s(os.fsencode(self.path), digest_size=8).hexdigest()
            place = Path(tempfile.gettempdir()) / f"askpanel-{os.geteuid()}-{name}"
            self.socket = place / "engine.sock"

    def prepare(self) -> None:
        """Make the folder, private and writable. Raises EngineRefused if that cannot be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_own(self.path)
            self.path.chmod(0o700)
            self._probe()
        except OSError as error:
            raise EngineRefused(
                f"The folder {self.path} cannot be used for the engine's data: "
                f"{os.strerror(error.errno or 0)}; make room or give this user access, or set "
                "ASKPANEL_DATA_DIR to another folder."
            ) from error
        if self.socket.parent != self.path:
            self._prepare_socket_folder()

    def _probe(self) -> None:
        # A full disk shows when bytes have to reach it, not when a file is made.
        probe = self.path / f"probe-{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(b"." * 4096)
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)

    def _prepare_socket_folder(self) -> None:
        # The system's temp folder is open to all: somebody else may have made this one first,
        # to stand between us and the engine.
        place = self.socket.parent
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            status = place.lstat()
        except OSError as error:
            raise EngineRefused(
                f"The folder {place} for the engine's socket cannot be made: "
                f"{os.strerror(error.errno or 0)}; set ASKPANEL_DATA_DIR to a shorter path."
            ) from error
        private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
        if not private or status.st_uid != os.geteuid():
            raise EngineRefused(
                f"The folder {place} for the engine's socket is not private to this user; "
                "remove it, or set ASKPANEL_DATA_DIR to a shorter path."
            )

    @contextmanager
    def borrowing(self) -> Iterator[int]:
        """Hold the shared lock of borrowers; gives its descriptor."""
        lock = _open(self.borrowers_lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield lock
        finally:
            os.close(lock)

    def own(self, *, patience_seconds: float) -> int:
        """Become the owner; gives the lock's descriptor. Raises EngineOwned."""
        lock = hold(self.owner_lock, patience_seconds)
        if lock is None:
            raise EngineOwned(
                f"Another Askpanel program is using the engine in {self.path}; stop it, or set "
                "ASKPANEL_DATA_DIR to another folder."
            )
        return lock

    def is_empty(self) -> bool:
        """Whether no engine lives here (nor a child of one that is still writing)."""
        lock = hold(self.engine_lock, 0)
        if lock is None:
            return False
        os.close(lock)
        return True


def hold(path: Path, seconds: float, abandon: Event | None = None) -> int | None:
    """Take the exclusive lock on a file; gives its descriptor.

    None if another still has it after `seconds`, or once `abandon` is set.
    """
    abandon = abandon or Event()
    lock = _open(path)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline or abandon.wait(POLL_SECONDS):
                os.close(lock)
                return None
        else:
            return lock


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _require_own(path: Path) -> None:
    # An engine started by root in somebody's folder would leave files that they cannot read.
    if path.stat().st_uid != os.geteuid():
        raise EngineRefused(
            f"The folder {path} belongs to another user; run Askpanel as that user, or set "
            "ASKPANEL_DATA_DIR to another folder."
        )
