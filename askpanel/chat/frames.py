"""What the socket brings down, as bytes that are ready to be written to any number of sockets.

Each function returns whole, unmasked text frames (RFC 6455, 5.2) of compact JSON:
`{"position": N, "ops": [[op, target_id, html], …], "say": "…"}`, with empty ops and say left
out; a heartbeat is `{"position": N}`, with a status while the store is away or just back; a run
that cannot be resumed is `{"reset": true}`. Frames are never compressed, so a frame made once
is right for every socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Literal, TypeAlias

import msgspec

Op: TypeAlias = (
    tuple[Literal["append", "prepend", "replace", "morph", "text"], str, str]
    | tuple[Literal["remove"], str]
)
"""One operation on the element with an id: (op, target_id, html), and remove without html."""

Ops: TypeAlias = list[Op]

FINAL_TEXT = 0x81
"""FIN and the opcode of text, no reserved bit (RFC 6455, 5.2)."""
SHORT = Struct("!BB")
MEDIUM = Struct("!BBH")
LONG = Struct("!BBQ")

_encode = msgspec.json.Encoder().encode


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One frame's JSON."""

    position: int
    ops: tuple[Op, ...] = ()
    say: str = ""
    status: str = ""


def frame(position: int, ops: Iterable[Op], say: str = "") -> bytes:
    """What one log entry does to a screen, and the words that a screen reader should say.

    Raises ValueError for text that has no UTF-8, such as half of a surrogate pair.
    """
    return _framed(Step(position, tuple(ops), say))


def heartbeat(position: int, status: Literal["", "lost", "back"] = "") -> bytes:
    """The position alone, and whether the store has been lost or is back."""
    return _framed(Step(position, status=status))


def own(ops: Iterable[Op]) -> bytes:
    """Operations for one viewer that belong to no entry: what their page was drawn without."""
    return _framed({"ops": list(ops)})


def reset() -> bytes:
    """What you have cannot be continued: load the page again."""
    return _framed({"reset": True})


def joined(frames: Iterable[bytes]) -> bytes:
    """Several frames as one write."""
    return b"".join(frames)


def _framed(content: object) -> bytes:
    try:
        payload = _encode(content)
    except UnicodeEncodeError:
        # Without the cause, which carries the text itself (a question, perhaps) into logs.
        raise ValueError("text for a frame holds a lone surrogate and has no UTF-8") from None
    return _header(len(payload)) + payload


def _header(length: int) -> bytes:
    """A frame's header: the shortest of the three forms of length, as the RFC demands."""
    if length < 126:
        return SHORT.pack(FINAL_TEXT, length)
    if length < 1 << 16:
        return MEDIUM.pack(FINAL_TEXT, 126, length)
    return LONG.pack(FINAL_TEXT, 127, length)
