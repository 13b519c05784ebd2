"""One connected WebSocket as something that bytes can be written to, at once.

`SocketWire` is uvicorn's sans-I/O WebSocket protocol, kept whole for the handshake and for all
that is received (RFC 6455), with one way past ASGI for what is sent. uvicorn's other ways here
are mended: it prints addresses, leaves some handshakes unanswered, logs a traceback for text
that is not UTF-8, and waits for ever for a reader that has stopped.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, cast

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.server import ServerState
from websockets.frames import Close, Frame
from websockets.http11 import Request

from askpanel.chat import metrics
from askpanel.chat.deflate import DEFLATE
from askpanel.chat.farewell import drain_limit, spread, window
from askpanel.chat.inbox import Gate, Inbox, Tally
from askpanel.chat.kernel import bound_sending, hang_up
from askpanel.chat.outlet import Outlet
from askpanel.chat.parser import Parser
from askpanel.chat.quietlog import wire_logger

EXTENSION = "askpanel.wire"
"""Where the endpoint finds its socket: `scope["extensions"][EXTENSION]`."""

SLICE = 4096
GONE = Close(1006, "")


class SocketWire(Outlet):
    """The `Wire` of one connection. Times in seconds, sizes in bytes."""

    close_grace = 3.0
    """For the peer to take what was written and answer the close; then it is aborted."""
    high_water = 64 * 1024
    send_buffer = 64 * 1024
    """The kernel's."""
    conn: Parser
    frame_allowance = 200
    """Frames, pings included, that a peer may send in a window: the page sends a handful."""
    allowance_window = 10.0

    _early = b""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = wire_logger
        self.conn.parser.close()  # as in `Parser.forget`: this one is never used
        self.conn = Parser(extensions=[DEFLATE], max_size=config.ws_max_size, logger=wire_logger)
        self.conn.debug = False
        self._received = Tally()
        self.queue = Inbox()  # type: ignore[assignment] # has what uvicorn uses of a Queue
        self.writable = Gate()  # type: ignore[assignment] # and of an Event

    @staticmethod
    def retry_seconds() -> int:
        """When a socket closed by the server's end may come back: not all at once."""
        return secrets.randbelow(6)

    spread = staticmethod(spread)

    def cut(self, code: int, reason: str = "") -> None:
        """See `Wire`. Before the handshake is complete the answer is 503."""
        if not self.handshake_complete:
            self._refuse_handshake(503)
        elif not self.closed:
            self.conn.send_close(code, reason)
            self._flush()
            self._tell_app(Close(code, reason))
            self._read_on()
        self._abort_later()

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what may wait for this reader, here and in the kernel."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.high_water)
        bound_sending(self.transport, self.send_buffer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone, whoever ended it."""
        self._over()
        super().connection_lost(exc)
        self.conn.forget()

    def eof_received(self) -> None:
        """The transport closes itself, once our buffer is empty; that too has an end."""
        self._over()
        self._abort_later()

    def shutdown(self) -> None:
        """The server stops: say so, and when to come back; not to everybody at once."""
        metrics.draining.set(1)
        limit = drain_limit(self.config)
        self.close_grace = min(self.close_grace, limit / 4)
        wait = self.spread(0, window(self.config)) if self.handshake_complete else 0
        self.loop.call_later(wait, self.cut, 1012, f"retry={self.retry_seconds()}")

    def keepalive_timeout(self) -> None:
        """The peer is gone; do not wait for it to read our farewell."""
        metrics.connections_cut.labels("silent").inc()
        super().keepalive_timeout()
        self._over()
        self._abort_later()

    # What is received

    def data_received(self, data: bytes) -> None:
        """Parse a slice at a time, so that a flood ends at its first slice."""
        if self.handshake_initiated and not self.handshake_complete:
            self._early += data  # frames before the 101; reading is paused, so this is bounded
            return
        for start in range(0, len(data), SLICE):
            if self.conn.eof_sent:
                return  # the rest is of no interest to anyone
            self.conn.receive_data(data[start : start + SLICE])
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                self._refuse_handshake(400)
                return
            self.handle_events()
            if self.conn.parser_exc is not None:
                self.handle_parser_exception()

    def handle_events(self) -> None:
        """Count, then pass on. What came before a fault in the same read still counts."""
        if self.handshake_complete:
            count, now = len(self.conn.events), self.loop.time()
            if self._received.within(self.allowance_window, count, now) > self.frame_allowance:
                self._fail(1008, "too many frames")
        super().handle_events()

    def handle_connect(self, event: Request) -> None:
        """Put ourselves into the scope; wait with the peer's frames until it is accepted."""
        super().handle_connect(event)
        # The scope's headers and client are the application's to forget. The copies here go
        # now: the parser would keep the request for as long as the socket is open.
        del self.request
        event.headers.clear()
        event.path = ""
        self.client = None
        if not self.handshake_complete:
            cast(dict[str, Any], self.scope["extensions"])[EXTENSION] = self
            self.transport.pause_reading()

    def send_receive_event_to_app(self) -> None:
        """As uvicorn's, but text that is not UTF-8 costs no traceback (RFC 6455, 8.1)."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._fail(1007, "not UTF-8")
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Its pong is ready, unless the connection has failed since."""
        self._flush()

    def handle_close(self, event: Frame) -> None:
        """The peer closes, or answers our close."""
        self._flush()
        self._tell_app(self.conn.close_rcvd or GONE)
        self._part()

    def handle_parser_exception(self) -> None:
        """The connection has failed (RFC 6455, 7.1.7), and its close frame waits to be sent."""
        code = getattr(self.conn.close_sent, "code", "broken")
        metrics.connections_cut.labels(str(code)).inc()
        self._flush()
        self._tell_app(self.conn.close_sent or GONE)
        self._part()

    # What is sent through ASGI

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn's; a close never waits for a reader that has stopped."""
        if message["type"] == "websocket.close" and self.handshake_complete:
            self.cut(message.get("code", 1000), message.get("reason") or "")
            return
        await self.writable.wait()
        if self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._begin()

    async def run_asgi(self) -> None:
        """Run the application; its return closes the socket, its failure with 1011."""
        code = 1011
        try:
            await self.app(self.scope, self.receive, self.send)
            code = 1000
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("Exception in ASGI application", extra={"event": "fault"})
        finally:
            self._end(code)

    def _begin(self) -> None:
        """Accepted: read what the peer has sent meanwhile."""
        self._open = not self.transport.is_closing()
        del self.response
        early, self._early = self._early, b""
        self._read_on()
        self.data_received(early)

    def _end(self, code: int) -> None:
        if not self.handshake_complete:
            self._refuse_handshake(500)
        self.cut(code)
        self.scope["extensions"] = {}  # it and we hold each other

    # Endings

    def _fail(self, code: int, reason: str) -> None:
        self.conn.fail(code, reason)
        self.handle_parser_exception()

    def _refuse_handshake(self, status: int) -> None:
        """Send the refusal that the parser has made, or else one with this status."""
        if self.close_sent or self.transport.is_closing():
            return
        if not any(self.conn.writes):
            # Where the parser has sent an end and no answer, it cannot make one.
            self.conn.eof_sent = False
            self.conn.send_response(self.conn.reject(status, ""))
        self.handshake_complete = True
        self._flush()
        self._tell_app(GONE)
        self._part()

    def _flush(self) -> None:
        data = b"".join(self.conn.data_to_send())
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def _tell_app(self, close: Close) -> None:
        """The application hears once that it is over, and by what code."""
        self._over()
        if not self.close_sent:
            self.close_sent = True
            self.stop_keepalive()
            self.queue.put_nowait(
                {"type": "websocket.disconnect", "code": close.code, "reason": close.reason}
            )

    def _read_on(self) -> None:
        self.read_paused = False
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _part(self) -> None:
        """Half-close and read until the peer does too: closing on unread bytes would send a
        reset, which can overtake our last frame."""
        self._over()
        if not self.transport.is_closing():
            if self.transport.can_write_eof():
                self.transport.write_eof()
                self._read_on()
            else:
                self.transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        if self.close_timer is None and not self.disconnected:
            self.close_timer = self.loop.call_later(self.close_grace, hang_up, self.transport)
