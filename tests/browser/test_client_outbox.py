"""A question without an answer is kept, said to be, and sent again under the same name."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

PAGE = "/sessions/x?keep=1"
ASK = "/sessions/x/questions"
BESIDE = "document.getElementById('ask-waits-words').textContent"
SAID = "document.getElementById('live-say').textContent"
WAITS = f"{BESIDE} === 'Not sent yet' && !document.querySelector('[aria-busy=true]')"
EMPTY = "document.getElementById('text').value === ''"
BUTTON = "#ask .govuk-button"


def lose(route: Route) -> None:
    route.abort()


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam's question had no answer. Time stands still: nothing is tried by itself."""
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open(PAGE)
    tab.has_until(lambda: room.listening == 1)
    tab.page.evaluate("window.sameDocument = true")
    stop_time(tab)
    tab.page.fill("#text", "Is this legal?")
    tab.page.route("**" + ASK, lose)
    press(tab)
    tab.until(WAITS)
    tab.page.unroute("**" + ASK, lose)
    return tab


def stop_time(tab: Tab) -> None:
    """From here on only the test lets time go by; ten seconds ahead, for a busy machine."""
    tab.page.clock.pause_at(tab.page.evaluate("Date.now()") / 1000 + 10)


def press(tab: Tab) -> None:
    tab.page.evaluate(f"""() => {{
      const button = document.querySelector('{BUTTON}');
      button.form.requestSubmit(button);
    }}""")


def nonce(tab: Tab) -> str:
    return tab.page.input_value("#ask [name=id]")


def names(room: Room) -> set[str]:
    """Under how many names questions have come: each is stored once."""
    return {fields["id"] for _, fields in room.posted}


def test_it_says_that_it_waits_and_keeps_the_words_as_they_are(tab: Tab, room: Room) -> None:
    tab.page.route("**" + ASK, lose)
    tab.page.clock.run_for(700)
    tab.until(f"{SAID} === 'Not sent yet'")
    assert tab.page.input_value("#text") == "Is this legal?"
    assert not tab.page.is_editable("#text")
    assert tab.page.inner_text(BUTTON) == "Send now"
    assert tab.page.is_visible("#ask-keep-back")
    assert tab.page.locator("[data-note]").count() == 0
    assert room.posted == []


def test_it_is_tried_again_by_itself_under_the_same_name(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    tab.page.focus("#law")
    room.replies.append((201, {"number": 4, "say": "Stored.", "focus": "mine-heading"}))
    tab.page.clock.run_for(3_000)
    tab.until(EMPTY)
    assert [fields["id"] for _, fields in room.posted] == [before]
    assert room.posted[0][1]["text"] == "Is this legal?"
    assert tab.page.evaluate(BESIDE) == "Stored"
    assert tab.page.inner_text(BUTTON) == "Send question"
    assert tab.page.is_editable("#text")
    assert nonce(tab) != before
    assert tab.page.evaluate("document.activeElement.id") == "law"
    assert tab.page.evaluate("sessionStorage.length") == 0
    assert tab.page.evaluate("window.sameDocument")


def test_it_goes_on_for_as_long_as_there_is_no_answer(tab: Tab, room: Room) -> None:
    room.replies.extend([(502, "<h1>Bad gateway</h1>"), (503, {"message": "Away."})])
    for count in (1, 2, 3):
        tab.page.clock.run_for(4_300)  # less than an answer is waited for
        tab.has_until(lambda: len(room.posted) >= count)  # noqa: B023 - called at once
        tab.until("!document.querySelector('[aria-busy=true]')")
    tab.until(EMPTY)
    assert len(names(room)) == 1
    assert tab.page.evaluate("window.sameDocument")


@pytest.mark.parametrize("sign", ["online", "live:up"])
def test_a_network_that_is_back_is_used_at_once(tab: Tab, room: Room, sign: str) -> None:
    target = "window" if sign == "online" else "document"
    tab.page.evaluate(f"{target}.dispatchEvent(new Event('{sign}'))")
    tab.page.clock.run_for(1_000)
    tab.until(EMPTY)
    assert len(room.posted) == 1


def test_a_line_that_is_up_again_says_so(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = open_tab(stage.origin)
    tab.open(PAGE)
    tab.page.evaluate("document.addEventListener('live:up', () => { window.up = true; })")
    tab.has_until(lambda: room.listening == 1)
    room.break_lines()
    tab.until("window.up === true")


@pytest.mark.parametrize("status", [409, 422, 429])
def test_an_answer_ends_the_waiting_whatever_it_is(tab: Tab, room: Room, status: int) -> None:
    room.replies.append((status, {"error": "no", "message": "Not now."}))
    tab.page.clock.run_for(3_000)
    tab.until("document.querySelector('#ask [data-note]')?.textContent === 'Not now.'")
    assert tab.page.input_value("#text") == "Is this legal?"
    assert tab.page.is_editable("#text")
    assert not tab.page.is_visible("#ask-keep-back")
    tab.page.clock.run_for(60_000)
    tab.flush()
    assert len(room.posted) == 1


def test_who_does_not_want_it_sent_keeps_the_text(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    tab.page.click("#ask-keep-back")
    assert tab.page.evaluate(BESIDE) == "Kept back"
    assert tab.page.evaluate("document.activeElement.id") == "text"
    tab.page.clock.run_for(60_000)
    tab.page.evaluate("window.dispatchEvent(new Event('online'))")
    tab.page.clock.run_for(2_000)
    tab.flush()
    assert room.posted == []
    press(tab)
    tab.until(EMPTY)
    assert names(room) == {before}, "the same words are the same question"


def test_other_words_are_another_question(tab: Tab, room: Room) -> None:
    """Under the old name they would be taken for what may have arrived, and be lost."""
    before = nonce(tab)
    tab.page.click("#ask-keep-back")
    tab.page.fill("#text", "Or is this?")
    press(tab)
    tab.until(EMPTY)
    assert room.posted[0][1]["text"] == "Or is this?"
    assert before not in names(room)


def test_a_page_that_is_loaded_again_goes_on_with_it(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    tab.page.reload()
    tab.page.clock.run_for(2_000)
    tab.until(EMPTY)
    assert names(room) == {before}


def test_a_page_that_says_sent_sends_nothing_again(tab: Tab, room: Room) -> None:
    tab.open(f"{PAGE}&sent=4")
    tab.page.clock.run_for(2_000)
    tab.flush()
    assert room.posted == []
    assert tab.page.input_value("#text") == ""
    assert tab.page.evaluate("sessionStorage.length") == 0


def test_a_page_that_comes_with_the_words_waits_for_the_person(tab: Tab, room: Room) -> None:
    html = room.draw("session.html", asked={"keep": "1"}, value="Is this legal?")
    room.pages.append((200, html))
    tab.page.reload()
    tab.page.clock.run_for(60_000)
    tab.flush()
    assert room.posted == []
    assert tab.page.is_editable("#text")


def test_exit_lets_go_of_it(tab: Tab, room: Room) -> None:
    tab.page.evaluate("dispatchEvent(new Event('live:stop'))")
    tab.page.evaluate("window.dispatchEvent(new Event('online'))")
    tab.page.clock.run_for(60_000)
    tab.flush()
    assert room.posted == []
    assert tab.page.evaluate("sessionStorage.length") == 0


def test_a_name_that_changes_on_the_way_is_seen(tab: Tab, room: Room) -> None:
    """The control: were a new name made for each attempt, there would be two of them."""
    room.replies.append((502, ""))
    tab.page.clock.run_for(3_000)
    tab.has_until(lambda: len(room.posted) == 1)
    tab.until("!document.querySelector('[aria-busy=true]')")
    tab.page.evaluate("document.querySelector('#ask [name=id]').value = 'x'.repeat(22)")
    tab.page.clock.run_for(10_000)
    tab.until(EMPTY)
    assert len(names(room)) == 2
