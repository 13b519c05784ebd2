"""One server under one number of readers, measured."""

from __future__ import annotations

import threading
import time

import msgspec

from bench.rig.candidates import Candidate, Running
from bench.rig.processes import Cost, Server
from bench.rig.readers import Readers, Tally

WARM_UP = 5
SETTLING, IDLE = 1.0, 2.0
LONGEST_BROADCAST, AFTER_A_LOSS = 15.0, 3.0
"""Seconds to wait for a broadcast to come to everybody; less, once one has not."""
AFTERMATH = 0.2
"""Seconds: for what comes twice, or late, to be seen."""


class Plan(msgspec.Struct, frozen=True):
    """How much: readers, broadcasts to them, and seconds from one broadcast to the next; and
    whether the readers offer compression."""

    readers: int
    broadcasts: int
    interval: float = 0.1
    deflate: bool = False


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run gave. Microseconds of CPU are of the server's processes, all of them, for
    each frame that a reader got; `reader_us` is what the load client spent itself. `idle_ms` is
    their ms of CPU a second while nothing is sent, `broadcast_ms` what they spend from one
    broadcast to the next, and `event_ms` that without what is spent anyway. `kib_each` is memory
    before and `kib_after` after the broadcasts."""

    readers: int
    refused: int
    delivered: float
    app_us: float
    store_us: float
    broadcast_ms: float
    event_ms: float
    idle_ms: float
    p50_ms: float
    p99_ms: float
    last_ms: float
    bytes_each: float
    kib_each: float
    kib_after: float
    reader_us: float
    joining_s: float
    missing: int
    duplicated: int
    lost: int
    compressed: int
    garbled: int

    @property
    def total_us(self) -> float:
        """The server and its store."""
        return self.app_us + self.store_us


def measure(candidate: Candidate, plan: Plan) -> Figures:
    """Serve, let the readers in, broadcast, stop. Raises Unavailable."""
    with candidate.serve(WARM_UP + plan.broadcasts) as running:
        server = Server(running.roots)
        before = server.app_bytes()
        with Readers(running.door, plan.readers, deflate=plan.deflate) as readers:
            arrival = readers.arrive()
            assert arrival.ready, f"no reader got in: {arrival.statuses}"
            _pause(SETTLING)
            kib = (server.app_bytes() - before) / arrival.ready / 1024
            idle = _idle(server)
            _broadcast(running, readers, arrival.ready, Plan(plan.readers, WARM_UP), first=1)
            readers.reset()
            start, reading, begun = server.cost(), readers.cost(), time.monotonic()
            tally = _broadcast(running, readers, arrival.ready, plan, first=WARM_UP + 1)
            cost, reading = server.cost().since(start), readers.cost() - reading
            seconds = time.monotonic() - begun
            after = (server.app_bytes() - before) / arrival.ready / 1024
        frames = max(1, tally.frames - tally.heartbeats)
        return Figures(
            readers=arrival.ready,
            refused=arrival.failed,
            delivered=tally.marked / (arrival.ready * plan.broadcasts),
            app_us=cost.app / frames * 1e6,
            store_us=cost.store / frames * 1e6,
            broadcast_ms=cost.total / plan.broadcasts * 1e3,
            event_ms=(cost.total - idle.total / IDLE * seconds) / plan.broadcasts * 1e3,
            idle_ms=idle.total / IDLE * 1e3,
            p50_ms=tally.p50_ms,
            p99_ms=tally.p99_ms,
            last_ms=_median([last for _, last in tally.sendings]),
            bytes_each=tally.bytes / max(1, tally.frames),
            kib_each=kib,
            kib_after=after,
            reader_us=reading / frames * 1e6,
            joining_s=arrival.seconds,
            missing=tally.missing,
            duplicated=tally.duplicated,
            lost=sum(tally.closed.values()),
            compressed=tally.compressed,
            garbled=tally.garbled,
        )


def _broadcast(running: Running, readers: Readers, ready: int, plan: Plan, *, first: int) -> Tally:
    """Broadcast after broadcast, each begun when the last has come to everybody."""
    had, patience = 0, LONGEST_BROADCAST
    for number in range(plan.broadcasts):
        begun = time.monotonic()
        running.publish(first + number)
        tally = readers.await_deliveries(had + ready, patience)
        if tally.marked < had + ready:
            patience = AFTER_A_LOSS
        had = tally.marked
        _pause(plan.interval - (time.monotonic() - begun))
    return readers.await_deliveries(had + 1, AFTERMATH)


def _idle(server: Server) -> Cost:
    before = server.cost()
    _pause(IDLE)
    return server.cost().since(before)


def _pause(seconds: float) -> None:
    threading.Event().wait(max(0.0, seconds))


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
