"""One command for several questions, by keyboard and by mouse."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

COUNT = "document.getElementById('selected').textContent"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    tab = open_tab(stage.origin)
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("[data-keys-start]")
    return tab


def ticked(tab: Tab) -> list[str]:
    found: list[str] = tab.page.evaluate(
        "() => [...document.querySelectorAll('[name=numbers]:checked')].map(box => box.value)"
    )
    return found


def test_a_key_selects_and_shift_selects_all_up_to_here(tab: Tab) -> None:
    for key in ("j", "v", "j", "j", "Shift+V"):
        tab.page.keyboard.press(key)
    assert ticked(tab) == ["2", "3", "4"]
    assert tab.page.evaluate(COUNT) == "3 selected"
    assert tab.axe() == []
    tab.page.keyboard.press("v")
    assert ticked(tab) == ["2", "3"]


def test_a_click_with_shift_does_the_same(tab: Tab) -> None:
    tab.page.click("#tick-5")
    tab.page.click("#tick-3", modifiers=["Shift"])
    assert ticked(tab) == ["3", "4", "5"]


def test_all_of_them_get_one_reason(tab: Tab, room: Room) -> None:
    for number in (1, 3):
        tab.page.click(f"#tick-{number}")
    tab.page.click("#selected")
    assert tab.page.evaluate("document.activeElement.id") == "bulk-reason"
    tab.page.select_option("#bulk-reason", "personal")
    room.replies.append((200, {
        "ops": [["remove", "question-1"], ["remove", "question-3"]],
        "outcome": "2 rejected.", "say": "2 rejected.",
        "undo": [{"number": 1, "position": 41, "say": "Asha rejected this"},
                 {"number": 3, "position": 42, "say": "Asha rejected this"}],
    }))  # fmt: skip
    tab.page.click("#bulk button")
    tab.until("!document.getElementById('question-3')")
    assert room.posted == [
        ("/staff/bulk/reject", {"csrf": "the-token", "numbers": "1 3", "reason": "personal"})
    ]  # fmt: skip
    tab.until("document.getElementById('live-say').textContent === '2 rejected.'")
    tab.page.click("#undo")
    tab.has_until(lambda: room.posted[-1][0] == "/staff/questions/3/undo")


def test_the_outcome_is_in_sight(tab: Tab, room: Room) -> None:
    tab.page.click("#tick-1")
    tab.page.click("#selected")
    room.replies.append((200, {"outcome": "1 rejected, 1 had moved on.", "say": "1 rejected."}))
    tab.page.click("#bulk button")
    tab.until("document.getElementById('undone').textContent.includes('1 had moved on.')")
    # What was done is no longer selected.
    tab.until("!document.querySelector('[name=numbers]:checked')")


def test_what_goes_is_no_longer_counted(tab: Tab, room: Room) -> None:
    tab.page.click("#tick-1")
    tab.page.click("#tick-2")
    room.happen(["remove", "question-2"])
    tab.until(f"{COUNT} === '1 selected'")


def test_a_card_that_is_redrawn_stays_selected(tab: Tab, room: Room) -> None:
    tab.page.click("#tick-2")
    room.happen(["morph", "question-2", room.card(2, words="Bea looks at it")])
    tab.at(4)
    assert ticked(tab) == ["2"]


def test_nobody_decides_on_what_they_do_not_see(tab: Tab, room: Room) -> None:
    room.happen(["morph", "question-2", room.card(2, topic="work")])
    tab.at(4)
    tab.page.click("#tick-1")
    tab.page.click("#tick-2")
    tab.page.click("#filters-more summary")
    tab.page.select_option("#filter-topic", "work")
    assert ticked(tab) == ["2"]
    assert tab.page.evaluate(COUNT) == "1 selected"
    tab.page.select_option("#filter-topic", "")
    assert ticked(tab) == ["2"]


def test_a_key_outside_a_question_selects_nothing(tab: Tab) -> None:
    tab.page.focus("[data-keys-start]")
    tab.page.keyboard.press("v")
    assert ticked(tab) == []
    assert not tab.page.is_visible("#selected")
