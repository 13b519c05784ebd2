"""The staff's side channel: a word to the colleagues at the same session, kept with its log, of
which nothing reaches the public."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat.locale import local_path
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Refused, StoreAway
from askpanel.eventlog.rules import TRIAGE
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.forms import MOST_NOTE, BadField, words
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.visit import SignInDesk, Visit, require

SCREENS = ("triage", "desk")
NO_WAY_ON: dict[str, Any] = {"number": 0, "command": "", "boxes": (), "hidden": (), "ways": ()}
"""What a refused command on a question has on its page, and a refused word has not."""


class Remarks:
    """`POST /staff/sessions/{slug}/remarks`, fields `text` and `screen`, the one to go back to."""

    def __init__(self, site: Site, door: SignInDesk, backstage: Backstage) -> None:
        self.site, self.door, self.backstage = site, door, backstage

    def routes(self) -> list[Route]:
        return [
            Route(
                "/staff/sessions/{slug}/remarks",
                require(self.door)(self.remark),
                methods=["POST"],
                name="remark",
            )
        ]

    async def remark(self, request: Request, visit: Visit) -> Response:
        """A word to the colleagues."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        slug = room.projection.session.slug
        try:
            text = words(visit.fields.get("text", ""), MOST_NOTE)
            position = await self.backstage.remark(slug, visit.member.actor, text)
        except BadField as error:
            return self._refused(request, visit, room, str(error), 422)
        except Refused as refusal:
            status = 422 if refusal.code == "missing" else 409
            return self._refused(request, visit, room, refusal.code, status)
        except StoreAway:
            return self._refused(request, visit, room, "away", 503)
        if wants_json(request):
            return JSONResponse({"position": position})
        screen = visit.fields.get("screen", "")
        if screen not in SCREENS or (screen == "triage" and visit.member.role not in TRIAGE):
            screen = "desk"
        path = local_path(request.state.locale, f"/staff/sessions/{slug}/{screen}")
        return RedirectResponse(f"{path}?position={position}#channel", 303)

    def _refused(
        self, request: Request, visit: Visit, room: Room, code: str, status: int
    ) -> Response:
        """Why not, and what was typed."""
        said = self.site.view(request).gettext(REFUSALS.get(code, REFUSALS["missing"]))
        if wants_json(request):
            return JSONResponse({"error": code, "message": said}, status)
        typed = visit.fields.get("text", "")
        return staff_page(
            self.site,
            request,
            visit,
            "staff/conflict.html",
            status,
            session=room.projection.session,
            unconfirmed=code == "away",
            said=said,
            meanwhile="",
            typed=[typed] if typed else [],
            **NO_WAY_ON,
        )
