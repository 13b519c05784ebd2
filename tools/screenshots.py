"""Pictures of the pages, for the README and for whoever wants to look.

    python -m tools.screenshots                  write docs/screenshots
    python -m tools.screenshots FOLDER           write them somewhere else
    python -m tools.screenshots FOLDER --whole   each page in its whole length

They show the demo at the hour of the session that it is made after, 27 June 2018, on a clock that
moves only when it is told to: the same pages give the same pictures.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from askpanel import demo, serve
from askpanel.app import Application, create
from askpanel.chat.wire import server_config
from askpanel.config import Config, load
from askpanel.eventlog.engine import connect
from askpanel.eventlog.member import Member
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.additions import additions
from askpanel.moderation.playbook import Playbook
from tools.scenes import (
    AFTER,
    ANSWER,
    ASKED_TOO,
    BEFORE,
    CHECKED,
    DURING,
    EARLY,
    EDITED,
    LAST,
    PAUSED,
    QUESTION,
    REMARKS,
    SESSION,
    STAFF,
    TRIAGE,
    Scene,
    send,
)

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
HEIGHTS = {1280: 1000, 375: 812}
KEY = "a key for pictures only"
STEP_MS = 20_000
ASKED = (
    "I cannot go on. I want to end my life.",
    "MY NEIGHBOUR MR HUGHES AT M14 5TX DOES IT, CALL ME ON 07700 900123",
)
REPLY = (
    "We cannot ring you, because we do not know who you are. Stop it Now! answers on "
    "0808 1000 900, free and confidential."
)
ASKED_PRIVATELY = {
    "reply": "Can somebody ring me back tonight?",
    "escalate": "I do not think I can go on after tonight.",
    "divert": "A man at our club shows the boys pictures. Whom do I tell?",
    "merge": "Is only looking against the law?",
    "reject": "I am Jo from the bakery in Chorlton, and my son was arrested. What now?",
}


class Clock:
    """The time of the pictures, in Unix milliseconds."""

    def __init__(self) -> None:
        self.at = 0

    def __call__(self) -> int:
        return self.at

    def set(self, day: int, hour: int, minute: int = 0) -> None:
        """A moment of June 2018 in Manchester."""
        moment = datetime(2018, 6, day, hour, minute, tzinfo=ZoneInfo("Europe/London"))
        self.at = int(moment.timestamp() * 1000)

    def passing(self) -> int:
        """The time, a little later whenever somebody asks."""
        self.at += STEP_MS
        return self.at


class Photographer:
    """Goes to the pages of one running service and keeps what it sees."""

    def __init__(self, browser: Browser, address: str, folder: Path, *, whole: bool) -> None:
        self.browser, self.address, self.folder, self.whole = browser, address, folder, whole

    async def picture(self, scenes: Sequence[Scene]) -> None:
        for scene in scenes:
            for width in scene.widths:
                await self._take(scene, f"{scene.name}-{width}.png", width)

    async def _take(self, scene: Scene, file: str, width: int) -> None:
        context = await self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=scene.scripts,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        if scene.staff:
            await page.goto(f"{self.address}/demo/sign-in/{scene.staff}?key={KEY}")
        await page.goto(self.address + scene.path)
        await scene.act(page)
        await page.mouse.move(0, 0)
        await page.screenshot(
            path=self.folder / file, full_page=self.whole, animations="disabled", scale="css"
        )
        await close_all(page)
        await context.close()
        print(file)


async def close_all(page: Page) -> None:
    """Let go of what was opened for the picture: the next one begins with nothing open."""
    for button in await page.locator("#opened .ask-close").all():
        await button.click()


class Evening:
    """What people do behind the pictures."""

    def __init__(
        self, store: Store, session: Session, cast: dict[str, Member], said: Playbook, clock: Clock
    ) -> None:
        self.store, self.session, self.cast, self.said = store, session, cast, said
        self.clock = clock

    async def give(self, who: str, number: int, command: str, **fields: str | int) -> None:
        """A command of somebody whose screen is not pictured."""
        added = additions(command, fields, self.said, self.session)
        actor = self.cast[who].actor
        await self.store.decide(self.session.slug, number, command, actor, **fields, **added)

    async def work(self, visitor: Browser, address: str) -> None:
        """Questions that are marked as they come in, an edit, a colleague at work, words."""
        for text in ASKED:
            page = await (await visitor.new_context()).new_page()
            await page.goto(address + SESSION)
            await send(page, text)
            await page.context.close()
        await self.give("asha", 6, "approve", text=EDITED)
        for who, words in REMARKS:
            page = await signed_in(visitor, address, who)
            await page.click("#channel > summary")
            await page.fill("#remark-text", words)
            await page.click("#remark-form button")
            await page.wait_for_selector(f"#remarks [data-by={who}]")
            await page.context.close()
        await self.give("hana", 10, "lock", doing="replying")

    async def check(self) -> None:
        """Another session, in which an answer waits for a second pair of eyes."""
        slug = CHECKED.rpartition("/")[2]
        session = msgspec.structs.replace(self.session, slug=slug, second_check=True)
        await self.store.create(session)
        other = Evening(self.store, session, self.cast, self.said, self.clock)
        await self.store.submit(
            slug, nonce=secrets.token_urlsafe(16), text=QUESTION, lang="en", author="0" * 32
        )
        await other.give("asha", 1, "approve")
        await other.give("morgan", 1, "claim")
        await other.give("morgan", 1, "answer", text=ANSWER, lang="en")

    async def pause(self) -> None:
        """Another session, which its host has paused."""
        replace, slug = msgspec.structs.replace, PAUSED.rpartition("/")[2]
        paused = replace(self.session.schedule, paused=True)
        await self.store.create(replace(self.session, slug=slug, schedule=paused))

    def authors(self) -> tuple[Scene, ...]:
        """What the person who asked sees of each decision."""
        return (
            self._author("author-reply", "reply", text=REPLY, lang="en"),
            self._author("author-escalated", "escalate", note="At risk tonight."),
            self._author("author-diverted", "divert", diversion="crime"),
            self._author("author-merged", "merge", into=1),
            self._author("author-rejected", "reject", reason="identifies-you"),
        )

    def _author(self, name: str, command: str, **fields: str | int) -> Scene:
        async def act(page: Page) -> None:
            await send(page, ASKED_PRIVATELY[command])
            own = page.locator("#mine > li").first
            number = int((await own.get_attribute("id") or "").removeprefix("mine-"))
            before = await own.inner_text()
            await self.give("asha", number, command, **fields)
            while await own.inner_text() == before:  # noqa: ASYNC110 - it comes live
                await asyncio.sleep(0.05)
            await own.evaluate("own => own.scrollIntoView()")

        return Scene(name, SESSION, act=act)


async def signed_in(browser: Browser, address: str, who: str) -> Page:
    """Somebody's triage screen."""
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{address}/demo/sign-in/{who}?key={KEY}")
    await page.goto(address + TRIAGE)
    return page


@asynccontextmanager
async def serving(application: Application, port: int) -> AsyncIterator[str]:
    """The service in this very process; gives its address."""
    server = uvicorn.Server(server_config(application, host="127.0.0.1", port=port))
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        with suppress(KeyboardInterrupt):
            await running


async def begin(config: Config, clock: Clock) -> tuple[Store, Staff, Session]:
    """The store with the session in it, at the times of its own file."""
    client = connect(config.redis_url)
    store = Store(client, lease_ms=config.lease_seconds * 1000, now=clock.passing)
    session = read(demo.SESSION)
    await store.create(session)
    return store, Staff(client, secret=config.secret()), session


async def work(config: Config, port: int, folder: Path, *, whole: bool) -> None:
    """Every picture, from the week before the session to the evening after it."""
    clock = Clock()
    clock.set(day=20, hour=9)
    store, staff, session = await begin(config, clock)
    application = create(
        config,
        port=port,
        now=clock,
        further=lambda site, door: demo.sign_in_links(site, door, KEY),
    )
    async with serving(application, port) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        photographer = Photographer(browser, address, folder, whole=whole)
        await photographer.picture(BEFORE)
        clock.set(day=26, hour=12)
        await photographer.picture(EARLY)
        clock.set(day=27, hour=18, minute=1)
        cast = await demo.add_cast(staff, clock.at)
        await demo.ask_all(store, session, cast, config.said())
        evening = Evening(store, session, cast, config.said(), clock)
        await evening.check()
        await evening.pause()
        clock.set(day=27, hour=18, minute=17)
        await photographer.picture(DURING)
        await evening.work(browser, address)
        bea = await signed_in(browser, address, "bea")
        await photographer.picture(STAFF)
        await bea.context.close()
        await photographer.picture((*ASKED_TOO, *evening.authors()))
        clock.set(day=27, hour=18, minute=57)
        await photographer.picture(LAST)
        clock.set(day=27, hour=19, minute=30)
        await photographer.picture(AFTER)
        await browser.close()


def main() -> None:
    """Take the pictures with a store that is gone afterwards."""
    arguments = [each for each in sys.argv[1:] if each != "--whole"]
    if len(arguments) > 1 or any(each.startswith("-") for each in arguments):
        sys.exit(__doc__)
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="askpanel-") as data:
        settings = load(data_dir=Path(data), redis_url="", base_url="", lease_seconds=3600)
        with serve.engine(settings, own=True) as ready:
            asyncio.run(work(ready, port, folder, whole="--whole" in sys.argv))


if __name__ == "__main__":
    main()
