"""Can the load client tell? A server with a known fault, before anything compressed is measured."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count

from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.sync.server import ServerConnection, serve

from bench.rig.readers import Door, Readers, Tally
from tests.engines import free_port

READERS, FRAMES = 3, 5
SENT = time.time_ns()
Words = Callable[[int, int], str]
"""What a reader gets as a frame: their numbers, from 0."""


def faithful(_: int, frame: int) -> str:
    """The same to everybody, each next position once."""
    return f'{{"position":{frame},"words":"sent={SENT} an answer, number {frame}"}}'


def other_words(reader: int, frame: int) -> str:
    """One reader gets other words once."""
    spoilt = reader == 1 and frame == FRAMES - 1
    return faithful(reader, frame).replace("answer", "ANSWER") if spoilt else faithful(0, frame)


def lost_frame(reader: int, frame: int) -> str:
    """One reader misses a frame."""
    return faithful(reader, frame + (reader == 1 and frame == FRAMES - 1))


@contextmanager
def _serving(words: Words, begin: threading.Event, *, takeover: bool) -> Iterator[Door]:
    numbers = count()

    def handler(connection: ServerConnection) -> None:
        reader = next(numbers)
        with suppress(ConnectionClosed):
            begin.wait(10)
            for frame in range(FRAMES):
                connection.send(words(reader, frame))
            connection.recv(timeout=20)

    port = free_port()
    extension = ServerPerMessageDeflateFactory(server_no_context_takeover=not takeover)
    with serve(handler, "127.0.0.1", port, compression=None, extensions=[extension]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Door(port=port)
        server.shutdown()
        thread.join()


def _heard(words: Words, *, takeover: bool) -> Tally:
    begin = threading.Event()
    with (
        _serving(words, begin, takeover=takeover) as door,
        Readers(door, READERS, deflate=True) as readers,
    ):
        assert readers.arrive().ready == READERS
        readers.await_deliveries(1, 0.1)  # by now it counts
        begin.set()
        return readers.await_deliveries(READERS * FRAMES, 2)


def check() -> None:
    """Raises AssertionError unless the load client reads every compressed frame, and notices one
    that is not what the others got and one that never came."""
    for takeover in (True, False):
        right = _heard(faithful, takeover=takeover)
        assert right.compressed == right.marked == READERS * FRAMES, right
        assert (right.garbled, right.missing, right.duplicated) == (0, 0, 0), right
    assert _heard(other_words, takeover=True).garbled > 0
    assert _heard(lost_frame, takeover=False).missing == 1
