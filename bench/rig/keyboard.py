"""A moderator at the triage screen, in a browser: from a key to the next picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from playwright.sync_api import Page, sync_playwright

from bench.rig.filling import fill
from bench.rig.product import SETTINGS
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.service import PASSWORD, SLUG, Service

SCREEN = {"width": 1280, "height": 900}
PATIENCE = 30.0
"""Seconds that one step may take before the run is given up."""

# A key is timed from the browser's own stamp of the press to the first task after the frame in
# which what it changed was painted.
WATCH = """
  window.taken = [];
  let pressed = 0;
  const painted = then => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  });
  addEventListener('keydown', event => { pressed = event.timeStamp; }, true);
  const done = () => {
    const began = pressed;
    if (began) painted(() => window.taken.push(performance.now() - began));
  };
  addEventListener('focusin', done, true);
  addEventListener('input', done, true);
"""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The page itself: KB as it is and as it came, and ms from asking for it until its first
    picture and until its scripts had run, so that keys work."""

    page_kb: float
    sent_kb: float
    painted_ms: float
    ready_ms: float


@contextmanager
def waiting(questions: int) -> Iterator[Service]:
    """The product, with so many questions waiting."""
    service = Service(None, **SETTINGS)
    try:
        service.start()
        service.prepare()
        fill(service.folder / "data", questions, ("pending",))
        service.stop()
        service.start()
        yield service
    finally:
        service.close()


@contextmanager
def moderator(service: Service) -> Iterator[Page]:
    """Asha, signed in and at the triage screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport=SCREEN).new_page()  # type: ignore[arg-type]
        page.add_init_script(WATCH)
        page.goto(f"{service.url}/staff/sessions/{SLUG}/triage")
        page.get_by_label("Username").fill("asha")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/triage")
        yield page
        browser.close()


def opening(page: Page) -> Opening:
    """Load the screen again, scripts and styles in the cache, and time that."""
    page.reload(wait_until="load")
    until(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
    found = page.evaluate("""() => {
      const entry = performance.getEntriesByType('navigation')[0];
      return {
        page_kb: entry.decodedBodySize / 1e3, sent_kb: entry.encodedBodySize / 1e3,
        painted_ms: performance.getEntriesByName('first-contentful-paint')[0].startTime,
        ready_ms: entry.domContentLoadedEventEnd,
      };
    }""")
    return msgspec.convert(found, Opening)


def until(page: Page, expression: str) -> None:
    """Poll until it is true. Not `wait_for_function`, which the page's policy refuses."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(5)


def timed(page: Page, press: Callable[[], None], done: str) -> float:
    """Ms from a press to the picture in which `done` holds."""
    page.evaluate("() => { window.taken.length = 0; }")
    press()
    until(page, f"({done}) && window.taken.length > 0")
    return float(page.evaluate("window.taken.at(-1)"))


def approvals(page: Page, times: int) -> list[float]:
    """Approve one question after the other by keyboard; the next one has the focus then."""
    page.click("[data-keys-start]")
    until(page, f"{CARD} !== ''")
    found = []
    for _ in range(times):
        number = page.evaluate(CARD)
        gone = f"!document.querySelector('#list-pending > #{number}') && {CARD} !== ''"
        found.append(timed(page, lambda: page.keyboard.press("a"), gone))
    return found


def keystrokes(page: Page, words: str) -> list[float]:
    """Type into the filter, and take it away again."""
    page.keyboard.press("/")
    until(page, "document.activeElement.id === 'filter-q'")
    keys = [*words, *["Backspace"] * len(words)]
    return [timed(page, lambda key=key: page.keyboard.press(key), "true") for key in keys]  # type: ignore[misc]


def steps(page: Page, times: int) -> list[float]:
    """From one question to the next."""
    page.click("[data-keys-start]")
    until(page, f"{CARD} !== ''")
    found = []
    for _ in range(times):
        number = page.evaluate(CARD)
        found.append(timed(page, lambda: page.keyboard.press("j"), f"{CARD} !== '{number}'"))
    return found


CARD = "(document.activeElement?.closest('#list-pending > li')?.id ?? '')"
