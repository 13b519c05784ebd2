"""The shell of every page: bilingual, accessible, without scripts too, and quick to leave."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from askpanel.chat.joined import SCRIPT
from tests.browser.clientapp import EXIT, PACKAGE, Room, Stage
from tests.browser.conftest import OpenTab

IMPORT = re.compile(r"""(?:from|import) '\./([^']+)'""")
PAGES = ["/sessions/x", "/cy/sessions/x", "/staff/triage", "/before"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_every_page_is_accessible_at_every_width(
    stage: Stage, room: Room, open_tab: OpenTab, path: str, width: int
) -> None:
    tab = open_tab(stage.origin, viewport={"width": width, "height": 720})
    tab.open(path)
    assert tab.axe() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_every_page_works_without_scripts(
    stage: Stage, room: Room, open_tab: OpenTab, path: str
) -> None:
    tab = open_tab(stage.origin, java_script_enabled=False)
    page = tab.open(path)
    for control in ("#live-pause", "#live-new", "#kept", "#live-status"):
        assert not page.is_visible(control)
    assert page.locator("h1").is_visible()


def test_a_question_can_be_sent_without_scripts(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin, java_script_enabled=False)
    page = tab.open("/sessions/x")
    page.fill("#text", "No scripts here")
    page.click("#ask .govuk-button")
    page.wait_for_url("**/sessions/x?sent=natively")
    assert room.posted == [("/sessions/x/questions", {"id": "n" * 22, "text": "No scripts here"})]


def test_both_languages_lead_to_each_other(stage: Stage, room: Room, open_tab: OpenTab) -> None:
    tab = open_tab(stage.origin)
    page = tab.open("/sessions/x")
    page.click(".govuk-language-navigation a")
    assert page.evaluate("[location.pathname, document.documentElement.lang]") == [
        "/cy/sessions/x",
        "cy",
    ]
    assert page.inner_text(".govuk-exit-this-page__button") == "Gadael y dudalen hon"
    assert page.inner_text("#live-pause") == "Oedi atebion newydd"


def test_staff_can_sign_out_and_have_no_exit_button(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin)
    page = tab.open("/staff/triage")
    assert page.locator(".govuk-exit-this-page").count() == 0
    form = page.locator(".ask-sign-out")
    assert form.get_attribute("action") == "/staff/sign-out"
    assert form.locator("[name=csrf]").input_value() == "the-token"
    assert form.get_by_role("button", name="Sign out").is_visible()
    assert page.locator("#staff-form [name=csrf]").input_value() == "the-token"


@pytest.mark.parametrize(
    ("context", "title"), [({}, "A session"), ({"errors": ["no"]}, "Error: A session")]
)
def test_the_title_says_when_something_is_wrong(
    room: Room, context: dict[str, Any], title: str
) -> None:
    assert f"<title>{title}</title>" in room.draw("session.html", **context)


def test_what_a_page_does_not_set_is_left_out(room: Room) -> None:
    bare = room.draw(
        "session.html", alternate_path="", privacy_path="", accessibility_path="", exit_url=""
    )
    assert "govuk-language-navigation" not in bare
    assert "govuk-phase-banner" not in bare
    assert "About this service" not in bare
    assert EXIT in bare
    signed_out = room.draw("triage.html", signed_in_as="")
    assert "sign-out" not in signed_out
    assert "the-token" not in signed_out
    assert "New here" in room.draw("session.html", phase_banner="New here")


def needed(*names: str) -> set[str]:
    """These scripts of ours, and all that they import."""
    found: set[str] = set()
    while names:
        found |= set(names)
        sources = [(PACKAGE / "static" / name).read_text("utf-8") for name in names]
        imported = {name for source in sources for name in IMPORT.findall(source)}
        names = tuple(imported - found)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_every_script_is_fetched_at_once_and_none_in_vain(
    stage: Stage, room: Room, open_tab: OpenTab, path: str
) -> None:
    tab = open_tab(stage.origin)
    fetched: set[str] = set()
    tab.page.on("response", lambda response: fetched.add(response.url.rpartition("/")[2]))
    page = tab.open(path)
    early = page.evaluate("""() => [...document.querySelectorAll(
      'link[rel=modulepreload], script[src]')].map(each => (each.href || each.src))""")
    named = {Path(address).name for address in early}
    assert {name for name in fetched if name.endswith(("js", "mjs"))} == named
    if "staff" not in path:
        # Two in all: what these pages need is joined, see tests/chat/test_joined.py.
        assert named == {"js-enabled.js", SCRIPT}
        return
    wanted = needed("init.mjs", "live.mjs", "staff.mjs", "js-enabled.js")
    assert named == {Path(each).name for each in wanted} | {"idiomorph.min.js"}


def test_forced_colours_and_little_motion_break_nothing(
    stage: Stage, room: Room, open_tab: OpenTab
) -> None:
    tab = open_tab(stage.origin, forced_colors="active", reduced_motion="reduce")
    page = tab.open("/sessions/x")
    assert tab.axe() == []
    assert page.evaluate("getComputedStyle(document.querySelector('.ask-help')).borderLeftStyle")
