"""Somebody may be in danger: whoever asked sees at once whom to call, and what we cannot do."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.live.people import House, Reader
from tests.browser.live.test_author_replies import again, do

CANNOT = "We cannot find out who you are or where you are"
ASKED = "I do not want to be here tomorrow."


def spoken_at_once(reader: Reader) -> list[str]:
    """What the accessibility tree has in regions that are assertive."""
    session = reader.tab.context.new_cdp_session(reader.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id: dict[str, Any] = {node["nodeId"]: node for node in nodes}

    def words(node: Any) -> str:
        if node.get("role", {}).get("value") == "StaticText":
            return str(node["name"]["value"])
        return " ".join(filter(None, (words(by_id[n]) for n in node.get("childIds", ()))))

    found = []
    for node in nodes:
        live = [p for p in node.get("properties", ()) if p["name"] == "live"]
        alert = node.get("role", {}).get("value") == "alert"
        if alert and [each["value"]["value"] for each in live] == ["assertive"]:
            found.append(" ".join(words(node).split()))
    return found


def test_the_urgent_words_are_an_alert_with_a_number_to_call(house: House) -> None:
    sam, alex = house.reader(), house.reader()
    number = sam.ask(ASKED)
    alarm = sam.page.locator("#urgent")
    expect(alarm).to_be_hidden()
    assert spoken_at_once(sam) == []
    do(house.clerk("asha"), number, "escalate", note="Hana is told.")
    for _ in ("live", "afterwards"):
        expect(alarm.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
        expect(alarm.get_by_role("link", name="999")).to_be_in_viewport()
        (spoken,) = spoken_at_once(sam)
        assert "Emergency services 999" in spoken
        assert CANNOT in spoken
        assert sam.tab.axe() == []
        again(sam)
    assert spoken_at_once(alex) == []
    expect(alex.page.locator("#urgent")).to_be_hidden()
    # In the list the number comes first, and larger than any other words.
    own = sam.own(number)
    assert own.locator("a").first.get_attribute("href") == "tel:999"
    sizes = own.locator("a.ask-phone").evaluate_all(
        "links => links.map(link => parseFloat(getComputedStyle(link).fontSize))"
    )
    assert sizes[0] >= 2 * max(sizes[1:])
    alarm.get_by_role("link", name="More help").click()
    expect(own).to_be_in_viewport()
    alex.sees_nothing_of(ASKED)


def test_the_alarm_goes_when_staff_have_decided_and_the_help_stays(house: House) -> None:
    sam = house.reader()
    number = sam.ask("What will happen to me?")
    asha, hana = house.clerk("asha"), house.clerk("hana")
    do(asha, number, "escalate", note="Sounds desperate.")
    expect(sam.page.locator("#urgent")).to_be_visible()
    do(hana, number, "acknowledge")
    do(hana, number, "conclude", decision="no-danger", note="Talked it over.")
    expect(sam.page.locator("#urgent")).to_be_hidden()
    for _ in ("live", "afterwards"):
        expect(sam.own(number)).to_contain_text("A moderator has read this")
        expect(sam.own(number)).to_contain_text("has talked about it with a colleague")
        expect(sam.own(number).get_by_role("link", name="999")).to_be_visible()
        again(sam)
    do(asha, number, "approve")
    expect(sam.own(number)).to_contain_text("Waiting for an answer")
    expect(sam.own(number).get_by_role("link", name="999")).to_have_count(0)
    for secret in ("desperate", "Talked it over"):
        sam.sees_nothing_of(secret)


def test_on_a_phone_and_without_scripts_in_welsh(house: House) -> None:
    sam = house.reader(scripts=False, phone=True)
    number = sam.ask("Mae arna i ofn.")
    do(house.clerk("asha"), number, "escalate", note="Afraid.")
    sam.path = f"/cy{sam.path}"
    sam.arrive()
    alarm = sam.page.locator("#urgent")
    expect(alarm.get_by_role("link", name="999")).to_be_in_viewport()
    expect(alarm).to_contain_text("Ni allwn ddarganfod pwy ydych chi na ble rydych chi.")
    expect(sam.own(number)).to_contain_text("Mae cymedrolwr yn darllen hwn nawr")
    assert sam.page.evaluate("document.documentElement.scrollWidth") <= 375
    box = alarm.get_by_role("link", name="999").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44


def test_who_has_paused_new_answers_is_told_at_once(house: House) -> None:
    sam, asha = house.reader(), house.clerk("asha")
    number = sam.ask("Is anybody there?")
    sam.page.get_by_role("button", name="Pause new answers").click()
    do(asha, number, "escalate", note="At risk.")
    expect(sam.page.locator("#urgent")).to_be_visible()
    expect(sam.own(number)).to_contain_text("A moderator is reading this now")
    sam.page.get_by_role("button", name="Show new answers").click()
    expect(sam.page.locator("#urgent")).to_be_visible()
    expect(sam.own(number).get_by_role("link", name="999")).to_be_visible()
