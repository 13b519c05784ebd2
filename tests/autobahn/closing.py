"""Section 7: how connections are closed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.autobahn.case import INVALID_PAYLOAD, PROTOCOL_ERROR, Case, Story, closing, echo
from tests.autobahn.client import CLOSE, PING, TEXT, close, frame
from tests.autobahn.framing import ENDING, HELLO, OPENING, SAID, SAYS, numbered
from tests.autobahn.text import SURROGATE

VALID = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
INVALID = (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999)
BEYOND = (5000, 65535)
"""What an endpoint does with them is not said."""


def _wrong(*steps: bytes, codes: tuple[int, ...] = (PROTOCOL_ERROR,)) -> Story:
    return closing(*steps, codes=codes, clean=False)


def _anyhow(*steps: bytes, codes: tuple[int, ...]) -> Story:
    return Story(steps, {}, codes=codes, clean=False, closes=True)


def closes() -> Iterator[Case]:
    """All of it."""
    long = frame(TEXT, b"BAsd7&jh23" * 26_214)
    yield from numbered(
        "7.1",
        lambda: echo(SAID, says=SAYS),
        lambda: closing(close() + close(None)),
        lambda: closing(close() + frame(PING)),
        lambda: closing(close() + frame(TEXT, HELLO)),
        lambda: closing(OPENING, close(), ENDING),
        lambda: _anyhow(long + SAID + close() + frame(PING), codes=(1000,)),
    )
    yield from numbered(
        "7.3",
        lambda: closing(close(None), codes=(1005,)),
        lambda: _wrong(frame(CLOSE, b"a")),
        lambda: closing(close()),
        lambda: closing(close(1000, b"Hello World!")),
        lambda: closing(close(1000, b"*" * 123)),
        lambda: _wrong(close(1000, b"*" * 124)),
    )
    bad_reason = (PROTOCOL_ERROR, INVALID_PAYLOAD)
    yield from numbered("7.5", lambda: _wrong(close(1000, SURROGATE), codes=bad_reason))
    for section, codes in (("7.7", VALID), ("7.9", INVALID)):
        good = section == "7.7"
        yield from numbered(
            section,
            *(
                lambda code=code, good=good: (
                    closing(close(code), codes=(1000, code)) if good else _wrong(close(code))
                )
                for code in codes
            ),
        )
    yield from numbered(
        "7.13",
        *(
            lambda code=code: _anyhow(close(code), codes=(1000, code, PROTOCOL_ERROR))
            for code in BEYOND
        ),
    )


CASES = list(closes())
