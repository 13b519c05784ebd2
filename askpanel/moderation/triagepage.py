"""The page of the moderators' queue."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.pages import no_such_session
from askpanel.chat.site import Site, caught_up
from askpanel.eventlog.rules import TRIAGE
from askpanel.moderation.consoles import console
from askpanel.moderation.lists import drawn_lists
from askpanel.moderation.triage import TRIAGE_LISTS, TRIAGE_PARTS
from askpanel.moderation.visit import SignInDesk, Visit, require


class TriagePage:
    """A page that only reads. What it shows live comes by the socket, from the same partials."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

    def routes(self) -> list[Route]:
        staff = require(self.door, *TRIAGE)
        return [Route("/staff/sessions/{slug}/triage", staff(self.triage), name="triage")]

    async def triage(self, request: Request, visit: Visit) -> Response:
        """The queue."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        view = self.site.view(request)
        lists = drawn_lists(TRIAGE_LISTS, TRIAGE_PARTS, view, room.projection, visit.csrf)
        return console(self.site, request, visit, room, "staff/triage.html", lists=lists)
