"""Filters and orders of the lists: at once, live, and as the address says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab
from tests.browser.test_client_arrivals import shown

QUEUE: list[dict[str, Any]] = [
    {"number": 1, "topic": "children", "lang": "cy", "age": 10, "words": "Mae gŵr yn poeni"},
    {"number": 2, "topic": "work", "flags": "phone link", "age": 20, "priority": 3},
    {"number": 3, "topic": "children", "organisation": "gmp", "age": 30, "lock": "asha"},
    {"number": 4, "topic": "work", "labels": "follow up", "age": 40, "priority": 4},
    {"number": 5, "flags": "link", "age": 50, "lock": "bea", "hand": "asha"},
]


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    room.queue = [dict(each) for each in QUEUE]
    tab = open_tab(stage.origin)
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("#filters-more summary")
    return tab


@pytest.mark.parametrize(
    ("name", "value", "numbers"),
    [
        ("topic", "children", ["1", "3"]),
        ("lang", "cy", ["1"]),
        ("flag", "link", ["2", "5"]),
        ("flag", "phone", ["2"]),
        ("organisation", "gmp", ["3"]),
        ("label", "follow", ["4"]),
        ("list", "held", []),
        ("list", "pending", ["1", "2", "3", "4", "5"]),
        ("sort", "age", ["1", "2", "3", "4", "5"]),
        ("sort", "priority", ["4", "2", "1", "3", "5"]),
    ],
)
def test_each_filter(tab: Tab, name: str, value: str, numbers: list[str]) -> None:
    tab.page.select_option(f"#filter-{name}", value)
    assert shown(tab) == numbers
    tab.until(f"location.search === '?{name}={value}'")


def test_mine_is_what_is_open_by_me_or_handed_to_me(tab: Tab) -> None:
    tab.page.check("#filter-mine")
    assert shown(tab) == ["3", "5"]
    tab.until("location.search === '?mine=1'")


@pytest.mark.parametrize(
    ("typed", "numbers"), [("GŴR", ["1"]), ("question 4", ["4"]), ("nothing like it", [])]
)
def test_words_are_found_whatever_their_case(tab: Tab, typed: str, numbers: list[str]) -> None:
    tab.page.fill("#filter-q", typed)
    assert shown(tab) == numbers


def test_how_many_are_shown_is_in_sight_and_said(tab: Tab) -> None:
    assert not tab.page.is_visible("#shown-pending")
    tab.page.select_option("#filter-topic", "work")
    assert tab.page.inner_text("#shown-pending") == "2 of 5 shown"
    tab.until("document.getElementById('live-say').textContent === '2 of 5 questions shown'")
    assert tab.axe() == []
    tab.page.click("#filters-clear")
    assert shown(tab) == ["1", "2", "3", "4", "5"]
    assert not tab.page.is_visible("#shown-pending")
    tab.until("location.search === ''")
    tab.until("document.getElementById('live-say').textContent === 'All questions shown'")


def test_the_address_is_the_filter(tab: Tab, room: Room) -> None:
    """The server draws the same; the cards that it hides are there to be shown again."""
    room.queue[1]["filtered"] = True
    tab.open("/staff/queue?topic=children&sort=priority")
    assert shown(tab) == ["1", "3"]
    tab.page.select_option("#filter-topic", "")
    assert shown(tab) == ["4", "2", "1", "3", "5"]


def test_what_comes_and_changes_is_filtered_too(tab: Tab, room: Room) -> None:
    tab.page.select_option("#filter-topic", "children")
    tab.page.mouse.move(1270, 5)
    room.ask_staff(6, topic="work")
    room.ask_staff(7, topic="children")
    room.happen(["morph", "question-2", room.card(2, topic="children")])
    room.happen(["morph", "question-3", room.card(3, topic="work")])
    tab.at(7)
    tab.until("document.getElementById('question-7').checkVisibility()")
    assert shown(tab) == ["1", "2", "7"]
    assert tab.page.inner_text("#shown-pending") == "3 of 7 shown"


def test_what_comes_takes_its_place_in_the_order(tab: Tab, room: Room) -> None:
    tab.page.select_option("#filter-sort", "priority")
    tab.page.mouse.move(1270, 5)
    room.ask_staff(6, priority=3, age=5)
    tab.at(4)
    assert shown(tab) == ["4", "2", "6", "1", "3", "5"]


def test_a_card_that_is_put_in_order_keeps_the_focus(tab: Tab) -> None:
    tab.page.focus("#question-5 [data-focus=approve]")
    tab.page.evaluate("""() => {
      const field = document.getElementById('filter-sort');
      field.value = 'priority';
      field.dispatchEvent(new Event('change', {bubbles: true}));
    }""")
    assert tab.page.evaluate("document.activeElement.textContent.trim()") == "Approve 5"


def test_new_ones_that_nobody_wants_to_see_are_not_announced(tab: Tab, room: Room) -> None:
    tab.page.select_option("#filter-topic", "children")
    tab.page.focus("#question-1 h3")
    room.ask_staff(6, topic="work")
    tab.at(4)
    assert not tab.page.is_visible("#arrived")
    tab.page.click("#filters-clear")
    assert shown(tab)[:5] == ["1", "2", "3", "4", "5"]


def test_a_long_list_comes_back_whole(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    room.queue = [{"number": number} for number in range(1, 701)]
    tab = open_tab(stage.origin)
    tab.open("/staff/queue?q=question+70")
    assert shown(tab) == ["70", "700"]
    tab.page.fill("#filter-q", "question")
    assert shown(tab)[:2] == ["1", "2"]
    tab.until("document.querySelectorAll('[data-filtered]').length === 0")
    assert len(shown(tab)) == 700


def test_a_page_fetched_anew_stays_filtered(tab: Tab, room: Room) -> None:
    tab.page.select_option("#filter-topic", "children")
    room.queue.append({"number": 6, "topic": "work"})
    room.queue.append({"number": 7, "topic": "children"})
    room.position += 3
    room.send({"reset": True})
    tab.until("document.getElementById('question-7')")
    tab.page.mouse.move(1270, 5)
    tab.until("document.getElementById('question-7').checkVisibility()")
    assert shown(tab) == ["1", "3", "7"]
