"""The public's pages as people set them up for themselves: text twice as large, zoomed in, spaced
out, in forced colours, without motion. WCAG 2.2: 1.4.4, 1.4.10, 1.4.12, 2.3.3; and that what is
focused or pressed can be told apart (2.4.7, 1.4.11) when a system's colours replace ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.evening import Evening
from tests.browser.live.people import Person
from tests.browser.live.schedules import plan_all, slug_of
from tests.browser.live.sheets import unfolded
from tests.browser.live.test_keyboard_only import Hands
from tests.service import Participant, Service

SETTINGS = {"QUESTIONS_PER_MINUTE": "60"}
"""A service of its own: others plan the same sessions."""
PREPARED = plan_all

STYLED = """css => {
  // Like somebody's own style sheet; the page's policy refuses those that are written into it.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
LARGE = "html { font-size: 200% !important }"
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-bottom: 2em !important }"""
CUT = """() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) wrong.push(`${root.scrollWidth} pixels wide at ${innerWidth}`);
  const shown = each => each.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !each.closest('.govuk-visually-hidden, .govuk-skip-link, template');
  for (const each of document.body.querySelectorAll('*')) {
    if (!shown(each) || each.closest('svg')) continue;
    const {overflowX, overflowY} = getComputedStyle(each);
    const cut = (overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1)
      || (overflowY === 'hidden' && each.scrollHeight > each.clientHeight + 1);
    const own = each.localName === 'textarea';
    if (cut && !own) wrong.push(`cut off: ${each.outerHTML.slice(0, 120)}`);
  }
  // What sticks to the window leaves most of it to be read in.
  const sticks = each => ['sticky', 'fixed'].includes(getComputedStyle(each).position);
  const stuck = [...document.body.querySelectorAll('*')].filter(shown).filter(sticks);
  scrollTo(0, root.scrollHeight / 2);
  let covered = 0;
  for (let y = 5; y < innerHeight; y += 10) {
    const on = document.elementFromPoint(innerWidth * 0.3, y);
    covered += stuck.some(bar => bar.contains(on)) ? 10 : 0;
  }
  scrollTo(0, 0);
  if (covered > innerHeight / 2) wrong.push(`${covered} of ${innerHeight} pixels are covered`);
  // What can be pressed stands nowhere on top of another.
  const pressed = [...document.querySelectorAll('main a, main button, main input, main summary')]
    .filter(shown)
    .filter(each => !stuck.some(bar => bar.contains(each)))
    .filter(each => !each.matches('[type=radio], [type=checkbox]'));
  const boxes = pressed.map(each => [...each.getClientRects()]);
  pressed.forEach((one, i) => pressed.slice(i + 1).forEach((other, j) => {
    if (one.contains(other)) return;
    const over = boxes[i].some(a => boxes[i + 1 + j].some(b => a.left + 2 < b.right
      && b.left + 2 < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom));
    if (over) wrong.push(`on top: ${one.outerHTML.slice(0, 80)} ${other.outerHTML.slice(0, 80)}`);
  }));
  return wrong;
}"""
MOVING = """() => {
  const wrong = document.getAnimations().map(each => `runs: ${each.animationName ?? each.id}`);
  for (const each of document.querySelectorAll('*')) {
    const {transitionDuration, transitionProperty, scrollBehavior} = getComputedStyle(each);
    const long = transitionDuration.split(', ').some(time => parseFloat(time) > 0);
    if (long && transitionProperty !== 'none') wrong.push(`moves: ${each.outerHTML.slice(0, 90)}`);
    if (scrollBehavior !== 'auto') wrong.push(`glides: ${each.outerHTML.slice(0, 90)}`);
  }
  return wrong;
}"""
FLAT = """() => [...document.querySelectorAll('button, input, textarea, select, .govuk-tag')]
  .filter(each => each.checkVisibility())
  .filter(each => {
    const drawn = each.matches('.govuk-radios__input, .govuk-checkboxes__input')
      ? getComputedStyle(each.labels[0], '::before') : getComputedStyle(each);
    // Kept by the browser: its own colours, and a text that is not the ground.
    if (drawn.forcedColorAdjust !== 'auto') return true;
    if (each.matches('.govuk-tag')) return drawn.color === drawn.backgroundColor;
    // A button that is written as a link is told by its underline.
    if (drawn.textDecorationLine.includes('underline')) return false;
    return drawn.borderStyle === 'none' || parseFloat(drawn.borderWidth) < 1
      || /rgba.*, 0\\)/.test(drawn.borderColor);
  })
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def open_as(service: Service, asker: Participant, open_tab: OpenTab) -> Callable[..., Tab]:
    """Open a page of a session that is full, as somebody who has asked there."""

    def opened(path: str, **options: object) -> Tab:
        tab = open_tab(service.url, **options)
        for name, value in asker.cookies.items():
            tab.context.add_cookies([{"name": name, "value": value, "url": service.url}])
        tab.open(path)
        unfolded(tab.page)
        return tab

    return opened


PATHS = (
    "/",
    "/privacy",
    "/accessibility",
    *(f"/sessions/{slug_of(phase)}" for phase in ("announced", "early", "live", "paused")),
    f"/sessions/{slug_of('closed')}",
    f"/sessions/{slug_of('closed')}/transcript",
)
LIVE = f"/sessions/{slug_of('live')}"
BOTH = pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])


def over(tab: Tab, lang: str, judge: str, prepare: Callable[[Page], None]) -> dict[str, list[str]]:
    """What is wrong, by page."""
    wrong = {}
    for path in PATHS:
        tab.open(lang + path)
        unfolded(tab.page)
        prepare(tab.page)
        if found := tab.page.evaluate(judge):
            wrong[path] = found
    return wrong


@BOTH
@pytest.mark.parametrize("width", [320, 375, 640, 1280])
def test_text_of_twice_the_size_is_neither_cut_off_nor_covered(
    open_as: Callable[..., Tab], lang: str, width: int
) -> None:
    """At 640, what a window of 1280 shows at a zoom of 200 %; there and at 320, no larger text."""
    tab = open_as(lang + LIVE, viewport={"width": width, "height": 800})

    def larger(page: Page) -> None:
        if width in (375, 1280):
            page.evaluate(STYLED, LARGE)

    assert over(tab, lang, CUT, larger) == {}


@BOTH
@pytest.mark.parametrize("width", [320, 1280])
def test_text_that_is_spaced_out_is_neither_cut_off_nor_covered(
    open_as: Callable[..., Tab], lang: str, width: int
) -> None:
    tab = open_as(lang + LIVE, viewport={"width": width, "height": 800})
    assert over(tab, lang, CUT, lambda page: page.evaluate(STYLED, SPACED)) == {}


def test_text_that_is_cut_off_or_covered_is_noticed(open_as: Callable[..., Tab]) -> None:
    """The control, four faults of a page that was only ever looked at as it is drawn."""
    tab = open_as(LIVE, viewport={"width": 320, "height": 800})
    assert tab.page.evaluate(CUT) == []
    tab.page.evaluate(STYLED, "h1 { height: 1em; overflow: hidden }")
    assert "cut off: <h1" in tab.page.evaluate(CUT)[0]
    tab.page.evaluate(STYLED, "#ask-text { min-width: 400px } .ask-help-bar { height: 300px }")
    assert "pixels wide at 320" in tab.page.evaluate(CUT)[0]
    assert "pixels are covered" in "".join(tab.page.evaluate(CUT))
    tab.page.evaluate(STYLED, ".ask-signpost a { display: block; height: 1em; margin: -1em 0 }")
    assert "on top: " in tab.page.evaluate(CUT)[-1]


@BOTH
def test_in_forced_colours_every_control_has_an_edge_and_the_focus_a_ring(
    open_as: Callable[..., Tab], lang: str
) -> None:
    tab = open_as(lang + LIVE, forced_colors="active")
    page = tab.page
    page.click("#ask button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert page.evaluate(FLAT) == []
    assert tab.axe() == []
    assert len(walked(tab)) > 20


def walked(tab: Tab) -> list[str]:
    """Press Tab from the top of the page to its end; each stop is in sight, and marked. Gives what
    they were."""
    tab.page.locator(".govuk-skip-link").first.focus()
    hands, stops = Hands(Person(tab, "", scripts=True)), list[str]()
    while True:
        tab.page.keyboard.press("Tab")
        at = tab.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if at.startswith("<body"):
            return stops
        hands.is_seen()
        stops.append(at)


def test_a_control_without_an_edge_is_noticed(open_as: Callable[..., Tab]) -> None:
    tab = open_as(LIVE, forced_colors="active")
    tab.page.evaluate(
        STYLED, ".govuk-button { border: 0 } .govuk-tag { forced-color-adjust: none }"
    )
    found = "\n".join(tab.page.evaluate(FLAT))
    assert "govuk-button" in found
    assert "govuk-tag" in found


def test_nothing_moves_for_those_who_want_no_motion(evening: Evening, open_tab: OpenTab) -> None:
    for each in range(12):
        evening.answered(f"Is this long enough, {each}?", "Not yet.\n\nBut soon.")
    tab = open_tab(evening.house.service.url, reduced_motion="reduce")
    tab.open(f"/sessions/{evening.slug}")
    assert tab.page.evaluate(MOVING) == []
    evening.answered("And now?", "Now it is.")
    button = tab.page.locator("#live-new")
    expect(button).to_be_visible()
    assert tab.page.evaluate(MOVING) == []
    button.click()
    # There at once, and not on the way.
    assert tab.page.evaluate("document.activeElement.getBoundingClientRect().top < innerHeight")
    assert tab.page.evaluate(MOVING) == []


def test_motion_is_noticed(evening: Evening, open_tab: OpenTab) -> None:
    tab = open_tab(evening.house.service.url, reduced_motion="reduce")
    tab.open(f"/sessions/{evening.slug}")
    tab.page.evaluate(
        STYLED,
        "html { scroll-behavior: smooth !important } a { transition: color 1s !important }"
        "@keyframes turn { to { rotate: 1turn } } h1 { animation: turn 9s infinite !important }",
    )
    found = "\n".join(tab.page.evaluate(MOVING))
    for fault in ("glides: <html", "moves: <a", "runs: turn"):
        assert fault in found
