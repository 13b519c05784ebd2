"""The cast in the browser: what each of them sees of the real service, and does there.

Their hands are the same with and without JavaScript: they press what a person would press. Only how
they get to see news differs, so `look` asks for it where nothing comes by itself.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, ViewportSize, expect

from tests.browser.conftest import OpenTab, Tab
from tests.service import PASSWORD, SLUG, Service, StaffClient

PHONE: ViewportSize = {"width": 375, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
STAYED = "window.sameDocument === true"
SETTLE = """() => {
  window.sameDocument = true;
  window.statuses = [];
  const status = document.getElementById('live-status');
  new MutationObserver(() => statuses.push(status.textContent)).observe(status, {childList: true});
}"""
PATIENCE = 45.0
"""Seconds within which a page that waits longer and longer is sure to have tried again."""


class Keys:
    """Sign-ins that last for the test run: sign-ins are counted as guesses of a password.

    Both are by the service's address and the username: what signing in put into a browser, and
    clients for those whom nobody needs to watch.
    """

    def __init__(self) -> None:
        self.cookies: dict[tuple[str, str], Any] = {}
        self.clients: dict[tuple[str, str], StaffClient] = {}

    def client(self, service: Service, username: str) -> StaffClient:
        """A member of staff without a browser."""
        place = service.url, username
        client = self.clients.get(place)
        if client is None or client.get("/staff").status_code != 200:
            client = self.clients[place] = service.staff(username)
        return client


class Person:
    """Somebody at a page of the service, every frame that came to them, and the addresses that
    their page has posted something to."""

    def __init__(self, tab: Tab, path: str, *, scripts: bool) -> None:
        self.tab, self.path, self.scripts = tab, path, scripts
        self.frames: list[str] = []
        self.posted: list[str] = []
        tab.page.on("websocket", lambda line: line.on("framereceived", self._hear))
        tab.page.on("request", self._note)

    @property
    def page(self) -> Page:
        return self.tab.page

    def _hear(self, payload: str | bytes) -> None:
        self.frames.append(payload if isinstance(payload, str) else payload.decode())

    def _note(self, request: Request) -> None:
        if request.method == "POST":
            self.posted.append(urlsplit(request.url).path)

    def arrive(self) -> None:
        """Open the page, and notice from here on if it is ever loaded again."""
        self.tab.open(self.path)
        self.settle()

    def settle(self) -> None:
        """Mark the document that is open now as the one to stay in."""
        if self.scripts:
            self.page.evaluate(SETTLE)

    def has_stayed(self) -> bool:
        """Whether the document is still the one that was arrived at: nothing was reloaded."""
        return bool(self.page.evaluate(STAYED))

    def has_read(self, words: str) -> None:
        """The state of the connection was said in these words; others may have followed them."""
        self.tab.until(f"statuses.some(text => text.includes({words!r}))", PATIENCE)

    def look(self) -> None:
        """Ask for news; with scripts it comes by itself."""
        if not self.scripts:
            self.page.goto(self.tab.origin + self.path)

    def question(self, number: int) -> Locator:
        """The question on whichever list of the page it stands."""
        return self.page.locator(f"#question-{number}")

    def on_list(self, name: str, number: int) -> Locator:
        """The question, if it stands on that list."""
        return self.page.locator(f"#{name} > #question-{number}")

    def sees_nothing_of(self, text: str) -> None:
        """Neither the page nor any frame that ever came holds the text."""
        assert text not in self.page.content()
        assert not [frame for frame in self.frames if text in frame]

    @property
    def status(self) -> Locator:
        """The state of the connection, in words."""
        return self.page.locator("#live-status")


class Reader(Person):
    """Anybody at the public page. One who has asked sees their own questions there, too."""

    def look(self) -> None:
        if not self.scripts:
            self.page.get_by_role("link", name="Check for new answers").click()

    def write(self, text: str) -> None:
        self.box.fill(text)

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Your question", exact=True)

    def press_send(self) -> None:
        """Press the button; for a second after the last time it takes that for a double click."""
        posted: list[Request] = []

        def note(request: Request) -> None:
            if request.method == "POST":
                posted.append(request)

        def pressed() -> bool:
            if not posted:
                self.page.get_by_role("button", name="Send question").click()
            return bool(posted)

        self.page.on("request", note)
        self.tab.has_until(pressed)
        self.page.remove_listener("request", note)

    def ask(self, text: str) -> int:
        """Send a question; gives its number, as the page shows it to its author."""
        self.write(text)
        self.press_send()
        return self.number_of(text)

    def number_of(self, text: str) -> int:
        """The number of one's own question with these words."""
        own = self.page.locator("#mine > li").filter(has_text=text)
        expect(own).to_have_count(1)
        return int(re.findall(r"\d+", own.get_attribute("id") or "")[0])

    def own(self, number: int) -> Locator:
        """One's own question, with what has become of it."""
        return self.page.locator(f"#mine > #mine-{number}")


class Colleague(Person):
    """A member of staff at their screen, the triage queue or the desk."""

    def press(self, number: int, name: str) -> None:
        """Press the button of a question that begins with these words."""
        self.button(number, name).click()

    def button(self, number: int, name: str) -> Locator:
        return self.question(number).get_by_role("button", name=re.compile(f"^{name}\\b"))

    def opened(self, number: int) -> Locator:
        """The box with everything that can be done to a question that one has open."""
        return self.page.locator(f"#opened > #open-{number}")

    def open(self, number: int) -> Locator:
        """Open a question, so that nobody else decides it meanwhile."""
        self.press(number, "Open")
        expect(self.opened(number)).to_be_visible()
        return self.opened(number)

    def step(self, number: int, name: str) -> Locator:
        """Unfold what one can do to the question that one has open; gives what is in there."""
        part = (
            self.opened(number)
            .locator("details")
            .filter(has=self.page.locator("> summary", has_text=name))
        )
        part.locator("> summary").click()
        return part

    def decide(self, number: int, name: str) -> None:
        """Open a question and press the button that its box has for this."""
        self.open(number).get_by_role("button", name=re.compile(f"^{name}\\b")).click()

    def choose(self, number: int, name: str, choice: str) -> None:
        """Open a question and decide as this step offers to, by picking a choice."""
        self.open(number)
        self.step(number, name).get_by_role("button", name=choice).click()

    def note(self, number: int, name: str, words: str) -> None:
        """Open a question and decide as this step offers to, with a note for colleagues."""
        self.open(number)
        part = self.step(number, name)
        part.get_by_role("textbox").fill(words)
        part.get_by_role("button", name=name).click()

    def reword(self, number: int, wording: str) -> Locator:
        """Open a question and write what is to be published of it; gives what it is sent with."""
        self.open(number)
        part = self.step(number, "Edit and approve")
        self.wording(number).fill(wording)
        return part.get_by_role("button", name="Approve this wording")

    def wording(self, number: int) -> Locator:
        """The box for what is to be published of the question that one has open."""
        return self.opened(number).get_by_label("The public sees only this wording.")

    def unfold(self, number: int, name: str) -> None:
        """Open the part of a question's card that its summary names."""
        self.question(number).locator("summary").filter(has_text=name).click()

    def claim(self, number: int) -> Locator:
        """The box in which one answers a question that one has claimed."""
        return self.page.locator(f"#claims > #claim-{number}")

    def answer_box(self, number: int) -> Locator:
        return self.claim(number).get_by_label("Your answer.")

    def is_told(self, *words: str) -> None:
        """Why a command did not happen is in sight: on the screen, or on a page of its own."""
        for each in words:
            told = self.page.locator("#live-status, [data-note], main:not([data-live]) p")
            expect(told.filter(has_text=each).first).to_be_visible()

    def publish(self, number: int, button: str = "Publish the answer") -> None:
        self.claim(number).get_by_role("button", name=button).click()


class House:
    """The service, and the way in for everybody."""

    def __init__(self, service: Service, open_tab: OpenTab, keys: Keys) -> None:
        self.service, self._open_tab, self._keys = service, open_tab, keys

    def clerk(self, username: str) -> StaffClient:
        """A member of staff whom nobody needs to watch: commands only, no screen."""
        return self._keys.client(self.service, username)

    def _tab(self, *, scripts: bool, viewport: ViewportSize, **options: Any) -> Tab:
        return self._open_tab(
            self.service.url, viewport=viewport, java_script_enabled=scripts, **options
        )

    def reader(
        self, *, scripts: bool = True, phone: bool = False, slug: str = SLUG, lang: str = ""
    ) -> Reader:
        """Somebody at the public page, for the first time."""
        viewport = PHONE if phone else DESKTOP
        tab = self._tab(scripts=scripts, viewport=viewport, is_mobile=phone, has_touch=phone)
        reader = Reader(tab, f"{lang and '/' + lang}/sessions/{slug}", scripts=scripts)
        reader.arrive()
        return reader

    def colleague(
        self,
        username: str,
        screen: str,
        *,
        scripts: bool = True,
        phone: bool = False,
        slug: str = SLUG,
    ) -> Colleague:
        """A member of staff at their screen."""
        viewport = PHONE if phone else DESKTOP
        tab = self._tab(scripts=scripts, viewport=viewport, is_mobile=phone, has_touch=phone)
        colleague = Colleague(tab, f"/staff/sessions/{slug}/{screen}", scripts=scripts)
        kept = self.service.url, username
        tab.context.add_cookies(self._keys.cookies.get(kept, []))
        colleague.arrive()
        if "/staff/sign-in" in tab.page.url:
            self.sign_in(colleague, username)
            self._keys.cookies[kept] = tab.context.cookies()
        return colleague

    def visitor(self, path: str, *, scripts: bool = True) -> Colleague:
        """A window of somebody who has not signed in yet."""
        return Colleague(self._tab(scripts=scripts, viewport=DESKTOP), path, scripts=scripts)

    def sign_in(self, colleague: Colleague, username: str) -> None:
        """Go to one's screen by way of the door."""
        page = colleague.tab.open(colleague.path)
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{colleague.path}")
        colleague.settle()
