"""What every page of one installation shares: the hub, who is who, and how pages are drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from askpanel.chat import grace
from askpanel.chat.details import Details, none
from askpanel.chat.facts import Facts
from askpanel.chat.hub import Hub
from askpanel.chat.identity import Identity
from askpanel.chat.locale import local_path, written
from askpanel.chat.noticed import Notice, nothing
from askpanel.chat.number import whole
from askpanel.chat.packing import packed_parts
from askpanel.chat.room import Room
from askpanel.chat.sheet import Sheets
from askpanel.chat.silences import Silences
from askpanel.chat.throttle import Throttle
from askpanel.chat.view import View, view
from askpanel.eventlog.seal import Seal

PATIENCE = 100
"""Hundredths of a second that a page waits for its room to catch up with what its reader did."""

MOST_AT_ONCE = 256 * 1024
"""Bytes of a page that are handed over in one piece."""


class InParts(Response):
    """A long page. Its parts are shared by all who are reading it, and copied for one of them a
    slice at a time, when the last has been taken: what waits for a slow reader is one slice."""

    media_type = "text/html"

    def __init__(self, parts: list[bytes], size: int, status: int) -> None:
        super().__init__(None, status, {"content-length": str(size)})
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server waits in `send` for the reader."""
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        for part in self._parts:
            for at in range(0, len(part), MOST_AT_ONCE):
                body = part[at : at + MOST_AT_ONCE]
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})


@dataclass(frozen=True)
class Site:
    """Handed to every endpoint. `origins` are the origins whose forms and sockets are ours."""

    hub: Hub
    identity: Identity
    throttle: Throttle
    origins: frozenset[str]
    exit_url: str
    facts: Facts = field(default_factory=Facts)
    """What its pages say about the installation."""
    head_of: Callable[[str], Seal | None] = lambda slug: None
    """The newest signed head of a session's record that this process knows of, to be printed."""
    embed_origins: tuple[str, ...] = ()
    """The sites that may show a session in a frame."""
    notice: Notice = nothing
    """Looks at every question before it is stored."""
    details: Details = none
    """Finds what may show who somebody is, for themselves, before they send it."""
    silences: Silences = field(default_factory=Silences)
    sheets: Sheets = field(default_factory=Sheets)

    def page(
        self, request: HTTPConnection, template: str, status: int = 200, **context: Any
    ) -> Response:
        """A whole page in the reader's language."""
        html = self.drawn(self.view(request), request.state.path, template, **context)
        return self.answer(html, status)

    def answer(
        self, html: str | list[bytes], status: int = 200, request: HTTPConnection | None = None
    ) -> Response:
        """A page that is drawn, whole or in parts, as the answer to a request. What its parts
        share is compressed, if the request is given: see `packing`."""
        if isinstance(html, str):
            return HTMLResponse(html, status)
        packed = packed_parts(request, html) if request else None
        response = _in_order(html if packed is None else packed, status)
        if packed is not None:
            response.headers["content-encoding"] = "gzip"
        if request:
            response.headers.add_vary_header("Accept-Encoding")
        return response

    def drawn(self, view: View, here: str, template: str, **context: Any) -> str:
        """The HTML of a whole page that stands at the path `here`."""
        shell = {
            "exit_url": self.exit_url,
            "alternate_path": local_path(view.other, written(here)),
            "privacy_path": local_path(view.locale, "/privacy"),
            "safety_path": local_path(view.locale, "/safety"),
            "accessibility_path": local_path(view.locale, "/accessibility"),
            "errors": (),
        }
        return view.page(template, **{**shell, **context})

    def view(self, request: HTTPConnection) -> View:
        """The templates in the reader's language."""
        return view(request.state.locale)

    def author(self, request: HTTPConnection, room: Room) -> str:
        """The keyed hash of the participant's token in this session, or "". So long after the end
        that nobody's own questions are shown any more, everybody is a reader."""
        session = room.projection.session
        if grace.is_over(session.schedule, self.hub.store.now()):
            return ""
        return self.identity.author(session.slug, self.identity.token(request))

    def has_forgotten(self, request: HTTPConnection, room: Room) -> bool:
        """Whether somebody comes from having their questions forgotten, or brings the token of one
        whose questions are forgotten by now."""
        if self.author(request, room):
            return False
        author = self.identity.author(room.projection.session.slug, self.identity.token(request))
        return "forgotten" in request.query_params or bool(room.projection.by_author(author))


def _in_order(html: list[bytes], status: int) -> Response:
    size = sum(map(len, html))
    if size <= MOST_AT_ONCE:
        return HTMLResponse(b"".join(html), status)
    return InParts(html, size, status)


def wants_json(request: Request) -> bool:
    """Whether the answer goes to a script: it says so, and a browser's own form never does."""
    return "application/json" in request.headers.get("accept", "")


async def caught_up(request: Request, room: Room) -> None:
    """Wait, for a second at most, until the room shows what its reader has just done.

    Who has sent a form is led to a page whose address says at which `position` it happened. The
    room may be a moment behind the store, most of all when another worker stored it; a page
    without one's question would ask for it a second time.
    """
    wanted = whole(request.query_params.get("position", ""))
    if wanted is None:
        return
    for _ in range(PATIENCE):
        if room.position >= wanted or not room.connected:
            return
        await asyncio.sleep(0.01)


def problem(
    site: Site, request: Request, status: int, title: str, words: str, **headers: str
) -> Response:
    """A refusal in plain words, as a page or as JSON."""
    gettext = site.view(request).gettext
    if wants_json(request):
        response: Response = JSONResponse({"error": str(status), "message": gettext(words)}, status)
    else:
        response = site.page(request, "problem.html", status, title=title, words=words)
    response.headers.update({k.replace("_", "-"): v for k, v in headers.items()})
    return response
