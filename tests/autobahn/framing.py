"""Sections 1 to 5 and 10: framing, pings, reserved bits, opcodes, fragmentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.autobahn.case import Case, Story, chopped, echo, failing
from tests.autobahn.client import BINARY, CONT, PING, PONG, TEXT, Event, frame, pieces

HELLO = b"Hello, world!"
SAID = frame(TEXT, HELLO)
SAYS = [Event("text", HELLO)]
SIZES = (0, 125, 126, 127, 128, 65535, 65536)
ONE, TWO = b"fragment1", b"fragment2"
OPENING, MIDDLE, ENDING = (
    frame(TEXT, ONE, fin=False),
    frame(CONT, ONE, fin=False),
    frame(CONT, TWO),
)
WHOLE = [Event("text", ONE + TWO)]


def numbered(section: str, *stories: Callable[[], Story]) -> Iterator[Case]:
    """Cases counted from 1."""
    for number, story in enumerate(stories, 1):
        yield Case(f"{section}.{number}", story)


def _message(opcode: int, kind: str, payload: bytes, chop: int = 0) -> Callable[[], Story]:
    data = frame(opcode, payload)
    steps = chopped(data, chop) if chop else [data]
    return lambda: echo(*steps, says=[Event(kind, payload)])


def framing() -> Iterator[Case]:
    """1: messages of the sizes at which a header grows; the last in chops of 997 bytes."""
    for section, opcode, kind, byte in (
        ("1.1", TEXT, "text", b"*"),
        ("1.2", BINARY, "binary", b"\xfe"),
    ):
        whole = [_message(opcode, kind, byte * size) for size in SIZES]
        yield from numbered(section, *whole, _message(opcode, kind, byte * 65536, 997))


def _ping(payload: bytes) -> Callable[[], Story]:
    return lambda: echo(frame(PING, payload), says=[Event("pong", payload)])


def _ten_pings(chop: int) -> Story:
    payloads = [b"payload-%d" % n for n in range(10)]
    sent = b"".join(frame(PING, payload) for payload in payloads)
    steps = chopped(sent, chop or len(sent))
    return echo(*steps, says=[Event("pong", payload) for payload in payloads])


def pings() -> Iterator[Case]:
    """2: each ping its pong, and nothing for a pong."""
    unasked, with_words = frame(PONG), frame(PONG, b"unsolicited pong payload")
    asked, answered = frame(PING, b"ping payload"), [Event("pong", b"ping payload")]
    binary = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
    yield from numbered(
        "2",
        *map(_ping, (b"", HELLO, binary, b"\xfe" * 125)),
        lambda: failing(frame(PING, b"\xfe" * 126)),
        lambda: echo(*chopped(frame(PING, b"\xfe" * 125)), says=[Event("pong", b"\xfe" * 125)]),
        lambda: echo(unasked, says=[]),
        lambda: echo(with_words, says=[]),
        lambda: echo(with_words, asked, says=answered),
        lambda: _ten_pings(0),
        lambda: _ten_pings(1),
    )


def reserved_bits() -> Iterator[Case]:
    """3: a bit that no extension has given a meaning fails the connection."""
    ping, binary = frame(PING), b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
    two, three, four = (frame(TEXT, HELLO, rsv=rsv) for rsv in (2, 3, 4))
    yield from numbered(
        "3",
        lambda: failing(frame(TEXT, HELLO, rsv=1)),
        lambda: failing(SAID + two + ping, says=SAYS),
        lambda: failing(SAID, three, ping, says=SAYS),
        lambda: failing(*chopped(SAID + four + ping), says=SAYS),
        lambda: failing(frame(BINARY, binary, rsv=5)),
        lambda: failing(frame(PING, HELLO, rsv=6)),
        lambda: failing(frame(8, rsv=7)),
    )


def opcodes() -> Iterator[Case]:
    """4: opcodes that are none."""
    ping = frame(PING)
    for section, first in (("4.1", 3), ("4.2", 11)):
        alone = frame(first), frame(first + 1, b"reserved opcode payload")
        later = frame(first + 2), frame(first + 3, HELLO), frame(first + 4, HELLO)
        third, fourth, fifth = (SAID + each + ping for each in later)
        yield from numbered(
            section,
            *(partial(failing, each) for each in alone),
            *(partial(failing, each, says=SAYS) for each in (third, fourth)),
            partial(failing, *chopped(fifth), says=SAYS),
        )


def _ways(*frames: bytes) -> list[list[bytes]]:
    """The same in one write, frame by frame, and byte by byte."""
    return [[b"".join(frames)], list(frames), chopped(b"".join(frames))]


def fragmentation() -> Iterator[Case]:
    """5: messages in pieces, with control frames between them."""
    ping, pong = frame(PING, b"ping payload"), [Event("pong", b"ping payload")]
    lone_end, lone_middle = frame(CONT, b"non-continuation payload"), MIDDLE
    yield from numbered(
        "5",
        lambda: failing(frame(PING, ONE, fin=False) + ENDING),
        lambda: failing(frame(PONG, ONE, fin=False) + ENDING),
        *(partial(echo, *way, says=WHOLE) for way in _ways(OPENING, ENDING)),
        *(partial(echo, *way, says=pong + WHOLE) for way in _ways(OPENING, ping, ENDING)),
        *(partial(failing, *way) for way in _ways(lone_end, SAID)),
        *(partial(failing, *way) for way in _ways(lone_middle, SAID)),
        lambda: failing(OPENING + ENDING + MIDDLE + SAID, says=WHOLE),
        lambda: failing((MIDDLE + OPENING + ENDING) * 2),
        lambda: failing((lone_end + OPENING + ENDING) * 2),
        lambda: failing(OPENING + frame(TEXT, TWO)),
        *(partial(_patient, sync) for sync in (False, True)),
    )


def _patient(sync: bool) -> Story:
    """Five pieces with two pings, the first answered long before the message has come."""
    parts = [b"fragment%d" % n for n in range(1, 6)]
    first, second, third, fourth, last = pieces(TEXT, b"".join(parts), len(parts[0]))
    pings = [frame(PING, b"pongme %d!" % n) for n in (1, 2)]
    before, after = [first, second, pings[0]], [third, fourth, pings[1], last]
    says = [
        Event("pong", b"pongme 1!"),
        Event("pong", b"pongme 2!"),
        Event("text", b"".join(parts)),
    ]
    if sync:
        return echo(*before, 1, *after, says=says)
    return echo(b"".join(before), 1, b"".join(after), says=says)


def auto_fragmentation() -> Iterator[Case]:
    """10: a long message in pieces of 1,300 bytes."""
    payload = b"*" * 65536
    yield from numbered(
        "10.1", lambda: echo(*pieces(TEXT, payload, 1300), says=[Event("text", payload)])
    )


CASES = [
    *framing(),
    *pings(),
    *reserved_bits(),
    *opcodes(),
    *fragmentation(),
    *auto_fragmentation(),
]
