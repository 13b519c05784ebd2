"""What triage does to a question, given on pages without JavaScript: what is pressed, and where its
effect is seen.

A way is a function named as its command. It gets the evening, presses what a person would press,
and looks at what the next page shows.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague


def asha_at(evening: Evening, *, as_who: str = "asha") -> Colleague:
    return evening.triage(as_who, scripts=False)


def pressed(person: Colleague, number: int, name: str) -> None:
    """Press what sends a step of the question that one has open."""
    steps = person.opened(number).get_by_role("button")
    steps.filter(has_text=name).filter(visible=True).first.click()


# What triage decides


def approve(evening: Evening) -> None:
    number = evening.ask("Who may approve this one?")
    asha = asha_at(evening)
    asha.press(number, "Approve")
    expect(asha.on_list("list-approved", number)).to_be_visible()


def hold(evening: Evening) -> None:
    number = evening.ask("Who puts this aside?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Put on hold").get_by_label("A note for colleagues").fill("Ask Hana.")
    pressed(asha, number, "Put on hold")
    expect(asha.on_list("list-held", number)).to_contain_text("Ask Hana.")


def reject(evening: Evening) -> None:
    number = evening.ask("What did my teacher do?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Reject").get_by_role("button", name="Names a person").click()
    expect(asha.on_list("list-done", number)).to_contain_text("Names a person")


def reply(evening: Evening) -> None:
    number = evening.ask("Can somebody talk to me?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Reply privately").get_by_role("link", name="Worried about their own").click()
    written = asha.opened(number).get_by_label("Only the person who asked reads this.")
    assert "0808 1000 900" in written.input_value()
    pressed(asha, number, "Send the reply")
    expect(asha.on_list("list-done", number)).to_contain_text("Asha replied privately")


def merge(evening: Evening) -> None:
    lead, number = evening.ask("The first of two?"), evening.ask("Something else entirely?")
    asha = asha_at(evening)
    asha.open(number)
    part = asha.step(number, "Take together with another")
    part.get_by_label("Number of the other question").fill(str(lead))
    pressed(asha, number, "Take together")
    expect(asha.on_list("list-done", number)).to_contain_text(f"together with question {lead}")


def divert(evening: Evening) -> None:
    number = evening.ask("I saw a crime on Friday, whom do I tell?")
    asha = asha_at(evening)
    asha.open(number)
    part = asha.step(number, "Does not belong here")
    part.get_by_role("button", name="Report of a crime").click()
    expect(asha.on_list("list-done", number)).to_contain_text("Report of a crime")


def restore(evening: Evening) -> None:
    number = evening.ask("Was that decision right?")
    evening.give("bea", number, "reject", reason="off-topic")
    asha = asha_at(evening)
    asha.open(number)
    pressed(asha, number, "Put back in the queue")
    expect(asha.on_list("list-pending", number)).to_be_visible()


def assign(evening: Evening) -> None:
    number = evening.ask("Is this for the charity?")
    asha = asha_at(evening)
    asha.open(number)
    part = asha.step(number, "Assign")
    part.get_by_label("Who should answer?").select_option("The Lucy Faithfull Foundation")
    part.get_by_label("Which of its panelists?").fill("Lucy")
    pressed(asha, number, "Assign")
    expect(asha.question(number)).to_contain_text("For The Lucy Faithfull Foundation (Lucy)")


def label(evening: Evening) -> None:
    number = evening.ask("Am I too young to ask?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Labels").get_by_label("Asked by a young person").check()
    pressed(asha, number, "Set the labels")
    expect(asha.question(number)).to_contain_text("Asked by a young person")


def hand(evening: Evening) -> None:
    number = evening.ask("Who else could look at this?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Hand to a colleague").get_by_label("To whom?").fill("Bea")
    pressed(asha, number, "Hand over")
    expect(asha.question(number)).to_contain_text("Handed to Bea")


# Immediate risk


def escalate(evening: Evening) -> None:
    number = evening.ask("I do not know what I will do.")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Escalate").get_by_label("What is known?").fill("Sounds desperate.")
    pressed(asha, number, "Escalate")
    expect(asha.on_list("list-escalated", number)).to_contain_text("Asha raised this")


def acknowledge(evening: Evening) -> None:
    number = at_risk(evening)
    bea = asha_at(evening, as_who="bea")
    bea.press(number, "I have seen this")
    expect(bea.on_list("list-escalated", number)).to_contain_text("Bea saw it")


def conclude(evening: Evening) -> None:
    number = at_risk(evening)
    evening.give("leah", number, "acknowledge")
    asha = asha_at(evening)
    box = asha.open(number)
    box.get_by_label("How was it dealt with?").select_option("No danger found")
    box.get_by_label("In words, for the record").fill("A figure of speech.")
    pressed(asha, number, "Write the decision down")
    expect(asha.question(number)).to_contain_text("A figure of speech.")
    # It may distress, so it is approved from where it can be read, and not from its card.
    expect(asha.opened(number).locator('[data-key="a"]')).to_be_visible()


def at_risk(evening: Evening) -> int:
    number = evening.ask("I cannot go on like this.")
    evening.give("asha", number, "escalate", note="Sounds desperate.")
    return number


# Beside the question


def lock(evening: Evening) -> None:
    number = evening.ask("Who has this one?")
    asha = asha_at(evening)
    expect(asha.open(number)).to_contain_text("Who has this one?")


def unlock(evening: Evening) -> None:
    number = evening.ask("Who gives this one back?")
    asha = asha_at(evening)
    asha.open(number)
    pressed(asha, number, "Close")
    expect(asha.opened(number)).to_have_count(0)


def annotate(evening: Evening) -> None:
    number = evening.ask("Does anybody know more?")
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Notes").get_by_label("A note for colleagues").fill("Asked last year, too.")
    pressed(asha, number, "Write the note")
    asha.step(number, "Notes (1)")
    expect(asha.opened(number)).to_contain_text("Asked last year, too.")


def mute(evening: Evening) -> None:
    with evening.house.service.participant() as nuisance:
        number = nuisance.ask("Ha ha?", slug=evening.slug).json()["number"]
    asha = asha_at(evening)
    asha.open(number)
    asha.step(number, "Mute its author")
    pressed(asha, number, "Mute the author")
    expect(asha.question(number)).to_contain_text("Muted")
    # Everybody's address is the same here, and an address is muted too.
    evening.give("bea", number, "unmute")


def unmute(evening: Evening) -> None:
    with evening.house.service.participant() as nuisance:
        number = nuisance.ask("Ha ha ha?", slug=evening.slug).json()["number"]
    evening.give("bea", number, "mute")
    asha = asha_at(evening)
    asha.page.locator("#muted-authors > summary").click()
    muted = asha.page.locator(f"#muted-{number}")
    muted.get_by_role("button", name="Let them write again").click()
    expect(asha.page.locator(f"#muted-{number}")).to_have_count(0)


def undo(evening: Evening) -> None:
    number = evening.ask("Was that a slip?")
    evening.give("bea", number, "approve")
    asha = asha_at(evening)
    asha.press(number, "Undo")
    expect(asha.on_list("list-pending", number)).to_be_visible()


def remark(evening: Evening) -> None:
    asha = asha_at(evening)
    asha.page.locator("#channel > summary").click()
    asha.page.get_by_label("Your word to colleagues").fill("Who takes the long one?")
    asha.page.get_by_role("button", name="Tell colleagues").click()
    expect(asha.page.locator("#remarks")).to_contain_text("Who takes the long one?")
