"""What becomes of what somebody types: on the page, in the tab, and in the store."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.live.evening import Evening
from tests.browser.live.people import Reader

STORED = "Your question is stored."
IN_THE_TAB = "() => Object.entries(sessionStorage).filter(([key]) => key.startsWith('askpanel'))"


def waits(reader: Reader) -> Locator:
    """What the form says of a question that is on its way, or of a draft."""
    return reader.page.locator("#ask-waits")


def stored(evening: Evening, text: str) -> list[int]:
    """The numbers of the questions that have these words, as staff see them."""
    asha = evening.triage("asha", scripts=False)
    asha.look()
    cards = asha.page.locator("#list-pending > li").filter(has_text=text)
    found = [int((each.get_attribute("id") or "-0").rpartition("-")[2]) for each in cards.all()]
    asha.page.close()
    evening.people.remove(asha)
    return found


def kept_in_the_tab(reader: Reader) -> list[str]:
    """What scripts have kept in the reader's tab; never where it would outlive the tab."""
    assert reader.page.evaluate("localStorage.length") == 0
    return [value for _, value in reader.page.evaluate(IN_THE_TAB)]


def focused(reader: Reader) -> str:
    """The id of what has the focus."""
    return str(reader.page.evaluate("document.activeElement.id"))
