"""The same evening on three phones, 375 pixels wide and by touch: somebody asks, a moderator edits
and approves, a panelist answers. Nothing is wider than the screen, nothing is too small to be hit,
and the question that is open comes first."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import PHONE, Person

SMALLEST = 24
SMALL = """least => [...document.querySelectorAll(
    'main button, main summary, main select, main textarea, main input:not([type=hidden])')]
  .filter(each => each.checkVisibility() && !each.closest('.govuk-visually-hidden'))
  .filter(each => {
    const {width, height} = each.getBoundingClientRect();
    return width > 1 && (width < least || height < least);
  }).map(each => each.outerHTML.slice(0, 100))"""
"""What one could miss with a thumb. A tick box of GOV.UK counts with the label that it is under."""


def fits(person: Person) -> None:
    """Nothing to be scrolled for sideways, and nothing that is too small."""
    assert person.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert person.page.evaluate(SMALL, SMALLEST) == []


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def test_an_evening_on_three_phones(evening: Evening) -> None:
    long = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
    earlier = [evening.ask(f"{each}. What is {long}?") for each in range(1, 5)]
    sam, alex = evening.reader(phone=True), evening.reader(phone=True)
    asha, bea = evening.triage("asha", phone=True), evening.triage("bea")
    morgan = evening.desk("morgan", phone=True)
    for person in (sam, asha, morgan):
        fits(person)
    number = sam.ask("What if Mr Rigby did it?")
    fits(sam)
    asha.button(number, "Open").tap()
    box = asha.opened(number)
    expect(box.locator("[data-focus=title]")).to_be_in_viewport()
    assert top(box) < top(asha.page.locator("#list-pending"))
    expect(bea.question(number)).to_contain_text("Asha is reading this")
    fits(asha)
    for summary in box.locator("> div > details > summary").all():
        summary.tap()
        fits(asha)
        summary.tap()
    asha.step(number, "Edit and approve").get_by_label("The public sees").fill("Who did it?")
    box.get_by_role("button", name="Approve this wording").tap()
    expect(box).to_have_count(0)
    expect(alex.on_list("waiting", number)).to_contain_text("Who did it?")

    morgan.button(number, "Answer this").tap()
    expect(morgan.answer_box(number)).to_be_in_viewport()
    fits(morgan)
    morgan.answer_box(number).fill(f"Nobody knows. {long}\n\n- Call 101.")
    send = morgan.claim(number).locator(".ask-send__first")
    expect(send).to_be_in_viewport(ratio=1)
    send.tap()
    expect(alex.on_list("transcript", number)).to_contain_text("Nobody knows.")
    expect(sam.own(number)).to_contain_text("Read the answer")
    for person in (sam, alex, asha, morgan):
        fits(person)

    asha.page.locator(f"#tick-{earlier[0]}").tap()
    asha.page.locator(f"#tick-{earlier[1]}").tap()
    asha.page.locator("#selected").tap()
    bulk = asha.page.locator("#bulk")
    fits(asha)
    bulk.get_by_label("Why?", exact=True).select_option("Not a question")
    bulk.get_by_role("button", name="Reject them all").tap()
    for each in earlier[:2]:
        expect(bea.on_list("list-done", each)).to_contain_text("Not a question")
    asha.page.locator("#undo").tap()
    expect(bea.on_list("list-pending", earlier[1])).to_be_visible()
    fits(asha)
    assert evening.all_have_stayed()
