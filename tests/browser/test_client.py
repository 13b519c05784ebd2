"""Frames become HTML on the page, in order, once, and without taking anything from the reader."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

ITEMS = "[...document.querySelectorAll('#transcript > li')].map(item => item.id)"
FOCUSED = "document.activeElement.id"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam reads the session; his line is open."""
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    return tab


def left(characters: int) -> str:
    return (
        "document.querySelector('#ask .govuk-character-count__status').textContent"
        f" === 'You have {characters} characters remaining'"
    )


def test_a_new_answer_comes_without_taking_focus_scroll_or_typing(tab: Tab, room: Room) -> None:
    tab.page.locator("#text").press_sequentially("Half a ques")
    tab.page.evaluate("scrollTo(0, 0)")
    room.answer(4)
    tab.at(4)
    assert tab.page.evaluate(ITEMS) == ["question-1", "question-2", "question-3", "question-4"]
    assert tab.page.evaluate("[document.activeElement.id, scrollY]") == ["text", 0]
    assert tab.page.input_value("#text") == "Half a ques"


def test_what_the_server_sends_is_text_where_it_escaped_it(tab: Tab, room: Room) -> None:
    words = "<img src=x onerror=alert(1)> & more"
    room.happen(["append", "transcript", room.draw("item.html", number=4, words=words)])
    tab.at(4)
    assert tab.page.inner_text("#question-4-title") == words
    room.happen(["text", "question-4-title", words])
    tab.at(5)
    assert tab.page.inner_text("#question-4-title") == words


def test_trusted_types_are_on_and_only_our_policy_may_make_html(tab: Tab) -> None:
    assert tab.page.evaluate("""() => {
      const refused = [];
      try { document.body.innerHTML = '<p>'; } catch (error) { refused.push(error.name); }
      try { trustedTypes.createPolicy('other', {}); } catch (error) { refused.push(error.name); }
      return refused;
    }""") == ["TypeError", "TypeError"]
    tab.has_until(lambda: len(tab.violations) == 2)
    # The tab has noticed: this is what keeps every other test honest.
    assert [fault.split()[1] for fault in tab.faults() if fault.startswith("policy")] == [
        "require-trusted-types-for",
        "trusted-types",
    ]
    tab.violations.clear()
    tab.complaints.clear()


def test_an_event_that_comes_twice_changes_nothing_the_second_time(tab: Tab, room: Room) -> None:
    room.answer(4)
    room.send({"position": 4, "ops": [["remove", "question-4"]], "say": "Nobody hears this."})
    room.send({"position": 2, "ops": [["remove", "question-2"]]})
    room.answer(5)
    tab.at(5)
    assert tab.page.evaluate(ITEMS) == [f"question-{number}" for number in range(1, 6)]
    assert room.fetched == ["/sessions/x"]


def test_an_answer_that_is_on_the_page_already_is_not_added_again(tab: Tab, room: Room) -> None:
    room.happen(["append", "transcript", room.draw("item.html", number=2, words="Now so")])
    tab.at(4)
    assert tab.page.evaluate(ITEMS) == ["question-1", "question-2", "question-3"]
    assert tab.page.inner_text("#question-2-title") == "Now so"


def test_an_item_moves_to_another_list_and_the_focus_goes_with_it(tab: Tab, room: Room) -> None:
    tab.page.click("#more-2 summary")
    tab.page.focus("#more-2 a")
    room.happen(["prepend", "mine", room.draw("item.html", number=2, words="Mine")])
    tab.at(4)
    assert tab.page.evaluate("document.querySelector('#question-2').parentElement.id") == "mine"
    assert tab.page.evaluate(FOCUSED) == "question-2"
    assert tab.page.evaluate("document.querySelector('#more-2').open")


def test_an_item_comes_to_its_place_in_a_list_that_has_an_order(tab: Tab, room: Room) -> None:
    def place(number: int, since: int, position: int) -> list[str]:
        html = f'<li id="question-{number}" data-since="{since}">Question {number}</li>'
        room.happen(["place", "mine", html])
        tab.at(position)
        found: list[str] = tab.page.evaluate(
            "[...document.querySelectorAll('#mine > [data-since]')].map(item => item.id)"
        )
        return found

    assert place(20, 8, 4) == ["question-20"]
    assert place(21, 5, 5) == ["question-21", "question-20"]
    assert place(22, 9, 6) == ["question-21", "question-20", "question-22"]
    assert place(2, 7, 7) == ["question-21", "question-2", "question-20", "question-22"]
    assert tab.page.evaluate(ITEMS) == ["question-1", "question-3"]
    assert place(2, 7, 8) == ["question-21", "question-2", "question-20", "question-22"]


def test_a_morph_leaves_focus_and_opened_details_as_they_are(tab: Tab, room: Room) -> None:
    tab.page.click("#more-2 summary")
    tab.page.focus("#more-2 a")
    room.happen(["morph", "question-2", room.draw("item.html", number=2, words="Corrected")])
    tab.at(4)
    assert tab.page.inner_text("#question-2-title") == "Corrected"
    assert tab.page.evaluate("document.activeElement === document.querySelector('#more-2 a')")
    assert tab.page.evaluate("document.querySelector('#more-2').open")


def test_opened_details_need_no_id_to_stay_open_through_a_morph(tab: Tab, room: Room) -> None:
    tab.page.click("#more-2 summary")
    tab.page.evaluate("document.querySelector('#more-2').removeAttribute('id')")
    room.happen(["morph", "question-2", room.draw("item.html", number=2, words="Corrected")])
    tab.at(4)
    assert tab.page.evaluate("document.querySelector('#question-2 details').open")


def test_a_focused_item_is_redrawn_all_the_same(tab: Tab, room: Room) -> None:
    tab.page.evaluate("""() => {
      const item = document.querySelector('#question-2');
      item.tabIndex = -1;
      item.focus();
    }""")
    room.happen(["morph", "question-2", room.draw("item.html", number=2, words="Corrected")])
    tab.at(4)
    assert tab.page.inner_text("#question-2-title") == "Corrected"
    assert tab.page.evaluate(FOCUSED) == "question-2"


def test_a_replaced_form_keeps_its_text_its_caret_and_its_counter(tab: Tab, room: Room) -> None:
    tab.page.locator("#text").press_sequentially("Half a question")
    tab.page.evaluate("document.querySelector('#text').setSelectionRange(4, 6)")
    html = room.draw("ask.html", heading="Last questions", nonce="")
    room.happen(["replace", "ask", html])
    tab.at(4)
    assert tab.page.inner_text("#ask-heading") == "Last questions"
    assert tab.page.evaluate(
        "[document.activeElement.id, text.value, text.selectionStart, text.selectionEnd]"
    ) == ["text", "Half a question", 4, 6]
    tab.page.keyboard.type("!!")
    tab.until(left(985))
    # Everyone gets the same fragment, so it has no nonce: the page makes its own.
    assert len(tab.page.input_value("#ask [name=id]")) == 22


def test_the_counter_lives_through_a_morph(tab: Tab, room: Room) -> None:
    room.happen(["morph", "ask", room.draw("ask.html", heading="Still open")])
    tab.at(4)
    assert tab.page.inner_text("#ask-heading") == "Still open"
    tab.page.locator("#text").press_sequentially("abc")
    tab.until(left(997))


def test_text_whose_form_goes_away_is_kept_to_be_copied(tab: Tab, room: Room) -> None:
    tab.page.locator("#text").press_sequentially("Too late?")
    room.happen(["replace", "ask", room.draw("ask.html", heading="Closed", closed=True)])
    tab.at(4)
    assert tab.page.is_visible("#kept")
    assert tab.page.input_value("#kept textarea") == "Too late?"
    assert tab.axe() == []


@pytest.mark.parametrize(
    ("gone", "focused"),
    [
        (["question-2"], "question-3"),
        (["question-2", "question-3"], "question-1"),
        (["question-2", "question-3", "question-1"], "transcript-heading"),
    ],
)
def test_focus_goes_to_the_next_item_when_its_own_is_removed(
    tab: Tab, room: Room, gone: list[str], focused: str
) -> None:
    tab.page.click("#more-2 summary")
    tab.page.focus("#more-2 a")
    room.happen(*(["remove", each] for each in gone))
    tab.at(4)
    assert tab.page.evaluate(FOCUSED) == focused


def test_operations_on_what_is_not_here_do_nothing(tab: Tab, room: Room) -> None:
    room.happen(["remove", "nowhere"], ["append", "nowhere", "<p>"], ["explode", "transcript", ""])
    room.answer(4)
    tab.at(5)
    assert len(tab.page.evaluate(ITEMS)) == 4


def test_silent_events_and_heartbeats_count_as_nothing_missed(tab: Tab, room: Room) -> None:
    room.send({"position": 3})
    room.happen()
    room.send({"position": 4})
    room.answer(5)
    tab.at(5)
    assert room.fetched == ["/sessions/x"]


def test_what_showed_nothing_here_is_not_missed(tab: Tab, room: Room) -> None:
    room.position = 8
    item = room.draw("item.html", number=4, words="Question number 4")
    room.send({"position": 9, "since": 2, "ops": [["append", "transcript", item]]})
    tab.at(9)
    assert len(tab.page.evaluate(ITEMS)) == 4
    room.send({"position": 14, "since": 9})
    tab.at(14)
    assert room.fetched == ["/sessions/x"]


def test_what_the_clock_changes_has_no_position(tab: Tab, room: Room) -> None:
    room.send({"ops": [["text", "ask-heading", "Last questions"]]})
    room.answer(4)
    tab.at(4)
    assert tab.page.inner_text("#ask-heading") == "Last questions"
    assert room.fetched == ["/sessions/x"]
