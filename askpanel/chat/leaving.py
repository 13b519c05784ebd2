"""Leaving: the way out of every page, and a browser that forgets which questions it sent."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from askpanel.chat import grace, origin
from askpanel.chat.locale import N_, local_path
from askpanel.chat.pages import no_such_session
from askpanel.chat.site import Site, problem
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.session import Schedule

OURS = frozenset({"", "same-origin", "none"})
"""What a browser says of a link on our own pages, or of an address that somebody typed; older
browsers say nothing (Fetch Metadata, 2.4)."""
STORAGE = '"storage"'
"""What a page's script has kept (Clear Site Data, 3.1). Not "cookies": staff who read along in the
same browser would be signed out in the middle of a session."""
NOT_FORGOTTEN = (
    N_("This cannot be done from here"),
    N_("Open the page of the session, and choose it there."),
)


class Leaving:
    """Endpoints that take the participant's cookie away. What was sent stays as it is."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route("/exit", self.exit, methods=["GET"], name="exit"),
            Route("/exit", self.exited, methods=["POST"], name="exited"),
            Route("/sessions/{slug}/forget", self.forget, methods=["POST"], name="forget"),
        ]

    async def exit(self, request: Request) -> Response:
        """The link out, which needs no script. From another site's page it only leads on: nobody
        is to be parted from their questions by a page that they happen to read."""
        response = RedirectResponse(self.site.exit_url, 303)
        response.headers["referrer-policy"] = "no-referrer"
        if request.headers.get("sec-fetch-site", "") in OURS:
            self.site.identity.forget(request, response)
            response.headers["clear-site-data"] = STORAGE
        return response

    async def exited(self, request: Request) -> Response:
        """What the page's script says while it leaves; nobody waits for the answer."""
        if not origin.allowed(request.headers, self.site.origins):
            return problem(self.site, request, 403, *NOT_FORGOTTEN)
        response = Response(status_code=204)
        self.site.identity.forget(request, response)
        return response

    async def forget(self, request: Request) -> Response:
        """Somebody stays, and wants the browser to forget their questions."""
        slug = request.path_params["slug"]
        if await self.site.hub.room(slug) is None:
            return no_such_session(self.site, request)
        if not origin.allowed(request.headers, self.site.origins):
            return problem(self.site, request, 403, *NOT_FORGOTTEN)
        path = local_path(request.state.locale, f"/sessions/{slug}")
        response = RedirectResponse(f"{path}?forgotten=1#mine-heading", 303)
        self.site.identity.forget(request, response)
        return response


class Forgetting:
    """ASGI, inside `Language`: the first page that somebody is shown when all sessions that they
    asked in are long over takes their cookie away. Nothing is stored for that: who asked stands
    in the sessions themselves."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._concerns(connection := HTTPConnection(scope)):
            await self.app(scope, receive, send)
            return

        async def send_forgetting(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                page = headers.get("content-type", "").startswith("text/html")
                if page and "set-cookie" not in headers and await self._may_forget(connection):
                    response = Response()
                    self.site.identity.forget(connection, response)
                    headers.append("set-cookie", response.headers["set-cookie"])
            await send(message)

        await self.app(scope, receive, send_forgetting)

    def _concerns(self, connection: HTTPConnection) -> bool:
        """Whether somebody with a cookie asks for a page of the public's."""
        staff = connection.scope["path"].startswith("/staff")
        return not staff and bool(self.site.identity.token(connection))

    async def _may_forget(self, connection: HTTPConnection) -> bool:
        """Whether no session that is not long over has a question of theirs. One that cannot be
        looked into may have."""
        hub, identity = self.site.hub, self.site.identity
        token = identity.token(connection)
        if self._goes_on(connection.scope["path"]):
            return False
        try:
            going_on = [
                each for each in await hub.store.sessions() if not self._is_over(each.schedule)
            ]
            for session in going_on:
                room = await hub.room(session.slug)
                author = identity.author(session.slug, token)
                if room is None or not room.connected or room.projection.by_author(author):
                    return False
        except StoreAway:
            return False
        return True

    def _goes_on(self, path: str) -> bool:
        """Whether it is a page of a session that goes on: what its reader has just sent may be on
        its way to it."""
        match path.split("/"):
            case ["", "sessions", slug, *_]:
                room = self.site.hub.rooms.get(slug)
            case _:
                room = None
        return room is not None and not self._is_over(room.projection.session.schedule)

    def _is_over(self, schedule: Schedule) -> bool:
        return grace.is_over(schedule, self.site.hub.store.now())
