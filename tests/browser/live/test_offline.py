"""The line is cut: a question waits on its page, and is stored once when the line is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.live.cable import Cable, plugged
from tests.browser.live.evening import Evening
from tests.browser.live.keeping import STORED, focused, kept_in_the_tab, stored, waits
from tests.engines import free_port
from tests.service import Service

PORT = free_port()
SETTINGS = {"BASE_URL": f"http://127.0.0.1:{PORT}", "QUESTIONS_PER_MINUTE": "60"}
WAITING = "Your question is not sent yet."


@pytest.fixture(scope="module", autouse=True)
def cable(service: Service) -> Iterator[Cable]:
    with plugged(service, PORT) as cable:
        yield cable


def test_with_the_network_cut_questions_wait_and_are_stored_once_when_it_is_back(
    evening: Evening, cable: Cable
) -> None:
    sam, alex = evening.reader(phone=True), evening.reader()
    with cable.pulled():
        sam.write("Sam in the tunnel?")
        alex.write("Alex in the lift?")
        alex.tab.context.set_offline(True)
        for reader in (sam, alex):
            reader.press_send()
            expect(waits(reader)).to_contain_text(WAITING)
            expect(reader.page.get_by_role("button", name="Send now")).to_be_visible()
            expect(reader.box).not_to_be_editable()
            reader.tab.until(
                f"document.getElementById('live-say').textContent.includes('{WAITING}')"
            )
        assert sam.tab.axe() == []
        expect(sam.box).to_have_value("Sam in the tunnel?")
        alex.page.get_by_role("radio").first.focus()
    alex.tab.context.set_offline(False)
    for reader, words in ((sam, "Sam in the tunnel?"), (alex, "Alex in the lift?")):
        expect(waits(reader)).to_contain_text(STORED, timeout=45_000)
        number = reader.number_of(words)
        expect(reader.box).to_have_value("")
        expect(reader.box).to_be_editable()
        assert kept_in_the_tab(reader) == []
        assert stored(evening, words) == [number]
    assert focused(alex) == "ask-topic", "nobody's focus is taken by what happens by itself"
    assert sam.page.locator("#sent").is_visible()
    assert evening.all_have_stayed()


def test_a_question_that_had_arrived_is_not_stored_again(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader()

    def lost(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort()

    sam.page.route("**/questions", lost, times=1)
    alex.page.route("**/questions", lost, times=1)
    sam.write("Did this arrive?")
    sam.press_send()
    number = sam.number_of("Did this arrive?")
    expect(waits(sam)).to_contain_text(STORED, timeout=45_000)
    # And not by way of another page, nor by a reload between the two.
    alex.write("Did this one arrive?")
    alex.press_send()
    expect(waits(alex)).to_contain_text(WAITING)
    alex.page.reload()
    expect(alex.page.locator("#mine > li")).to_have_count(1)
    expect(waits(alex)).to_contain_text(STORED, timeout=45_000)
    assert stored(evening, "Did this arrive?") == [number]
    assert len(stored(evening, "Did this one arrive?")) == 1
    # The control: as other questions, they are stored as often as they are sent.
    for _ in range(2):
        evening.ask("Did this arrive twice?")
    assert len(stored(evening, "Did this arrive twice?")) == 2


def test_a_page_that_is_loaded_again_after_the_cut_goes_on_with_it(
    evening: Evening, cable: Cable
) -> None:
    sam, alex = evening.reader(), evening.reader()
    with cable.pulled():
        for reader in (sam, alex):
            reader.write("Kept over a reload?")
            reader.press_send()
            expect(waits(reader)).to_contain_text(WAITING)
        alex.page.get_by_role("button", name="Do not send").click()
        expect(waits(alex)).to_contain_text("This page will not send your question by itself.")
        expect(alex.box).to_be_focused()
        expect(alex.box).to_be_editable()
        alex.write("Other words, then?")
        sam.page.goto("about:blank")
    sam.page.goto(sam.tab.origin + sam.path)
    expect(waits(sam)).to_contain_text(STORED, timeout=45_000)
    assert stored(evening, "Kept over a reload?") == [sam.number_of("Kept over a reload?")]
    alex.page.reload()
    expect(alex.box).to_have_value("Other words, then?")
    assert stored(evening, "Other words") == []
    alex.press_send()
    assert stored(evening, "Other words") == [alex.number_of("Other words")]
