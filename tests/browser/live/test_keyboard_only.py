"""Nothing but a keyboard: a queue of ten, one question of each kind, is cleared; the keys are
looked up, changed and switched off; and where the focus is can be seen all the time."""

from __future__ import annotations

from time import monotonic

from playwright.sync_api import expect

from tests.browser.conftest import DEADLINE
from tests.browser.live.evening import Evening
from tests.browser.live.people import Person

HERE = "document.activeElement?.closest('li[id]')?.id ?? ''"
SEEN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return 'nowhere';
  // A part of the page that a skip link leads to is no control.
  if (focused.tabIndex < 0 && !focused.closest('li')) return '';
  const drawn = focused.matches('.govuk-checkboxes__input, .govuk-radios__input')
    ? getComputedStyle(focused.labels[0], '::before') : getComputedStyle(focused);
  const {outlineStyle, outlineWidth, boxShadow} = drawn;
  const ringed = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  if (!ringed && boxShadow === 'none') return `no ring: ${focused.outerHTML.slice(0, 120)}`;
  const {top, bottom, left, right} = focused.getBoundingClientRect();
  const shown = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  if (!shown) return `out of sight: ${focused.outerHTML.slice(0, 120)}`;
  return '';
}"""


class Hands:
    """Somebody who has a keyboard and no mouse. Each press leaves the focus where it is seen."""

    def __init__(self, colleague: Person) -> None:
        self.colleague, self.page = colleague, colleague.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.is_seen()

    def is_seen(self) -> None:
        """The focus is somewhere, in sight, and marked; it may take a moment to get there."""
        end = monotonic() + DEADLINE
        while said := self.page.evaluate(SEEN):
            assert monotonic() < end, said
            self.page.wait_for_timeout(20)

    def type(self, words: str) -> None:
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def reach(self, selector: str) -> None:
        """Press Tab until the focus is on an element that this selector names."""
        for _ in range(150):
            found = self.page.evaluate(
                "selector => document.activeElement?.matches(selector)", selector
            )
            if found:
                self.press()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never came to {selector}")

    def go(self, number: int) -> None:
        """From card to card, to the heading of a question in the list that one is in."""
        for key in ("j", "k"):
            for _ in range(30):
                if self.page.evaluate(HERE) == f"question-{number}":
                    return
                self.page.keyboard.press(key)
        at = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        raise AssertionError(f"never came to question {number}, but to {at}")


def test_a_queue_of_ten_is_cleared_without_a_mouse(evening: Evening) -> None:
    texts = (
        "Is it a crime to look at such images?",
        "What did Mr Rigby tell you?",
        "Will it rain tomorrow?",
        "Whom can I talk to about my thoughts?",
        "Is it a crime to look at such an image?",
        "I know who has taken images, where do I say so?",
        "Is this for later in the evening?",
        "I cannot see a way on from here.",
        "What does the charity do in schools?",
        "Could somebody else read this?",
    )
    lead, edit, off, alone, same, crime, later, risk, schools, hard = map(evening.ask, texts)
    sam = evening.reader()
    asha, bea = evening.triage("asha"), evening.triage("bea")
    hands = Hands(asha)
    hands.reach("[data-keys-start]")
    hands.press("Enter")
    assert asha.page.evaluate(HERE) == f"question-{lead}"

    hands.press("a")
    expect(sam.on_list("waiting", lead)).to_be_visible()
    hands.go(edit)
    hands.press("e")
    hands.colleague.tab.until(f"document.activeElement?.id === 'text-{edit}'")
    hands.type("What was said to you?")
    hands.reach(f"#edit-{edit} button")
    hands.press("Enter")
    expect(sam.on_list("waiting", edit)).to_contain_text("What was said to you?")
    hands.go(off)
    hands.press("r", "4")
    expect(bea.on_list("list-done", off)).to_contain_text("Off topic")
    hands.go(alone)
    hands.press("p")
    hands.colleague.tab.until(f"document.getElementById('reply-{alone}')?.open")
    hands.reach(f"#reply-text-{alone}")
    hands.type("Call 0808 1000 900.")
    hands.reach(f"#reply-{alone} form button")
    hands.press("Enter")
    expect(bea.on_list("list-done", alone)).to_contain_text("Asha replied privately")
    hands.go(same)
    hands.press("m", "1")
    expect(bea.on_list("list-done", same)).to_contain_text(f"together with question {lead}")
    hands.go(crime)
    hands.press("d", "4")
    expect(bea.on_list("list-done", crime)).to_contain_text("Tells where images are")
    hands.go(later)
    noted(hands, "h", f"hold-note-{later}", "After the break.")
    expect(bea.on_list("list-held", later)).to_contain_text("After the break.")
    hands.go(risk)
    noted(hands, "x", f"escalate-note-{risk}", "Sounds hopeless.")
    expect(bea.on_list("list-escalated", risk)).to_contain_text("Asha raised this")
    hands.go(schools)
    hands.press("s")
    hands.colleague.tab.until(f"document.activeElement?.id === 'organisation-{schools}'")
    asha.page.keyboard.type("The Lucy")
    hands.reach(f"#assign-{schools} button")
    hands.press("Enter")
    expect(bea.question(schools)).to_contain_text("For The Lucy Faithfull Foundation")
    hands.go(schools)
    hands.press("a")
    expect(sam.on_list("waiting", schools)).to_be_visible()
    hands.go(hard)
    noted(hands, "t", f"hand-to-{hard}", "Bea")
    expect(bea.question(hard)).to_contain_text("Handed to Bea")

    theirs = Hands(bea)
    theirs.reach("[data-keys-start]")
    theirs.press("Enter")
    theirs.press("a")
    expect(sam.on_list("waiting", hard)).to_be_visible()
    expect(bea.page.locator("#undo")).to_be_visible()
    theirs.press("z")
    expect(sam.on_list("waiting", hard)).to_have_count(0)
    expect(bea.question(hard).locator("[data-focus=title]")).to_be_focused()
    theirs.press("r", "4")
    for each in (asha, bea):
        expect(each.page.locator("#list-pending > li")).to_have_count(0)
        expect(each.page.locator("#count-pending")).to_have_text("0")
    assert evening.all_have_stayed()


def noted(hands: Hands, key: str, field: str, words: str) -> None:
    """A command of one line, sent with Enter."""
    hands.press(key)
    hands.colleague.tab.until(f"document.activeElement?.id === '{field}'")
    hands.type(words)
    hands.page.keyboard.press("Enter")


def test_the_keys_are_looked_up_changed_and_switched_off(evening: Evening) -> None:
    first, second, third = (evening.ask(f"Which key, the {n}?") for n in ("1st", "2nd", "3rd"))
    asha = evening.triage("asha")
    hands = Hands(asha)
    hands.reach("[data-keys-start]")
    hands.press("Enter")
    hands.go(first)
    hands.press("?")
    keys = asha.page.locator("#keys-dialog")
    expect(keys).to_be_visible()
    hands.reach("#key-triage-approve")
    hands.type("w")
    hands.press("Escape")
    expect(keys).to_be_hidden()
    assert asha.page.evaluate(HERE) == f"question-{first}"
    hands.press("a")
    hands.press("w")
    expect(asha.on_list("list-approved", first)).to_be_visible()
    hands.go(second)
    hands.press("?")
    hands.reach("#keys-on")
    hands.press(" ")
    hands.press("Escape")
    hands.press("w", "r", "4")
    expect(asha.on_list("list-pending", second)).to_be_visible()
    # Without single keys every control is reached by Tab.
    hands.reach(f"#question-{second} [data-focus=approve]")
    hands.press("Enter")
    expect(asha.on_list("list-approved", second)).to_be_visible()
    expect(asha.on_list("list-pending", third)).to_be_visible()
    assert evening.all_have_stayed()


def test_a_question_is_answered_on_the_desk_without_a_mouse(evening: Evening) -> None:
    number, other = evening.approved("Where do I begin?"), evening.approved("And then?")
    sam, lucy = evening.reader(), evening.desk("lucy")
    hands = Hands(lucy)
    hands.press("Tab")
    hands.reach("a[href='#to-answer']")
    hands.press("Enter")
    hands.reach(f"#question-{number} button")
    hands.press("Enter")
    expect(lucy.claim(number)).to_be_visible()
    hands.reach(f"#answer-{number}")
    lucy.page.keyboard.type("Here:")
    lucy.page.keyboard.press("Alt+2")
    lucy.page.keyboard.type("\n\nCall 0908 1000 900.")
    hands.reach(".ask-send__first")
    hands.press("Enter")
    expect(lucy.claim(number)).to_contain_text("did you mean 0808 1000 900?")
    hands.reach("[name=mend]")
    hands.press("Enter")
    expect(lucy.answer_box(number)).to_be_focused()
    hands.reach(".ask-send__first")
    hands.press("Enter")
    expect(sam.on_list("transcript", number)).to_contain_text("Here:")
    lucy.question(other).locator("[data-focus=title]").focus()
    hands.press("c")
    expect(lucy.claim(other)).to_be_visible()
    assert evening.all_have_stayed()
