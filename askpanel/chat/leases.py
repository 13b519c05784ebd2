"""The claims of one session, each watched until it has run out by a clock that nobody can set."""

from __future__ import annotations

from collections.abc import Iterable

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
        self, claimed: Iterable[Question], now_ms: int, now: float
    ) -> list[tuple[int, int]]:
        """Number and end of every lease that is over. An answer that waits for a check keeps
        its question. `now_ms` is the store's time, `now` the loop's."""
        seen: dict[tuple[int, int], float] = {}
        for question in claimed:
            awaiting = question.draft is not None and not question.draft.note
            if question.holder is None or awaiting:
                continue
            lease = question.number, question.holder.until
            seen[lease] = self._ends.get(lease, now + (lease[1] - now_ms) / 1000)
        self._ends = seen
        return [lease for lease, end in seen.items() if end <= now]
