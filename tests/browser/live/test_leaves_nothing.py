"""P21, on the device of whoever asked: after "Exit this page", and after the session, a browser has
no cookie of ours, nothing stored, and no page of one's own to go back to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenTab
from tests.browser.live.people import DESKTOP, House, Keys, Reader
from tests.promises import faults
from tests.service import SLUG, Service

EXIT = "https://www.bbc.co.uk/weather"
WORDS = "A question that nobody else on this device may see"
REPLY = "A reply that nobody else may see either"
FORGOTTEN = "This browser has forgotten which questions you sent."
KEPT = """async () => [
  ...Object.keys(sessionStorage), ...Object.keys(localStorage), ...await caches.keys(),
  ...(await indexedDB.databases()).map(each => each.name),
  ...(await navigator.serviceWorker.getRegistrations()).map(each => each.scope),
  document.cookie, name,
].filter(Boolean)"""


class Faulty(Service):
    """The program with one of `faults.FAULTS`."""

    fault = ""

    @property
    def program(self) -> tuple[str, ...]:  # type: ignore[override]
        return (sys.executable, str(Path(faults.__file__)), self.fault)


@contextmanager
def served(fault: str) -> Iterator[Service]:
    service = Faulty(None, QUESTIONS_PER_MINUTE="60")
    service.fault = fault
    try:
        service.start()
        service.prepare()
        yield service
    finally:
        service.close()


def somebody(service: Service, open_tab: OpenTab, *, scripts: bool = True) -> Reader:
    """At the session's page, with the way out open."""
    tab = open_tab(service.url, viewport=DESKTOP, java_script_enabled=scripts, leads_to=(EXIT,))
    reader = Reader(tab, f"/sessions/{SLUG}", scripts=scripts)
    reader.arrive()
    return reader


def busy(service: Service, reader: Reader, keys: Keys) -> int:
    """Leave all the traces that one can: a question, a reply that was hidden, a choice, a draft."""
    number = reader.ask(f"{WORDS} ({id(reader)})")
    replied = keys.client(service, "asha").command(number, "reply", text=REPLY, lang="en")
    assert replied.status_code == 200, replied.text
    if not reader.scripts:
        reader.page.reload()
    expect(reader.own(number)).to_contain_text(REPLY)
    if reader.scripts:
        reader.page.get_by_label("Play a sound when I am answered").check()
        reader.page.locator(".ask-reply > summary").click()
        reader.write("Something half written")
        assert len(kept(reader)) >= 2
    return number


def kept(reader: Reader) -> list[str]:
    """What scripts could find of ours, on a page of ours."""
    found: list[str] = reader.page.evaluate(KEPT)
    return found


def traces(reader: Reader) -> list[str]:
    """Everything of ours that this browser holds, looked for from a page of ours in the tab."""
    cookies = [each["name"] for each in reader.tab.context.cookies(reader.tab.origin)]
    if reader.scripts:
        reader.tab.open("/privacy")
        cookies += kept(reader)
    return cookies


def test_after_the_exit_nothing_is_left(service: Service, open_tab: OpenTab, keys: Keys) -> None:
    sam = somebody(service, open_tab)
    number = busy(service, sam, keys)
    page = sam.page
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(EXIT)
    sam.tab.has_until(lambda: not sam.tab.context.cookies(sam.tab.origin))
    page.go_back()
    assert not page.url.startswith(sam.tab.origin), "there was nothing before"
    assert traces(sam) == []
    # What was sent is where it belongs: nobody took it back.
    assert keys.client(service, "asha").command(number, "restore").status_code == 200
    sam.tab.open(sam.path)
    expect(page.locator("#mine > li")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "skip link"])
def test_a_link_does_the_same_without_scripts_but_for_the_way_back(
    service: Service, open_tab: OpenTab, keys: Keys, way: str
) -> None:
    sam = somebody(service, open_tab, scripts=False)
    busy(service, sam, keys)
    page = sam.page
    link = page.locator(
        ".govuk-exit-this-page__button" if way == "button" else ".govuk-js-exit-this-page-skiplink"
    )
    with page.expect_request(EXIT) as left:
        if way == "button":
            link.click()
        else:
            link.focus()
            page.keyboard.press("Enter")
    assert "referer" not in left.value.headers
    assert traces(sam) == []
    # The page is still behind Back, as after any link; what was this person's own is not. (Looked
    # at beside it: in the tab itself the browser is trying to reach a place that is not there.)
    again = sam.tab.context.new_page()
    again.goto(sam.tab.origin + sam.path)
    expect(again.locator("#mine > li")).to_have_count(0)
    assert WORDS not in again.content()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_button_forgets_and_the_page_stays(
    service: Service, open_tab: OpenTab, keys: Keys, scripts: bool
) -> None:
    sam, alex = somebody(service, open_tab, scripts=scripts), somebody(service, open_tab)
    busy(service, sam, keys)
    other = alex.ask("What is theirs?")
    sam.page.get_by_role("button", name="Forget my questions on this device").click()
    expect(sam.page.get_by_text(FORGOTTEN)).to_be_visible()
    expect(sam.page.locator("#mine > li")).to_have_count(0)
    expect(sam.page.get_by_role("button", name="Forget my questions")).to_be_hidden()
    assert WORDS not in sam.page.content()
    assert traces(sam) == []
    expect(alex.own(other)).to_be_visible()


# After the session


@pytest.fixture(scope="module")
def hurried() -> Iterator[Service]:
    """A service in which one need not wait for an hour."""
    with served("hurried") as service:
        yield service


def test_after_the_session_an_open_page_and_a_new_one_have_forgotten(
    hurried: Service, open_tab: OpenTab
) -> None:
    keys = Keys()
    sam, alex = somebody(hurried, open_tab), somebody(hurried, open_tab, scripts=False)
    for each in (sam, alex):
        busy(hurried, each, keys)
    sam.frames.clear()
    hana = keys.client(hurried, "hana")
    closed = hana.post(f"/staff/sessions/{SLUG}/schedule/close", data={"csrf": hana.csrf})
    assert closed.status_code == 303, closed.text
    # Nobody touches it: it looks by itself every quarter of a minute.
    expect(sam.page.get_by_text(FORGOTTEN)).to_be_visible(timeout=45_000)
    expect(sam.page.locator("#mine > li")).to_have_count(0)
    assert REPLY not in sam.page.content()
    assert kept(sam) == []
    alex.page.reload()
    expect(alex.page.get_by_text(FORGOTTEN)).to_be_visible()
    assert REPLY not in alex.page.content()
    assert traces(alex) == []
    sam.page.reload()
    assert traces(sam) == []


# Controls


def test_a_cookie_that_stays_is_found(open_tab: OpenTab) -> None:
    with served("clinging") as service:
        sam = somebody(service, open_tab)
        busy(service, sam, Keys())
        sam.page.get_by_role("button", name="Exit this page").click()
        sam.page.wait_for_url(EXIT)
        sam.tab.has_until(lambda: "/exit" in sam.posted)
        assert traces(sam) == ["askpanel"]
        sam.tab.open(sam.path)
        assert WORDS in sam.page.content()


def test_what_a_script_leaves_is_found(service: Service, open_tab: OpenTab, keys: Keys) -> None:
    def negligent(route: Route) -> None:
        answer = route.fetch()
        script = answer.text()
        assert "kept.removeItem(name)" in script
        route.fulfill(response=answer, body=script.replace("kept.removeItem(name)", "name"))

    tab = open_tab(service.url, viewport=DESKTOP, leads_to=(EXIT,))
    tab.context.route("**/public.mjs", negligent)
    sam = Reader(tab, f"/sessions/{SLUG}", scripts=True)
    sam.arrive()
    busy(service, sam, keys)
    sam.page.get_by_role("button", name="Exit this page").click()
    sam.page.wait_for_url(EXIT)
    sam.tab.has_until(lambda: not tab.context.cookies(tab.origin))
    assert {"askpanel-hidden", "askpanel-chime"} <= set(traces(sam))


def test_a_page_to_go_back_to_is_found(service: Service, open_tab: OpenTab, house: House) -> None:
    def pushing(route: Route) -> None:
        answer = route.fetch()
        script = answer.text().replace("location.replace(address)", "location.assign(address)")
        route.fulfill(response=answer, body=script)

    tab = open_tab(service.url, viewport=DESKTOP, leads_to=(EXIT,))
    tab.context.route("**/public.mjs", pushing)
    page: Any = tab.open(f"/sessions/{SLUG}")
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(EXIT)
    page.go_back()
    assert page.url.startswith(tab.origin)
