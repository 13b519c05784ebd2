"""What a browser keeps of a visit, and whom it talks to: of a reader's, nothing and nobody else.

That no page breaks the content security policy or writes to the console is asked of every tab of
every test, by `Tab.faults`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.live.people import House, Reader

PAGES = ("/", "/cy", "/privacy", "/accessibility", "/sessions/stop-it-now/transcript", "/nowhere")
STORED = """async () => [
  localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""


def listen(reader: Reader) -> set[str]:
    """The hosts that the page talks to from now on."""
    hosts: set[str] = set()
    reader.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    reader.page.on("websocket", lambda line: hosts.add(urlsplit(line.url).netloc))
    return hosts


def test_a_reader_gets_no_cookie_and_leaves_nothing_behind(house: House) -> None:
    alex = house.reader()
    hosts = listen(alex)
    with house.service.participant() as sam:
        number = sam.ask("Does anybody know that I read this?").json()["number"]
    house.clerk("asha").command(number, "approve")
    expect(alex.on_list("waiting", number)).to_be_visible()
    for path in (*PAGES, alex.path):
        alex.tab.open(path)
        assert alex.page.evaluate(STORED) == [0, 0, "", 0, 0, 0], path
    alex.page.get_by_role("link", name="Cymraeg").click()
    expect(alex.page.locator("html")).to_have_attribute("lang", "cy")
    assert alex.tab.context.cookies() == []
    assert hosts == {urlsplit(house.service.url).netloc}


def test_who_asks_gets_one_cookie_that_no_script_and_no_other_site_can_use(house: House) -> None:
    sam = house.reader()
    hosts = listen(sam)
    sam.ask("What does my browser keep of me?")
    (cookie,) = sam.tab.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["expires"] == -1, "it goes with the browser's session"
    assert "?" not in cookie["value"]
    assert sam.page.evaluate(STORED) == [0, 0, "", 0, 0, 0]
    sam.ask("And of my second question?")
    assert sam.tab.context.cookies() == [cookie]
    assert hosts == {urlsplit(house.service.url).netloc}
