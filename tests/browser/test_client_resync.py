"""A run that cannot be resumed: the page is fetched again, and the reader loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

FOCUSED = "document.activeElement.id"
RELOADED = "window.sameDocument !== true"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam reads the session; his line is open."""
    return read(open_tab(stage.origin), room)


@pytest.fixture
def timed(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """The same, and the clock of his browser is ours."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    return read(tab, room)


def read(tab: Tab, room: Room) -> Tab:
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    tab.page.evaluate("window.sameDocument = true")
    return tab


def left(characters: int) -> str:
    return (
        "document.querySelector('#ask .govuk-character-count__status').textContent"
        f" === 'You have {characters} characters remaining'"
    )


def gap(room: Room) -> None:
    room.position += 1
    room.answer(7)


def reset(room: Room) -> None:
    room.epoch = "e2"
    room.send({"reset": True})


def half_a_frame(room: Room) -> None:
    room.send_text('{"position": 4, "ops": [')


def ahead(room: Room) -> None:
    room.send({"position": 9})


def heartbeat_that_knows_of_more(room: Room) -> None:
    room.position = 12
    room.send({"position": 12, "since": 4})


def since_nothing(room: Room) -> None:
    room.position = 4
    room.send_text('{"position": 4}')


def operation_that_fails(room: Room) -> None:
    room.send({"position": 4, "ops": [7]})
    room.position = 4


@pytest.mark.parametrize(
    "fault",
    [
        gap,
        reset,
        half_a_frame,
        ahead,
        heartbeat_that_knows_of_more,
        since_nothing,
        operation_that_fails,
    ],
)
def test_what_was_missed_is_fetched_and_nothing_of_the_reader_is_lost(
    tab: Tab, room: Room, fault: Callable[[Room], None]
) -> None:
    tab.page.click("#more-2 summary")
    tab.page.locator("#text").press_sequentially("Half a question")
    nonce = tab.page.input_value("#ask [name=id]")
    room.questions[0] = (1, "Corrected meanwhile")
    room.questions.append((6, "Answered meanwhile"))
    room.redrawn_nonce = "f" * 22
    tab.page.evaluate("scrollTo(0, 120)")
    fault(room)
    tab.until("document.getElementById('question-6')")
    tab.has_until(lambda: len(room.dialled) == 2)
    assert tab.page.inner_text("#question-1-title") == "Corrected meanwhile"
    assert room.dialled[1]["after"] == str(room.position)
    assert room.dialled[1]["epoch"] == room.epoch
    assert tab.page.input_value("#text") == "Half a question"
    assert tab.page.evaluate("[document.activeElement.id, scrollY]") == ["text", 120]
    assert tab.page.evaluate("document.querySelector('#more-2').open")
    assert tab.page.input_value("#ask [name=id]") == nonce
    assert not tab.page.evaluate(RELOADED)
    tab.page.keyboard.type("!")
    tab.until(left(984))
    tab.has_until(lambda: room.listening == 1)
    room.answer(8)
    tab.until("document.getElementById('question-8')")
    # A failed operation is no secret; nothing else is worth a word on the console.
    expected = ["error: TypeError"] if fault is operation_that_fails else []
    assert [each[:16] for each in tab.complaints] == expected
    tab.complaints.clear()


def test_what_was_missed_is_counted_and_not_read_out_one_by_one(tab: Tab, room: Room) -> None:
    tab.page.evaluate("""() => {
      window.heard = [];
      const log = document.querySelector('[role=log]');
      new MutationObserver(() => heard.push(log.getAttribute('aria-live')))
        .observe(log, { attributes: true });
    }""")
    room.questions += [(6, "Answered meanwhile"), (7, "This too")]
    reset(room)
    tab.until("document.getElementById('live-say').textContent === '2 new answers'")
    tab.until("heard.length === 2")
    assert tab.page.evaluate("heard") == ["off", None]


def test_focus_finds_its_place_in_a_page_that_has_lost_items(tab: Tab, room: Room) -> None:
    tab.page.click("#more-2 summary")
    tab.page.focus("#more-2 a")
    del room.questions[1:]
    reset(room)
    tab.until("!document.getElementById('question-3')")
    tab.until(f"{FOCUSED} === 'question-1'")


def test_a_session_that_closed_meanwhile_keeps_the_text_that_was_typed(
    tab: Tab, room: Room
) -> None:
    tab.page.locator("#text").press_sequentially("Too late?")
    room.closed = True
    reset(room)
    tab.until("!document.getElementById('text')")
    assert tab.page.input_value("#kept textarea") == "Too late?"


def test_fetching_again_is_tried_until_the_page_is_there(tab: Tab, room: Room) -> None:
    room.pages.extend([(503, "away"), (200, "<p>a page of some other kind")])
    room.questions.append((6, "Answered meanwhile"))
    reset(room)
    tab.until("document.getElementById('live-status').dataset.state === 'lost'")
    tab.until("document.getElementById('question-6')")
    tab.until("document.getElementById('live-status').dataset.state === 'back'")


@pytest.mark.parametrize(
    ("status", "words"), [(404, "gone"), (410, "gone"), (401, "signedOut"), (403, "refused")]
)
def test_a_page_that_is_gone_for_good_says_so_and_stops(
    timed: Tab, room: Room, status: int, words: str
) -> None:
    room.pages.append((status, "no"))
    reset(room)
    timed.has_until(lambda: room.listening == 0)
    timed.page.clock.run_for(2_000)
    timed.until(f"document.getElementById('live-status').dataset.state === '{words}'")
    timed.page.evaluate("dispatchEvent(new Event('online'))")
    timed.page.clock.run_for(120_000)
    timed.flush()
    assert len(room.dialled) == 1
    assert room.fetched == ["/sessions/x"] * 2
