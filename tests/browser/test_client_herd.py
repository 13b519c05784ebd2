"""Ten thousand browsers whose server went away come back evenly, not all in one moment."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

# Numbers between 0 and 1 that are the same in every run (Park and Miller, 1988).
PAUSES = """async tries => {
  const { backOff } = await import('/static/5eed/net.mjs');
  let seed = 2026;
  Math.random = () => { seed = seed * 48271 % 2147483647; return seed / 2147483647; };
  return Array.from({ length: 10000 }, () => backOff(tries));
}"""


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    return tab


@pytest.mark.parametrize(("tries", "longest"), [(0, 1), (1, 2), (3, 8), (5, 30), (9, 30)])
def test_each_tenth_of_the_time_brings_a_tenth_of_them(tab: Tab, tries: int, longest: int) -> None:
    pauses = [(ms - 250) / 1000 / longest for ms in tab.page.evaluate(PAUSES, tries)]
    tenths = [sum(1 for each in pauses if int(each * 10) == tenth) for tenth in range(10)]
    assert sum(tenths) == 10_000
    assert all(900 < each < 1100 for each in tenths)
