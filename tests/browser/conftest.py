"""A real browser, and tabs that notice when a page breaks its promises.

Every tab that a test opens is judged when the test ends: no violation of the content security
policy, no uncaught error, nothing unexpected on the console, no request to anywhere else.

Playwright's loop runs in this thread for as long as it is started, and no other loop may run then.
So it is started for one module of tests and stopped after it, and browser tests are plain
functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    sync_playwright,
)

from tests.browser.clientapp import Room, Stage

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A redirect passes a tab's judge by, so nothing else than this machine is to be found at all.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
DEADLINE = 15.0
"""Seconds that a condition in the browser may take to come true on a busy machine."""

WATCH = """
  addEventListener('securitypolicyviolation', event => globalThis.reportViolation(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

ASSETS = {"font", "image", "manifest", "script", "stylesheet"}

# What a browser prints by itself when a server or a network is away, as tests arrange it.
AWAY = re.compile(r"WebSocket connection to|Failed to load resource")


class Tab:
    """A page in a context of its own, and what it did wrong.

    Origins in ``leads_to`` may be navigated to (the exit button does); they are answered here,
    with an empty page, and never reached.
    """

    def __init__(self, context: BrowserContext, origin: str, leads_to: tuple[str, ...]) -> None:
        self.context = context
        self.origin = origin
        self.violations: list[str] = []
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self._leads_to = leads_to
        context.expose_binding("reportViolation", lambda _, text: self.violations.append(text))
        context.add_init_script(WATCH)
        context.route(re.compile("^https?://"), self._judge)
        self.page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("response", self._check)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught {error}"))

    def _judge(self, route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" == self.origin:
            route.fallback()
        elif request.url in self._leads_to and request.is_navigation_request():
            route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")
        else:
            self.strangers.append(request.url)
            route.abort()

    def _check(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in ASSETS:
            self.complaints.append(f"{response.status} {response.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not AWAY.search(message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> Page:
        """Go to ``path``, and return once its scripts have run."""
        self.page.goto(self.origin + path, wait_until="load")
        return self.page

    def until(self, expression: str, seconds: float = DEADLINE) -> Any:
        """Poll ``expression`` until it is true; return what it gave, or say what it never was.

        Not ``wait_for_function``: that one uses eval, which the policy of the page refuses.
        """
        end = monotonic() + seconds
        while True:
            if found := self.page.evaluate(expression):
                return found
            assert monotonic() < end, f"never came true: {expression}"
            self.page.wait_for_timeout(20)

    def at(self, position: int) -> None:
        """Wait until everything up to ``position`` is on the page."""
        self.until(f"document.querySelector('[data-position]').dataset.position === '{position}'")

    def flush(self) -> None:
        """Wait until whatever the page has asked for by now has reached the server."""
        self.page.evaluate("fetch('/', {method: 'HEAD'}).then(answer => answer.status)")

    def has_until(self, condition: Callable[[], object], seconds: float = DEADLINE) -> None:
        """Poll ``condition`` on this side, letting the browser go on meanwhile."""
        end = monotonic() + seconds
        while not condition():
            assert monotonic() < end, "never came true"
            self.page.wait_for_timeout(20)

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA and of best practice that axe-core sees, in words."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES
        )
        return [
            f"{each['id']} ({each['impact']}): {node['html'][:120]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def faults(self) -> list[str]:
        """Everything that this tab did wrong so far."""
        return [
            *(f"policy: {each}" for each in self.violations),
            *(f"console: {each}" for each in self.complaints),
            *(f"elsewhere: {each}" for each in self.strangers),
        ]


OpenTab = Callable[..., Tab]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server for the client code alone, on loopback.

    Each test has its own: what a page sends while it is closed may come when the next test is on.
    """
    with Stage().open() as opened:
        yield opened


@pytest.fixture
def room(stage: Stage) -> Room:
    """A fresh room on that server."""
    stage.room = Room()
    return stage.room


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Open tabs on an origin; each must be without fault when the test ends."""
    tabs: list[Tab] = []

    def opened(origin: str, *, leads_to: tuple[str, ...] = (), **options: Any) -> Tab:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        tab = Tab(browser.new_context(**options), origin, leads_to)
        tabs.append(tab)
        return tab

    yield opened
    faults = [fault for tab in tabs for fault in tab.faults()]
    for tab in tabs:
        tab.context.close()
    assert faults == []
