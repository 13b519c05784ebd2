"""Beside the commands of the desk: an answer is looked at as the public will see it, a text is put
into it, and what is being written is kept, so that a lost connection loses none of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat.locale import N_, clock_time, local_path
from askpanel.chat.number import NUMBER, whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, problem, wants_json
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Question, Refused, Role, StoreAway
from askpanel.eventlog.session import Session
from askpanel.moderation import guard
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.desk import DESK_LISTS
from askpanel.moderation.deskpage import inserts
from askpanel.moderation.forms import MOST_TEXT, BadField, words
from askpanel.moderation.lists import list_of
from askpanel.moderation.playbook import Template
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.remarks import NO_WAY_ON
from askpanel.moderation.visit import SignInDesk, Visit, require
from askpanel.moderation.writingpage import Writing, WritingPages, writing_of

STATUSES = {"missing": 422, "long": 422, "unfit": 422, "wrong_role": 403, "away": 503}


class Writings:
    """Endpoints for a text that has not been sent. Nothing happens by them to a question."""

    def __init__(
        self, site: Site, door: SignInDesk, backstage: Backstage, canned: Sequence[Template] = ()
    ) -> None:
        self.site, self.door, self._backstage = site, door, backstage
        self._pages = WritingPages(site, canned)

    def routes(self) -> list[Route]:
        here, anybody = f"/staff/sessions/{{slug}}/questions/{NUMBER}", require(self.door)
        return [
            Route(f"{here}/preview", anybody(self.preview), methods=["POST"], name="preview"),
            Route(f"{here}/keep", anybody(self.keep), methods=["POST"], name="keep"),
            Route(f"{here}/kept", anybody(self.kept), name="kept"),
        ]

    async def preview(self, request: Request, visit: Visit) -> Response:
        """The text as the public will see it. `insert` puts something into it first, `mend` the
        listed number in the place of the one that is not."""
        found = await self._found(request, visit)
        if isinstance(found, Response):
            return found
        room, question = found
        session, fields = room.projection.session, visit.fields
        writing = writing_of(fields, session, question.number, fields.get("sends", ""))
        try:
            writing = replace(writing, text=words(writing.text, MOST_TEXT))
        except BadField as error:
            return self._refused(request, visit, room, question, writing, str(error))
        writing = replace(writing, text=self._altered(writing, fields, session))
        if not writing.text:
            return self._refused(request, visit, room, question, writing, "missing")
        if not wants_json(request):
            return self._pages.page(request, visit, room, question, writing, preview=True)
        html = self._pages.inside(request, visit, room, question, writing)
        return JSONResponse({"box": writing.box, "text": writing.text, "html": html})

    async def keep(self, request: Request, visit: Visit) -> Response:
        """Keep what is being written; an empty text forgets it."""
        found = await self._found(request, visit)
        if isinstance(found, Response):
            return found
        room, question = found
        session, number = room.projection.session, question.number
        writing = writing_of(visit.fields, session, number, visit.fields.get("sends", ""))
        try:
            text = words(writing.text, MOST_TEXT)
            await self._backstage.keep(session.slug, number, visit.member.actor, text, writing.lang)
        except BadField as error:
            return self._refused(request, visit, room, question, writing, str(error))
        except Refused as refusal:
            return self._refused(request, visit, room, question, writing, refusal.code)
        except StoreAway:
            return self._refused(request, visit, room, question, writing, "away")
        if wants_json(request):
            return JSONResponse({"at": self._time(request, session, self.site.hub.store.now())})
        path = f"/staff/sessions/{session.slug}/desk"
        return RedirectResponse(local_path(request.state.locale, path), 303)

    async def kept(self, request: Request, visit: Visit) -> Response:
        """What this member was writing, as JSON; an empty text if it was nothing."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session, number = room.projection.session, request.path_params["number"]
        try:
            kept = await self._backstage.kept(session.slug, number, visit.member.username)
        except StoreAway:
            return JSONResponse({"error": "away", "message": self._words(request, "away")}, 503)
        if kept is None:
            return JSONResponse({"text": "", "lang": "", "at": ""})
        at = self._time(request, session, kept.at)
        return JSONResponse({"text": kept.text, "lang": kept.lang, "at": at})

    async def _found(self, request: Request, visit: Visit) -> tuple[Room, Question] | Response:
        """The question, if it stands where its writer may read it."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        question = room.projection.questions.get(request.path_params["number"])
        if question is None:
            title = N_("There is no such question")
            return problem(self.site, request, 404, title, REFUSALS["unknown_question"])
        if visit.member.role is Role.PANELIST and not list_of(DESK_LISTS, question.state):
            # What is not on the desk, its text above all, is for those who check questions.
            return self._not_here(request, visit, room)
        return room, question

    def _not_here(self, request: Request, visit: Visit, room: Room) -> Response:
        """Not on the desk, or no longer: without a word of the question, with what was typed."""
        said, typed = self._words(request, "wrong_state"), visit.fields.get("text", "")
        if wants_json(request):
            return JSONResponse({"error": "wrong_state", "message": said}, 409)
        return staff_page(
            self.site,
            request,
            visit,
            "staff/conflict.html",
            409,
            session=room.projection.session,
            unconfirmed=False,
            said=said,
            meanwhile="",
            typed=[typed] if typed else [],
            **NO_WAY_ON,
        )

    def _altered(self, writing: Writing, fields: Mapping[str, str], session: Session) -> str:
        """The text with what one of its buttons does to it."""
        for each in inserts(session, self._pages.canned):
            if (each.code, each.lang) == (fields.get("insert", ""), writing.lang):
                return f"{writing.text}\n\n{each.text}".strip()
        mend = whole(fields.get("mend", ""), 3)
        found = guard.unverified(writing.text, session)
        if mend is not None and mend < len(found):
            return guard.corrected(writing.text, *found[mend])
        return writing.text

    def _refused(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        question: Question,
        writing: Writing,
        code: str,
    ) -> Response:
        """Why not, and every word that was typed."""
        said, status = self._words(request, code), STATUSES.get(code, 409)
        if wants_json(request):
            return JSONResponse({"error": code, "message": said}, status)
        return self._pages.page(request, visit, room, question, writing, said=said, status=status)

    def _words(self, request: Request, code: str) -> str:
        return self.site.view(request).gettext(REFUSALS.get(code, REFUSALS["wrong_state"]))

    def _time(self, request: Request, session: Session, at: int) -> str:
        return clock_time(at, session.timezone, request.state.locale)
