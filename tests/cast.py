"""The same few people, and the session they meet in, for every test."""

from __future__ import annotations

from pathlib import Path

import msgspec

from askpanel.eventlog.model import Actor
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read

EXAMPLES = Path(__file__).parent.parent / "askpanel" / "examples"
MINUTE = 60_000
NOON = 1_795_262_400_000
"""2026-11-21T12:00:00Z: when the cast's session starts, unless a test says otherwise."""

ASHA = Actor(username="asha", name="Asha", role="moderator", version=1)
BEA = Actor(username="bea", name="Bea", role="moderator", version=1)
LEAH = Actor(username="leah", name="Leah", role="lead", version=1)
HANA = Actor(username="hana", name="Hana", role="host", version=1)
MORGAN = Actor(username="morgan", name="Morgan", role="panelist", organisation="gmp", version=1)
LUCY = Actor(username="lucy", name="Lucy", role="panelist", organisation="lff", version=1)
SAM = Actor(role="author", author="sam" * 8)
ALEX = Actor(role="author", author="alex" * 8)
SYSTEM = Actor(role="system")


def session(**changes: object) -> Session:
    """The Greater Manchester session, starting at NOON."""
    found = read(EXAMPLES / "gmp-lucy-faithfull.toml")
    found = msgspec.structs.replace(found, schedule=found.schedule.moved_to(NOON))
    return msgspec.structs.replace(found, **changes)
