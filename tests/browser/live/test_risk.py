"""Immediate risk: everybody with the role lead hears and sees it until somebody has acknowledged
it, and nobody else is startled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.people import Colleague, House

LISTEN = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.tones += 1;
    start.apply(this, when);
  };
"""


@pytest.fixture(autouse=True)
def nothing_waits(house: House) -> None:
    """What other tests escalated in the same session has been seen by somebody."""
    hana = house.clerk("hana")
    page = hana.get("/staff/sessions/stop-it-now/triage").text
    for number in map(int, re.findall(r'id="alarm-(\d+)"', page)):
        tried = [house.clerk(name).command(number, "acknowledge") for name in ("hana", "leah")]
        assert 200 in [each.status_code for each in tried]


def listening(house: House, username: str, screen: str) -> Colleague:
    """Somebody at their screen; every tone that it plays is counted."""
    colleague = house.colleague(username, screen)
    colleague.tab.context.add_init_script(LISTEN)
    colleague.arrive()
    return colleague


def tones(colleague: Colleague) -> int:
    return int(colleague.page.evaluate("window.tones"))


def alarm(colleague: Colleague, number: int) -> Locator:
    return colleague.page.locator(f"#alarm-{number}")


def allow(leah: Colleague) -> None:
    leah.page.get_by_role("button", name="Allow the sound and try it").click()
    leah.tab.has_until(lambda: tones(leah) == 3)
    expect(leah.page.locator("#alert-allow")).to_be_hidden()


def title(colleague: Colleague) -> str:
    return colleague.page.title()


def test_asha_escalates_and_leah_is_alerted_until_she_acknowledges(house: House) -> None:
    number = house.reader().ask("I do not know whether I can go on")
    leah, desk = listening(house, "leah", "triage"), listening(house, "leah", "desk")
    bea, morgan = listening(house, "bea", "triage"), listening(house, "morgan", "desk")
    quiet = {each: title(each) for each in (leah, desk, bea, morgan)}
    allow(leah)
    allow(desk)
    bea.page.locator("h1").click()
    escalated = house.clerk("asha").command(number, "escalate", note="May hurt themselves")
    assert escalated.status_code == 200
    for lead in (leah, desk):
        expect(alarm(lead, number)).to_be_visible()
        expect(lead.page).to_have_title(f"(1) Risk: {quiet[lead]}")
        lead.tab.has_until(lambda lead=lead: tones(lead) == 6)  # type: ignore[misc]
        assert lead.has_stayed()
    link = alarm(desk, number).get_by_role("link")
    assert (link.get_attribute("href") or "").endswith(f"/triage#question-{number}")
    # A moderator may acknowledge it too, and sees it; the panel has nothing to do with it.
    expect(alarm(bea, number)).to_be_visible()
    expect(alarm(morgan, number)).to_be_hidden()
    for other in (bea, morgan):
        assert title(other) == quiet[other]
        assert tones(other) == 0
        expect(other.page.locator("#alert-choice")).to_have_count(0)
    assert leah.tab.axe() == []
    assert house.clerk("leah").command(number, "acknowledge").status_code == 200
    for each in (leah, desk, bea, morgan):
        expect(alarm(each, number)).to_have_count(0)
        expect(each.page).to_have_title(quiet[each])


def test_a_lead_is_not_alerted_of_what_they_raised_themselves(house: House) -> None:
    number = house.reader().ask("Nobody would miss me")
    leah = listening(house, "leah", "triage")
    quiet = title(leah)
    allow(leah)
    assert house.clerk("leah").command(number, "escalate", note="At risk").status_code == 200
    expect(alarm(leah, number)).to_be_visible()
    assert (title(leah), tones(leah)) == (quiet, 3)
    assert house.clerk("asha").command(number, "acknowledge").status_code == 200


def test_a_lead_who_comes_later_finds_the_alarm_and_may_switch_it_off(house: House) -> None:
    number = house.reader().ask("It has to end tonight")
    assert house.clerk("asha").command(number, "escalate", note="At risk").status_code == 200
    leah = listening(house, "leah", "desk")
    expect(leah.page).to_have_title("(1) Risk: Questions for the panel")
    assert tones(leah) == 0, "no browser plays anything before somebody has pressed something"
    leah.page.get_by_label("Sound and title when a risk is escalated").uncheck()
    expect(leah.page).to_have_title("Questions for the panel")
    leah.arrive()
    expect(alarm(leah, number)).to_be_visible()
    expect(leah.page).to_have_title("Questions for the panel")
    expect(leah.page.locator("#alert-allow")).to_be_hidden()
    leah.page.get_by_label("Sound and title when a risk is escalated").check()
    expect(leah.page).to_have_title("(1) Risk: Questions for the panel")
    leah.tab.has_until(lambda: tones(leah) == 3)
    assert house.clerk("bea").command(number, "acknowledge").status_code == 200
    expect(leah.page).to_have_title("Questions for the panel")


def test_without_scripts_the_alarm_is_on_the_page_and_leads_to_the_question(house: House) -> None:
    number = house.reader().ask("I have taken something")
    assert house.clerk("asha").command(number, "escalate", note="At risk").status_code == 200
    leah = house.colleague("leah", "desk", scripts=False)
    alarm(leah, number).get_by_role("link").click()
    expect(leah.on_list("list-escalated", number)).to_be_visible()
    assert house.clerk("bea").command(number, "acknowledge").status_code == 200
    leah.page.reload()
    expect(alarm(leah, number)).to_have_count(0)
