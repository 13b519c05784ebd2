"""What the desk does, an author, and whoever ticks many questions, on pages without JavaScript:
what is pressed, and where its effect is seen.

A way is a function named as its command. It gets the evening, presses what a person would press,
and looks at what the next page shows.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague
from tests.browser.live.plainly import asha_at


def at_desk(evening: Evening, username: str = "morgan") -> Colleague:
    return evening.desk(username, scripts=False)


# The desk


def claim(evening: Evening) -> None:
    number = evening.approved("Who answers this?")
    morgan = at_desk(evening)
    morgan.press(number, "Answer this")
    expect(morgan.answer_box(number)).to_be_visible()
    evening.give("morgan", number, "release")


def release(evening: Evening) -> None:
    number = evening.approved("Who gives this up?")
    morgan = at_desk(evening)
    morgan.press(number, "Answer this")
    morgan.claim(number).get_by_role("button", name="Let somebody else answer").click()
    expect(morgan.claim(number)).to_have_count(0)
    expect(morgan.button(number, "Answer this")).to_be_visible()


def answer(evening: Evening) -> None:
    number = evening.approved("What do you say?")
    morgan = at_desk(evening)
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("This.")
    morgan.publish(number)
    expect(morgan.on_list("list-answered", number)).to_contain_text("This.")


def publish(evening: Evening) -> None:
    number = drafted(evening)
    leah = at_desk(evening, "leah")
    leah.press(number, "It is right")
    expect(leah.on_list("list-answered", number)).to_contain_text("0900 000 000")


def return_(evening: Evening) -> None:
    number = drafted(evening)
    leah = at_desk(evening, "leah")
    leah.unfold(number, "Return with a note")
    leah.question(number).get_by_label("What should change?").fill("Not that number.")
    leah.press(number, "Return")
    expect(at_desk(evening).claim(number)).to_contain_text("Not that number.")
    evening.give("morgan", number, "release")


def drafted(evening: Evening) -> int:
    """An answer with a number that only a lead may let through."""
    number = evening.approved("Which number is it?")
    text = "Call 0900 000 000."
    evening.give("morgan", number, "answer", text=text, lang="en", ask_lead="1")
    return number


def correct(evening: Evening) -> None:
    number = evening.answered("Is that right?", "Perhaps.")
    morgan = at_desk(evening)
    morgan.unfold(number, "Correct this answer")
    corrected = morgan.question(number).get_by_label("The public sees the new wording")
    corrected.fill("Certainly.")
    morgan.press(number, "Publish the correction")
    expect(morgan.on_list("list-answered", number)).to_contain_text("Corrected at")


def translate(evening: Evening) -> None:
    number = evening.answered("And in Welsh?", "Yes.")
    morgan = at_desk(evening)
    morgan.unfold(number, "Add the Welsh")
    morgan.question(number).get_by_label("The same answer in Welsh").fill("Ie, yn wir.")
    morgan.press(number, "Publish it")
    expect(morgan.question(number)).to_contain_text("Ie, yn wir.")


def cosign(evening: Evening) -> None:
    number = evening.answered("Do both say so?", "We do.")
    lucy = at_desk(evening, "lucy")
    lucy.press(number, "Sign it for my organisation too")
    expect(lucy.question(number)).to_contain_text("Signed for The Lucy Faithfull Foundation too")


def remove(evening: Evening) -> None:
    number = evening.answered("Should this stay?", "No.")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Take down").get_by_role("button", name="About a live case").click()
    expect(asha.on_list("list-done", number)).to_contain_text("Asha took this down")


def preview(evening: Evening) -> None:
    number = evening.approved("How will it look?")
    morgan = at_desk(evening)
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("Like this.")
    morgan.claim(number).get_by_role("button", name="Preview").click()
    expect(morgan.page.locator(".ask-preview").first).to_contain_text("Like this.")
    evening.give("morgan", number, "release")


def keep(evening: Evening) -> None:
    number = evening.approved("Will it be there tomorrow?")
    morgan = at_desk(evening)
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("It will.")
    morgan.claim(number).get_by_role("button", name="Keep for later").click()
    expect(at_desk(evening).answer_box(number)).to_have_value("It will.")
    evening.give("morgan", number, "release")


# The author


def withdraw(evening: Evening) -> None:
    sam = evening.reader(scripts=False)
    number = sam.ask("May I have this back?")
    sam.own(number).get_by_role("button", name="Withdraw").click()
    expect(sam.own(number)).to_contain_text("Withdrawn by you")


def respond(evening: Evening) -> None:
    sam = evening.reader(scripts=False)
    number = sam.ask("Is anybody there for me?")
    evening.give("asha", number, "reply", text="We are. Call 0808 1000 900.")
    sam.look()
    expect(sam.own(number)).to_contain_text("A reply that only you can see")
    sam.own(number).get_by_role("button", name="I still need help").click()
    expect(sam.own(number)).to_contain_text("You still need help")


# Many at once, and the session


def chosen(evening: Evening, part: str) -> tuple[Colleague, list[int]]:
    """Two questions ticked, and what can be done to both unfolded."""
    numbers = [evening.ask(f"One of two to {part}?"), evening.ask(f"The other one to {part}?")]
    asha = asha_at(evening)
    for number in numbers:
        asha.page.locator(f"#tick-{number}").check()
    asha.page.locator("#bulk summary").click()
    return asha, numbers


def given_to_all(asha: Colleague, button: str) -> None:
    asha.page.locator("#bulk").get_by_role("button", name=button).click()
    expect(asha.page.get_by_role("heading", level=1)).to_contain_text("2 of 2 questions done")
    asha.page.get_by_role("link", name="Back to the queue").click()


def many(evening: Evening, command: str) -> None:
    """A command for two questions at once."""
    asha, numbers = chosen(evening, command)
    target = evening.ask(f"What they are all taken together with, to {command}?")
    if command == "restore":
        for number in numbers:
            evening.give("bea", number, "reject", reason="off-topic")
    label, value, button, seen = {
        "reject": ("Why?", "Off topic", "Reject them all", "Off topic"),
        "divert": ("Where do they belong?", "A complaint", "Tell all", "A complaint"),
        "assign": ("Who should answer?", "Greater Manchester Police", "Assign", "For Greater"),
        "label": ("Which label?", "Often asked", "Set this label", "Often asked"),
        "hold": ("A note for colleagues", "Later.", "on hold", "Later."),
        "hand": ("To which colleague?", "Bea", "Hand them", "Handed to Bea"),
        "merge": ("With which question?", str(target), "all together", f"question {target}"),
        "restore": ("", "", "Put them all back", "Asha put this back"),
    }[command]
    if label:
        field = asha.page.locator("#bulk").get_by_label(label, exact=label == "Why?")
        if field.evaluate("field => field.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)
    given_to_all(asha, button)
    for number in numbers:
        expect(asha.question(number)).to_contain_text(seen)
