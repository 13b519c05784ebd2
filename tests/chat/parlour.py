"""An installation in this process: people with browsers at its public page, and staff who only
give commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from httpx import ASGITransport, AsyncClient, Response

from askpanel.app import Application, create
from askpanel.chat.locale import local_path
from askpanel.chat.nonce import new_nonce
from askpanel.config import load
from askpanel.eventlog.model import Actor, Question
from tests.cast import ASHA, NOON, session
from tests.tour import ORIGIN, opened

SLUG = "stop-it-now"
JSON = {"accept": "application/json"}


class Parlour:
    """One session that is live at NOON. `clock` is the installation's, `people` have browsers."""

    def __init__(self, application: Application, clock: list[int], stack: AsyncExitStack) -> None:
        self.application, self.clock, self._stack = application, clock, stack
        self.store = application.site.hub.store
        self.people: dict[str, AsyncClient] = {}

    async def browser(self, network: str = "192.0.2.1") -> AsyncClient:
        """Somebody's browser, in a network of their own."""
        transport = ASGITransport(self.application, client=(network, 1))
        client = AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN})
        return await self._stack.enter_async_context(client)

    async def person(self, name: str) -> AsyncClient:
        """The browser of somebody whom a test meets again."""
        if name not in self.people:
            self.people[name] = await self.browser()
        return self.people[name]

    def key(self, name: str) -> str:
        """What the store knows of somebody who has asked."""
        identity = self.application.site.identity
        return identity.author(SLUG, self.people[name].cookies[identity.cookie])

    async def ask(self, browser: AsyncClient, text: str, locale: str = "en") -> Response:
        """Send a question; what a script is answered."""
        path = local_path(locale, f"/sessions/{SLUG}/questions")
        return await browser.post(path, data={"id": new_nonce(), "text": text}, headers=JSON)

    async def page(self, browser: AsyncClient, locale: str = "en") -> str:
        """The session's page, at the newest position."""
        newest = await self.store.newest(SLUG)
        path = local_path(locale, f"/sessions/{SLUG}?position={newest}")
        return (await browser.get(path)).text

    async def do(
        self, number: int, command: str, actor: Actor = ASHA, **fields: str | int
    ) -> Question:
        """A command of the staff."""
        return (await self.store.decide(SLUG, number, command, actor, **fields)).question


@asynccontextmanager
async def parlour(
    engine_url: str, prefix: str, folder: Path, **changes: object
) -> AsyncIterator[Parlour]:
    """A fresh installation with one session, the cast's with these changes."""
    clock = [NOON]
    config = load(
        redis_url=engine_url, data_dir=folder, secret_key="parlour" * 5, questions_per_minute=60
    )
    application = create(config, prefix=prefix, now=lambda: clock[0])
    async with opened(application), AsyncExitStack() as stack:
        made = Parlour(application, clock, stack)
        await made.store.create(session(**changes))
        yield made
