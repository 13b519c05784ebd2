"""A session as another site shows it in a frame: to read along, and a way to the full page.

Nothing here is one visitor's. In a frame of another site there is no cookie of ours, so nobody
could be told what became of their question: to ask, one opens the session's own page.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.asking import Asking
from askpanel.chat.pages import no_such_session
from askpanel.chat.security import FRAMED_BY
from askpanel.chat.sheet import Sheets, Visitor
from askpanel.chat.site import Site
from askpanel.chat.view import View

READER = Visitor(nonce="")
"""Everybody who reads along in a frame."""


class Embed:
    """`GET /sessions/{slug}/embed`. The only page that others may frame: those in the settings."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._sheets = Sheets()

    def routes(self) -> list[Route]:
        return [Route("/sessions/{slug}/embed", self.embed, name="embed")]

    async def embed(self, request: Request) -> Response:
        """The transcript, live, and what is on now. Drawn from memory, the same for everybody."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        draw = partial(drawn, self.site)
        sheet = self._sheets.of(room, self.site.view(request), draw)
        page = sheet.page(self.site.hub.store.now(), READER)
        answer = self.site.answer(page, request=request)
        if self.site.embed_origins:
            answer.headers[FRAMED_BY] = " ".join(self.site.embed_origins)
        return answer


def drawn(site: Site, view: View, asking: Asking, **context: Any) -> str:
    """The template, with what a sheet fills into it; there is no form in it."""
    return site.drawn(
        view,
        f"/sessions/{context['session'].slug}/embed",
        "embed.html",
        origins=site.embed_origins,
        **context,
    )
