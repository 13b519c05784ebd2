"""Plain TCP connections of those who do not speak HTTP as one should."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Iterable, Iterator

PATIENCE = 15.0
STRANGER = "127.0.0.66"


@contextlib.contextmanager
def knock(port: int, source: str = STRANGER, receive_buffer: int = 0) -> Iterator[socket.socket]:
    """One connection, from an address of the loopback."""
    with socket.socket() as sock:
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(PATIENCE)
        sock.bind((source, 0))
        sock.connect(("127.0.0.1", port))
        yield sock


def answer(port: int, data: bytes, source: str = STRANGER) -> bytes:
    """All that the server says to some bytes, until it ends the connection. Raises TimeoutError
    if it does not."""
    said = b""
    with knock(port, source) as sock, contextlib.suppress(ConnectionResetError, BrokenPipeError):
        sock.sendall(data)
        while more := sock.recv(65536):
            said += more
    return said


class Slow:
    """Many connections that each begin with the same bytes and then say a byte now and then."""

    def __init__(self, port: int, count: int, start: bytes, drip: bytes) -> None:
        self._drip = drip
        self.said: dict[socket.socket, bytes] = {}
        self._stack = contextlib.ExitStack()
        for _ in range(count):
            sock = self._stack.enter_context(knock(port))
            sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sock.send(start)
            self.said[sock] = b""

    def wait_for_the_end(self, every: float = 0.25, within: float = 30.0) -> list[bytes]:
        """Drip until the server has ended them all; what it said to each."""
        ends = time.monotonic() + within
        with self._stack, selectors.DefaultSelector() as selector:
            for sock in self.said:
                selector.register(sock, selectors.EVENT_READ)
            while selector.get_map() and time.monotonic() < ends:
                for key, _ in selector.select(every):
                    if not self._hear(key.fileobj):  # type: ignore[arg-type]
                        selector.unregister(key.fileobj)
                self._drip_into(key.fileobj for key in selector.get_map().values())  # type: ignore[misc]
            assert not selector.get_map(), "some were not cut off"
        return list(self.said.values())

    def _hear(self, sock: socket.socket) -> bool:
        try:
            more = sock.recv(4096)
        except ConnectionResetError:
            return False
        self.said[sock] += more
        return bool(more)

    def _drip_into(self, waiting: Iterable[socket.socket]) -> None:
        for sock in waiting:
            with contextlib.suppress(OSError):
                sock.send(self._drip)
