"""How the doctor sees the machine. A test shows it a full disk, or a clock that is wrong."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Disk(NamedTuple):
    """Bytes."""

    free: int
    total: int


def disk_of(folder: Path) -> Disk:
    """The disk that a folder lies on. Raises OSError."""
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total)


def can_write(folder: Path) -> bool:
    """Whether a file can be made there, and its content flushed."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="doctor-") as file:
            file.write(b"written by askpanel doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Sight:
    """`now` is this machine's clock, in Unix seconds; `timer` measures how long something took."""

    now: Callable[[], float] = time.time
    timer: Callable[[], float] = time.perf_counter
    disk: Callable[[Path], Disk] = disk_of
    can_write: Callable[[Path], bool] = can_write
    processors: Callable[[], int] = lambda: os.cpu_count() or 1
