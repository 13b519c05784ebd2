"""What a moderator says to one person alone: that person reads it at once and after a reload, in
its own language, and answers by a button; nobody else ever has it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.live.people import House, Reader
from tests.service import StaffClient

REPLY = "You can talk to somebody tonight.\n\nCall 0808 1000 900."
WELSH = "Gallwch siarad â rhywun heno. Ffoniwch 0808 1000 900."
WAYS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def do(clerk: StaffClient, number: int, command: str, **fields: Any) -> None:
    answer = clerk.command(number, command, **fields)
    assert answer.status_code == 200, answer.text


def addresses(own: Locator) -> list[Any]:
    """Where the links of a part of the page lead, ours left out."""
    found = own.locator("a").evaluate_all("links => links.map(each => each.getAttribute('href'))")
    return [each for each in found if not each.startswith("#")]


def again(*readers: Reader) -> None:
    for reader in readers:
        reader.page.reload()
        reader.settle()


@WAYS
def test_a_reply_reaches_its_author_alone_and_they_say_that_it_helped(
    house: House, scripts: bool
) -> None:
    sam = house.reader(scripts=scripts)
    alex = house.reader(scripts=scripts)
    alex.ask("Is this about anything?")
    number = sam.ask("Can somebody ring me tonight?")
    do(house.clerk("asha"), number, "reply", text=REPLY, lang="en")
    for _ in ("live", "afterwards"):
        sam.look()
        expect(sam.own(number)).to_contain_text("Answered for you alone")
        expect(sam.own(number)).to_contain_text("A reply that only you can see")
        expect(sam.own(number).get_by_role("link", name="0808 1000 900")).to_have_count(1)
        assert addresses(sam.own(number)) == [
            "tel:+44-808-100-0900",
            "https://www.stopitnow.org.uk",
        ]
        again(sam, alex)
    sam.own(number).get_by_role("button", name="This helped").click()
    expect(sam.own(number)).to_contain_text("You said that this helped.")
    expect(sam.own(number).get_by_role("button", name="This helped")).to_have_count(0)
    alex.sees_nothing_of("somebody tonight")
    transcript = sam.page.request.get(f"{house.service.url}{sam.path}/transcript.json").text()
    assert "somebody tonight" not in transcript


@WAYS
def test_who_still_needs_help_is_told_that_a_moderator_looks_again(
    house: House, scripts: bool
) -> None:
    sam = house.reader(scripts=scripts, phone=True)
    number = sam.ask("Beth alla i wneud?")
    sam.path = f"/cy{sam.path}"
    sam.arrive()
    do(house.clerk("asha"), number, "reply", text=WELSH, lang="cy")
    if not scripts:
        again(sam)
    own = sam.own(number)
    expect(own).to_contain_text("Gallwch siarad â rhywun heno.")
    assert own.locator(".ask-reply [lang]").count() == 0, "it is in the language of the page"
    own.get_by_role("button", name="Mae angen help arna i o hyd").click()
    expect(own).to_contain_text("mae cymedrolwr yn edrych ar eich cwestiwn eto")
    assert "tel:999" in addresses(own)
    expect(own.get_by_role("button", name=re.compile("help"))).to_have_count(0)
    do(house.clerk("asha"), number, "reply", text="Call 101.", lang="en")
    if not scripts:
        again(sam)
    expect(own.locator("p[lang=en]", has_text="Call 101.")).to_be_visible()
    expect(own.get_by_role("button", name="Roedd hyn o help")).to_have_count(1)
    assert sam.page.evaluate("document.documentElement.scrollWidth") <= 375
