"""The public pages: the list of sessions, one session in any phase, and what we promise."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.asking import Asking
from askpanel.chat.fragments import PARTS
from askpanel.chat.locale import N_
from askpanel.chat.nonce import new_nonce
from askpanel.chat.number import whole
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up, problem
from askpanel.eventlog.model import Question, State
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.session import Session


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
            Route("/privacy", self.privacy, name="privacy"),
            Route("/accessibility", self.accessibility, name="accessibility"),
        ]

    async def front(self, request: Request) -> Response:
        """Sessions live, coming and past."""
        store = self.site.hub.store
        now = store.now()
        listed = [Listed(s, phase(s.schedule, now)) for s in await store.sessions()]
        return self.site.page(
            request,
            "front.html",
            live=[x for x in listed if x.phase in (Phase.LIVE, Phase.LAST)],
            coming=[x for x in listed if x.phase in (Phase.ANNOUNCED, Phase.EARLY)],
            past=[x for x in reversed(listed) if x.phase is Phase.CLOSED],
        )

    async def session(self, request: Request) -> Response:
        """One session. Drawn from memory: it stays up while the store is away."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        return session_page(self.site, request, room, Asking(nonce=new_nonce()))

    async def privacy(self, request: Request) -> Response:
        """What is stored, who sees it, and what we cannot do."""
        most = self.site.questions_per_minute
        return self.site.page(request, "privacy.html", questions_per_minute=most)

    async def accessibility(self, request: Request) -> Response:
        return self.site.page(request, "accessibility.html")


def session_page(
    site: Site, request: Request, room: Room, asking: Asking, status: int = 200
) -> Response:
    """The session's page at the room's position, with the ask form as it stands."""
    return site.page(
        request,
        "session.html",
        status,
        errors=[(f"ask-{field}", words) for field, words in asking.errors.items()],
        asking=asking,
        **session_context(site, request, room),
    )


def session_context(site: Site, request: Request, room: Room) -> dict[str, Any]:
    """All that the page shows of a session, with this viewer's own questions."""
    projection, now = room.projection, site.hub.store.now()
    author = site.author(request, room)
    return {
        "session": projection.session,
        "phase": phase(projection.session.schedule, now),
        "now": now,
        "position": room.position,
        "epoch": room.epoch,
        "connected": room.connected,
        "transcript": _drawn(site, request, room, projection.published(), "answered"),
        "waiting": _drawn(site, request, room, waiting(room), "waiting"),
        "mine": [
            site.view(request).part(PARTS, "own", q, projection.session)
            for q in (projection.by_author(author) if author else ())
        ],
        "asker": bool(author),
        "sent": request.query_params.get("sent", "")[:9],
        "seen": _seen(request, room),
    }


def waiting(room: Room) -> list[Question]:
    """The questions that the public sees waiting, where the session says so."""
    if not room.projection.session.show_waiting:
        return []
    return room.projection.of(State.APPROVED, State.CLAIMED)


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


def _drawn(
    site: Site, request: Request, room: Room, questions: list[Question], macro: str
) -> list[Markup]:
    """Questions as their partials. Kept by the room: a page is put together, not drawn anew."""
    view, session = site.view(request), room.projection.session
    return [
        room.piece(
            (macro, view.locale, q.number),
            q,
            lambda q=q: view.part(PARTS, macro, q, session),  # type: ignore[misc]
        )
        for q in questions
    ]


def _seen(request: Request, room: Room) -> int | None:
    """What a reader without JavaScript had seen when they asked for news, from `?after=`."""
    after = whole(request.query_params.get("after", ""))
    if after is None:
        return None
    fresh = [q.number for q in room.projection.published() if q.published > after]
    return fresh[0] if fresh else 0
