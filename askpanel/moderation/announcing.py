"""What a host tells everybody: an announcement is made, or taken down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics
from askpanel.chat.fields import Fields
from askpanel.chat.locale import local_path
from askpanel.chat.number import NUMBER
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Refused, Role, StoreAway
from askpanel.eventlog.session import Session, Text
from askpanel.moderation import guard
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.forms import BadField, words
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.visit import SignInDesk, Visit, require

MOST_ANNOUNCED = 500
STATUSES = {"away": 503, "wrong_role": 403, "unknown_announcement": 404}
"""Of refusals that are about no field; 409 for the others."""


class Announcing:
    """`POST /staff/sessions/{slug}/announcements`, fields `text_en` and `text_cy`; and the same
    address with the number of one and `/retract`."""

    def __init__(self, site: Site, door: SignInDesk, backstage: Backstage) -> None:
        self.site, self.door, self._backstage = site, door, backstage

    def routes(self) -> list[Route]:
        here, host = "/staff/sessions/{slug}/announcements", require(self.door, Role.HOST)
        return [
            Route(here, host(self.announce), methods=["POST"], name="announce"),
            Route(f"{here}/{NUMBER}/retract", host(self.retract), methods=["POST"], name="retract"),
        ]

    async def announce(self, request: Request, visit: Visit) -> Response:
        """Pin what everybody is to read. Numbers and addresses in it must be on the session's
        list: nobody may let one through that goes to all at once."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session = room.projection.session
        given, errors = self._given(request, session, visit.fields)
        if errors:
            metrics.count_command("announce", "refused")
            return self._mend(request, visit, room, errors)
        try:
            position = await self._backstage.announce(session.slug, visit.member.actor, given)
        except Refused as refusal:
            return self._refused(request, visit, room, "announce", refusal.code)
        except StoreAway:
            return self._refused(request, visit, room, "announce", "away")
        return self._done(request, room, "announce", position)

    async def retract(self, request: Request, visit: Visit) -> Response:
        """Take one down."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        slug, id_ = room.projection.session.slug, request.path_params["number"]
        try:
            position = await self._backstage.retract(slug, visit.member.actor, id_)
        except Refused as refusal:
            return self._refused(request, visit, room, "retract", refusal.code)
        except StoreAway:
            return self._refused(request, visit, room, "retract", "away")
        return self._done(request, room, "retract", position)

    def _given(
        self, request: Request, session: Session, fields: Fields
    ) -> tuple[Text, dict[str, str]]:
        """The words by language, and what is wrong with them, in words, by language."""
        found: Text = {}
        errors: dict[str, str] = {}
        for lang in session.languages:
            try:
                text = words(fields.get(f"text_{lang}", ""), MOST_ANNOUNCED)
            except BadField as error:
                errors[lang] = self._said(request, str(error))
                continue
            unlisted = guard.unverified(text, session)
            if unlisted:
                errors[lang] = guard.words(unlisted, self.site.view(request).gettext)
            elif text:
                found[lang] = text
            elif lang == session.languages[0]:
                errors[lang] = self._said(request, "missing")
        return found, errors

    def _said(self, request: Request, code: str) -> str:
        return self.site.view(request).gettext(REFUSALS[code])

    def _done(self, request: Request, room: Room, command: str, position: int) -> Response:
        metrics.count_command(command, "done")
        if wants_json(request):
            return JSONResponse({"position": position})
        path = f"/staff/sessions/{room.projection.session.slug}/triage"
        address = local_path(request.state.locale, path)
        return RedirectResponse(f"{address}?position={position}#pinned-heading", 303)

    def _refused(
        self, request: Request, visit: Visit, room: Room, command: str, code: str
    ) -> Response:
        """What has to do with no field."""
        metrics.count_command(command, code)
        said = self._said(request, code)
        status = STATUSES.get(code, 409)
        if wants_json(request):
            return JSONResponse({"error": code, "message": said}, status)
        return self._page(request, visit, room, status, said=said, unconfirmed=code == "away")

    def _mend(
        self, request: Request, visit: Visit, room: Room, errors: Mapping[str, str]
    ) -> Response:
        """What is wrong, at the box that it is wrong in."""
        if wants_json(request):
            said = " ".join(errors.values())
            return JSONResponse({"error": "unfit", "message": said, "fields": errors}, 422)
        summary = [{"text": said, "href": f"#announce-{lang}"} for lang, said in errors.items()]
        return self._page(
            request, visit, room, 422, said="", unconfirmed=False, errors=errors, summary=summary
        )

    def _page(
        self, request: Request, visit: Visit, room: Room, status: int, **context: Any
    ) -> Response:
        session = room.projection.session
        typed = {lang: visit.fields.get(f"text_{lang}", "") for lang in session.languages}
        return staff_page(
            self.site,
            request,
            visit,
            "staff/announce.html",
            status,
            session=session,
            typed=typed,
            **context,
        )
