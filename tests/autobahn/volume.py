"""Sections 9, 12 and 13: long messages, many messages, compressed messages.

A sixteenth of Autobahn's sizes in section 9, and a hundredth of its numbers of messages.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from tests.autobahn.case import Case, Story, chopped, echo
from tests.autobahn.client import BINARY, TEXT, Event, deflated, frame, pieces
from tests.autobahn.framing import numbered

KIB = 1024
SCALE = 16
LARGEST = 16 * KIB * KIB // SCALE
MESSAGES = 10
KINDS = {TEXT: "text", BINARY: "binary"}


def _long(opcode: int, size: int, piece: int = 0, chop: int = 0) -> Callable[[], Story]:
    def story() -> Story:
        payload = (b"BAsd7&jh23" * (size // 10 + 1))[:size]
        sent = pieces(opcode, payload, piece)
        writes = chopped(sent[0], chop) if chop else [b"".join(sent)]
        return echo(*writes, says=[Event(KINDS[opcode], payload)])

    return story


def _many(opcode: int, size: int) -> Callable[[], Story]:
    def story() -> Story:
        payload = b"*" * size
        steps: list[bytes | int] = []
        for number in range(1, 10 * MESSAGES + 1):
            steps += [frame(opcode, payload), number]
        return echo(*steps, says=[Event(KINDS[opcode], payload)] * (10 * MESSAGES))

    return story


def limits() -> Iterator[Case]:
    """9: in one frame, in pieces, in chops, and one after the other."""
    wholes = [size * KIB // SCALE for size in (64, 256, 1024, 4096, 8192, 16384)]
    fragments = [64 << n for n in range(0, 18, 2)]
    for opcode, further in ((TEXT, 0), (BINARY, 1)):
        yield from numbered(f"9.{1 + further}", *(_long(opcode, size) for size in wholes))
        yield from numbered(
            f"9.{3 + further}", *(_long(opcode, wholes[3], piece=size) for size in fragments)
        )
        yield from numbered(
            f"9.{5 + further}", *(_long(opcode, wholes[2], chop=64 << n) for n in range(6))
        )
        yield from numbered(
            f"9.{7 + further}", *(_many(opcode, size) for size in (0, 16, 64, 256, 1024, 4096))
        )


SHAPES = [
    *((16 << 2 * n, 0) for n in range(5)),
    *((size * KIB, 0) for size in (8, 16, 32, 64, 128)),
    *((size * KIB, 256) for size in (8, 16, 32, 64, 128)),
    *((128 * KIB, piece * KIB) for piece in (1, 4, 32)),
]
"""Sizes of messages, and of the pieces that they come in."""


@cache
def _data(kind: str) -> bytes:
    """What compresses well, a little, or not at all: the same each time."""
    lot = random.Random(kind)
    words = ["".join(lot.choices("abcdefghilmnoprstuwy", k=lot.randint(2, 9))) for _ in range(900)]
    if kind == "json":
        rows = [{"id": n, "name": lot.choice(words), "of": lot.random()} for n in range(4000)]
        return json.dumps(rows).encode()
    if kind == "picture":
        return bytes(min(255, x // 2 + lot.randrange(9)) for _ in range(512) for x in range(512))
    if kind == "verse":
        return " ".join(lot.choice(words) for _ in range(40_000)).encode()
    if kind == "html":
        return "".join(
            f'<li class="q"><p>{lot.choice(words)}</p></li>' for _ in range(5000)
        ).encode()
    return zlib.compress(lot.randbytes(200 * KIB))


DATA = {"json": TEXT, "picture": BINARY, "verse": BINARY, "html": TEXT, "paper": BINARY}
OFFERS = (
    "permessage-deflate; client_no_context_takeover; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=9; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=15; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=15",
    ", ".join(
        f"permessage-deflate{parameters}"
        for parameters in (
            "; server_no_context_takeover; server_max_window_bits=9",
            "; server_no_context_takeover",
            "",
        )
    ),
)


def _packed(kind: str, shape: tuple[int, int], offer: str) -> Callable[[], Story]:
    def story() -> Story:
        opcode, (size, piece) = DATA[kind], shape
        data = _data(kind) * 2
        steps: list[bytes | int] = []
        says = []
        for number in range(MESSAGES):
            start = number * size % (len(data) // 2)
            payload = data[start : start + size]
            says.append(Event(KINDS[opcode], payload))
            steps += [b"".join(pieces(opcode, deflated(payload), piece, rsv=4)), number + 1]
        return echo(*steps, says=says, offer=offer)

    return story


def compression() -> Iterator[Case]:
    """12: of different data; 13: after different offers."""
    for section, kind in enumerate(DATA, 1):
        yield from numbered(f"12.{section}", *(_packed(kind, s, OFFERS[0]) for s in SHAPES))
    for section, offer in enumerate(OFFERS, 1):
        yield from numbered(f"13.{section}", *(_packed("json", s, offer) for s in SHAPES))


CASES = [*limits(), *compression()]
