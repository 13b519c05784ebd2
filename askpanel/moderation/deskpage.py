"""The page of the panel's desk."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up
from askpanel.eventlog.model import Question, State
from askpanel.moderation.consoles import console
from askpanel.moderation.desk import DESK_LISTS, DESK_PARTS
from askpanel.moderation.lists import drawn_lists
from askpanel.moderation.visit import SignInDesk, Visit, require


class DeskPage:
    """A page that only reads. What it shows live comes by the socket, from the same partials."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

    def routes(self) -> list[Route]:
        return [Route("/staff/sessions/{slug}/desk", require(self.door)(self.desk), name="desk")]

    async def desk(self, request: Request, visit: Visit) -> Response:
        """What the panel answers: a box for each of one's own claims, then everyone's list."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        view, session = self.site.view(request), room.projection.session
        claims = [
            view.part(DESK_PARTS, "claim", question, session, visit.csrf)
            for question in claims_of(room, visit.member.username)
        ]
        lists = drawn_lists(DESK_LISTS, DESK_PARTS, view, room.projection, visit.csrf)
        return console(
            self.site, request, visit, room, "staff/desk.html", lists=lists, claims=claims
        )


def claims_of(room: Room, username: str) -> list[Question]:
    """The questions that a panelist holds, the oldest claim first."""
    mine = [
        question
        for question in room.projection.of(State.CLAIMED)
        if question.holder and question.holder.username == username
    ]
    return sorted(mine, key=lambda q: q.holder.since if q.holder else 0)
