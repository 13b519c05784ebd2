"""What the page does where less works than it hopes for: no WebSocket gets through, its script does
not come, or there are none, and one would rather not press a link every minute."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.evening import Evening
from tests.browser.live.people import PATIENCE, Reader

PATIENT = 75_000
"""Milliseconds: a page notices after 20 seconds that nothing gets through."""
REFRESHED = 120_000
"""And refreshes by itself after 60: the browser counts them, and no test can hurry it."""


class Words(NamedTuple):
    """What the links about refreshing are called."""

    lang: str
    begin: str
    end: str
    before_writing: str


ENGLISH = Words(
    "",
    "Refresh by itself every minute, while you only read",
    "Stop refreshing",
    "stop this page from refreshing by itself",
)
WELSH = Words(
    "cy",
    "Adnewyddu ar ei phen ei hun bob munud, tra byddwch yn darllen yn unig",
    "Stopio adnewyddu",
    "atal y dudalen hon rhag adnewyddu ar ei phen ei hun",
)


def answered(evening: Evening, text: str) -> int:
    """A question that somebody has just had answered."""
    number = evening.ask(f"Who can tell me about {text}?")
    assert (
        evening.house.clerk("asha").command(number, "approve", slug=evening.slug).status_code == 200
    )
    reply = evening.house.clerk("lucy").command(
        number, "answer", slug=evening.slug, text=f"We can tell you about {text}.", lang="en"
    )
    assert reply.status_code == 200
    return number


def lines_of(tab: Tab) -> list[str]:
    """Blocks every WebSocket of the tab, as a proxy does; gives the addresses that were tried."""
    tried: list[str] = []

    def refuse(line: WebSocketRoute) -> None:
        tried.append(line.url)
        line.close()

    tab.page.route_web_socket(re.compile("/live"), refuse)
    return tried


def test_where_no_line_gets_through_answers_come_all_the_same(
    evening: Evening, open_tab: OpenTab
) -> None:
    sam = Reader(open_tab(evening.house.service.url), f"/sessions/{evening.slug}", scripts=True)
    tried = lines_of(sam.tab)
    sam.arrive()
    sam.write("I was just going to ask")
    number = answered(evening, "proxies")
    expect(sam.on_list("transcript", number)).to_be_visible(timeout=PATIENT)
    expect(sam.status).to_contain_text("Live updates cannot get through on this network.")
    assert sam.has_stayed()
    assert sam.box.input_value() == "I was just going to ask"
    assert len(tried) > 1
    assert sam.tab.axe() == []

    # And what somebody asks here is stored, and shown.
    assert sam.ask("Does asking work?") > number

    before = len(tried)
    sam.tab.has_until(lambda: len(tried) > before, PATIENCE)  # the line is still dialled


def test_a_line_that_gets_through_later_ends_it(evening: Evening, open_tab: OpenTab) -> None:
    sam = Reader(open_tab(evening.house.service.url), f"/sessions/{evening.slug}", scripts=True)
    blocked = True

    def decide(line: WebSocketRoute) -> None:
        if blocked:
            line.close()
        else:
            line.connect_to_server()

    sam.page.route_web_socket(re.compile("/live"), decide)
    sam.arrive()
    expect(sam.status).to_contain_text("Live updates cannot get through", timeout=PATIENT)
    blocked = False
    expect(sam.status).to_contain_text("Connected again", timeout=PATIENT)


def test_without_its_script_the_page_is_one_without_scripts(
    evening: Evening, open_tab: OpenTab
) -> None:
    answered(evening, "old browsers")
    for kind in ("missing", "too new"):
        tab = open_tab(evening.house.service.url)
        if kind == "missing":
            tab.page.route("**/public.mjs", lambda route: route.abort())
        else:
            tab.page.route(
                "**/public.mjs",
                lambda route: route.fulfill(body="const a = ;", content_type="text/javascript"),
            )
        tab.open(f"/sessions/{evening.slug}")
        link = tab.page.get_by_role("link", name="Check for new answers")
        expect(link).to_be_visible()
        tab.page.get_by_label("Your question", exact=True).fill(f"Is anybody here: {kind}?")
        tab.page.get_by_role("button", name="Send question").click()
        expect(tab.page.locator("#mine > li").filter(has_text=f"here: {kind}?")).to_have_count(1)
        tab.complaints[:] = [each for each in tab.complaints if "Unexpected token" not in each]


def test_with_its_script_the_page_has_no_links_for_those_without(evening: Evening) -> None:
    sam = evening.house.reader(slug=evening.slug)
    expect(sam.page.get_by_role("link", name="Check for new answers")).to_be_hidden()
    expect(sam.page.get_by_role("link", name="Refresh by itself every minute")).to_be_hidden()


def test_without_scripts_the_page_refreshes_if_one_asks_it_to(evening: Evening) -> None:
    sam = evening.house.reader(slug=evening.slug, scripts=False)
    # Nothing of a test stands between the browser and the service.
    sam.tab.context.unroute_all()
    expect(sam.page.get_by_role("link", name=ENGLISH.end)).to_be_hidden()
    sam.page.get_by_role("link", name=ENGLISH.begin).click()
    expect(sam.page.get_by_role("link", name=ENGLISH.end)).to_be_visible()
    number = answered(evening, "trains")
    sam.page.get_by_role("link", name="Skip to questions and answers").focus()
    sam.page.keyboard.press("Enter")
    assert sam.page.url.endswith("#transcript-heading")
    # Nobody presses anything more; being somewhere on the page does not keep it from refreshing.
    expect(sam.on_list("transcript", number)).to_be_visible(timeout=REFRESHED)
    assert sam.page.locator("#new a").get_attribute("href") == f"#question-{number}"

    sam.page.get_by_role("link", name=ENGLISH.end).click()
    expect(sam.page.get_by_role("link", name=ENGLISH.begin)).to_be_visible()
    assert "refresh" not in sam.page.url


@pytest.mark.parametrize("words", [ENGLISH, WELSH], ids=["English", "Welsh"])
def test_the_page_says_that_it_refreshes_and_how_to_stop_it(evening: Evening, words: Words) -> None:
    sam = evening.house.reader(slug=evening.slug, scripts=False, lang=words.lang)
    told: list[str] = []
    sam.page.on("response", lambda answer: told.append(answer.headers.get("refresh", "")))
    sam.page.get_by_role("link", name=words.begin).click()
    expect(sam.page.get_by_role("link", name=words.end)).to_be_visible()
    expect(sam.page.get_by_role("link", name=words.begin)).to_be_hidden()
    assert [each.partition(";")[0] for each in told if each] == ["60"]
    # Before one writes, one is reminded of it, and led back to where one was.
    told.clear()
    sam.page.get_by_role("link", name=words.before_writing).click()
    expect(sam.page.get_by_role("link", name=words.before_writing)).to_be_hidden()
    assert sam.page.url.endswith("#ask")
    assert not any(told)
    # Nobody else's page does it.
    other = evening.house.reader(slug=evening.slug, scripts=False, lang=words.lang)
    expect(other.page.get_by_role("link", name=words.end)).to_be_hidden()
