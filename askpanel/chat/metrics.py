"""Numbers for an operator, in Prometheus's text format. Nothing in them belongs to a person: a
label is the name of a session, a code from a short list, or a version.

With several workers each writes its numbers to a folder that all share, and any of them answers
for all: see `metricsfolder`.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.metricsfolder import FOLDER, forget_the_dead
from askpanel.eventlog.rules import ANNOUNCING_COMMANDS, RULES, SCHEDULE_COMMANDS

disable_created_metrics()  # type: ignore[no-untyped-call]
"""One worker would give a time for each counter, several would not: none do."""

# Who is here, and what reaches them

sockets = Gauge(
    "askpanel_sockets",
    "Live connections that are open now, by session and by audience.",
    ["session", "audience"],
    multiprocess_mode="livesum",
)
sockets_refused = Counter(
    "askpanel_sockets_refused_total",
    "Live connections that were not let in, or were shown out, by the reason.",
    ["reason"],
)
connections_cut = Counter(
    "askpanel_connections_cut_total",
    "Connections that were ended for what the other side did, or did not do, by the reason.",
    ["reason"],
)
deliveries = Counter("askpanel_deliveries_total", "Writes to sockets: one may carry many frames.")
slow_readers = Counter("askpanel_slow_readers_total", "Connections cut because nobody read them.")
resets = Counter("askpanel_resets_total", "Screens that could not be continued, and began anew.")
fan_out = Histogram(
    "askpanel_fan_out_seconds",
    "From the store's time of an entry until it was written to the last socket of a process.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)

# What was asked and decided, and what was refused

questions = Counter(
    "askpanel_questions_total",
    "Questions by what became of them at the door: stored, or why not.",
    ["outcome"],
)
commands = Counter(
    "askpanel_commands_total",
    "Commands that staff gave on a question or on the schedule: done, or why not.",
    ["command", "outcome"],
)
sign_ins = Counter(
    "askpanel_sign_ins_total",
    "Sign-ins of staff: begun, or why not.",
    ["outcome"],
)
staff_refused = Counter(
    "askpanel_staff_refused_total",
    "Staff pages and forms that were refused before their command was looked at, by the reason.",
    ["reason"],
)
faults = Counter("askpanel_faults_total", "Requests that ended in a fault of the program.")

# The sessions

session_live = Gauge(
    "askpanel_session_live",
    "1 while a session is on the air, its last minutes included; 0 before and after.",
    ["session"],
    multiprocess_mode="livemax",
)
position = Gauge(
    "askpanel_position",
    "The newest entry of a session's log that has been shown.",
    ["session"],
    multiprocess_mode="livemin",
)
log_lag = Gauge(
    "askpanel_log_lag_entries",
    "Entries that the store has of a session and the slowest process has not shown yet.",
    ["session"],
    multiprocess_mode="livemax",
)
by_state = Gauge(
    "askpanel_questions_by_state",
    "Questions of a session that are in a state now.",
    ["session", "state"],
    multiprocess_mode="livemax",
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

unnoticed = Counter(
    "askpanel_unnoticed_total",
    "Questions that were stored without flags because looking for any failed.",
)
record_alarms = Counter(
    "askpanel_record_alarms_total",
    "Times that a session's record was found not to be what it was, by what was wrong with it.",
    ["session", "kind"],
)
unsealed = Gauge(
    "askpanel_unsealed_seconds",
    "How long the oldest entry that no signed head covers yet has waited for one.",
    ["session"],
    multiprocess_mode="livemax",
)

# The store

store_up = Gauge(
    "askpanel_store_up",
    "1 while every process's log is followed, 0 while one has lost the store.",
    multiprocess_mode="livemin",
)
store_call = Histogram(
    "askpanel_store_call_seconds",
    "From a call of one of the store's scripts to its answer, the flush to disk included.",
    ["call"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
)
store_failures = Counter(
    "askpanel_store_failures_total",
    "Calls that the store did not answer, or not in time.",
    ["call"],
)
disk_free = Gauge(
    "askpanel_disk_free_ratio",
    "The free part of the disk that the private store writes to; absent with a store of your own.",
    ["folder"],
    multiprocess_mode="livemin",
)

# The processes

workers = Gauge("askpanel_workers", "Processes that serve.", multiprocess_mode="livesum")
starts = Counter("askpanel_starts_total", "Starts of such a process, the first ones included.")
started = Gauge(
    "askpanel_start_time_seconds",
    "When the newest of them started, in Unix seconds: it changes with every restart.",
    multiprocess_mode="livemax",
)
draining = Gauge(
    "askpanel_draining",
    "Processes that have been told to stop and are letting their readers go.",
    multiprocess_mode="livesum",
)
loop_lag = Histogram(
    "askpanel_loop_lag_seconds",
    "How late a process came to what was due, asked four times a second.",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
open_files_limit = Gauge(
    "askpanel_open_files_limit",
    "How many files and connections a process may have open.",
    multiprocess_mode="livemin",
)
build = Gauge(
    "askpanel_build_info",
    "Always 1; the labels say which version runs, and on which Python.",
    ["version", "python"],
    multiprocess_mode="livemax",
)

WHY_REFUSED = {403: "origin", 404: "unknown session", 429: "network", 503: "away"}
"""The words for the status with which a handshake is refused."""


def count_command(command: str, outcome: str) -> None:
    """Count a command. One that does not exist is whatever somebody typed, so it is no label."""
    known = command in (*RULES, *SCHEDULE_COMMANDS, *ANNOUNCING_COMMANDS)
    commands.labels(command if known else "unknown", outcome).inc()


def count_sign_in(errors: object) -> None:
    """Count why nobody was signed in: the codes with which the sign-in page is drawn."""
    for code in errors if isinstance(errors, list) else ():
        (staff_refused if code == "signed_out" else sign_ins).labels(code).inc()


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
