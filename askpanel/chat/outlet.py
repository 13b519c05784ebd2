"""How bytes leave one connected WebSocket at once, past ASGI."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class Noted:
    """A transport that tells before it is written to, whoever writes: us, or the parser's pings.

    All else is the transport's own.
    """

    __slots__ = ("_transport", "note")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.note: Callable[[], object] | None = None

    def write(self, data: bytes) -> None:
        """See `asyncio.WriteTransport.write`."""
        if self.note is not None:
            self.note()
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Outlet(WebSocketsSansIOProtocol):
    """The part of `SocketWire` that a room writes to; its methods are those of `Wire`."""

    stalled_since: float | None = None
    _open = False  # kept, because asking parser and transport each time costs more than writing
    _leave: Callable[[], object] | None = None
    _noted: Noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Whatever is written from now on is noted."""
        super().connection_made(transport)
        self._noted = Noted(self.transport)
        self.transport = cast(asyncio.Transport, self._noted)

    @property
    def closed(self) -> bool:
        """See `Wire`."""
        return not self._open

    @property
    def deflates(self) -> bool:
        """See `Wire`."""
        return bool(self.conn.extensions)

    @property
    def descriptor(self) -> int:
        """See `Wire`."""
        sock: socket.socket | None = self.transport.get_extra_info("socket")
        if sock is None or not self._open or self.scheme == "wss":
            return -1
        return sock.fileno()

    @property
    def waiting(self) -> Callable[[], int]:
        """See `Wire`."""
        return self.transport.get_write_buffer_size

    def write(self, data: bytes) -> None:
        """See `Wire`."""
        if self._open:
            self.transport.write(data)

    def when_written(self, note: Callable[[], object]) -> None:
        """See `Wire`."""
        self._noted.note = note

    def when_over(self, leave: Callable[[], object]) -> None:
        """See `Wire`."""
        self._leave = leave

    def pause_writing(self) -> None:
        """Our buffer is above high water."""
        super().pause_writing()
        self.stalled_since = self.loop.time()

    def resume_writing(self) -> None:
        """Our buffer is below low water."""
        super().resume_writing()
        self.stalled_since = None

    def _over(self) -> None:
        """No frame goes out from now on. A transport closes its descriptor after it has told
        `connection_lost`, so whoever writes to that hears of it in time."""
        self._open = False
        self._noted.note = None
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()
