"""The server is killed with -9 under everybody's hands, and comes back.

Each screen says so, nothing typed is lost, everything arrives exactly once, nothing is reloaded.
"""

from __future__ import annotations

import json

from playwright.sync_api import Route, expect

from tests.browser.live.people import House, Person

LOST = "Connection lost"
BACK = "Connected again"
UNSENT = "We could not confirm that this was"
WAITING = "This page will send it when you are connected again, once."


def published(house: House) -> list[str]:
    """Every published question's words, as the operator exports them."""
    exported = house.service.run("export", "stop-it-now")
    assert exported.returncode == 0, exported.stderr
    return [each["question"] for each in json.loads(exported.stdout)["questions"]]


def test_a_kill_in_the_middle_loses_and_doubles_nothing_on_any_screen(house: House) -> None:
    sam, alex = house.reader(phone=True), house.reader()
    asha, morgan = house.colleague("asha", "triage"), house.colleague("morgan", "desk")
    everybody: list[Person] = [sam, alex, asha, morgan]
    first = sam.ask("What came before the crash?")
    asha.press(first, "Approve")
    morgan.press(first, "Answer this")
    second = sam.ask("Is anybody there?")
    expect(asha.on_list("list-pending", second)).to_be_visible()
    expect(alex.on_list("waiting", first)).to_contain_text("Now answering")

    morgan.answer_box(first).fill("An answer that took long to write.")
    sam.write("What came in the crash?")
    edited = asha.reword(second, "Is anybody there? (Edited)")
    house.service.kill()
    for person in everybody:
        person.has_read(LOST)

    sam.press_send()
    morgan.publish(first)
    edited.click()
    for person in (asha, morgan):
        person.has_read(UNSENT)
    expect(sam.page.locator("#ask")).to_contain_text(WAITING)
    expect(morgan.claim(first)).to_contain_text(UNSENT)
    expect(asha.opened(second)).to_contain_text(UNSENT)
    expect(sam.box).to_have_value("What came in the crash?")
    expect(morgan.answer_box(first)).to_have_value("An answer that took long to write.")
    expect(asha.wording(second)).to_have_value("Is anybody there? (Edited)")

    house.service.start()
    with house.service.participant() as other:
        missed = other.ask("What came before their lines were back?").json()["number"]
    for person in everybody:
        person.has_read(BACK)
    expect(asha.on_list("list-pending", missed)).to_have_count(1)
    assert not sam.tab.complaints

    third = sam.number_of("What came in the crash?")
    expect(sam.box).to_have_value("")
    morgan.publish(first)
    edited.click()
    asha.press(third, "Approve")
    for reader in (sam, alex):
        answered = reader.on_list("transcript", first)
        expect(answered).to_contain_text("An answer that took long to write.")
        expect(reader.on_list("waiting", second)).to_contain_text("(Edited)")
        expect(reader.on_list("waiting", third)).to_be_visible()
    assert {missed, third} == {second + 1, second + 2}

    for person in everybody:
        assert person.has_stayed()
        cards = person.page.locator('[id^="question-"][data-state]')
        ids = [card.get_attribute("id") for card in cards.all()]
        assert len(ids) == len(set(ids))
    expect(sam.page.locator("#mine > li")).to_have_count(3)
    expect(alex.page.locator("#transcript > li")).to_have_count(1)
    assert published(house) == ["What came before the crash?"]


def test_an_answer_that_gets_lost_on_its_way_back_makes_no_second_question(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    before = int(asha.page.locator("#count-pending").inner_text())

    def stored_but_not_heard(route: Route) -> None:
        route.fetch()
        route.abort()

    sam.page.route("**/questions", stored_but_not_heard, times=1)
    sam.write("Did you get this?")
    sam.press_send()
    number = sam.number_of("Did you get this?")  # the page sent it again by itself
    expect(sam.box).to_have_value("")
    expect(asha.on_list("list-pending", number)).to_have_count(1)
    expect(asha.page.locator("#count-pending")).to_have_text(str(before + 1))


def test_without_javascript_a_page_from_before_the_crash_still_sends(house: House) -> None:
    sam, morgan = house.reader(scripts=False), house.colleague("morgan", "desk", scripts=False)
    sam.write("Written before the crash, sent after it?")
    house.service.kill()
    house.service.start()
    sam.press_send()
    number = sam.number_of("Written before the crash, sent after it?")
    expect(sam.own(number)).to_contain_text("Waiting for a moderator")
    morgan.look()
    expect(morgan.page.get_by_role("heading", level=1)).to_have_text("Questions for the panel")
