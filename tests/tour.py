"""A walk past everything that an installation shows, in one language: every page in every phase,
every form that was filled in wrongly, what staff see, and every frame that goes down a socket.

The installation runs in this process, on a clock of the tour's own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from httpx import ASGITransport, AsyncClient, Response

from askpanel import demo
from askpanel.app import Application, create
from askpanel.chat.locale import local_path
from askpanel.chat.nonce import new_nonce
from askpanel.config import load
from askpanel.eventlog.model import Actor
from askpanel.eventlog.projection import moments
from askpanel.moderation import csrf
from askpanel.moderation.additions import additions
from tests.cast import NOON, session
from tests.scene import (
    ACTORS,
    ASKER,
    CHECKED,
    CHECKS,
    ENGLISH,
    MAIN,
    PAUSED,
    PHASES,
    TYPED,
    WELSH_QUESTION,
    english_only,
)
from tests.service import NONCE
from tests.staffroom import HASHER, hire, sign_in

ORIGIN = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Sight:
    """One thing that was shown: how one comes to see it, and its HTML."""

    where: str
    html: str


class Tour:
    """The installation, and somebody who looks at all of it in one language."""

    def __init__(self, application: Application, locale: str, clock: list[int]) -> None:
        self.application, self.locale, self.clock = application, locale, clock
        self.store = application.site.hub.store
        self.token = "t" * 43

    async def set_scene(self) -> None:
        """Four sessions, the staff, and questions in every state, each asked from one browser."""
        waiting = session(show_waiting=True, ask_name=True)
        await self.store.create(waiting)
        await self.store.create(session(slug=CHECKED, second_check=True))
        halted = msgspec.structs.replace(waiting.schedule, paused=True)
        await self.store.create(session(slug=PAUSED, schedule=halted))
        await self.store.create(english_only(waiting))
        await hire(self.application.door.staff, NOON)
        self.application.door.passwords._hasher = HASHER
        for lang, topic, text, steps in demo.QUESTIONS:
            await self.ask(MAIN, lang, text, steps, topic)
        for steps in CHECKS:
            await self.ask(CHECKED, "cy", WELSH_QUESTION, steps)
        await self.ask(ENGLISH, "cy", WELSH_QUESTION, [("asha", "approve", {})])

    async def ask(self, slug: str, lang: str, text: str, steps: Any, topic: str = "") -> None:
        author = self.application.site.identity.author(slug, self.token)
        done = await self.store.submit(
            slug,
            nonce=os.urandom(9).hex(),
            text=text,
            lang=lang,
            author=author,
            topic=topic,
            name=ASKER,
        )
        for username, command, fields in steps:
            actor = ACTORS.get(username) or Actor(role="author", author=author)
            held = await self.store.session(slug)
            assert held is not None
            added = additions(command, fields, self.application.playbook, held)
            number = done.question.number
            await self.store.decide(slug, number, command, actor, **fields, **added)

    @asynccontextmanager
    async def browser(self, **cookies: str) -> AsyncIterator[AsyncClient]:
        transport = ASGITransport(self.application)
        headers = {"origin": ORIGIN}
        async with AsyncClient(
            transport=transport, base_url=ORIGIN, headers=headers, cookies=cookies
        ) as opened:
            yield opened

    async def see(self, browser: AsyncClient, path: str, where: str = "") -> Sight:
        return sight(await browser.get(local_path(self.locale, path)), where or path)

    async def public(self) -> AsyncIterator[Sight]:
        """The public pages, each session in every phase, and pages that are not there."""
        cookie = {self.application.site.identity.cookie: self.token}
        async with self.browser(**cookie) as browser:
            for path in ("/privacy", "/accessibility", "/nowhere", "/sessions/nowhere"):
                yield await self.see(browser, path)
            yield sight(await browser.put(local_path(self.locale, "/privacy")), "PUT /privacy")
            for phase, now in PHASES.items():
                self.clock[0] = now
                yield await self.see(browser, "/", f"the list, {phase}")
                for slug in (MAIN, CHECKED, PAUSED, ENGLISH):
                    path = f"/sessions/{slug}"
                    yield await self.see(browser, path, f"{slug}, {phase}")
            self.clock[0] = PHASES["live"]
            for path in ("?after=1", "?after=9999", "?sent=1", "/transcript"):
                yield await self.see(browser, f"/sessions/{MAIN}{path}")
            room = await self.application.site.hub.room(MAIN)
            assert room is not None
            room.connected = False
            yield await self.see(browser, f"/sessions/{MAIN}", "the store away, the page kept")
            room.connected = True

    async def forms(self) -> AsyncIterator[Sight]:
        """The ask form with everything that can be wrong with it."""
        async with self.browser() as browser:
            page = await self.see(browser, f"/sessions/{MAIN}")
            good = {"text": TYPED, "id": NONCE.findall(page.html)[0]}
            ask = f"/sessions/{MAIN}/questions"
            for wrong in (
                {"text": " "},
                {"text": "1" * 1001},
                {"text": "1" * 70_000},
                {"text": "1\x072"},
                {"text": "1\u202e2"},
                {"topic": "none", "name": "n" * 61},
                {"id": "?"},
            ):
                yield await self.post(browser, ask, {**good, **wrong})
            yield await self.post(browser, ask, good, origin="https://elsewhere.example")
            yield await self.post(browser, f"/sessions/{PAUSED}/questions", good)
            yield await self.post(browser, ask, b"text=%ff&id=" + good["id"].encode())
            for _ in range(7):
                yield await self.post(browser, ask, {**good, "id": new_nonce()})
            for number in (1, 999):
                yield await self.post(browser, f"{ask}/{number}/withdraw", {})

    async def staff(self) -> AsyncIterator[Sight]:
        """The door, the screens, and what is refused there."""
        door = self.application.door
        async with self.browser() as browser:
            for path in ("", "?signed-out=here", "?signed-out=everywhere"):
                yield await self.see(browser, f"/staff/sign-in{path}")
            for fields in ({}, {"username": "u" * 65, "password": "p" * 257}):
                yield await self.post(browser, "/staff/sign-in", fields)
            for _ in range(12):
                guess = {"username": "nobody", "password": "guess"}
                yield await self.post(browser, "/staff/sign-in", guess)
            path = f"/staff/sessions/{MAIN}/questions/1/approve"
            yield await self.post(browser, path, {"text": TYPED})
        for username in ("hana", "morgan"):
            token = await sign_in(door.staff, username, NOON)
            key = {"csrf": csrf.token(door.secret, token)}
            async with self.browser(**{door.cookie: token}) as browser:
                yield await self.see(browser, "/staff", f"home of {username}")
                for slug in (MAIN, CHECKED, PAUSED):
                    for screen in ("triage", "desk"):
                        yield await self.see(browser, f"/staff/sessions/{slug}/{screen}")
                remarks = f"/staff/sessions/{MAIN}/remarks"
                for said in (TYPED, "", "1" * 1001):
                    yield await self.post(browser, remarks, {**key, "text": said})
                for page in ("history?kind=all", "history?words=nowhere", "report"):
                    yield await self.see(browser, f"/staff/sessions/{MAIN}/{page}")
                for command in ("approve", "claim", "answer", "return", "correct", "dance"):
                    path = f"/staff/sessions/{MAIN}/questions/4/{command}"
                    yield await self.post(browser, path, {**key, "text": TYPED, "lang": "en"})
                yield await self.post(browser, path, {})
                yield await self.post(browser, path, {**key, "text": "x" * 70_000})
                yield await self.post(browser, path, b"%ff=%ff")
                yield await self.post(browser, path, key, origin="https://elsewhere.example")

    async def plan(self) -> AsyncIterator[Sight]:
        """The times and the posters, before the start and after it, and times that cannot be."""
        page, move = f"/staff/sessions/{MAIN}/plan", f"/staff/sessions/{MAIN}/schedule/move"
        door = self.application.door
        token = await sign_in(door.staff, "hana", NOON)
        key = {"csrf": csrf.token(door.secret, token)}
        async with self.browser(**{door.cookie: token}) as browser:
            yield await self.see(browser, page)
            yield await self.post(browser, move, key)
            self.clock[0] = PHASES["early"]
            yield await self.see(browser, f"{page}?moved=1", "the plan of a session to come")
            for starts, ends in (
                ("", "0001-01-01T00:00"),
                ("2027-03-28T01:30", "2027-10-31T01:30"),
                ("2020-01-01T00:00", "2026-11-24T12:00"),
                ("2026-11-24T12:00", "2026-11-24T12:00"),
                ("2026-11-24T12:00", "2026-11-26T12:00"),
            ):
                yield await self.post(browser, move, {**key, "starts": starts, "ends": ends})
        self.clock[0] = PHASES["live"]

    async def post(self, browser: AsyncClient, path: str, given: Any, **headers: str) -> Sight:
        """A form sent twice: as a browser does, and as the page's script does."""
        headers["content-type"] = "application/x-www-form-urlencoded"
        fields = {"content": given} if isinstance(given, bytes) else {"data": given}
        address = local_path(self.locale, path)
        plain = await browser.post(address, headers=headers, **fields)
        headers["accept"] = "application/json"
        json = await browser.post(address, headers=headers, **fields)
        shown = sight(plain, path).html + sight(json, path).html
        return Sight(f"POST {path} ({plain.status_code})", shown)

    async def frames(self) -> AsyncIterator[Sight]:
        """What every moment so far did to every screen, and what it said aloud."""
        hub = self.application.site.hub
        for slug in (MAIN, CHECKED):
            for moment in moments(await self.store.snapshot(slug)):
                for name, audience in hub._audiences.items():
                    keys = audience.keys(moment)
                    drawings = [audience.shared(moment, self.locale)]
                    drawings += [audience.own(moment, self.locale, key) for key in keys]
                    html = [op[-1] for each in drawings for op in each.ops if len(op) == 3]
                    html += [f"<p>{each.say}</p>" for each in drawings]
                    yield Sight(f"frame {moment.position} of {slug} for {name}", "".join(html))

    async def away(self) -> AsyncIterator[Sight]:
        """What there is to see while the store cannot be reached."""
        nowhere = load(redis_url="unix:///nowhere", secret_key="away" * 10)
        async with opened(create(nowhere, now=lambda: self.clock[0])) as application:
            lost = Tour(application, self.locale, self.clock)
            async with lost.browser() as browser:
                yield await lost.see(browser, "/", "the list, the store away")
                yield await lost.see(browser, f"/sessions/{MAIN}", "a session, the store away")
                asked = {"text": TYPED, "id": new_nonce()}
                yield await lost.post(browser, f"/sessions/{MAIN}/questions", asked)
                guess = {"username": "asha", "password": "guess"}
                yield await lost.post(browser, "/staff/sign-in", guess)
            async with lost.browser(**{application.door.cookie: "t" * 43}) as browser:
                yield await lost.see(browser, "/staff", "staff, the store away")

    async def all(self) -> list[Sight]:
        """Everything, the scene set first."""
        await self.set_scene()
        walks = (self.public(), self.forms(), self.staff(), self.plan(), self.frames(), self.away())
        return [seen for walk in walks async for seen in walk]


def sight(response: Response, where: str) -> Sight:
    """A page as it is; of an answer to a script, the words and the fragments."""
    where = f"{where} ({response.status_code})"
    if not response.headers.get("content-type", "").startswith("application/json"):
        return Sight(where, response.text)
    answer = response.json()
    said = [answer[name] for name in ("message", "say") if name in answer]
    drawn = [op[-1] for op in answer.get("ops", [])]
    return Sight(where, "".join([*(f"<p>{words}</p>" for words in said), *drawn]))


@asynccontextmanager
async def opened(application: Application) -> AsyncIterator[Application]:
    """An application without its background work, whose connections are closed afterwards."""
    hub = application.site.hub
    try:
        yield application
    finally:
        stopping = asyncio.create_task(hub.stop())
        # Once is not enough: in Python 3.11 a cancellation is lost that comes just as redis-py
        # has sent something inside asyncio.wait_for (python/cpython#86296).
        while not (await asyncio.wait({stopping}, timeout=0.1))[0]:
            for task in hub._tasks:
                task.cancel()
        await hub.store._client.aclose()
        await hub.store._tails.aclose()


@asynccontextmanager
async def on_tour(
    engine_url: str, prefix: str, folder: Path, locale: str = "cy"
) -> AsyncIterator[Tour]:
    """A tour through a fresh installation."""
    clock = [PHASES["live"]]
    config = load(redis_url=engine_url, data_dir=folder, secret_key="tour" * 10)
    async with opened(create(config, prefix=prefix, now=lambda: clock[0])) as application:
        yield Tour(application, locale, clock)
