"""The store stands still under everybody's hands: each screen says so at once, what was typed
stays, nobody is told what nobody can know, and when it is back nothing has to be loaded again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.live.people import House, Person
from tests.service import Service

SETTINGS = {"QUESTIONS_PER_MINUTE": "61"}  # a service of its own: the others' store goes on
STAFF_AWAY = "The store cannot be reached. Nothing can be decided or published until it is back."
AWAY = "New answers are delayed, and questions cannot be sent just now."
AWAY_CY = "Mae oedi gydag atebion newydd, ac ni ellir anfon cwestiynau ar hyn o bryd."
UNSURE = "We could not confirm that your question is stored."
UNSURE_CY = "Nid oedd modd cadarnhau bod eich cwestiwn wedi'i gadw."
NOT_DONE = "Sorry, there is a problem with the service."
BACK = "Connected again"
WORDING = "Is anybody there? (Edited)"


@contextmanager
def standing_still(service: Service) -> Iterator[None]:
    pid = int((service.folder / "data" / "engine" / "engine.pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_everybody_is_told_at_once_and_goes_on_without_loading_anything(house: House) -> None:
    sam, cerys = house.reader(phone=True), house.reader(lang="cy")
    asha, morgan = house.colleague("asha", "triage"), house.colleague("morgan", "desk")
    first, second = sam.ask("What came before it stood still?"), sam.ask("Is anybody there?")
    asha.press(first, "Approve")
    morgan.press(first, "Answer this")
    morgan.answer_box(first).fill("An answer that took long to write.")
    edited = asha.reword(second, WORDING)
    box = cerys.page.locator("#ask textarea")

    with standing_still(house.service):
        for person, words in ((asha, STAFF_AWAY), (morgan, STAFF_AWAY), (sam, AWAY)):
            expect(person.status).to_contain_text(words)
            expect(person.status).to_be_in_viewport()
        expect(cerys.status).to_contain_text(AWAY_CY)

        sam.write("What came while it stood still?")
        sam.press_send()
        box.fill("A ddaw hwn?")
        cerys.page.get_by_role("button", name="Anfon cwestiwn").click()
        morgan.publish(first)
        edited.click()
        for person, form, words in (
            (sam, "#ask", UNSURE),
            (cerys, "#ask", UNSURE_CY),
            (morgan, f"#claim-{first}", NOT_DONE),
            (asha, f"#open-{second}", NOT_DONE),
        ):
            expect(person.page.locator(form)).to_contain_text(words)
        expect(sam.box).to_have_value("What came while it stood still?")
        expect(box).to_have_value("A ddaw hwn?")
        expect(morgan.answer_box(first)).to_have_value("An answer that took long to write.")
        expect(asha.wording(second)).to_have_value(WORDING)

        late = house.reader()
        expect(late.page.get_by_text(AWAY)).to_have_count(1)
        expect(late.page.get_by_text(AWAY)).to_be_visible()

    for person in (sam, asha, morgan):
        person.has_read(BACK)
    expect(late.page.get_by_text(AWAY)).to_have_count(0)

    sam.press_send()
    third = sam.number_of("What came while it stood still?")
    expect(sam.box).to_have_value("")
    cerys.page.get_by_role("button", name="Anfon cwestiwn").click()
    expect(cerys.page.locator("#mine > li")).to_have_count(1)
    morgan.publish(first)
    edited.click()
    expect(late.on_list("transcript", first)).to_contain_text("took long to write")
    expect(late.on_list("waiting", second)).to_contain_text(WORDING)
    expect(sam.page.locator("#mine > li")).to_have_count(3)
    numbers = [q["number"] for q in questions(house)]
    assert sorted(numbers) == [1, 2, 3, 4]
    assert third in numbers
    people: list[Person] = [sam, cerys, asha, morgan, late]
    assert all(person.has_stayed() for person in people)


def questions(house: House) -> list[dict[str, int]]:
    """All that the store holds, by what the clerk sees of it."""
    cards = house.clerk("asha").get("/staff/sessions/stop-it-now/triage").text
    return [{"number": number} for number in range(1, 9) if f'id="question-{number}"' in cards]


@pytest.mark.parametrize("lang", ["", "cy"])
def test_without_javascript_the_page_says_so_and_keeps_the_words(house: House, lang: str) -> None:
    reader = house.reader(scripts=False, lang=lang)
    box = reader.page.locator("#ask textarea")
    send = reader.page.get_by_role("button", name="Anfon cwestiwn" if lang else "Send question")
    text = f"Without a script, in {lang or 'en'}?"
    with standing_still(house.service):
        box.fill(text)
        send.click()
        words = UNSURE_CY if lang else UNSURE
        expect(reader.page.locator(".govuk-error-summary")).to_contain_text(words)
        expect(box).to_have_value(text)
        expect(reader.page.get_by_text(AWAY_CY if lang else AWAY)).to_be_visible()
    clerk = house.clerk("asha")

    def stored() -> bool:
        send.click()
        return reader.page.locator("#mine > li").count() == 1

    reader.tab.has_until(stored)
    assert clerk.get("/staff/sessions/stop-it-now/triage").text.count(text) >= 1
    reader.page.reload()
    expect(reader.page.locator("#mine > li")).to_have_count(1)
    expect(reader.page.get_by_text(AWAY_CY if lang else AWAY)).to_have_count(0)
