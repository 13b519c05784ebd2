"""The times of a session file: local to the session's time zone, turned into UTC.

A local time that the clocks skip (spring) or run through twice (autumn) is refused. There
is a convention for each (PEP 495), but a public announcement must not depend on it.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, tzinfo

from askpanel.eventlog.session import Schedule
from askpanel.eventlog.sessionfile.mistake import Fault, shown
from askpanel.eventlog.sessionfile.table import Table, nearest

MINUTE = 60_000
"""Milliseconds."""

LONGEST = timedelta(hours=24)
YEARS = range(2000, 2100)
"""Outside these a year is a slip of the keyboard."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_A_PLACE = {"localtime", "Factory"}
"""Zone files that mean something else on every machine."""


def timezone_of(table: Table) -> str:
    """Read ``timezone``, a name of the IANA time zone database; "" if it is refused."""
    name = table.string("timezone", 'timezone = "Europe/London"')
    known = zoneinfo.available_timezones() - _NOT_A_PLACE
    if not name or name in known:
        return name
    near = nearest(name, sorted(known))
    mend = 'Write a place, like this: timezone = "Europe/London"'
    if near:
        mend = f'Did you mean "{near}"?'
    table.note("timezone", Fault(f"{shown(name)} is not a time zone.", mend))
    return ""


def schedule_of(table: Table, timezone: str) -> Schedule:
    """Read the schedule. Without a ``timezone`` its order is still checked, as if in UTC.

    ``questions_open`` is the start if it is not given. ``last_questions_minutes`` is 0 if
    it is not given: questions are then taken until the end.
    """
    zone = zoneinfo.ZoneInfo(timezone) if timezone else UTC
    starts = _moment(table, "starts", zone)
    ends = _moment(table, "ends", zone)
    opens = _moment(table, "questions_open", zone, required=False)
    if starts is not None and ends is not None:
        _check_length(table, starts, ends)
    if starts is not None and opens is not None and opens > starts:
        says = "Questions open after the session has started."
        mend = "Choose a time before starts, or take the line out: questions then open with it."
        table.note("questions_open", Fault(says, mend))
    starts, ends = starts or 0, ends or 0
    return Schedule(
        questions_open=starts if opens is None else opens,
        starts=starts,
        last_questions=ends - _last_minutes(table, starts, ends) * MINUTE,
        ends=ends,
    )


def _moment(table: Table, key: str, zone: tzinfo, *, required: bool = True) -> int | None:
    """Read a local date and time; return it in Unix milliseconds, UTC."""
    local = table.take(key, datetime, f"{key} = 2018-06-27T18:00:00", required=required)
    if local is None:
        return None
    fault = _moment_fault(key, local, zone)
    if fault is not None:
        table.note(key, fault)
        return None
    return (local.replace(tzinfo=zone) - _EPOCH) // timedelta(milliseconds=1)


def _moment_fault(key: str, local: datetime, zone: tzinfo) -> Fault | None:
    if local.tzinfo is not None:
        says = "This has an offset from UTC, but the file's times are local to its timezone."
        bare = local.replace(tzinfo=None).isoformat()
        return Fault(says, f"Write the local time, without Z or +01:00: {key} = {bare}")
    if local.year not in YEARS:
        says = f"The year {local.year} is not one that a session can be in."
        return Fault(says, f"Choose one from {YEARS[0]} to {YEARS[-1]}.")
    change = clock_change(local, zone)
    if change == "skipped":
        says = f"The clocks in {zone} go forward then, and {local:%H:%M} does not happen."
        return Fault(says, "Choose a time before or after the change.")
    if change == "twice":
        says = f"The clocks in {zone} go back then, and {local:%H:%M} happens twice."
        return Fault(says, "Choose a time before or after the change.")
    return None


def clock_change(local: datetime, zone: tzinfo) -> str:
    """Return "skipped" or "twice" for a local time that a change of the clocks makes so, or ""."""
    first = local.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    second = local.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    if first == second:
        return ""
    return "skipped" if first < second else "twice"


def _check_length(table: Table, starts: int, ends: int) -> None:
    if ends <= starts:
        says = "The session does not end after it starts."
        table.note("ends", Fault(says, "Choose a time after starts; look at the date too."))
    elif ends - starts > LONGEST // timedelta(milliseconds=1):
        says = "The session is longer than 24 hours."
        table.note("ends", Fault(says, "Choose an earlier time, or make a session for each day."))


def _last_minutes(table: Table, starts: int, ends: int) -> int:
    """Read ``last_questions_minutes``: from 0 to the session's length, where that is known."""
    example = "last_questions_minutes = 5"
    minutes = table.take("last_questions_minutes", int, example, required=False) or 0
    most = LONGEST // timedelta(minutes=1)
    if starts and starts < ends:
        most = min(most, (ends - starts) // MINUTE)
    if 0 <= minutes <= most:
        return minutes
    says = "This is less than 0." if minutes < 0 else "The session is not that long."
    fault = Fault(says, f"Choose a number from 0 to {most}, like this: {example}")
    table.note("last_questions_minutes", fault)
    return 0
