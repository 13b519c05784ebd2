"""The list never jumps under the hand, whoever else is at work in it."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import PACKAGE, Room, Stage
from tests.browser.conftest import OpenTab, Tab

SAID = "document.getElementById('live-say').textContent"
BUTTON = "document.getElementById('arrived')"
AT = "document.activeElement.closest('[data-scope]')?.id"


def top(tab: Tab, number: int) -> float:
    """Where the card of this question is, in pixels from the top of the screen, once drawn."""
    return float(
        tab.page.evaluate(
            """number => new Promise(told => {
              const card = document.getElementById(`question-${number}`);
              const tell = () => told(card.getBoundingClientRect().top);
              requestAnimationFrame(() => requestAnimationFrame(tell));
            })""",
            number,
        )
    )


def shown(tab: Tab) -> list[str]:
    """The numbers of the waiting questions that are in sight, in their order."""
    found: list[str] = tab.page.evaluate(
        """() => [...document.querySelectorAll('#list-pending > [id]')]
          .filter(card => card.checkVisibility()).map(card => card.id.replace('question-', ''))"""
    )
    return found


def open_queue(stage: Stage, room: Room, open_tab: OpenTab, count: int = 5) -> Tab:
    room.queue = [{"number": number} for number in range(1, count + 1)]
    tab = open_tab(stage.origin)
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.mouse.move(1270, 5)
    return tab


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha looks at the top of a queue of five, her hands in her lap."""
    return open_queue(stage, room, open_tab)


@pytest.fixture
def far(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Asha is in the middle of a queue of sixty."""
    tab = open_queue(stage, room, open_tab, 60)
    tab.page.evaluate("document.getElementById('question-30').scrollIntoView({block: 'center'})")
    return tab


def test_a_list_that_nobody_works_in_takes_what_comes(tab: Tab, room: Room) -> None:
    room.ask_staff(6)
    tab.until("document.getElementById('question-6')")
    assert shown(tab) == ["1", "2", "3", "4", "5", "6"]
    assert not tab.page.is_visible("#arrived")


def test_new_ones_wait_while_the_focus_is_in_the_list(tab: Tab, room: Room) -> None:
    tab.page.click("[data-keys-start]")
    for number in (6, 7, 8):
        room.ask_staff(number)
    tab.until(f"{BUTTON}.textContent === '3 new questions'")
    assert shown(tab) == ["1", "2", "3", "4", "5"]
    tab.until(f"{SAID}.includes('new question')")
    assert tab.axe() == []
    tab.page.keyboard.press("n")
    assert shown(tab) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert tab.page.evaluate(AT) == "question-6"
    assert not tab.page.is_visible("#arrived")


def test_new_ones_wait_while_the_pointer_rests_on_the_list(tab: Tab, room: Room) -> None:
    tab.page.hover("#question-3")
    room.ask_staff(6)
    tab.until(f"{BUTTON}.textContent === '1 new question'")
    tab.page.click("#arrived")
    assert shown(tab)[-1] == "6"
    assert tab.page.evaluate(AT) == "question-6"


def test_new_ones_come_in_once_the_hand_is_elsewhere(tab: Tab, room: Room) -> None:
    tab.page.hover("#question-1")
    room.ask_staff(6)
    tab.until(f"!{BUTTON}.hidden")
    tab.page.mouse.move(1270, 5)
    tab.until(f"{BUTTON}.hidden")
    assert shown(tab)[-1] == "6"


def test_new_ones_wait_while_one_has_scrolled_into_the_list(far: Tab, room: Room) -> None:
    before = top(far, 30)
    room.ask_staff(61)
    far.until(f"{BUTTON}.textContent === '1 new question'")
    assert "61" not in shown(far)
    assert top(far, 30) == before


def test_a_list_with_nothing_in_sight_shows_what_comes(tab: Tab, room: Room) -> None:
    tab.page.click("[data-keys-start]")
    for number in (1, 2, 3, 4):
        room.happen(["remove", f"question-{number}"])
    room.ask_staff(6)
    tab.until(f"!{BUTTON}.hidden")
    room.happen(["remove", "question-5"])
    tab.until("document.getElementById('question-6').checkVisibility()")
    tab.until(f"{BUTTON}.hidden")


def test_what_waits_can_change_and_go(tab: Tab, room: Room) -> None:
    tab.page.click("[data-keys-start]")
    room.ask_staff(6)
    room.ask_staff(7)
    tab.until(f"{BUTTON}.textContent === '2 new questions'")
    room.happen(["morph", "question-6", room.card(6, words="Bea has a look at it")])
    room.happen(["remove", "question-7"])
    tab.until(f"{BUTTON}.textContent === '1 new question'")
    assert "6" not in shown(tab)
    tab.page.keyboard.press("n")
    assert "Bea has a look at it" in tab.page.inner_text("#question-6")


def test_what_one_has_put_back_oneself_does_not_wait(tab: Tab, room: Room) -> None:
    tab.page.click("[data-keys-start]")
    room.replies.append((200, {"number": 1}))
    tab.page.keyboard.press("a")
    tab.has_until(lambda: room.posted)
    room.happen(["remove", "question-1"])
    room.happen(["append", "list-pending", room.card(1)])
    tab.until("document.getElementById('question-1')?.checkVisibility()")


@pytest.mark.parametrize("number", [2, 25])
def test_the_card_one_is_at_stays_where_it_is(far: Tab, room: Room, number: int) -> None:
    """Others go above, in sight and out of it; come below; and grow above."""
    far.page.evaluate("document.querySelector('#question-30 h3').focus({preventScroll: true})")
    before = top(far, 30)
    room.happen(["remove", f"question-{number}"], ["remove", "question-29"])
    room.ask_staff(61)
    far.at(5)
    assert abs(top(far, 30) - before) <= 1
    words = "Two words more. " * 60
    room.happen(["morph", "question-27", room.card(27, words=words)])
    far.at(6)
    assert abs(top(far, 30) - before) <= 1


def test_the_card_under_the_pointer_stays_where_it_is(tab: Tab, room: Room) -> None:
    """Even at the top of the page, where scrolling can make up for nothing."""
    tab.page.hover("#question-3 [data-focus=approve]")
    before = top(tab, 3)
    room.happen(["remove", "question-1"])
    room.happen(["remove", "question-2"])
    tab.at(5)
    assert top(tab, 3) == before
    tab.page.mouse.move(1270, 5)
    tab.until("!document.querySelector('[data-gap]')")
    assert top(tab, 3) < before


def test_the_next_card_is_not_put_under_the_finger(tab: Tab, room: Room) -> None:
    """Two clicks at the same place are never two questions approved."""
    tab.page.hover("#question-2 [data-focus=approve]")
    room.replies.append((200, {"number": 2, "ops": [["remove", "question-2"]]}))
    tab.page.mouse.down()
    tab.page.mouse.up()
    tab.until("!document.getElementById('question-2')")
    tab.page.mouse.down()
    tab.page.mouse.up()
    tab.flush()
    assert [path for path, _ in room.posted] == ["/staff/questions/2/approve"]


def test_by_keyboard_the_next_card_takes_the_place_of_the_one_decided(tab: Tab, room: Room) -> None:
    tab.page.click("[data-keys-start]")
    tab.page.keyboard.press("j")
    before = top(tab, 2)
    room.replies.append((200, {"number": 2, "ops": [["remove", "question-2"]]}))
    tab.page.keyboard.press("a")
    tab.until(f"{AT} === 'question-3'")
    assert abs(top(tab, 3) - before) <= 1


def broken_queue(stage: Stage, room: Room, open_tab: OpenTab, count: int, part: str) -> Tab:
    """Asha points at question 3 of a queue whose script lacks one part."""
    source = (PACKAGE / "static" / "arrivals.mjs").read_text("utf-8")
    assert part in source
    room.queue = [{"number": number} for number in range(1, count + 1)]
    tab = open_tab(stage.origin, viewport={"width": 1280, "height": 2000 if count < 10 else 900})
    tab.page.route(
        "**/arrivals.mjs",
        lambda route: route.fulfill(
            body=source.replace(part, "void ({" if part.endswith("{") else ";"),
            content_type="text/javascript",
        ),
    )
    tab.open("/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.hover("#question-3 [data-focus=approve]")
    return tab


def test_the_control_without_waiting(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    part = "item.setAttribute('data-held', '');"
    tab = broken_queue(stage, room, open_tab, 5, part)
    room.ask_staff(6)
    tab.at(4)
    assert "6" in shown(tab)


def test_the_control_without_gaps(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = broken_queue(stage, room, open_tab, 5, "item.before(gap);")
    before = top(tab, 3)
    room.happen(["remove", "question-2"])
    tab.at(4)
    assert top(tab, 3) < before


def test_the_control_without_scrolling(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = broken_queue(stage, room, open_tab, 60, "scrollBy({")
    before = top(tab, 3)
    room.happen(["morph", "question-2", room.card(2, words="Two words more. " * 60)])
    tab.at(4)
    assert top(tab, 3) > before


def test_welsh_counts_have_welsh_forms(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = open_tab(stage.origin)
    tab.open("/cy/staff/queue")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("[data-keys-start]")
    room.ask_staff(6)
    room.ask_staff(7)
    tab.until(f"{BUTTON}.textContent === '2 cwestiwn newydd (two)'")
