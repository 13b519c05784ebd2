"""What staff have in sight: the work high up on the page, and nothing that lies over it idly."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.live.people import PHONE, House


def is_on_top(place: Locator) -> bool:
    """Whether nothing lies over its middle, its top or its bottom edge."""
    found: bool = place.evaluate("""place => {
        const {left, width, top, bottom} = place.getBoundingClientRect();
        return [top + 4, (top + bottom) / 2, bottom - 4]
            .every(y => place.contains(document.elementFromPoint(left + width / 2, y)));
    }""")
    return found


def lies_on_top(page: Page, y: int) -> str:
    """The id of what sticks at a height of the screen, "" for nothing."""
    found: str = page.evaluate(
        "y => document.elementFromPoint(innerWidth / 2, y)?.closest('.ask-tools')?.id ?? ''", y
    )
    return found


def test_the_first_question_is_in_sight_without_scrolling(house: House) -> None:
    number = house.reader().ask("Am I seen at once?")
    asha = house.colleague("asha", "triage")
    first = asha.page.locator("#list-pending > li").first
    expect(first.locator("[data-focus=title]")).to_be_in_viewport(ratio=1)
    expect(asha.question(number)).to_be_visible()


def test_on_a_phone_the_line_of_news_covers_nothing_while_there_are_none(house: House) -> None:
    reader = house.reader()
    numbers = [reader.ask(f"Is number {each} in the way?") for each in range(4)]
    asha = house.colleague("asha", "triage", phone=True)
    page = asha.page
    last = asha.question(numbers[-1])
    last.evaluate("card => card.scrollIntoView({block: 'start'})")
    assert lies_on_top(page, 20) == ""
    asha.decide(numbers[0], "Approve")
    expect(page.locator("#undo")).to_be_visible()
    last.evaluate("card => card.scrollIntoView({block: 'start'})")
    assert lies_on_top(page, 20) == "tools"
    # What is focused stands clear of it (WCAG 2.2, 2.4.11).
    button = last.locator("[data-focus=approve]")
    button.focus()
    assert is_on_top(button)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_on_a_laptop_nothing_lies_over_the_box_for_an_answer(house: House) -> None:
    number = house.reader().ask("Where do I write?")
    assert house.clerk("asha").command(number, "approve").status_code == 200
    morgan = house.colleague("morgan", "desk")
    morgan.press(number, "Answer this")
    box = morgan.answer_box(number)
    box.fill("Here.")
    box.scroll_into_view_if_needed()
    assert is_on_top(box)
