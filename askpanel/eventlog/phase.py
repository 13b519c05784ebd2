"""Where a session stands in its schedule: a function of the clock, never a timer's state."""

from __future__ import annotations

from enum import StrEnum

from askpanel.eventlog.session import Schedule


class Phase(StrEnum):
    """The parts of a session's life, in order."""

    ANNOUNCED = "announced"
    EARLY = "early"
    LIVE = "live"
    LAST = "last"
    CLOSED = "closed"


def phase(schedule: Schedule, now: int) -> Phase:
    """The phase at `now` (Unix milliseconds).

    Early is when questions may be sent before the start; in the last minutes no new question
    is taken and answers go on. A pause is not a phase: it suspends questions in any of them.
    """
    if now >= schedule.ends:
        return Phase.CLOSED
    if now < schedule.starts:
        return Phase.EARLY if now >= schedule.questions_open else Phase.ANNOUNCED
    return Phase.LAST if now >= schedule.last_questions else Phase.LIVE


def takes_questions(schedule: Schedule, now: int) -> bool:
    """Whether a question sent at `now` would be taken; `lua/submit.lua` decides."""
    return not schedule.paused and schedule.questions_open <= now < schedule.last_questions


def next_turn(schedule: Schedule, now: int) -> int | None:
    """The moment of the next change of phase after `now`, or None when all are past."""
    turns = (schedule.questions_open, schedule.starts, schedule.last_questions, schedule.ends)
    return min((turn for turn in turns if turn > now), default=None)
