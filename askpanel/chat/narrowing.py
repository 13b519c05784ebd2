"""A reader's choice of which answers to read: those of one organisation, or about one topic.

The choice is in the address, so that it can be linked and works without a script. Nothing leaves
the page by it: what does not fit is marked and not shown, and a link to it still leads there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from askpanel.eventlog.model import Question, State
from askpanel.eventlog.session import Session


class Narrowing(NamedTuple):
    """What is wanted; both empty is everything. Only ids that the session has get in here."""

    organisation: str = ""
    topic: str = ""

    @classmethod
    def of(cls, session: Session, asked: Mapping[str, str]) -> Narrowing:
        """What an address asks for. What the session does not have narrows nothing."""
        organisation, topic = asked.get("organisation", ""), asked.get("topic", "")
        return cls(
            organisation if session.organisation(organisation) else "",
            topic if session.topic(topic) else "",
        )

    @property
    def narrows(self) -> bool:
        return any(self)

    @property
    def query(self) -> str:
        """As it stands in an address, to go after other fields; "" for everything."""
        chosen = {name: value for name, value in self._asdict().items() if value}
        return f"&{urlencode(chosen)}" if chosen else ""

    def fits(self, question: Question) -> bool:
        """Whether a published question is wanted. Of one that was taken down only that is left."""
        if self.narrows and question.state == State.REMOVED:
            return False
        return (not self.organisation or self.organisation in answered_by(question)) and (
            not self.topic or self.topic == question.topic
        )


def answered_by(question: Question) -> list[str]:
    """The organisations whose names are under the answers, each once."""
    found: dict[str, None] = {}
    for answer in question.answers:
        found[answer.organisation] = None
        found |= dict.fromkeys(each.organisation for each in answer.cosigned)
    return list(found)
