"""HTTP as a stranger may speak it: every wait for the peer has an end, every size a limit.

uvicorn waits for ever for a request that never ends and for a reader that never reads. Here a
connection that owes us bytes, or that owes us reading, has a deadline; what is too large or
makes no sense is answered once, without a log line, and the connection closed.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import httptools
from uvicorn.config import Config
from uvicorn.server import ServerState

from askpanel.chat import metrics
from askpanel.chat.farewell import Farewell
from askpanel.chat.kernel import bound_sending, hang_up
from askpanel.chat.quietlog import wire_logger
from askpanel.chat.refusal import Unacceptable, refusal, status_of

Awaited = Literal["head", "body", ""]
"""What the peer owes: the rest of a request's head, of its body, or nothing."""


class HttpWire(Farewell):
    """uvicorn's HTTP/1.1 protocol with deadlines and limits. Times in seconds, sizes in bytes."""

    head_timeout = 10.0
    """For a whole request line and headers, from the connection or the request's first byte."""
    body_timeout = 30.0
    """For the whole body, from the end of the headers."""
    read_timeout = 30.0
    """For a peer that does not read, while our buffer is above high water and at the end."""
    least_read = 8 * 1024
    """What must be read of it in that time to be given as long again."""
    linger = 1.0
    """After a refusal: how long to read on, so that a reset does not overtake the answer."""
    send_buffer = 256 * 1024
    """The kernel's."""
    max_pipelined = 16
    """Requests that may wait for the answer to another: 5 KB each, sent in 40 bytes."""
    max_head = 16 * 1024
    max_url = 8000
    """RFC 9112, 3 asks for at least 8,000."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = wire_logger
        self.access_log = False
        self._awaited: Awaited = ""
        self._turn = 0  # counts changes of what is awaited
        self._turn_timed = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._overhead = 0  # of an unfinished request: bytes that were no body
        self._body_fed = 0  # by the read that is being parsed
        self._refused = False

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer that says nothing is cut off too."""
        super().connection_made(transport)
        bound_sending(transport, self.send_buffer)
        self._await("head")
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let no timer outlive the connection."""
        self._await("")
        self._set_deadline()
        self._forget_stall()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """The transport closes itself, once our buffer is empty; that too has an end."""
        self._abort_unread()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, then see what the peer owes now."""
        if self._refused:
            return
        self._unset_keepalive_if_required()
        before = self._turn + (not self._awaited)
        self._body_fed = 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as exc:
            self._refuse(status_of(exc))
        else:
            self._expect_more(len(data) - self._body_fed if self._turn <= before else 0)
        self._set_deadline()

    def _expect_more(self, fed: int) -> None:
        """After a read that left a request unfinished: `fed` bytes of it were no body.

        The parser keeps unfinished headers, trailers and chunk extensions to itself, so what
        it was fed is counted. Where another request, or this one's head, ended in the same
        read that is unknown, and begins with the next.
        """
        if self._awaited:
            self._overhead += fed
            if self._overhead > self.max_head:
                self._refuse(431)
        elif not self._answering() and not self.timeout_keep_alive_task:
            # Blank lines between requests stopped the keep-alive timer.
            self._await("head")

    # The parser's callbacks

    def on_message_begin(self) -> None:
        """A request begins; the clock of its head may be running already."""
        super().on_message_begin()
        if self._awaited != "head":
            self._overhead = 0
            self._await("head")

    def on_url(self, url: bytes) -> None:
        """Comes in pieces."""
        super().on_url(url)
        if len(self.url) > self.max_url:
            raise Unacceptable(414)

    def on_headers_complete(self) -> None:
        """Measure the head of a request that came in one piece with its body."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.max_head:
            raise Unacceptable(431)
        self._check_head()
        super().on_headers_complete()
        self._overhead = 0
        self._await("body")

    def _check_head(self) -> None:
        if len(self.pipeline) >= self.max_pipelined:
            raise Unacceptable(429)  # which nobody reads: it is not their turn, so we just close
        version = self.parser.get_http_version()
        if version not in {"1.0", "1.1"}:
            raise Unacceptable(505)
        if version == "1.1" and sum(name == b"host" for name, _ in self.headers) != 1:
            raise Unacceptable(400)  # RFC 9112, 3.2

    def on_body(self, body: bytes) -> None:
        """Counted, to know what was none."""
        self._body_fed += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The peer owes nothing."""
        self._await("")
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A response that ends the connection still has to be read by the peer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_unread()

    # Deadlines

    def _await(self, what: Awaited) -> None:
        self._awaited = what
        self._turn += 1

    def _set_deadline(self) -> None:
        """One timer for what is awaited at the end of a read, not one for every callback."""
        if self._turn == self._turn_timed:
            return
        self._turn_timed = self._turn
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._awaited:
            self._time_out()

    def _time_out(self) -> None:
        seconds = self.head_timeout if self._awaited == "head" else self.body_timeout
        self._deadline = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        if self.flow.read_paused:
            self._time_out()  # it is we who do not read
        elif self._awaited == "head" and not self._overhead:
            # Browsers open connections ahead of need: closing says enough.
            self._close()
        else:
            self._refuse(408)

    def pause_writing(self) -> None:
        """Our buffer is above high water: the peer must read."""
        super().pause_writing()
        self._abort_unread()

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        if not self.transport.is_closing() and not self._refused:
            self._forget_stall()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, whether or not its last response was read."""
        self._close()

    def _close(self) -> None:
        self.transport.close()
        self._abort_unread()

    def _abort_unread(self) -> None:
        if self._stalled is None:
            self._watch_reader()

    def _watch_reader(self) -> None:
        size = self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(self.read_timeout, self._look_at_reader, size)

    def _look_at_reader(self, before: int) -> None:
        """A slow phone may take its time over a long page, as long as it reads."""
        if before - self.transport.get_write_buffer_size() < self.least_read:
            metrics.connections_cut.labels("unread").inc()
            hang_up(self.transport)
        else:
            self._watch_reader()

    def _forget_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # Refusals

    def _refuse(self, status: int) -> None:
        """Answer with a status, if the request at fault is the next to be answered; close."""
        metrics.connections_cut.labels(str(status)).inc()
        ours = self._answering() == (self._awaited == "body")
        self._refused = True
        self.url, self.parser = b"", None  # type: ignore[assignment] # both may hold a whole read
        self._await("")
        if self._answering():
            ours = ours and not self.cycle.response_started and not self.pipeline
            self.cycle.disconnected = True  # so the application hears
            self.cycle.message_event.set()
        self.pipeline.clear()
        if not ours:
            self._close()
            return
        self.transport.write(refusal(status, self.server_state.default_headers))
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._forget_stall()
        self._stalled = self.loop.call_later(self.linger, hang_up, self.transport)

    # Upgrades

    def _upgrade(self, rest: bytes) -> None:
        if not self._should_upgrade():
            # HTTP/2 or the like: the request is answered in HTTP/1.1 as it stands
            # (RFC 9110, 7.8), but the parser will take nothing more.
            self.cycle.keep_alive = False
        elif self.leaving:
            self._refuse(503)
        elif self._answering():
            self._refuse(400)  # two protocols at once on one connection
        else:
            self.handle_websocket_upgrade()
            if rest and not self.transport.is_closing():
                # Sent before we agreed. uvicorn drops it; the socket keeps it till then.
                self.transport.get_protocol().data_received(rest)  # type: ignore[attr-defined]

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and leave nothing of this protocol behind."""
        self._forget_stall()
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment] # it and we hold each other
