"""How people get to a session from a poster: a short address, and a code that a telephone reads.

The code is a QR code (ISO/IEC 18004) with error correction Q, so that a quarter of it may be torn
or printed badly, and four modules of quiet around it.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from urllib.parse import urlsplit

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat.locale import local_path
from askpanel.chat.pages import no_such_session
from askpanel.chat.site import Site
from askpanel.eventlog.session import Session

QUIET_ZONE = 4
SHORT = re.compile(r"[a-z0-9-]{2,30}")


class JoinCode:
    """`/sessions/{slug}/qr.svg`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [Route("/sessions/{slug}/qr.svg", self.code, name="join code")]

    async def code(self, request: Request) -> Response:
        """The address on the poster, in the language of this one."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        address = poster_address(self.site, request, room.projection.session, request.state.locale)
        return Response(drawn(address), media_type="image/svg+xml")


class ShortAddress:
    """`/{short}`: behind every other address, so that it takes none of them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [Route("/{short}", self.lead_on, name="short address")]

    async def lead_on(self, request: Request) -> Response:
        """303 to the session. A telephone begins with a capital; posters have none."""
        short = request.path_params["short"].lower()
        slug = await self.site.hub.store.slug_of(short) if SHORT.fullmatch(short) else ""
        if not slug:
            raise HTTPException(404)
        return RedirectResponse(local_path(request.state.locale, f"/sessions/{slug}"), 303)


@lru_cache(maxsize=256)
def drawn(address: str) -> bytes:
    """The code for an address as SVG, dark on light, without any style of its own. It is kept here
    and not by browsers: in a cache it would say who had looked at which session."""
    out = io.BytesIO()
    segno.make_qr(address, error="q").save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        nl=False,
    )
    return out.getvalue()


def poster_path(session: Session, locale: str) -> str:
    """The shortest path to a session's page in one language."""
    return local_path(locale, f"/{session.short}" if session.short else f"/sessions/{session.slug}")


def poster_address(site: Site, request: Request, session: Session, locale: str) -> str:
    """The same as a whole address."""
    return f"{origin_of(site, request)}{poster_path(session, locale)}"


def origin_of(site: Site, request: Request) -> str:
    """Our own origin: the configured one, and on loopback the one that was asked for. Never
    what the request says alone: anybody can write that."""
    asked = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return asked if asked in site.origins else min(site.origins)


def host_of(site: Site) -> str:
    """The host that this installation is known by; "askpanel" where none is configured."""
    found = {urlsplit(origin).hostname for origin in site.origins}
    return (found.pop() or "askpanel") if len(found) == 1 else "askpanel"
