"""Every address of the service, and which part answers there."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from askpanel.chat import metrics
from askpanel.chat.ask import Ask
from askpanel.chat.health import Health
from askpanel.chat.own import Own
from askpanel.chat.pages import Pages
from askpanel.chat.site import Site
from askpanel.chat.socket import PublicSocket
from askpanel.chat.transcript import Transcripts
from askpanel.chat.view import STATIC, static_version
from askpanel.moderation import signin
from askpanel.moderation.attendance import Attendance
from askpanel.moderation.bulk import Bulk
from askpanel.moderation.commands import Commands
from askpanel.moderation.consoles import Home
from askpanel.moderation.deskpage import DeskPage
from askpanel.moderation.historypage import HistoryPage
from askpanel.moderation.keyspage import KeysPage
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.presence import Presence
from askpanel.moderation.remarks import Remarks
from askpanel.moderation.reportpage import ReportPage
from askpanel.moderation.socket import StaffSocket
from askpanel.moderation.triagepage import TriagePage
from askpanel.moderation.visit import SignInDesk
from askpanel.moderation.writing import Writings

YEAR = "public, max-age=31536000, immutable"


class Fixed(StaticFiles):
    """Files whose address changes with their content: kept by browsers for as long as they like."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = YEAR
        return response


def routes(
    site: Site,
    door: SignInDesk,
    attendance: Attendance,
    presence: Presence,
    playbook: Playbook,
) -> list[BaseRoute]:
    """Every address of the service, as `docs/routes.md` lists them."""
    return [
        *Pages(site).routes(),
        *Ask(site).routes(),
        *Own(site).routes(),
        *PublicSocket(site).routes(),
        *Transcripts(site).routes(),
        *Health(site).routes(),
        *metrics.routes(),
        *signin.routes(door),
        *Home(site, door).routes(),
        *KeysPage(site, door).routes(),
        *TriagePage(site, door, playbook).routes(),
        *DeskPage(site, door, presence.backstage, playbook.canned).routes(),
        *Writings(site, door, presence.backstage, playbook.canned).routes(),
        *Commands(site, door, playbook).routes(),
        *Bulk(site, door, playbook).routes(),
        *Remarks(site, door, presence.backstage).routes(),
        *HistoryPage(site, door, playbook).routes(),
        *ReportPage(site, door, playbook).routes(),
        *StaffSocket(site, door, attendance, presence).routes(),
        Mount(f"/static/{static_version()}", Fixed(directory=STATIC), name="static"),
    ]
