"""Who looks at which page: each drawn by the program's own endpoint, without a server between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.websockets import WebSocket

from askpanel.chat.hub import Hub
from askpanel.chat.identity import Identity
from askpanel.chat.locale import local_path
from askpanel.chat.pages import Pages
from askpanel.chat.room import Room
from askpanel.chat.site import Site
from askpanel.chat.socket import PublicSocket
from askpanel.chat.throttle import Throttle
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Role
from askpanel.eventlog.staff import Staff
from askpanel.moderation.deskpage import DeskPage
from askpanel.moderation.triagepage import TriagePage
from askpanel.moderation.visit import Visit
from tests.cast import NOON
from tests.rehearsal import SLUG
from tests.staffroom import SECRET, Hands, open_desk

IDENTITY = Identity(SECRET, secure=False)
SAMS_TOKEN, ALEXS_TOKEN = "S" * 43, "A" * 43


def author_of(token: str) -> str:
    return IDENTITY.author(SLUG, token)


@dataclass(frozen=True)
class Viewer:
    """One kind of screen: its audience, whose it is, and the cookie that says so."""

    name: str
    audience: str
    key: str = ""
    token: str = ""


READER = Viewer("reader", "public")
SAM = Viewer("sam", "public", author_of(SAMS_TOKEN), SAMS_TOKEN)
ALEX = Viewer("alex", "public", author_of(ALEXS_TOKEN), ALEXS_TOKEN)
TRIAGE = Viewer("asha", "triage", "asha")
MORGAN = Viewer("morgan", "desk", "morgan")
LUCY = Viewer("lucy", "desk", "lucy")
VIEWERS = (READER, SAM, ALEX, TRIAGE, MORGAN, LUCY)


class House:
    """The pages over one hub, whose rooms the test provides."""

    def __init__(self, hub: Hub) -> None:
        self.site = Site(
            hub=hub,
            identity=IDENTITY,
            throttle=Throttle(1000, 1000),
            origins=frozenset({"http://127.0.0.1:8000"}),
            exit_url="https://example.org/",
        )
        staff = Staff(hub.store._client, "nobody", secret=SECRET)
        self._pages = Pages(self.site)
        door = open_desk(staff, Hands(NOON))
        self._triage, self._desk = TriagePage(self.site, door), DeskPage(self.site, door)
        self._socket = PublicSocket(self.site)

    async def page(self, viewer: Viewer, locale: str) -> str:
        """The whole page as it stands in the room now."""
        if viewer.audience == "public":
            request = Request(_scope("http", f"/sessions/{SLUG}", viewer, locale))
            response = await self._pages.session(request)
        else:
            path = f"/staff/sessions/{SLUG}/{viewer.audience}"
            request = Request(_scope("http", path, viewer, locale))
            role = Role.MODERATOR if viewer.audience == "triage" else Role.PANELIST
            organisation = {"morgan": "gmp", "lucy": "lff"}.get(viewer.key, "")
            member = Member(
                username=viewer.key,
                name=viewer.name,
                role=role,
                organisation=organisation,
                password="",
            )
            visit = Visit(member, "", f"token of {viewer.name}")
            pages = {"triage": self._triage.triage, "desk": self._desk.desk}
            endpoint = pages[viewer.audience]
            response = await endpoint(request, visit)
        assert response.status_code == 200
        return bytes(response.body).decode()

    def own_list(self, viewer: Viewer, locale: str, room: Room) -> bytes:
        """What the socket gives to somebody whose page was drawn without their cookie."""
        scope = _scope("websocket", f"/sessions/{SLUG}/live", viewer, locale)
        socket = WebSocket({**scope, "query_string": b"mine=0"}, _nothing, _nothing)
        return self._socket._own_list(socket, viewer.key)(room)


def _scope(kind: str, path: str, viewer: Viewer, locale: str) -> dict[str, Any]:
    cookie = f"{IDENTITY.cookie}={viewer.token}".encode()
    return {
        "type": kind,
        "method": "GET",
        "path": local_path(locale, path),
        "path_params": {"slug": SLUG},
        "query_string": b"",
        "headers": [(b"cookie", cookie)] if viewer.token else [],
        "state": {"locale": locale, "path": path},
    }


async def _nothing(*args: Any) -> Any:
    raise AssertionError("nobody speaks on this socket")
