"""The keyboard of the triage screen: what a key does, and that it is the person's own."""

from __future__ import annotations

import pytest

from askpanel.moderation.keymap import KEYMAP
from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

SAID = "document.getElementById('live-say').textContent"
PLACE = """(document.activeElement.closest('#opened > li, ol > [data-scope]')?.id ?? '') + '/'
  + (document.activeElement.dataset.focus ?? document.activeElement.id)"""


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha is at the first question of the queue."""
    tab = open_tab(stage.origin)
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("[data-keys-start]")
    assert tab.page.evaluate(PLACE) == "question-1/title"
    return tab


def opens(room: Room, number: int) -> None:
    """The next thing that is sent is answered with the box of this question."""
    room.replies.append(
        (200, {"ops": [["append", "opened", room.draw("open.html", number=number)]]})
    )


def test_no_two_commands_of_a_screen_have_the_same_key() -> None:
    for screen in ("triage", "desk"):
        keys = [key.key for key in KEYMAP if screen in key.screens]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", ["o", "Enter"])
def test_a_question_is_opened_by_key(tab: Tab, room: Room, key: str) -> None:
    opens(room, 1)
    tab.page.keyboard.press(key)
    tab.until(f"{PLACE} === 'open-1/title'")
    assert room.posted == [
        ("/staff/questions/1/lock", {"csrf": "the-token", "doing": "reading"})
    ]  # fmt: skip


def test_a_key_for_something_in_the_box_opens_it_first(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("p")
    tab.until("document.activeElement.id === 'reply-text-1' || document.activeElement.dataset.fill")
    assert tab.page.evaluate("document.getElementById('reply-1').open")
    assert [path for path, _ in room.posted] == ["/staff/questions/1/lock"]


def test_a_button_in_a_box_that_nobody_has_seen_is_not_pressed(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("b")
    tab.until(f"{PLACE} === 'open-1/restore'")
    assert [path for path, _ in room.posted] == ["/staff/questions/1/lock"]


def test_reject_and_a_digit_is_one_decision(tab: Tab, room: Room) -> None:
    opens(room, 1)
    room.gate.clear()
    tab.page.keyboard.press("r")
    tab.has_until(lambda: room.posted)
    tab.page.keyboard.press("2")
    room.gate.set()
    chosen = {"csrf": "the-token", "reason": "personal"}
    tab.has_until(lambda: ("/staff/questions/1/reject", chosen) in room.posted)


def test_a_digit_in_the_open_part_chooses(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("r")
    tab.until("document.getElementById('reject-1')?.open")
    tab.page.keyboard.press("1")
    chosen = {"csrf": "the-token", "reason": "abusive"}
    tab.has_until(lambda: ("/staff/questions/1/reject", chosen) in room.posted)


def test_a_digit_in_a_reply_is_a_digit(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("p")
    tab.until("document.getElementById('reply-1')?.open")
    tab.page.focus("#reply-text-1")
    tab.page.keyboard.type("Ring 101, now")
    assert tab.page.input_value("#reply-text-1") == "Ring 101, now"
    assert len(room.posted) == 1


def test_after_a_decision_in_the_box_the_next_card_has_the_focus(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("j")
    opens(room, 2)
    tab.page.keyboard.press("o")
    tab.until(f"{PLACE} === 'open-2/title'")
    room.replies.append((200, {"say": "Question 2 approved."}))
    tab.page.keyboard.press("a")
    tab.has_until(lambda: len(room.posted) == 2)
    room.happen(["remove", "question-2"], ["remove", "open-2"])
    tab.until(f"{PLACE} === 'question-3/title'")


def test_escape_closes_the_part_and_then_the_question(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("p")
    tab.until("document.getElementById('reply-1')?.open")
    tab.page.keyboard.press("Escape")
    assert tab.page.evaluate(PLACE) == "open-1/reply"
    assert not tab.page.evaluate("document.getElementById('reply-1').open")
    room.replies.append((200, {"ops": [["remove", "open-1"]]}))
    tab.page.keyboard.press("Escape")
    tab.until(f"{PLACE} === 'question-1/title'")
    assert room.posted[1][0] == "/staff/questions/1/unlock"


def test_from_the_box_the_way_leads_back_to_the_list(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("o")
    tab.until(f"{PLACE} === 'open-1/title'")
    tab.page.keyboard.press("j")
    assert tab.page.evaluate(PLACE) == "question-1/title"


def test_a_slash_leads_to_the_search(tab: Tab) -> None:
    tab.page.keyboard.press("/")
    assert tab.page.evaluate("document.activeElement.id") == "filter-q"
    assert tab.page.input_value("#filter-q") == ""


def test_a_question_mark_opens_the_list_of_keys(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("?")
    assert tab.page.evaluate("document.getElementById('keys-dialog').open")
    assert tab.page.evaluate("document.activeElement.id") == "keys-heading"
    tab.page.keyboard.press("a")
    assert tab.axe() == []
    tab.page.keyboard.press("Escape")
    assert not tab.page.evaluate("document.getElementById('keys-dialog').open")
    assert tab.page.evaluate(PLACE) == "question-1/title"
    assert room.posted == []


def test_a_key_can_be_changed_and_stays_so(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("?")
    tab.page.fill("#key-triage-approve", "q")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("a")
    tab.flush()
    assert room.posted == []
    tab.page.reload()
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("[data-keys-start]")
    tab.page.keyboard.press("q")
    tab.has_until(lambda: room.posted)
    assert room.posted[0][0] == "/staff/questions/1/approve"
    tab.page.keyboard.press("?")
    assert tab.page.input_value("#key-triage-approve") == "q"
    tab.page.click("#keys-reset")
    assert tab.page.input_value("#key-triage-approve") == "a"


def test_a_key_that_has_a_command_is_not_given_twice(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("?")
    tab.page.fill("#key-triage-approve", "r")
    told = tab.page.inner_text("#keys-error")
    assert told == "r is the key of: Reject; then a number for the reason. Choose another one."
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("a")
    tab.has_until(lambda: room.posted)
    assert room.posted[0][0] == "/staff/questions/1/approve"


def test_keys_can_be_switched_off_and_stay_off(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("?")
    tab.page.uncheck("#keys-on", force=True)
    tab.page.keyboard.press("Escape")
    for _ in range(2):
        tab.page.keyboard.press("a")
        tab.page.keyboard.press("j")
        tab.page.keyboard.press("?")
        assert tab.page.evaluate(PLACE) == "question-1/title"
        tab.page.reload()
        tab.page.click("[data-keys-start]")
    assert room.posted == []
    tab.page.click("[data-keys-help]")
    assert not tab.page.is_checked("#keys-on")


def test_a_page_that_remembers_nonsense_works(tab: Tab) -> None:
    tab.page.evaluate("""() => {
      localStorage.setItem('askpanel-keymap', '{"approve": 7, "next": "qq", "open": null');
      localStorage.setItem('askpanel-keys', 'perhaps');
    }""")
    tab.page.reload()
    tab.page.click("[data-keys-start]")
    tab.page.keyboard.press("j")
    assert tab.page.evaluate(PLACE) == "question-2/title"


def test_words_are_brought_to_the_box(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("p")
    tab.until("document.getElementById('reply-1')?.open")
    assert tab.page.inner_text("#mirror-1") == "Words of question 2"
    tab.page.click("[data-fill]")
    assert tab.page.input_value("#reply-text-1") == "Dear friend"
    tab.page.click("[data-fill]")
    assert tab.page.input_value("#reply-text-1") == "Dear friend\n\nDear friend"


def test_opening_another_question_gives_back_the_one_before(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("o")
    tab.until(f"{PLACE} === 'open-1/title'")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("j")
    opens(room, 2)
    tab.page.keyboard.press("o")
    tab.until(f"{PLACE} === 'open-2/title'")
    tab.has_until(lambda: ("/staff/questions/1/unlock", {"csrf": "the-token"}) in room.posted)


def test_what_was_written_in_is_not_given_back(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("p")
    tab.until("document.getElementById('reply-1')?.open")
    tab.page.fill("#reply-text-1", "We can")
    tab.page.focus("#question-2 [data-focus=lock]")
    opens(room, 2)
    tab.page.keyboard.press("o")
    tab.until("document.getElementById('open-2')")
    tab.flush()
    assert [path for path, _ in room.posted] == [
        "/staff/questions/1/lock", "/staff/questions/2/lock"
    ]  # fmt: skip


def test_leaving_the_page_gives_the_question_back(tab: Tab, room: Room) -> None:
    opens(room, 1)
    tab.page.keyboard.press("o")
    tab.until(f"{PLACE} === 'open-1/title'")
    tab.open("/before")
    tab.has_until(lambda: ("/staff/questions/1/unlock", {"csrf": "the-token"}) in room.posted)


@pytest.fixture
def timed(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha, whose browser's clock is ours, has opened question 1."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    opens(room, 1)
    tab.page.click("#question-1 [data-focus=lock]")
    tab.until("document.getElementById('open-1')")
    room.posted.clear()
    return tab


def test_a_lock_is_renewed_while_its_owner_is_at_work(timed: Tab, room: Room) -> None:
    for count in (1, 2):
        timed.page.mouse.move(10 * count, 10)
        timed.page.clock.run_for(60_000)
        timed.has_until(lambda count=count: len(room.posted) == count)  # type: ignore[misc]
    assert room.posted[0] == (
        "/staff/questions/1/lock", {"csrf": "the-token", "doing": "reading"}
    )  # fmt: skip
    # She has gone for tea: the lock runs out, and somebody else may decide.
    timed.page.clock.run_for(600_000)
    timed.flush()
    assert len(room.posted) <= 4


def test_colleagues_are_told_what_is_being_done(timed: Tab, room: Room) -> None:
    timed.page.click("#reply-1 summary")
    timed.page.focus("#reply-text-1")
    timed.page.clock.run_for(2_000)
    timed.has_until(lambda: room.posted)
    assert room.posted == [
        ("/staff/questions/1/lock", {"csrf": "the-token", "doing": "replying"})
    ]  # fmt: skip


def test_a_running_clock_says_how_long_ago(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    room.queue[0]["since"] = room.now - 12 * 60_000
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/staff/queue")
    assert tab.page.inner_text(".ask-clock") == "12 minutes ago"
    tab.page.clock.run_for(66_000)
    assert tab.page.inner_text(".ask-clock") == "13 minutes ago"
