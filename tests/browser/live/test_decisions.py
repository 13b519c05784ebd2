"""What moderators and panelists decide, and what the person who asked and everybody else see of
it: live, and on a page that is opened afterwards."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.people import House, Reader

NAMES_A_PERSON = "We cannot publish a question that could show who somebody is."


def again(reader: Reader) -> None:
    """Load the page again, as somebody does who does not trust it."""
    reader.page.reload()
    reader.settle()


def test_an_edited_question_shows_its_wording_to_all_and_its_origin_to_its_author(
    house: House,
) -> None:
    sam, alex = house.reader(), house.reader()
    asha = house.colleague("asha", "triage")
    number = sam.ask("What if Mr Rigby of Penny Lane did it?")
    asha.open(number)
    part = asha.step(number, "Edit and approve")
    wording = part.get_by_label("The public sees only this wording.")
    expect(wording).to_have_value("What if Mr Rigby of Penny Lane did it?")
    wording.fill("What if a neighbour did it?")
    part.get_by_role("button", name="Approve this wording").click()
    expect(asha.on_list("list-approved", number)).to_contain_text("Edited")
    expect(asha.open(number).locator("del")).to_contain_text(["Mr", "Rigby of Penny Lane"])
    expect(alex.on_list("waiting", number)).to_contain_text("What if a neighbour did it?")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("What if Mr Rigby of Penny Lane did it?")
        expect(sam.own(number)).to_contain_text("A moderator changed the wording.")
        expect(sam.own(number)).to_contain_text("What if a neighbour did it?")
        again(sam)
    alex.sees_nothing_of("Rigby")


def test_a_rejected_question_tells_its_author_why_and_can_come_back(house: House) -> None:
    sam, alex = house.reader(), house.reader()
    asha = house.colleague("asha", "triage")
    number = sam.ask("What did my teacher Eleanor do?")
    asha.choose(number, "Reject", "Names a person")
    expect(asha.on_list("list-done", number)).to_contain_text("Names a person")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("Not published")
        expect(sam.own(number)).to_contain_text(NAMES_A_PERSON)
        again(sam)

    asha.decide(number, "Put back in the queue")
    expect(asha.on_list("list-pending", number)).to_be_visible()
    expect(sam.own(number)).to_contain_text("Waiting for a moderator")
    expect(sam.own(number)).not_to_contain_text(NAMES_A_PERSON)
    asha.press(number, "Approve")
    expect(alex.on_list("waiting", number)).to_be_visible()

    asha.decide(number, "Put back in the queue")
    expect(alex.on_list("waiting", number)).to_have_count(0)
    expect(sam.own(number)).to_contain_text("Waiting for a moderator")
    again(alex)
    alex.page.get_by_role("heading", level=1).wait_for()
    assert "Eleanor" not in alex.page.content()


def test_what_is_held_or_escalated_stays_with_staff_and_its_author(house: House) -> None:
    sam, alex = house.reader(), house.reader()
    asha, bea = house.colleague("asha", "triage"), house.colleague("bea", "triage")
    number = sam.ask("I do not know what I will do tonight.")
    asha.note(number, "Put on hold", "Hana decides this.")
    expect(bea.on_list("list-held", number)).to_contain_text("Hana decides this.")
    expect(sam.own(number)).to_contain_text("Waiting for a moderator")

    bea.note(number, "Escalate", "Somebody is at risk.")
    expect(asha.on_list("list-escalated", number)).to_contain_text("Somebody is at risk.")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("A moderator is reading this now")
        expect(sam.own(number).get_by_role("link", name="999")).to_be_visible()
        again(sam)
    for secret in ("Hana decides this.", "Somebody is at risk."):
        sam.sees_nothing_of(secret)
    alex.sees_nothing_of("what I will do tonight")


def test_a_claim_can_be_given_up_and_taken_away(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    morgan = house.colleague("morgan", "desk")
    number = sam.ask("Who will take this one?")
    asha.press(number, "Approve")
    morgan.press(number, "Answer this")
    expect(sam.own(number)).to_contain_text("Being answered now")
    morgan.claim(number).get_by_role("button", name="Let somebody else answer").click()
    expect(morgan.claim(number)).to_have_count(0)
    expect(sam.own(number)).to_contain_text("Waiting for an answer")

    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("Words that nobody should lose.")
    asha.decide(number, "Release the claim")
    expect(morgan.claim(number)).to_have_count(0)
    expect(morgan.question(number)).to_contain_text("Asha released this")
    expect(morgan.page.locator("#kept textarea")).to_have_value("Words that nobody should lose.")
    expect(sam.on_list("waiting", number)).to_contain_text("Waiting for an answer")


def test_a_correction_shows_as_one_and_what_is_taken_down_leaves_its_place(house: House) -> None:
    sam, alex = house.reader(), house.reader()
    asha, lucy = house.colleague("asha", "triage"), house.colleague("lucy", "desk")
    number = sam.ask("Which number do I call?")
    asha.press(number, "Approve")
    lucy.press(number, "Answer this")
    lucy.answer_box(number).fill("Call 101.")
    lucy.publish(number)
    expect(alex.on_list("transcript", number)).to_contain_text("Call 101.")

    lucy.unfold(number, "Correct this answer")
    correction = lucy.question(number).get_by_label("The public sees the new wording")
    correction.fill("Call 0808 1000 900.")
    lucy.press(number, "Publish the correction")
    for reader in (sam, alex):
        for _ in ("live", "afterwards"):
            answered = reader.on_list("transcript", number)
            expect(answered).to_contain_text("Call 0808 1000 900.")
            expect(answered).to_contain_text("Corrected at")
            expect(answered).not_to_contain_text("101")
            again(reader)

    asha.choose(number, "Take down", "About a live case")
    for reader in (sam, alex):
        for _ in ("live", "afterwards"):
            gone = reader.on_list("transcript", number)
            expect(gone).to_contain_text(f"Question {number} was removed")
            expect(gone).not_to_contain_text("0808")
            again(reader)
    expect(sam.own(number)).to_contain_text("Taken down")
    expect(lucy.question(number)).to_have_count(0)
    expect(asha.on_list("list-done", number)).to_contain_text("Asha took this down")


def test_the_person_who_asked_may_take_it_back_until_somebody_decides(house: House) -> None:
    sam, asha = house.reader(phone=True), house.colleague("asha", "triage")
    number = sam.ask("Sorry, wrong window?")
    expect(asha.on_list("list-pending", number)).to_be_visible()
    sam.own(number).get_by_role("button", name="Withdraw").click()
    expect(sam.own(number)).to_contain_text("Withdrawn by you")
    expect(asha.on_list("list-done", number)).to_contain_text("withdrew this")
    number = sam.ask("Is it too late to take this back?")
    asha.press(number, "Approve")
    expect(sam.own(number)).to_contain_text("Waiting for an answer")
    expect(sam.own(number).get_by_role("button", name="Withdraw")).to_have_count(0)


def test_a_second_organisation_adds_its_answer(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    morgan, lucy = house.colleague("morgan", "desk"), house.colleague("lucy", "desk")
    number = sam.ask("What do both of you say?")
    asha.press(number, "Approve")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("What the police say.")
    morgan.publish(number)
    lucy.unfold(number, "Add my organisation’s answer")
    lucy.question(number).get_by_label("Your answer.").fill("What the charity says.")
    lucy.press(number, "Publish the answer")
    for _ in ("live", "afterwards"):
        answered = sam.on_list("transcript", number)
        expect(answered).to_contain_text("Answered by Greater Manchester Police")
        expect(answered).to_contain_text("Answered by The Lucy Faithfull Foundation")
        expect(answered.locator(".ask-answer")).to_have_count(2)
        again(sam)
