"""The socket: it brings HTML down and takes nothing up.

Everything that people do goes by HTTP, so this has one duty: let the reader into the room at
the right position, and notice when they leave.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from askpanel.chat import frames, metrics, origin
from askpanel.chat.fragments import OWN_PARTS
from askpanel.chat.number import whole
from askpanel.chat.places import alarming
from askpanel.chat.room import Room
from askpanel.chat.site import Site
from askpanel.chat.subscribers import Member
from askpanel.chat.wire import wire_of
from askpanel.eventlog.model import StoreAway

CHATTER = 1008
MOST_CHATTER = 64
"""Messages that a client may send before it is taken for a flood. Ours sends none."""
DONE = 1000


class PublicSocket:
    """`GET /sessions/{slug}/live?after=N&epoch=E&mine=0|1`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[WebSocketRoute]:
        return [WebSocketRoute("/sessions/{slug}/live", self.live, name="live")]

    async def live(self, socket: WebSocket) -> None:
        """Let a reader in; with a participant's cookie, their own questions come too."""
        if not origin.allowed_socket(socket.headers, self.site.origins):
            await refuse(socket, 403, "This address is for the pages of this service only.")
            return
        try:
            room = await self.site.hub.room(socket.path_params["slug"])
        except StoreAway:
            await refuse(socket, 503, "Not for a moment. Try again.")
            return
        if room is None:
            await refuse(socket, 404, "There is no session here.")
            return
        network = socket.state.network
        if not self.site.throttle.socket_opened(network):
            await refuse(socket, 429, "Too many connections from one network.")
            return
        try:
            # A page without a place for anybody's own questions asks for nobody's.
            nobody = socket.query_params.get("mine") == "none"
            author = "" if nobody else self.site.author(socket, room)
            await attend(socket, room, "public", author, first=self._own_list(socket, author))
        finally:
            self.site.throttle.socket_closed(network)

    def _own_list(self, socket: WebSocket, author: str) -> Callable[[Room], bytes]:
        """The viewer's own questions, when their page was drawn without them.

        A page reached from another site comes without the cookie, and a first question is sent
        from a page whose socket had none.
        """

        def first(room: Room) -> bytes:
            if not author or socket.query_params.get("mine") == "1":
                return b""
            projection = room.projection
            session, own = projection.session, projection.by_author(author)
            draw = partial(self.site.view(socket).part, OWN_PARTS)
            ops: frames.Ops = [
                ("append", "urgent", str(draw("alarm", q, session))) for q in alarming(own)
            ]
            drawn = draw("own_list", own, session, True, projection.lead)
            return frames.own([*ops, ("replace", "mine", str(drawn))])

        return first


async def attend(
    socket: WebSocket,
    room: Room,
    audience: str,
    key: str,
    first: Callable[[Room], bytes] = lambda room: b"",
) -> None:
    """Stay in a room until the socket closes."""
    await socket.accept()
    wire = wire_of(socket.scope)
    member = Member(wire, audience, socket.state.locale, key)
    after = whole(socket.query_params.get("after", ""))
    # What is no position, no room can resume from.
    after = -1 if after is None else after
    if not room.join(member, after, socket.query_params.get("epoch", ""), first(room)):
        await socket.close(DONE)
        return
    # Whose it is is known by now: the cookie need not stay for as long as the socket is open.
    socket.scope["headers"].clear()
    try:
        await listen(socket)
    finally:
        room.leave(member)


async def listen(socket: WebSocket) -> None:
    """Until the other side leaves. What it says is not read, only counted."""
    heard = 0
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        heard += 1
        if heard > MOST_CHATTER:
            metrics.sockets_refused.labels("chatter").inc()
            await socket.close(CHATTER)
            return


async def refuse(socket: WebSocket, status: int, words: str) -> None:
    """Answer the handshake with a plain refusal, before any data."""
    metrics.sockets_refused.labels(metrics.WHY_REFUSED[status]).inc()
    await socket.send_denial_response(PlainTextResponse(words, status))
