"""An entry of the log as a sentence: who did what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from askpanel.chat.locale import N_, clock_time, day, local_path, translations
from askpanel.eventlog.model import Entry, Event, Question
from askpanel.eventlog.rules import RULES, UNDOABLE
from askpanel.eventlog.session import Session
from askpanel.moderation.historywhy import WHY, Means
from askpanel.moderation.historywords import (
    COMMANDS,
    EVENTS,
    PHASES,
    PRESENCE,
    STATES,
)
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.refusals import NOT_UNDOABLE

OVER = N_("although %(name)s had it open")
LET_THROUGH = N_("let through although it is not on the list: %(numbers)s")
SINCE = N_("Something else was done to it since.")
ANOTHERS = N_("Your role may not take this back.")
QUIET = frozenset(rule.event for rule in RULES.values() if rule.quiet) | {"renewed"}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `number` is the question's or 0; `texts` are (label, words, language) of
    what was written; `taken_back` says who took it back and when."""

    position: int
    at: int
    type: str
    kind: str
    sentence: str
    username: str = ""
    name: str = ""
    number: int = 0
    before: str = ""
    after: str = ""
    reason: str = ""
    texts: tuple[tuple[str, str, str], ...] = ()
    taken_back: tuple[str, int] | None = None

    @property
    def whole(self) -> str:
        """The sentence with its change of state and its reason, as it is read and exported."""
        moved = f" ({self.before} → {self.after})" if self.before != self.after else ""
        return f"{self.sentence}{moved}" + (f": {self.reason}" if self.reason else "")

    @property
    def found_in(self) -> str:
        """All its words, for who looks for some of them."""
        texts = " ".join(words for _, words, _ in self.texts)
        return f"{self.whole} {self.name} {self.username} {texts}".casefold()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks the history for; what is empty does not narrow it."""

    person: str = ""
    event: str = ""
    kind: str = ""
    number: int = 0
    words: str = ""

    def includes(self, line: Line) -> bool:
        if line.kind == PRESENCE and self.kind not in (PRESENCE, "all") and not self.event:
            return False
        return (
            (not self.person or line.username == self.person)
            and (not self.event or line.type == self.event)
            and (self.kind in ("", "all") or line.kind == self.kind)
            and (not self.number or line.number == self.number)
            and (not self.words or self.words.casefold() in line.found_in)
        )


class Teller:
    """Tells entries of one session in one language."""

    def __init__(self, session: Session, playbook: Playbook, locale: str) -> None:
        self._session, self._locale = session, locale
        self._means = Means(playbook, session, locale)
        self._said: Callable[[str], str] = translations(locale).gettext

    def line(self, entry: Entry) -> Line:
        """One entry. An event that these words do not know yet is called by its own name."""
        event, question = entry.event, entry.event.question
        told = EVENTS.get(event.type)
        command = question.changed.command if question and changed_here(entry) else ""
        sentence = COMMANDS.get(command) or (told.sentence if told else event.type)
        if told and told.alone and not event.by:
            sentence = told.alone
        values = {"name": event.name, "number": question.number if question else ""}
        return Line(
            position=entry.position,
            at=event.at,
            type=event.type,
            kind=told.kind if told else "",
            sentence=self._said(sentence) % values,
            username=event.by,
            name=event.name,
            number=question.number if question else 0,
            before=self._said(STATES[event.was]) if event.was in STATES else "",
            after=self._said(STATES[question.state]) if question and event.was else "",
            reason="; ".join(each for each in self._reasons(event) if each),
            texts=tuple(each for each in self._texts(event) if each[1]),
        )

    def _reasons(self, event: Event) -> Iterable[str]:
        if event.question is not None:
            why = WHY.get(event.type)
            yield why(self._means, event.question, event) if why else ""
        if event.remark is not None:
            yield event.remark.text
        if event.announcement is not None:
            yield self._session.text(event.announcement.words, self._locale)[0]
        if event.type in ("arrived", "left"):
            yield ", ".join(dict.fromkeys(each.name for each in event.present))
        if event.phase:
            yield self._said(PHASES.get(event.phase, event.phase))
        if event.session is not None and event.type in ("moved", "extended", "opened", "closed"):
            schedule = event.session["schedule"]
            zone = self._session.timezone
            starts, ends = (clock_time(schedule[e], zone, self._locale) for e in ("starts", "ends"))
            date = day(schedule["starts"], zone, self._locale) if event.type == "moved" else ""
            yield f"{date} {starts}–{ends}".strip()
        if event.over:
            yield self._said(OVER) % {"name": event.over}
        if event.numbers:
            yield self._said(LET_THROUGH) % {"numbers": ", ".join(event.numbers)}

    def _texts(self, event: Event) -> Iterable[tuple[str, str, str]]:
        """What was written, under a fold: a question may be hard to read."""
        q = event.question
        if q is None:
            return
        match event.type:
            case "submitted":
                yield self._said(N_("The question")), q.text, q.lang
            case "approved" if q.edited:
                yield self._said(N_("As it was sent")), q.original, q.lang
                yield self._said(N_("As it was edited")), q.text, q.lang
            case "replied" if q.replies:
                yield self._said(N_("The private reply")), q.replies[-1].text, q.replies[-1].lang
            case "drafted" if q.draft:
                yield self._said(N_("The answer")), q.draft.text, q.draft.lang
            case "answered" | "corrected" if q.answers:
                newest = max(q.answers, key=lambda answer: answer.versions[-1].at)
                yield self._said(N_("The answer")), newest.text, newest.lang


def changed_here(entry: Entry) -> bool:
    """Whether an entry is a change of its question, and not only something beside it."""
    question = entry.event.question
    return question is not None and question.changed.position == entry.position


class TakenBack:
    """Which of the entries that one walks back over were taken back later, by whom and when."""

    def __init__(self) -> None:
        self._undone: dict[int, list[tuple[str, int]]] = {}

    def mark(self, entry: Entry, line: Line) -> Line:
        """The next older entry, marked if a later one that was walked over took it back."""
        if not changed_here(entry):
            return line
        waiting = self._undone.setdefault(line.number, [])
        if line.type == "undone":
            waiting.append((line.name, line.at))
        elif waiting:
            return replace(line, taken_back=waiting.pop())
        return line


def undo_of(line: Line, question: Question | None, role: str) -> tuple[int, str]:
    """The position that an undo of this line names, or 0 and why there is none ("" where nothing
    was decided)."""
    if question is None or line.type in QUIET or line.taken_back or line.type == "undone":
        return 0, ""
    command = question.changed.standing
    if question.changed.standing_at != line.position:
        return 0, SINCE if any(RULES[each].event == line.type for each in UNDOABLE) else ""
    if command not in UNDOABLE:
        return 0, NOT_UNDOABLE.get(command, "")
    return (line.position, "") if role in UNDOABLE[command] else (0, ANOTHERS)


def history_path(locale: str, slug: str) -> str:
    """The address of a session's history."""
    return local_path(locale, f"/staff/sessions/{slug}/history")
