"""Questions that are decided on in other ways than by an answer: reported elsewhere, not
published, taken together with another; and what their authors read."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.live.people import House
from tests.browser.live.test_author_replies import WAYS, addresses, again, do


@WAYS
def test_what_belongs_to_the_police_tells_its_author_whom_to_call(
    house: House, scripts: bool
) -> None:
    sam, alex = house.reader(scripts=scripts), house.reader(scripts=scripts)
    number = sam.ask("My neighbour sells such pictures, what shall I do?")
    do(house.clerk("asha"), number, "divert", diversion="crime")
    for path, words, tag in (
        (sam.path, "What you describe should be reported", "For you alone: where to report this"),
        (f"/cy{sam.path}", "Diolch", "I chi yn unig: ble i roi gwybod am hyn"),
    ):
        if path != sam.path or not scripts:
            sam.tab.open(path)
        expect(sam.own(number)).to_contain_text(tag)
        expect(sam.own(number)).to_contain_text(words)
        assert "tel:101" in addresses(sam.own(number))
    alex.look()
    alex.sees_nothing_of("sells such pictures")


def test_what_is_not_published_tells_why_in_the_words_of_the_playbook(house: House) -> None:
    sam = house.reader()
    number = sam.ask("Is Mr Rigby of Penny Lane one of them?")
    do(house.clerk("asha"), number, "reject", reason="names-a-person")
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("We cannot publish a question that could show")
        expect(sam.own(number)).to_contain_text("Mr Rigby of Penny Lane")
        again(sam)
    sam.tab.open(f"/cy{sam.path}")
    expect(sam.own(number)).to_contain_text("Ni allwn gyhoeddi cwestiwn")


@WAYS
def test_both_who_asked_the_same_are_told_and_both_get_the_answer(
    house: House, scripts: bool
) -> None:
    sam, alex = house.reader(scripts=scripts), house.reader(scripts=scripts)
    asha, morgan = house.clerk("asha"), house.clerk("morgan")
    first = sam.ask(f"Is it a crime to look, {scripts}?")
    second = alex.ask(f"If I only look, is it a crime, {scripts}?")
    do(asha, first, "approve")
    do(asha, second, "merge", into=str(first))
    for each in (sam, alex):
        each.look()
    expect(sam.own(first)).to_contain_text("1 other person asked nearly the same.")
    expect(alex.own(second)).to_contain_text(f"taken together with question {first}")
    alex.own(second).get_by_role("link", name=f"Go to question {first}").click()
    expect(alex.question(first)).to_be_in_viewport()

    do(morgan, first, "answer", text="Yes, it is.", lang="en")
    alex.look()
    expect(alex.own(second)).to_contain_text("yours was taken together with has been answered.")
    if scripts:
        said = "The question that yours was taken together with has been answered."
        expect(alex.page.locator("#live-say")).to_contain_text(said)
    alex.own(second).get_by_role("link", name=f"Read the answer to question {first}").click()
    expect(alex.question(first)).to_contain_text("Yes, it is.")
    expect(alex.question(first)).to_be_in_viewport()
    sam.sees_nothing_of("If I only look")

    do(asha, first, "remove", reason="live-case")
    alex.look()
    expect(alex.own(second)).to_contain_text("has no answer on this page")
    do(asha, second, "restore")
    for each in (sam, alex):
        each.look()
    expect(alex.own(second)).to_contain_text("Waiting for a moderator")
    expect(sam.own(first)).not_to_contain_text("asked nearly the same")


@WAYS
def test_an_answer_in_both_languages_shows_the_readers_first(house: House, scripts: bool) -> None:
    sam, alex = house.reader(scripts=scripts), house.reader(scripts=scripts, lang="cy")
    asha, morgan, lucy = (house.clerk(each) for each in ("asha", "morgan", "lucy"))
    number = sam.ask(f"What is the law here, {scripts}?")
    do(asha, number, "approve")
    do(morgan, number, "answer", text="It is a crime.", lang="en")
    alex.tab.open(alex.path)
    expect(alex.question(number)).to_contain_text("Yn Saesneg yn unig y mae'r ateb hwn hyd yma.")
    expect(alex.question(number).locator("p[lang=en]")).to_have_text("It is a crime.")

    do(morgan, number, "translate", answer="1", lang="cy", text="Mae'n drosedd.")
    do(lucy, number, "cosign", answer="1")
    for each in (sam, alex):
        each.tab.open(each.path)
    expect(alex.question(number).locator(".ask-answer > p").first).to_have_text("Mae'n drosedd.")
    expect(alex.question(number)).not_to_contain_text("hyd yma")
    expect(sam.question(number)).to_contain_text(
        re.compile("Answered by Greater Manchester Police\\s+and\\s+The Lucy Faithfull Foundation")
    )
    other = sam.question(number).locator("details")
    expect(other.locator("p[lang=cy]")).to_be_hidden()
    other.locator("summary").click()
    expect(other.locator("p[lang=cy]")).to_have_text("Mae'n drosedd.")

    do(morgan, number, "correct", answer="1", text="It is always a crime.")
    if scripts:
        expect(sam.question(number)).to_contain_text("It is always a crime.")
        expect(other.locator("p[lang=cy]")).to_be_visible()
        expect(other).to_contain_text("The English wording was corrected after this one.")
    alex.tab.open(alex.path)
    expect(alex.question(number)).to_contain_text("Cywirwyd y geiriad Saesneg ar ôl yr un hwn.")
    assert alex.page.evaluate("document.documentElement.scrollWidth") <= 1280
