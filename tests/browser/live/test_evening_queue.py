"""Two moderators at one queue, and what each sees of the other: who has which question open, what
comes while they work, what is done to many at once, and what is taken back. Nothing is reloaded."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague


def title(colleague: Colleague, number: int) -> None:
    """Go to a question in its list, as with the keyboard."""
    colleague.question(number).locator("[data-focus=title]").focus()


def test_who_has_a_question_open_is_seen_and_it_is_taken_over_by_name(evening: Evening) -> None:
    asha, bea, alex = evening.triage("asha"), evening.triage("bea"), evening.reader()
    number = evening.ask("May I ask about a friend?")
    for each in (asha, bea):
        expect(each.page.locator("#present")).to_contain_text("Asha (triage)")
        expect(each.page.locator("#present")).to_contain_text("Bea (triage)")
    asha.open(number)
    expect(bea.question(number)).to_contain_text("Asha is reading this")
    asha.step(number, "Reply privately")
    asha.opened(number).get_by_label("Only the person who asked").fill("You may, of course.")
    expect(bea.question(number)).to_contain_text("Asha is replying")

    bea.press(number, "Approve")
    bea.is_told("A colleague has this question open.")
    expect(bea.on_list("list-pending", number)).to_be_visible()
    bea.press(number, "Take over from Asha")
    expect(bea.opened(number)).to_be_visible()
    expect(asha.opened(number)).to_have_count(0)
    expect(asha.question(number)).to_contain_text("Bea has this open")
    expect(asha.page.locator("#kept textarea")).to_have_value("You may, of course.")
    bea.opened(number).get_by_role("button", name=re.compile("^Approve\\b")).click()
    expect(alex.on_list("waiting", number)).to_contain_text("May I ask about a friend?")
    for each in (asha, bea):
        expect(each.opened(number)).to_have_count(0)
        expect(each.on_list("list-approved", number)).to_contain_text("Bea approved this")
    assert evening.all_have_stayed()


def test_what_comes_in_waits_until_it_is_asked_for(evening: Evening) -> None:
    first = evening.ask("Which came first?")
    asha, bea = evening.triage("asha"), evening.triage("bea")
    count = int(asha.page.locator("#count-pending").inner_text())
    title(asha, first)
    place = asha.question(first).bounding_box()
    numbers = [evening.ask(f"Which came {which}?") for which in ("next", "after", "last")]
    expect(asha.page.locator("#arrived")).to_have_text(re.compile("3 new"))
    expect(asha.page.locator("#count-pending")).to_have_text(str(count + 3))
    for number in numbers:
        expect(asha.question(number)).to_be_hidden()
    bea.press(first, "Open")
    expect(asha.question(first)).to_contain_text("Bea is reading this")
    now = asha.question(first).bounding_box()
    assert (place and place["y"]) == (now and now["y"])
    asha.page.keyboard.press("n")
    for number in numbers:
        expect(asha.question(number)).to_be_visible()
    expect(asha.question(numbers[0]).locator("[data-focus=title]")).to_be_focused()
    expect(asha.page.locator("#arrived")).to_be_hidden()
    assert evening.all_have_stayed()


def test_what_one_writes_beside_a_question_the_other_reads(evening: Evening) -> None:
    number = evening.ask("Who knows most about the law?")
    asha, bea, lucy = evening.triage("asha"), evening.triage("bea"), evening.desk("lucy")
    alex = evening.reader()
    asha.open(number)
    steps = (
        ("Labels", "Often asked", None, "Set the labels", "Often asked"),
        ("Assign", "Which of its panelists?", "Lucy", "Assign", "(Lucy)"),
        ("Notes", "A note for colleagues", "See 2019.", "Write the note", ""),
    )
    for step, field, words, button, seen in steps:
        part = asha.step(number, step)
        if step == "Assign":
            part.get_by_label("Who should answer?").select_option("lff")
        if words is None:
            part.get_by_label(field).check()
        else:
            part.get_by_label(field).fill(words)
        part.get_by_role("button", name=button).click()
        expect(bea.question(number)).to_contain_text(seen)
    expect(asha.opened(number).locator("summary").filter(has_text="Notes (1)")).to_be_visible()
    asha.step(number, "Hand to a colleague").get_by_label("To whom?").fill("bea")
    asha.opened(number).get_by_role("button", name="Hand over").click()
    expect(bea.question(number)).to_contain_text("Handed to Bea")
    expect(asha.opened(number)).to_have_count(0)

    bea.open(number)
    bea.step(number, "Notes (1)")
    expect(bea.opened(number)).to_contain_text("See 2019.")
    bea.opened(number).get_by_role("button", name=re.compile("^Approve\\b")).click()
    expect(lucy.on_list("list-mine", number)).to_be_visible()
    expect(alex.on_list("waiting", number)).to_be_visible()
    lucy.page.locator("#channel > summary").click()
    lucy.page.get_by_label("Your word to colleagues").fill("Thank you for this one.")
    lucy.page.get_by_role("button", name="Tell colleagues").click()
    for each in (asha, bea):
        expect(each.page.locator("#unread")).to_have_text("1 unread")
        expect(each.page.locator("#remarks")).to_contain_text("Thank you for this one.")
    for secret in ("See 2019.", "Thank you for this one.", "Often asked", "Handed to"):
        alex.sees_nothing_of(secret)
    assert evening.all_have_stayed()


def test_many_are_rejected_with_one_reason_and_all_of_it_is_taken_back(evening: Evening) -> None:
    sam, asha, bea = evening.reader(), evening.triage("asha"), evening.triage("bea")
    numbers = [sam.ask(f"Buy my book, volume {each}?") for each in ("one", "two", "three")]
    for number in numbers:
        asha.page.locator(f"#tick-{number}").check()
    expect(asha.page.locator("#selected")).to_contain_text("3")
    asha.page.locator("#selected").click()
    bulk = asha.page.locator("#bulk")
    bulk.get_by_label("Why?", exact=True).select_option("Advertising")
    bulk.get_by_role("button", name="Reject them all").click()
    for number in numbers:
        expect(bea.on_list("list-done", number)).to_contain_text("Advertising")
        expect(sam.own(number)).to_contain_text("We do not publish advertising in this session.")
    for number in reversed(numbers):
        asha.page.locator("#undo").click()
        expect(bea.on_list("list-pending", number)).to_be_visible()
        expect(sam.own(number)).to_contain_text("Waiting for a moderator")
    expect(asha.page.locator("#undo")).to_be_hidden()
    assert evening.all_have_stayed()


def test_an_author_is_muted_and_may_write_again(evening: Evening) -> None:
    alex, asha, bea = evening.reader(), evening.triage("asha"), evening.triage("bea")
    number = alex.ask("You are all stupid?")
    asha.open(number)
    asha.step(number, "Mute its author").get_by_role("button").click()
    expect(bea.question(number)).to_contain_text("Muted")
    alex.write("And this is my next one?")
    alex.press_send()
    expect(alex.page.locator(".govuk-error-summary")).to_contain_text("has stopped questions")
    expect(alex.box).to_have_value("And this is my next one?")
    bea.page.locator("#muted-authors > summary").click()
    bea.page.locator(f"#muted-{number}").get_by_role("button").click()
    expect(asha.page.locator(f"#muted-{number}")).to_have_count(0)
    expect(asha.question(number)).not_to_contain_text("Muted")
    alex.press_send()
    expect(asha.question(alex.number_of("And this is my next one?"))).to_have_count(1)
    assert evening.all_have_stayed()


def test_a_slip_is_undone_on_the_spot_and_later_from_the_history(evening: Evening) -> None:
    number = evening.ask("What slips through one's fingers?")
    asha, bea, alex = evening.triage("asha"), evening.triage("bea"), evening.reader()
    title(asha, number)
    asha.page.keyboard.press("a")
    expect(alex.on_list("waiting", number)).to_be_visible()
    expect(asha.page.locator("#undone-said")).to_contain_text("Asha approved this")
    asha.page.keyboard.press("z")
    expect(alex.on_list("waiting", number)).to_have_count(0)
    expect(bea.on_list("list-pending", number)).to_contain_text("Asha undid")
    expect(asha.question(number).locator("[data-focus=title]")).to_be_focused()

    bea.press(number, "Approve")
    expect(alex.on_list("waiting", number)).to_be_visible()
    history = evening.house.colleague("asha", "history", slug=evening.slug)
    line = history.page.locator("[data-event=approved]").first
    expect(line).to_contain_text(f"question {number}")
    line.get_by_role("button", name=re.compile("^Undo")).click()
    for each in (asha, bea):
        expect(each.on_list("list-pending", number)).to_be_visible()
    expect(alex.on_list("waiting", number)).to_have_count(0)
    assert evening.all_have_stayed()
