"""Reading in peace: nothing scrolls by itself, and what comes can be held back."""

from __future__ import annotations

import pytest

from tests.browser.clientapp import Room, Stage
from tests.browser.conftest import OpenTab, Tab

ITEMS = "document.querySelectorAll('#transcript > li').length"
NEW = "document.getElementById('live-new').textContent"
HIDDEN = "document.getElementById('live-new').hidden"
SAID = "document.getElementById('live-say').textContent"
LOUD = "document.querySelector('[role=log]').getAttribute('aria-live')"
VISIBLE = """[...document.querySelectorAll('#transcript > li')]
  .filter(item => item.checkVisibility()).map(item => item.id)"""


@pytest.fixture
def tab(stage: Stage, room: Room, open_tab: OpenTab) -> Tab:
    """Sam reads a transcript that is longer than his screen; he is at its top."""
    room.questions = [(number, f"Question number {number}") for number in range(1, 13)]
    tab = open_tab(stage.origin, viewport={"width": 800, "height": 500})
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    return tab


def test_a_button_counts_what_came_out_of_sight_and_leads_there(tab: Tab, room: Room) -> None:
    assert not tab.page.is_visible("#live-new")
    for number in (21, 22, 23):
        room.answer(number)
    tab.until(f"{NEW} === '3 new answers'")
    assert tab.page.evaluate("scrollY") == 0
    tab.page.click("#live-new")
    assert tab.page.evaluate("document.activeElement.id") == "question-21"
    box = tab.page.evaluate("document.getElementById('question-21').getBoundingClientRect().top")
    assert 0 <= box < 300
    assert not tab.page.is_visible("#live-new")
    room.answer(24)
    room.happen(["remove", "question-24"])
    tab.at(room.position)
    assert tab.page.evaluate(HIDDEN)


def test_one_answer_is_one_answer(tab: Tab, room: Room) -> None:
    room.answer(21)
    tab.until(f"{NEW} === '1 new answer'")
    assert tab.axe() == []


def test_scrolling_to_the_new_answers_is_as_good_as_the_button(tab: Tab, room: Room) -> None:
    room.answer(21)
    room.answer(22)
    tab.until(f"{NEW} === '2 new answers'")
    tab.page.evaluate("document.getElementById('question-22').scrollIntoView({block: 'center'})")
    tab.until(HIDDEN)


def test_an_answer_that_comes_into_view_needs_no_button(tab: Tab, room: Room) -> None:
    tab.page.evaluate("document.getElementById('mine-heading').scrollIntoView({block: 'end'})")
    before = tab.page.evaluate("scrollY")
    room.answer(21)
    tab.at(4)
    # Once an answer further on is counted, the first has been judged and found in sight.
    for number in range(22, 30):
        room.answer(number)
    tab.until(f"!{HIDDEN}")
    assert "9 new" not in tab.page.evaluate(NEW)
    assert tab.page.evaluate("scrollY") == before


def test_a_correction_is_no_new_answer(tab: Tab, room: Room) -> None:
    room.happen(["morph", "question-12", room.draw("item.html", number=12, words="Corrected")])
    room.answer(21)
    tab.until(f"{NEW} === '1 new answer'")


def test_an_answer_that_changes_its_place_is_no_new_answer(tab: Tab, room: Room) -> None:
    room.questions.reverse()
    room.send({"reset": True})
    tab.until("document.querySelector('#transcript > li').id === 'question-12'")
    tab.has_until(lambda: room.listening == 1)
    room.answer(21)
    tab.until(f"{NEW} === '1 new answer'")


def test_pause_holds_what_comes_and_counts_it(tab: Tab, room: Room) -> None:
    assert tab.page.inner_text("#live-pause") == "Pause new answers"
    tab.page.click("#live-pause")
    assert tab.page.inner_text("#live-pause") == "Show new answers"
    room.answer(21)
    room.answer(22)
    room.happen(["text", "question-1-title", "Corrected"], say="Corrected.")
    tab.until("document.getElementById('live-pause').textContent === 'Show 2 new answers'")
    assert tab.page.evaluate(ITEMS) == 12
    assert tab.page.inner_text("#question-1-title") == "Question number 1"
    tab.page.click("#live-pause")
    tab.until(f"{ITEMS} === 14")
    assert tab.page.inner_text("#question-1-title") == "Corrected"
    assert tab.page.inner_text("#live-pause") == "Pause new answers"
    tab.until("document.getElementById('live-say').textContent === 'Corrected.'")


def test_a_line_that_breaks_during_a_pause_does_not_bring_twice_what_is_held(
    tab: Tab, room: Room
) -> None:
    tab.page.click("#live-pause")
    room.answer(21)
    tab.until("document.getElementById('live-pause').textContent === 'Show 1 new answer'")
    room.break_lines()
    tab.has_until(lambda: room.listening == 1)
    assert room.dialled[1]["after"] == "4"
    tab.page.click("#live-pause")
    tab.until(f"{ITEMS} === 13")


def test_a_page_that_missed_something_is_not_redrawn_during_a_pause(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    room.questions = [(number, f"Question number {number}") for number in range(1, 13)]
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/sessions/x")
    tab.has_until(lambda: room.listening == 1)
    tab.page.click("#live-pause")
    room.answer(21)
    room.position += 1
    room.questions.append((22, "Missed"))
    room.answer(23)
    tab.has_until(lambda: room.listening == 0)
    tab.page.clock.run_for(120_000)
    tab.flush()
    assert room.fetched == ["/sessions/x"]
    assert tab.page.evaluate(ITEMS) == 12
    tab.page.click("#live-pause")
    tab.page.clock.run_for(2_000)
    tab.until(f"{ITEMS} === 15")
    tab.has_until(lambda: room.listening == 1)
    tab.page.clock.run_for(2_000)
    tab.until("document.getElementById('live-say').textContent === '3 new answers'")


def test_what_the_host_says_does_not_wait_for_the_end_of_a_pause(tab: Tab, room: Room) -> None:
    tab.page.click("#live-pause")
    room.answer(21)
    section = '<section id="announcements" data-resync>We go on.</section>'
    room.happen(["replace", "announcements", section], say="From the host: We go on.")
    tab.until("document.getElementById('announcements').textContent === 'We go on.'")
    tab.until(f"{SAID} === 'From the host: We go on.'")
    assert tab.page.evaluate(ITEMS) == 12


# What is read out


def test_by_itself_the_log_reads_out_what_is_added_to_it(tab: Tab, room: Room) -> None:
    assert tab.page.is_visible("#aloud")
    assert tab.page.evaluate(LOUD) is None
    room.answer(21)
    tab.at(room.position)
    assert tab.page.evaluate(SAID) == ""


def test_a_reader_may_be_told_only_how_many_there_are(tab: Tab, room: Room) -> None:
    tab.page.click("#aloud summary")
    tab.page.check("#aloud-count")
    assert tab.page.evaluate(LOUD) == "off"
    for number in (21, 22, 23):
        room.answer(number)
    tab.until(f"{SAID} === '3 new answers'")
    room.happen(["text", "question-1-title", "Corrected"], say="Yours was answered.")
    tab.until(f"{SAID} === 'Yours was answered.'")


def test_a_reader_may_be_told_nothing_but_what_is_their_own(tab: Tab, room: Room) -> None:
    tab.page.click("#aloud summary")
    tab.page.check("#aloud-off")
    assert tab.page.evaluate(LOUD) == "off"
    tab.page.evaluate(f"""globalThis.heard = [];
      new MutationObserver(() => heard.push({SAID})).observe(
        document.getElementById('live-say'), {{childList: true}})""")
    room.answer(21)
    room.send({"reset": True})
    tab.has_until(lambda: len(room.dialled) == 2 and room.listening == 1)
    # Where the page was silenced while it was fetched again, it is as the reader wants it after.
    room.happen(["text", "question-1-title", "Corrected"], say="Yours was answered.")
    tab.until("heard.includes('Yours was answered.')")
    assert set(tab.page.evaluate("heard")) <= {"", "Yours was answered."}
    tab.page.check("#aloud-full")
    assert tab.page.evaluate(LOUD) is None


def test_the_choice_is_for_this_tab_alone(
    tab: Tab, stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab.page.click("#aloud summary")
    tab.page.check("#aloud-count")
    tab.page.reload()
    tab.until("document.getElementById('aloud-count').checked")
    assert tab.page.evaluate(LOUD) == "off"
    other = open_tab(stage.origin)
    other.open("/sessions/x")
    other.until("!document.getElementById('aloud').hidden")
    assert other.page.evaluate(LOUD) is None
    assert tab.page.evaluate("sessionStorage.length") == 1
    assert tab.page.evaluate("localStorage.length") == 0


# Which answers are read


def choose(tab: Tab, organisation: str) -> None:
    tab.page.evaluate("document.getElementById('narrow').open = true")
    tab.page.select_option("#narrow-organisation", organisation)
    tab.page.click("#narrow-form button")


def test_what_a_reader_has_not_chosen_is_neither_shown_nor_counted(tab: Tab, room: Room) -> None:
    room.answer(21, by="lff gmp")
    tab.until(f"{NEW} === '1 new answer'")
    choose(tab, "lff")
    assert tab.page.evaluate(VISIBLE) == ["question-21"]
    assert tab.page.inner_text("#narrowed-count") == "1 of 13 questions is shown."
    tab.until(f"{SAID} === '1 of 13 questions is shown.'")
    assert tab.page.evaluate("location.search") == "?organisation=lff"
    tab.page.click("#aloud summary")
    tab.page.check("#aloud-count")
    tab.page.click("#live-pause")
    room.answer(22, by="gmp")
    room.answer(23, by="lff")
    tab.until("document.getElementById('live-pause').textContent === 'Show 1 new answer'")
    tab.page.click("#live-pause")
    tab.until(f"{SAID} === '1 new answer'")
    assert tab.page.evaluate(VISIBLE) == ["question-21", "question-23"]
    assert tab.page.inner_text("#narrowed-count") == "2 of 15 questions are shown."


def test_a_choice_outlives_a_page_that_is_fetched_again_and_can_be_undone(
    tab: Tab, room: Room
) -> None:
    choose(tab, "lff")
    assert tab.page.evaluate(VISIBLE) == []
    history = tab.page.evaluate("history.length")
    room.send({"reset": True})
    tab.has_until(lambda: len(room.dialled) == 2 and room.listening == 1)
    assert tab.page.evaluate(VISIBLE) == []
    tab.page.click("#narrow-off")
    assert len(tab.page.evaluate(VISIBLE)) == 12
    assert tab.page.evaluate("location.search") == ""
    assert tab.page.evaluate("document.activeElement.id") == "transcript-heading"
    assert not tab.page.is_visible("#narrowed")
    assert tab.page.evaluate("history.length") == history


def test_a_link_leads_to_a_question_whatever_is_chosen(tab: Tab, room: Room) -> None:
    choose(tab, "lff")
    tab.page.evaluate("location.hash = '#question-7'")
    tab.until("document.activeElement.id === 'question-7'")
    assert tab.page.evaluate(VISIBLE) == ["question-7"]
    room.answer(21)
    tab.at(room.position)
    tab.page.evaluate("location.hash = '#question-21'")
    tab.until("document.activeElement.id === 'question-21'")
    assert tab.page.evaluate(VISIBLE) == ["question-21"]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (45, "45 minutes left"),
        (1, "1 minute left"),
        (119, "119 minutes left"),
        (150, "2 hours left"),
        (4 * 24 * 60 + 5, "4 days left"),
        (0, "Over"),
        (-5, "Over"),
    ],
)
def test_time_left_is_told_in_whole_minutes_by_the_clock_of_the_server(
    stage: Stage, room: Room, open_tab: OpenTab, minutes: int, words: str
) -> None:
    # The server's clock says 1970: that Sam's says something else does not matter.
    room.until = room.now + minutes * 60_000
    tab = open_tab(stage.origin)
    tab.open("/sessions/x")
    tab.until(f"document.querySelector('[role=timer]').textContent === '{words}'")


def test_time_goes_by_and_a_new_end_is_noticed(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = open_tab(stage.origin)
    tab.page.clock.install()
    tab.open("/sessions/x")
    timer = "document.querySelector('[role=timer]').textContent"
    tab.until(f"{timer} === '45 minutes left'")
    tab.page.clock.run_for(90_000)
    assert tab.page.evaluate(timer) == "44 minutes left"
    tab.page.evaluate("document.querySelector('[role=timer]').dataset.until = 1000000 + 3600000")
    tab.page.clock.run_for(10_000)
    assert tab.page.evaluate(timer) == "59 minutes left"


@pytest.mark.parametrize(
    ("count", "form"), [(1, "one"), (2, "two"), (3, "few"), (4, "other"), (6, "many")]
)
def test_welsh_counts_in_six_forms(
    stage: Stage, room: Room, open_tab: OpenTab, count: int, form: str
) -> None:
    room.until = room.now + count * 60_000
    room.questions = [(number, f"Question number {number}") for number in range(1, 13)]
    tab = open_tab(stage.origin, viewport={"width": 800, "height": 500})
    tab.open("/cy/sessions/x")
    tab.until(
        f"document.querySelector('[role=timer]').textContent === '{count} munud ({form}) left'"
    )
    tab.has_until(lambda: room.listening == 1)
    for number in range(21, 21 + count):
        room.answer(number)
    tab.until(f"{NEW} === '{count} ateb newydd ({form})'")
    tab.page.fill("#text", "x" * (1000 - count))
    tab.until("document.querySelector('#ask .govuk-character-count__status').textContent"
              f" === '{count} left ({form})'")  # fmt: skip
