"""Where a server's time goes: samples of its Python stacks, sorted by who they work for."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bench.rig import places
from bench.rig.places import Unavailable

RATE = 250
"""Samples a second. The sampler stops the server for each, so times while it runs are not kept."""
MOST_WAIT = 60
OWNERS: Mapping[str, tuple[str, ...]] = {
    "redis-py: the store's client": ("/redis/", "eventlog/store.py", "eventlog/engine.py"),
    "session secrets: keyed hashes, cookie": ("chat/identity.py", "chat/nonce.py"),
    "throttle": ("chat/throttle.py", "/limits/"),
    "numbers for the operator": ("/prometheus_client/",),
    "form: reading and checking": ("chat/ask.py", "chat/origin.py", "urllib/parse.py"),
    "log: tail, projection, frames": (
        *("eventlog/tail.py", "eventlog/projection.py", "chat/hub.py", "chat/room.py"),
        *("chat/fragments.py", "moderation/lists.py", "chat/frames.py", "/jinja2/"),
    ),
    "middleware: anonymity, headers, language": (
        *("chat/anonymity.py", "chat/security.py", "chat/locale.py"),
    ),
    "HTTP: parsing, answering": ("/uvicorn/", "chat/http_wire.py", "/httptools/"),
    "Starlette: routing, request, response": ("/starlette/",),
    "event loop and the kernel": ("asyncio/", "/uvloop/"),
}
REST = "the rest"
WAITING = ("/threading.py", "/subprocess.py", "concurrent/futures/thread.py")
"""Threads that only wait, which the sampler now and then takes for busy."""

_T = TypeVar("_T")


def owner(stack: str) -> str:
    """Whom the innermost frame of ours, or of a library that we name, works for.

    `stack` is one line of the sampler, outermost frame first: `name (file:line);name (file:line)`.
    """
    for frame in reversed(stack.split(";")):
        for name, places_ in OWNERS.items():
            if any(place in frame for place in places_):
                return name
    return REST


def shares(lines: str) -> dict[str, float]:
    """Each owner's share of the samples, the largest first."""
    found: Counter[str] = Counter()
    for line in lines.splitlines():
        stack, _, count = line.rpartition(" ")
        innermost, whose = stack.rpartition(";")[2], owner(stack)
        if whose != REST or not any(place in innermost for place in WAITING):
            found[whose] += int(count)
    total = found.total() or 1
    return {name: count / total for name, count in found.most_common()}


def profiled(pid: int, seconds: int, work: Callable[[], _T]) -> tuple[dict[str, float], _T]:
    """The shares of a process while `work` runs, which should take a little longer."""
    with tempfile.TemporaryDirectory(prefix="askpanel-bench-") as folder:
        kept = Path(folder) / "stacks"
        command = [
            *(str(places.profiler()), "record", "--pid", str(pid), "--duration", str(seconds)),
            *("--rate", str(RATE), "--format", "raw", "--output", str(kept), "--full-filenames"),
        ]
        watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            done = work()
            said, _ = watching.communicate(timeout=MOST_WAIT)
        except BaseException:
            watching.kill()
            watching.wait()
            raise
        if watching.returncode or not kept.exists():
            lines = said.decode(errors="replace").strip().splitlines() or ["no word"]
            raise Unavailable(f"py-spy: {lines[-1][:120]}")
        return shares(kept.read_text()), done
