"""Who else is here, a word to them, and the history: the staff's own side of an evening."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.people import Colleague, House
from tests.service import SLUG

HERE = f"/staff/sessions/{SLUG}"
WIDEST = """[...document.querySelectorAll('main *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth)
  .map(each => each.outerHTML.slice(0, 80)).slice(0, 5)"""


def present(colleague: Colleague) -> Locator:
    return colleague.page.locator("#present")


def person(colleague: Colleague, username: str) -> Locator:
    return colleague.page.locator(f'#present [data-person="{username}"]')


def say(colleague: Colleague, words: str) -> None:
    channel = colleague.page.locator("#channel")
    if channel.get_attribute("open") is None:
        channel.locator("summary").click()
    channel.get_by_label("Your word to colleagues").fill(words)
    channel.get_by_role("button", name="Tell colleagues").click()


def heard(colleague: Colleague, words: str) -> Locator:
    return colleague.page.locator("#remarks > li").filter(has_text=words)


@pytest.fixture
def pair(house: House) -> tuple[Colleague, Colleague]:
    return house.colleague("asha", "triage"), house.colleague("morgan", "desk")


def test_colleagues_see_who_is_at_which_screen_and_who_has_gone(
    house: House, pair: tuple[Colleague, Colleague]
) -> None:
    asha, morgan = pair
    for each in pair:
        expect(person(each, "asha")).to_have_text("Asha (triage)")
        expect(person(each, "morgan")).to_have_text("Morgan (desk)")
    bea = house.colleague("bea", "triage")
    expect(person(asha, "bea")).to_have_text("Bea (triage)")
    expect(person(bea, "morgan")).to_have_text("Morgan (desk)")
    bea.page.goto("about:blank")
    expect(person(asha, "bea")).to_have_count(0)
    expect(person(morgan, "bea")).to_have_count(0)
    assert asha.has_stayed()
    assert morgan.has_stayed()


def test_a_reload_is_no_coming_and_going(house: House, pair: tuple[Colleague, Colleague]) -> None:
    asha, morgan = pair
    expect(person(asha, "morgan")).to_be_visible()
    came = [frame for frame in asha.frames if "data-person" in frame]
    for _ in range(3):
        morgan.arrive()
        expect(present(morgan)).to_contain_text("Morgan (desk)")
    clerk = house.clerk("bea")
    asked = clerk.post(f"{HERE}/remarks", data={"csrf": clerk.csrf, "text": "After three reloads"})
    assert asked.status_code == 303
    expect(heard(asha, "After three reloads")).to_have_count(1)
    assert [frame for frame in asha.frames if "data-person" in frame] == came


def test_a_word_reaches_colleagues_at_once_and_is_counted_calmly(
    house: House, pair: tuple[Colleague, Colleague]
) -> None:
    asha, morgan = pair
    reader = house.reader()
    unread = morgan.page.locator("#unread")
    morgan.page.locator("#channel summary").click()
    morgan.page.locator("#channel summary").click()
    expect(unread).to_be_hidden()
    for words in ("Who takes the one about sleep?", "It is <b>urgent</b>"):
        say(asha, words)
        expect(heard(morgan, words)).to_have_count(1)
        expect(heard(asha, words)).to_have_count(1)
        expect(asha.page.get_by_label("Your word to colleagues")).to_have_value("")
    expect(asha.page.locator("#unread")).to_be_hidden()
    expect(unread).to_have_text("2 unread")
    morgan.page.locator("#channel summary").click()
    expect(unread).to_be_hidden()
    say(morgan, "I do")
    expect(heard(asha, "I do")).to_be_visible()
    reader.sees_nothing_of("I do")
    reader.sees_nothing_of("about sleep")
    morgan.arrive()
    expect(unread).to_be_hidden()
    expect(heard(morgan, "I do")).to_have_count(1)
    assert asha.tab.axe() == []


def test_without_scripts_a_word_is_said_and_read_on_the_next_page(house: House) -> None:
    bea = house.colleague("bea", "triage", scripts=False)
    say(bea, "Said without a script")
    expect(heard(bea, "Said without a script")).to_have_count(1)
    lucy = house.colleague("lucy", "desk", scripts=False)
    expect(heard(lucy, "Said without a script")).to_have_count(1)
    expect(person(lucy, "lucy")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_decision_is_found_in_the_history_and_taken_back_there(
    house: House, scripts: bool
) -> None:
    number = house.reader().ask(f"Will this be taken back? {scripts}")
    asked = house.clerk("bea").command(number, "hold", note="For the second half")
    assert asked.status_code == 200
    asha = house.colleague("asha", "history", scripts=scripts)
    page = asha.page
    page.get_by_label("Question number").fill(str(number))
    page.get_by_role("button", name="Look").click()
    lines = page.locator(".ask-history__line")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(
        f"Bea put question {number} on hold (waiting → on hold): For the second half"
    )
    lines.first.get_by_role("button", name=re.compile("^Undo")).click()
    page.goto(f"{house.service.url}{HERE}/history?question={number}")
    expect(lines).to_have_count(3)
    expect(lines.first).to_contain_text("Asha took back a decision")
    expect(lines.nth(1)).to_contain_text("Taken back by Asha")
    expect(lines.nth(1).get_by_role("button")).to_have_count(0)
    assert house.clerk("bea").command(number, "approve").status_code == 200


def test_history_and_report_are_without_fault_for_everybody(house: House) -> None:
    number = house.reader().ask("Is the report complete?")
    house.clerk("asha").command(number, "escalate", note="May be in danger")
    house.clerk("bea").command(number, "acknowledge")
    for screen in ("history", "report"):
        leah = house.colleague("leah", screen)
        assert leah.tab.axe() == []
        leah.page.set_viewport_size({"width": 375, "height": 740})
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not leah.page.evaluate(wide), leah.page.evaluate(WIDEST)
    expect(leah.page.get_by_text("Acknowledged by Bea")).to_be_visible()
