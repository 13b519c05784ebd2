"""The socket seam: how a room writes to a WebSocket, and a server that offers it.

The endpoint finds the socket itself in its scope (`wire_of`), accepts as usual, and a room then
writes prepared frames straight to the transport: no await, no queue, no task for each socket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn._types import ASGIApplication

from askpanel.chat.http_wire import HttpWire
from askpanel.chat.quietlog import log_config
from askpanel.chat.socket_wire import EXTENSION, SocketWire

__all__ = ["HttpWire", "SocketWire", "Wire", "server_config", "wire_of"]


class Wire(Protocol):
    """One accepted WebSocket, as a room sees it. Neither method waits."""

    @property
    def closed(self) -> bool:
        """No frame goes out: not accepted yet, closing, or gone."""

    @property
    def deflates(self) -> bool:
        """Whether it has agreed to frames that are compressed, without context takeover."""

    @property
    def descriptor(self) -> int:
        """Where the kernel takes whole frames while nothing is `waiting`; -1 where it may not be
        gone round the transport (closed, or TLS)."""

    @property
    def waiting(self) -> Callable[[], int]:
        """Bytes written here that the kernel has not taken."""

    @property
    def stalled_since(self) -> float | None:
        """Loop time at which the backlog passed high water, or None if it has drained since."""

    def write(self, data: bytes) -> None:
        """Send whole frames, already framed. Never raises; a closed socket ignores them."""

    def when_written(self, note: Callable[[], object]) -> None:
        """Call this whenever something is about to be written that goes through the transport."""

    def when_over(self, leave: Callable[[], object]) -> None:
        """Call this once nothing more may be written, and always before `descriptor` is closed."""

    def cut(self, code: int, reason: str = "") -> None:
        """Close with a code and reason; a peer that does not read that in time is aborted."""


def wire_of(scope: Any) -> Wire:
    """The socket under an ASGI scope. Raises KeyError on a server that is not ours."""
    return cast(Wire, scope["extensions"][EXTENSION])


def server_config(
    app: ASGIApp | str, *, host: str, port: int, log_format: str = "text", **settings: Any
) -> uvicorn.Config:
    """A uvicorn configuration with our protocols, limits and silence.

    Further settings are uvicorn's and may change limits, not what is logged or trusted: those
    named here in full raise TypeError if given again.
    """
    limits: dict[str, Any] = {
        "http": HttpWire,
        "ws": SocketWire,
        "ws_max_size": 4096,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "loop": "auto",  # uvloop where it is installed
        "timeout_graceful_shutdown": 5,
    }
    return uvicorn.Config(
        cast(ASGIApplication | str, app),
        host=host,
        port=port,
        interface="asgi3",
        access_log=False,
        log_config=log_config(log_format),
        log_level=None,
        proxy_headers=False,  # `Anonymity` reads them, and forgets
        server_header=False,
        date_header=True,
        ws_per_message_deflate=False,
        **(limits | settings),
    )
