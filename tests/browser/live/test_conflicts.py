"""Two people at one question: exactly one wins, and the other is told who did what, in words, with
every word that they had typed still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.live.people import Colleague, House

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
WORDING = "The wording that Bea took some time over?"
ANSWER = "The answer that Lucy took some time over."


def overtaken(person: Colleague, command: str, by: Callable[[], object]) -> None:
    """Somebody else is faster by the blink in which this person's click is on its way."""

    def held(route: Route) -> None:
        by()
        route.continue_()

    person.page.route(f"**/{command}", held, times=1)


@SCRIPTS
def test_of_two_moderators_one_decides_and_the_other_hears_who(house: House, scripts: bool) -> None:
    sam = house.reader()
    number = sam.ask(f"Who decides on this{' at once' if scripts else ''}?")
    asha = house.clerk("asha")
    bea = house.colleague("bea", "triage", scripts=scripts)
    send = bea.reword(number, WORDING)
    over_her_head: dict[str, Any] = {"reason": "off-topic", "from": "bea"}
    overtaken(bea, "approve", lambda: asha.command(number, "reject", **over_her_head))
    send.click()
    bea.is_told("so nothing was changed", "Asha rejected this")
    if scripts:
        expect(bea.page.locator("#kept textarea")).to_have_value(WORDING)
        expect(bea.page.locator("#kept textarea")).to_be_visible()
        assert bea.has_stayed()
    else:
        expect(bea.page.get_by_label("What you had written.")).to_have_value(WORDING)
        bea.page.get_by_role("link", name="Back to the queue").click()
    expect(bea.on_list("list-done", number)).to_contain_text("Asha rejected this")
    expect(sam.own(number)).to_contain_text("Not published")
    sam.sees_nothing_of(WORDING)


@SCRIPTS
def test_of_two_moderators_who_both_approve_one_does(house: House, scripts: bool) -> None:
    sam = house.reader()
    number = sam.ask(f"Two of the same mind{' at once' if scripts else ''}?")
    asha = house.clerk("asha")
    bea = house.colleague("bea", "triage", scripts=scripts)
    overtaken(bea, "approve", lambda: asha.command(number, "approve"))
    bea.press(number, "Approve question")
    bea.is_told("so nothing was changed", "Asha approved this")
    expect(sam.on_list("waiting", number)).to_have_count(1)


@SCRIPTS
def test_of_two_panelists_one_claims_and_the_other_hears_who(house: House, scripts: bool) -> None:
    sam, asha = house.reader(), house.clerk("asha")
    number = sam.ask(f"Who answers this{' at once' if scripts else ''}?")
    asha.command(number, "approve")
    morgan = house.colleague("morgan", "desk")
    lucy = house.colleague("lucy", "desk", scripts=scripts)

    def claimed() -> None:
        morgan.press(number, "Answer this")
        expect(morgan.claim(number)).to_be_visible()

    overtaken(lucy, "claim", claimed)
    lucy.press(number, "Answer this")
    lucy.is_told("A colleague is answering this question.", "Morgan is answering this")
    expect(lucy.claim(number)).to_have_count(0)
    expect(morgan.claim(number)).to_have_count(1)
    morgan.claim(number).get_by_role("button", name="Let somebody else answer").click()
    expect(morgan.claim(number)).to_have_count(0)
    lucy.look()
    lucy.press(number, "Answer this")
    expect(lucy.claim(number)).to_be_visible()
    expect(morgan.claim(number)).to_have_count(0)


@SCRIPTS
def test_an_answer_that_comes_second_is_told_and_kept(house: House, scripts: bool) -> None:
    """Lucy's claim was released over her head; Morgan took it while she went on writing."""
    sam, asha = house.reader(), house.clerk("asha")
    morgan = house.clerk("morgan")
    number = sam.ask(f"Whose answer is it{' at once' if scripts else ''}?")
    asha.command(number, "approve")
    lucy = house.colleague("lucy", "desk", scripts=scripts)
    lucy.press(number, "Answer this")
    lucy.answer_box(number).fill(ANSWER)

    def taken_over() -> None:
        assert asha.command(number, "release").status_code == 200
        assert morgan.command(number, "claim").status_code == 200

    overtaken(lucy, "answer", taken_over)
    lucy.publish(number)
    lucy.is_told("A colleague is answering this question.", "Morgan is answering this")
    if scripts:
        expect(lucy.page.locator("#kept textarea")).to_have_value(ANSWER)
        assert lucy.has_stayed()
    else:
        expect(lucy.page.get_by_label("What you had written.")).to_have_value(ANSWER)
    sam.sees_nothing_of(ANSWER)
