"""An evening of a module's own: one session, and the way to it for everybody who takes part."""

from __future__ import annotations

from typing import Any

import httpx

from tests.browser.live.people import Colleague, House, Person, Reader
from tests.service import Participant


class Evening:
    """A session and its people. Who is only needed for what they do gets no screen."""

    def __init__(self, house: House, slug: str, asker: Participant) -> None:
        self.house, self.slug, self._asker = house, slug, asker
        self.people: list[Person] = []

    @property
    def staff_path(self) -> str:
        return f"/staff/sessions/{self.slug}"

    def reader(self, **how: Any) -> Reader:
        """Somebody at the public page, for the first time."""
        reader = self.house.reader(slug=self.slug, **how)
        self.people.append(reader)
        return reader

    def triage(self, username: str, **how: Any) -> Colleague:
        return self._colleague(username, "triage", **how)

    def desk(self, username: str, **how: Any) -> Colleague:
        return self._colleague(username, "desk", **how)

    def _colleague(self, username: str, screen: str, **how: Any) -> Colleague:
        colleague = self.house.colleague(username, screen, slug=self.slug, **how)
        self.people.append(colleague)
        return colleague

    def all_have_stayed(self) -> bool:
        """Whether nobody's page was loaded again: everything came live."""
        return all(person.has_stayed() for person in self.people)

    def ask(self, text: str) -> int:
        """A question of somebody whom nobody needs to watch."""
        asked = self._asker.ask(text, slug=self.slug)
        assert asked.status_code == 201, asked.text
        return int(asked.json()["number"])

    def give(self, username: str, number: int, command: str, **fields: Any) -> httpx.Response:
        """A command of a colleague whom nobody needs to watch."""
        clerk = self.house.clerk(username)
        given = clerk.command(number, command, slug=self.slug, **fields)
        assert given.status_code == 200, given.text
        return given

    def approved(self, text: str) -> int:
        """A question that waits for the panel."""
        number = self.ask(text)
        self.give("asha", number, "approve")
        return number

    def answered(self, text: str, answer: str, *, by: str = "morgan", lang: str = "en") -> int:
        """A question and its first answer, both published."""
        number = self.approved(text)
        self.give(by, number, "answer", text=answer, lang=lang)
        return number
