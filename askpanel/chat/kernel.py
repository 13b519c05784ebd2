"""What the kernel holds of a connection for a peer that does not read: little, and not for long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends a reset and frees the kernel's buffer at once."""


def bound_sending(transport: asyncio.Transport, size: int) -> None:
    """Let the kernel hide no more than about twice `size` bytes of what is not read. By itself
    it takes up to 4 MB, and nobody could tell a slow reader from a good one."""
    _set(transport, socket.SO_SNDBUF, size)


def hang_up(transport: asyncio.Transport) -> None:
    """Abort. What the peer has not taken is dropped, by the kernel too, which would otherwise
    offer it for minutes; if the peer has taken everything, this is an ordinary close."""
    if transport.get_write_buffer_size():
        _set(transport, socket.SO_LINGER, LINGER_NOT)
    transport.abort()


def _set(transport: asyncio.Transport, option: int, value: int | bytes) -> None:
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):  # the connection may be gone already
            sock.setsockopt(socket.SOL_SOCKET, option, value)
