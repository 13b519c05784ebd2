"""Exit this page, by its script: at once, whoever answers, and leaving nothing to come back to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.browser.clientapp import EXIT, Room, Stage
from tests.browser.conftest import OpenTab

BUTTON = ".govuk-exit-this-page__button"
STAY = "document.querySelector('.govuk-exit-this-page').dataset.exitUrl = '#main-content'"
"""So that the page stands still after it was left, as when what comes next is slow."""
STORE = """
  sessionStorage.setItem('askpanel:draft:x', 'Nobody should read this');
  localStorage.setItem('anything', 'Nor this');
  localStorage.setItem('askpanel-keymap', '{}');
"""
STORED = "[...Object.keys(sessionStorage), ...Object.keys(localStorage)]"
KEPT_WHOLE = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def leave(page: Page, by: str) -> None:
    if by == "button":
        page.click(BUTTON)
        return
    page.focus("#transcript-heading")
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("by", ["button", "keyboard"])
def test_leaving_quickly_leaves_nothing_to_come_back_to(
    stage: Stage, room: Room, open_tab: OpenTab, by: str
) -> None:
    tab = open_tab(stage.origin, leads_to=(EXIT,))
    page = tab.open("/before")
    page.click("main a")
    tab.has_until(lambda: room.listening == 1)
    page.fill("#text", "Nobody should read this")
    entries = page.evaluate("history.length")
    with page.expect_request(EXIT) as left:
        leave(page, by)
    page.wait_for_url(EXIT)
    assert "referer" not in left.value.headers
    tab.has_until(lambda: room.hung_up and room.left == ["POST"])
    assert page.evaluate("history.length") == entries
    page.go_back()
    assert page.url.endswith("/before")


def test_shift_pressed_as_one_writes_is_no_way_out(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin)
    page = tab.open("/sessions/x")
    page.focus("#text")
    for key in ("Shift", "Shift+I", "Shift", "Shift+A"):
        page.keyboard.press(key)
    assert page.is_visible("h1")
    assert room.left == []


def test_the_way_out_clears_the_page_before_it_goes(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    # A page that is slow to arrive leaves this one standing: by then nothing may be read on it.
    tab = open_tab(stage.origin)
    page = tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    page.fill("#text", "Nobody should read this")
    page.evaluate(STORE + STAY)
    page.click(BUTTON)
    tab.has_until(lambda: room.hung_up == [1000])
    assert page.inner_text("body").strip() == "Loading."
    assert page.locator("h1, textarea, #transcript").count() == 0
    assert page.title() == "Loading."
    # What staff have chosen for their own screens is no trace of anybody who asks.
    assert page.evaluate(STORED) == ["askpanel-keymap"]


def test_nobody_waits_for_a_server_that_cannot_be_reached(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin, leads_to=(EXIT,))
    page = tab.open("/sessions/x")
    tab.context.set_offline(offline=True)
    page.click(BUTTON)
    page.wait_for_url(EXIT)
    assert room.left == []


def test_a_question_on_its_way_does_not_come_behind_the_exit(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    # Its answer would bring the cookie back that the exit has just had dropped.
    tab = open_tab(stage.origin)
    page = tab.open("/sessions/x")
    page.evaluate(STAY)
    given_up: list[str] = []

    def note(request: Request) -> None:
        given_up.append(request.url.rpartition("/")[2])

    page.on("requestfailed", note)
    room.gate.clear()
    page.fill("#text", "Too late?")
    page.click("#ask .govuk-button")
    tab.has_until(lambda: room.posted)
    page.click(BUTTON)
    tab.has_until(lambda: room.left == ["POST"])
    room.gate.set()
    assert given_up == ["questions"]
    assert page.inner_text("body").strip() == "Loading."


def test_a_page_that_the_browser_kept_whole_is_asked_for_anew(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin)
    page = tab.open("/sessions/x")
    page.evaluate(STAY)
    page.click(BUTTON)
    fetched = len(room.fetched)
    page.evaluate(KEPT_WHOLE)
    tab.has_until(lambda: len(room.fetched) == fetched + 1)
    page.wait_for_selector("h1")
