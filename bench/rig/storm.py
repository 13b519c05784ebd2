"""Everybody comes at once: one server, so many visitors, and what each of them costs it."""

from __future__ import annotations

import statistics
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec

from bench.rig.candidates import Running, program
from bench.rig.filling import fill
from bench.rig.processes import Cost, Server
from bench.rig.product import EPOCH, POSITION, SETTINGS, Room
from bench.rig.readers import Arrival, Door, Readers, Tally
from tests.engines import free_port
from tests.service import SLUG, Service

WARM_UP = 50
SETTLING = 1.0
ANSWER_EVERY = 0.25
AFTER_LAST = 2.0
"""Seconds: for the last answer to come to everybody."""
PAGE, LIVE = f"/sessions/{SLUG}", f"/sessions/{SLUG}/live"


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody does: with `pages` each fetches the page first; `missed` is how many frames
    each was away for; `answered` how many questions stand on the page, and `asked` how many more
    there have been, half of them answered."""

    key: str
    name: str
    pages: bool
    answered: int = 30
    missed: int = 0
    asked: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run gave. Microseconds of CPU are of the server and its store, for each visitor;
    `visitor_us` is what the load client spent itself on one."""

    visitors: int
    refused: int
    server_us: float
    store_us: float
    p50_ms: float
    p99_ms: float
    page_bytes: int
    run_bytes: int
    visitor_us: float

    @property
    def total_us(self) -> float:
        """The server and its store."""
        return self.server_us + self.store_us

    @property
    def per_second(self) -> float:
        """Visitors a second on one core."""
        return 1e6 / self.total_us


class Calm(msgspec.Struct, frozen=True, kw_only=True):
    """How late an answer came to those already in: before the storm, and while it lasted."""

    calm: Tally
    storm: Tally
    seconds: float


def come(running: Running, visitors: int, run_bytes: int = 0) -> Figures:
    """Let a few visitors warm the server up, then let them all come, and count."""
    server = Server(running.roots)
    with Readers(running.door, WARM_UP) as first:
        assert first.arrive().ready == WARM_UP, "the first visitors do not get in"
        _pause(SETTLING)
        start = server.cost()
        with Readers(running.door, visitors) as readers:
            arrival = readers.arrive()
            cost, reading = server.cost().since(start), readers.cost()
    return _figures(arrival, cost, reading, run_bytes)


def _figures(arrival: Arrival, cost: Cost, reading: float, run_bytes: int) -> Figures:
    count = max(1, arrival.ready)
    return Figures(
        visitors=arrival.ready,
        refused=arrival.failed,
        server_us=cost.app / count * 1e6,
        store_us=cost.store / count * 1e6,
        p50_ms=arrival.p50_ms,
        p99_ms=arrival.p99_ms,
        page_bytes=arrival.page_bytes,
        run_bytes=run_bytes,
        visitor_us=reading / count * 1e6,
    )


def watched(room: Room, running: Running, readers: int, visitors: int, answers: int) -> Calm:
    """Answers at an even pace to those already in, first in peace and then while all come."""
    with Readers(room.door(), readers) as inside, ThreadPoolExecutor(1) as panelist:
        assert inside.arrive().ready == readers
        _pause(SETTLING)
        inside.reset()
        _answers(room, answers)
        calm = inside.await_deliveries(readers * answers, AFTER_LAST)
        inside.reset()
        over = threading.Event()
        given = panelist.submit(_answers, room, answers, over)
        with Readers(running.door, visitors) as storm:
            seconds = storm.arrive().seconds
            over.set()
            count = given.result()
            shaken = inside.await_deliveries(readers * count, AFTER_LAST)
    return Calm(calm=calm, storm=shaken, seconds=seconds)


def _answers(room: Room, most: int, over: threading.Event | None = None) -> int:
    """Answers until there are enough, or until it is over; how many."""
    pace = over or threading.Event()
    for number in range(most):
        room.answer(number)
        if pace.wait(ANSWER_EVERY):
            return number + 1
    return most


@contextmanager
def product(storm: Storm, spare: int = 0) -> Iterator[tuple[Room, Running, int]]:
    """The whole product, restarted once everything has been answered, as after a deployment.

    Gives besides the bytes that a visitor's socket is told before it is up to date.
    """
    service = Service(None, **SETTINGS)
    try:
        service.start()
        service.prepare()
        room = Room(service)
        room.ready_questions(storm.answered + spare)
        for number in range(storm.answered):
            room.answer(number)
        service.stop()
        if storm.asked:
            fill(service.folder / "data", storm.asked)
        service.start()
        assert service.process
        door = visitors_door(room, storm)
        run_bytes(door)  # the first visitor of all has the process notice where it stands
        running = Running(door=door, roots=[service.process.pid], publish=room.answer)
        yield room, running, run_bytes(door)
    finally:
        service.close()


def visitors_door(room: Room, storm: Storm) -> Door:
    """Where a visitor begins: at the page, or at the position where they lost their socket."""
    if storm.pages:
        return Door(
            port=room.service.port, page=PAGE, path=LIVE, origin=room.service.url, expect="{"
        )
    page = room.sam.page()
    after, epoch = int(POSITION.findall(page)[0]) - storm.missed, EPOCH.findall(page)[0]
    return Door(
        port=room.service.port,
        path=f"{LIVE}?after={after}&epoch={epoch}",
        origin=room.service.url,
        expect="{",
    )


def run_bytes(door: Door) -> int:
    """What one visitor's socket is told at once."""
    with Readers(door, 1) as one:
        arrival = one.arrive()
        assert arrival.ready == 1, arrival.statuses
        return arrival.bytes + one.await_deliveries(1_000_000, SETTLING).bytes


@contextmanager
def bare(page_bytes: int, text_bytes: int, *, pages: bool, rested: bool) -> Iterator[Running]:
    """Starlette alone, with a page and a text of the same sizes; `rested` is its garbage
    collector, as ours."""
    port = free_port()
    words = (str(port), str(page_bytes), str(max(14, text_bytes)), "rested" if rested else "")
    with program(sys.executable, "-m", "bench.peers.starlette_bare", *words, port=port) as pid:
        door = Door(port=port, page="/page" if pages else "", path="/live", expect="{")
        yield Running(door=door, roots=[pid], publish=lambda position: None)


def median(runs: list[Figures], name: str) -> float:
    """A figure's median over the rounds."""
    return float(statistics.median(getattr(run, name) for run in runs))


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
