"""The report of a session, to read, to print and to keep."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askpanel.chat.locale import N_, NN_, clock_seconds, day, iso, translations
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site
from askpanel.chat.transcript import as_record
from askpanel.eventlog.session import Session
from askpanel.moderation.consoles import REPORT, staff_page
from askpanel.moderation.historypage import ranges
from askpanel.moderation.historywords import STATES
from askpanel.moderation.playbook import Playbook, named
from askpanel.moderation.report import Report, Tally, report
from askpanel.moderation.visit import SignInDesk, Visit, require

HELPED = {"yes": N_("It helped"), "no": N_("Still need help"), "unsaid": N_("Nothing said")}
TIMES = ("at", "raised", "acknowledged", "decided")


class ReportPage:
    """`/staff/sessions/{slug}/report` and `report.json`. Only reads."""

    def __init__(self, site: Site, door: SignInDesk, playbook: Playbook) -> None:
        self.site, self.door, self.playbook = site, door, playbook

    def routes(self) -> list[Route]:
        here, staff = "/staff/sessions/{slug}/report", require(self.door, *REPORT)
        return [
            Route(here, staff(self.page), name="report"),
            Route(here + ".json", staff(self.file), name="report file"),
        ]

    async def page(self, request: Request, visit: Visit) -> Response:
        """The report in words."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session, locale = room.projection.session, request.state.locale
        return staff_page(
            self.site,
            request,
            visit,
            "staff/report.html",
            session=session,
            report=await self._report(room),
            seal=self.site.head_of(session.slug),
            now=self.site.hub.store.now(),
            state_words=STATES,
            helped_words=HELPED,
            label=lambda kind, code: named(getattr(self.playbook, kind), code, locale),
            span_words=lambda milliseconds: span_words(milliseconds, locale),
            date_words=lambda at: (
                f"{day(at, session.timezone, locale)} {clock_seconds(at, session.timezone)}"
            ),
            clock_seconds=clock_seconds,
        )

    async def file(self, request: Request, visit: Visit) -> Response:
        """The same as data: codes instead of words, times in ISO 8601 (UTC)."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session = room.projection.session
        seal = self.site.head_of(session.slug)
        response = JSONResponse(
            {
                "session": session.slug,
                "title": session.title,
                **as_data(await self._report(room), session),
                "record": as_record(seal) if seal else None,
            }
        )
        name = f"{session.slug}-report.json"
        response.headers["content-disposition"] = f'attachment; filename="{name}"'
        return response

    async def _report(self, room: Room) -> Report:
        tally, slug = Tally(), room.projection.session.slug
        async for entries in ranges(self.site.hub.store, slug, room.position):
            tally.take(entries)
        return report(tally, room.projection)


def as_data(found: Report, session: Session) -> dict[str, Any]:
    """The report as JSON-compatible data; a moment that has not come is null."""

    def dated(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: (iso(each) if each else None) if name in TIMES and isinstance(each, int)
                else dated(each)
                for name, each in value.items()
            }  # fmt: skip
        return [dated(each) for each in value] if isinstance(value, list) else value

    data: dict[str, Any] = msgspec.to_builtins(found)
    spans = {name: data.pop(name) for name in ("decided", "answered")}
    return {**dated(data), **{f"until_{name}_ms": span for name, span in spans.items()}}


def span_words(milliseconds: int | None, locale: str) -> str:
    """`3 minutes`, or seconds up to two minutes; a dash for nothing."""
    if milliseconds is None:
        return "–"
    seconds = max(0, round(milliseconds / 1000))
    forms, number = NN_("%(count)s second", "%(count)s seconds"), seconds
    if seconds >= 120:
        forms, number = NN_("%(count)s minute", "%(count)s minutes"), round(seconds / 60)
    return translations(locale).ngettext(*forms, number) % {"count": number}
