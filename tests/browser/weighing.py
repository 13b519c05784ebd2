"""What a page costs its browser: the time of its main thread, by the browser's own trace, and what
it holds in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from playwright.sync_api import Browser, CDPSession, Page

APART_MS = 250.0
"""Between two answers: all that the browser does in the meantime is counted to the first."""
WATCHED = ["disabled-by-default-devtools.timeline", "devtools.timeline", "blink.user_timing"]
CAME = "an answer came"
MARK = f"""() => new MutationObserver(() => performance.mark({CAME!r}))
  .observe(document.getElementById('transcript'), {{childList: true}})"""
# Everything that is in the document, what templates hold too. An attribute becomes a node when
# somebody first looks at it as one, as a morph does: so all of them are looked at here.
LIVE = """() => {
  const all = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
    let found = 0;
    while (walker.nextNode()) {
      found += 1 + [...walker.currentNode.attributes ?? []].length;
      if (walker.currentNode.localName === 'template') found += all(walker.currentNode.content);
    }
    return found;
  };
  return all(document);
}"""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """One more answer: all ms of the page's main thread, those of them in which it had a processor,
    its longest task, and of how many layout objects how many were laid out."""

    busy_ms: float
    cpu_ms: float
    longest_ms: float
    laid_out: int
    objects: int


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What a page holds when all garbage is gone. `loose` are nodes that are not in the document:
    what browser and scripts keep beside it."""

    heap_kb: float
    nodes: int
    loose: int
    listeners: int


def traced(browser: Browser, page: Page, answers: Iterable[Callable[[], object]]) -> list[Cost]:
    """What each answer costs a page to which nothing else comes meanwhile."""
    page.evaluate(MARK)
    page.wait_for_timeout(4 * APART_MS)
    browser.start_tracing(page=page, categories=WATCHED)
    for publish in answers:
        publish()
        page.wait_for_timeout(APART_MS)
    page.wait_for_timeout(APART_MS)
    return costs(json.loads(browser.stop_tracing())["traceEvents"])


def costs(events: list[dict[str, Any]]) -> list[Cost]:
    """What a trace says of each answer (Chromium's Trace Event Format; times in µs)."""
    marks = [e for e in events if e["name"] == CAME and e["ph"] in "RIn"]
    if not marks:
        return []
    thread = marks[0]["pid"], marks[0]["tid"]
    here = [e for e in events if (e["pid"], e.get("tid")) == thread]
    tasks = [e for e in here if e["name"] == "RunTask" and "dur" in e]
    layouts = [e for e in here if e["name"] == "Layout" and "beginData" in e.get("args", {})]
    found = []
    for mark in marks:
        began = max((t["ts"] for t in tasks if t["ts"] <= mark["ts"]), default=mark["ts"])
        ends = began + APART_MS * 0.9e3
        its_own = [t for t in tasks if began <= t["ts"] < ends]
        laid = [e["args"]["beginData"] for e in layouts if began <= e["ts"] < ends]
        found.append(
            Cost(
                busy_ms=sum(t["dur"] for t in its_own) / 1e3,
                cpu_ms=sum(t.get("tdur", 0) for t in its_own) / 1e3,
                longest_ms=max((t["dur"] for t in its_own), default=0) / 1e3,
                laid_out=sum(each["dirtyObjects"] for each in laid),
                objects=max((each["totalObjects"] for each in laid), default=0),
            )
        )
    return found


def weight(page: Page) -> Weight:
    """Collect all garbage, and see what is left."""
    line: CDPSession = page.context.new_cdp_session(page)
    line.send("Performance.enable")
    live = int(page.evaluate(LIVE))
    for _ in range(3):
        line.send("HeapProfiler.collectGarbage")
    metrics = line.send("Performance.getMetrics")["metrics"]
    found = {each["name"]: each["value"] for each in metrics}
    line.detach()
    nodes = int(found["Nodes"])
    return Weight(
        heap_kb=found["JSHeapUsedSize"] / 1024,
        nodes=nodes,
        loose=nodes - live,
        listeners=int(found["JSEventListeners"]),
    )
