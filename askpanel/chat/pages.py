"""The public pages: the list of sessions, and one session in any phase."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.asking import Asking
from askpanel.chat.locale import N_, local_path
from askpanel.chat.narrowing import Narrowing
from askpanel.chat.nonce import new_nonce
from askpanel.chat.number import whole
from askpanel.chat.packing import pack
from askpanel.chat.room import Room
from askpanel.chat.sheet import Visitor
from askpanel.chat.site import Site, caught_up, problem
from askpanel.chat.view import View
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.session import Session

REFRESH = 60
"""Seconds, for who asks for it (`?refresh=60`) where no scripts run."""


class Listed(Struct, frozen=True):
    """A session on the front page."""

    session: Session
    phase: Phase


class Pages:
    """Endpoints that only read."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route("/", self.front, name="front"),
            Route("/sessions/{slug}", self.session, name="session"),
        ]

    async def front(self, request: Request) -> Response:
        """Sessions live, coming and past."""
        store = self.site.hub.store
        now = store.now()
        listed = [Listed(s, phase(s.schedule, now)) for s in await store.sessions()]
        page = self.site.page(
            request,
            "front.html",
            live=[x for x in listed if x.phase in (Phase.LIVE, Phase.LAST)],
            coming=[x for x in listed if x.phase in (Phase.ANNOUNCED, Phase.EARLY)],
            past=[x for x in reversed(listed) if x.phase is Phase.CLOSED],
        )
        return pack(request, page)

    async def session(self, request: Request) -> Response:
        """One session. Drawn from memory: it stays up while the store is away."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        return session_page(self.site, request, room)


def session_page(
    site: Site, request: Request, room: Room, asking: Asking | None = None, status: int = 200
) -> Response:
    """The session's page at the room's position; with the ask form as it stands, if it is one
    that has to be shown again."""
    visitor = Visitor(
        nonce=asking.nonce if asking else new_nonce(),
        author=site.author(request, room),
        sent=bool(request.query_params.get("sent")),
        after=whole(request.query_params.get("after", "")),
        forgotten=site.has_forgotten(request, room),
        wanted=Narrowing.of(room.projection.session, request.query_params),
        timed=asking is None and request.query_params.get("refresh") == str(REFRESH),
    )
    sheet = site.sheets.of(room, site.view(request), partial(drawn_session, site))
    now = site.hub.store.now()
    answer = site.answer(sheet.page(now, visitor, asking), status, request)
    if visitor.timed and phase(room.projection.session.schedule, now) != Phase.CLOSED:
        answer.headers["refresh"] = f"{REFRESH}; url={refreshing(request, visitor, room)}"
    return answer


def refreshing(request: Request, visitor: Visitor, room: Room) -> str:
    """The address of a page that refreshes by itself: its own, so that a browser stays where it is
    on the page. Without a place on it, or browsers only scroll there and fetch nothing."""
    here = local_path(request.state.locale, f"/sessions/{room.projection.session.slug}")
    at = whole(request.query_params.get("at", "")) or 0
    return f"{here}?after={visitor.after or 0}&at={at}{visitor.wanted.query}&refresh={REFRESH}"


def drawn_session(site: Site, view: View, asking: Asking, **context: Any) -> str:
    """The template of a session's page, with what a sheet fills into it."""
    return site.drawn(
        view,
        f"/sessions/{context['session'].slug}",
        "session.html",
        asking=asking,
        errors=[(f"ask-{field}", words) for field, words in asking.errors.items()],
        **context,
    )


def session_context(site: Site, request: Request, room: Room) -> dict[str, Any]:
    """What the ask form shows of a session."""
    session = room.projection.session
    return {"session": session, "phase": phase(session.schedule, site.hub.store.now())}


def no_such_session(site: Site, request: Request) -> Response:
    return problem(
        site,
        request,
        404,
        N_("There is no session here"),
        N_("Check the address, or choose a session from the list."),
    )


def store_away(site: Site, request: Request) -> Response:
    return problem(
        site,
        request,
        503,
        N_("Sorry, the service is not working for a moment"),
        N_("Try again in a minute. Nothing that was sent and confirmed is lost."),
        retry_after="5",
    )


async def on_store_away(request: Request, error: Exception) -> Response:
    """Starlette's handler: whatever endpoint needed the store, the answer is in words."""
    return store_away(request.app.state.site, request)
