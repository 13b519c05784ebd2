"""A session on the big screen of a hall: what is on, the newest answers, how to join.

Nobody sits at it, so nothing on it needs a hand. It lives by the frames of the public's page, and
keeps the newest answers only, so that after an hour it is no heavier than at its start.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.joincode import poster_address
from askpanel.chat.pages import no_such_session
from askpanel.chat.sheet import piece, waiting
from askpanel.chat.site import Site
from askpanel.eventlog.model import State
from askpanel.eventlog.phase import phase

KEPT = 12
"""As many answers are on the page, and take turns on the screen."""


class BigScreen:
    """`GET /sessions/{slug}/screen`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [Route("/sessions/{slug}/screen", self.screen, name="screen")]

    async def screen(self, request: Request) -> Response:
        """Drawn from memory, and anew for each of the few that there are."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session, view = room.projection.session, self.site.view(request)
        now = self.site.hub.store.now()
        published, shown = room.projection.published(), waiting(room)
        return self.site.page(
            request,
            "bigscreen.html",
            session=session,
            phase=phase(session.schedule, now),
            now=now,
            position=room.position,
            epoch=room.epoch,
            connected=room.connected,
            pinned=room.projection.pinned(),
            answering=room.projection.answering(),
            join_at=poster_address(self.site, request, session, view.locale).partition("://")[2],
            kept=KEPT,
            more=len(published) > KEPT,
            answers=[piece(room, view, "answered", q, session) for q in published[-KEPT:]],
            questions=[piece(room, view, "waiting", q, session) for q in shown],
            queue=sum(q.state == State.APPROVED for q in shown),
        )
