"""What has become of a question, step by step, for the person who asked it.

Only from what stands in the question's record, and of that only what its author may know: where
staff have put it meanwhile, and when, is not among it. So the steps are the same on a page drawn
now as on one that has had every frame. A step whose time the record does not hold has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from askpanel.chat.locale import N_
from askpanel.eventlog.model import Question, State

READ = N_("Read by a moderator")
PASSED_ON = N_("Passed on to the panel")
HELPED, NEEDS_HELP = N_("You said that the reply helped"), N_("You said that you still need help")
SENT = N_("Sent at %(time)s (%(zone)s)")
REPLIED = N_("Answered for you alone at %(time)s")
ANSWERED = N_("Answered at %(time)s")
ANSWERED_AGAIN = N_("Answered once more at %(time)s")
CORRECTED = N_("The answer was corrected at %(time)s")
WITHDRAWN = N_("Withdrawn by you at %(time)s")
REMOVED = N_("Taken down at %(time)s")
UNREAD = (State.PENDING, State.HELD, State.WITHDRAWN, State.ESCALATED)
ON_DESK = (State.APPROVED, State.CLAIMED, State.ANSWERED, State.REMOVED)
TOLD = (State.ANSWERED, State.REPLIED, State.WITHDRAWN, State.REMOVED)
"""States that a dated step is about, so that there is nothing to add."""


class Step(NamedTuple):
    """Words to translate, and when it was in Unix milliseconds: 0 where that is not known, else
    `%(time)s` in the words stands for it, and `%(zone)s` for its zone."""

    words: str
    at: int = 0


def steps(question: Question) -> list[Step]:
    """A question's steps in order, without the state that it is in now where `adds_state`."""
    found = [Step(SENT, question.at)]
    if question.state not in UNREAD or (question.replies and question.state != State.ESCALATED):
        found.append(Step(READ))
    found += _in_private(question)
    if question.state in ON_DESK:
        found.append(Step(PASSED_ON))
        found += _in_public(question)
    if question.state == State.WITHDRAWN:
        # Nothing changes a withdrawn question, so its last change is that.
        found.append(Step(WITHDRAWN, question.changed.at))
    if question.state == State.REMOVED:
        found.append(Step(REMOVED, question.removed_at or question.changed.at))
    return found


def adds_state(question: Question) -> bool:
    """Whether the state of a question is a step of its own, behind all others."""
    return question.state not in TOLD


def _in_private(question: Question) -> Iterator[Step]:
    for reply in question.replies:
        yield Step(REPLIED, reply.at)
        if reply.helped:
            yield Step(HELPED if reply.helped == "yes" else NEEDS_HELP)


def _in_public(question: Question) -> list[Step]:
    found: list[Step] = []
    first = min((answer.at for answer in question.answers), default=0)
    for answer in question.answers:
        found.append(Step(ANSWERED if answer.at == first else ANSWERED_AGAIN, answer.at))
        found += [Step(CORRECTED, version.at) for version in answer.versions[1:]]
    return sorted(found, key=lambda step: step.at)
