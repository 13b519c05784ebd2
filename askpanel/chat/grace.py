"""For how long a browser knows which questions of a session were sent from it."""

from __future__ import annotations

from askpanel.eventlog.session import Schedule

GRACE = 60 * 60_000
"""Milliseconds after the end: time to read the last answers, and what a moderator replies then."""


def until(schedule: Schedule) -> int:
    """When a session's questions are no longer anybody's, in Unix milliseconds. It moves with the
    end of the session."""
    return schedule.ends + GRACE


def is_over(schedule: Schedule, now: int) -> bool:
    """Whether nobody's page shows its own questions any more at `now` (Unix milliseconds)."""
    return now >= until(schedule)
