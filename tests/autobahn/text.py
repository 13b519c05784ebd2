"""Section 6: text is UTF-8 (RFC 3629), and what is not fails the connection.

The sequences are those of Markus Kuhn's decoder test, as Autobahn has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.autobahn.case import INVALID_PAYLOAD, Case, Story, Verdict, echo, failing
from tests.autobahn.client import CONT, PING, TEXT, Event, frame, pieces
from tests.autobahn.framing import numbered

KOSME = "κ\u1f79σμε".encode()
GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
SURROGATE = KOSME + b"\xed\xa0\x80edited"
BEYOND = KOSME + b"\xf4\x90\x80\x80edited"
"""U+110000, which is none."""

SPOILT = [
    b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xf8\x80\x80\x80", b"\xfc\x80\x80\x80\x80",
    b"\xdf", b"\xef\xbf", b"\xf7\xbf\xbf", b"\xfb\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf",
]  # fmt: skip
NO_CHARACTERS = [
    lead + second + b"\xbf" + last
    for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
    for second in (b"\x8f", b"\x9f", b"\xaf", b"\xbf")
    for last in (b"\xbe", b"\xbf")
    if (lead, second) != (b"\xf0", b"\x8f") and (lead != b"\xf4" or second == b"\x8f")
]
"""Code points that end in FFFE and FFFF: valid UTF-8, though none is a character."""


def _starts(first: int, end: int) -> bytes:
    return b"".join(bytes([byte, 0x20]) for byte in range(first, end))


VALID, INVALID = True, False
TABLE: list[tuple[bool | None, list[bytes]]] = [
    (VALID, [b"hello$world", *(f"hello{c}world".encode() for c in "¢€\U00024b62"), KOSME]),
    (None, [KOSME[:end] for end in range(1, len(KOSME) + 1)]),  # every beginning of it
    (VALID, [b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"]),
    (INVALID, [b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
    (VALID, [b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"]),
    (INVALID, [b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"]),
    (None, [b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf",
            b"\xf4\x90\x80\x80"]),
    (INVALID, [b"\x80", b"\xbf", *((b"\x80\xbf" * 3)[:n] for n in range(2, 7)),
               bytes(range(0x80, 0xBF))]),
    (INVALID, [_starts(0xC0, 0xDF), _starts(0xE0, 0xEF), _starts(0xF0, 0xF7), _starts(0xF8, 0xFB),
               _starts(0xFC, 0xFD)]),
    (INVALID, SPOILT),
    (INVALID, [b"".join(SPOILT)]),
    (INVALID, [b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    (INVALID, [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf",
               b"\xfc\x80\x80\x80\x80\xaf"]),  # too long for "/"
    (INVALID, [b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf",
               b"\xfc\x83\xbf\xbf\xbf\xbf"]),
    (INVALID, [b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80",
               b"\xfc\x80\x80\x80\x80\x80"]),
    (INVALID, [b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf", b"\xed\xb0\x80",
               b"\xed\xbe\x80", b"\xed\xbf\xbf"]),  # halves of surrogate pairs
    (INVALID, [high + low for high in (b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80",
                                       b"\xed\xaf\xbf")
               for low in (b"\xed\xb0\x80", b"\xed\xbf\xbf")]),
    (VALID, [b"\xef\xbf\xbe", b"\xef\xbf\xbf", *NO_CHARACTERS]),
    (VALID, [chr(point).encode() for point in range(0xFFF9, 0x10000)]),
]  # fmt: skip


def readable(data: bytes) -> bool:
    """Whether it is UTF-8, by a decoder that the server does not use for this: code points by
    hand, after the table of RFC 3629, 4."""
    at = 0
    while at < len(data):
        lead = data[at]
        size = 1 if lead < 0x80 else 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4
        tail = data[at + 1 : at + size]
        if 0x80 <= lead < 0xC2 or lead > 0xF4 or len(tail) != size - 1:
            return False
        low, high = {0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF)}.get(
            lead, (0x80, 0x8F if lead == 0xF4 else 0xBF)
        )
        if (tail and not low <= tail[0] <= high) or any(not 0x80 <= b <= 0xBF for b in tail[1:]):
            return False
        at += size
    return True


def _sequence(payload: bytes, valid: bool) -> Story:
    if valid:
        return echo(frame(TEXT, payload), says=[Event("text", payload)])
    return failing(frame(TEXT, payload), code=INVALID_PAYLOAD)


def _in_pieces(parts: list[bytes]) -> Story:
    """Each piece followed by a ping, to see how soon the fault is noticed."""
    steps: list[bytes | int] = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        steps.append(frame(CONT if number else TEXT, part, fin=last))
        if not last:
            steps += [frame(PING), number + 1]
    pong = Event("pong", b"")
    expected = {Verdict.OK: [pong], Verdict.NON_STRICT: [pong] * 2}
    return Story(steps, expected, codes=(INVALID_PAYLOAD,), by_us=False, clean=False)


def _in_chops(cuts: tuple[int, int]) -> Story:
    """One frame in three writes. Whether the fault is noticed before its end cannot be seen."""
    data = frame(TEXT, BEYOND)
    start = len(data) - len(BEYOND)
    writes = [data[: start + cuts[0]], data[start + cuts[0] : start + cuts[1]]]
    steps = [*writes, data[start + cuts[1] :]]
    return Story(
        steps, {Verdict.NON_STRICT: []}, codes=(INVALID_PAYLOAD,), by_us=False, clean=False
    )


def utf8() -> Iterator[Case]:
    """All of it."""
    middle = b"middle frame payload"
    yield from numbered(
        "6.1",
        lambda: echo(frame(TEXT), says=[Event("text", b"")]),
        lambda: echo(
            frame(TEXT, fin=False), frame(CONT, fin=False), frame(CONT), says=[Event("text", b"")]
        ),
        lambda: echo(
            *(frame(TEXT, fin=False), frame(CONT, middle, fin=False), frame(CONT)),
            says=[Event("text", middle)],
        ),
    )
    half = len("Hello-µ@ßöä".encode())
    yield from numbered(
        "6.2",
        *(
            lambda text=text, size=size: echo(*pieces(TEXT, text, size), says=[Event("text", text)])
            for text, size in ((GREETING, 0), (GREETING, half), (GREETING, 1), (KOSME, 1))
        ),
    )
    yield from numbered(
        "6.3",
        *(
            lambda size=size: failing(*pieces(TEXT, SURROGATE, size), code=INVALID_PAYLOAD)
            for size in (0, 1)
        ),
    )
    end = len(KOSME)
    yield from numbered(
        "6.4",
        lambda: _in_pieces([KOSME, BEYOND[end : end + 4], BEYOND[end + 4 :]]),
        lambda: _in_pieces([BEYOND[:12], BEYOND[12:13], BEYOND[13:]]),
        lambda: _in_chops((end, end + 4)),
        lambda: _in_chops((12, 13)),
    )
    for section, (valid, payloads) in enumerate(TABLE, 5):
        yield from numbered(
            f"6.{section}",
            *(
                lambda p=p, valid=valid: _sequence(p, readable(p) if valid is None else valid)
                for p in payloads
            ),
        )


CASES = list(utf8())
