"""A session whose answers need a second pair of eyes: nobody publishes what they wrote."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.live.people import House
from tests.service import EXAMPLES, Service

REGION = "north-west-region"
DRAFT = "A first version of the answer."
FINAL = "A second version of the answer."


@pytest.fixture(scope="module", autouse=True)
def region(service: Service) -> None:
    """The regional session, beside the other one."""
    file = str(EXAMPLES / f"{REGION}.toml")
    loaded = service.run("session", "load", file, "--starts", "now")
    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
def test_an_answer_is_published_by_another_than_who_wrote_it(house: House, scripts: bool) -> None:
    sam = house.reader(slug=REGION, scripts=scripts)
    asha = house.colleague("asha", "triage", slug=REGION, scripts=scripts)
    morgan = house.colleague("morgan", "desk", slug=REGION, scripts=scripts)
    lucy = house.colleague("lucy", "desk", slug=REGION, scripts=scripts)
    how = "live" if scripts else "plainly"
    number = sam.ask(f"Who checks what you say, {how}?")

    def look() -> None:
        for person in (sam, asha, morgan, lucy):
            person.look()

    look()
    asha.press(number, "Approve")
    look()
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill(f"{DRAFT} ({how})")
    morgan.publish(number, "Send for a check")
    look()
    expect(morgan.claim(number)).to_contain_text("Your answer waits for a colleague to check it.")
    expect(morgan.claim(number)).to_contain_text(DRAFT)
    expect(lucy.on_list("list-approved", number)).to_contain_text(f"{DRAFT} ({how})")
    expect(lucy.question(number)).to_contain_text("Morgan wrote this answer.")
    expect(sam.on_list("waiting", number)).to_contain_text("Now answering")

    lucy.unfold(number, "Return with a note")
    lucy.question(number).get_by_label("What should change?").fill("Say it more kindly.")
    lucy.press(number, "Return")
    look()
    expect(morgan.claim(number)).to_contain_text("Say it more kindly.")
    expect(morgan.answer_box(number)).to_have_value(f"{DRAFT} ({how})")
    morgan.answer_box(number).fill(f"{FINAL} ({how})")
    morgan.publish(number, "Send for a check")
    look()
    lucy.press(number, "Publish")
    look()
    answered = sam.on_list("transcript", number)
    expect(answered).to_contain_text(f"{FINAL} ({how})")
    expect(answered).to_contain_text("Answered by Greater Manchester Police")
    expect(morgan.claim(number)).to_have_count(0)
    for secret in (f"{DRAFT} ({how})", "Say it more kindly."):
        sam.sees_nothing_of(secret)


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])
def test_who_wrote_an_answer_cannot_check_it(house: House, scripts: bool) -> None:
    sam = house.reader(slug=REGION)
    morgan = house.colleague("morgan", "desk", slug=REGION, scripts=scripts)
    lucy = house.colleague("lucy", "desk", slug=REGION)
    number = sam.ask(f"Do you check yourself, {'live' if scripts else 'plainly'}?")
    house.clerk("asha").command(number, "approve", slug=REGION)
    morgan.look()
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("I know that I am right.")
    morgan.publish(number, "Send for a check")
    expect(morgan.claim(number)).to_contain_text("Your answer waits for a colleague to check it.")
    expect(lucy.button(number, "Publish")).to_be_visible()
    if scripts:
        expect(morgan.button(number, "Publish")).to_have_count(0)
    else:
        morgan.press(number, "Publish")
        morgan.is_told("A colleague must check this answer, not the person who wrote it.")
    sam.sees_nothing_of("I know that I am right.")


def test_a_second_answer_that_is_returned_can_be_written_again(house: House) -> None:
    sam = house.reader(slug=REGION)
    lucy = house.colleague("lucy", "desk", slug=REGION)
    number = sam.ask("What do you both say?")
    asha, morgan = house.clerk("asha"), house.clerk("morgan")
    asha.command(number, "approve", slug=REGION)
    morgan.command(number, "answer", slug=REGION, text="This we say.", lang="en")
    asha.command(number, "publish", slug=REGION)
    lucy.unfold(number, "Add my organisation")
    lucy.question(number).get_by_label("Your answer.").fill("And this we say.")
    lucy.press(number, "Send for a check")
    expect(lucy.question(number)).to_contain_text("Lucy wrote this answer.")
    asha.command(number, "return", slug=REGION, note="Say it more kindly.")
    expect(lucy.question(number)).to_contain_text("Say it more kindly.")
    lucy.unfold(number, "Add my organisation")
    again = lucy.question(number).get_by_label("Your answer.")
    expect(again).to_have_value("And this we say.")
    again.fill("And this we say, kindly.")
    lucy.press(number, "Send for a check")
    expect(lucy.question(number).get_by_text("And this we say, kindly.")).to_be_visible()
    asha.command(number, "publish", slug=REGION)
    expect(sam.on_list("transcript", number)).to_contain_text("And this we say, kindly.")
