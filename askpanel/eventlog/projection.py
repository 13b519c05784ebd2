"""A session in memory: the log folded up to one position."""

from __future__ import annotations

from bisect import insort
from collections import Counter

import msgspec
from msgspec import Struct

from askpanel.eventlog.model import Announcement, Entry, Event, Mute, Note, Present, Question, State
from askpanel.eventlog.phase import Phase
from askpanel.eventlog.session import Session
from askpanel.eventlog.ties import Lead, Tied, Ties

Counts = dict[str, int]
"""State to the number of questions in it; states with none are left out."""

MOST_REMARKS = 200
"""Of the staff to each other, the newest: as many as `lua/snapshot.lua` gives."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """What the store holds of a session at one moment, and the newest entries of its log."""

    session: Session
    epoch: str
    position: int
    phase: str = ""
    questions: list[Question]
    entries: list[Entry]
    present: list[Present] = []
    remarks: list[Note] = []
    pinned: list[Announcement] = []
    muted: dict[str, Mute] = {}
    purged: bool = False
    """Whether its epoch began because words were erased, and not because something was lost."""


class Moment(Struct, frozen=True, kw_only=True):
    """One entry with all that a fragment may draw from: the session and the counts after it, and
    how its question is taken together with others.

    With these a frame is a pure function of the moment, so a frame drawn late for somebody who
    was away has the same bytes as the one that the others got.
    """

    position: int
    event: Event
    session: Session
    counts: Counts
    tied: Tied | None = None
    over: bool = False
    """Whether the log has said, here or before, that the session has ended."""

    @property
    def begins_claim(self) -> bool:
        """Whether the claim on the question began here: a draft may take a lapsed one over."""
        question = self.event.question
        return bool(question and question.holder and question.holder.since == self.position)


class Projection:
    """A session's questions at a position. `apply` is the only way on."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.session = snapshot.session
        self.epoch = snapshot.epoch
        self.position = snapshot.position
        # The last phase that the log told of; what holds is `phase.phase` of the clock.
        self.phase = snapshot.phase
        self.questions: dict[int, Question] = {}
        self.counts = _counted(snapshot)
        # Who of the staff is at a screen, what they said to each other, and who may not write.
        self.present = snapshot.present
        self.remarks = list(snapshot.remarks)
        self.muted = dict(snapshot.muted)
        self._pinned = snapshot.pinned
        self.purged = snapshot.purged
        # Where each question stands, so that no list is looked for among all of them.
        self._in_state: dict[str, set[int]] = {}
        self._of_author: dict[str, list[int]] = {}
        self._published: list[tuple[int, int]] = []
        self._locked: set[int] = set()
        self._ties = Ties()
        for question in sorted(snapshot.questions, key=lambda q: q.number):
            self._put(question)

    def apply(self, entry: Entry) -> Moment:
        """Fold one entry, which must be the next one."""
        if entry.position != self.position + 1:
            raise ValueError(f"entry {entry.position} does not follow {self.position}")
        event = entry.event
        if event.session is not None:
            self.session = msgspec.convert(event.session, Session)
            self.phase = Phase.CLOSED if event.type == "closed" else ""
        if event.phase:
            self.phase = event.phase
        if event.question is not None:
            self.counts = _recount(self.counts, event.was, str(event.question.state))
            self._put(event.question)
            self._hear_mute(entry.position, event, event.question)
        elif event.type in ("arrived", "left"):
            self.present = event.present
        elif event.announcement is not None:
            self._pinned = event.pinned
        if event.remark is not None:
            self.remarks = [*self.remarks, event.remark][-MOST_REMARKS:]
        self.position = entry.position
        return Moment(
            position=entry.position,
            event=event,
            session=self.session,
            counts=self.counts,
            tied=self._ties.tied(event, event.question) if event.question else None,
            over=self.over,
        )

    @property
    def over(self) -> bool:
        """Whether the log has said that the session has ended. By the clock a page could know it
        before it has read what happened in the last moment, and frames would not fit it."""
        return self.phase == Phase.CLOSED

    def _hear_mute(self, position: int, event: Event, question: Question) -> None:
        if event.type == "muted":
            self.muted[question.author] = Mute(
                number=question.number,
                at=event.at,
                username=event.by,
                name=event.name,
                position=position,
            )
        elif event.type == "unmuted":
            self.muted.pop(question.author, None)

    def _put(self, question: Question) -> None:
        """A question as it is now, in the place of what it was."""
        number, before = question.number, self.questions.get(question.number)
        if before is None:
            self._of_author.setdefault(question.author, []).append(number)
        else:
            self._in_state[before.state].discard(number)
        self._in_state.setdefault(question.state, set()).add(number)
        if question.published and not (before and before.published):
            insort(self._published, (question.published, number))
        (self._locked.add if question.lock else self._locked.discard)(number)
        self.questions[number] = question
        self._ties.put(question)

    def lead(self, number: int) -> Lead:
        """The question that stands for one: another that it is taken together with, or itself."""
        return self._ties.lead(number)

    def pinned(self) -> list[Announcement]:
        """What the host tells everybody, the newest first. Another list as soon as it changes."""
        return self._pinned

    def answering(self) -> list[Question]:
        """The questions that the public is told somebody is answering now, in the order in which
        they were taken; none once the session is over."""
        found = [] if self.over else self.of(State.CLAIMED)
        return sorted(found, key=lambda q: q.holder.since if q.holder else 0)

    def locked(self) -> list[Question]:
        """The questions that somebody has open, in the order in which they were opened."""
        found = [self.questions[number] for number in self._locked]
        return sorted(found, key=lambda q: q.lock.since if q.lock else 0)

    def published(self) -> list[Question]:
        """What the transcript shows, in the order in which it was published."""
        shown = (State.ANSWERED, State.REMOVED)
        questions = [self.questions[number] for _, number in self._published]
        return [q for q in questions if q.state in shown]

    def of(self, *states: State) -> list[Question]:
        """The questions in any of these states, in the order in which they came there."""
        found = [self.questions[n] for state in states for n in self._in_state.get(state, ())]
        return sorted(found, key=lambda q: q.since)

    def by_author(self, author: str) -> list[Question]:
        """One participant's questions, by number."""
        found = [self.questions[number] for number in self._of_author.get(author, ())]
        return [q for q in found if q.author == author]


def moments(snapshot: Snapshot) -> list[Moment]:
    """The newest entries of a snapshot as moments, oldest first.

    The counts are walked back from the present ones, and so is what is taken together. Before
    the oldest change of the schedule that is among them, the session is the one after it: only
    its times differ.
    """
    entries = sorted(snapshot.entries, key=lambda e: e.position)
    counts, ties = _counted(snapshot), Ties(snapshot.questions)
    over = snapshot.phase == Phase.CLOSED
    walked: list[tuple[Counts, Tied | None, bool]] = []
    for event in (entry.event for entry in reversed(entries)):
        question = event.question
        walked.append((counts, ties.tied(event, question) if question else None, over))
        over = over and not event.phase and event.session is None
        if question is not None:
            counts = _recount(counts, str(question.state), event.was)
            ties.take_back(event, question)
    changed = next((e.event.session for e in entries if e.event.session is not None), None)
    session = snapshot.session if changed is None else msgspec.convert(changed, Session)
    found: list[Moment] = []
    for entry, (after, tied, ended) in zip(entries, reversed(walked), strict=True):
        if entry.event.session is not None:
            session = msgspec.convert(entry.event.session, Session)
        found.append(
            Moment(
                position=entry.position,
                event=entry.event,
                session=session,
                counts=after,
                tied=tied,
                over=ended,
            )
        )
    return found


def _counted(snapshot: Snapshot) -> Counts:
    return dict(Counter(str(q.state) for q in snapshot.questions))


def _recount(counts: Counts, left: str, entered: str) -> Counts:
    """The counts after one question left a state and entered another; either may be empty."""
    new = dict(counts)
    if entered:
        new[entered] = new.get(entered, 0) + 1
    if left:
        new[left] = new.get(left, 0) - 1
        if not new[left]:
            del new[left]
    return new
