"""Somebody who goes from page to page and notes what is wrong with them: what axe-core finds, what
is in the wrong language, what is to be scrolled for sideways."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, RULES, Tab

WIDTHS = (1280, 375)
NARROWEST = 320
EVERY_WAY = pytest.mark.parametrize(
    ("lang", "scripts"),
    [("", True), ("", False), ("/cy", True), ("/cy", False)],
    ids=["English", "English, no scripts", "Welsh", "Welsh, no scripts"],
)
RUN = """async tags => {
  // What a bar that stays in sight covers, one scrolls to. How tall the page is beside it, and so
  // what that is, changes with the length of today's date.
  const stays = element => ['sticky', 'fixed'].includes(getComputedStyle(element).position);
  const bars = [...document.body.querySelectorAll('*')].filter(stays);
  const were = bars.map(bar => bar.style.cssText);
  bars.forEach(bar => {
    Object.assign(bar.style, {position: 'static', maxHeight: 'none', overflow: 'visible'});
  });
  scrollTo(0, 0);
  // A page that has just been made narrower is laid out and painted first.
  const painted = () => new Promise(resolve => { requestAnimationFrame(resolve); });
  await painted();
  await painted();
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete'],
    preload: false,
  });
  bars.forEach((bar, each) => { bar.style.cssText = were[each]; });
  return found;
}"""


class Inspector:
    """A tab that goes from page to page, and a list of what is wrong with them."""

    def __init__(self, tab: Tab, lang: str, *, scripts: bool) -> None:
        self.tab, self.lang, self.wrong = tab, lang, list[str]()
        if not scripts:
            # As where they are forbidden. With scripting off altogether axe could not run.
            tab.context.route(re.compile(r"\.m?js$"), lambda route: route.abort())

    @property
    def page(self) -> Page:
        return self.tab.page

    def visit(
        self, path: str, act: Callable[[Page], None] = lambda page: None, *, name: str = ""
    ) -> None:
        """Open a page, do something there if need be, and inspect what is shown then."""
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self.tab.open(self.lang + path)
        act(self.page)
        self.inspect(name or path)

    def inspect(self, name: str) -> None:
        lang = self.page.get_attribute("html", "lang")
        if lang != (self.lang[1:] or "en"):
            self.wrong.append(f"{name}: is in {lang}")
        self.page.evaluate(AXE.read_text("utf-8"))
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            found = self.page.evaluate(RUN, RULES)
            self.wrong += [
                f"{name} at {width}: {each['id']} ({each['impact']}): {node['html'][:160]}"
                for each in [*found["violations"], *self._doubted(found["incomplete"])]
                for node in each["nodes"]
            ]
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})
        needed = self.page.evaluate("document.documentElement.scrollWidth")
        if needed > NARROWEST:
            self.wrong.append(f"{name}: {needed} pixels wide at {NARROWEST}")

    def _doubted(self, incomplete: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What axe-core cannot judge by itself and takes seriously: somebody would have to look.
        Not on staff pages, whose lists scroll within the page and cover what they scroll."""
        if "/staff" in self.page.url:
            return []
        return [each for each in incomplete if each["impact"] in ("serious", "critical")]
