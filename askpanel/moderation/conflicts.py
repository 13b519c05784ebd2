"""The answer to a command that did not happen: why not, who did what meanwhile, every word that was
typed, and the ways on that there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from askpanel.chat import metrics
from askpanel.chat.locale import N_, clock_time
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.model import Question, Role
from askpanel.eventlog.rules import RULES, SCHEDULE_COMMANDS
from askpanel.eventlog.session import Session
from askpanel.moderation import guard
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.forms import TEXTS, taken
from askpanel.moderation.guard import Unverified
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.visit import KEPT, Visit

STATUSES = {
    **dict.fromkeys(("unknown_question", "unknown_command"), 404),
    **dict.fromkeys(("missing", "long", "unfit", "unlisted", "no_colleague", "no_panelist"), 422),
    **dict.fromkeys(("none_chosen", "too_many", "unverified"), 422),
    "wrong_role": 403,
    "away": 503,
}
"""Of each refusal; 409 for what the question's own state forbids."""
UNMOVED = frozenset(
    (
        *("unverified", "undecided", "unacknowledged", "own_risk", "own_draft", "bad_target"),
        *("bad_lang", "missing", "wrong_role", "full"),
    )
)
"""Refusals that have nothing to do with what somebody else did meanwhile."""
SESSION_MOVED_ON = N_("The session has moved on meanwhile, so nothing was changed.")
ASKING = ("answer", "correct", "translate")
"""Commands whose text may go to a lead to be let through."""

Pairs = list[tuple[str, str]]


class Way(NamedTuple):
    """A way on, by one press: what the button says, the command, and its fields."""

    words: str
    command: str
    fields: Pairs


class Conflicts:
    """Draws refusals, as a page or as JSON."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def said(self, request: Request, code: str) -> str:
        """A refusal in words. What the schedule no longer allows is about no question."""
        gettext = self.site.view(request).gettext
        if code == "wrong_state" and request.path_params.get("command") in SCHEDULE_COMMANDS:
            return gettext(SESSION_MOVED_ON)
        return gettext(REFUSALS.get(code, REFUSALS["wrong_state"]))

    def meanwhile(
        self, request: Request, session: Session, question: Question | None, code: str = ""
    ) -> str:
        """Who did what to the question, or who has it open; "" where nobody knows the question."""
        if question is None or code in UNMOVED:
            return ""
        view, locale = self.site.view(request), request.state.locale
        if code == "locked" and question.lock is not None:
            at = clock_time(question.lock.until, session.timezone, locale)
            words = view.gettext(N_("%(name)s has it open until %(time)s, or longer."))
            return words % {"name": question.lock.name, "time": at}
        at = clock_time(question.changed.at, session.timezone, locale)
        drawn = view.part("parts/staff.html", "meanwhile", question, at)
        return drawn.unescape().strip()

    def refused(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        code: str,
        question: Question | None = None,
    ) -> Response:
        """Why not; the command and its fields are those of the request."""
        command = request.path_params["command"]
        metrics.count_command(command, code)
        session, status = room.projection.session, STATUSES.get(code, 409)
        found = self._unlisted(visit, session, code, question)
        said = guard.words(found, self.site.view(request).gettext) or self.said(request, code)
        meanwhile = self.meanwhile(request, session, question, code)
        if wants_json(request):
            answer: dict[str, Any] = {"error": code, "message": f"{said} {meanwhile}".strip()}
            if code == "locked" and question is not None and question.lock is not None:
                answer["holder"] = {
                    "username": question.lock.username,
                    "name": question.lock.name,
                }
            if found:
                answer["numbers"] = [each._asdict() for each in found]
            return JSONResponse(answer, status)
        alone = "number" in request.path_params
        fields = _given(command, visit) if alone else []
        typed = [visit.fields[name] for name in KEPT if visit.fields.get(name)]
        editable = alone and status == 422
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
            typed=[] if editable else typed,
            number=request.path_params.get("number", 0),
            command=command,
            boxes=[(name, value) for name, value in fields if name in TEXTS] if editable else [],
            hidden=[(name, value) for name, value in fields if name not in TEXTS],
            ways=self._ways(request, visit, code, question, found, fields),
        )

    def _unlisted(
        self, visit: Visit, session: Session, code: str, question: Question | None
    ) -> Sequence[Unverified]:
        """The numbers and addresses that stopped a text, each with the nearest that is listed."""
        if code != "unverified":
            return ()
        draft = question.draft.text if question is not None and question.draft else ""
        return guard.unverified(visit.fields.get("text", "") or draft, session)

    def _ways(
        self,
        request: Request,
        visit: Visit,
        code: str,
        question: Question | None,
        found: Sequence[Unverified],
        fields: Pairs,
    ) -> list[Way]:
        gettext, command = self.site.view(request).gettext, request.path_params["command"]
        if code == "locked" and question is not None and question.lock is not None:
            lock = question.lock
            words = gettext(N_("Take over from %(name)s")) % {"name": lock.name}
            ways = [Way(words, "lock", [("from", lock.username)])]
            if command != "lock":
                words = gettext(N_("Do it all the same, although %(name)s has it open"))
                fields = _with(fields, "from", lock.username)
                ways.append(Way(words % {"name": lock.name}, command, fields))
            return ways
        if code != "unverified":
            return []
        ways, text = list[Way](), visit.fields.get("text", "")
        for each in found:
            if each.nearest and text:
                mended = guard.corrected(text, each.found, each.nearest)
                words = gettext(N_("Use %(nearest)s and send it")) % {"nearest": each.nearest}
                ways.append(Way(words, command, _with(fields, "text", mended)))
        if visit.member.role is Role.LEAD:
            words = gettext(N_("I have checked it: send it as it is"))
            ways.append(Way(words, command, _with(fields, "confirm", "1")))
        elif command in ASKING:
            words = gettext(N_("Ask a lead to check it"))
            ways.append(Way(words, command, _with(fields, "ask_lead", "1")))
        return ways


def _given(command: str, visit: Visit) -> Pairs:
    """What was sent for a command, to be sent again."""
    names: Iterable[str] = taken(command) if command in RULES else ()
    return [(name, value) for name in names for value in visit.fields.every(name)]


def _with(fields: Pairs, name: str, value: str) -> Pairs:
    return [*(pair for pair in fields if pair[0] != name), (name, value)]
