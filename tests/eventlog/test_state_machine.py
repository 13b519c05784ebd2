"""Whatever the cast does, in whatever order: the log is dense, no question is lost or counted
twice, and every way of reading the log gives the same session."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis.stateful import invariant

from askpanel.eventlog.model import Entry, State
from askpanel.eventlog.projection import Moment, Projection, Snapshot, moments
from tests.rehearsal import SLUG, Rehearsal, play, stage

STAYING = [{"approved", "claimed"}, *({str(state)} for state in State)]


class Ledger(Rehearsal):
    """Reads everything after every step, and compares."""

    fold_with: type[Projection] = Projection

    def begin(self) -> None:
        empty = Snapshot(session=self.session, epoch="", position=0, questions=[], entries=[])
        self.folded = self.fold_with(empty)
        self.told: list[Moment] = []

    @invariant()
    def everything_is_there_once(self) -> None:
        if not self.position:
            return
        snapshot = self.run(self.store.snapshot(SLUG))
        positions = sorted(entry.position for entry in snapshot.entries)
        assert positions == list(range(1, self.position + 1))
        assert snapshot.position == self.position
        self.fold(snapshot)
        self.no_question_is_lost(snapshot)
        self.folding_equals_the_snapshot(Projection(snapshot))
        self.every_list_is_in_order()
        assert moments(snapshot) == self.told
        self.newest_moments_are_the_same()

    def fold(self, snapshot: Snapshot) -> None:
        """Bring the process that has followed from position 0 up to date."""
        for entry in sorted(snapshot.entries, key=lambda e: e.position):
            if entry.position > self.folded.position:
                self.told.append(self.folded.apply(entry))

    def no_question_is_lost(self, snapshot: Snapshot) -> None:
        """Each is there under its number, with its author, its own words and its own time."""
        held = {q.number: (q.author, q.original or q.text, q.lang) for q in snapshot.questions}
        assert held == self.asked
        assert {q.number: q for q in snapshot.questions} == self.known
        sent = [m.event for m in self.told if m.event.type == "submitted"]
        assert [(q.number, q.at) for q in sorted(snapshot.questions, key=lambda q: q.number)] == [
            (number, event.at) for number, event in enumerate(sent, 1)
        ]

    def folding_equals_the_snapshot(self, fresh: Projection) -> None:
        folded = self.folded
        assert (folded.session, folded.phase, folded.position, folded.counts) == (
            *(fresh.session, fresh.phase, fresh.position, fresh.counts),
        )
        assert list(folded.questions.items()) == list(fresh.questions.items())
        assert fresh.counts == Counter(str(q.state) for q in fresh.questions.values())

    def every_list_is_in_order(self) -> None:
        """No question in two lists, none in no list, and each where it came to it; a claim
        leaves a question where it is."""
        lists = [self.folded.of(state) for state in State]
        assert sorted(q.number for each in lists for q in each) == sorted(self.asked)
        entered = {}
        for moment in self.told:
            question, was = moment.event.question, moment.event.was
            if question and {was, str(question.state)} not in STAYING:
                entered[question.number] = moment.position
        assert {q.number: q.since for each in lists for q in each} == entered
        published = [q.number for q in self.folded.published()]
        answered = [m.event.question for m in self.told if m.event.type == "answered"]
        assert published == list(dict.fromkeys(q.number for q in answered if q))

    def newest_moments_are_the_same(self) -> None:
        """A process that starts late reads only the newest entries and walks the counts back."""
        late = moments(self.run(self.store.snapshot(SLUG, entries=7)))
        known = self.told[-7:]
        assert [(m.position, m.event, m.counts) for m in late] == [
            (m.position, m.event, m.counts) for m in known
        ]
        # Before the oldest change of the schedule that it has, it knows all but the times.
        changed = next((i for i, m in enumerate(known) if m.event.session is not None), 7)
        assert late[changed:] == known[changed:]
        assert [untimed(m) for m in late] == [untimed(m) for m in known]


def untimed(moment: Moment) -> object:
    return msgspec.structs.replace(moment.session, schedule=None)


@pytest.mark.parametrize("night", range(4))
def test_the_log_keeps_every_question_and_every_reading_of_it_agrees(
    engine_url: str, prefix: str, night: int
) -> None:
    with stage(engine_url, prefix) as lit:
        play(lambda: Ledger(lit), night)


class Losing(Projection):
    """Overlooks a question now and then."""

    def apply(self, entry: Entry) -> Moment:
        moment = super().apply(entry)
        if moment.position % 7 == 0 and moment.event.question:
            del self.questions[moment.event.question.number]
        return moment


class Renumbering(Projection):
    """Gives a restored question a new number, at the end of the queue."""

    def apply(self, entry: Entry) -> Moment:
        moment = super().apply(entry)
        if moment.event.type == "restored" and moment.event.question:
            question = self.questions.pop(moment.event.question.number)
            self.questions[question.number + 100] = question
        return moment


class Miscounting(Projection):
    """Counts where a question arrives and forgets where it left."""

    def apply(self, entry: Entry) -> Moment:
        event = msgspec.structs.replace(entry.event, was="")
        moment = super().apply(Entry(entry.position, event))
        return msgspec.structs.replace(moment, event=entry.event)


@pytest.mark.parametrize("reading", [Losing, Renumbering, Miscounting])
def test_a_reading_that_is_wrong_is_noticed(
    engine_url: str, prefix: str, reading: type[Projection]
) -> None:
    class Deceived(Ledger):
        fold_with = reading

    with stage(engine_url, prefix) as lit, pytest.raises((AssertionError, KeyError)):
        for night in range(4):
            play(lambda: Deceived(lit), night)
