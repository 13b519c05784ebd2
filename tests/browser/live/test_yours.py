"""Your questions: every state in order as it comes, "we have answered you", and a private reply
that stands out until one press hides it from whoever looks on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Reader

TITLE = "Live questions and answers"
REPLY = "You can talk to somebody tonight."
WAYS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
SHOWN = """
  globalThis.glimpsed = [];
  (function look() {
    const text = document.querySelector('.ask-reply__text');
    if (text?.checkVisibility({visibilityProperty: true})) glimpsed.push(text.textContent);
    requestAnimationFrame(look);
  })();
"""
HEARD = """
  globalThis.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    tones += 1;
    return start.apply(this, when);
  };
"""
AWAY = """isAway => {
  Object.defineProperty(document, 'hidden', {value: isAway, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def steps(reader: Reader, number: int) -> Locator:
    return reader.own(number).locator(".ask-steps > li")


def now(reader: Reader, number: int) -> Locator:
    """The step at which a question is."""
    return reader.own(number).locator('.ask-steps > [aria-current="step"]')


def replied(evening: Evening, reader: Reader, text: str) -> int:
    """A question that was answered for its author alone."""
    number = reader.ask(text)
    evening.give("asha", number, "reply", text=REPLY, lang="en")
    if not reader.scripts:
        reader.page.reload()
    expect(reply_of(reader, number)).to_contain_text(REPLY)
    return number


def reply_of(reader: Reader, number: int) -> Locator:
    return reader.own(number).locator(".ask-reply")


def text_of(reader: Reader, number: int) -> Locator:
    return reader.own(number).get_by_text(REPLY)


def test_every_state_comes_live_and_in_order_to_its_author_alone(evening: Evening) -> None:
    sam, alex = evening.reader(phone=True), evening.reader()
    number, other = sam.ask("What becomes of mine?"), alex.ask("And of mine?")
    expect(now(sam, number)).to_have_text("Waiting for a moderator")
    evening.give("asha", number, "approve")
    expect(now(sam, number)).to_have_text("Waiting for an answer")
    evening.give("morgan", number, "claim")
    expect(now(sam, number)).to_have_text("Being answered now")
    evening.give("morgan", number, "answer", text="This.", lang="en")
    expect(now(sam, number)).to_contain_text("Answered at ")
    assert [words.partition(" at ")[0] for words in steps(sam, number).all_inner_texts()] == [
        "Sent",
        "Read by a moderator",
        "Passed on to the panel",
        "Answered",
    ]
    expect(sam.page.locator("#live-say")).to_contain_text(f"Question {number}: Answered")
    evening.give("asha", other, "reject", reason="off-topic")
    expect(now(alex, other)).to_have_text("Not published")
    live = [steps(sam, number).all_inner_texts(), steps(alex, other).all_inner_texts()]
    assert sam.page.locator("#mine > li").count() == alex.page.locator("#mine > li").count() == 1
    assert evening.all_have_stayed()
    for reader in (sam, alex):
        reader.page.reload()
    assert [steps(sam, number).all_inner_texts(), steps(alex, other).all_inner_texts()] == live


def test_a_reply_stays_hidden_whatever_the_server_draws(evening: Evening) -> None:
    sam = evening.reader(phone=True)
    # Somebody at risk is answered as often as it takes.
    number = sam.ask("Who may see what I am told?")
    evening.give("asha", number, "escalate", note="At risk")
    evening.give("asha", number, "reply", text=REPLY, lang="en")
    expect(reply_of(sam, number).get_by_role("heading")).to_have_text(
        "A reply that only you can see"
    )
    box = reply_of(sam, number).bounding_box()
    assert box
    assert box["width"] > 300
    reply_of(sam, number).locator("summary").tap()
    expect(text_of(sam, number)).to_be_hidden()
    expect(reply_of(sam, number).locator("summary")).to_contain_text("A reply for you is hidden.")

    evening.give("asha", number, "reply", text="And call 101.", lang="en")
    expect(reply_of(sam, number)).to_have_count(2)
    expect(text_of(sam, number)).to_be_hidden()
    expect(reply_of(sam, number).last).to_contain_text("And call 101.")
    reply_of(sam, number).last.locator("summary").tap()

    sam.page.add_init_script(SHOWN)
    sam.page.reload()
    expect(reply_of(sam, number).last.locator("summary")).to_contain_text("is hidden")
    expect(text_of(sam, number)).to_be_hidden()
    assert sam.page.evaluate("glimpsed") == [], "it showed for a moment while the page was loaded"
    reply_of(sam, number).first.locator("summary").tap()
    expect(text_of(sam, number)).to_be_visible()
    sam.page.reload()
    expect(text_of(sam, number)).to_be_visible()
    assert sam.tab.axe() == []


def test_one_press_hides_all_of_ones_questions(evening: Evening) -> None:
    sam = evening.reader()
    words = "Whose questions are these?"
    number = replied(evening, sam, words)
    summary = sam.page.locator("#yours > summary")
    summary.press("Enter")
    expect(sam.own(number)).to_be_hidden()
    sam.page.add_init_script(SHOWN)
    sam.page.reload()
    expect(summary).to_contain_text("Your questions are hidden.")
    expect(sam.page.get_by_text(words)).to_be_hidden()
    assert sam.page.evaluate("glimpsed") == []
    assert sam.tab.axe() == []
    summary.press("Enter")
    expect(text_of(sam, number)).to_be_visible()


def test_without_scripts_one_press_hides_as_well(evening: Evening) -> None:
    sam = evening.reader(scripts=False)
    number = replied(evening, sam, "Does this work everywhere?")
    reply_of(sam, number).locator("summary").click()
    expect(text_of(sam, number)).to_be_hidden()
    sam.page.get_by_text("Hide your questions").click()
    expect(sam.own(number)).to_be_hidden()
    expect(sam.page.get_by_label("Play a sound")).to_be_hidden()


def test_the_title_counts_what_has_not_been_seen_and_names_nothing(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader()
    first, second = sam.ask("Am I told of this one?"), sam.ask("And of that one?")
    sam.page.evaluate(AWAY, True)
    alexs = alex.ask("Am I told of theirs?")
    evening.give("asha", first, "reply", text=REPLY, lang="en")
    expect(sam.page).to_have_title(f"(1) {TITLE}")
    evening.give("asha", second, "approve")
    evening.give("morgan", second, "answer", text="Yes.", lang="en")
    expect(sam.page).to_have_title(f"(2) {TITLE}")
    evening.give("asha", alexs, "approve")
    expect(now(alex, alexs)).to_have_text("Waiting for an answer")
    expect(alex.page).to_have_title(TITLE)
    sam.page.evaluate("scrollTo(0, 0)")
    sam.page.evaluate(AWAY, False)
    for number in (first, second):
        sam.own(number).scroll_into_view_if_needed()
    expect(sam.page).to_have_title(TITLE)
    # An answer that is corrected has been seen as an answer; so has a page that is opened anew.
    sam.page.reload()
    expect(sam.page).to_have_title(TITLE)


def test_a_sound_is_made_for_those_who_chose_one(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader()
    for reader in (sam, alex):
        reader.page.add_init_script(HEARD)
        reader.page.reload()
        reader.settle()
    choice = sam.page.get_by_label("Play a sound when I am answered")
    expect(choice).to_be_hidden()
    number, other = sam.ask("Do I hear of this?"), alex.ask("And I?")
    expect(choice).not_to_be_checked()
    choice.check()
    assert sam.page.evaluate("tones") == 2, "how it sounds"
    evening.give("asha", number, "approve")
    expect(now(sam, number)).to_have_text("Waiting for an answer")
    assert sam.page.evaluate("tones") == 2, "nothing was answered yet"
    evening.give("asha", other, "reply", text=REPLY, lang="en")
    evening.give("morgan", number, "answer", text="You do.", lang="en")
    sam.tab.until("tones === 4")
    expect(text_of(alex, other)).to_be_visible()
    assert alex.page.evaluate("tones") == 0
    sam.page.reload()
    expect(choice).to_be_checked()
    choice.uncheck()
    sam.page.reload()
    expect(choice).not_to_be_checked()


@WAYS
def test_what_no_moderator_has_read_can_be_taken_back_by_keyboard(
    evening: Evening, scripts: bool
) -> None:
    sam = evening.reader(scripts=scripts)
    number, later = sam.ask("Can I take this back?"), sam.ask("And this one, later?")
    sam.own(number).get_by_role("button", name=f"Withdraw question {number}").press("Enter")
    expect(now(sam, number)).to_contain_text("Withdrawn by you at ")
    expect(sam.own(number).get_by_role("button")).to_have_count(0)
    # From here on it is others' too, and a page that has not heard of it yet is told so.
    evening.give("asha", later, "approve")
    if scripts:
        expect(sam.own(later).get_by_role("button")).to_have_count(0)
        return
    sam.own(later).get_by_role("button", name="Withdraw").click()
    expect(sam.page.get_by_text("a moderator has already decided on it")).to_be_visible()
