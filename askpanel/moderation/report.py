"""What a session came to: counts, times, risks, and what is still missing. Drawn from the log, a
range at a time, and from the questions as they stand.

Nothing that a participant wrote is in it: questions are named by their numbers.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from askpanel.eventlog.model import Entry, Question, Risk, State
from askpanel.eventlog.projection import Projection
from askpanel.eventlog.rules import QUEUE, RULES
from askpanel.moderation.history import changed_here

DECIDED = frozenset(
    rule.event for command, rule in RULES.items() if rule.to and command != "withdraw"
)
"""Events by which somebody decided what becomes of a question that waited."""


class Times(Struct, frozen=True, kw_only=True):
    """Milliseconds from a question's being sent to something: of how many, the median, and what 95
    of 100 did not exceed (nearest rank). None of none."""

    of: int
    median: int | None
    most: int | None


class Body(Struct, frozen=True, kw_only=True):
    """What one organisation did."""

    organisation: str
    answers: int
    corrections: int
    signed_too: int
    languages: dict[str, int]
    answered: Times


class Handled(Struct, frozen=True, kw_only=True):
    """One immediate risk, from its being raised to the recorded decision."""

    question: int
    raised: int
    by: str
    note: str
    acknowledged: int = 0
    acknowledged_by: str = ""
    decided: int = 0
    decided_by: str = ""
    decision: str = ""
    words: str = ""


class LetThrough(Struct, frozen=True, kw_only=True):
    """Numbers or links that a lead confirmed although they are not on the session's list."""

    question: int
    at: int
    by: str
    numbers: list[str]


class Missing(Struct, frozen=True, kw_only=True):
    """An answer that the session's other languages have no counterpart of."""

    question: int
    answer: int
    organisation: str
    lang: str
    missing: list[str]


class Muted(Struct, frozen=True, kw_only=True):
    """That somebody may send nothing more, and for which question; not who."""

    question: int
    at: int
    by: str


class Report(Struct, frozen=True, kw_only=True):
    """All of it, as of the log's `position`. Codes are the playbook's and the program's own."""

    position: int
    sent: int
    states: dict[str, int]
    languages: dict[str, int]
    decided: Times
    answered: Times
    bodies: list[Body]
    reasons: dict[str, int]
    removals: dict[str, int]
    diversions: dict[str, int]
    replies: int
    helped: dict[str, int]
    risks: list[Handled]
    let_through: list[LetThrough]
    missing: list[Missing]
    muted: list[Muted]
    taken_back: int


class Tally:
    """What the log alone knows. Entries are taken in their order."""

    def __init__(self) -> None:
        self.position = self.taken_back = 0
        self.decided: dict[int, int] = {}
        self.answered: dict[int, int] = {}
        self.risks: dict[tuple[int, int], Risk] = {}
        self.let_through: list[LetThrough] = []

    def take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.position = entry.position
            if entry.event.question is not None:
                self._take(entry, entry.event.question)

    def _take(self, entry: Entry, question: Question) -> None:
        event, number = entry.event, question.number
        if event.was in QUEUE and event.type in DECIDED and changed_here(entry):
            self.decided.setdefault(number, event.at)
        if event.type == "answered":
            self.answered.setdefault(number, event.at)
        if question.risk is not None and event.type in ("escalated", "acknowledged", "concluded"):
            self.risks[number, question.risk.at] = question.risk
        if event.numbers:
            told = LetThrough(question=number, at=event.at, by=event.name, numbers=event.numbers)
            self.let_through.append(told)
        self.taken_back += event.type == "undone"


def report(tally: Tally, projection: Projection) -> Report:
    """The whole report. The projection may be further on than the tally; neither goes back."""
    questions = [projection.questions[number] for number in sorted(projection.questions)]
    standing = [q for q in questions if q.state == State.ANSWERED]
    replies = [reply for q in questions for reply in q.replies]
    return Report(
        position=tally.position,
        sent=len(questions),
        states=_counted(q.state for q in questions),
        languages=_counted(q.lang for q in questions),
        decided=_since_sent(questions, tally.decided),
        answered=_since_sent(questions, tally.answered),
        bodies=[_body(each.id, standing) for each in projection.session.organisations],
        reasons=_counted(q.reason for q in questions if q.state == State.REJECTED),
        removals=_counted(q.reason for q in questions if q.state == State.REMOVED),
        diversions=_counted(q.diversion for q in questions if q.state == State.DIVERTED),
        replies=len(replies),
        helped=_counted(reply.helped or "unsaid" for reply in replies),
        risks=[_handled(number, risk) for (number, _), risk in tally.risks.items()],
        let_through=tally.let_through,
        missing=missing(standing, projection.session.languages),
        muted=[
            Muted(question=mute.number, at=mute.at, by=mute.name)
            for mute in sorted(projection.muted.values(), key=lambda mute: mute.position)
        ],
        taken_back=tally.taken_back,
    )


def missing(questions: Iterable[Question], languages: Sequence[str]) -> list[Missing]:
    """The answers that readers of another of the session's languages find in the wrong one."""
    found = []
    for question in questions:
        for answer in question.answers:
            given = {answer.lang, *answer.counterparts}
            lacking = [lang for lang in languages if lang not in given]
            if lacking:
                found.append(
                    Missing(
                        question=question.number,
                        answer=answer.id,
                        organisation=answer.organisation,
                        lang=answer.lang,
                        missing=lacking,
                    )
                )
    return found


def times(spans: Iterable[int]) -> Times:
    """What spans in milliseconds come to."""
    known = sorted(spans)
    if not known:
        return Times(of=0, median=None, most=None)
    rank = -(-95 * len(known) // 100)
    return Times(of=len(known), median=round(statistics.median(known)), most=known[rank - 1])


def _since_sent(questions: Iterable[Question], moments: dict[int, int]) -> Times:
    return times(moments[q.number] - q.at for q in questions if q.number in moments)


def _body(organisation: str, questions: Iterable[Question]) -> Body:
    own = [(q, a) for q in questions for a in q.answers if a.organisation == organisation]
    return Body(
        organisation=organisation,
        answers=len(own),
        corrections=sum(len(answer.versions) - 1 for _, answer in own),
        signed_too=sum(
            each.organisation == organisation
            for q in questions
            for answer in q.answers
            for each in answer.cosigned
        ),
        languages=_counted(lang for _, a in own for lang in (a.lang, *a.counterparts)),
        answered=times(answer.at - question.at for question, answer in own),
    )


def _handled(number: int, risk: Risk) -> Handled:
    seen, decided = risk.seen, risk.decided
    return Handled(
        question=number,
        raised=risk.at,
        by=risk.name,
        note=risk.note,
        acknowledged=seen.at if seen else 0,
        acknowledged_by=seen.name if seen else "",
        decided=decided.at if decided else 0,
        decided_by=decided.name if decided else "",
        decision=risk.decision,
        words=risk.words,
    )


def _counted(codes: Iterable[str]) -> dict[str, int]:
    """How many of each, the most frequent first."""
    return {str(code): number for code, number in Counter(codes).most_common()}
