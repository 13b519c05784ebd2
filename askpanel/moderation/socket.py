"""The staff's socket: the same as the public's, for somebody who is signed in."""

from __future__ import annotations

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from askpanel.chat import metrics, origin
from askpanel.chat.site import Site
from askpanel.chat.socket import attend, refuse
from askpanel.chat.wire import wire_of
from askpanel.eventlog.model import Present, Role, StoreAway
from askpanel.eventlog.staff import fingerprint
from askpanel.moderation.attendance import SIGNED_OUT, Attendance, Attendant
from askpanel.moderation.presence import Presence
from askpanel.moderation.visit import SignInDesk, signed_in, token_of

FORBIDDEN = 4003, "not for this role"
GONE = 4004, "no such session"


class StaffSocket:
    """`GET /staff/sessions/{slug}/live?after=N&epoch=E&view=triage|desk`."""

    def __init__(
        self, site: Site, door: SignInDesk, attendance: Attendance, presence: Presence
    ) -> None:
        self.site, self.door, self.attendance = site, door, attendance
        self.presence = presence

    def routes(self) -> list[WebSocketRoute]:
        return [WebSocketRoute("/staff/sessions/{slug}/live", self.live, name="staff live")]

    async def live(self, socket: WebSocket) -> None:
        if not origin.allowed_socket(socket.headers, self.site.origins):
            await refuse(socket, 403, "This address is for the pages of this service only.")
            return
        try:
            member = await signed_in(socket, self.door)
            room = await self.site.hub.room(socket.path_params["slug"])
        except StoreAway:
            await refuse(socket, 503, "Not for a moment. Try again.")
            return
        audience = socket.query_params.get("view", "")
        if member is None:
            # Accepted first, because a browser only hears a close code after that.
            await _close(socket, SIGNED_OUT)
        elif room is None:
            await _close(socket, GONE)
        elif audience not in ("triage", "desk") or (
            audience == "triage" and member.role is Role.PANELIST
        ):
            await _close(socket, FORBIDDEN)
        else:
            signin = fingerprint(token_of(socket, self.door))
            attendant = Attendant(wire_of(socket.scope), member.username, signin, member.version)
            self.attendance.enter(attendant)
            try:
                # Once more, now that a sign-out would be heard: none falls in between.
                if await signed_in(socket, self.door) is None:
                    await _close(socket, SIGNED_OUT)
                else:
                    person = Present(
                        username=member.username,
                        name=member.name,
                        role=member.role.value,
                        screen=audience,
                        organisation=member.organisation,
                    )
                    with self.presence.at(room.slug, person):
                        await attend(socket, room, audience, member.username)
            finally:
                self.attendance.leave(attendant)


async def _close(socket: WebSocket, how: tuple[int, str]) -> None:
    metrics.sockets_refused.labels(how[1]).inc()
    await socket.accept()
    await socket.close(*how)
