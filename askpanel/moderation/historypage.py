"""The history of a session: its log as sentences, the newest first, read a range at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from askpanel.chat.locale import clock_seconds, day, iso
from askpanel.chat.number import whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up
from askpanel.chat.transcript import inert
from askpanel.eventlog.model import Entry
from askpanel.eventlog.rules import TRIAGE
from askpanel.eventlog.store import Store
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.history import Line, TakenBack, Teller, Wanted, history_path, undo_of
from askpanel.moderation.historywords import EVENTS, KINDS
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.visit import SignInDesk, Visit, require

RANGE = 200
"""Entries that are read from the store at once."""
ON_A_PAGE = 50
MOST_SEARCHED = 4_000
"""Entries that one page looks at; a rare word is looked for on the next one."""
LONGEST_WORDS = 100
COLUMNS = ("position", "at", "name", "username", "event", "question", "from", "to", "reason")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some lines, and the position before which to go on looking; 0 where the log begins."""

    lines: list[Line]
    before: int


async def stretch(
    store: Store, slug: str, teller: Teller, wanted: Wanted, before: int, most: int = ON_A_PAGE
) -> Stretch:
    """The newest lines below a position that are wanted."""
    found: list[Line] = []
    taken_back, floor = TakenBack(), max(0, before - 1 - MOST_SEARCHED)
    while before > floor + 1 and len(found) < most:
        entries = await store.entries(slug, max(floor + 1, before - RANGE), before - 1)
        if not entries:
            return Stretch(found, 0)
        for entry in reversed(entries):
            before = entry.position
            line = taken_back.mark(entry, teller.line(entry))
            if wanted.includes(line):
                found.append(line)
                if len(found) == most:
                    break
    return Stretch(found, before if before > 1 else 0)


async def ranges(store: Store, slug: str, newest: int) -> AsyncIterator[list[Entry]]:
    """The whole log up to a position, oldest first, a range at a time."""
    first = 1
    while first <= newest:
        entries = await store.entries(slug, first, min(first + RANGE - 1, newest))
        if not entries:
            return
        yield entries
        first = entries[-1].position + 1


def wanted_of(request: Request) -> Wanted:
    """What the address asks for; nothing in it is an error, what is unknown finds nothing."""
    given = request.query_params
    kind = given.get("kind", "")
    return Wanted(
        person=given.get("person", "")[:64],
        event=given.get("event", "")[:64],
        kind=kind if kind in (*KINDS, "all") else "",
        number=whole(given.get("question", ""), 9) or 0,
        words=" ".join(given.get("words", "").split())[:LONGEST_WORDS],
    )


def asked(wanted: Wanted, **more: int) -> str:
    """The same question to the history as a query string."""
    given = {
        "person": wanted.person,
        "event": wanted.event,
        "kind": wanted.kind,
        "question": wanted.number,
        "words": wanted.words,
        **more,
    }
    return urlencode({k: v for k, v in given.items() if v}, errors="replace")


class HistoryPage:
    """`/staff/sessions/{slug}/history` and its files. Only reads."""

    def __init__(self, site: Site, door: SignInDesk, playbook: Playbook) -> None:
        self.site, self.door, self.playbook = site, door, playbook

    def routes(self) -> list[Route]:
        here, staff = "/staff/sessions/{slug}/history", require(self.door, *TRIAGE)
        return [
            Route(here, staff(self.page), name="history"),
            Route(here + ".{form}", staff(self.file), name="history file"),
        ]

    async def page(self, request: Request, visit: Visit) -> Response:
        """Some lines of the history, and what may still be taken back."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        session, store = room.projection.session, self.site.hub.store
        wanted, gettext = wanted_of(request), self.site.view(request).gettext
        before = whole(request.query_params.get("before", ""), 15) or room.position + 1
        found = await stretch(
            store,
            session.slug,
            self._teller(request, room),
            wanted,
            min(before, room.position + 1),
        )
        path = history_path(request.state.locale, session.slug)
        return staff_page(
            self.site,
            request,
            visit,
            "staff/history.html",
            session=session,
            days=_by_day(found.lines, session.timezone, request.state.locale),
            undos={line.position: self._undo(room, visit, line) for line in found.lines},
            wanted=wanted,
            narrowed=wanted != Wanted(),
            people=await self.door.staff.all(),
            events=sorted(
                ((name, gettext(told.label)) for name, told in EVENTS.items()), key=lambda e: e[1]
            ),
            kinds=KINDS,
            newest=f"{path}?{asked(wanted)}" if before <= room.position else "",
            older=f"{path}?{asked(wanted, before=found.before)}" if found.before else "",
            files={form: f"{path}.{form}?{asked(wanted)}" for form in ("csv", "json")},
            history=path,
            clock_seconds=clock_seconds,
        )

    async def file(self, request: Request, visit: Visit) -> Response:
        """`.csv` or `.json`: the same lines, oldest first, without what participants wrote."""
        room = await self.site.hub.room(request.path_params["slug"])
        form = request.path_params["form"]
        if room is None or form not in ("csv", "json"):
            return no_such_session(self.site, request)
        lines = self._lines(request, room)
        parts = as_csv(lines) if form == "csv" else as_json(room, lines)
        # The first part is read before the answer begins: a store that is away is then said to be.
        first = await anext(parts)
        name = f"{room.projection.session.slug}-history.{form}"
        return StreamingResponse(
            _from(first, parts),
            media_type="text/csv" if form == "csv" else "application/json",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    def _teller(self, request: Request, room: Room) -> Teller:
        return Teller(room.projection.session, self.playbook, request.state.locale)

    def _undo(self, room: Room, visit: Visit, line: Line) -> tuple[int, str]:
        question = room.projection.questions.get(line.number)
        return undo_of(line, question, visit.member.role)

    async def _lines(self, request: Request, room: Room) -> AsyncIterator[list[Line]]:
        teller, wanted = self._teller(request, room), wanted_of(request)
        slug = room.projection.session.slug
        async for entries in ranges(self.site.hub.store, slug, room.position):
            told = [teller.line(entry) for entry in entries]
            yield [line for line in told if wanted.includes(line)]


def _by_day(lines: list[Line], zone: str, locale: str) -> list[tuple[str, list[Line]]]:
    found: list[tuple[str, list[Line]]] = []
    for line in lines:
        heading = day(line.at, zone, locale)
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(line)
    return found


def _row(line: Line) -> tuple[Any, ...]:
    number = line.number or ""
    who = line.name, line.username
    moved = line.before, line.after
    return (line.position, iso(line.at), *who, line.type, number, *moved, line.reason)


async def as_csv(lines: AsyncIterator[list[Line]]) -> AsyncIterator[str]:
    """One row for each line (RFC 4180), the first naming the columns; no cell is a formula."""
    head = ",".join((*COLUMNS, "sentence")) + "\r\n"
    async for some in lines:
        out = io.StringIO()
        writer = csv.writer(out)
        for line in some:
            cells = (*_row(line), line.whole)
            writer.writerow([inert(each) if isinstance(each, str) else each for each in cells])
        yield head + out.getvalue()
        head = ""
    yield head


async def as_json(room: Room, lines: AsyncIterator[list[Line]]) -> AsyncIterator[str]:
    """One object; `entries` as in the CSV. It ends with `"complete": true`, or was cut off."""
    session = json.dumps(room.projection.session.slug)
    head = f'{{"session": {session}, "position": {room.position}, "entries": ['
    between = head
    async for some in lines:
        part = ""
        for line in some:
            told = dict(zip(COLUMNS, _row(line), strict=True)) | {"sentence": line.whole}
            part += between + json.dumps(told, ensure_ascii=False)
            between = ",\n"
        yield part
    yield (head if between is head else "") + '], "complete": true}\n'


async def _from(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for part in rest:
        yield part
