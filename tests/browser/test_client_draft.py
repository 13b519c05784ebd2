"""What is typed into the ask form is kept in its tab, and nowhere else, and not for longer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.clientapp import EXIT, Room, Stage
from tests.browser.conftest import OpenTab, Tab

PAGE = "/sessions/x?keep=1"
KEY = "askpanel:draft:x"
BESIDE = "document.getElementById('ask-waits-words').textContent"


def typed(tab: Tab, text: str = "Is this") -> None:
    tab.page.fill("#text", text)


def kept(tab: Tab) -> dict[str, Any]:
    """What is kept, all of it in one place."""
    found = tab.page.evaluate("[localStorage.length, Object.entries(sessionStorage)]")
    assert found[0] == 0
    assert {name for name, _ in found[1]} <= {KEY}
    return {} if not found[1] else dict(json.loads(found[1][0][1]))


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    tab = open_tab(stage.origin, leads_to=(EXIT,))
    tab.open(PAGE)
    return tab


def test_what_was_typed_is_there_again_and_is_said_to_be(tab: Tab) -> None:
    assert kept(tab) == {}
    typed(tab)
    tab.page.check("#law")
    assert kept(tab) == {"text": "Is this", "name": "", "topic": "law"}
    tab.page.reload()
    assert tab.page.input_value("#text") == "Is this"
    assert tab.page.is_checked("#law")
    assert tab.page.evaluate(BESIDE) == "From before"
    tab.until("document.getElementById('live-say').textContent === 'From before'")
    assert "993" in tab.page.inner_text("#ask .govuk-character-count__status")
    assert tab.axe() == []
    typed(tab, "Is this legal")
    assert not tab.page.is_visible("#ask-waits")


def test_emptied_it_leaves_nothing_behind(tab: Tab) -> None:
    typed(tab)
    typed(tab, "  ")
    assert kept(tab) == {}


def test_once_it_is_stored_only_what_was_typed_since_is_kept(tab: Tab, room: Room) -> None:
    typed(tab)
    room.gate.clear()
    tab.page.evaluate("document.querySelector('#ask form').requestSubmit()")
    tab.has_until(lambda: room.posted)
    assert kept(tab)["waiting"] is True
    typed(tab, "Is this? And that?")
    room.gate.set()
    tab.until("!document.querySelector('[aria-busy]')")
    assert kept(tab) == {"text": "Is this? And that?", "name": "", "topic": ""}
    tab.page.evaluate("document.querySelector('#ask form').requestSubmit()")
    tab.until("document.getElementById('text').value === ''")
    assert kept(tab) == {}


def test_words_that_the_server_has_drawn_are_not_written_over(tab: Tab, room: Room) -> None:
    typed(tab)
    html = room.draw("session.html", asked={"keep": "1"}, value="The server's")
    room.pages.append((200, html))
    tab.page.reload()
    assert tab.page.input_value("#text") == "The server's"


def test_exit_takes_it_along_and_nothing_is_kept_after(tab: Tab) -> None:
    typed(tab)
    tab.page.evaluate("dispatchEvent(new Event('live:stop'))")
    assert kept(tab) == {}
    typed(tab, "Nobody is to see this")
    assert kept(tab) == {}


@pytest.mark.parametrize("phase", ["last", "closed"])
def test_after_the_end_it_is_shown_once_to_be_copied(tab: Tab, phase: str) -> None:
    typed(tab)
    tab.open(f"{PAGE}&phase={phase}")
    assert tab.page.input_value("#kept textarea") == "Is this"
    assert tab.page.input_value("#text") == ""
    assert tab.axe() == []
    tab.page.click("#kept button:has-text('Copy')")
    tab.until("document.getElementById('live-say').textContent.endsWith('Copied')")
    assert tab.page.evaluate("getSelection().toString()") == "Is this"
    tab.open("/before")
    assert kept(tab) == {}


def test_after_the_end_it_can_be_forgotten_at_once(tab: Tab) -> None:
    typed(tab)
    tab.open(f"{PAGE}&phase=closed")
    tab.page.click("#kept button:has-text('Forget')")
    assert kept(tab) == {}
    assert not tab.page.is_visible("#kept")
    assert tab.page.evaluate("document.activeElement.localName") == "h1"


@pytest.mark.parametrize(
    "junk", ["", "null", "5", "[]", "{", '{"text": 5}', '{"text": "x", "name": null}', '"x"']
)
def test_what_it_cannot_read_is_as_nothing(tab: Tab, junk: str) -> None:
    tab.page.evaluate("junk => sessionStorage.setItem('askpanel:draft:x', junk)", junk)
    tab.page.reload()
    assert tab.page.input_value("#text") == ""
    typed(tab)
    assert kept(tab)["text"] == "Is this"


def test_where_nothing_can_be_kept_one_can_still_ask(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin)
    tab.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('no'); }})"
    )
    tab.open(PAGE)
    typed(tab)
    tab.page.evaluate("document.querySelector('#ask form').requestSubmit()")
    tab.until("document.getElementById('text').value === ''")
    assert room.posted[0][1]["text"] == "Is this"


def test_a_form_that_keeps_nothing_shows_that_it_is_this_script(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    """The control: on a page whose form is not marked, a reload loses what was typed."""
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    typed(tab)
    assert kept(tab) == {}
    tab.page.reload()
    assert tab.page.input_value("#text") == ""
