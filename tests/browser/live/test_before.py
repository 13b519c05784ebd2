"""Before a session: who answers, what will happen, what is anonymous, the calendar, the poster, and
the first questions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.live.people import DESKTOP, Colleague, House, Person, Reader
from tests.browser.live.schedules import Planned, load

LATER = 4_000
"""Minutes until the session starts, as it was announced; questions open halfway there."""
SOONER = 1_000
"""And as the host moves it: questions are then taken at once."""


def announced(house: House, name: str) -> str:
    """A session with a short address of the same name."""
    plan = Planned(name, opens=LATER // 2, starts=LATER, ends=LATER + 60)
    return load(house.service, plan, slug=f'"session-{name}"\nshort = "{name}"')


def entry(person: Person, link: str) -> Any:
    """What the link to the calendar gives, as a calendar reads it."""
    with person.page.expect_download() as saving:
        person.page.get_by_role("link", name=link).click()
    assert saving.value.suggested_filename == "calendar.ics"
    (found,) = Calendar.from_ical(Path(saving.value.path()).read_bytes()).walk("VEVENT")
    return found


def at(minutes: int) -> datetime:
    """So many minutes from now, to the minute."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def move(hana: Colleague, starts: datetime) -> None:
    """The host gives the session other times, an hour long."""
    page = hana.page
    page.get_by_label("Starts").fill(f"{starts:%Y-%m-%dT%H:%M}")
    page.get_by_label("Ends").fill(f"{starts + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Move the session").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("has been moved")


def test_two_people_come_from_a_poster_add_it_to_their_calendars_and_ask_early(
    house: House,
) -> None:
    slug = announced(house, "before")
    sam = house.reader(slug=slug, phone=True)
    alex = house.reader(slug=slug, scripts=False, lang="cy")
    for person, poster in ((sam, "/before"), (alex, "/cy/before")):
        person.tab.open(poster)
        assert person.page.url == f"{house.service.url}{person.path}"
    sam.settle()

    about = sam.page.get_by_role("region", name="About this session")
    for words in (
        "A senior police officer, Greater Manchester Police",
        "Answers about the law",
        "A moderator reads it. Nothing is published before that.",
        "we cannot find you, not even to send help",
        "the people who read it may have a duty to act on it",
        "Your device may list this page in its history",
    ):
        expect(about).to_contain_text(words)
    welsh = alex.page.get_by_role("region", name="Am y sesiwn hon")
    expect(welsh).to_contain_text("Uwch ymarferydd, The Lucy Faithfull Foundation")
    expect(welsh).to_contain_text("Beth sy'n ddienw, a beth sydd ddim")
    for person in (sam, alex):
        expect(person.page).to_have_title(re.compile("^(Live questions|Cwestiynau ac atebion)"))
        expect(person.page.locator("#ask-text")).to_be_hidden()
        expect(person.page.locator("#phase")).to_contain_text(
            re.compile("Coordinated Universal Time|Amser Cyffredinol Cydlynedig")
        )
    first, hers = entry(sam, "Add to calendar"), entry(alex, "Ychwanegu at y calendr")
    assert str(first["SUMMARY"]) == "Live questions and answers"
    assert str(hers["SUMMARY"]) == "Cwestiynau ac atebion byw"
    assert first["UID"] == hers["UID"]
    assert str(first["URL"]) == f"{house.service.url}/before"

    starts = at(SOONER)
    hana = house.colleague("hana", "plan", slug=slug)
    move(hana, starts)
    expect(sam.page.locator("#phase")).to_have_attribute("data-phase", "early")
    expect(sam.page.locator("#ask-notice")).to_contain_text("You can send your question now.")
    number = sam.ask("Do I have to say who I am?")
    again = entry(sam, "Add to calendar")
    assert again["UID"] == first["UID"]
    assert int(again["SEQUENCE"]) > int(first["SEQUENCE"])
    assert again.decoded("DTSTART") == starts
    assert sam.has_stayed()

    alex.tab.open(alex.path)
    alex.page.locator("#ask-text").fill("A fydd fy enw yn y golwg?")
    alex.page.get_by_role("button", name="Anfon cwestiwn").click()
    expect(alex.page.locator("#mine > li")).to_contain_text("A fydd fy enw yn y golwg?")
    asha = house.colleague("asha", "triage", slug=slug)
    expect(asha.on_list("list-pending", number)).to_be_visible()
    expect(asha.on_list("list-pending", number + 1)).to_be_visible()
    assert hana.tab.axe() == []


def test_the_minutes_go_by_on_an_open_page(house: House) -> None:
    plan = Planned("countdown", opens=-60, starts=90, ends=150)
    slug = load(house.service, plan)
    tab = house._tab(scripts=True, viewport=DESKTOP)
    tab.page.clock.install()
    reader = Reader(tab, f"/sessions/{slug}", scripts=True)
    reader.arrive()

    def minutes() -> int:
        said = reader.page.get_by_role("timer").inner_text()
        found = re.fullmatch(r"(\d+) minutes to go", said)
        assert found is not None, said
        return int(found[1])

    before = minutes()
    assert 80 < before <= 90
    # In steps: a socket that hears nothing for long is given up, and the page drawn anew.
    for _ in range(13):
        reader.page.clock.run_for(5_000)
    assert before - 2 <= minutes() < before


def test_a_poster_has_its_code_its_address_and_words_for_who_cannot_see_it(house: House) -> None:
    slug = announced(house, "poster")
    hana = house.colleague("hana", "plan", slug=slug, scripts=False)
    codes = hana.page.locator("main img")
    expect(codes).to_have_count(2)
    for code, path in zip(codes.all(), ("/poster", "/cy/poster"), strict=True):
        address = f"{house.service.url}{path}"
        assert code.evaluate("image => image.complete && image.naturalWidth > 0")
        assert code.get_attribute("alt") == f"A code for telephones. It leads to {address}"
        expect(hana.page.get_by_text(address.removeprefix("http://"), exact=True)).to_be_visible()


def test_who_types_times_that_cannot_be_is_told_where_and_keeps_them(house: House) -> None:
    slug = announced(house, "mistyped")
    for scripts in (True, False):
        hana = house.colleague("hana", "plan", slug=slug, scripts=scripts)
        hana.page.get_by_label("Starts").fill("2020-01-01T10:00")
        hana.page.get_by_role("button", name="Move the session").click()
        summary = hana.page.locator(".govuk-error-summary")
        summary.get_by_role("link", name="Choose a time that is still to come").click()
        field = hana.page.get_by_label("Starts")
        expect(field).to_have_value("2020-01-01T10:00")
        expect(field).to_be_focused()
        if scripts:
            assert hana.tab.axe() == []
    move(hana, at(LATER))
