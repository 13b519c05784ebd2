"""A reader at a page with hundreds of answers, in a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from bench.rig.product import SETTINGS
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.live.hour import SHOWN_A_TURN, Hour
from tests.browser.weighing import Cost, Weight, traced, weight
from tests.service import SLUG, Service

SCREEN = {"width": 1280, "height": 900}
PATIENCE = 60.0
"""Seconds that the page may take to catch up before the run is given up."""
TURNS_AT_ONCE = 10


@contextmanager
def long_page(answers: int, further: int) -> Iterator[tuple[Service, Hour]]:
    """The product, with a session that has so many answers, and questions for further ones."""
    service = Service(None, **SETTINGS)
    try:
        service.start()
        service.prepare()
        hour = Hour(service, SLUG, answers, further)
        hour.begin()
        yield service, hour
    finally:
        service.close()


@contextmanager
def reader(service: Service) -> Iterator[tuple[Browser, Page]]:
    """Somebody at the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport=SCREEN).new_page()  # type: ignore[arg-type]
        page.goto(f"{service.url}/sessions/{SLUG}")
        yield browser, page
        browser.close()


def caught_up(page: Page, position: int) -> None:
    """Wait until the page shows everything up to a position."""
    end = time.monotonic() + PATIENCE
    while (
        int(page.evaluate("document.querySelector('[data-position]').dataset.position")) < position
    ):
        assert time.monotonic() < end, "the page does not catch up"
        page.wait_for_timeout(20)


def appends(browser: Browser, page: Page, hour: Hour, times: int) -> list[Cost]:
    """Answers one after the other, under the browser's trace; the first, before it, is not."""
    numbers = [hour.approve_one() for _ in range(times + 1)]
    caught_up(page, hour.answer_one(numbers.pop()))
    found = traced(browser, page, [partial(hour.answer_one, number) for number in numbers])
    assert len(found) == times, f"{len(found)} of {times} answers are in the trace"
    return found


def replay(page: Page, hour: Hour, events: int) -> Weight:
    """So many events on the page, as fast as it takes them; and what it weighs then."""
    turns = -(-events // SHOWN_A_TURN)
    while turns > 0:
        caught_up(page, hour.pass_by(min(turns, TURNS_AT_ONCE)))
        turns -= TURNS_AT_ONCE
    return weight(page)
