"""Two panelists at the desk at once, Morgan of the police and Lucy of the charity: whose question
it is, who is typing, two answers, a signature, both languages, and what a lead lets through."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.live.people import Colleague, House, Reader
from tests.service import PASSWORD, Service

WRONG = "0908 1000 900"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["live", "without JavaScript"])


@pytest.fixture(scope="module", autouse=True)
def leah(service: Service) -> None:
    """A lead beside the usual staff."""
    added = service.run(
        *("staff", "add", "leah", "--name", "Leah", "--role", "lead", "--password-stdin"),
        given=PASSWORD + "\n",
    )
    assert added.returncode == 0 or "taken" in added.stderr or "already" in added.stderr


def approved(house: House, text: str) -> int:
    number = house.reader().ask(text)
    assert house.clerk("asha").command(number, "approve").status_code == 200
    return number


def answered(house: House, text: str) -> int:
    number = approved(house, text)
    done = house.clerk("morgan").command(number, "answer", text="It is not.", lang="en")
    assert done.status_code == 200
    return number


def look(*people: Colleague | Reader) -> None:
    for each in people:
        each.look()


def how(scripts: bool) -> str:
    return "live" if scripts else "plainly"


@SCRIPTS
def test_a_question_comes_to_the_list_of_whose_it_is(house: House, scripts: bool) -> None:
    asha = house.clerk("asha")
    number = approved(house, f"Whose is this, {how(scripts)}?")
    morgan = house.colleague("morgan", "desk", scripts=scripts)
    lucy = house.colleague("lucy", "desk", scripts=scripts)
    for each in (morgan, lucy):
        expect(each.on_list("list-approved", number)).to_be_visible()
    asha.command(number, "assign", organisation="gmp")
    look(morgan, lucy)
    for each in (morgan, lucy):
        expect(each.on_list("list-of-gmp", number)).to_be_visible()
        expect(each.question(number)).to_have_count(1)
    asha.command(number, "assign", organisation="gmp", panelist="morgan")
    look(morgan, lucy)
    expect(morgan.on_list("list-mine", number)).to_be_visible()
    expect(lucy.on_list("list-of-gmp", number)).to_be_visible()
    asha.command(number, "assign", organisation="lff")
    look(morgan, lucy)
    for each in (morgan, lucy):
        expect(each.on_list("list-of-lff", number)).to_be_visible()
        expect(each.question(number)).to_have_count(1)
    # Each has their own above what is for everybody, and the others' below.
    for each, order in ((morgan, ("gmp", "lff")), (lucy, ("lff", "gmp"))):
        ids = each.page.locator("ol[id^=list-]").evaluate_all("all => all.map(one => one.id)")
        between = ["list-mine", f"list-of-{order[0]}", "list-approved", f"list-of-{order[1]}"]
        assert ids == [*between, "list-answered"]
    if scripts:
        assert morgan.has_stayed()
        assert lucy.has_stayed()


def test_colleagues_see_somebody_typing_and_the_public_does_not(house: House) -> None:
    number = approved(house, "Are you still there?")
    sam = house.reader()
    morgan, lucy = house.colleague("morgan", "desk"), house.colleague("lucy", "desk")
    morgan.press(number, "Answer this")
    expect(lucy.question(number)).to_contain_text("Morgan is answering this.")
    expect(sam.on_list("waiting", number)).to_contain_text("Now answering")
    seen = len(sam.frames)
    morgan.answer_box(number).press_sequentially("Yes")
    expect(lucy.question(number)).to_contain_text("Morgan is answering this, typing.")
    morgan.claim(number).get_by_role("button", name="Let somebody else answer").click()
    expect(lucy.button(number, "Answer this")).to_be_visible()
    expect(sam.on_list("waiting", number)).to_contain_text("Waiting for an answer")
    sam.sees_nothing_of("typing")
    told = [frame for frame in sam.frames[seen:] if f"question-{number}" in frame]
    assert len(told) == 1


@SCRIPTS
def test_a_second_answer_and_a_signature_that_is_taken_back(house: House, scripts: bool) -> None:
    number = answered(house, f"What do both of you say, {how(scripts)}?")
    sam = house.reader(scripts=scripts)
    morgan = house.colleague("morgan", "desk", scripts=scripts)
    lucy = house.colleague("lucy", "desk", scripts=scripts)
    lucy.press(number, "Sign it for my organisation too")
    look(sam, morgan, lucy)
    signed = "Signed for The Lucy Faithfull Foundation too, by Lucy"
    expect(morgan.question(number)).to_contain_text(signed)
    lucy.press(number, "Take my signature back")
    look(sam, morgan, lucy)
    expect(morgan.question(number)).not_to_contain_text(signed)
    lucy.unfold(number, "Add my organisation")
    lucy.question(number).get_by_label("Your answer.").fill("We say so too.")
    lucy.question(number).locator(f"[data-composer=second-text-{number}] .ask-send__first").click()
    look(sam, morgan, lucy)
    expect(sam.on_list("transcript", number)).to_contain_text("We say so too.")
    expect(morgan.question(number)).to_contain_text("We say so too.")


@SCRIPTS
def test_an_answer_gets_its_welsh_and_a_correction(house: House, scripts: bool) -> None:
    number = answered(house, f"And in Welsh, {how(scripts)}?")
    sam = house.reader(scripts=scripts)
    morgan = house.colleague("morgan", "desk", scripts=scripts)
    lucy = house.colleague("lucy", "desk", scripts=scripts)
    expect(lucy.question(number)).to_contain_text("Welsh missing")
    morgan.unfold(number, "Add the Welsh")
    box = f"translation-{number}-1-cy"
    morgan.page.locator(f"#{box}").fill("Nac ydy.")
    morgan.page.locator(f"[data-composer={box}] .ask-send__first").click()
    look(morgan, lucy)
    expect(lucy.question(number)).to_contain_text("Nac ydy.")
    expect(lucy.question(number)).not_to_contain_text("Welsh missing")
    morgan.unfold(number, "Correct this answer")
    box = f"correction-{number}-1"
    morgan.page.locator(f"#{box}").fill("It never is.")
    morgan.page.locator(f"[data-composer={box}] .ask-send__first").click()
    look(sam, morgan, lucy)
    expect(sam.on_list("transcript", number)).to_contain_text("It never is.")
    expect(sam.on_list("transcript", number)).to_contain_text("Corrected at")
    expect(lucy.question(number).locator("summary").filter(has_text="Earlier")).to_be_visible()
    lucy.unfold(number, "Earlier wordings")
    expect(lucy.question(number).locator(".ask-former")).to_contain_text("It is not.")
    expect(lucy.question(number).locator(".ask-former")).to_contain_text("morgan")


@SCRIPTS
def test_a_lead_lets_a_number_through(house: House, scripts: bool) -> None:
    number = approved(house, f"Who lets it through, {how(scripts)}?")
    sam = house.reader(scripts=scripts)
    morgan = house.colleague("morgan", "desk", scripts=scripts)
    leah = house.colleague("leah", "desk", scripts=scripts)
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill(f"Call {WRONG}.")
    morgan.publish(number)
    morgan.page.get_by_role("button", name="Ask a lead to check it").click()
    look(morgan, leah)
    expect(morgan.claim(number)).to_contain_text("Your answer waits for a lead to check it.")
    expect(leah.question(number)).to_contain_text(f"so a lead must check it: {WRONG}")
    look(sam)
    expect(sam.question(number)).not_to_contain_text(WRONG)
    leah.press(number, "It is right: publish it")
    look(sam, morgan)
    expect(sam.on_list("transcript", number)).to_contain_text(f"Call {WRONG}.")
    expect(morgan.claim(number)).to_have_count(0)
