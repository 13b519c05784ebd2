"""What moderators decide, and what the person who asked sees of it, the other moderator, and
everybody else: live, and on a page that is opened afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague, Reader


def again(reader: Reader) -> None:
    """Load the page again, as somebody does who does not trust it."""
    reader.page.reload()
    reader.settle()


def at(colleague: Colleague, number: int, keys: str) -> None:
    """Press keys at a question, one after the other."""
    colleague.question(number).locator("[data-focus=title]").focus()
    for key in keys:
        colleague.page.keyboard.press(key)


def test_the_public_sees_only_the_edit_and_colleagues_see_what_was_changed(
    evening: Evening,
) -> None:
    sam, alex = evening.reader(), evening.reader()
    asha, bea = evening.triage("asha"), evening.triage("bea")
    number = sam.ask("What if Mr Rigby of Penny Lane did it?")
    at(asha, number, "e")
    wording = asha.opened(number).get_by_label("The public sees only this wording.")
    expect(wording).to_be_focused()
    expect(bea.question(number)).to_contain_text("Asha is editing this")
    wording.fill("What if a neighbour did it?")
    asha.opened(number).get_by_role("button", name="Approve this wording").click()
    expect(bea.on_list("list-approved", number)).to_contain_text("Edited")
    bea.open(number)
    changed = bea.opened(number).locator(".ask-difference")
    expect(changed.locator("del").filter(has_text="Rigby")).to_be_visible()
    expect(changed.locator("ins").filter(has_text="neighbour")).to_be_visible()
    expect(alex.on_list("waiting", number)).to_contain_text("What if a neighbour did it?")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("What if Mr Rigby of Penny Lane did it?")
        expect(sam.own(number)).to_contain_text("A moderator changed the wording.")
        expect(sam.own(number)).to_contain_text("What if a neighbour did it?")
        again(sam)
    alex.sees_nothing_of("Rigby")
    assert evening.all_have_stayed()


def test_two_keys_are_a_rejection_with_its_reason(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader(lang="cy")
    asha, bea = evening.triage("asha"), evening.triage("bea")
    number = sam.ask("What did my teacher Eleanor do?")
    at(asha, number, "r1")
    expect(bea.on_list("list-done", number)).to_contain_text("Names a person")
    expect(bea.question(number)).to_contain_text("Not for the public")
    expect(sam.own(number)).to_contain_text("could show who somebody is")
    alex.sees_nothing_of("Eleanor")
    welsh = evening.ask("Pwy yw athrawes Siân?")
    expect(asha.question(welsh)).to_be_visible()
    assert evening.all_have_stayed()


def test_who_is_answered_alone_says_that_they_still_need_help(evening: Evening) -> None:
    sam, alex = evening.reader(phone=True), evening.reader()
    asha, bea = evening.triage("asha"), evening.triage("bea")
    number = sam.ask("I am afraid of what I think of.")
    asha.open(number)
    asha.step(number, "Reply privately").get_by_role("link", name="Worried about their own").click()
    written = asha.opened(number).get_by_label("Only the person who asked")
    expect(written).to_have_value(re.compile("0808 1000 900"))
    assert asha.has_stayed()
    asha.opened(number).get_by_role("button", name="Send the reply").click()
    expect(bea.on_list("list-done", number)).to_contain_text("Asha replied privately")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("A reply that only you can see")
        expect(sam.own(number)).to_contain_text("It takes courage to ask this")
        expect(sam.own(number).get_by_role("link", name="0808 1000 900")).to_be_visible()
        again(sam)
    sam.own(number).get_by_role("button", name="I still need help").click()
    for each in (asha, bea):
        expect(each.on_list("list-pending", number)).to_contain_text("Still needs help")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("You still need help")
        again(sam)

    bea.open(number)
    expect(bea.opened(number)).to_contain_text("They still need help.")
    bea.step(number, "Reply privately")
    bea.opened(number).get_by_label("Only the person who asked").fill("Call 0808 1000 900 now.")
    bea.opened(number).get_by_role("button", name="Send the reply").click()
    expect(sam.own(number)).to_contain_text("Call 0808 1000 900 now.")
    sam.own(number).get_by_role("button", name="This helped").click()
    expect(sam.own(number)).to_contain_text("You said that this helped.")
    for secret in ("It takes courage", "afraid of what I think", "0808 1000 900 now"):
        alex.sees_nothing_of(secret)
        for file in ("transcript", "transcript.json", "transcript.txt", "transcript.csv"):
            shown = alex.page.request.get(f"{alex.tab.origin}{alex.path}/{file}")
            assert shown.status == 200
            assert secret not in shown.text()
    assert evening.all_have_stayed()


def test_two_who_ask_the_same_are_both_told_of_the_answer(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader()
    asha, bea, morgan = evening.triage("asha"), evening.triage("bea"), evening.desk("morgan")
    lead = alex.ask("Can the police see what I search for on the internet?")
    bea.press(lead, "Approve")
    expect(alex.own(lead)).to_contain_text("Waiting for an answer")
    number = sam.ask("Can police see what I search for on the internet")
    at(asha, number, "m")
    part = asha.opened(number).locator(f"#merge-{number}")
    together = part.get_by_role("button", name=f"Together with question {lead}")
    expect(together).to_be_visible()
    expect(part).to_contain_text("Can the police see what I search for")
    expect(bea.question(number)).to_contain_text("Asha is looking for a question like it")
    together.click()
    expect(bea.on_list("list-done", number)).to_contain_text(f"together with question {lead}")
    expect(sam.own(number)).to_contain_text("Somebody asked nearly the same.")
    expect(alex.own(lead)).to_contain_text("1 other person asked nearly the same.")
    morgan.press(lead, "Answer this")
    morgan.answer_box(lead).fill("Only with a warrant.")
    morgan.publish(lead)
    expect(sam.own(number)).to_contain_text("has been answered")
    sam.own(number).get_by_role("link", name="Read the answer").click()
    expect(sam.on_list("transcript", lead)).to_contain_text("Only with a warrant.")
    assert evening.all_have_stayed()


@pytest.mark.parametrize("lang", ["", "cy"], ids=["English", "Welsh"])
def test_a_crime_is_sent_where_it_can_be_reported_by_two_keys(evening: Evening, lang: str) -> None:
    sam, alex = evening.reader(lang=lang), evening.reader()
    asha, bea = evening.triage("asha"), evening.triage("bea")
    words = "Gwelais drosedd, wrth bwy ddyweda i?" if lang else "I saw a crime, whom do I tell?"
    sam.page.locator("#ask textarea").fill(words)
    sam.page.locator("#ask button[type=submit]").click()
    number = sam.number_of(words)
    at(asha, number, "d1")
    expect(bea.on_list("list-done", number)).to_contain_text("Report of a crime")
    expect(bea.button(number, "Approve")).to_have_count(0)
    told = "Diolch am ddweud wrthym." if lang else "Thank you for telling us."
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text(told)
        expect(sam.own(number).get_by_role("link", name="101", exact=True)).to_be_visible()
        again(sam)
    bea.open(number)
    for button in ("Approve", "Edit and approve"):
        expect(bea.opened(number).get_by_text(button, exact=True)).to_have_count(0)
    alex.sees_nothing_of(words)
    assert evening.all_have_stayed()


def test_what_may_distress_is_veiled_until_somebody_chooses_to_look(evening: Evening) -> None:
    sam, asha, bea = evening.reader(), evening.triage("asha"), evening.triage("bea")
    words = "I want to kill myself tonight, https://example.com/how"
    number = sam.ask(words)
    for each in (asha, bea):
        expect(each.question(number)).to_contain_text("May be distressing")
        expect(each.question(number).get_by_text(words)).to_be_hidden()
    asha.unfold(number, "Show the question")
    expect(asha.question(number).get_by_text(words)).to_be_visible()
    expect(bea.question(number).get_by_text(words)).to_be_hidden()
    asha.open(number)
    expect(asha.opened(number).locator("p.ask-text").first).to_be_visible()
    # Nothing in it leads anywhere.
    for person in (asha, bea, sam):
        assert person.page.locator("a", has_text="example.com").count() == 0
    asha.step(number, "Hand to a colleague").get_by_label("To whom?").fill("bea")
    asha.opened(number).get_by_role("button", name="Hand over").click()
    expect(bea.question(number)).to_contain_text("Handed to Bea")
    bea.page.locator("#filters-more > summary").click()
    bea.page.get_by_label("Only what is mine").check()
    expect(bea.question(number)).to_be_visible()
    expect(bea.page.locator(f"ol[data-keys] > li:not(#question-{number})").first).to_be_hidden()
    assert evening.all_have_stayed()
