"""A session that wants a second pair of eyes: everything that is published was read by two."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.evening import Evening

SESSION = {"second_check": "true"}


def test_answer_correction_and_translation_are_each_checked_by_somebody_else(
    evening: Evening,
) -> None:
    sam, cerys = evening.reader(), evening.reader(lang="cy")
    morgan, lucy = evening.desk("morgan"), evening.desk("lucy")
    number = evening.approved("Who checks all of it?")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("Lucy dos.")
    morgan.publish(number, "Send for a check")
    expect(morgan.claim(number)).to_contain_text("waits for a colleague")
    expect(morgan.button(number, "Publish")).to_have_count(0)
    lucy.unfold(number, "Return with a note")
    lucy.question(number).get_by_label("What should change?").fill("A slip of the pen.")
    lucy.press(number, "Return")
    expect(morgan.claim(number)).to_contain_text("A slip of the pen.")
    expect(morgan.answer_box(number)).to_have_value("Lucy dos.")
    morgan.answer_box(number).fill("Lucy does.")
    morgan.publish(number, "Send for a check")
    expect(lucy.question(number)).to_contain_text("Lucy does.")
    lucy.question(number).locator("[data-focus=title]").focus()
    lucy.page.keyboard.press("p")
    expect(sam.on_list("transcript", number)).to_contain_text("Lucy does.")
    for secret in ("Lucy dos.", "A slip of the pen."):
        sam.sees_nothing_of(secret)

    for step, box, words, reader in (
        ("Correct this answer", f"correction-{number}-1", "Lucy does, always.", sam),
        ("Add the Welsh", f"translation-{number}-1-cy", "Lucy, bob tro.", cerys),
    ):
        morgan.unfold(number, step)
        morgan.page.locator(f"#{box}").fill(words)
        morgan.page.locator(f"[data-composer={box}] .ask-send__first").click()
        expect(lucy.question(number)).to_contain_text(words)
        expect(morgan.button(number, "Publish")).to_have_count(0)
        reader.sees_nothing_of(words)
        lucy.press(number, "Publish")
        expect(reader.on_list("transcript", number)).to_contain_text(words)
    assert evening.all_have_stayed()
