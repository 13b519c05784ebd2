"""One case of the Autobahn test suite: what is sent, what may come back, and how it is judged.

The suite itself runs on Python 2 alone. Its cases are written here anew, under its numbers and
with its rules: https://github.com/crossbario/autobahn-testsuite. Where it waits for a second to
see that nothing happens, this asks by a ping whether the server is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from tests.autobahn.client import PATIENCE, Client, Event

PROTOCOL_ERROR, INVALID_PAYLOAD = 1002, 1007


class Verdict(StrEnum):
    """Autobahn's own words."""

    OK = "OK"
    NON_STRICT = "NON-STRICT"
    INFORMATIONAL = "INFORMATIONAL"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    WRONG_CODE = "WRONG CODE"
    UNCLEAN = "UNCLEAN"
    FAILED = "FAILED"


PASSED = {Verdict.OK, Verdict.NON_STRICT, Verdict.INFORMATIONAL, Verdict.UNIMPLEMENTED}


class Story(NamedTuple):
    """`steps` are writes, or numbers: wait until so many events have come. `expected` are the
    events for each verdict; an empty dictionary is for what may go any way. `codes` are the close
    codes that may come. `by_us`: we close first. `clean`: by a whole closing handshake."""

    steps: Sequence[bytes | int]
    expected: dict[Verdict, list[Event]]
    codes: tuple[int, ...] = (1000,)
    by_us: bool = True
    clean: bool = True
    offer: str = ""
    closes: bool = False
    """The steps hold the close."""


class Case(NamedTuple):
    """Its number, and what makes its story when its turn comes."""

    number: str
    story: Callable[[], Story]

    def judge(self, port: int, patience: float = PATIENCE) -> Verdict:
        """Play it to a server; any one answer may take so many seconds."""
        story = self.story()
        client = Client(port, story.offer, patience)
        with client.sock:
            if story.offer and not client.agreed:
                client.say_goodbye()
                client.await_end()
                return _fault_of_end(story, client) or Verdict.UNIMPLEMENTED
            for step in story.steps:
                if isinstance(step, int):
                    client.await_events(step)
                else:
                    client.send(step)
            client.closed_first = story.closes
            if story.by_us and not story.closes:
                client.await_events(len(story.expected[Verdict.OK]))
                client.say_goodbye()
            client.await_end()
        return _fault_of_end(story, client) or _behaviour(story, client)


def echo(*steps: bytes | int, says: list[Event], offer: str = "") -> Story:
    """What is legal, and answered so."""
    return Story(steps, {Verdict.OK: says}, offer=offer)


def failing(
    *steps: bytes | int, says: list[Event] | None = None, code: int = PROTOCOL_ERROR
) -> Story:
    """What fails the connection, perhaps after an answer to what was legal before."""
    expected = {Verdict.OK: says or []}
    if says:
        expected[Verdict.NON_STRICT] = []
    return Story(steps, expected, codes=(code,), by_us=False, clean=False)


def closing(*steps: bytes, codes: tuple[int, ...] = (1000,), clean: bool = True) -> Story:
    """What ends with a close of ours."""
    return Story(steps, {Verdict.OK: []}, codes=codes, clean=clean, closes=True)


def chopped(data: bytes, size: int = 1) -> list[bytes]:
    """Bytes as writes of a size."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def _behaviour(story: Story, client: Client) -> Verdict:
    if not story.expected:
        return Verdict.INFORMATIONAL
    return next((v for v, e in story.expected.items() if e == client.events), Verdict.FAILED)


def _fault_of_end(story: Story, client: Client) -> Verdict | None:
    """Nothing, or what was wrong with the end."""
    if client.closed_first != story.by_us:
        return Verdict.FAILED
    if story.clean and (client.code is None or client.ended != "eof"):
        return Verdict.UNCLEAN
    if client.code not in (None, *story.codes):
        return Verdict.WRONG_CODE
    return None
