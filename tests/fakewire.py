"""A socket that keeps what a room writes to it, and reads it as a browser would."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any


class FakeWire:
    """A `chat.wire.Wire` for tests. A test sets `backlog` and `stalled_since` as it likes."""

    def __init__(self, *, deflates: bool = False) -> None:
        self.closed = False
        self.deflates = deflates
        self.backlog = 0
        self.stalled_since: float | None = None
        self.writes: list[bytes] = []
        self.ended: tuple[int, str] | None = None
        self._read = 0

    def write(self, data: bytes) -> None:
        if not self.closed:
            self.writes.append(data)

    descriptor = -1

    def waiting(self) -> int:
        return self.backlog

    def when_written(self, note: Callable[[], object]) -> None:
        self.note = note

    def when_over(self, leave: Callable[[], object]) -> None:
        self.leave = leave

    def cut(self, code: int, reason: str = "") -> None:
        self.closed, self.ended = True, self.ended or (code, reason)

    @property
    def data(self) -> bytes:
        """Everything that was written, as it would pass over the network."""
        return b"".join(self.writes)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The content of every frame so far."""
        return [content for _, content in unframed(self.data, deflated=self.deflates)]

    @property
    def positions(self) -> list[int]:
        """The positions of the frames that tell of an entry: those that go one on."""
        found: list[int] = []
        for frame in self.frames:
            position = frame.get("position", 0)
            if "ops" in frame and position:
                found.append(position)
        return found

    def fresh(self) -> list[tuple[bytes, dict[str, Any]]]:
        """The frames since this was last asked, each as its bytes and its content."""
        found = unframed(self.data, deflated=self.deflates)
        new, self._read = found[self._read :], len(found)
        return new


def unframed(data: bytes, *, deflated: bool = False) -> list[tuple[bytes, dict[str, Any]]]:
    """Whole frames as (bytes, content); AssertionError for any that a browser would refuse.

    A server's frame is final, text and unmasked, and gives its length in the shortest form
    (RFC 6455, 5.1 and 5.2); it may be compressed, by itself, if that was agreed (RFC 7692).
    """
    found, start = [], 0
    while start < len(data):
        packed = deflated and data[start] == 0xC1
        assert packed or data[start] == 0x81, f"not a whole text frame: {data[start]:#x}"
        length, header = data[start + 1], 2
        assert length < 128, "a server must not mask"
        if length > 125:
            header = 4 if length == 126 else 10
            length = int.from_bytes(data[start + 2 : start + header], "big")
            assert length > (125 if header == 4 else 0xFFFF), "not the shortest form of a length"
        end = start + header + length
        assert end <= len(data), "half a frame"
        payload = data[start + header : end]
        if packed:
            payload = zlib.decompress(payload + b"\x00\x00\xff\xff\x03\x00", -zlib.MAX_WBITS)
        content = json.loads(payload.decode())
        assert isinstance(content, dict)
        found.append((data[start:end], content))
        start = end
    return found
