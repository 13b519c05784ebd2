"""Several processes that are one service: each with its share of the readers, on one store or on a
cluster of stores."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from bench.rig.processes import Server
from bench.rig.product import SETTINGS, Room, door_of
from bench.rig.readers import Readers, Tally
from tests.clusters import start_cluster
from tests.engines import PrivateEngine, free_port, start_engine
from tests.service import Service

PROCESSES = 3
WARM_UP = 3
SETTLING, LONGEST = 1.0, 15.0


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What one run gave: CPU µs for each delivery, of all processes and of all stores; and when
    the last screen of them all had it, median."""

    app_us: float
    store_us: float
    last_ms: float
    p99_ms: float
    faults: int


@contextmanager
def nodes(url: str) -> Iterator[list[Service]]:
    """The processes, started one after the other, with a session and its staff."""
    settings = {**SETTINGS, "REDIS_URL": url, "SECRET_KEY": secrets.token_urlsafe(48)}
    with ExitStack() as stack:
        services = [Service(None, **settings) for _ in range(PROCESSES)]
        for service in services:
            stack.callback(service.close)
            service.start()
        services[0].prepare()
        yield services


def on_one_store(readers: int, broadcasts: int) -> Shared:
    """All of them on one engine."""
    with start_engine(port=free_port()) as engine, nodes(engine.url) as services:
        return _measured(services, [engine], readers, broadcasts)


def on_a_cluster(readers: int, broadcasts: int) -> Shared:
    """All of them on a cluster of three primaries, each with a copy."""
    with start_cluster() as cluster, nodes(cluster.url) as services:
        return _measured(services, cluster.nodes, readers, broadcasts)


def _measured(
    services: list[Service], engines: Sequence[PrivateEngine], readers: int, broadcasts: int
) -> Shared:
    room = Room(services[0])
    room.ready_questions(WARM_UP + broadcasts)
    roots = [service.process.pid for service in services if service.process]
    server = Server([*roots, *(engine.process.pid for engine in engines)])
    each = readers // PROCESSES
    with ExitStack() as stack:
        crowds = [stack.enter_context(Readers(door_of(one), each)) for one in services]
        for crowd in crowds:
            assert crowd.arrive().ready == each
        _pause(SETTLING)
        _broadcast(room, crowds, each, WARM_UP)
        for crowd in crowds:
            crowd.reset()
        start = server.cost()
        tallies = _broadcast(room, crowds, each, broadcasts)
        cost = server.cost().since(start)
    frames = max(1, sum(tally.frames - tally.heartbeats for tally in tallies))
    last = [max(times) for times in zip(*(_lasts(tally) for tally in tallies), strict=False)]
    lost = PROCESSES * each * broadcasts - sum(tally.marked for tally in tallies)
    return Shared(
        app_us=cost.app / frames * 1e6,
        store_us=cost.store / frames * 1e6,
        last_ms=sorted(last)[len(last) // 2] if last else 0.0,
        p99_ms=max(tally.p99_ms for tally in tallies),
        faults=lost + sum(t.missing + t.duplicated + sum(t.closed.values()) for t in tallies),
    )


def _broadcast(room: Room, crowds: list[Readers], each: int, count: int) -> list[Tally]:
    """Answer after answer, each when the last has come to everybody everywhere."""
    tallies: list[Tally] = []
    for number in range(count):
        room.answer(number)
        wanted = each * (number + 1)
        tallies = [crowd.await_deliveries(wanted, LONGEST) for crowd in crowds]
        _pause(0.1)
    return tallies


def _lasts(tally: Tally) -> list[float]:
    return [last for _, last in tally.sendings]


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
