"""Asking: where to find help at once, a gentle stop, and words that survive whatever happens to the
page and the session."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.evening import Evening
from tests.browser.live.keeping import STORED, focused, kept_in_the_tab, stored, waits
from tests.browser.live.people import House, Reader
from tests.browser.live.schedules import Planned, load

NUMBER = "07700 900123"
OVER = Planned("over", opens=-30, starts=-30, ends=60)


def helps(reader: Reader) -> Locator:
    """The signposts that the form shows because of a topic."""
    return reader.page.locator("#ask-topics .ask-signpost").filter(visible=True)


def stop(reader: Reader) -> Locator:
    return reader.page.locator("#ask-stop")


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
def test_a_topic_shows_where_to_find_help_as_soon_as_it_is_chosen(
    evening: Evening, scripts: bool
) -> None:
    sam = evening.reader(phone=True, scripts=scripts)
    cerys = evening.reader(lang="cy", scripts=scripts)
    expect(helps(sam)).to_have_count(0)
    about = sam.page.get_by_role("radio")
    about.nth(0).check()
    first = helps(sam).inner_text()
    expect(helps(sam)).to_have_count(1)
    # It is read out together with the choice.
    expect(about.nth(0)).to_have_accessible_description(re.compile(r"0808 1000 900"))
    expect(helps(cerys)).to_have_count(0)
    cerys.page.get_by_role("radio").nth(0).check()
    assert helps(cerys).inner_text() != first
    sam.page.get_by_label("None of these").check()
    expect(helps(sam)).to_have_count(0)
    sam.write("What am I about?")
    sam.press_send()
    expect(sam.own(sam.number_of("What am I about?"))).to_be_visible()
    if scripts:
        cerys.page.get_by_role("radio").nth(0).check()
        assert sam.tab.axe() == []
        assert cerys.tab.axe() == []


def test_who_gives_themselves_away_is_asked_once_and_decides(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader(phone=True)
    sam.write(f"Sam here, call {NUMBER} please?")
    sam.press_send()
    expect(stop(sam)).to_be_focused()
    expect(stop(sam)).to_contain_text(f"a telephone number: “{NUMBER}”")
    expect(stop(sam)).to_contain_text("Nothing is stored yet")
    expect(sam.box).to_have_value(f"Sam here, call {NUMBER} please?")
    assert sam.tab.axe() == []
    sam.write("Sam here, is it a crime?")
    sam.press_send()
    number = sam.number_of("Sam here, is it a crime?")
    expect(stop(sam)).to_have_count(0)
    expect(sam.box).to_have_value("")

    alex.write(f"My name is Alex Jones, call {NUMBER}?")
    alex.press_send()
    expect(stop(alex)).to_contain_text("a person’s name: “Alex Jones”")
    alex.page.get_by_role("button", name="Send it as it is").click()
    other = alex.number_of("My name is Alex Jones")
    # The next question is looked at again.
    alex.write("My e-mail is alex@example.org, is that enough?")
    alex.press_send()
    expect(stop(alex)).to_contain_text("an e-mail address: “alex@example.org”")
    assert stored(evening, "Sam here") == [number]
    assert stored(evening, "Alex Jones") == [other]
    assert stored(evening, "alex@example.org") == []
    assert evening.all_have_stayed()


def test_without_javascript_one_is_asked_too_and_lands_where_it_says_stored(
    evening: Evening,
) -> None:
    sam, cerys = evening.reader(scripts=False), evening.reader(scripts=False, lang="cy")
    sam.write(f"Plain Sam, call {NUMBER} please?")
    sam.press_send()
    expect(sam.page).to_have_title("Not sent yet: Live questions and answers")
    sam.page.get_by_role("link", name="Before you send your question").click()
    expect(stop(sam)).to_be_in_viewport()
    expect(sam.box).to_have_value(f"Plain Sam, call {NUMBER} please?")
    sam.page.get_by_role("button", name="Send it as it is").click()
    sent = sam.page.locator("#sent")
    expect(sent).to_contain_text(STORED)
    expect(sent).to_be_in_viewport()
    assert focused(sam) == "sent"
    expect(sam.own(sam.number_of("Plain Sam"))).to_be_in_viewport()
    cerys.page.locator("#ask-text").fill("Fy enw i yw Cerys Jones, ydi hyn yn drosedd?")
    cerys.page.get_by_role("button", name="Anfon cwestiwn").click()
    expect(stop(cerys)).to_contain_text("“Cerys Jones”")
    expect(stop(cerys)).not_to_contain_text("Before you send")


def test_a_draft_is_there_again_after_a_reload_and_in_no_other_tab(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader(phone=True)
    sam.write("Half a question, with more to")
    sam.page.get_by_role("radio").nth(1).check()
    alex.write("Something of Alex alone")
    for reader, words in ((sam, "Half a question, with more to"), (alex, "Something of Alex")):
        reader.page.reload()
        expect(reader.box).to_have_value(words if reader is sam else f"{words} alone")
        expect(waits(reader)).to_contain_text("It is not sent yet.")
    expect(sam.page.get_by_role("radio").nth(1)).to_be_checked()
    expect(helps(sam)).to_have_count(1)
    assert "left" in sam.page.locator("#ask .govuk-character-count__status").inner_text()
    # Away and back, and in the other language.
    sam.page.goto(sam.tab.origin + "/")
    sam.page.go_back()
    expect(sam.box).to_have_value("Half a question, with more to")
    sam.page.get_by_role("link", name="Cymraeg").click()
    expect(sam.page.locator("#ask-text")).to_have_value("Half a question, with more to")
    beside = sam.tab.context.new_page()
    beside.goto(sam.tab.origin + sam.path)
    expect(beside.locator("#ask-text")).to_have_value("")
    beside.close()
    sam.page.go_back()
    sam.press_send()
    sam.number_of("Half a question, with more to")
    expect(sam.box).to_have_value("")
    assert kept_in_the_tab(sam) == []
    sam.page.reload()
    expect(sam.box).to_have_value("")


def test_exit_this_page_takes_the_draft_along(house: House, slug: str) -> None:
    tab = house._open_tab(house.service.url, leads_to=("https://www.bbc.co.uk/weather",))
    sam = Reader(tab, f"/sessions/{slug}", scripts=True)
    sam.arrive()
    sam.write("Nobody is to see this")
    assert len(kept_in_the_tab(sam)) == 1
    sam.page.get_by_role("button", name="Exit this page").first.click()
    sam.page.wait_for_url("https://www.bbc.co.uk/weather")
    sam.arrive()
    expect(sam.box).to_have_value("")
    assert kept_in_the_tab(sam) == []


def test_when_the_session_closes_what_was_typed_is_still_there(house: House) -> None:
    slug = load(house.service, OVER)
    sam, alex = house.reader(slug=slug), house.reader(slug=slug, phone=True)
    hana = house.colleague("hana", "triage", slug=slug)
    sam.write("Half a question when it ended")
    hana.page.get_by_role("button", name="End now", exact=True).click()
    for reader in (sam, alex):
        expect(reader.page.locator("#phase")).to_have_attribute("data-phase", "closed")
        notice = reader.page.locator("#ask-notice")
        expect(notice).to_contain_text("This session is over")
        expect(notice.get_by_role("link", name="Services that can help")).to_be_visible()
    expect(sam.box).to_have_value("Half a question when it ended")
    expect(alex.box).to_be_hidden()
    sam.press_send()
    expect(sam.page.locator("#ask .govuk-error-summary")).to_contain_text("was not sent")
    sam.page.reload()
    kept = sam.page.get_by_role("region", name="Text that was not sent")
    expect(kept.get_by_role("textbox")).to_have_value("Half a question when it ended")
    expect(kept).to_contain_text("It is kept until you leave this page.")
    sam.page.locator("#ask").get_by_role("link", name="Text that was not sent").click()
    expect(kept).to_be_in_viewport()
    expect(sam.box).to_be_hidden()
    assert sam.tab.axe() == []
    kept.get_by_role("button", name="Copy the text").click()
    sam.tab.until("document.getElementById('live-say').textContent.endsWith('Copied.')")
    sam.page.evaluate("document.querySelector('#kept textarea').readOnly = false")
    kept.get_by_role("textbox").press("End")
    kept.get_by_role("textbox").press("Control+v")
    expect(kept.get_by_role("textbox")).to_have_value("Half a question when it ended" * 2)
    kept.get_by_role("button", name="Forget the text").click()
    expect(sam.page.locator("#kept")).to_be_hidden()
    expect(sam.page.locator("h1")).to_be_focused()
    expect(sam.page.get_by_text("Text that was not sent").locator("visible=true")).to_have_count(0)
    assert kept_in_the_tab(sam) == []


def test_what_was_shown_after_the_end_is_forgotten_when_the_page_is_left(house: House) -> None:
    plan = Planned("left", opens=-30, starts=-30, ends=60)
    slug = load(house.service, plan)
    sam = house.reader(slug=slug)
    hana = house.colleague("hana", "triage", slug=slug)
    sam.write("Read me once more")
    hana.page.get_by_role("button", name="End now", exact=True).click()
    expect(sam.page.locator("#phase")).to_have_attribute("data-phase", "closed")
    sam.page.reload()
    expect(sam.page.locator("#kept textarea")).to_have_value("Read me once more")
    sam.page.goto(sam.tab.origin + "/")
    assert kept_in_the_tab(sam) == []
