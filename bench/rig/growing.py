"""Rooms that have grown: with a long log, or beside many others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import msgspec

from bench.rig.candidates import Candidate, Running
from bench.rig.filling import fill, open_sessions
from bench.rig.product import SETTINGS, Room, room_of, running_in
from tests.service import SLUG, Service

PAGES = 5


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A server started on a log that is there already: seconds until it is ready and until its
    first page, then ms and KB of a page like any other."""

    ready_s: float
    first_page_s: float
    page_ms: float
    page_kb: float


@contextmanager
def long_session(questions: int, starts: list[Start]) -> Iterator[Room]:
    """A room whose session has had so many questions before the server was started."""
    service = Service(None, **SETTINGS)
    try:
        service.start()
        service.prepare()
        fill(service.folder / "data", questions)
        service.stop()
        begun = time.monotonic()
        service.start()
        ready = time.monotonic() - begun
        reader = service.participant()
        page = reader.get(f"/sessions/{SLUG}")
        first = time.monotonic() - begun
        assert page.status_code == 200, page.status_code
        again = time.monotonic()
        for _ in range(PAGES):
            reader.get(f"/sessions/{SLUG}")
        each = (time.monotonic() - again) / PAGES
        starts.append(
            Start(
                ready_s=ready,
                first_page_s=first,
                page_ms=each * 1e3,
                page_kb=len(page.content) / 1e3,
            )
        )
        yield Room(service)
    finally:
        service.close()


@contextmanager
def one_of_many(sessions: int) -> Iterator[Room]:
    """A room in a server that has so many sessions open."""
    with room_of() as room:
        for slug in open_sessions(room.service.folder / "data", sessions - 1):
            page = room.sam.get(f"/sessions/{slug}")
            assert page.status_code == 200, page.status_code
        yield room


def lives(opened: AbstractContextManager[Room]) -> Candidate:
    """Whole lives of questions in that room."""

    @contextmanager
    def serve(_: int) -> Iterator[Running]:
        with opened as room:
            room.ready_questions(0)
            yield running_in(room, room.whole_life)

    return Candidate(key="growth", name="Askpanel", serve=serve)
