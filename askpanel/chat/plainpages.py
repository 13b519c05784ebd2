"""What we promise, how to stay safe here, and how accessible the pages are, in plain words. Drawn
from the settings, so they stay up while the store is away."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel import __version__
from askpanel.chat.packing import pack
from askpanel.chat.site import Site
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.session import Session


class PlainPages:
    """Endpoints that say the same to everybody."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route("/privacy", self.privacy, name="privacy"),
            Route("/safety", self.safety, name="safety"),
            Route("/accessibility", self.accessibility, name="accessibility"),
        ]

    async def privacy(self, request: Request) -> Response:
        """What is stored, for how long, who sees it, and what we cannot do."""
        return self._told(request, "privacy.html")

    async def safety(self, request: Request) -> Response:
        """How to leave no more traces than one wants, and who helps."""
        return self._told(request, "safety.html", helping=alike(await self._helping()))

    async def accessibility(self, request: Request) -> Response:
        """The statement that UK public bodies have to give."""
        return self._told(request, "accessibility.html", version=__version__)

    async def _helping(self) -> list[Session]:
        """The sessions that are not over, for the help that they name. While the store is away,
        those that this process knows."""
        store = self.site.hub.store
        try:
            known = await store.sessions()
        except StoreAway:
            known = [room.projection.session for room in self.site.hub.rooms.values()]
        now = store.now()
        return [each for each in known if phase(each.schedule, now) != Phase.CLOSED]

    def _told(self, request: Request, template: str, **context: Any) -> Response:
        page = self.site.page(request, template, facts=self.site.facts, **context)
        return pack(request, page)


def alike(sessions: list[Session]) -> list[list[Session]]:
    """The sessions that name the same help in the same languages, together: a service that holds
    one every month names it once."""
    found: list[list[Session]] = []
    for each in sessions:
        for those in found:
            if (those[0].signposts, those[0].languages) == (each.signposts, each.languages):
                those.append(each)
                break
        else:
            found.append([each])
    return found
