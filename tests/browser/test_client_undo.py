"""Undo on the spot: for ten seconds, calmly, and not against the clock."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

SAID = "document.getElementById('live-say').textContent"
LINE = "document.getElementById('undone').textContent.replace(/\\s+/g, ' ').trim()"
AT = "document.activeElement.closest('[data-scope]')?.id"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha has just approved question 2, by keyboard; the clock of her browser is ours."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.mouse.move(1270, 5)
    approve(tab, room, 2)
    return tab


def approve(tab: Tab, room: Room, number: int) -> None:
    done = {
        "number": number,
        "ops": [["remove", f"question-{number}"]],
        "undo": {"position": 40 + number, "say": "Asha approved this"},
    }
    room.replies.append((200, done))
    tab.page.focus(f"#question-{number} h3")
    tab.page.keyboard.press("a")
    tab.until(f"{LINE} === 'Question {number}: Asha approved this Undo'")


def put_back(room: Room, number: int) -> None:
    ops = [["append", "list-pending", room.card(number)]]
    room.replies.append((200, {"number": number, "ops": ops, "say": "Undone."}))


def undone(room: Room) -> list[tuple[str, dict[str, str]]]:
    return [(path, fields) for path, fields in room.posted if path.endswith("/undo")]


def test_the_line_is_part_of_the_page_and_moves_nothing(tab: Tab, room: Room) -> None:
    assert tab.axe() == []
    before = tab.page.evaluate(
        "document.getElementById('list-pending').getBoundingClientRect().top"
    )
    tab.page.clock.run_for(10_001)
    after = tab.page.evaluate("document.getElementById('list-pending').getBoundingClientRect().top")
    assert tab.page.evaluate(LINE) in ("", "Undo")
    assert not tab.page.is_visible("#undo")
    assert after == before


@pytest.mark.parametrize("way", ["key", "click"])
def test_undo_puts_it_back_and_leads_to_it(tab: Tab, room: Room, way: str) -> None:
    put_back(room, 2)
    if way == "key":
        tab.page.keyboard.press("z")
    else:
        tab.page.click("#undo")
    tab.until(f"{AT} === 'question-2'")
    assert tab.page.evaluate("document.activeElement.checkVisibility()")
    assert undone(room) == [
        ("/staff/questions/2/undo", {"csrf": "the-token", "position": "42"})
    ]  # fmt: skip
    assert not tab.page.is_visible("#undo")


def test_undo_may_come_by_the_line_first(tab: Tab, room: Room) -> None:
    room.replies.append((200, {"number": 2, "say": "Undone."}))
    tab.page.keyboard.press("z")
    tab.has_until(lambda: undone(room))
    room.happen(["append", "list-pending", room.card(2)])
    tab.until(f"{AT} === 'question-2'")


def test_it_waits_for_who_looks_at_it(tab: Tab) -> None:
    tab.page.hover("#undone")
    tab.page.clock.run_for(60_000)
    assert tab.page.is_visible("#undo")
    tab.page.mouse.move(1270, 5)
    tab.page.focus("#undo")
    tab.page.clock.run_for(60_000)
    assert tab.page.is_visible("#undo")
    tab.page.focus("#question-1 h3")
    tab.page.clock.run_for(5_000)
    assert tab.page.is_visible("#undo")
    tab.page.clock.run_for(5_500)
    assert not tab.page.is_visible("#undo")


def test_two_in_a_row_are_undone_from_the_last(tab: Tab, room: Room) -> None:
    approve(tab, room, 3)
    put_back(room, 3)
    tab.page.keyboard.press("z")
    tab.until(f"{LINE} === 'Question 2: Asha approved this Undo'")
    tab.until(f"{AT} === 'question-3'")
    put_back(room, 2)
    tab.page.keyboard.press("z")
    tab.until(f"{AT} === 'question-2'")
    assert [path for path, _ in undone(room)] == [
        "/staff/questions/3/undo", "/staff/questions/2/undo"
    ]  # fmt: skip


def test_with_nothing_to_undo_the_way_to_the_history_is_said(tab: Tab, room: Room) -> None:
    tab.page.clock.run_for(10_001)
    tab.page.keyboard.press("z")
    tab.page.clock.run_for(1_000)
    assert tab.page.evaluate(SAID).startswith("Nothing to undo here. The history")
    assert undone(room) == []


def test_why_it_could_not_be_undone_is_in_sight(tab: Tab, room: Room) -> None:
    told = "Bea has changed it since."
    room.replies.append((409, {"error": "superseded", "message": told}))
    tab.page.keyboard.press("z")
    tab.until(f"{LINE}.startsWith('{told}')")
    tab.page.clock.run_for(1_000)
    assert tab.page.evaluate(SAID) == told


def test_an_answer_that_is_no_answer_can_be_tried_again(tab: Tab, room: Room) -> None:
    room.replies.append((502, "<h1>Bad gateway</h1>"))
    tab.page.keyboard.press("z")
    tab.has_until(lambda: len(undone(room)) == 1)
    tab.until("!document.getElementById('undo').hidden")
    put_back(room, 2)
    tab.page.keyboard.press("z")
    tab.until(f"{AT} === 'question-2'")


def test_what_cannot_be_undone_offers_nothing(tab: Tab, room: Room) -> None:
    tab.page.clock.run_for(10_001)
    room.replies.append((200, {"number": 1, "ops": [["remove", "question-1"]]}))
    tab.page.focus("#question-1 h3")
    tab.page.keyboard.press("a")
    tab.until("!document.getElementById('question-1')")
    assert not tab.page.is_visible("#undo")
