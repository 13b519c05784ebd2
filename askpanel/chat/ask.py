"""Asking: one form, the same for everybody. Whatever is wrong is said in words, and what was
typed is still there."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics, origin
from askpanel.chat.asking import Asking
from askpanel.chat.locale import N_, local_path, written
from askpanel.chat.nonce import new_nonce, valid_nonce
from askpanel.chat.noticed import noticed
from askpanel.chat.own import stored
from askpanel.chat.pages import no_such_session, session_context, session_page
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.chat.view import MOST_CHARACTERS
from askpanel.eventlog.model import Done, Refused, StoreAway

MOST_BYTES = 64 * 1024
MOST_NAME = 60
ASK_PARTS = "parts/ask.html"
# Overrides and isolates can show words in another order than they are stored (Unicode TR 36).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

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
    "other": N_("Your question could not be sent from this page. Open the page again"),
}


class Posted(Struct):
    """A form as it came: the fields that could be read, and what was wrong with the reading."""

    fields: dict[str, str]
    problem: str = ""


async def read_posted(request: Request) -> Posted:
    """The fields, read leniently: unlike a staff form, this one gives back what was typed."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= MOST_BYTES:
            body += chunk
    problem = "cut" if len(body) > MOST_BYTES else ""
    body = body[:MOST_BYTES]
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    fields = dict(pairs[:20])
    if not problem and any("\ufffd" in value for value in fields.values()):
        problem = "unreadable"
    return Posted(fields, problem)


def tidy(text: str) -> tuple[str, str]:
    """Text as it can be stored, and the problem that was mended, or "".

    Line ends become one kind, composed characters one form (Unicode NFC), so that counts and
    comparisons mean the same everywhere.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    turned = "".join(c for c in shown if c not in TURNING)
    problem = "control" if shown != text else "turning" if turned != shown else ""
    return turned.strip(), problem


def checked(posted: Posted, room: Room) -> tuple[Asking, str]:
    """The form with its problems by field, and the code of the first."""
    text, mended = tidy(posted.fields.get("text", ""))
    name, name_mended = tidy(posted.fields.get("name", ""))
    topic, nonce = posted.fields.get("topic", ""), posted.fields.get("id", "")
    session = room.projection.session
    found: dict[str, str] = {}
    empty = not any(unicodedata.category(c)[0] not in "ZC" for c in text)
    code = posted.problem or mended
    if not code:
        code = "empty" if empty else "long" if len(text) > MOST_CHARACTERS else ""
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
        if code:
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
        return self._sent(request, room, done, token)

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

    def _sent(self, request: Request, room: Room, done: Done, token: str) -> Response:
        if wants_json(request):
            said = self.site.view(request).gettext(STORED)
            response: Response = stored(done, 201, say=said, focus="mine-heading")
        else:
            path = local_path(request.state.locale, f"/sessions/{room.projection.session.slug}")
            query = f"sent={done.question.number}&position={done.position}"
            response = RedirectResponse(f"{path}?{query}#mine-heading", 303)
        if not self.site.identity.token(request):
            self.site.identity.give(response, token)
        return response

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
        metrics.questions.labels(next(iter(codes.values()))).inc()
        asking.errors = {field: gettext(PROBLEMS[each]) for field, each in codes.items()}
        asking.help_first = "muted" in codes.values()
        if not wants_json(request):
            return session_page(self.site, request, room, asking, status)
        context: dict[str, Any] = session_context(self.site, request, room)
        drawn = self.site.view(request).part(
            ASK_PARTS, "ask", context["session"], context["phase"], asking, summary=True
        )
        first = next(iter(codes.values()))
        return JSONResponse(
            {
                "error": first,
                "message": gettext(PROBLEMS[first]),
                "ops": [["replace", "ask", str(drawn)]],
            },
            status,
        )

    def _unsent(self, request: Request, posted: Posted) -> Response:
        """The store went away before this process had met the session, so that it cannot draw
        its page: the words, in a form that sends them again."""
        metrics.questions.labels("away").inc()
        words, kept = PROBLEMS["away"], ("id", "topic", "name")
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
