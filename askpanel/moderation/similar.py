"""Near-duplicates, found while a question arrives.

Each process keeps, for every session that it has in memory, which words stand in which questions.
A new question is compared with those few that share its rarest words. What a question was when it
was sent is what it is found by: a moderator's edit does not change what its author asked.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile
from weakref import WeakKeyDictionary

from askpanel.eventlog.model import Question, Similar, State
from askpanel.eventlog.projection import Projection
from askpanel.moderation.likeness import Content, content_of, likeness

LISTED = frozenset((State.PENDING, State.HELD, State.APPROVED, State.CLAIMED, State.ANSWERED))
"""Where another question of the kind would be merged into, or is answered already."""
THRESHOLD = 70
"""Chosen on the labelled pairs, see `bench/similar.py`."""
MOST = 3
READ_AT_ONCE = 10
"""Questions, of some 100 µs each: a process that starts in the middle of a session has the old ones
to read, and does so in turns with everything else, the newest first."""
LOOKED_THROUGH, COMPARED = 2_000, 30
"""Entries of the index, and questions, that one search may cost."""


class Similarities:
    """Finds similar questions in any number of sessions; forgets a session with its projection."""

    def __init__(self, threshold: int = THRESHOLD) -> None:
        self.threshold = threshold
        self._read: WeakKeyDictionary[Projection, _Index] = WeakKeyDictionary()

    def read_more(self, projection: Projection) -> bool:
        """Read some of what was not read yet; whether any is left."""
        index = self._read.get(projection)
        if index is None:
            index = self._read[projection] = _Index()
        return index.read_more(projection.questions)

    def similar_to(self, text: str, lang: str, projection: Projection) -> list[Similar]:
        """The questions most like a text, the best first, three at the most."""
        return self.found(text, lang, projection)[0]

    def found(
        self, text: str, lang: str, projection: Projection
    ) -> tuple[list[Similar], list[int]]:
        """As `similar_to`, and the numbers of the first questions that have the very text but for
        case, signs and spaces, whatever has become of them."""
        self.read_more(projection)
        index, content = self._read[projection], content_of(text, lang)
        same = index.by_form.get(content.form, [])[:COMPARED]
        best = [Similar(number=n, score=100) for n in same if _listed(n, projection)][:MOST]
        if len(best) < MOST:
            known = {each.number for each in best}
            near = (
                Similar(number=number, score=score)
                for number, other in islice(index.candidates(content, projection), COMPARED)
                if number not in known
                and (score := likeness(content, other, self.threshold)) >= self.threshold
            )
            best += sorted(near, key=lambda each: (-each.score, each.number))
        return best[:MOST], same


def _listed(number: int, projection: Projection) -> bool:
    """Whether a question stands on one of the lists; one that was withdrawn does not."""
    question = projection.questions.get(number)
    return question is not None and question.state in LISTED


class _Index:
    """The words of one session's questions."""

    def __init__(self) -> None:
        self.by_form: dict[str, list[int]] = {}
        self._contents: dict[int, Content] = {}
        self._by_word: dict[str, list[int]] = {}
        self._unread: list[int] = []
        self._newest = 0

    def read_more(self, questions: dict[int, Question]) -> bool:
        """Read what is new, as far as it goes at once; whether any is left."""
        new = list(takewhile(lambda number: number > self._newest, reversed(questions)))
        if new:
            self._unread.extend(reversed(new))
            self._newest = new[0]
        for _ in range(min(READ_AT_ONCE, len(self._unread))):
            self._read(questions[self._unread.pop()])
        return bool(self._unread)

    def candidates(self, content: Content, projection: Projection) -> Iterator[tuple[int, Content]]:
        """Questions that stand on a list and share words with it, those that share most first."""
        lists = [self._by_word[word] for word in content.telling if word in self._by_word]
        shared: Counter[int] = Counter()
        left = LOOKED_THROUGH
        for numbers in sorted(lists, key=len):
            shared.update(numbers[-left:] if left < len(numbers) else numbers)
            left -= len(numbers)
            if left <= 0:
                break
        for number, _ in shared.most_common(4 * COMPARED):
            if _listed(number, projection):
                yield number, self._contents[number]

    def _read(self, question: Question) -> None:
        content = content_of(question.original or question.text, question.lang)
        self._contents[question.number] = content
        insort(self.by_form.setdefault(content.form, []), question.number)
        for word in content.telling:
            self._by_word.setdefault(word, []).append(question.number)
