"""For the machines that watch: is this process alive, and can it do its work."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from askpanel.chat.site import Site
from askpanel.eventlog.model import StoreAway


class Health:
    """`/health/live` and `/health/ready`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route("/health/live", self.live, name="health live"),
            Route("/health/ready", self.ready, name="health ready"),
        ]

    async def live(self, request: Request) -> Response:
        """200 while the process answers at all."""
        return PlainTextResponse("live\n")

    async def ready(self, request: Request) -> Response:
        """200 while the store answers, 503 while it does not."""
        try:
            await self.site.hub.store.ping()
        except StoreAway:
            return PlainTextResponse("the store cannot be reached\n", 503)
        return PlainTextResponse("ready\n")
