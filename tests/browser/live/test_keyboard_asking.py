"""Nothing but a keyboard, at the public page: read, ask, take back, pause, change the language, and
leave. Where the focus is can be seen all the time, nothing covers it (WCAG 2.2, 2.4.7 and 2.4.11),
and every control is come to and gone from (2.1.1, 2.1.2)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.browser.live.evening import Evening
from tests.browser.live.people import PHONE, Person
from tests.browser.live.test_keyboard_only import Hands

EXIT = "https://www.bbc.co.uk/weather"
NAME = """each => {
  const same = [...document.querySelectorAll(each.localName)].indexOf(each);
  return each.localName === 'body' ? '' : `${same}: ${each.outerHTML.slice(0, 160)}`;
}"""
PRESSED = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), textarea, select, summary')]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled)
  // Of radio buttons one is come to; the arrows lead to the others.
  .filter(each => each.type !== 'radio' || each.checked
    || each === document.querySelector(`[name=${each.name}]`))
  .map(NAME)""".replace("NAME", NAME)
AT = f"({NAME})(document.activeElement)"
COVERED = """() => {
  const focused = document.activeElement;
  const box = focused.matches('.govuk-radios__input, .govuk-checkboxes__input')
    ? focused.labels[0] : focused;
  const seen = [...box.getClientRects()].some(({left, right, top, bottom}) => {
    for (let x = left + 2; x < right; x += 8) {
      for (let y = top + 2; y < bottom; y += 4) {
        const on = document.elementFromPoint(x, y);
        if (on && (box.contains(on) || on.contains(box) || focused.contains(on))) return true;
      }
    }
    return false;
  });
  return seen ? '' : `covered: ${focused.outerHTML.slice(0, 120)}`;
}"""


class Asking(Hands):
    """Hands that also see to it that nothing lies on top of where they are."""

    def is_seen(self) -> None:
        super().is_seen()
        # A box of the page that was jumped to holds what lies on it.
        assert self.page.evaluate(COVERED) == ""

    def walk(self, key: str = "Tab") -> list[str]:
        """From one end of the page to the other; gives every stop."""
        stops = list[str]()
        while True:
            self.page.keyboard.press(key)
            at = self.page.evaluate(AT)
            if not at or at == (stops or [""])[0]:
                return stops
            assert at not in stops, f"trapped at {at}"
            self.is_seen()
            stops.append(at)


@pytest.fixture
def hands(evening: Evening, open_tab: OpenTab) -> Asking:
    """Somebody at a page with answers, who has asked."""
    for each in range(4):
        evening.answered(f"What was asked before, {each}?", "This.\n\nAnd that.")
    tab = open_tab(evening.house.service.url, leads_to=(EXIT,))
    sam = Person(tab, f"/sessions/{evening.slug}", scripts=True)
    sam.arrive()
    return Asking(sam)


@pytest.mark.parametrize("phone", [False, True])
def test_every_control_is_come_to_by_tab_and_none_keeps_one(hands: Asking, phone: bool) -> None:
    page = hands.page
    if phone:
        page.set_viewport_size(PHONE)
    there = hands.walk()
    assert set(page.evaluate(PRESSED)) - set(there) == set()
    assert hands.walk("Shift+Tab") == there[::-1]


def test_a_question_is_asked_and_taken_back(evening: Evening, hands: Asking) -> None:
    page = hands.page
    hands.press("Tab")
    hands.reach("a[href='#ask']")
    hands.press("Enter")
    hands.reach("#ask-text")
    page.keyboard.type("Can I do this without a mouse?")
    hands.reach("#ask form button[type=submit]:not([formaction])")
    hands.press("Enter")
    own = page.locator("#mine > li").first
    expect(own).to_contain_text("without a mouse")
    hands.is_seen()
    hands.reach("#mine form[action$=withdraw] button")
    hands.press("Enter")
    expect(own).to_have_attribute("data-state", "withdrawn")
    hands.is_seen()


def test_an_error_is_gone_to_from_its_summary(hands: Asking) -> None:
    hands.reach("#ask form button[type=submit]:not([formaction])")
    hands.page.keyboard.press("Enter")
    expect(hands.page.locator(".govuk-error-summary")).to_be_focused()
    hands.reach(".govuk-error-summary a")
    hands.press("Enter")
    expect(hands.page.locator("#ask-text")).to_be_focused()
    hands.is_seen()


def test_answers_are_paused_and_gone_to(evening: Evening, hands: Asking) -> None:
    page = hands.page
    hands.reach("#live-pause")
    hands.press("Enter")
    evening.answered("What came in the pause?", "This.")
    expect(page.locator("#live-pause")).to_have_text("Show 1 new answer")
    hands.is_seen()
    hands.press("Enter")
    expect(page.locator("#live-pause")).to_have_text("Pause new answers")
    expect(page.locator("#live-new")).to_have_text("1 new answer")
    # Backwards: whoever goes to it through the answers has met the new one on the way.
    while not page.evaluate("document.activeElement.id === 'live-new'"):
        page.keyboard.press("Shift+Tab")
    hands.press("Enter")
    expect(page.locator("#transcript > li").last).to_be_focused()
    hands.is_seen()


def test_the_language_is_changed_and_the_page_left(hands: Asking) -> None:
    page = hands.page
    hands.reach("a[hreflang=cy]")
    with page.expect_navigation():
        hands.page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    hands.press("Tab")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(EXIT)


def test_a_focus_under_something_and_a_trap_are_noticed(hands: Asking) -> None:
    """The control."""
    page = hands.page
    hands.reach("#ask-text")
    page.evaluate("""() => {
      const lid = document.createElement('div');
      document.body.append(lid);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('body > div:last-child { position: fixed; inset: 0; background: #fff }');
      document.adoptedStyleSheets = [sheet];
    }""")
    with pytest.raises(AssertionError, match="covered"):
        hands.is_seen()
    page.evaluate("""() => {
      document.adoptedStyleSheets = [];
      document.getElementById('ask-text').addEventListener('keydown', event => {
        if (event.key === 'Tab') event.preventDefault();
      });
    }""")
    assert len(hands.walk()) == 1
