"""Pictures of the pages, for the README and for whoever wants to look.

    python tools/screenshots.py                  write docs/screenshots
    python tools/screenshots.py FOLDER           write them somewhere else
    python tools/screenshots.py FOLDER --whole   each page in its whole length

They show the demo at the hour of the session that it is made after, 27 June 2018, on a clock that
moves only when it is told to: the same pages give the same pictures.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from askpanel import demo, serve
from askpanel.app import Application, create
from askpanel.chat.wire import server_config
from askpanel.config import Config, load
from askpanel.eventlog.engine import connect
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1280, "height": 1000},
    {"width": 375, "height": 812},
)
KEY = "a key for pictures only"
STEP_MS = 20_000
QUESTION = "My partner looked at something and told me. Do I have to tell the police?"
ANSWER = "Nobody is made to. But you can talk about it first, without giving a name:"


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


async def nothing(page: Page) -> None:
    """Look at the page as it opens."""


@dataclass(frozen=True)
class Scene:
    """One page to be pictured at both widths. `staff` is who is signed in, by username."""

    name: str
    path: str
    staff: str = ""
    scripts: bool = True
    act: Callable[[Page], Awaitable[None]] = nothing


async def read_on(page: Page) -> None:
    await page.locator("#transcript-heading").evaluate("heading => heading.scrollIntoView()")


async def send_nothing(page: Page) -> None:
    await page.click("#ask button[type=submit]")
    await page.wait_for_selector(".govuk-error-summary")


async def send(page: Page) -> None:
    await page.fill("#ask-text", QUESTION)
    await page.click("#ask button[type=submit]")
    await page.wait_for_selector("#mine > li")


async def write(page: Page) -> None:
    await page.locator("#claims textarea").first.fill(ANSWER)


SESSION = "/sessions/stop-it-now"
BEFORE = (Scene("announced", SESSION),)
DURING = (
    Scene("live", SESSION),
    Scene("live-cy", f"/cy{SESSION}"),
    Scene("reading", SESSION, act=read_on),
    Scene("without-javascript", f"{SESSION}?after=1#transcript-heading", scripts=False),
    Scene("ask-error", SESSION, act=send_nothing),
    Scene("sign-in", "/staff/sign-in"),
    Scene("triage", f"/staff{SESSION}/triage", staff="asha"),
    Scene("desk", f"/staff{SESSION}/desk", staff="morgan", act=write),
    Scene("asked", SESSION, act=send),
)
AFTER = (Scene("closed", SESSION),)


class Photographer:
    """Goes to the pages of one running service and keeps what it sees."""

    def __init__(self, browser: Browser, address: str, folder: Path, *, whole: bool) -> None:
        self.browser, self.address, self.folder, self.whole = browser, address, folder, whole

    async def picture(self, scenes: tuple[Scene, ...]) -> None:
        for scene in scenes:
            for size in SIZES:
                await self._take(scene, f"{scene.name}-{size['width']}.png", size)

    async def _take(self, scene: Scene, file: str, size: ViewportSize) -> None:
        context = await self.browser.new_context(
            viewport=size, java_script_enabled=scene.scripts, reduced_motion="reduce"
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
        await context.close()
        print(file)


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
        clock.set(day=27, hour=18, minute=1)
        await demo.ask_all(store, session, await demo.add_cast(staff, clock.at))
        clock.set(day=27, hour=18, minute=17)
        await photographer.picture(DURING)
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
