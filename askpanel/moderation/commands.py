"""Commands on questions and on the schedule: a form, one call to the store, and an answer that
says what happened, or what happened meanwhile."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics
from askpanel.chat.locale import N_, clock_time, local_path
from askpanel.chat.number import NUMBER, whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.chat.words import REASONS
from askpanel.eventlog.model import Question, Refused, Role, StoreAway
from askpanel.eventlog.rules import RULES, SCHEDULE_COMMANDS
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.visit import KEPT, SignInDesk, Visit, require

MOST_TEXT, MOST_NOTE = 10_000, 1_000
DESK_COMMANDS = frozenset({"claim", "release", "answer", "publish", "return", "correct"})

REFUSALS: Mapping[str, str] = {
    "unknown_question": N_("There is no question with that number."),
    "unknown_command": N_("There is no such command."),
    "wrong_state": N_("The question has moved on meanwhile, so nothing was changed."),
    "wrong_role": N_("Your role may not do that."),
    "revoked": N_("Your sign-in was ended or changed. Sign in again."),
    "not_holder": N_("A colleague is answering this question."),
    "not_panel": N_("That organisation is not on this session's panel."),
    "answered_already": N_("Your organisation has answered this. Correct the answer instead."),
    "not_own_answer": N_("Only the organisation that gave this answer may correct it."),
    "unknown_answer": N_("There is no such answer under this question."),
    "bad_target": N_(
        "A question can only be taken together with one that is waiting, approved or answered."
    ),
    "own_draft": N_("A colleague must check this answer, not the person who wrote it."),
    "no_draft": N_("There is no answer here that waits for a check."),
    "awaiting_check": N_("The answer to this question waits for a check."),
    "missing": N_("Something is missing. Fill in the box and try again."),
    "long": N_("The text is too long."),
    "unfit": N_("The text had characters that cannot be shown. Take them out and try again."),
    # It may still happen: a store that hangs does, when it wakes, what it was asked.
    "away": N_(
        "We could not confirm that this was done, because the store does not answer. Look again "
        "in a minute, before you repeat it."
    ),
}


class BadField(Exception):
    """A field that cannot be used: "missing", "long" or "unfit"."""


def words(given: str, most: int) -> str:
    """A staff member's text as it is stored, or BadField."""
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > most:
        raise BadField("long")
    if any(c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise BadField("unfit")
    return text


def fields_of(command: str, form: Mapping[str, str], room: Room) -> dict[str, str | int]:
    """The fields of a command, each checked for what it is. Raises BadField."""
    if command == "approve" and not form.get("text", "unedited").strip():
        # Without an edit the original is published: not what an emptied box means.
        raise BadField("missing")
    session = room.projection.session
    found: dict[str, str | int] = {
        "text": words(form.get("text", ""), MOST_TEXT),
        "note": words(form.get("note", ""), MOST_NOTE),
    }
    for name in ("into", "answer"):
        number = whole(form.get(name, "") or "0", 9)
        if number is None:
            raise BadField("missing")
        found[name] = number
    allowed: dict[str, Callable[[str], bool]] = {
        "reason": lambda code: code in REASONS,
        "organisation": lambda id_: session.organisation(id_) is not None,
        "lang": lambda lang: lang in session.languages,
    }
    for name, fits in allowed.items():
        given = form.get(name, "")
        if given and not fits(given):
            raise BadField("missing")
        found[name] = given
    return found


class Commands:
    """Endpoints that change something. Each answers JSON to a script, a page to a browser."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

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
        command = request.path_params["command"]
        room = await self.site.hub.room(slug)
        if room is None:
            return no_such_session(self.site, request)
        if command not in RULES:
            return self._refused(request, visit, room, "unknown_command", None, 404)
        try:
            fields = fields_of(command, visit.fields, room)
            done = await self.site.hub.store.decide(
                slug, number, command, visit.member.actor, **fields
            )
        except BadField as error:
            return self._refused(request, visit, room, str(error), None, 422)
        except Refused as refusal:
            return self._judged(request, visit, room, refusal)
        except StoreAway:
            return self._refused(request, visit, room, "away", None, 503)
        metrics.count_command(command, "done")
        if wants_json(request):
            question = done.question
            return JSONResponse(
                {
                    "number": question.number,
                    "state": question.state,
                    "position": done.position,
                }
            )
        screen = "desk" if command in DESK_COMMANDS else "triage"
        return self._back(request, room, screen, done.position)

    async def schedule(self, request: Request, visit: Visit) -> Response:
        """Open now, pause, resume, extend or close."""
        slug, command = request.path_params["slug"], request.path_params["command"]
        room = await self.site.hub.room(slug)
        if room is None:
            return no_such_session(self.site, request)
        if command not in SCHEDULE_COMMANDS:
            return self._refused(request, visit, room, "unknown_command", None, 404)
        minutes = whole(visit.fields.get("minutes", ""), 6) or 0
        try:
            position = await self.site.hub.store.schedule(
                slug, command, visit.member.actor, min(minutes, 24 * 60)
            )
        except Refused as refusal:
            return self._refused(request, visit, room, refusal.code, None, 409)
        except StoreAway:
            return self._refused(request, visit, room, "away", None, 503)
        metrics.count_command(command, "done")
        if wants_json(request):
            return JSONResponse({"position": position})
        return self._back(request, room, "triage", position)

    def _back(self, request: Request, room: Room, screen: str, position: int) -> Response:
        path = f"/staff/sessions/{room.projection.session.slug}/{screen}"
        return RedirectResponse(
            f"{local_path(request.state.locale, path)}?position={position}", 303
        )

    def _judged(self, request: Request, visit: Visit, room: Room, refusal: Refused) -> Response:
        """The store said no."""
        statuses = {"unknown_question": 404, "missing": 422, "wrong_role": 403}
        status = statuses.get(refusal.code, 409)
        return self._refused(request, visit, room, refusal.code, refusal.question, status)

    def _refused(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        code: str,
        question: Question | None,
        status: int,
    ) -> Response:
        """Why not, who did what meanwhile, and every word that was typed."""
        metrics.count_command(request.path_params["command"], code)
        locale, session = request.state.locale, room.projection.session
        said = self.site.view(request).gettext(REFUSALS.get(code, REFUSALS["wrong_state"]))
        meanwhile = ""
        if question is not None:
            at = clock_time(question.changed.at, session.timezone, locale)
            drawn = self.site.view(request).part("parts/staff.html", "meanwhile", question, at)
            meanwhile = drawn.unescape().strip()
        if wants_json(request):
            message = f"{said} {meanwhile}".strip()
            return JSONResponse({"error": code, "message": message}, status)
        typed = [visit.fields[name] for name in KEPT if visit.fields.get(name)]
        return staff_page(
            self.site,
            request,
            visit,
            "staff/conflict.html",
            status,
            session=session,
            unconfirmed=code == "away",
            said=said,
            meanwhile=meanwhile,
            typed=typed,
        )
