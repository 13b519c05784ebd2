"""Somebody may be in danger: what their page says at once, who is alerted, who has to look, what
is written down, and where it can be read afterwards."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.evening import Evening


def test_a_risk_is_raised_seen_by_a_second_person_decided_and_on_record(evening: Evening) -> None:
    sam, alex = evening.reader(phone=True), evening.reader()
    asha, bea = evening.triage("asha"), evening.triage("bea")
    leah, morgan = evening.desk("leah"), evening.desk("morgan")
    number = sam.ask("I do not know what I will do tonight.")
    asha.question(number).locator("[data-focus=title]").focus()
    asha.page.keyboard.press("x")
    note = asha.opened(number).get_by_label("What is known?")
    expect(note).to_be_focused()
    note.fill("Alone, and means it.")
    asha.page.keyboard.press("Enter")

    for _ in ("live", "afterwards"):
        urgent = sam.page.get_by_role("alert")
        expect(urgent).to_contain_text("We cannot find out who you are")
        expect(urgent.get_by_role("link", name="999")).to_be_visible()
        expect(sam.own(number).get_by_role("link", name="999")).to_be_visible()
        sam.page.reload()
        sam.settle()
    expect(leah.page).to_have_title("(1) Risk: Questions for the panel")
    expect(leah.page.locator(f"#alarm-{number}")).to_contain_text("Asha escalated this")
    expect(morgan.page.locator(f"#alarm-{number}")).to_be_hidden()

    for each in (asha, bea):
        card = each.on_list("list-escalated", number)
        expect(card).to_contain_text("Asha raised this")
        expect(card.locator(".ask-clock")).not_to_be_empty()
        expect(each.page.locator("#count-escalated")).to_have_text("1")
    # Who raised it does not acknowledge it, and nobody publishes it before it is decided.
    expect(asha.button(number, "I have seen this")).to_be_hidden()
    expect(bea.button(number, "Approve")).to_have_count(0)
    bea.press(number, "I have seen this")
    expect(asha.question(number)).to_contain_text("Bea saw it")
    expect(leah.page.locator(f"#alarm-{number}")).to_have_count(0)
    expect(leah.page).to_have_title("Questions for the panel")

    box = bea.open(number)
    box.get_by_label("How was it dealt with?").select_option("Told where to find help")
    box.get_by_label("In words, for the record").fill("Urgent numbers were shown.")
    box.get_by_role("button", name="Write the decision down").click()
    expect(bea.opened(number)).to_contain_text("Told where to find help")
    expect(asha.question(number)).to_contain_text("Urgent numbers were shown.")
    expect(sam.own(number)).to_contain_text("has talked about it with a colleague")
    bea.step(number, "Reply privately")
    bea.opened(number).get_by_label("Only the person who asked").fill("Please call 999.")
    bea.opened(number).get_by_role("button", name="Send the reply").click()
    expect(sam.own(number)).to_contain_text("Please call 999.")
    for each in (asha, bea):
        expect(each.on_list("list-done", number)).to_be_visible()
        expect(each.page.locator("#count-escalated")).to_have_text("0")

    for secret in ("Alone, and means it.", "Urgent numbers were shown."):
        sam.sees_nothing_of(secret)
    alex.sees_nothing_of("what I will do tonight")
    hana = evening.house.colleague("hana", f"history?question={number}", slug=evening.slug)
    for words in ("Alone, and means it.", "Told where to find help", "Bea acknowledged the risk"):
        expect(hana.page.locator("#history")).to_contain_text(words)
    hana.page.goto(f"{hana.tab.origin}{evening.staff_path}/report")
    risk = hana.page.locator(f"[id^=risk-{number}-]")
    for words in ("Raised by Asha", "Acknowledged by Bea", "Decided by Bea", "Told where to find"):
        expect(risk).to_contain_text(words)
    assert "what I will do" not in hana.page.content()
    assert evening.all_have_stayed()


def test_a_risk_cannot_be_undone_or_published_before_somebody_decides(evening: Evening) -> None:
    asha, leah = evening.triage("asha"), evening.triage("leah")
    number = evening.ask("It is only a figure of speech?")
    evening.give("asha", number, "escalate", note="Perhaps.")
    asha.open(number)
    expect(asha.opened(number)).to_contain_text("No undo:")
    for step in ("Reject", "Edit and approve", "Put on hold"):
        expect(asha.opened(number).locator("summary").filter(has_text=step)).to_have_count(0)
    expect(
        asha.opened(number).locator("summary").filter(has_text="Reply privately")
    ).to_be_visible()
    clerk = evening.house.clerk("asha")
    for command in ("acknowledge", "approve", "restore"):
        assert clerk.command(number, command, slug=evening.slug).status_code == 409
    leah.press(number, "Take over from Asha")
    leah.opened(number).get_by_role("button", name="I have seen this").click()
    box = leah.opened(number)
    box.get_by_label("How was it dealt with?").select_option("Escalated by mistake")
    box.get_by_label("In words, for the record").fill("It was a joke.")
    box.get_by_role("button", name="Write the decision down").click()
    leah.press(number, "Approve")
    expect(asha.on_list("list-approved", number)).to_be_visible()
    assert evening.all_have_stayed()
