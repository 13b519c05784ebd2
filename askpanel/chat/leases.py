"""The claims and locks of one session, each watched until it has run out by a clock that nobody
can set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from askpanel.eventlog.model import Question


class Watch:
    """When each lease ends, in seconds of the loop's clock.

    The store writes the end of a lease by its own clock. If that is set an hour on, somebody in
    the middle of an answer must not lose the question; if it is set back, a claim that has been
    abandoned must not stay for an hour.
    """

    def __init__(self) -> None:
        self._ends: dict[tuple[int, int], float] = {}

    def run_out(
        self, leases: Iterable[tuple[int, int]], now_ms: int, now: float
    ) -> list[tuple[int, int]]:
        """Which of these leases (a question's number, and the end that the store wrote) are over.
        `now_ms` is the store's time, `now` the loop's."""
        self._ends = {
            lease: self._ends.get(lease, now + (lease[1] - now_ms) / 1000) for lease in leases
        }
        return [lease for lease, end in self._ends.items() if end <= now]


def claims(claimed: Iterable[Question]) -> Iterator[tuple[int, int]]:
    """The leases of these questions' claims. An answer that waits for a check keeps its own."""
    for question in claimed:
        awaiting = question.draft is not None and not question.draft.note
        if question.holder is not None and not awaiting:
            yield question.number, question.holder.until


def locks(locked: Iterable[Question]) -> Iterator[tuple[int, int]]:
    """The leases of those who have a question open in triage."""
    return ((q.number, q.lock.until) for q in locked if q.lock is not None)
