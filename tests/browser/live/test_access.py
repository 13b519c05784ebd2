"""The staff's pages, in both languages, at three widths, with their scripts and without: nothing
that axe-core finds fault with, and nothing to be scrolled for sideways. The public's are in
test_access_matrix.py."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab
from tests.browser.live.inspector import EVERY_WAY, Inspector
from tests.browser.live.people import House
from tests.browser.live.schedules import plan_all, slug_of
from tests.service import Participant, Service

PREPARED = plan_all
LIVE = f"/sessions/{slug_of('live')}"
TRIAGE, DESK = f"/staff{LIVE}/triage", f"/staff{LIVE}/desk"


def test_the_inspector_notices_what_is_wrong(service: Service, open_tab: OpenTab) -> None:
    """A control: this is what keeps the other tests honest."""
    inspector = Inspector(open_tab(service.url), "", scripts=True)

    def spoilt(page: Page) -> None:
        page.evaluate("""() => {
          document.querySelector('h1').remove();
          document.querySelector('main').append(document.createElement('button'));
          document.querySelector('main').style.minWidth = '400px';
          document.documentElement.lang = 'cy';
        }""")

    inspector.visit("/privacy", spoilt)
    words = "\n".join(inspector.wrong)
    for fault in ("is in cy", "button-name", "page-has-heading-one", "pixels wide at 320"):
        assert fault in words


@EVERY_WAY
def test_every_staff_page_is_for_everybody(
    house: House, asker: Participant, lang: str, scripts: bool
) -> None:
    doors = Inspector(house.visitor("/staff").tab, lang, scripts=scripts)
    doors.visit("/staff/sign-in")
    doors.visit("/staff/sign-in?signed-out=everywhere")
    doors.visit("/staff/sign-in", nothing_typed)
    host = Inspector(house.colleague("hana", "triage").tab, lang, scripts=scripts)
    host.visit("/staff")
    host.visit(TRIAGE, unfolded)
    panelist = Inspector(house.colleague("morgan", "desk").tab, lang, scripts=scripts)
    panelist.visit(DESK, unfolded)
    panelist.visit(TRIAGE)
    assert doors.wrong + host.wrong + panelist.wrong == []


@pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])
def test_the_page_that_says_that_nothing_was_changed_is_for_everybody(
    house: House, asker: Participant, lang: str
) -> None:
    bea = Inspector(house.colleague("bea", "triage").tab, lang, scripts=False)

    def overtaken(page: Page) -> None:
        number = asker.ask("Who is first?", slug=slug_of("live")).json()["number"]
        page.reload()
        page.click(f"#question-{number} [data-focus=lock]")
        expect(page.locator(f"#open-{number}")).to_be_visible()
        over_her_head: dict[str, Any] = {"from": "bea", "slug": slug_of("live")}
        assert house.clerk("asha").command(number, "approve", **over_her_head).status_code == 200
        page.locator(f"#edit-{number}").evaluate("details => { details.open = true }")
        page.fill(f"#text-{number}", "Who is last?")
        page.click(f"#edit-{number} button")
        page.wait_for_url("**/approve")

    bea.visit(TRIAGE, overtaken)
    expect(bea.page.locator("main textarea")).to_have_value("Who is last?")
    assert bea.wrong == []


def nothing_typed(page: Page) -> None:
    page.click("main button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def unfolded(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
