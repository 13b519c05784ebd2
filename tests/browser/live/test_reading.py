"""Two people read the same evening, one with scripts and one without, in two languages: what the
host says on top, who answers now, a link to one answer, a choice of which to read, and paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague, Reader

SESSION = {"show_waiting": "true"}
HIDDEN = re.compile("^$")
LAW_FIRST = "The panel takes the questions about the law first."
IN_WELSH = "Mae'r panel yn ateb cwestiynau am y gyfraith yn gyntaf."
PRINTED = """() => [...document.querySelectorAll('main *, footer *, header *, nav *')].filter(
  element => element.checkVisibility() && element.matches(
    'button, input, select, textarea, form, summary[hidden], .govuk-skip-link, #mine')
  ).map(element => element.outerHTML.slice(0, 80))"""
FIT = """() => [...document.querySelectorAll('#transcript > li')].every(
  item => getComputedStyle(item).breakInside === 'avoid')"""


def announcements(reader: Reader) -> Locator:
    return reader.page.locator("#announcements")


def say(hana: Colleague, english: str, welsh: str = "") -> None:
    hana.page.get_by_label("The announcement in English").fill(english)
    hana.page.get_by_label("The announcement in Welsh").fill(welsh)
    hana.page.get_by_role("button", name="Tell everybody").click()


def numbers(reader: Reader) -> list[int]:
    """The questions on the transcript that are in sight."""
    found = reader.page.locator("#transcript > li").evaluate_all(
        "items => items.filter(item => item.checkVisibility()).map(item => item.id)"
    )
    return [int(each.removeprefix("question-")) for each in found]


def reads(reader: Reader, expected: list[int]) -> None:
    """These and no others are in sight, once the page has its style."""
    reader.tab.has_until(lambda: numbers(reader) == expected)


def test_the_host_tells_everybody_at_once_and_takes_it_down(evening: Evening) -> None:
    sam, alex = evening.reader(phone=True), evening.reader(lang="cy")
    plain = evening.reader(scripts=False)
    hana, asha = evening.triage("hana"), evening.triage("asha")
    expect(announcements(sam)).to_be_hidden()
    expect(asha.page.get_by_role("button", name="Tell everybody")).to_have_count(0)

    sam.page.get_by_role("button", name="Pause new answers").click()
    say(hana, LAW_FIRST, IN_WELSH)
    expect(announcements(sam)).to_contain_text(LAW_FIRST)
    expect(announcements(alex)).to_contain_text(IN_WELSH)
    sam.tab.until(
        f"document.getElementById('live-say').textContent === {f'From the host: {LAW_FIRST}'!r}"
    )
    expect(asha.page.locator("#pinned")).to_contain_text(LAW_FIRST)
    expect(asha.page.locator("#pinned").get_by_role("button")).to_be_hidden()
    expect(hana.page.get_by_label("The announcement in English")).to_have_value("")
    # It stands above what is read, wherever one comes from.
    plain.look()
    for reader in (sam, plain):
        box = announcements(reader).bounding_box()
        transcript = reader.page.locator("#transcript-heading").bounding_box()
        assert box
        assert transcript
        assert box["y"] < transcript["y"]
    assert sam.tab.axe() == []

    say(hana, "Call 0909 123 4567.")
    expect(hana.page.locator("[data-note]")).to_contain_text("0909 123 4567 is not on the list")
    expect(hana.page.get_by_label("The announcement in English")).to_have_value(
        "Call 0909 123 4567."
    )
    hana.page.locator("#pinned").get_by_role("button", name="Take down").click()
    expect(announcements(sam)).to_be_hidden()
    expect(announcements(alex)).to_be_hidden()
    expect(asha.page.locator("#pinned > li")).to_have_count(0)
    plain.look()
    expect(announcements(plain)).to_be_hidden()
    assert all(person.has_stayed() for person in (sam, alex, hana, asha))


def test_without_a_script_the_host_is_told_what_is_wrong_and_nothing_is_lost(
    evening: Evening,
) -> None:
    hana = evening.triage("hana", scripts=False)
    say(hana, "Call 0909 123 4567.", IN_WELSH)
    page = hana.page
    expect(page.get_by_role("heading", name="Nothing was announced")).to_be_visible()
    expect(page.get_by_label("The announcement in Welsh")).to_have_value(IN_WELSH)
    page.get_by_label("The announcement in English").fill(LAW_FIRST)
    page.get_by_role("button", name="Tell everybody").click()
    expect(page.locator("#pinned")).to_contain_text(LAW_FIRST)
    page.locator("#pinned").get_by_role("button", name="Take down").click()
    expect(page.locator("#pinned > li")).to_have_count(0)


def test_two_readers_see_who_answers_now_and_choose_which_answers_to_read(
    evening: Evening,
) -> None:
    police = evening.answered("What do the police do?", "This.", by="morgan")
    charity = evening.answered("Who can I talk to?", "Us.", by="lucy")
    sam, alex = evening.reader(), evening.reader(scripts=False, phone=True)
    for reader in (sam, alex):
        page = reader.page
        assert {police, charity} <= set(numbers(reader))
        page.locator("#narrow > summary").click()
        page.get_by_label("Answered by").select_option(label="The Lucy Faithfull Foundation")
        page.get_by_role("button", name="Show these").click()
        expect(page).to_have_url(re.compile(r"[?&]organisation=lff\b"))
        expect(page.locator("#narrowed-count")).to_contain_text("is shown")
        reads(reader, [charity])
        into_welsh = page.get_by_role("link", name="Cymraeg")
        expect(into_welsh).to_have_attribute("href", re.compile(r"/cy/.*\?organisation=lff$"))
    assert sam.has_stayed()

    coming = evening.approved("Is it too late?")
    evening.give("lucy", coming, "claim")
    answering = sam.page.locator("#answering")
    expect(answering).to_contain_text(f"question {coming} (The Lucy Faithfull Foundation)")
    expect(sam.page.locator(".ask-answering")).to_have_css("display", "block")
    other = evening.answered("And the law?", "Here.", by="morgan")
    evening.give("lucy", coming, "answer", text="Never.", lang="en")
    expect(sam.question(coming)).to_be_visible()
    expect(sam.page.locator(".ask-answering")).to_be_hidden()
    alex.page.reload()
    for reader in (sam, alex):
        reads(reader, [charity, coming])
        expect(reader.question(other)).to_be_hidden()
        reader.page.get_by_role("link", name="Show everything").click()
        expect(reader.question(other)).to_be_visible()
        assert {police, charity, coming, other} <= set(numbers(reader))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_link_leads_to_one_answer_at_once_live_and_whatever_is_chosen(
    evening: Evening, scripts: bool
) -> None:
    first = evening.answered("What do the police do?", "This.", by="morgan")
    for each in range(4):
        evening.answered(f"And then, {each}?", "That.\n\n" * 8, by="lucy")
    sam = evening.reader(scripts=scripts)
    linked = evening.answered("What is the law?", "This is.", by="morgan")
    sam.look()
    link = sam.question(linked).get_by_role("link", name=f"Link to question {linked}", exact=True)
    link.click()
    expect(sam.page).to_have_url(re.compile(f"#question-{linked}$"))
    expect(sam.question(linked)).to_be_in_viewport()
    if scripts:
        expect(sam.page.locator(f"#question-{linked}-title")).to_be_focused()
    chosen = f"/sessions/{evening.slug}?organisation=lff#question-{first}"
    for path in (f"/sessions/{evening.slug}/transcript#question-{first}", chosen):
        sam.tab.open(path)
        expect(sam.question(first)).to_be_in_viewport()
        expect(sam.question(first)).to_contain_text("This.")
        colour = sam.question(first).evaluate("item => getComputedStyle(item).backgroundColor")
        other = sam.question(linked).evaluate("item => getComputedStyle(item).backgroundColor")
        assert colour != other
    expect(sam.question(linked)).to_be_hidden()


def test_what_is_published_is_found_on_the_page_in_whichever_language(evening: Evening) -> None:
    number = evening.answered("Where do I look?", "Look for the heron.", by="morgan")
    evening.give("morgan", number, "translate", answer="1", lang="cy", text="Chwiliwch am y crëyr.")
    sam = evening.reader()
    sam.page.get_by_role("button", name="Pause new answers").click()
    assert sam.page.evaluate("window.find('Look for the heron.')")
    # As Ctrl+F does: closed details are opened to show what was found in them.
    fragment = "#:~:text=Chwiliwch%20am%20y%20cr%C3%AByr."
    sam.tab.open(f"/sessions/{evening.slug}{fragment}")
    expect(sam.question(number).locator("details")).to_have_attribute("open", HIDDEN)
    expect(sam.question(number).get_by_text("Chwiliwch am y crëyr.")).to_be_in_viewport()


@pytest.mark.parametrize("lang", ["", "cy"], ids=["English", "Welsh"])
def test_on_paper_there_is_what_everybody_may_read_and_nothing_to_press(
    evening: Evening, lang: str
) -> None:
    sam = evening.reader(lang=lang)
    if not lang:
        sam.ask("Only I know that I asked this?")
    number = evening.answered("What is printed?", "This is printed.", by="morgan")
    expect(sam.question(number)).to_be_visible()
    sam.page.emulate_media(media="print")
    assert sam.page.evaluate(PRINTED) == []
    assert sam.page.evaluate(FIT)
    for place in ("h1", f"#question-{number}", "#help"):
        expect(sam.page.locator(place)).to_be_visible()
    expect(sam.page.get_by_text("Only I know that I asked this?")).to_be_hidden()
    printed = sam.page.locator("body").evaluate(
        "body => [...body.querySelectorAll('a')].filter(a => a.checkVisibility()).map("
        "a => getComputedStyle(a, '::after').content).filter(each => each.includes('http'))"
    )
    assert printed == []
    assert sam.page.pdf().startswith(b"%PDF-")


def test_an_ended_session_offers_nothing_that_it_no_longer_has(evening: Evening) -> None:
    waiting = evening.approved("What was never answered?")
    sam = evening.reader(phone=True)
    expect(sam.question(waiting)).to_be_visible()
    pause = sam.page.get_by_role("button", name="Pause new answers")
    expect(pause).to_be_visible()
    clerk = evening.house.clerk("hana")
    clerk.post(f"{evening.staff_path}/schedule/close", data={"csrf": clerk.csrf})
    expect(sam.page.locator("#phase")).to_have_attribute("data-phase", "closed")
    fresh, plain = evening.reader(lang="cy"), evening.reader(scripts=False)
    for reader in (sam, fresh, plain):
        expect(reader.page.locator("#live-pause")).to_be_hidden()
        expect(reader.page.locator("#aloud")).to_be_hidden()
        links = reader.page.locator("main a[href='#ask']").filter(visible=True)
        expect(links).to_have_count(0)
        expect(reader.page.locator("#waiting-heading")).to_be_hidden()
        expect(reader.question(waiting)).to_have_count(0)
    assert sam.has_stayed()
