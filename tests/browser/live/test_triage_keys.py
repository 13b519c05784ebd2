"""A moderator who never touches the mouse, at the real service, beside a colleague who does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.live.people import Colleague, House

AT = "(document.activeElement.closest('[data-scope]')?.id ?? '')"


def arrive_at(house: House, asha: Colleague, text: str) -> int:
    """A question asked just now, and Asha at it: by keys alone."""
    number = house.reader().ask(text)
    expect(asha.page.locator(f"#question-{number}")).to_be_attached()
    asha.page.evaluate("document.activeElement.blur()")
    for _ in range(200):
        asha.page.keyboard.press("n")
        asha.page.keyboard.press("j")
        if asha.page.evaluate(AT) == f"question-{number}":
            return number
    pytest.fail("never came to the question")


@pytest.fixture
def asha(house: House) -> Colleague:
    return house.colleague("asha", "triage")


def test_approve_and_undo_by_keys(house: House, asha: Colleague) -> None:
    number = arrive_at(house, asha, "How long does it take, on average?")
    asha.page.keyboard.press("a")
    expect(asha.on_list("list-approved", number)).to_be_attached()
    expect(asha.page.locator("#undone")).to_contain_text("Asha approved this")
    asha.page.keyboard.press("z")
    expect(asha.on_list("list-pending", number)).to_be_visible()
    asha.tab.until(f"{AT} === 'question-{number}'")


def test_reject_with_a_reason_is_two_keys(house: House, asha: Colleague) -> None:
    number = arrive_at(house, asha, "Buy my lamps, they are cheap and very good")
    asha.page.keyboard.press("r")
    asha.page.keyboard.press("5")
    expect(asha.on_list("list-done", number)).to_be_attached()
    expect(asha.page.locator(f"#open-{number}")).to_have_count(0)


def test_open_write_a_reply_close_by_keys(house: House, asha: Colleague) -> None:
    bea = house.colleague("bea", "triage")
    number = arrive_at(house, asha, "I do not know where to turn. What can I do?")
    asha.page.keyboard.press("o")
    expect(asha.page.locator(f"#open-{number}")).to_be_visible()
    expect(bea.question(number)).to_contain_text("Asha")
    asha.page.keyboard.press("p")
    asha.page.focus(f"#reply-text-{number}")
    expect(bea.question(number)).to_contain_text("replying")
    asha.page.keyboard.type("You can ring 0808 1000 900 at any time.")
    asha.page.keyboard.press("Escape")
    asha.page.keyboard.press("Escape")
    expect(asha.page.locator(f"#open-{number}")).to_have_count(0)
    asha.tab.until(f"{AT} === 'question-{number}'")
    expect(bea.question(number)).not_to_contain_text("replying")


def test_the_page_of_keys_has_all_of_them(house: House) -> None:
    plain = house.colleague("asha", "triage", scripts=False)
    page = plain.tab.open("/staff/keys")
    expect(page.get_by_role("heading", name="Keys", level=1)).to_be_visible()
    expect(page.locator("dl")).to_contain_text("Put on hold")
    assert not page.locator("dl input").first.is_visible()
    scripted = house.colleague("asha", "triage")
    page = scripted.tab.open("/staff/keys")
    page.get_by_label("Put on hold").fill("q")
    assert scripted.tab.axe() == []
    scripted.tab.open(scripted.path)
    scripted.page.keyboard.press("?")
    expect(scripted.page.get_by_label("Put on hold")).to_have_value("q")
    assert scripted.tab.axe() == []
