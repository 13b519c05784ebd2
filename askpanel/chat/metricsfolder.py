"""The folder through which several workers share their numbers (the Prometheus client's
multi-process mode): made at the start, and swept away even after a kill -9, by whoever is next.

Whose folder it is says a lock and not a process number: that is handed out again, and means
something else in a container. The parent and every worker hold it, so it is free only once all
of them are gone.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "askpanel-metrics-"
UNFINISHED = "askpanel-starting-"
LOCK = "held"
_OWNER = re.compile(r"_(\d+)\.db$")
_held: list[int] = []
"""Locks that this process holds until it ends."""


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder of our own for as long as this lasts, named in the environment for the workers."""
    sweep(Path(gettempdir()))
    made = Path(mkdtemp(prefix=UNFINISHED))
    lock = _hold(made)
    # Under its name only now that it is locked: a sweep never meets it free.
    folder = made.rename(made.with_name(PREFIX + made.name.removeprefix(UNFINISHED)))
    os.environ[FOLDER] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def hold_as_worker() -> None:
    """Keep the shared folder from being swept for as long as this process lives."""
    if os.environ.get(FOLDER) and not _held:
        with suppress(FileNotFoundError):
            _held.append(_hold(Path(os.environ[FOLDER])))


def sweep(place: Path) -> None:
    """Remove the folders of programs that were killed: those whose lock nobody holds."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, in use, or swept by another just now
            lock = os.open(folder / LOCK, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)


def forget_the_dead(folder: Path) -> None:
    """Remove the live numbers of processes that are gone, so that they do not count for ever."""
    for path in folder.glob("gauge_live*.db"):
        owner = _OWNER.search(path.name)
        if owner and not _lives(int(owner[1])):
            path.unlink(missing_ok=True)


def _hold(folder: Path) -> int:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it lives, as somebody else
    return True
