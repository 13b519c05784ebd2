"""What every page of one installation shares: the hub, who is who, and how pages are drawn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from askpanel.chat.hub import Hub
from askpanel.chat.identity import Identity
from askpanel.chat.locale import local_path, written
from askpanel.chat.number import whole
from askpanel.chat.room import Room
from askpanel.chat.throttle import Throttle
from askpanel.chat.view import View, view

PATIENCE = 100
"""Hundredths of a second that a page waits for its room to catch up with what its reader did."""


@dataclass(frozen=True)
class Site:
    """Handed to every endpoint. `origins` are the origins whose forms and sockets are ours."""

    hub: Hub
    identity: Identity
    throttle: Throttle
    origins: frozenset[str]
    exit_url: str
    questions_per_minute: int

    def page(
        self, request: HTTPConnection, template: str, status: int = 200, **context: Any
    ) -> Response:
        """A whole page in the reader's language."""
        view, here = self.view(request), request.state.path
        shell = {
            "exit_url": self.exit_url,
            "alternate_path": local_path(view.other, written(here)),
            "privacy_path": local_path(view.locale, "/privacy"),
            "accessibility_path": local_path(view.locale, "/accessibility"),
            "errors": (),
        }
        return HTMLResponse(view.page(template, **{**shell, **context}), status)

    def view(self, request: HTTPConnection) -> View:
        """The templates in the reader's language."""
        return view(request.state.locale)

    def author(self, request: HTTPConnection, room: Room) -> str:
        """The keyed hash of the participant's token in this session, or ""."""
        slug = room.projection.session.slug
        return self.identity.author(slug, self.identity.token(request))


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
