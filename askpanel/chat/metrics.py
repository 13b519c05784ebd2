"""Numbers for an operator, in Prometheus's text format. Nothing in them belongs to a person:
the only label that a session adds is its own name.

With several workers each writes its numbers to a folder that all share, and any of them answers
for all (the Prometheus client's multi-process mode).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

sockets = Gauge(
    "askpanel_sockets",
    "Live connections that are open now.",
    ["audience"],
    multiprocess_mode="livesum",
)
deliveries = Counter("askpanel_deliveries_total", "Writes to sockets: one may carry many frames.")
slow_readers = Counter("askpanel_slow_readers_total", "Connections cut because nobody read them.")
resets = Counter("askpanel_resets_total", "Screens that could not be continued, and began anew.")
questions = Counter(
    "askpanel_questions_total",
    "Questions by what became of them at the door: stored, or why not.",
    ["outcome"],
)
fan_out = Histogram(
    "askpanel_fan_out_seconds",
    "From the store's time of an entry until it was written to the last socket of a process.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
store_up = Gauge(
    "askpanel_store_up",
    "1 while every process's log is followed, 0 while one has lost the store.",
    multiprocess_mode="livemin",
)
position = Gauge(
    "askpanel_position",
    "The newest entry of a session's log that has been shown.",
    ["session"],
    multiprocess_mode="livemin",
)
waiting = Gauge(
    "askpanel_questions_waiting",
    "Questions that no moderator has decided on.",
    ["session"],
    multiprocess_mode="livemax",
)
oldest = Gauge(
    "askpanel_oldest_waiting_seconds",
    "How long the oldest of them has waited.",
    ["session"],
    multiprocess_mode="livemax",
)

_OWNER = re.compile(r"_(\d+)\.db$")


def forget_the_dead(folder: Path) -> None:
    """Remove the live numbers of processes that are gone, so that they do not count for ever."""
    for path in folder.glob("gauge_live*.db"):
        owner = _OWNER.search(path.name)
        if owner and not Path(f"/proc/{owner[1]}").exists() and Path("/proc").exists():
            path.unlink(missing_ok=True)


async def metrics(request: Request) -> Response:
    """`GET /metrics`."""
    registry = REGISTRY
    if os.environ.get(FOLDER):
        forget_the_dead(Path(os.environ[FOLDER]))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def routes() -> list[Route]:
    return [Route("/metrics", metrics, name="metrics")]
