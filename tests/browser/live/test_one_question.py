"""One question from an anonymous phone, by a moderator, to a panelist's answer on every screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.live.people import House, Person

QUESTION = "Is it against the law if I only looked at it?"
YES = "Yes. Looking is a crime as well."
HELP = "You can talk to somebody about it, in confidence."


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
def test_a_question_travels_from_a_phone_to_an_answer_on_every_screen(
    house: House, scripts: bool
) -> None:
    how = "Live" if scripts else "Plain"
    question, yes, help_ = f"{QUESTION} {how}.", f"{YES} {how}.", f"{HELP} {how}."
    sam = house.reader(phone=True, scripts=scripts)
    alex = house.reader(scripts=scripts)
    asha = house.colleague("asha", "triage", scripts=scripts)
    morgan = house.colleague("morgan", "desk", scripts=scripts)
    everybody: list[Person] = [sam, alex, asha, morgan]

    def look() -> None:
        for person in everybody:
            person.look()

    number = sam.ask(question)
    expect(sam.own(number)).to_contain_text("Waiting for a moderator")
    expect(sam.box).to_have_value("")
    if not scripts:
        banner = sam.page.get_by_role("alert", name="Sent")
        expect(banner).to_contain_text("Your question is stored")
    look()
    expect(asha.on_list("list-pending", number)).to_contain_text(question)
    expect(sam.question(number)).to_have_count(0)
    for person in (alex, morgan):
        person.sees_nothing_of(question)

    asha.press(number, "Approve")
    look()
    expect(asha.on_list("list-approved", number)).to_contain_text("Asha approved this")
    expect(sam.own(number)).to_contain_text("Waiting for an answer")
    expect(morgan.on_list("list-approved", number)).to_contain_text(question)
    for reader in (sam, alex):
        waiting = reader.on_list("waiting", number)
        expect(waiting).to_contain_text(question)
        expect(waiting).to_contain_text("Waiting for an answer")

    morgan.press(number, "Answer this")
    look()
    expect(morgan.claim(number)).to_contain_text(question)
    expect(sam.own(number)).to_contain_text("Being answered now")
    expect(asha.question(number)).to_contain_text("Morgan is answering")
    for reader in (sam, alex):
        waiting = reader.on_list("waiting", number)
        expect(waiting).to_contain_text("Now answering")
        expect(waiting).to_contain_text("Greater Manchester Police")

    morgan.answer_box(number).fill(f"{yes}\n\n{help_}")
    alex.sees_nothing_of(help_)
    morgan.publish(number)
    look()
    expect(morgan.claim(number)).to_have_count(0)
    expect(morgan.on_list("list-answered", number)).to_contain_text(help_)
    expect(asha.on_list("list-answered", number)).to_be_visible()
    expect(asha.open(number)).to_contain_text(help_)
    expect(sam.own(number)).to_contain_text("Answered")
    for reader in (sam, alex):
        answered = reader.on_list("transcript", number)
        expect(answered).to_contain_text(question)
        expect(answered.locator(".ask-answer p").filter(has_text=help_)).to_be_visible()
        expect(answered).to_contain_text("Answered by Greater Manchester Police")
        expect(reader.on_list("waiting", number)).to_have_count(0)
        expect(reader.question(number)).to_have_count(1)
    sam.own(number).get_by_role("link", name="Read the answer").click()
    expect(sam.question(number)).to_be_in_viewport()

    expect(alex.page.locator("#mine > li")).to_have_count(0)
    assert alex.tab.context.cookies() == []
    if scripts:
        assert all(person.has_stayed() for person in everybody)


def test_a_reader_without_scripts_is_led_to_what_is_new(house: House) -> None:
    sam, alex = house.reader(), house.reader(scripts=False)
    alex.look()
    expect(alex.page.get_by_text("There are no new answers since you last looked.")).to_be_visible()
    asha, morgan = house.colleague("asha", "triage"), house.colleague("morgan", "desk")
    number = sam.ask("What is new here?")
    asha.press(number, "Approve")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("This is.")
    morgan.publish(number)
    expect(morgan.on_list("list-answered", number)).to_be_visible()
    alex.look()
    alex.page.get_by_role("link", name="Go to the first answer since you last looked").click()
    assert alex.page.url.endswith(f"#question-{number}")
    expect(alex.question(number)).to_be_in_viewport()
