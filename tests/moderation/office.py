"""An installation in this process, on a clock that the test moves: its session, its staff with a
lead among them, and a browser for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from httpx import ASGITransport, AsyncClient, Response

from askpanel.app import Application, create
from askpanel.config import load
from askpanel.eventlog.model import Actor, Done, Role
from askpanel.eventlog.session import Session
from askpanel.moderation import csrf
from tests.cast import NOON, SAM, session
from tests.staffroom import HASHED, hire, sign_in
from tests.tour import ORIGIN, opened

SLUG = "stop-it-now"
HERE = f"/staff/sessions/{SLUG}"
DEADLINE = 15.0
JSON = {"accept": "application/json"}


class Office:
    """`now` is the time of everything that happens, in Unix milliseconds."""

    def __init__(self, application: Application, stack: AsyncExitStack, clock: list[int]) -> None:
        self.application, self._stack, self._clock = application, stack, clock
        self.store = application.site.hub.store
        self.backstage = application.presence.backstage
        self._sent = 0

    @property
    def now(self) -> int:
        return self._clock[0]

    @now.setter
    def now(self, value: int) -> None:
        self._clock[0] = value

    async def ask(
        self, text: str = "Is it too late?", author: Actor = SAM, lang: str = "en"
    ) -> int:
        self._sent += 1
        done = await self.store.submit(
            SLUG, nonce=f"nonce-{self._sent}", text=text, lang=lang, author=author.author
        )
        return done.question.number

    async def do(self, number: int, command: str, actor: Actor, **fields: str | int) -> Done:
        return await self.store.decide(SLUG, number, command, actor, **fields)

    async def caught_up(self) -> None:
        """The room shows all that the log has."""
        room = await self.application.site.hub.room(SLUG)
        assert room is not None
        newest = await self.store.newest(SLUG)
        for _ in range(int(DEADLINE / 0.01)):
            if room.position >= newest:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{room.position} never became {newest}")

    async def browser(self, username: str) -> Browser:
        door = self.application.door
        token = await sign_in(door.staff, username, NOON)
        client = AsyncClient(
            transport=ASGITransport(self.application),
            base_url=ORIGIN,
            headers={"origin": ORIGIN},
            cookies={door.cookie: token},
        )
        await self._stack.enter_async_context(client)
        return Browser(client, csrf.token(door.secret, token))


class Browser:
    """A browser of somebody who has signed in."""

    def __init__(self, client: AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def get(self, path: str) -> Response:
        return await self.client.get(path)

    async def post(self, path: str, *, json: bool = False, **fields: str) -> Response:
        headers = JSON if json else {}
        return await self.client.post(path, data={"csrf": self.token, **fields}, headers=headers)


@asynccontextmanager
async def office(
    engine_url: str, prefix: str, folder: Path, planned: Session | None = None
) -> AsyncIterator[Office]:
    clock = [NOON]
    config = load(redis_url=engine_url, secret_key="o" * 40, data_dir=folder)
    application = create(config, prefix=prefix, now=lambda: clock[0])
    async with opened(application), AsyncExitStack() as stack:
        found = Office(application, stack, clock)
        await found.store.create(planned or session())
        await hire(application.door.staff, NOON)
        await application.door.staff.add(
            "leah", name="Leah", role=Role.LEAD, organisation="", password=HASHED, now_ms=NOON
        )
        yield found
