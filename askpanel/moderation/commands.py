"""Commands on questions and on the schedule: a form, one call to the store, and an answer that
says what happened, or what happened meanwhile."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics
from askpanel.chat.locale import local_path
from askpanel.chat.number import NUMBER, whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.model import Done, Question, Refused, Role, StoreAway
from askpanel.eventlog.rules import RULES, SCHEDULE_COMMANDS, TRIAGE, UNDOABLE
from askpanel.moderation.conflicts import Conflicts
from askpanel.moderation.filters import Filters
from askpanel.moderation.forms import BadField, Forms
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.visit import SignInDesk, Visit, require
from askpanel.moderation.writingpage import SENT_BY, WritingPages

OF_THE_DESK = frozenset({"claim", "answer", "publish", "return", "correct", "translate", "cosign"})


class Commands:
    """Endpoints that change something. Each answers JSON to a script, a page to a browser."""

    def __init__(self, site: Site, door: SignInDesk, playbook: Playbook) -> None:
        self.site, self.door = site, door
        self._forms, self._conflicts = Forms(playbook, door.staff), Conflicts(site)
        self._writing = WritingPages(site, playbook.canned)

    def routes(self) -> list[Route]:
        here = "/staff/sessions/{slug}"
        return [
            Route(
                f"{here}/questions/{NUMBER}/{{command}}",
                require(self.door)(self.question),
                methods=["POST"],
                name="command",
            ),
            Route(
                here + "/schedule/{command}",
                require(self.door, Role.HOST)(self.schedule),
                methods=["POST"],
                name="schedule",
            ),
        ]

    async def question(self, request: Request, visit: Visit) -> Response:
        """One command on one question."""
        slug, number = request.path_params["slug"], request.path_params["number"]
        command, member = request.path_params["command"], visit.member
        room = await self.site.hub.room(slug)
        if room is None:
            return no_such_session(self.site, request)
        if command not in RULES:
            return self._conflicts.refused(request, visit, room, "unknown_command")
        session = room.projection.session
        try:
            fields = await self._forms.fields(command, visit.fields, member, session)
            done = await self.site.hub.store.decide(slug, number, command, member.actor, **fields)
        except BadField as error:
            return self._conflicts.refused(request, visit, room, str(error))
        except Refused as refusal:
            return self._judged(request, visit, room, refusal)
        except StoreAway:
            return self._conflicts.refused(request, visit, room, "away")
        metrics.count_command(command, "done")
        if wants_json(request):
            return JSONResponse(answer(self.site, request, command, done))
        return self._led_on(request, visit, room, done)

    def _led_on(self, request: Request, visit: Visit, room: Room, done: Done) -> Response:
        """A form leads back to the screen it was on, and to what one still has open there."""
        command, member = request.path_params["command"], visit.member
        if visit.fields.get("screen") == "history" and member.role in TRIAGE:
            return self._back(request, room, "history", done.position)
        if member.role is Role.PANELIST or command in OF_THE_DESK:
            return self._back(request, room, "desk", done.position)
        return self._back(
            request,
            room,
            "triage",
            done.position,
            query=Filters.of(dict(parse_qsl(visit.fields.get("back", "")))).query,
            anchor=anchor(done.question, member.username),
        )

    async def schedule(self, request: Request, visit: Visit) -> Response:
        """Open now, pause, resume, extend or close; `move` is on a page of its own."""
        slug, command = request.path_params["slug"], request.path_params["command"]
        room = await self.site.hub.room(slug)
        if room is None:
            return no_such_session(self.site, request)
        if command not in SCHEDULE_COMMANDS:
            return self._conflicts.refused(request, visit, room, "unknown_command")
        minutes = whole(visit.fields.get("minutes", ""), 6) or 0
        try:
            position = await self.site.hub.store.schedule(
                slug, command, visit.member.actor, min(minutes, 24 * 60)
            )
        except Refused as refusal:
            return self._conflicts.refused(request, visit, room, refusal.code)
        except StoreAway:
            return self._conflicts.refused(request, visit, room, "away")
        metrics.count_command(command, "done")
        if wants_json(request):
            return JSONResponse({"position": position})
        return self._back(request, room, "triage", position)

    def _back(
        self,
        request: Request,
        room: Room,
        screen: str,
        position: int,
        *,
        query: str = "",
        anchor: str = "",
    ) -> Response:
        path = f"/staff/sessions/{room.projection.session.slug}/{screen}"
        asked = "&".join(part for part in (query, f"position={position}") if part)
        return RedirectResponse(f"{local_path(request.state.locale, path)}?{asked}{anchor}", 303)

    def _judged(self, request: Request, visit: Visit, room: Room, refusal: Refused) -> Response:
        """The store said no."""
        command, question = request.path_params["command"], refusal.question
        if refusal.code == "unverified" and command in SENT_BY and question is not None:
            metrics.count_command(command, refusal.code)
            return self._writing.stopped(request, visit, room, question, command)
        return self._conflicts.refused(request, visit, room, refusal.code, question)


def anchor(question: Question, username: str) -> str:
    """Where on the page to go on: at the box of a question that one still has open."""
    mine = question.lock is not None and question.lock.username == username
    return f"#open-{question.number}" if mine else ""


def answer(site: Site, request: Request, command: str, done: Done) -> dict[str, Any]:
    """What a script is told of a command that was carried out."""
    question = done.question
    told = {"number": question.number, "state": question.state, "position": done.position}
    undo = undo_of(site, request, command, question)
    return {**told, "undo": undo} if undo else told


def undo_of(site: Site, request: Request, command: str, question: Question) -> dict[str, Any]:
    """How a command that has just been given can be taken back; empty where it cannot."""
    change = question.changed
    if command not in UNDOABLE or not change.previous:
        return {}
    words = site.view(request).part("parts/staff.html", "done", change)
    return {"position": change.standing_at, "say": words.unescape().strip()}
