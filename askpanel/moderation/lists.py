"""Lists of a staff screen: on which a question stands, and how it moves from one to another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from askpanel.chat.frames import Op, Ops
from askpanel.chat.view import view
from askpanel.eventlog.model import Event, Question, State
from askpanel.eventlog.phase import phase
from askpanel.eventlog.projection import Counts, Moment

Lists = Mapping[str, tuple[State, ...]]
"""The lists of a screen, in the order in which they stand, by their states."""
TURN = 0.01
"""Seconds that drawing a long list takes before everybody else has their turn."""

_T = TypeVar("_T")


async def in_turns(items: Iterable[_T], draw: Callable[[_T], object]) -> None:
    """Draw each, and let others have their turn in between: a thousand cards that nobody has looked
    at yet are a good part of a second. For what is kept once it is drawn."""
    began = time.monotonic()
    for item in items:
        draw(item)
        if time.monotonic() - began > TURN:
            await asyncio.sleep(0)
            began = time.monotonic()


@dataclass(frozen=True, slots=True)
class List:
    """One list of a screen, its cards drawn for this viewer."""

    name: str
    cards: list[Markup]
    count: int


def list_of(lists: Lists, state: str) -> str:
    """The list on which a question in this state stands, or ""."""
    return next((name for name, states in lists.items() if state in states), "")


def counted(lists: Lists, name: str, counts: Counts) -> int:
    """How many questions stand on a list."""
    return sum(counts.get(state, 0) for state in lists[name])


def phase_op(moment: Moment, locale: str) -> Op:
    """The panel that says when."""
    event, session = moment.event, moment.session
    present = event.phase or phase(session.schedule, event.at)
    drawn = view(locale).part("parts/staff.html", "phase", session, present, event.at)
    return ("replace", "phase", str(drawn))


def moved(lists: Lists, moment: Moment, question: Question, drawn: str) -> Ops:
    """Out of one list, into another, or changed in its place; and the counts of both."""
    event: Event = moment.event
    id_ = f"question-{question.number}"
    before, after = list_of(lists, event.was), list_of(lists, question.state)
    if before == after:
        return [("morph", id_, drawn)] if after else []
    ops: Ops = [("remove", id_)] if before else []
    if after:
        ops.append(("append", f"list-{after}", drawn))
    for name in (before, after):
        if name:
            ops.append(("text", f"count-{name}", str(counted(lists, name, moment.counts))))
    return ops
