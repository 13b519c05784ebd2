"""The host moves a session through its phases, and every open page goes along."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.people import Colleague, House, Reader
from tests.browser.live.schedules import Planned, load, slug_of

SOON = Planned("hosted", opens=300, starts=600, ends=660)
SLUG = slug_of(SOON.phase)


def press(hana: Colleague, name: str) -> None:
    hana.page.get_by_role("button", name=name, exact=True).click()


def phase_of(reader: Reader, words: str) -> None:
    expect(reader.page.locator("#phase")).to_contain_text(words)


def test_a_session_is_opened_paused_and_closed_on_every_open_page(house: House) -> None:
    load(house.service, SOON)
    sam, alex = house.reader(slug=SLUG, phone=True), house.reader(slug=SLUG, lang="cy")
    hana, morgan = (
        house.colleague("hana", "triage", slug=SLUG),
        house.colleague("morgan", "desk", slug=SLUG),
    )
    phase_of(sam, "Not started yet")
    expect(sam.page.locator("#ask-notice")).to_contain_text("You can send a question from")
    expect(sam.box).to_be_hidden()

    press(hana, "Start now")
    phase_of(sam, "Live now")
    expect(alex.page.locator("#phase")).to_have_attribute("data-phase", "live")
    expect(morgan.page.locator("#phase")).to_contain_text("Live now")
    number = sam.ask("Am I the first?")
    expect(hana.on_list("list-pending", number)).to_be_visible()

    press(hana, "Pause")
    phase_of(sam, "The session is paused.")
    expect(sam.box).to_be_hidden()
    press(hana, "Go on")
    expect(sam.box).to_be_visible()

    sam.write("Half a question when it all ended")
    press(hana, "End now")
    phase_of(sam, "This session has ended")
    expect(sam.page.locator("#ask-notice")).to_contain_text("This session is over")
    expect(sam.box).to_be_visible()
    sam.press_send()
    expect(sam.page.locator("#ask .govuk-error-summary")).to_contain_text("was not sent")
    expect(sam.box).to_have_value("Half a question when it all ended")
    expect(alex.page.locator("#phase")).to_have_attribute("data-phase", "closed")
    assert all(person.has_stayed() for person in (sam, alex, hana, morgan))


def test_without_javascript_a_page_from_before_the_end_says_that_it_is_over(house: House) -> None:
    plan = Planned("ending", opens=-30, starts=-30, ends=60)
    load(house.service, plan)
    slug = slug_of(plan.phase)
    sam = house.reader(slug=slug, scripts=False)
    hana = house.colleague("hana", "triage", slug=slug, scripts=False)
    sam.write("Is it too late?")
    press(hana, "End now")
    sam.press_send()
    expect(sam.page.get_by_role("alert")).to_contain_text("was not sent")
    expect(sam.box).to_have_value("Is it too late?")
    expect(sam.page).to_have_title("Error: Live questions and answers")
