"""A telephone in a valley: half a second of delay, 50 kbit a second down and 20 up, as on GPRS."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.people import House, Reader

PATIENT = 90.0
"""Seconds within which everything has come, on a busy machine too. Nothing is judged by them."""
LINE = {
    "offline": False,
    "latency": 500,
    "downloadThroughput": 50_000 / 8,
    "uploadThroughput": 20_000 / 8,
    "connectionType": "cellular2g",
}


def slowed(tab: Tab) -> None:
    """Put the tab on the slow line, for everything that it does from now on."""
    line = tab.context.new_cdp_session(tab.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)


def reader(house: House, open_tab: OpenTab, slug: str, *, scripts: bool) -> Reader:
    """Somebody who comes by the slow line; the page is not open yet."""
    tab = open_tab(house.service.url, java_script_enabled=scripts)
    # Requests that a test looks at go by way of the test, and not by the slow line.
    tab.context.unroute_all()
    slowed(tab)
    tab.page.set_default_timeout(PATIENT * 1000)
    return Reader(tab, f"/sessions/{slug}", scripts=scripts)


def answered(house: House, slug: str, number: int, text: str) -> None:
    """A panelist answers, from a desk with a good line."""
    asha, lucy = house.clerk("asha"), house.clerk("lucy")
    assert asha.command(number, "approve", slug=slug).status_code == 200
    assert lucy.command(number, "answer", slug=slug, text=text, lang="en").status_code == 200


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_one_can_read_ask_and_be_answered(
    house: House,
    open_tab: OpenTab,
    slug: str,
    scripts: bool,
    record_property: Callable[[str, object], None],
) -> None:
    sam = reader(house, open_tab, slug, scripts=scripts)
    took: dict[str, float] = {}
    start = monotonic()
    sam.page.goto(house.service.url + sam.path, wait_until="commit")
    heading = sam.page.get_by_role("heading", name="Questions and answers")
    expect(heading).to_be_visible(timeout=PATIENT * 1000)
    took["readable"] = monotonic() - start
    sam.page.wait_for_load_state("load")
    took["loaded"] = monotonic() - start
    if scripts:
        sam.settle()

    start = monotonic()
    sam.write("Can I ask from the train?")
    sam.page.get_by_role("button", name="Send question").click()
    own = sam.page.locator("#mine > li").filter(has_text="from the train")
    expect(own).to_have_count(1, timeout=PATIENT * 1000)
    took["asked"] = monotonic() - start
    number = sam.number_of("from the train")

    start = monotonic()
    answered(house, slug, number, "You can, and we answer you there.")
    if not scripts:
        sam.look()
    told = sam.on_list("transcript", number).get_by_text("we answer you there")
    expect(told).to_be_visible(timeout=PATIENT * 1000)
    took["answered"] = monotonic() - start
    if scripts:
        assert sam.has_stayed()
        assert not [each for each in sam.page.evaluate("statuses") if "lost" in each]
    for name, seconds in took.items():
        record_property(name, round(seconds, 1))


def test_the_page_can_be_read_before_its_scripts_have_come(
    house: House, open_tab: OpenTab, slug: str
) -> None:
    sam = reader(house, open_tab, slug, scripts=True)
    sam.page.goto(house.service.url + sam.path, wait_until="load")
    first, script = sam.page.evaluate("""() => [
      performance.getEntriesByName('first-contentful-paint')[0].startTime,
      performance.getEntriesByType('resource').find(each => each.name.endsWith('.mjs')).responseEnd,
    ]""")
    assert first < script
