"""A lost connection loses no words: what is being written is in the store, not only in the tab."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.live.people import House

WORDS = "These words took a long time to find."
MORE = f"{WORDS}\n\nAnd so did these."


def approved(house: House, text: str) -> int:
    number = house.reader().ask(text)
    assert house.clerk("asha").command(number, "approve").status_code == 200
    return number


def test_the_network_is_cut_the_tab_closed_and_the_words_are_in_another_browser(
    house: House,
) -> None:
    number = approved(house, "Do my words stay?")
    morgan = house.colleague("morgan", "desk")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill(WORDS)
    expect(morgan.claim(number)).to_contain_text("Kept at")
    morgan.tab.context.set_offline(True)
    morgan.answer_box(number).fill(MORE)
    expect(morgan.claim(number)).to_contain_text("Not kept yet: the connection is lost.")
    expect(morgan.answer_box(number)).to_have_value(MORE)
    morgan.page.close()

    # What was kept before the cut is there; what came after it may be, for a browser that is
    # closed tries once more.
    again = house.colleague("morgan", "desk")
    expect(again.answer_box(number)).to_have_value(re.compile(f"^{re.escape(WORDS)}"))
    expect(again.claim(number)).to_contain_text("What you had written was kept")
    again.answer_box(number).fill(MORE)
    again.publish(number)
    expect(again.on_list("list-answered", number)).to_contain_text("And so did these.")


def test_when_the_network_comes_back_the_rest_is_kept(house: House) -> None:
    number = approved(house, "Do the rest of my words stay?")
    morgan = house.colleague("morgan", "desk")
    morgan.press(number, "Answer this")
    expect(morgan.answer_box(number)).to_be_visible()
    morgan.tab.context.set_offline(True)
    morgan.answer_box(number).fill(MORE)
    expect(morgan.claim(number)).to_contain_text("Not kept yet")
    morgan.tab.context.set_offline(False)
    expect(morgan.claim(number)).to_contain_text("Kept at")
    again = house.colleague("morgan", "desk", scripts=False)
    expect(again.answer_box(number)).to_have_value(MORE)


def test_what_is_typed_last_is_kept_on_leaving(house: House) -> None:
    number = approved(house, "Do my last words stay?")
    morgan = house.colleague("morgan", "desk")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill(MORE)
    morgan.page.goto(f"{house.service.url}/staff")
    # Kept by a request that outlives the page: it may arrive after the next one is open.
    morgan.tab.has_until(lambda: MORE in kept(house, number))


def test_words_that_lost_their_box_come_back_with_it(house: House) -> None:
    """A moderator releases the claim under somebody's hands; they take it up again."""
    number = approved(house, "Is my place taken away?")
    morgan = house.colleague("morgan", "desk")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill(WORDS)
    expect(morgan.claim(number)).to_contain_text("Kept at")
    house.clerk("asha").command(number, "release")
    expect(morgan.claim(number)).to_have_count(0)
    expect(morgan.page.locator("#kept textarea")).to_have_value(WORDS)
    morgan.press(number, "Answer this")
    expect(morgan.answer_box(number)).to_have_value(WORDS)
    expect(morgan.claim(number)).to_contain_text("Here it is again.")


def test_a_second_answer_is_kept_as_well(house: House) -> None:
    number = approved(house, "Is the second answer kept?")
    house.clerk("morgan").command(number, "answer", text="We say.", lang="en")
    lucy = house.colleague("lucy", "desk")
    lucy.unfold(number, "Add my organisation")
    box = lucy.question(number).get_by_label("Your answer.")
    box.fill(WORDS)
    expect(lucy.question(number)).to_contain_text("Kept at")
    again = house.colleague("lucy", "desk")
    again.unfold(number, "Add my organisation")
    expect(again.question(number).get_by_label("Your answer.")).to_have_value(WORDS)


def kept(house: House, number: int) -> str:
    path = f"/staff/sessions/stop-it-now/questions/{number}/kept"
    return str(house.clerk("morgan").get(path).json()["text"])
