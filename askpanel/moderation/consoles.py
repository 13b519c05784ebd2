"""The staff's pages: their sessions, and what every screen of one session is drawn with."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.locale import N_, local_path
from askpanel.chat.pages import Listed
from askpanel.chat.room import Room
from askpanel.chat.site import Site
from askpanel.eventlog.model import Role
from askpanel.eventlog.phase import phase
from askpanel.eventlog.rules import TRIAGE
from askpanel.moderation.beside import alarming
from askpanel.moderation.keymap import keys_of
from askpanel.moderation.visit import SignInDesk, Visit, require

REPORT = (Role.HOST, Role.LEAD)
"""Who reads the report of a session."""


class Home:
    """Where staff arrive."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

    def routes(self) -> list[Route]:
        return [Route("/staff", require(self.door)(self.home), name="staff")]

    async def home(self, request: Request, visit: Visit) -> Response:
        """Every session, with the screens that this role works at."""
        store = self.site.hub.store
        now = store.now()
        listed = [Listed(s, phase(s.schedule, now)) for s in await store.sessions()]
        return staff_page(self.site, request, visit, "staff/home.html", sessions=listed[::-1])


def console(
    site: Site, request: Request, visit: Visit, room: Room, template: str, **context: Any
) -> Response:
    """A screen of one session as it stands now, from where its socket goes on."""
    session, now = room.projection.session, site.hub.store.now()
    return staff_page(
        site,
        request,
        visit,
        template,
        session=session,
        phase=phase(session.schedule, now),
        now=now,
        position=room.position,
        epoch=room.epoch,
        connected=room.connected,
        present=room.projection.present,
        remarks=room.projection.remarks,
        pinned=room.projection.pinned(),
        alarming=alarming(room.projection),
        keymap=keys_of(template.rpartition("/")[2].removesuffix(".html")),
        mutes=sorted(room.projection.muted.values(), key=lambda mute: mute.position),
        **context,
    )


def staff_page(
    site: Site,
    request: Request,
    visit: Visit,
    template: str,
    status: int = 200,
    **context: Any,
) -> Response:
    """A page for somebody who is signed in, with the way to their screens."""
    gettext, locale, here = site.view(request).gettext, request.state.locale, request.state.path
    places = [("/staff", N_("Sessions"))]
    if "session" in context:
        base = f"/staff/sessions/{context['session'].slug}"
        if visit.member.role in TRIAGE:
            places.append((f"{base}/triage", N_("Questions to check")))
        places.append((f"{base}/desk", N_("Questions for the panel")))
        if visit.member.role in TRIAGE:
            places.append((f"{base}/history", N_("History")))
        if visit.member.role in REPORT:
            places.append((f"{base}/report", N_("Report")))
        if visit.member.role is Role.HOST:
            places.append((f"{base}/plan", N_("Time and posters")))
        places.append((f"/sessions/{context['session'].slug}", N_("Public page")))
    navigation = [
        {"text": gettext(text), "href": local_path(locale, path), "current": path == here}
        for path, text in places
    ]
    return site.page(
        request,
        template,
        status,
        visit=visit,
        csrf=visit.csrf,
        signed_in_as=visit.member.name,
        staff_navigation=navigation,
        **context,
    )
