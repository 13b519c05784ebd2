"""Every address of the service, and which part answers there."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount

from askpanel.chat import metrics
from askpanel.chat.ask import Ask
from askpanel.chat.bigscreen import BigScreen
from askpanel.chat.calendar import Calendars
from askpanel.chat.embed import Embed
from askpanel.chat.health import Health
from askpanel.chat.joincode import JoinCode, ShortAddress
from askpanel.chat.leaving import Leaving
from askpanel.chat.own import Own
from askpanel.chat.pages import Pages
from askpanel.chat.plainpages import PlainPages
from askpanel.chat.site import Site
from askpanel.chat.socket import PublicSocket
from askpanel.chat.statics import Fixed
from askpanel.chat.transcriptfile import Transcripts
from askpanel.chat.view import STATIC, static_version
from askpanel.moderation import signin
from askpanel.moderation.announcing import Announcing
from askpanel.moderation.attendance import Attendance
from askpanel.moderation.bulk import Bulk
from askpanel.moderation.commands import Commands
from askpanel.moderation.consoles import Home
from askpanel.moderation.deskpage import DeskPage
from askpanel.moderation.historypage import HistoryPage
from askpanel.moderation.keyspage import KeysPage
from askpanel.moderation.plan import PlanPage
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.presence import Presence
from askpanel.moderation.remarks import Remarks
from askpanel.moderation.reportpage import ReportPage
from askpanel.moderation.socket import StaffSocket
from askpanel.moderation.triagepage import TriagePage
from askpanel.moderation.visit import SignInDesk
from askpanel.moderation.writing import Writings


def routes(
    site: Site,
    door: SignInDesk,
    attendance: Attendance,
    presence: Presence,
    playbook: Playbook,
) -> list[BaseRoute]:
    """Every address of the service, as `docs/routes.md` lists them."""
    return [
        *Calendars(site).routes(),
        *JoinCode(site).routes(),
        *Pages(site).routes(),
        *PlainPages(site).routes(),
        *Ask(site).routes(),
        *Own(site).routes(),
        *Leaving(site).routes(),
        *PublicSocket(site).routes(),
        *BigScreen(site).routes(),
        *Embed(site).routes(),
        *Transcripts(site).routes(),
        *Health(site).routes(),
        *metrics.routes(),
        *signin.routes(door),
        *Home(site, door).routes(),
        *KeysPage(site, door).routes(),
        *TriagePage(site, door, playbook).routes(),
        *DeskPage(site, door, presence.backstage, playbook.canned).routes(),
        *Writings(site, door, presence.backstage, playbook.canned).routes(),
        *PlanPage(site, door).routes(),
        *Commands(site, door, playbook).routes(),
        *Bulk(site, door, playbook).routes(),
        *Remarks(site, door, presence.backstage).routes(),
        *Announcing(site, door, presence.backstage).routes(),
        *HistoryPage(site, door, playbook).routes(),
        *ReportPage(site, door, playbook).routes(),
        *StaffSocket(site, door, attendance, presence).routes(),
        Mount(f"/static/{static_version()}", Fixed(STATIC), name="static"),
        *ShortAddress(site).routes(),
    ]
