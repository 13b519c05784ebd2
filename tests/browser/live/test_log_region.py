"""The live log as a screen reader has it: one polite log, and in it one new node for each answer.
What was read before is never touched, and so never read again: WCAG 2.2, 4.1.3, and the role `log`
of WAI-ARIA 1.2.

The log is judged twice: by the accessibility tree of Chromium, and by every change that the browser
notes in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import CDPSession, WebSocketRoute, expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Reader

NOTE = """() => {
  const log = document.querySelector('[role=log]');
  const list = document.getElementById('transcript');
  const nameOf = node => node.closest?.('li[id]')?.id ?? node.parentElement?.closest('li[id]')?.id;
  const element = node => node.nodeType === Node.ELEMENT_NODE;
  globalThis.firstItems = new Map([...list.children].map(item => [item.id, item]));
  globalThis.noted = {added: [], gone: [], touched: [], live: []};
  new MutationObserver(records => {
    for (const {type, target, addedNodes, removedNodes} of records) {
      if (target === log) { noted.live.push(log.getAttribute('aria-live') ?? ''); continue; }
      if (target === list && type === 'attributes') continue;
      if (target === list) {
        noted.added.push(...[...addedNodes].filter(element).map(node => node.id));
        noted.gone.push(...[...removedNodes].filter(element).map(node => node.id));
      } else if (list.contains(target)) {
        noted.touched.push(nameOf(target));
      } else {
        noted.touched.push(target.id || target.className || target.nodeName);
      }
    }
  }).observe(log, {subtree: true, childList: true, characterData: true, attributes: true});
}"""
TAKEN = """() => {
  const taken = noted;
  globalThis.noted = {added: [], gone: [], touched: [], live: []};
  return {...taken, touched: [...new Set(taken.touched)]};
}"""
KEPT = "[...firstItems].every(([id, item]) => document.getElementById(id) === item)"
REDRAWN = """() => {
  // The fault: as a page does that puts its whole list there anew with every answer.
  const list = document.getElementById('transcript');
  let own = false;
  new MutationObserver(() => {
    own = !own;
    if (own) list.replaceChildren(...[...list.children].map(item => item.cloneNode(true)));
  }).observe(list, {childList: true});
}"""


@dataclass(frozen=True)
class Changes:
    """What happened in the log: items that were added and that went, by id; what else was
    changed, by the id of the item around it; and what became of the region's politeness."""

    added: list[str]
    gone: list[str]
    touched: list[str]
    live: list[str]

    def read(self) -> list[str]:
        """What a screen reader reads out: each added node, and of an item what is new in it."""
        return [*self.added, *self.touched]


@dataclass(frozen=True)
class Node:
    """One node of the accessibility tree."""

    role: str
    name: str
    live: str
    busy: bool
    element: int


class Listener:
    """Somebody who hears the page."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.page = reader, reader.page
        self._devtools: CDPSession = reader.tab.context.new_cdp_session(reader.page)
        self._devtools.send("Accessibility.enable")
        self.page.evaluate(NOTE)

    def hears(self, number: int) -> Changes:
        """What has happened since the last time, once the question stands in the log."""
        expect(self.reader.on_list("transcript", number)).to_be_visible()
        return self.changes()

    def changes(self) -> Changes:
        return Changes(**self.page.evaluate(TAKEN))

    def log(self) -> tuple[Node, list[Node]]:
        """The one log of the page, and its items in their order."""
        tree = self._devtools.send("Accessibility.getFullAXTree")["nodes"]
        nodes: dict[str, dict[str, Any]] = {each["nodeId"]: each for each in tree}
        (log,) = (each for each in tree if read(each).role == "log")
        (place,) = (each for each in below(nodes, log) if read(each).role == "list")
        items = [nodes[child] for child in place["childIds"]]
        return read(log), [read(each) for each in items if read(each).role == "listitem"]


class Line:
    """The line of a reader's page, which a test can cut."""

    def __init__(self, reader: Reader) -> None:
        self.away, self._lines = False, list[WebSocketRoute]()
        reader.page.route_web_socket(re.compile("/live[?]"), self._opened)
        reader.arrive()
        reader.tab.has_until(lambda: self._lines)

    def _opened(self, line: WebSocketRoute) -> None:
        if self.away:
            line.close(code=1012)
        else:
            line.connect_to_server()
            self._lines.append(line)

    def cut(self) -> None:
        """Cut it, and let nothing through until `away` is over."""
        self.away = True
        self._lines[-1].close(code=1012)

    def send(self, frame: str) -> None:
        self._lines[-1].send(frame)


def read(node: dict[str, Any]) -> Node:
    said = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    return Node(
        role=node.get("role", {}).get("value", ""),
        name=node.get("name", {}).get("value", ""),
        live=said.get("live", ""),
        busy=bool(said.get("busy")),
        element=node.get("backendDOMNodeId", 0),
    )


def below(nodes: dict[str, dict[str, Any]], node: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything under a node down to the first list."""
    found = []
    for child in (nodes[each] for each in node.get("childIds", ()) if each in nodes):
        found.append(child)
        if read(child).role != "list":
            found += below(nodes, child)
    return found


def item(number: int) -> str:
    return f"question-{number}"


@pytest.fixture
def sam(evening: Evening) -> Reader:
    """Somebody who reads on a page with answers."""
    for each in range(2):
        evening.answered(f"What came before, {each}?", "This did.")
    return evening.reader()


def test_the_transcript_is_one_polite_log(sam: Reader) -> None:
    log, items = Listener(sam).log()
    assert (log.live, log.busy, log.name) == ("polite", False, "Questions and answers")
    assert len(items) >= 2
    assert {each.live for each in items} <= {"", "polite"}


def test_each_answer_is_one_new_node_and_nothing_else_is_read(
    evening: Evening, sam: Reader
) -> None:
    listener = Listener(sam)
    for each in range(3):
        before = listener.log()[1]
        number = evening.answered(f"What now, {each}?", "One.\n\nTwo.\n\n- three\n- four")
        changes = listener.hears(number)
        assert changes == Changes([item(number)], [], [], [])
        after = listener.log()[1]
        assert [node.element for node in after[:-1]] == [node.element for node in before]
    assert sam.page.evaluate(KEPT)
    assert sam.has_stayed()


def test_what_is_added_to_an_answer_or_mended_in_it_is_read_and_nothing_around_it(
    evening: Evening, sam: Reader
) -> None:
    number = evening.answered("What do both say?", "The police say this.")
    other = evening.answered("And about the other thing?", "Nothing.")
    listener = Listener(sam)
    before = listener.log()[1]
    evening.give("lucy", number, "answer", text="And the charity that.", lang="en")
    expect(sam.on_list("transcript", number)).to_contain_text("And the charity that.")
    assert listener.changes() == Changes([], [], [item(number)], [])
    evening.give("morgan", number, "correct", answer="1", text="The police say more.")
    expect(sam.on_list("transcript", number)).to_contain_text("The police say more.")
    assert listener.changes() == Changes([], [], [item(number)], [])
    evening.give("asha", other, "remove", reason="live-case")
    expect(sam.on_list("transcript", other)).not_to_contain_text("Nothing.")
    assert listener.changes() == Changes([], [], [item(other)], [])
    after = listener.log()[1]
    assert [node.element for node in after] == [node.element for node in before]


def test_a_reader_who_pauses_hears_each_once_when_they_go_on(evening: Evening, sam: Reader) -> None:
    listener = Listener(sam)
    sam.page.get_by_role("button", name="Pause new answers").click()
    first = evening.answered("What came in the pause?", "This.")
    second = evening.answered("And then?", "That.")
    held = sam.page.get_by_role("button", name="Show 2 new answers")
    expect(held).to_be_visible()
    assert listener.changes() == Changes([], [], [], [])
    held.click()
    expect(sam.on_list("transcript", second)).to_be_visible()
    assert listener.changes() == Changes([item(first), item(second)], [], [], [])
    assert sam.page.evaluate(KEPT)


def test_a_line_that_was_cut_brings_what_was_missed_once_and_repeats_nothing(
    evening: Evening, sam: Reader
) -> None:
    line = Line(sam)
    listener = Listener(sam)
    line.cut()
    sam.has_read("Connection lost")
    missed = evening.answered("What was said meanwhile?", "This was.")
    line.away = False
    changes = listener.hears(missed)
    assert changes == Changes([item(missed)], [], [], [])
    assert sam.page.evaluate(KEPT)


def test_a_page_that_is_fetched_again_keeps_every_node_and_holds_its_tongue(
    evening: Evening, sam: Reader
) -> None:
    line = Line(sam)
    listener = Listener(sam)
    before = listener.log()[1]
    line.send('{"reset": true}')
    # Silent while the page is put right, polite again afterwards: "" is what the role says.
    sam.tab.until("noted.live.length === 2")
    changes = listener.changes()
    assert changes == Changes([], [], [], ["off", ""])
    log, after = listener.log()
    assert log.live == "polite"
    assert [node.element for node in after] == [node.element for node in before]
    number = evening.answered("Is it still live?", "It is.")
    assert listener.hears(number) == Changes([item(number)], [], [], [])


def test_a_list_that_is_drawn_anew_would_be_heard(evening: Evening, sam: Reader) -> None:
    """The control: every earlier answer is a new node, and is read again."""
    listener = Listener(sam)
    before = listener.log()[1]
    sam.page.evaluate(REDRAWN)
    number = evening.answered("And if it were drawn anew?", "Everybody would hear it all.")
    sam.tab.until("noted.gone.length > 0")
    changes = listener.hears(number)
    assert set(changes.read()) > {item(number)}
    assert not sam.page.evaluate(KEPT)
    elements = {node.element for node in before}
    assert not elements & {node.element for node in listener.log()[1]}
