"""Writing an answer: what is put into it, how it will look, and the number that is not on the list;
with the keyboard alone, on a phone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.people import PHONE, Colleague, House

WRONG, RIGHT = "0908 1000 900", "0808 1000 900"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])


def claimed(
    house: House, text: str, *, scripts: bool = True, phone: bool = False
) -> tuple[Colleague, int]:
    """Morgan at the desk, answering a question with this text; and its number."""
    number = house.reader().ask(text)
    assert house.clerk("asha").command(number, "approve").status_code == 200
    morgan = house.colleague("morgan", "desk", scripts=scripts, phone=phone)
    morgan.press(number, "Answer this")
    expect(morgan.answer_box(number)).to_be_visible()
    return morgan, number


def form_of(morgan: Colleague, number: int) -> Locator:
    """The form in which the answer is written: on the desk, or on a page of its own."""
    return morgan.page.locator(f"form[data-composer=answer-{number}]")


@SCRIPTS
def test_a_number_that_is_not_on_the_list_is_stopped_and_put_right(
    house: House, scripts: bool
) -> None:
    morgan, number = claimed(house, f"Which number{' live' if scripts else ''}?", scripts=scripts)
    sam = house.reader()
    morgan.answer_box(number).fill(f"Call {WRONG} today.")
    morgan.publish(number)
    form = form_of(morgan, number)
    expect(form).to_contain_text(f"{WRONG} is not on the list; did you mean {RIGHT}?")
    expect(form.locator("textarea")).to_have_value(f"Call {WRONG} today.")
    form.get_by_role("button", name=f"Put in {RIGHT}").click()
    expect(form.locator("textarea")).to_have_value(f"Call {RIGHT} today.")
    expect(form.get_by_text("is not on the list")).to_have_count(0)
    form.locator(".ask-send__first").click()
    sam.look()
    expect(sam.on_list("transcript", number)).to_contain_text(f"Call {RIGHT} today.")
    expect(sam.on_list("transcript", number)).not_to_contain_text(WRONG)
    if scripts:
        assert morgan.has_stayed()


@SCRIPTS
def test_a_preview_shows_what_readers_will_see(house: House, scripts: bool) -> None:
    morgan, number = claimed(
        house, f"How will it look{' live' if scripts else ''}?", scripts=scripts
    )
    morgan.answer_box(number).fill("You can:\n\n- talk\n- wait")
    form = form_of(morgan, number)
    form.get_by_role("button", name="Preview").click()
    shown = form.locator(".ask-preview")
    expect(shown).to_have_count(2)
    expect(shown.first.locator("li li")).to_have_text(["talk", "wait"])
    expect(shown.first).to_contain_text("Answered by Greater Manchester Police")
    expect(shown.last).to_contain_text("Atebwyd gan")
    expect(form.locator("textarea")).to_have_value("You can:\n\n- talk\n- wait")
    if scripts:
        assert morgan.has_stayed()
        twice = "ids => ids.length !== new Set(ids).size"
        ids = "[...document.querySelectorAll('[id]')].map(each => each.id)"
        assert not morgan.page.evaluate(f"({twice})({ids})")
        assert morgan.tab.axe() == []
    house.clerk("morgan").command(number, "release")


@SCRIPTS
def test_a_service_and_a_ready_answer_are_put_in(house: House, scripts: bool) -> None:
    morgan, number = claimed(
        house, f"Whom can I call{' live' if scripts else ''}?", scripts=scripts
    )
    morgan.answer_box(number).fill("Please call:")
    form = form_of(morgan, number)
    form.locator("summary").click()
    form.get_by_role("button", name="Stop it Now! helpline").click()
    text = form.locator("textarea")
    expect(text).to_have_value(re.compile(rf"^Please call:\n\n[^\n]*{RIGHT}[^\n]*$"))
    form.locator("select").select_option("cy")
    if form.locator("details[open]").count() == 0:
        form.locator("summary").click()
    form.get_by_role("button", name="Can you see who I am?").click()
    expect(text).to_have_value(re.compile(r"\n\nNa\. Rydych yn ymuno heb enw[^$]*999"))
    house.clerk("morgan").command(number, "release")


def test_one_key_puts_a_service_in_at_the_caret(house: House) -> None:
    morgan, number = claimed(house, "Where is the caret?")
    box = morgan.answer_box(number)
    box.fill("Before.\n\nAfter.")
    box.evaluate("box => box.setSelectionRange(8, 8)")
    box.press("Alt+2")
    parts = box.input_value().split("\n\n")
    assert (parts[0], parts[2]) == ("Before.", "After.")
    assert RIGHT in parts[1]
    expect(box).to_be_focused()
    house.clerk("morgan").command(number, "release")


def test_an_answer_is_written_with_the_keyboard_alone(house: House) -> None:
    number = house.reader().ask("Is there a way without a mouse?")
    house.clerk("asha").command(number, "approve")
    morgan = house.colleague("morgan", "desk")
    keyboard = morgan.page.keyboard
    title = morgan.question(number).locator("[data-focus=title]")
    title.focus()
    keyboard.press("c")
    expect(morgan.answer_box(number)).to_be_visible()
    reach(morgan, f"answer-{number}")
    keyboard.type("Yes. Call")
    keyboard.press("Alt+2")
    reach(morgan, "", "data-preview")
    keyboard.press("Enter")
    expect(morgan.claim(number).locator(".ask-preview").first).to_contain_text(RIGHT)
    morgan.answer_box(number).focus()
    reach(morgan, "", "class", "ask-send__first")
    keyboard.press("Enter")
    expect(morgan.on_list("list-answered", number)).to_contain_text("Yes. Call")
    expect(morgan.claim(number)).to_have_count(0)


def reach(person: Colleague, id_: str, attribute: str = "id", part: str = "") -> None:
    """Press Tab until the focus is where it is wanted."""
    for _ in range(200):
        value = person.page.evaluate(
            "name => document.activeElement?.getAttribute(name)", attribute
        )
        if value is not None and (value == id_ if id_ else part in value):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never came to {id_ or part or attribute}")


def test_a_phone_has_all_of_it_under_the_thumb(house: House) -> None:
    morgan, number = claimed(house, "Is it possible on a phone?", phone=True)
    page = morgan.page
    box = morgan.answer_box(number)
    box.fill("A line.\n\n" * 30)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    send = morgan.claim(number).locator(".ask-send__first")
    # The text has grown, and the way to send it is in sight wherever in it one is.
    grown = box.bounding_box()
    assert grown is not None
    assert grown["height"] > PHONE["height"]
    box.evaluate("box => box.scrollIntoView({block: 'start'})")
    expect(send).to_be_in_viewport(ratio=1)
    place = send.bounding_box()
    assert place is not None
    assert place["height"] >= 44
    assert place["y"] > PHONE["height"] / 2
    # With a keyboard on the screen nothing sticks over the text.
    page.set_viewport_size({"width": PHONE["width"], "height": 380})
    bar = morgan.claim(number).locator(".ask-send")
    assert bar.evaluate("bar => getComputedStyle(bar).position") == "static"
    page.set_viewport_size(PHONE)
    morgan.claim(number).get_by_role("button", name="Preview").click()
    expect(morgan.claim(number).locator(".ask-preview").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert morgan.tab.axe() == []
    send.click()
    expect(morgan.on_list("list-answered", number)).to_contain_text("A line.")
