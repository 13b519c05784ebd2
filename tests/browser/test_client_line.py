"""The line to the server: resumed where it broke, patiently, and not spoken of without need."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

STATUS = "(document.getElementById('live-status').dataset.state ?? '')"


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam reads the session, his line is open, and the clock of his browser is ours."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    return tab


def pass_time(tab: Tab, seconds: float) -> None:
    tab.page.clock.run_for(int(seconds * 1000))


def redialled(tab: Tab, room: Room, times: int, within: float = 35) -> None:
    """Let up to ``within`` seconds pass until the line has been dialled that often.

    That is long enough for every pause between tries, and too short for silence to be noticed.
    """
    step = within / 140
    for _ in range(140):
        if len(room.dialled) >= times:
            return
        pass_time(tab, step)
    tab.has_until(lambda: len(room.dialled) >= times, 2)


def test_the_line_says_where_the_page_stands(tab: Tab, room: Room) -> None:
    assert room.dialled == [{"after": "3", "epoch": "e1", "mine": "0"}]


def test_a_reader_with_questions_gets_their_own_events_too(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    room.mine = "1"
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    tab.has_until(lambda: room.dialled)
    assert room.dialled == [{"after": "3", "epoch": "e1", "mine": "1"}]


def test_a_staff_page_keeps_the_view_in_its_address(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin)
    tab.open("/staff/triage")
    tab.has_until(lambda: room.dialled)
    assert room.dialled == [{"after": "3", "epoch": "e1", "view": "triage"}]


def test_a_broken_line_is_resumed_where_it_broke(tab: Tab, room: Room) -> None:
    room.answer(4)
    room.answer(5)
    tab.at(5)
    room.break_lines()
    redialled(tab, room, 2)
    assert room.dialled[1] == {"after": "5", "epoch": "e1", "mine": "0"}
    tab.has_until(lambda: room.listening == 1)
    room.answer(6)
    tab.until("document.getElementById('question-6')")
    assert room.fetched == ["/sessions/x"]


def test_the_first_blip_is_mended_in_silence(tab: Tab, room: Room) -> None:
    room.break_lines()
    redialled(tab, room, 2)
    tab.has_until(lambda: room.listening == 1)
    room.answer(4)
    tab.at(4)
    assert tab.page.evaluate(STATUS) == ""


def test_a_line_that_stays_broken_is_spoken_of_until_it_is_back(tab: Tab, room: Room) -> None:
    room.refusing = True
    room.break_lines()
    redialled(tab, room, 2)
    tab.until(f"{STATUS} === 'lost'")
    assert "Connection lost" in tab.page.inner_text("#live-status")
    assert tab.axe() == []
    redialled(tab, room, 4)
    room.refusing = False
    redialled(tab, room, len(room.dialled) + 1)
    tab.until(f"{STATUS} === 'back'")
    pass_time(tab, 11)
    assert tab.page.evaluate(STATUS) == ""
    assert not tab.page.is_visible("#live-status")


def test_the_pauses_between_tries_grow_and_are_never_the_same_for_all(tab: Tab) -> None:
    pauses = """async luck => {
      const { backOff } = await import('/static/5eed/net.mjs');
      Math.random = () => luck;
      return [0, 1, 2, 3, 4, 5, 50].map(backOff);
    }"""
    assert tab.page.evaluate(pauses, 0) == [250] * 7
    assert tab.page.evaluate(pauses, 1) == [1250, 2250, 4250, 8250, 16250, 30250, 30250]


def test_the_server_may_ask_for_patience(tab: Tab, room: Room) -> None:
    start = tab.page.evaluate("Date.now()")
    room.break_lines(1013, "retry=600")
    redialled(tab, room, 2, within=900)
    assert tab.page.evaluate("Date.now()") - start >= 600_000


@pytest.mark.parametrize(
    ("code", "words"), [(4001, "signedOut"), (4003, "refused"), (4004, "gone")]
)
def test_a_final_refusal_is_final(tab: Tab, room: Room, code: int, words: str) -> None:
    room.break_lines(code)
    tab.until(f"{STATUS} === '{words}'")
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    pass_time(tab, 300)
    tab.flush()
    assert len(room.dialled) == 1


def test_a_line_that_falls_silent_is_given_up(tab: Tab, room: Room) -> None:
    pass_time(tab, 44)
    assert len(room.dialled) == 1
    redialled(tab, room, 2)
    tab.has_until(lambda: room.hung_up == [4000])


def test_a_heartbeat_keeps_a_quiet_line(tab: Tab, room: Room) -> None:
    for _ in range(4):
        pass_time(tab, 30)
        room.happen()
        tab.at(room.position)
    assert len(room.dialled) == 1


def test_a_new_network_is_a_new_line(tab: Tab, room: Room) -> None:
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    redialled(tab, room, 2)
    tab.has_until(lambda: room.hung_up == [4000] and room.listening == 1)


def test_leaving_hangs_up_and_coming_back_dials_again(tab: Tab, room: Room) -> None:
    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    tab.has_until(lambda: room.hung_up == [1000])
    pass_time(tab, 300)
    assert len(room.dialled) == 1
    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    redialled(tab, room, 2)


def test_the_server_says_when_the_store_is_away_and_back(tab: Tab, room: Room) -> None:
    room.send({"position": 3, "status": "lost"})
    tab.until(f"{STATUS} === 'away'")
    assert "delayed" in tab.page.inner_text("#live-status")
    room.send({"position": 3, "status": "back"})
    tab.until(f"{STATUS} === 'back'")


def test_a_new_line_forgets_that_the_store_was_away_unless_told_again(tab: Tab, room: Room) -> None:
    room.send({"position": 3, "status": "lost"})
    tab.until(f"{STATUS} === 'away'")
    room.break_lines()
    redialled(tab, room, 2)
    tab.until(f"{STATUS} === 'back'")
    room.greeting = {"status": "lost"}
    room.break_lines()
    redialled(tab, room, 3)
    tab.until(f"{STATUS} === 'away'")


def test_what_is_said_within_a_moment_is_said_together(tab: Tab, room: Room) -> None:
    room.happen(say="Question 4 was approved.")
    room.happen(say="Question 5 was approved.")
    tab.at(5)
    region = "document.getElementById('live-say').textContent"
    pass_time(tab, 0.5)
    assert tab.page.evaluate(region) == ""
    pass_time(tab, 0.2)
    assert tab.page.evaluate(region) == "Question 4 was approved. Question 5 was approved."
