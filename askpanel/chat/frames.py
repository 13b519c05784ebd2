"""What the socket brings down, as bytes that are ready to be written to any number of sockets.

Each function returns whole, unmasked text frames (RFC 6455, 5.2) of compact JSON:
`{"position": N, "since": M, "ops": [[op, target_id, html], …], "say": "…"}`, with empty ops and
say left out: between M and N nothing shows. A heartbeat is `{"position": N, "since": M}`, with a
status while the store is away or just back; a run that cannot be resumed is `{"reset": true}`. A
frame made once is right for every socket, and `deflated` once more for those that have agreed to
it (RFC 7692): without context takeover it depends on nothing that was sent before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from struct import Struct
from typing import Literal, TypeAlias

import msgspec

Op: TypeAlias = (
    tuple[Literal["append", "prepend", "place", "replace", "morph", "text"], str, str]
    | tuple[Literal["remove"], str]
)
"""One operation on the element with an id: (op, target_id, html), and remove without html. `place`
puts an item into a list that is in the order of its items' `data-since`."""

Ops: TypeAlias = list[Op]

COMPRESSED = 0x40
"""RSV1 (RFC 7692, 6)."""
EMPTY_BLOCK = b"\x00\x00\xff\xff"
FINAL_TEXT = 0x81
"""FIN and the opcode of text, no reserved bit (RFC 6455, 5.2)."""
SHORT = Struct("!BB")
MEDIUM = Struct("!BBH")
LONG = Struct("!BBQ")

_encode = msgspec.json.Encoder().encode


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One frame's JSON."""

    position: int
    since: int
    ops: tuple[Op, ...] = ()
    say: str = ""
    status: str = ""


def frame(position: int, since: int, ops: Iterable[Op], say: str = "") -> bytes:
    """What one log entry does to a screen, and the words that a screen reader should say.

    Raises ValueError for text that has no UTF-8, such as half of a surrogate pair.
    """
    return _framed(Step(position, since, tuple(ops), say))


def heartbeat(position: int, since: int, status: Literal["", "lost", "back"] = "") -> bytes:
    """How far the log is, and whether the store has been lost or is back."""
    return _framed(Step(position, since, status=status))


def own(ops: Iterable[Op]) -> bytes:
    """Operations for one viewer that belong to no entry: what their page was drawn without."""
    return _framed({"ops": list(ops)})


def reset() -> bytes:
    """What you have cannot be continued: load the page again."""
    return _framed({"reset": True})


def deflated(frame: bytes) -> bytes:
    """The same frame compressed (RFC 7692, 7.2.1), or as it is where that would not be shorter.

    Only for what everybody may read: beside another's text, the length of a compressed secret
    betrays it.
    """
    start = _payload_start(frame)
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    small = compressor.compress(frame[start:]) + compressor.flush(zlib.Z_SYNC_FLUSH)
    small = small.removesuffix(EMPTY_BLOCK)
    if len(small) >= len(frame) - start:
        return frame
    return _header(len(small), FINAL_TEXT | COMPRESSED) + small


def _framed(content: object) -> bytes:
    try:
        payload = _encode(content)
    except UnicodeEncodeError:
        # Without the cause, which carries the text itself (a question, perhaps) into logs.
        raise ValueError("text for a frame holds a lone surrogate and has no UTF-8") from None
    return _header(len(payload)) + payload


def _header(length: int, first: int = FINAL_TEXT) -> bytes:
    """A frame's header: the shortest of the three forms of length, as the RFC demands."""
    if length < 126:
        return SHORT.pack(first, length)
    if length < 1 << 16:
        return MEDIUM.pack(first, 126, length)
    return LONG.pack(first, 127, length)


def _payload_start(frame: bytes) -> int:
    return {126: MEDIUM.size, 127: LONG.size}.get(frame[1], SHORT.size)
