"""What a server's processes cost, as the kernel counts it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import psutil

ENGINES = ("valkey", "redis")


class Cost(msgspec.Struct, frozen=True):
    """CPU seconds, user and system: of the server itself and of the store behind it."""

    app: float
    store: float

    def since(self, before: Cost) -> Cost:
        """What was spent in between."""
        return Cost(self.app - before.app, self.store - before.store)

    @property
    def total(self) -> float:
        """Both."""
        return self.app + self.store


class Server:
    """The processes under some roots, children included."""

    def __init__(self, roots: Iterable[int]) -> None:
        family = [psutil.Process(pid) for pid in roots]
        for root in list(family):
            family += root.children(recursive=True)
        by_pid = {process.pid: process.name() for process in family}
        self.store = [pid for pid, name in by_pid.items() if name.startswith(ENGINES)]
        self.app = [pid for pid in by_pid if pid not in self.store]

    def cost(self) -> Cost:
        """What they have spent so far."""
        return Cost(cpu_seconds(self.app), cpu_seconds(self.store))

    def app_bytes(self) -> int:
        """Memory of the server itself: its share of every page (PSS)."""
        return sum(_proportional_set(pid) for pid in self.app)


def cpu_seconds(pids: Iterable[int]) -> float:
    """The CPU clocks of processes: utime + stime of /proc/PID/stat, but not in ticks of 10 ms."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)  # clock_getcpuclockid(3)


def _proportional_set(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no Pss of process {pid}")
