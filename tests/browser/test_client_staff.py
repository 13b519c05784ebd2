"""Clearing a list by keyboard, beside others who clear it too; keeping a claim while writing."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

NOON_SECONDS = 1_795_262_400
SAID = "document.getElementById('live-say').textContent"
CARD = "(document.activeElement.closest('.ask-card')?.id ?? '')"
PLACE = f"{CARD} + '/' + (document.activeElement.dataset.focus ?? document.activeElement.id)"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha is at the first question of the queue."""
    tab = open_tab(stage.origin)
    tab.open("/staff/triage")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("[data-keys-start]")
    assert tab.page.evaluate(PLACE) == "question-1/title"
    return tab


def test_j_and_k_walk_through_the_list(tab: Tab) -> None:
    for key, place in [("j", "2"), ("j", "3"), ("j", "3"), ("k", "2"), ("k", "1"), ("k", "1")]:
        tab.page.keyboard.press(key)
        assert tab.page.evaluate(PLACE) == f"question-{place}/title"


def test_a_key_presses_the_button_of_the_question_one_is_at(tab: Tab, room: Room) -> None:
    tab.page.keyboard.press("j")
    room.replies.append(
        (200, {"ops": [["remove", "question-2"]], "say": "Question 2 approved. 2 waiting."})
    )
    tab.page.keyboard.press("a")
    tab.until(f"{SAID} === 'Question 2 approved. 2 waiting.'")
    assert room.posted == [
        ("/staff/2/approve", {"csrf": "the-token", "text": "", "reason": "personal",
                              "how": "as it is"})
    ]  # fmt: skip
    assert tab.page.evaluate(PLACE) == "question-3/title"


def test_a_key_opens_what_it_leads_to(tab: Tab) -> None:
    tab.page.keyboard.press("r")
    assert tab.page.evaluate("document.getElementById('reject-1').open")
    assert tab.page.evaluate("document.activeElement.id") == "reason-1"


def test_keys_do_nothing_outside_the_list(tab: Tab, room: Room) -> None:
    tab.page.focus("[data-keys-start]")
    tab.page.keyboard.press("a")
    tab.page.keyboard.press("j")
    assert tab.page.evaluate(CARD) == ""
    assert room.posted == []


def test_keys_in_a_text_are_letters(tab: Tab, room: Room) -> None:
    tab.page.focus("#words-1")
    tab.page.keyboard.type("ajar?")
    assert tab.page.input_value("#words-1") == "ajar?"
    assert room.posted == []


@pytest.mark.parametrize("combination", ["Control+j", "Alt+j", "Meta+j", "Shift+J"])
def test_keys_with_others_belong_to_the_browser(tab: Tab, combination: str) -> None:
    tab.page.keyboard.press(combination)
    assert tab.page.evaluate(PLACE) == "question-1/title"


def test_a_key_held_down_is_one_press(tab: Tab) -> None:
    tab.page.keyboard.down("j")
    tab.page.keyboard.down("j")
    tab.page.keyboard.down("j")
    tab.page.keyboard.up("j")
    assert tab.page.evaluate(PLACE) == "question-2/title"


def test_when_bea_decides_first_asha_goes_on_with_the_next(tab: Tab, room: Room) -> None:
    tab.page.focus("#question-1 [data-focus=approve]")
    room.happen(["remove", "question-1"])
    tab.until(f"{PLACE} === 'question-2/title'")
    tab.page.focus("#question-3 [data-focus=approve]")
    room.happen(["remove", "question-3"])
    tab.until(f"{PLACE} === 'question-2/title'")
    room.happen(["remove", "question-2"])
    tab.until("document.activeElement.id === 'triage-heading'")


def test_a_redrawn_card_keeps_the_control_that_has_the_focus(tab: Tab, room: Room) -> None:
    tab.page.focus("#question-2 [data-focus=approve]")
    html = room.draw("card.html", number=2, words="Edited by Bea")
    room.happen(["replace", "question-2", html])
    tab.at(4)
    assert tab.page.evaluate(PLACE) == "question-2/approve"
    tab.page.keyboard.press("j")
    assert tab.page.evaluate(PLACE) == "question-3/title"


def test_each_card_sends_its_own_fields_and_waits_alone(tab: Tab, room: Room) -> None:
    tab.page.fill("#words-1", "First, mended")
    tab.page.fill("#words-2", "Second, mended")
    room.gate.clear()
    tab.page.click("#question-1 [data-focus=approve]")
    tab.has_until(lambda: len(room.posted) == 1)
    tab.page.click("#question-2 [data-focus=approve]")
    tab.has_until(lambda: len(room.posted) == 2)
    room.gate.set()
    assert [fields["text"] for _, fields in room.posted] == ["First, mended", "Second, mended"]
    tab.until("!document.querySelector('[aria-busy]')")


def test_a_form_that_everybody_shares_is_given_the_token_of_this_viewer(
    tab: Tab, room: Room
) -> None:
    form = (
        '<li class="ask-card" id="question-2" data-scope>'
        '<form method="post" action="/staff/2/hold" data-live-form>'
        '<input type="hidden" name="csrf" value=""><button>Hold</button></form></li>'
    )
    room.happen(["replace", "question-2", form])
    tab.page.click("#question-2 button")
    tab.has_until(lambda: room.posted == [("/staff/2/hold", {"csrf": "the-token"})])


def test_the_frame_may_come_before_the_answer(tab: Tab, room: Room) -> None:
    tab.page.fill("#words-1", "First, mended")
    room.gate.clear()
    tab.page.click("#question-1 [data-focus=approve]")
    tab.has_until(lambda: room.posted)
    room.happen(["remove", "question-1"])
    tab.until("!document.getElementById('question-1')")
    room.replies.append((200, {"ops": [["remove", "question-1"]], "say": "Approved."}))
    room.gate.set()
    tab.until(f"{SAID} === 'Approved.'")
    assert not tab.page.is_visible("#kept")


def test_words_for_a_question_that_bea_took_are_kept(tab: Tab, room: Room) -> None:
    tab.page.fill("#words-1", "A long and careful edit")
    room.happen(["remove", "question-1"])
    tab.until("!document.getElementById('kept').hidden")
    assert tab.page.input_value("#kept textarea") == "A long and careful edit"
    assert "Question 1" in tab.page.inner_text("#kept label")


def test_a_refused_command_says_beside_the_button_what_happened(tab: Tab, room: Room) -> None:
    room.replies.append((409, {"error": "taken", "message": "Bea has approved it already."}))
    tab.page.click("#question-2 [data-focus=approve]")
    tab.until(f"{SAID} === 'Bea has approved it already.'")
    assert tab.page.inner_text("#question-2 [data-note]") == "Bea has approved it already."
    assert tab.axe() == []


@pytest.fixture
def writing(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Morgan has claimed question 1; the clock of his browser is ours."""
    tab = open_tab(stage.origin)
    # And stands still by itself: on a busy machine the seconds between two words would be a pause.
    tab.page.clock.install(time=NOON_SECONDS)
    tab.page.clock.pause_at(NOON_SECONDS + 60)
    tab.open("/staff/triage")
    tab.has_until(lambda: room.listening == 1)
    card = room.draw("card.html", number=1, words="Claimed", claimed=True)
    room.happen(["replace", "question-1", card])
    tab.at(4)
    return tab


def claims(room: Room) -> int:
    return sum(path == "/staff/1/claim" for path, _ in room.posted)


def renewals(room: Room) -> list[str]:
    """Every renewal of the claim: "typing" or "pausing"."""
    sent = [fields for path, fields in room.posted if path == "/staff/1/claim"]
    assert all(fields["csrf"] == "the-token" for fields in sent)
    return ["typing" if fields.get("typing") == "1" else "pausing" for fields in sent]


def test_a_claim_is_renewed_while_its_answer_is_being_written(writing: Tab, room: Room) -> None:
    writing.page.clock.run_for(61_000)
    assert renewals(room) == []
    box = writing.page.locator("#words-1")
    for word in ("We ", "have ", "a ", "long ", "answer "):
        box.press_sequentially(word)
        writing.page.clock.run_for(13_000)
    writing.has_until(lambda: renewals(room) == ["typing", "typing"])
    # He has stopped writing: colleagues hear of it, the lease runs out, and somebody else may
    # answer.
    writing.page.clock.run_for(5_000)
    writing.has_until(lambda: renewals(room) == ["typing", "typing", "pausing"])
    writing.page.clock.run_for(300_000)
    writing.page.locator("#words-2").press_sequentially("No claim here")
    writing.page.clock.run_for(60_000)
    writing.flush()
    assert len(renewals(room)) == 3
    box.press_sequentially("indeed.")
    writing.has_until(lambda: renewals(room)[3:] == ["typing"])


def test_a_claim_that_cannot_be_renewed_is_spoken_of_once(writing: Tab, room: Room) -> None:
    room.replies.append((409, {"error": "taken", "message": "Lucy has claimed it meanwhile."}))
    writing.page.locator("#words-1").press_sequentially("We ")
    writing.has_until(lambda: claims(room) == 1)
    for _ in range(50):
        if "Lucy" in writing.page.evaluate(SAID):
            break
        writing.page.clock.run_for(100)
    assert writing.page.evaluate(SAID) == "Lucy has claimed it meanwhile."
    writing.page.locator("#words-1").press_sequentially("all ")
    writing.page.clock.run_for(30_000)
    writing.flush()
    assert claims(room) == 1
    assert writing.page.input_value("#words-1") == "We all "
