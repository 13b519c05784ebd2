"""Which questions are taken together: who follows which, and how the one that leads stands.

A merged question follows the one that it was merged into, and with it whatever that one was
merged into later. Nothing of this is stored beside the questions' own records.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from askpanel.eventlog.model import Event, Question, State


class Follower(Struct, frozen=True):
    """A question that is taken together with another, and the key of whoever asked it."""

    number: int
    author: str


class Lead(Struct, frozen=True):
    """The question that stands for another, or for itself where it is taken with none.

    `others` is how many people besides its author asked what was taken together with it.
    """

    number: int
    state: State
    author: str = ""
    others: int = 0


class Tied(Struct, frozen=True):
    """What an event did to questions that are taken together.

    `lead` stands for the event's question now; `left` is the one that stood for it until then,
    where that is another. `followers` are those that were merged into the event's question.
    """

    lead: Lead
    left: Lead | None = None
    followers: tuple[Follower, ...] = ()


class Ties:
    """Every question's state, author and what it was merged into: never, by way of others, into
    itself, which the store refuses."""

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        self._states: dict[int, State] = {}
        self._authors: dict[int, str] = {}
        self._into: dict[int, int] = {}
        self._behind: dict[int, set[int]] = {}
        for question in questions:
            self.put(question)

    def put(self, question: Question) -> None:
        """A question as it is now."""
        self._authors[question.number] = question.author
        self._stand(question.number, question.state, question.into)

    def tied(self, event: Event, question: Question) -> Tied:
        """What the newest event did, once its question has been put."""
        return Tied(
            lead=self.lead(question.number),
            left=self.lead(event.parted) if event.parted else None,
            followers=self.followers(question.number),
        )

    def take_back(self, event: Event, question: Question) -> None:
        """Go back to before the newest event."""
        was = State(event.was) if event.was else None
        self._stand(question.number, was, event.parted or question.into)

    def lead(self, number: int) -> Lead:
        """What stands for a question."""
        passed: set[int] = set()
        while number in self._into and number not in passed:
            passed.add(number)
            number = self._into[number]
        author = self._authors.get(number, "")
        return Lead(
            number=number,
            state=self._states.get(number, State.MERGED),
            author=author,
            others=len({each.author for each in self.followers(number)} - {author}),
        )

    def followers(self, number: int) -> tuple[Follower, ...]:
        """Every question that was merged into this one, or into one that was."""
        found, looked_at = {number}, [number]
        while looked_at:
            new = self._behind.get(looked_at.pop(), set()) - found
            found |= new
            looked_at += new
        return tuple(Follower(each, self._authors[each]) for each in sorted(found - {number}))

    def _stand(self, number: int, state: State | None, into: int) -> None:
        self._behind.get(self._into.pop(number, 0), set()).discard(number)
        self._states.pop(number, None)
        if state is not None:
            self._states[number] = state
        if state is State.MERGED and into:
            self._into[number] = into
            self._behind.setdefault(into, set()).add(number)
