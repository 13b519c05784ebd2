"""The panel at its desk, over HTTP: a service with a lead, and a question to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.promises.stage import Stage, staged
from tests.service import SLUG, STAFF, Participant, StaffClient

CHECKED = "checked"
CAST = (*STAFF, ("leah", "Leah", "lead", ""))


class Panel:
    """Everybody is signed in; `ask` brings a question that has been approved."""

    def __init__(self, stage: Stage, sign_in: Callable[[str], StaffClient]) -> None:
        self.stage = stage
        self.asha, self.leah = sign_in("asha"), sign_in("leah")
        self.morgan, self.lucy = sign_in("morgan"), sign_in("lucy")
        self._sam = Participant(stage.url)

    def ask(self, text: str = "Is it too late?", slug: str = SLUG) -> int:
        number = int(self._sam.ask(text, slug=slug).json()["number"])
        assert self.asha.command(number, "approve", slug=slug).status_code == 200
        return number

    def claimed(self, text: str = "Is it too late?", slug: str = SLUG) -> int:
        """A question that Morgan is answering."""
        number = self.ask(text, slug)
        assert self.morgan.command(number, "claim", slug=slug).status_code == 200
        return number

    def answered(self, text: str = "It is not.", slug: str = SLUG, lang: str = "en") -> int:
        number = self.ask(slug=slug)
        done = self.morgan.command(number, "answer", slug=slug, text=text, lang=lang)
        assert done.status_code == 200
        return number

    def desk(self, client: StaffClient, slug: str = SLUG) -> str:
        """The desk as its page is drawn for somebody now."""
        page = client.get(f"/staff/sessions/{slug}/desk")
        assert page.status_code == 200
        return page.text

    def public(self, slug: str = SLUG) -> str:
        return self._sam.page(f"/sessions/{slug}")

    def close(self) -> None:
        self._sam.close()


@contextmanager
def panel() -> Iterator[Panel]:
    with (
        staged({}, {"slug": CHECKED, "second_check": True}, staff=CAST) as stage,
        ExitStack() as up,
    ):

        def sign_in(username: str) -> StaffClient:
            client = up.enter_context(StaffClient(stage.url))
            assert client.sign_in(username).status_code == 303
            return client

        opened = Panel(stage, sign_in)
        yield opened
        opened.close()
