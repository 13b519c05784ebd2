"""A session in a frame of another site: the site that the settings name shows it, fitted to what is
in it; another gets nothing; and whoever reads there has no cookie, and two ways out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.conftest import DEADLINE, OpenTab
from tests.browser.live.evening import Evening
from tests.browser.live.inspector import Inspector
from tests.documents import document
from tests.engines import free_port
from tests.service import Service

PORT = free_port()
ALLOWED, OTHER = f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"
SETTINGS = {
    "EMBED_ORIGINS": f"https://charity.example,{ALLOWED}",
    "EXIT_URL": "https://away.example/",
}
SNIPPET = re.search(r"```html\n(.+?)```", document("docs/embedding.md"), re.DOTALL)
HEARD = "addEventListener('message', event => heard.push([event.origin, event.data]))"


class Site(BaseHTTPRequestHandler):
    """A force's own site: its page has in it what our document says to copy."""

    page = ""
    isolated = False

    def do_GET(self) -> None:
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if self.isolated:
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@contextmanager
def site(page: str, *, isolated: bool = False) -> Iterator[None]:
    """The force's site, at both its names. If it isolates itself, it asks more of its frames."""
    handler = type("Page", (Site,), {"page": page, "isolated": isolated})
    with ThreadingHTTPServer(("127.0.0.1", PORT), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def force(service: Service, evening: Evening) -> Iterator[None]:
    """Its page, with the snippet as it is documented and the session of this evening in it."""
    assert SNIPPET is not None
    snippet = SNIPPET[1].replace("https://ask.example.org", service.url)
    snippet = snippet.replace("/stop-it-now/", f"/{evening.slug}/")
    words = f"<script>const heard = []; {HEARD}</script><h1>News of the force</h1>{snippet}"
    with site(f"<!DOCTYPE html><title>The force</title>{words}", isolated=True):
        yield


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    yield context
    context.close()


def until(page: Page, condition: Callable[[], object]) -> None:
    """Poll a condition, letting the browser go on meanwhile."""
    end = monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, "never came true"
        page.wait_for_timeout(20)


def framed(page: Page) -> Frame:
    """The frame on the force's page, once it has been loaded, or was refused."""
    until(page, lambda: len(page.frames) == 2 and page.frames[1].url not in ("", "about:blank"))
    return page.frames[1]


def height(page: Page) -> int:
    return int(page.get_attribute("#askpanel", "height") or 0)


def test_the_site_in_the_settings_shows_it_and_fits_the_frame_to_it(
    evening: Evening, service: Service, force: None, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(ALLOWED)
    until(page, lambda: height(page) != 600)
    first, frame = height(page), framed(page)
    evening.answered("Is it too late?", "It never is.\n\n" * 12)
    expect(frame.locator("#transcript > li")).to_have_count(1)
    until(page, lambda: height(page) > first + 200)
    assert frame.evaluate("document.documentElement.scrollHeight") == height(page)
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    origins, messages = zip(*page.evaluate("heard"), strict=True)
    assert set(origins) == {service.url}
    assert messages[-1] == {"askpanel": "resize", "slug": evening.slug, "height": height(page)}


def test_another_site_gets_nothing_to_show_and_no_message(
    force: None, context: BrowserContext
) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(OTHER)
    frame = framed(page)
    until(page, lambda: any("frame-ancestors" in each for each in complaints))
    assert frame.url.startswith("chrome-error:")
    assert page.evaluate("heard") == []


def test_a_page_that_hides_where_it_is_is_told_only_if_it_is_the_right_one(
    service: Service, evening: Evening, context: BrowserContext
) -> None:
    address = f"{service.url}/sessions/{evening.slug}/embed"
    hiding = "Object.defineProperty(Location.prototype, 'ancestorOrigins', {value: []})"
    context.add_init_script(f"if (parent !== window) {hiding}")
    quiet = f'<iframe id="askpanel" src="{address}" referrerpolicy="no-referrer"></iframe>'
    with site(f"<!DOCTYPE html><script>const heard = []; {HEARD}</script>{quiet}"):
        page = context.new_page()
        page.goto(ALLOWED)
        until(page, lambda: page.evaluate("heard.length"))
        assert framed(page).evaluate("document.referrer") == ""
        assert {origin for origin, _ in page.evaluate("heard")} == {service.url}


def test_whoever_has_asked_is_a_reader_there_without_a_cookie(
    evening: Evening, service: Service, force: None, context: BrowserContext
) -> None:
    sam = context.new_page()
    sam.goto(f"{service.url}/sessions/{evening.slug}")
    sam.get_by_label("Your question", exact=True).fill("Does the force see me?")
    sam.get_by_role("button", name="Send question").click()
    expect(sam.locator("#mine > li")).to_have_count(1)
    assert context.cookies()
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("cookie", "")))
    heard: list[str] = []

    def listen(payload: str | bytes) -> None:
        heard.append(str(payload))

    page.on("websocket", lambda line: line.on("framereceived", listen))
    page.goto(ALLOWED)
    expect(framed(page).locator("#transcript")).to_be_attached()
    until(page, lambda: heard)
    assert set(sent) == {""}
    assert "Does the force see me?" not in framed(page).content() + "".join(heard)
    assert not framed(page).locator("textarea, #mine").count()


def test_to_ask_one_gets_the_full_page_in_a_tab_of_its_own(
    evening: Evening, service: Service, force: None, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(ALLOWED)
    with context.expect_page() as opened:
        framed(page).get_by_role("link", name="Ask a question").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{service.url}/sessions/{evening.slug}"
    assert opened.value.evaluate("opener === null")
    expect(opened.value.get_by_label("Your question", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_exit_takes_the_whole_tab_away(
    browser: Browser, evening: Evening, force: None, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    context.route("https://away.example/", lambda route: route.fulfill(body="Away"))
    page = context.new_page()
    page.goto(ALLOWED)
    framed(page).get_by_role("link", name="Exit this page").click()
    page.wait_for_url("https://away.example/")
    context.close()


@pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_page_is_for_everybody(
    evening: Evening, service: Service, open_tab: OpenTab, lang: str, scripts: bool
) -> None:
    evening.answered("Is there help?", "There is.", by="lucy")
    evening.give("morgan", evening.approved("Who answers?"), "claim")
    inspector = Inspector(open_tab(service.url), lang, scripts=scripts)
    inspector.visit(f"/sessions/{evening.slug}/embed")
    assert inspector.wrong == []
