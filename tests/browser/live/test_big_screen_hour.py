"""An hour of the big screen without a hand on it: the service gone in the middle, all that happens
meanwhile; and at the end it shows what a page fetched then shows, and is no heavier."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from askpanel.chat.bigscreen import KEPT
from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.hour import Hour
from tests.browser.weighing import weight
from tests.service import Service

HALL: Any = {"width": 1920, "height": 1080}
STEP_S = 30
STEPS = 120
"""An hour, half a minute at a time: the line is given up for dead after 45 seconds of silence."""
AWAY = range(60, 66)
"""The steps in which nothing answers."""
STANDS = """() => ['transcript', 'waiting', 'announcements', 'screen-queue', 'phase'].map(id => {
  const copy = document.getElementById(id).cloneNode(true);
  for (const each of copy.querySelectorAll('[hidden]')) each.hidden = false;
  // What a clock keeps.
  copy.querySelector('[data-now]')?.remove();
  return copy.innerHTML.trim();
})"""


def stands(page: Page) -> list[str]:
    """Everything on the page that the session decides."""
    found: list[str] = page.evaluate(STANDS)
    return found


def shows(tab: Tab, position: int) -> bool:
    """Whether a page has come that far, letting its clock go on meanwhile."""
    tab.page.clock.run_for(1000)
    at = tab.page.evaluate("document.querySelector('[data-position]').dataset.position")
    return int(at) >= position


def test_an_hour_of_the_big_screen_without_a_hand_on_it(
    service: Service, slug: str, open_tab: OpenTab
) -> None:
    hour = Hour(service, slug, answers=KEPT + 3, unanswered=40)
    hour.begin()
    tab = open_tab(service.url, viewport=HALL)
    tab.page.clock.install()
    page = tab.open(f"/sessions/{slug}/screen")
    page.evaluate("window.sameDocument = true")
    lightest = None
    for step in range(STEPS):
        if step == AWAY.start:
            service.kill()
        if step == AWAY.stop:
            service.start()
        if step not in AWAY:
            position = hour.pass_by(2)
            if step % 4 == 0:
                position = hour.answer_one(hour.approve_one())
            tab.has_until(lambda position=position: shows(tab, position), 60)  # type: ignore[misc]
        page.clock.run_for(STEP_S * 1000)
        assert page.locator("#transcript > li").count() <= KEPT
        assert page.locator("#transcript > li:not([hidden])").count() in (1, 2, 3)
        if step == 20:
            lightest = weight(page)
    assert page.evaluate("window.sameDocument") is True

    fresh = open_tab(service.url, viewport=HALL).open(f"/sessions/{slug}/screen")
    assert stands(page) == stands(fresh)
    assert lightest is not None
    heaviest = weight(page)
    assert heaviest.listeners <= lightest.listeners + 4
    assert heaviest.loose <= lightest.loose + 400
    assert heaviest.heap_kb <= lightest.heap_kb + 1000


def test_what_is_taken_back_makes_room_for_what_was_before_it(
    service: Service, slug: str, open_tab: OpenTab
) -> None:
    tab = open_tab(service.url, viewport=HALL)
    page = tab.open(f"/sessions/{slug}/screen")
    tab.until(f"document.querySelectorAll('#transcript > li').length === {KEPT}")
    first = page.locator("#transcript > li").first.get_attribute("id")
    # As a frame takes out what was put back to the panel: the page lacks the answer before those.
    page.evaluate("""() => {
      document.querySelector('#transcript > li:last-child').remove();
      document.dispatchEvent(new CustomEvent('live:applied', {detail: document}));
    }""")
    tab.until(f"document.querySelectorAll('#transcript > li').length === {KEPT}")
    assert page.locator("#transcript > li").first.get_attribute("id") == first
