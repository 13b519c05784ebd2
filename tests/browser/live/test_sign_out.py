"""Who is signed out is told so at once, on every screen that they have open, and sees no more."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.live.people import Colleague, House
from tests.service import SLUG

SIGNED_OUT = "You have been signed out. Sign in again to go on."
DESK, TRIAGE = f"/staff/sessions/{SLUG}/desk", f"/staff/sessions/{SLUG}/triage"


def second_window(colleague: Colleague, path: str) -> Page:
    """Another page in the same browser, so under the same sign-in."""
    page = colleague.tab.context.new_page()
    page.goto(colleague.tab.origin + path)
    return page


def is_told(page: Page) -> None:
    expect(page.locator("#live-status")).to_have_text(SIGNED_OUT)


def test_signing_out_ends_the_other_window_at_once(house: House) -> None:
    bea = house.visitor(DESK)
    house.sign_in(bea, "bea")
    queue = second_window(bea, TRIAGE)
    elsewhere = house.colleague("asha", "triage")
    bea.page.get_by_role("button", name="Sign out").click()
    expect(bea.page.get_by_role("alert", name="Signed out")).to_be_visible()
    is_told(queue)
    with house.service.participant() as sam:
        number = sam.ask("Does Bea still see this?").json()["number"]
    expect(elsewhere.on_list("list-pending", number)).to_be_visible()
    expect(elsewhere.status).to_be_empty()
    expect(queue.locator(f"#question-{number}")).to_have_count(0)
    queue.reload()
    expect(queue.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_signing_out_everywhere_ends_every_device(house: House) -> None:
    here, there = house.visitor("/staff"), house.visitor(DESK)
    for device in (here, there):
        house.sign_in(device, "lucy")
    other = house.colleague("morgan", "desk")
    here.page.get_by_role("button", name="Sign out on every device").click()
    expect(here.page.get_by_role("alert", name="Signed out")).to_contain_text("every device")
    is_told(there.page)
    expect(other.status).to_be_empty()


def test_who_is_disabled_while_connected_is_out_and_loses_no_words(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    lucy = house.visitor(DESK)
    house.sign_in(lucy, "lucy")
    number = sam.ask("Is she still here?")
    asha.press(number, "Approve")
    lucy.press(number, "Answer this")
    lucy.answer_box(number).fill("Words of somebody who was sent away.")
    try:
        disabled = house.service.run("staff", "disable", "lucy")
        assert disabled.returncode == 0, disabled.stderr
        is_told(lucy.page)
        lucy.publish(number)
        expect(lucy.claim(number)).to_contain_text("Sign in")
        expect(lucy.answer_box(number)).to_have_value("Words of somebody who was sent away.")
        asha.decide(number, "Release the claim")
        expect(sam.own(number)).to_contain_text("Waiting for an answer")
        page = house.visitor("/staff").tab.open("/staff")
        page.get_by_label("Username").fill("lucy")
        page.get_by_label("Password", exact=True).fill("a long password for tests")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "Enter a username and password that match"
        )
    finally:
        assert house.service.run("staff", "enable", "lucy").returncode == 0


def test_a_signed_out_click_without_javascript_gives_the_words_back(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    morgan = house.visitor(DESK, scripts=False)
    house.sign_in(morgan, "morgan")
    number = sam.ask("And without scripts?")
    asha.press(number, "Approve")
    expect(sam.own(number)).to_contain_text("Waiting for an answer")
    morgan.look()
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("Written before the sign-in ran out.")
    morgan.tab.context.clear_cookies()
    morgan.publish(number)
    expect(morgan.page.get_by_label("What you had written.")).to_have_value(
        "Written before the sign-in ran out."
    )
    asha.decide(number, "Release the claim")
