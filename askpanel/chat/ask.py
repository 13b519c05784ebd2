"""Asking: one form, the same for everybody. Whatever is wrong is said in words, and what was
typed is still there."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics, origin
from askpanel.chat.asking import Asking
from askpanel.chat.details import details
from askpanel.chat.fragments import ASK_PARTS
from askpanel.chat.locale import N_, local_path, written
from askpanel.chat.nonce import new_nonce, valid_nonce
from askpanel.chat.noticed import noticed
from askpanel.chat.pages import no_such_session, session_context, session_page
from askpanel.chat.posted import Posted, blank, read_posted, tidy
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.chat.view import MOST_CHARACTERS
from askpanel.eventlog.model import Done, Refused, StoreAway
from askpanel.eventlog.phase import takes_questions

MOST_NAME = 60
STORED = N_("Your question is stored. A moderator will read it.")

PROBLEMS = {
    "empty": N_("Enter your question"),
    "long": N_("Your question must be 1,000 characters or fewer"),
    "cut": N_("Your question is far too long. Only the first part of it is shown here"),
    "unreadable": N_("Some characters could not be read. Check your question and send it again"),
    "control": N_(
        "Your question had characters that cannot be shown. They have been taken out: check it "
        "and send it again"
    ),
    "turning": N_(
        "Your question had invisible characters that turn text around. They have been taken "
        "out: check it and send it again"
    ),
    "name": N_("The name must be 60 characters or fewer"),
    "topic": N_("Choose one of the topics, or none"),
    "nonce": N_("This page was out of date. Send your question again"),
    "closed": N_("Questions cannot be sent now, so yours was not sent. It is still below"),
    # The same for the browser and for its network: both are true, and which it was says nothing.
    "muted": N_(
        "A moderator has stopped questions from this browser for this session, or from its "
        "network for some minutes, so yours was not sent. It is still below"
    ),
    "wait": N_("You have sent several questions quickly. Wait a minute, then send this one"),
    # Not "was not sent": a store that hangs may still do, when it wakes, what it was asked.
    "away": N_(
        "We could not confirm that your question is stored. Send it again in a minute: it is "
        "never stored twice"
    ),
    "details": N_("Your question has not been sent yet. It seems to show who somebody is"),
    "other": N_("Your question could not be sent from this page. Open the page again"),
}


def checked(posted: Posted, room: Room) -> tuple[Asking, str]:
    """The form with its problems by field, and the code of the first."""
    text, mended = tidy(posted.fields.get("text", ""))
    name, name_mended = tidy(posted.fields.get("name", ""))
    topic, nonce = posted.fields.get("topic", ""), posted.fields.get("id", "")
    session = room.projection.session
    found: dict[str, str] = {}
    code = posted.problem or mended
    if not code:
        code = "empty" if blank(text) else "long" if len(text) > MOST_CHARACTERS else ""
    if not code and not valid_nonce(nonce):
        code = "nonce"
    if code:
        found["text"] = code
    if topic and session.topic(topic) is None:
        found["topic"], topic = "topic", ""
    if name_mended or len(name) > MOST_NAME:
        found["name"] = "name"
    asking = Asking(
        nonce=nonce if valid_nonce(nonce) else new_nonce(),
        text=text,
        topic=topic,
        name=name if session.ask_name else "",
        errors=found,
        told="page" in posted.fields and posted.fields.get("check") != "details",
    )
    return asking, next(iter(found.values()), "")


class Ask:
    """Sending a question."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        here = "/sessions/{slug}/questions"
        return [Route(here, self.submit, methods=["POST"], name="submit")]

    async def submit(self, request: Request) -> Response:
        """Store a question; 201 or 303 means that it is on disk."""
        try:
            room = await self.site.hub.room(request.path_params["slug"])
        except StoreAway:
            return self._unsent(request, await read_posted(request))
        if room is None:
            return no_such_session(self.site, request)
        posted = await read_posted(request)
        asking, code = checked(posted, room)
        if not origin.allowed(request.headers, self.site.origins):
            return self._again(request, room, asking, 403, "other")
        if code or self._shows_who(posted, room, asking):
            return self._again(request, room, asking, 413 if code == "cut" else 422)
        token = self.site.identity.token(request) or self.site.identity.token_for(asking.nonce)
        code, seconds = self._must_wait(request, room, asking, token)
        if seconds:
            return self._later(request, room, asking, 429, code, seconds)
        try:
            done = await self._store(request, room, asking, token)
        except Refused as refusal:
            code = "muted" if refusal.code == "muted" else "closed"
            return self._again(request, room, asking, 409, code)
        except StoreAway:
            return self._later(request, room, asking, 503, "away", 5)
        self.site.silences.see(done.question.author, request.state.network)
        metrics.questions.labels("stored").inc()
        return self._sent(request, room, posted, done, token)

    def _shows_who(self, posted: Posted, room: Room, asking: Asking) -> bool:
        """Whether to ask back before storing what may show who somebody is. Once is enough: the
        form that asks back can be sent as it is. Never where nothing is taken anyway."""
        session = room.projection.session
        if posted.fields.get("check") != "details":
            return False
        if not takes_questions(session.schedule, self.site.hub.store.now()):
            return False
        asking.found = details(self.site.details, session, asking.text)
        return bool(asking.found)

    def _must_wait(
        self, request: Request, room: Room, asking: Asking, token: str
    ) -> tuple[str, int]:
        """Why a question cannot be sent from there yet, and for how many seconds; 0 if it can."""
        network = request.state.network
        if silence := self.site.silences.wait(room.slug, network):
            return "muted", silence
        return "wait", self.site.throttle.question(asking.nonce, token, network)

    async def _store(self, request: Request, room: Room, asking: Asking, token: str) -> Done:
        slug, lang = room.projection.session.slug, request.state.locale
        found = await noticed(self.site.notice, room.projection, asking.text, lang)
        return await self.site.hub.store.submit(
            slug,
            nonce=self.site.identity.sealed(asking.nonce),
            text=asking.text,
            lang=lang,
            author=self.site.identity.author(slug, token),
            topic=asking.topic,
            name=asking.name,
            flags=found.flags,
            similar=found.similar,
        )

    def _sent(
        self, request: Request, room: Room, posted: Posted, done: Done, token: str
    ) -> Response:
        number, position = done.question.number, done.position
        if wants_json(request):
            told = {"number": number, "state": done.question.state, "position": position}
            told |= {"say": self.site.view(request).gettext(STORED), "focus": "mine-heading"}
            response: Response = JSONResponse(told | self._redrawn(request, room, posted), 201)
        else:
            path = local_path(request.state.locale, f"/sessions/{room.projection.session.slug}")
            response = RedirectResponse(f"{path}?sent={number}&position={position}#sent", 303)
        if not self.site.identity.token(request):
            self.site.identity.give(response, token)
        return response

    def _redrawn(self, request: Request, room: Room, posted: Posted) -> dict[str, Any]:
        """What a page that stays shows of it: that it is stored, where one's questions stand, and
        a new form in the place of one that says what was wrong."""
        page = posted.fields.get("page")
        if not page:
            return {}
        ops = [["replace", "sent-place", str(self.site.view(request).part(ASK_PARTS, "confirmed"))]]
        if page == "again":
            ops.append(["replace", "ask", self._form(request, room, Asking(nonce=new_nonce()))])
        return {"ops": ops}

    def _form(self, request: Request, room: Room, asking: Asking, *, summary: bool = False) -> str:
        shown = session_context(self.site, request, room)
        view = self.site.view(request)
        return str(
            view.part(ASK_PARTS, "ask", shown["session"], shown["phase"], asking, summary=summary)
        )

    def _later(
        self, request: Request, room: Room, asking: Asking, status: int, code: str, seconds: int
    ) -> Response:
        response = self._again(request, room, asking, status, code)
        response.headers["retry-after"] = str(seconds)
        return response

    def _again(
        self, request: Request, room: Room, asking: Asking, status: int, code: str = ""
    ) -> Response:
        """The form once more: what is wrong on top, and every word still in its box."""
        gettext = self.site.view(request).gettext
        codes = {"text": code} if code else asking.errors
        first = next(iter(codes.values()), "details")
        metrics.questions.labels(first).inc()
        asking.errors = {field: gettext(PROBLEMS[each]) for field, each in codes.items()}
        asking.help_first = "muted" in codes.values()
        if not wants_json(request):
            return session_page(self.site, request, room, asking, status)
        told: dict[str, Any] = {
            "error": first,
            "message": gettext(PROBLEMS[first]),
            "ops": [["replace", "ask", self._form(request, room, asking, summary=True)]],
        }
        if asking.found:
            told |= {"focus": "ask-stop"}
        return JSONResponse(told, status)

    def _unsent(self, request: Request, posted: Posted) -> Response:
        """The store went away before this process had met the session, so that it cannot draw
        its page: the words, in a form that sends them again."""
        metrics.questions.labels("away").inc()
        words, kept = PROBLEMS["away"], ("id", "topic", "name", "check")
        if wants_json(request):
            message = self.site.view(request).gettext(words)
            response: Response = JSONResponse({"error": "away", "message": message}, 503)
        else:
            response = self.site.page(
                request,
                "unsent.html",
                503,
                words=words,
                text=tidy(posted.fields.get("text", ""))[0],
                kept={name: posted.fields[name] for name in kept if posted.fields.get(name)},
                action=local_path(request.state.locale, written(request.state.path)),
            )
        response.headers["retry-after"] = "5"
        return response
