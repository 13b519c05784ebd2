"""What a moderator wants to see of the lists, and in which order: the query of the triage page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from askpanel.eventlog.model import Question
from askpanel.moderation.wording import priority

MOST_LETTERS = 100
SORTS = ("", "age", "priority")


@dataclass(frozen=True, slots=True)
class Filters:
    """Each empty where all will do. `mine` leaves what is handed to oneself or open by oneself;
    `list` is the only list to show; `sort` is "age" or "priority", or the order in which questions
    came to their list."""

    topic: str = ""
    lang: str = ""
    flag: str = ""
    organisation: str = ""
    label: str = ""
    mine: str = ""
    q: str = ""
    list: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """Those of an address, or of anything that claims to be one: what is strange is empty."""
        given = {each.name: _plain(query.get(each.name, "")) for each in fields(cls)}
        if given["sort"] not in SORTS:
            given["sort"] = ""
        return cls(**given)

    @property
    def query(self) -> str:
        """As a query, without what is empty."""
        named = ((each.name, getattr(self, each.name)) for each in fields(self))
        return urlencode([(name, value) for name, value in named if value])

    @property
    def narrow(self) -> bool:
        """Whether any question may be left out."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "sort")

    def shows(self, question: Question, username: str) -> bool:
        """Whether a question is among what this viewer wants to see."""
        wanted = self.q.casefold()
        mine = question.handed, question.lock
        return (
            (not self.topic or question.topic == self.topic)
            and (not self.lang or question.lang == self.lang)
            and (not self.organisation or question.organisation == self.organisation)
            and (not self.label or self.label in question.labels)
            and (not self.flag or any(each.code == self.flag for each in question.flags))
            and (not self.mine or any(each and each.username == username for each in mine))
            and (not wanted or wanted in _said(question))
        )

    def sorted(self, questions: Iterable[Question]) -> Iterable[Question]:
        """In the order that was asked for; within the same, as they came."""
        if self.sort == "age":
            return sorted(questions, key=lambda q: q.at)
        if self.sort == "priority":
            return sorted(questions, key=lambda q: -priority(q))
        return questions


def _plain(given: str) -> str:
    text = given.strip()[:MOST_LETTERS]
    return text if text.isprintable() else ""


def _said(question: Question) -> str:
    parts = (str(question.number), question.text, question.original, question.name)
    return "\n".join(parts).casefold()
