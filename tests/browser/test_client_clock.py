"""The time left is the server's time, whatever the visitor's own clock says or is set to."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

HOUR, DAY = 3_600_000, 86_400_000
TIMER = "document.querySelector('[role=timer]').textContent"
JUMPS = [-DAY, -HOUR, HOUR, DAY]


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam reads a session that ends in 45 minutes; the clocks of his browser are ours."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/sessions/x")
    tab.until(f"{TIMER} === '45 minutes left'")
    return tab


def set_own_clock(tab: Tab, jump: int) -> None:
    """As its owner may, or the network; nothing else notices."""
    was = int(tab.page.evaluate("Date.now()"))
    ran = tab.page.evaluate("performance.now()")
    tab.page.clock.set_system_time((was + jump) / 1000)
    assert abs(tab.page.evaluate("Date.now()") - was - jump) < 60_000
    assert abs(tab.page.evaluate("performance.now()") - ran) < 60_000


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_is_set_changes_nothing_even_while_the_server_is_away(
    tab: Tab, room: Room, jump: int
) -> None:
    room.pages.extend([(503, "away")] * 100)
    set_own_clock(tab, jump)
    for minutes in (44, 43, 42):
        tab.page.clock.run_for(60_000)
        assert tab.page.evaluate(TIMER) == f"{minutes} minutes left"


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_after_a_sleep_or_a_jump_the_server_is_asked_and_believed(
    tab: Tab, room: Room, jump: int
) -> None:
    room.now += 20 * 60_000
    set_own_clock(tab, jump)
    tab.page.clock.run_for(6_000)
    tab.until(f"{TIMER} === '25 minutes left'")
    asked = list(room.fetched)
    tab.page.clock.run_for(70_000)
    assert tab.page.evaluate(TIMER) == "24 minutes left"
    assert room.fetched == asked, "once is enough"
