"""A projection finds each list at once, and finds what a look at every question would."""

from __future__ import annotations

import pytest
from hypothesis.stateful import invariant

from askpanel.eventlog.model import Question, State
from askpanel.eventlog.projection import Projection
from tests.rehearsal import SLUG, Rehearsal, play, stage

SHOWN = (State.ANSWERED, State.REMOVED)
PAIRS = ((State.APPROVED, State.CLAIMED), (State.PENDING,), tuple(State), ())


def looked_for(projection: Projection) -> list[list[Question]]:
    """Every list, by a look at each of the questions."""
    every = projection.questions.values()
    published = [q for q in every if q.published and q.state in SHOWN]
    return [
        sorted(published, key=lambda q: q.published),
        *(sorted((q for q in every if q.state in pair), key=lambda q: q.since) for pair in PAIRS),
        *([q for q in every if q.author == author] for author in sorted({q.author for q in every})),
    ]


def found(projection: Projection) -> list[list[Question]]:
    """Every list, as it is kept."""
    authors = sorted({q.author for q in projection.questions.values()})
    return [
        projection.published(),
        *(projection.of(*pair) for pair in PAIRS),
        *(projection.by_author(author) for author in authors),
    ]


class Filing(Rehearsal):
    """The log is followed from the beginning, and now and then taken up anew."""

    def begin(self) -> None:
        self.projection = self.anew()

    def anew(self) -> Projection:
        return Projection(self.run(self.store.snapshot(SLUG)))

    @invariant()
    def each_question_is_where_it_belongs(self) -> None:
        for entry in self.entries_after(self.projection.position):
            self.projection.apply(entry)
        assert found(self.projection) == looked_for(self.projection)
        assert found(self.projection) == found(self.anew())


@pytest.mark.parametrize("night", range(2))
def test_every_list_is_what_a_look_at_every_question_finds(
    engine_url: str, prefix: str, night: int
) -> None:
    with stage(engine_url, prefix) as lit:
        play(lambda: Filing(lit), night)


class Forgetful(Projection):
    """Leaves a question in the list of the state that it has left."""

    def _put(self, question: Question) -> None:
        before = self.questions.get(question.number)
        super()._put(question)
        if before is not None:
            self._in_state.setdefault(before.state, set()).add(question.number)


def test_a_question_left_where_it_was_is_found(
    engine_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Filing, "anew", lambda self: Forgetful(self.run(self.store.snapshot(SLUG))))
    with stage(engine_url, prefix) as lit, pytest.raises(AssertionError):
        play(lambda: Filing(lit), 0)
