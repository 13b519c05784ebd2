"""The accounting: the book of a run against the log, and the log against the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from askpanel.eventlog.model import Entry, Question, State
from askpanel.eventlog.projection import Snapshot
from askpanel.eventlog.rules import AUTHOR, RULES, SYSTEM
from bench.chaos.book import Book, Given, Page
from bench.chaos.readers import digest_of_transcript
from tests.service import STAFF

ROLES = {username: role for username, _, role, _ in STAFF}
ALIASES = {"renewed": "claim", "drafted": "answer"}
"""Events that a command brings about besides its own, as `lua/decide.lua` does."""


class Breach(Struct, frozen=True):
    """What should never be; `kind` is lost, twice, order, illegal, late or strange."""

    kind: str
    words: str


class Log(Struct, frozen=True):
    """A session's whole log, and its questions as the store holds them."""

    epoch: str
    entries: list[Entry]
    questions: list[Question]

    @property
    def position(self) -> int:
        return len(self.entries)

    @classmethod
    def of(cls, snapshot: Snapshot, entries: list[Entry]) -> Log:
        return cls(snapshot.epoch, entries, snapshot.questions)


def breaches(book: Book, log: Log, *, soon: float) -> list[Breach]:
    """Every one that there is. `soon` is how many seconds after a fault has been healed the
    first acknowledgement may come (P6)."""
    return [
        *_questions(book, log),
        *_dense(log),
        *_legal(log),
        *_commands(book, log),
        *_races(book),
        *_shown(book, log),
        *(Breach("order", words) for words in book.disorder),
        *(Breach("strange", words) for words in book.strange),
        *(
            Breach("late", f"{seconds:.1f} seconds without an acknowledgement after: {name}")
            for name, seconds in book.waits()
            if seconds > soon
        ),
    ]


def _questions(book: Book, log: Log) -> Iterator[Breach]:
    """P1 and P2: what was acknowledged is there once, under what was said; the rest at most."""
    stored: dict[str, list[Question]] = {}
    for question in log.questions:
        stored.setdefault(question.original or question.text, []).append(question)
    submitted = {
        (e.event.question.number, e.position): e.event.question.text
        for e in log.entries
        if e.event.type == "submitted" and e.event.question
    }
    for asked in book.asked:
        count = len(stored.pop(asked.text, ()))
        if count > 1:
            yield Breach("twice", f"stored {count} times: {asked.text}")
        if asked.told and not count:
            yield Breach("lost", f"acknowledged and not stored: {asked.text}")
        if len(asked.told) > 1:
            yield Breach("twice", f"acknowledged as {sorted(asked.told)}: {asked.text}")
        for told in asked.told:
            if submitted.get(told) != asked.text:
                yield Breach("lost", f"acknowledged as {told}, where the log has another")
    for text in stored:
        yield Breach("strange", f"nobody asked: {text}")


def _dense(log: Log) -> Iterator[Breach]:
    """Positions and numbers run from 1 without a gap."""
    for before, after in pairwise([0, *(entry.position for entry in log.entries)]):
        if after != before + 1:
            yield Breach("order", f"position {after} follows {before} in the log")
    numbers = [
        entry.event.question.number
        for entry in log.entries
        if entry.event.type == "submitted" and entry.event.question
    ]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Breach("order", "the questions are not numbered as they came")


def _legal(log: Log) -> Iterator[Breach]:
    """Each question's life by `rules.RULES`, from its first event to what the store holds."""
    states: dict[int, str] = {}
    last: dict[int, Question] = {}
    for entry in log.entries:
        question = entry.event.question
        if question is None:
            continue
        before = states.get(question.number, "")
        if not _follows(entry, question, before):
            words = f"{before} → {entry.event.type} → {question.state}"
            yield Breach("illegal", f"question {question.number} at {entry.position}: {words}")
        states[question.number] = str(question.state)
        last[question.number] = question
    if {question.number: question for question in log.questions} != last:
        yield Breach("illegal", "the questions are not what the log makes of them")


def _follows(entry: Entry, question: Question, before: str) -> bool:
    """Whether an event may happen to a question in a state, by somebody of this role."""
    event, command = entry.event, question.changed.command
    if event.type == "submitted":
        return (before, question.state, command) == ("", State.PENDING, "submit")
    rule = RULES.get(command)
    if rule is None or event.was != before or before not in rule.from_:
        return False
    if event.type != rule.event and ALIASES.get(event.type) != command:
        return False
    if ROLES.get(event.by, AUTHOR if command == "withdraw" else SYSTEM) not in rule.roles:
        return False
    drafted = event.type == "drafted" and question.state in (State.CLAIMED, State.ANSWERED)
    return drafted or question.state == (rule.to or before)


def _commands(book: Book, log: Log) -> Iterator[Breach]:
    """What staff were told has happened, happened once, at that position, and by them."""
    happened: Counter[tuple[int, str, str]] = Counter()
    at: dict[int, tuple[int, str, str]] = {}
    for entry in log.entries:
        if entry.event.question and entry.event.by:
            question = entry.event.question
            key = question.number, question.changed.command, entry.event.by
            happened[key] += 1
            at[entry.position] = key
    told: dict[tuple[int, str, str], list[Given]] = {}
    for given in book.given:
        told.setdefault((given.number, given.command, given.username), []).append(given)
    for key, givens in told.items():
        done = [position for given in givens for position in given.done]
        unknown = sum(given.unknown for given in givens)
        name = f"{key[1]} of question {key[0]} by {key[2]}"
        if len(set(done)) < len(done):
            yield Breach("twice", f"one effect for two acknowledgements: {name}")
        if any(at.get(position) != key for position in done):
            yield Breach("lost", f"acknowledged, but not in the log: {name}")
        if happened[key] > len(done) + unknown:
            yield Breach("twice", f"happened {happened[key]} times for {len(done)}: {name}")
    for key in happened.keys() - told.keys():
        yield Breach("strange", f"nobody gave {key[1]} of question {key[0]} by {key[2]}")


def _races(book: Book) -> Iterator[Breach]:
    """P12: of two who decide on one question at once, never both."""
    races: dict[int, list[Given]] = {}
    for given in book.given:
        if given.race:
            races.setdefault(given.race, []).append(given)
    for givens in races.values():
        if sum(bool(given.done) for given in givens) > 1:
            yield Breach("twice", f"both decisions won: question {givens[0].number}")


def _shown(book: Book, log: Log) -> Iterator[Breach]:
    """P4, P5 and P7: no page and no frame but of this log, unless the epoch says otherwise."""
    for epoch, position in book.farthest.items():
        if epoch == log.epoch and position > log.position:
            yield Breach("lost", f"position {position} was shown, the log ends at {log.position}")
    order = published(log)
    digests: dict[int, bytes] = {}
    for page in book.pages:
        if page.epoch == log.epoch and not _is_true(page, order, digests):
            yield Breach("order", f"a page at {page.position} shows another transcript")


def published(log: Log) -> list[Question]:
    """What the transcript shows in the end, in the order in which it was published."""
    return sorted((q for q in log.questions if q.published), key=lambda q: q.published)


def _is_true(page: Page, order: list[Question], digests: dict[int, bytes]) -> bool:
    count = sum(question.published <= page.position for question in order)
    if count not in digests:
        digests[count] = digest_of_transcript([question.number for question in order[:count]])
    return digests[count] == page.transcript


def screen(log: Log) -> dict[str, dict[int, str]]:
    """What every public screen shows in the end: the transcript and who waits."""
    waiting = [q for q in log.questions if q.state in (State.APPROVED, State.CLAIMED)]
    lists = {"transcript": published(log), "waiting": sorted(waiting, key=lambda q: q.since)}
    return {name: {q.number: str(q.state) for q in found} for name, found in lists.items()}


def own_lists(book: Book, log: Log, author: int) -> list[dict[int, str]]:
    """What an author's own list may hold in the end: the questions of one cookie. There is more
    than one where somebody gave up a question whose answer, with the cookie, was lost."""
    texts = {asked.text for asked in book.asked if asked.author == author}
    keys = {q.author for q in log.questions if (q.original or q.text) in texts}
    return [{q.number: str(q.state) for q in log.questions if q.author == key} for key in keys]


def sentence(faults: int, acknowledged: int, found: Iterable[Breach]) -> str:
    """The last line of a run."""
    kinds = Counter(breach.kind for breach in found)
    words = [
        f"{faults:,} faults",
        f"{acknowledged:,} acknowledged",
        f"{kinds.pop('lost', 0):,} lost",
        f"{kinds.pop('twice', 0):,} twice",
        f"{kinds.pop('order', 0):,} out of order",
    ]
    return ", ".join([*words, *(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))])
