"""Every public page in every phase, in both languages, with its scripts and without, at 1280 and
375 pixels: nothing that axe-core finds fault with (WCAG 2.0 to 2.2 A and AA, best practice) or
cannot judge, and at 320 nothing to be scrolled for sideways. P22."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.inspector import EVERY_WAY, Inspector
from tests.browser.live.sheets import (
    AWAY,
    LIVE,
    QUESTIONS_PER_MINUTE,
    SHEETS,
    Sheet,
    hurry,
    set_up,
)
from tests.browser.live.test_store_away import standing_still
from tests.service import Participant, Service

# A service of its own: its store stands still for a while.
SETTINGS = {"QUESTIONS_PER_MINUTE": str(QUESTIONS_PER_MINUTE)}
PREPARED = set_up


@pytest.fixture(scope="module")
def hasty(service: Service) -> Iterator[Participant]:
    with service.participant() as hasty:
        yield hasty


def dressed(tab: Tab, who: Participant | None, service: Service) -> None:
    """Let a tab be that of somebody who has asked before, or of nobody."""
    tab.context.clear_cookies()
    for name, value in who.cookies.items() if who else ():
        tab.context.add_cookies([{"name": name, "value": value, "url": service.url}])


def walk(inspector: Inspector, sheets: tuple[Sheet, ...], *, scripts: bool) -> None:
    for sheet in sheets:
        if scripts or not sheet.scripts:
            inspector.visit(sheet.path, sheet.act, name=sheet.name)


@EVERY_WAY
def test_every_public_page_is_for_everybody(
    service: Service,
    open_tab: OpenTab,
    asker: Participant,
    hasty: Participant,
    lang: str,
    scripts: bool,
) -> None:
    tab = open_tab(service.url)
    inspector = Inspector(tab, lang, scripts=scripts)
    people = {"asker": asker, "hasty": hasty}
    for sheet in SHEETS:
        if sheet.who == "hasty":
            hurry(hasty)
        dressed(tab, people.get(sheet.who), service)
        walk(inspector, (sheet,), scripts=scripts)
    assert inspector.wrong == []


@pytest.mark.parametrize(
    ("lang", "scripts"), [("", True), ("/cy", False)], ids=["English", "Welsh, no scripts"]
)
def test_what_is_shown_while_the_store_is_away_is_for_everybody(
    service: Service, open_tab: OpenTab, asker: Participant, lang: str, scripts: bool
) -> None:
    tab = open_tab(service.url)
    inspector = Inspector(tab, lang, scripts=scripts)
    tab.open(lang + LIVE)
    with standing_still(service):
        if scripts:
            expect(inspector.page.locator("#live-status")).not_to_be_empty()
            inspector.inspect("the store goes away")
        walk(inspector, AWAY, scripts=scripts)
    assert inspector.wrong == []


def test_a_language_not_said_and_a_box_without_a_name_are_noticed(
    service: Service, open_tab: OpenTab, asker: Participant
) -> None:
    """The control: the matrix sees what would be missing for those who hear the page."""
    inspector = Inspector(open_tab(service.url), "", scripts=False)

    def spoilt(page: Page) -> None:
        page.evaluate("""() => {
          document.documentElement.removeAttribute('lang');
          document.querySelector('label[for=ask-text]').remove();
          document.querySelector('h1').style.color = '#ddd';
        }""")

    inspector.visit(LIVE, spoilt)
    words = "\n".join(inspector.wrong)
    for fault in ("is in None", "html-has-lang", "label (", "color-contrast"):
        assert fault in words, words
