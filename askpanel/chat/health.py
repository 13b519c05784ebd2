"""For the machines that watch: is this process alive, and can it do its work."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from askpanel.chat.farewell import DRAINING
from askpanel.chat.site import Site
from askpanel.eventlog.model import StoreAway


class Health:
    """`/health/live`, `/health/ready` and `/health/proxy`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route("/health/live", self.live, name="health live"),
            Route("/health/ready", self.ready, name="health ready"),
            Route("/health/proxy", self.proxy, name="health proxy"),
        ]

    async def live(self, request: Request) -> Response:
        """200 while the process answers at all."""
        return PlainTextResponse("live\n")

    async def ready(self, request: Request) -> Response:
        """200 while the store answers; 503 while it does not, and once the server is to stop."""
        if DRAINING in request.scope.get("extensions", {}):
            return PlainTextResponse("draining\n", 503)
        try:
            await self.site.hub.store.ping()
        except StoreAway:
            return PlainTextResponse("the store cannot be reached\n", 503)
        return PlainTextResponse("ready\n")

    async def proxy(self, request: Request) -> Response:
        """How this very request came: `named` by a proxy that is trusted, `unnamed` by one that
        does not say for whom, `untrusted` where one speaks that is not believed, or `direct`."""
        return PlainTextResponse(f"{request.state.forwarded}\n")
