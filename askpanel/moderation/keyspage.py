"""The list of keys as a page, for those who have no scripts, or want to read it in peace."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.site import Site
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.keymap import KEYMAP
from askpanel.moderation.visit import SignInDesk, Visit, require


class KeysPage:
    """A page that only reads; what somebody has changed is in their browser alone."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

    def routes(self) -> list[Route]:
        return [Route("/staff/keys", require(self.door)(self.keys), name="keys")]

    async def keys(self, request: Request, visit: Visit) -> Response:
        """Every key of both screens."""
        return staff_page(self.site, request, visit, "staff/keys.html", keymap=KEYMAP)
