"""The staff's screens: their sessions, the triage queue, and the panel's desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.locale import N_, local_path
from askpanel.chat.pages import Listed, no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up
from askpanel.eventlog.model import Question, Role, State
from askpanel.eventlog.phase import phase
from askpanel.moderation.fragments import (
    DESK_LISTS,
    DESK_PARTS,
    TRIAGE_LISTS,
    TRIAGE_PARTS,
    counted,
)
from askpanel.moderation.visit import SignInDesk, Visit, require

TRIAGE_ROLES = (Role.HOST, Role.MODERATOR)


@dataclass(frozen=True, slots=True)
class List:
    """One list of a screen, its cards drawn for this viewer."""

    name: str
    cards: list[Markup]
    count: int


class Consoles:
    """Pages that only read. What they show live comes by the socket, from the same partials."""

    def __init__(self, site: Site, desk: SignInDesk) -> None:
        self.site, self.door = site, desk

    def routes(self) -> list[Route]:
        any_staff, triage_staff = require(self.door), require(self.door, *TRIAGE_ROLES)
        return [
            Route("/staff", any_staff(self.home), name="staff"),
            Route("/staff/sessions/{slug}/triage", triage_staff(self.triage), name="triage"),
            Route("/staff/sessions/{slug}/desk", any_staff(self.desk), name="desk"),
        ]

    async def home(self, request: Request, visit: Visit) -> Response:
        """Every session, with the screens that this role works at."""
        store = self.site.hub.store
        now = store.now()
        listed = [Listed(s, phase(s.schedule, now)) for s in await store.sessions()]
        return staff_page(self.site, request, visit, "staff/home.html", sessions=listed[::-1])

    async def triage(self, request: Request, visit: Visit) -> Response:
        """The queue."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        lists = self._lists(request, visit, room, TRIAGE_LISTS, TRIAGE_PARTS)
        return self._console(request, visit, room, "staff/triage.html", lists=lists)

    async def desk(self, request: Request, visit: Visit) -> Response:
        """What the panel answers: a box for each of one's own claims, then everyone's list."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        claims = [
            self.site.view(request).part(
                DESK_PARTS, "claim", question, room.projection.session, visit.csrf
            )
            for question in claims_of(room, visit.member.username)
        ]
        lists = self._lists(request, visit, room, DESK_LISTS, DESK_PARTS)
        return self._console(request, visit, room, "staff/desk.html", lists=lists, claims=claims)

    def _console(
        self, request: Request, visit: Visit, room: Room, template: str, **context: Any
    ) -> Response:
        projection, now = room.projection, self.site.hub.store.now()
        return staff_page(
            self.site,
            request,
            visit,
            template,
            session=projection.session,
            phase=phase(projection.session.schedule, now),
            now=now,
            position=room.position,
            epoch=room.epoch,
            connected=room.connected,
            **context,
        )

    def _lists(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        lists: Mapping[str, tuple[State, ...]],
        parts: str,
    ) -> list[List]:
        view, projection = self.site.view(request), room.projection
        return [
            List(
                name,
                [
                    view.part(parts, "card", question, projection.session, visit.csrf)
                    for question in projection.of(*states)
                ],
                counted(lists, name, projection.counts),
            )
            for name, states in lists.items()
        ]


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
        if visit.member.role in TRIAGE_ROLES:
            places.append((f"{base}/triage", N_("Questions to check")))
        places.append((f"{base}/desk", N_("Questions for the panel")))
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


def claims_of(room: Room, username: str) -> list[Question]:
    """The questions that a panelist holds, the oldest claim first."""
    mine = [
        question
        for question in room.projection.of(State.CLAIMED)
        if question.holder and question.holder.username == username
    ]
    return sorted(mine, key=lambda q: q.holder.since if q.holder else 0)
