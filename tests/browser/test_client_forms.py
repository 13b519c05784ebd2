"""A form is sent once, its text is never lost, and the person is told what became of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

ASK = "/sessions/x/questions"
STATUS = "(document.getElementById('live-status').dataset.state ?? '')"
SAID = "document.getElementById('live-say').textContent"
UNSENT = (
    "We could not confirm that this was sent. Your text is still here. "
    "Send it again: it is never stored twice."
)


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam has typed a question; his line is open."""
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    tab.page.evaluate("window.sameDocument = true")
    tab.page.fill("#text", "Is this legal?")
    return tab


def press(tab: Tab) -> None:
    tab.page.evaluate("document.querySelector('#ask .govuk-button').click()")


def press_again(tab: Tab) -> None:
    """As ``press``; GOV.UK's button ignores a second click within a second, so without one."""
    tab.page.evaluate("""() => {
      const button = document.querySelector('#ask .govuk-button');
      button.form.requestSubmit(button);
    }""")


def answered(tab: Tab) -> None:
    """Wait until the answer to the form has been dealt with."""
    tab.until("!document.querySelector('[aria-busy]')")


def nonce(tab: Tab) -> str:
    return tab.page.input_value("#ask [name=id]")


def test_a_stored_question_empties_the_box_and_renews_the_nonce(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    room.replies.append((201, {"number": 4, "state": "pending", "position": 4, "say": "Sent."}))
    press(tab)
    tab.until(f"{SAID} === 'Sent.'")
    assert room.posted == [(ASK, {"id": before, "text": "Is this legal?"})]
    assert tab.page.input_value("#text") == ""
    assert len(nonce(tab)) >= 22
    assert nonce(tab) != before
    assert "1,000" in tab.page.inner_text("#ask .govuk-character-count__status")
    assert tab.page.evaluate("window.sameDocument")


def test_the_answer_may_redraw_the_page_and_move_the_focus(tab: Tab, room: Room) -> None:
    item = '<li class="ask-item ask-item--mine" id="mine-4">Is this legal?</li>'
    room.replies.append(
        (
            201,
            {
                "number": 4,
                "ops": [["append", "mine", item], ["replace", "ask", room.draw("ask.html")]],
                "focus": "mine-heading",
            },
        )
    )
    press(tab)
    tab.until("document.getElementById('mine-4')")
    answered(tab)
    assert tab.page.evaluate("document.activeElement.id") == "mine-heading"
    assert tab.page.input_value("#text") == ""
    # The event itself comes later on the line, with the same item.
    room.happen(["append", "mine", item])
    room.answer(5)
    tab.until("document.getElementById('question-5')")
    assert tab.page.locator("#mine > li").count() == 1


def test_after_the_first_question_the_line_is_dialled_again_with_the_cookie(
    tab: Tab, room: Room
) -> None:
    assert room.dialled[0]["mine"] == "0"
    press(tab)
    tab.has_until(lambda: len(room.dialled) == 2)
    assert room.dialled[1] == {"after": "3", "epoch": "e1", "mine": "0"}
    tab.has_until(lambda: room.listening == 1)
    room.happen(["replace", "mine", '<ol id="mine" data-current="1"></ol>'])
    tab.until("document.getElementById('mine').dataset.current === '1'")
    tab.page.fill("#text", "And another")
    press_again(tab)
    answered(tab)
    room.break_lines()
    tab.has_until(lambda: len(room.dialled) == 3)
    assert room.dialled[2]["mine"] == "1"


def test_bad_input_comes_back_with_its_summary_and_its_text(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    html = room.draw("ask.html", error="Use fewer words", value="is this legal", nonce=before)
    room.replies.append(
        (
            422,
            {"error": "too-long", "message": "Use fewer words", "ops": [["replace", "ask", html]]},
        )
    )
    press(tab)
    tab.until("document.activeElement.className.includes('govuk-error-summary')")
    assert tab.page.input_value("#text") == "Is this legal?"
    assert nonce(tab) == before
    assert tab.axe() == []
    tab.page.click(".govuk-error-summary a")
    assert tab.page.evaluate("document.activeElement.id") == "text"
    press_again(tab)
    tab.until("document.getElementById('text').value === ''")
    assert room.posted[1] == room.posted[0]
    assert nonce(tab) != before


@pytest.mark.parametrize("status", [403, 409, 429, 503])
def test_a_refusal_is_told_beside_the_form_and_can_be_tried_again(
    tab: Tab, room: Room, status: int
) -> None:
    before = nonce(tab)
    message = "Questions cannot be stored just now."
    room.replies.append((status, {"error": "no", "message": message}))
    press(tab)
    tab.until(f"{SAID} === '{message}'")
    assert tab.page.inner_text("#ask [data-note]") == message
    assert tab.page.input_value("#text") == "Is this legal?"
    assert nonce(tab) == before
    assert tab.axe() == []
    press_again(tab)
    tab.until("document.getElementById('text').value === ''")
    assert tab.page.locator("[data-note]").count() == 0
    assert room.posted[1] == room.posted[0]


def test_without_a_network_the_text_and_the_nonce_stay(tab: Tab, room: Room) -> None:
    before = nonce(tab)

    def lost(route: Route) -> None:
        route.abort()

    tab.page.route("**" + ASK, lost)
    press(tab)
    tab.until(f"{STATUS} === 'unsent'")
    assert tab.page.inner_text("#live-status") == UNSENT
    assert tab.page.inner_text("#ask [data-note]") == UNSENT
    assert tab.page.input_value("#text") == "Is this legal?"
    assert nonce(tab) == before
    tab.page.unroute("**" + ASK, lost)
    press_again(tab)
    tab.until("document.getElementById('text').value === ''")
    assert room.posted == [(ASK, {"id": before, "text": "Is this legal?"})]
    assert tab.page.evaluate(STATUS) == ""


def test_an_answer_that_never_comes_is_given_up_and_asked_for_again(tab: Tab, room: Room) -> None:
    tab.page.clock.install()
    room.gate.clear()
    press(tab)
    tab.has_until(lambda: room.posted)
    tab.page.clock.run_for(10_500)
    tab.until(f"{STATUS} === 'unsent'")
    room.gate.set()
    press_again(tab)
    tab.until("document.getElementById('text').value === ''")
    assert room.posted[1] == room.posted[0]


def test_a_proxy_in_trouble_is_no_answer(tab: Tab, room: Room) -> None:
    room.replies.append((502, "<h1>Bad gateway</h1>"))
    press(tab)
    tab.until(f"{STATUS} === 'unsent'")
    assert tab.page.input_value("#text") == "Is this legal?"


def test_json_that_is_none_is_no_answer(tab: Tab, room: Room) -> None:
    tab.page.route(
        "**" + ASK,
        lambda route: route.fulfill(status=503, body="{", content_type="application/json"),
    )
    press(tab)
    tab.until(f"{STATUS} === 'unsent'")


def test_any_other_page_is_asked_for_once_by_the_browser_itself(tab: Tab, room: Room) -> None:
    before = nonce(tab)
    room.replies.append((200, "<h1>Something else</h1>"))
    press(tab)
    tab.page.wait_for_url("**/sessions/x?sent=natively")
    assert room.posted == [(ASK, {"id": before, "text": "Is this legal?"})] * 2


def test_pressing_twice_sends_once(tab: Tab, room: Room) -> None:
    room.gate.clear()
    press(tab)
    tab.has_until(lambda: room.posted)
    assert tab.page.evaluate("document.querySelector('#ask form').ariaBusy") == "true"
    tab.page.evaluate("document.querySelector('#ask form').requestSubmit()")
    tab.page.evaluate("document.querySelector('#ask form').requestSubmit()")
    room.gate.set()
    tab.until("document.getElementById('text').value === ''")
    assert len(room.posted) == 1


def test_what_is_typed_while_the_question_is_on_its_way_stays(tab: Tab, room: Room) -> None:
    room.gate.clear()
    press(tab)
    tab.has_until(lambda: room.posted)
    tab.page.fill("#text", "Is this legal? And that?")
    room.gate.set()
    answered(tab)
    assert tab.page.input_value("#text") == "Is this legal? And that?"


def test_a_form_that_closes_while_its_question_is_refused_keeps_the_text(
    tab: Tab, room: Room
) -> None:
    room.replies.append((409, {"error": "closed", "message": "The session has closed."}))
    room.gate.clear()
    press(tab)
    tab.has_until(lambda: room.posted)
    room.happen(["replace", "ask", room.draw("ask.html", heading="Closed", closed=True)])
    tab.until("!document.getElementById('text')")
    assert not tab.page.is_visible("#kept")
    room.gate.set()
    tab.until("!document.getElementById('kept').hidden")
    assert tab.page.input_value("#kept textarea") == "Is this legal?"


def test_a_form_that_closes_while_its_question_is_stored_leaves_nothing_behind(
    tab: Tab, room: Room
) -> None:
    room.gate.clear()
    press(tab)
    tab.has_until(lambda: room.posted)
    room.happen(["replace", "ask", room.draw("ask.html", heading="Closed", closed=True)])
    tab.until("!document.getElementById('text')")
    room.replies.append((201, {"number": 4, "say": "Sent."}))
    room.gate.set()
    tab.until(f"{SAID} === 'Sent.'")
    assert not tab.page.is_visible("#kept")
