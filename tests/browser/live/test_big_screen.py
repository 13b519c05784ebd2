"""The big screen of a hall: what is new comes, what was takes turns, what is long is turned page by
page, and nobody needs to touch it. (An hour of that: `test_big_screen_hour.py`.)"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.evening import Evening
from tests.browser.live.inspector import NARROWEST, Inspector
from tests.service import Service

HALL: Any = {"width": 1920, "height": 1080}
SIZES: Any = (HALL, {"width": 1280, "height": 800}, {"width": 375, "height": 800})
AT_REST = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SHOWN = "[...document.querySelectorAll('#transcript > li:not([hidden])')].map(item => item.id)"
LONG = "Those who answer have heard it before, and know what to do next. " * 60


@pytest.fixture
def path(slug: str) -> str:
    return f"/sessions/{slug}/screen"


@pytest.fixture
def hall(service: Service, open_tab: OpenTab, evening: Evening, path: str) -> Tab:
    """The screen in a hall. Its clock is the test's, but for its line to us."""
    tab = open_tab(service.url, viewport=HALL)
    tab.page.clock.install()
    tab.open(path)
    return tab


def pass_time(tab: Tab, seconds: float) -> None:
    tab.page.clock.run_for(int(seconds * 1000))


def shown(tab: Tab) -> list[str]:
    found: list[str] = tab.page.evaluate(SHOWN)
    return found


def scrolls(page: Page) -> bool:
    """Whether there is anything to scroll for."""
    sizes = page.evaluate(
        "(({scrollWidth, scrollHeight}) => [scrollWidth - innerWidth, scrollHeight - innerHeight])"
        "(document.documentElement)"
    )
    return any(each > 0 for each in sizes)


def test_what_comes_is_shown_and_what_was_takes_turns(hall: Tab, evening: Evening) -> None:
    first = evening.answered("Is it against the law?", "Yes.")
    expect(hall.page.locator(f"#question-{first}")).to_be_visible()
    numbers = [evening.answered(f"And if it happened {n} times?", "Talk to us.") for n in range(5)]
    hall.until("document.querySelectorAll('#transcript > li').length >= 6")
    pass_time(hall, 10)
    newest = [f"question-{number}" for number in numbers]
    assert shown(hall)[-1] == newest[-1]
    assert 1 <= len(shown(hall)) <= 3
    seen = set(shown(hall))
    for _ in range(8):
        pass_time(hall, 46)
        assert not scrolls(hall.page)
        seen |= set(shown(hall))
    assert {f"question-{first}", *newest} <= seen


def test_what_is_longer_than_the_screen_is_turned_page_by_page(hall: Tab, evening: Evening) -> None:
    number = evening.answered("What will happen to me?", LONG)
    expect(hall.page.locator(f"#question-{number}")).to_be_attached()
    told, pages = hall.page.locator("#screen-page"), set[tuple[int, int]]()
    for _ in range(400):
        pass_time(hall, 5)
        if shown(hall) == [f"question-{number}"]:
            page, count = map(int, re.findall(r"\d+", told.inner_text()))
            pages.add((page, count))
    # A word on the connection makes it more of them for a while.
    assert any({(n + 1, count) for n in range(count)} <= pages for _, count in pages if count > 1)
    assert not scrolls(hall.page)


def test_who_is_answering_and_how_many_wait_comes_live(hall: Tab, evening: Evening) -> None:
    number = evening.approved("Who is told?")
    expect(hall.page.locator("#screen-queue")).to_contain_text("waiting")
    before = int(hall.page.inner_text("#screen-queue").split()[0])
    evening.give("morgan", number, "claim")
    expect(hall.page.locator("#waiting")).to_contain_text("Who is told?")
    expect(hall.page.locator("#screen-queue")).to_have_text(
        f"{before - 1} questions are waiting" if before != 2 else "1 question is waiting"
    )


def test_it_can_be_paused_by_whoever_comes_to_it(hall: Tab, evening: Evening) -> None:
    for n in range(5):
        evening.answered(f"Shall I wait {n} days?", "No, call us today.")
    pass_time(hall, 46)
    button = hall.page.locator("#screen-pause")
    expect(button).to_be_hidden()
    hall.page.keyboard.press("Tab")
    while not button.evaluate("each => each === document.activeElement"):
        hall.page.keyboard.press("Tab")
    expect(button).to_be_visible()
    hall.page.keyboard.press("Enter")
    before = shown(hall)
    for _ in range(4):
        pass_time(hall, 46)
        assert shown(hall) == before
    hall.page.keyboard.press("Enter")
    hall.until("document.getElementById('screen-pause').getAttribute('aria-pressed') === 'false'")
    seen = [shown(hall)]
    while seen[-1] == before:
        assert len(seen) < 60
        pass_time(hall, 10)
        seen.append(shown(hall))


@pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_page_is_for_everybody_on_every_screen(
    service: Service, open_tab: OpenTab, evening: Evening, path: str, lang: str, scripts: bool
) -> None:
    evening.answered("What will happen to me?", LONG)
    evening.give("morgan", evening.approved("Who answers?"), "claim")
    # Nothing is on its way to its place while it is judged.
    tab = open_tab(service.url, viewport=HALL, reduced_motion="reduce")
    inspector = Inspector(tab, lang, scripts=scripts)
    page = tab.open(lang + path)
    wrong = []
    for size in SIZES:
        page.set_viewport_size(size)
        page.evaluate(AT_REST)
        wrong += [f"{size['width']}: {each}" for each in inspector.tab.axe()]
    assert wrong == []
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
    assert page.get_attribute("html", "lang") == (lang[1:] or "en")


def test_without_scripts_it_is_fetched_anew_with_the_newest_on_top(
    service: Service, open_tab: OpenTab, evening: Evening, path: str
) -> None:
    older, newer = (evening.answered(f"Question {n}?", "Yes.") for n in (1, 2))
    page = open_tab(service.url, viewport=HALL, java_script_enabled=False).open(path)
    above, below = (page.locator(f"#question-{n}").bounding_box() for n in (newer, older))
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"]
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
