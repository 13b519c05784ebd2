"""A page with five hundred answers: one more is one node, no other is laid out anew, and what comes
and goes leaves nothing behind. (How long it takes: `bench/page.py`.)"""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.hour import Hour
from tests.browser.weighing import Cost, traced, weight
from tests.service import Service

ANSWERS = 500
TIMES = 5
WATCH = """() => {
  window.changes = [];
  new MutationObserver(records => {
    for (const {type, target, attributeName, addedNodes, removedNodes} of records) {
      // How far the page has come stands on the list.
      if (attributeName === 'data-position') continue;
      window.changes.push([type, target.id, addedNodes.length, removedNodes.length]);
    }
  }).observe(document.getElementById('transcript'),
    {childList: true, subtree: true, attributes: true, characterData: true});
}"""


@pytest.fixture(scope="module")
def hour(service: Service, slug: str) -> Hour:
    """The session of this module, with all those answers."""
    found = Hour(service, slug, ANSWERS, unanswered=4 * TIMES)
    found.begin()
    return found


@pytest.fixture
def tab(service: Service, slug: str, hour: Hour, open_tab: OpenTab) -> Tab:
    tab = open_tab(service.url)
    tab.open(f"/sessions/{slug}")
    shows(tab, hour.answer_one(hour.approve_one()))
    return tab


def shows(tab: Tab, position: int) -> None:
    """Wait until the page has come that far."""
    tab.until(f"document.querySelector('[data-position]').dataset.position >= {position}")


def costs(browser: Browser, page: Page, hour: Hour) -> list[Cost]:
    numbers = [hour.approve_one() for _ in range(TIMES)]
    return traced(browser, page, [partial(hour.answer_one, number) for number in numbers])


def test_one_more_answer_is_one_node_and_no_other_is_touched(tab: Tab, hour: Hour) -> None:
    assert tab.page.locator("#transcript > li").count() > ANSWERS
    tab.page.evaluate(WATCH)
    shows(tab, hour.answer_one(hour.approve_one()))
    assert tab.page.evaluate("window.changes") == [["childList", "transcript", 1, 0]]


def test_one_more_answer_lays_out_itself_and_not_the_list(
    tab: Tab, hour: Hour, browser: Browser
) -> None:
    found = costs(browser, tab.page, hour)
    assert len(found) == TIMES
    for cost in found:
        assert cost.objects > 20 * ANSWERS
        assert cost.laid_out < ANSWERS


def test_a_script_that_touches_every_answer_for_each_new_one_is_noticed(
    tab: Tab, hour: Hour, browser: Browser
) -> None:
    """Control."""
    tab.page.evaluate("""() => {
      const list = document.getElementById('transcript');
      new MutationObserver(() => {
        for (const item of list.children) item.style.paddingLeft = `${list.children.length % 7}px`;
      }).observe(list, {childList: true});
    }""")
    found = costs(browser, tab.page, hour)
    assert any(cost.laid_out > ANSWERS for cost in found)


def test_what_comes_and_goes_leaves_nothing_behind(tab: Tab, hour: Hour) -> None:
    shows(tab, hour.pass_by(40))
    before = weight(tab.page)
    for _ in range(12):
        shows(tab, hour.pass_by(10))
    after = weight(tab.page)
    assert tab.page.locator("#waiting > li").count() == 0
    assert after.listeners <= before.listeners + 4
    assert after.loose <= before.loose + 400
    tab.page.evaluate("""() => {
      window.kept = [];
      new MutationObserver(records => window.kept.push(...records))
        .observe(document.getElementById('waiting'), {childList: true, subtree: true});
    }""")
    for _ in range(12):
        shows(tab, hour.pass_by(10))
    # Control: somebody who holds on to what is gone.
    assert weight(tab.page).loose > after.loose + 400
