"""A page as a browser would have it, and the seven operations of `static/ops.mjs` on it.

Independent of the program: a small strict tree over the standard library's parser. What a
browser would silently mend (a tag left open, a paragraph around a list) is an error here, since
a mended page and a mended fragment need not be mended alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"base", "br", "hr", "img", "input", "link", "meta", "source", "wbr", "path"})
BLOCKS = frozenset(
    {"article", "details", "div", "form", "h1", "h2", "h3", "li", "ol", "p", "section", "ul"}
)
LIVE = re.compile(
    r"urgent|announcements|answering|pinned|phase|ask-notice|mine-keeping|transcript|waiting|mine|claims|opened|alarms|muted|present|remarks|"
    r"(list|count)-[a-z0-9-]+"
)
"""The ids of the elements that frames may touch; nothing outside them may change."""


class Element:
    """An element: its tag, its attributes, and its children in order (elements and text)."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.parent: Element | None = None
        self.children: list[Element | str] = []

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    def append(self, child: Element | str) -> None:
        self.insert(len(self.children), child)

    def insert(self, place: int, child: Element | str) -> None:
        if isinstance(child, Element):
            child.parent = self
        self.children.insert(place, child)

    def replace_with(self, *fresh: Element | str) -> None:
        """Take this element out of its parent and put others in its place."""
        parent = self.parent
        assert parent is not None
        place = next(i for i, each in enumerate(parent.children) if each is self)
        del parent.children[place]
        self.parent = None
        for offset, each in enumerate(fresh):
            parent.insert(place + offset, each)

    def elements(self) -> Iterator[Element]:
        """This element and everything in it, in the order of the document."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.elements()

    def __contains__(self, other: Element) -> bool:
        """Whether another element is this one or stands in it."""
        found: Element | None = other
        while found is not None and found is not self:
            found = found.parent
        return found is self


class _Tree(HTMLParser):
    """Builds a tree, and raises ValueError where a browser would have to mend something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._open = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS and self._open.tag == "p":
            raise ValueError(f"<{tag}> in <p>")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self._open.tag != tag or self._open.parent is None:
            raise ValueError(f"</{tag}> closes <{self._open.tag}>")
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.append(data)

    def close(self) -> None:
        super().close()
        if self._open is not self.root:
            raise ValueError(f"<{self._open.tag}> is never closed")


def parse(html: str) -> Element:
    """A tree under a root without a tag."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


class Screen:
    """A page with a position, as the live page's script keeps it."""

    def __init__(self, html: str) -> None:
        self.root = parse(html)
        ids = [each.id for each in self.root.elements() if each.id]
        twice = {each for each in ids if ids.count(each) > 1} if len(set(ids)) < len(ids) else set()
        assert not twice, f"ids that stand twice on one page: {sorted(twice)}"
        self._where = next(e for e in self.root.elements() if "data-position" in e.attributes)

    @property
    def position(self) -> int:
        return int(self._where.attributes["data-position"])

    @property
    def epoch(self) -> str:
        return self._where.attributes["data-epoch"]

    def find(self, id_: str) -> Element | None:
        return next((each for each in self.root.elements() if each.id == id_), None)

    def receive(self, frame: dict[str, Any]) -> None:
        """What a frame does, by the rules of `static/live.mjs`; AssertionError for a gap, a
        repetition, or anything that the script would not understand."""
        assert "reset" not in frame, "a reset, although every position is kept"
        ops, position = frame.get("ops", []), frame.get("position")
        if position is None:
            self._apply(ops)
        elif position > self.position:
            assert frame["since"] <= self.position, f"{frame['since']} is missing"
            self._apply(ops)
            self._where.attributes["data-position"] = str(position)
        else:
            assert position == self.position, f"{position} does not follow {self.position}"
            assert not ops, f"position {position} came twice"

    def regions(self) -> dict[str, str]:
        """The live regions by id, as text that can be compared line by line."""
        return {
            each.id: "\n".join(_lines(each))
            for each in self.root.elements()
            if LIVE.fullmatch(each.id)
        }

    def _apply(self, ops: list[list[str]]) -> None:
        for op, id_, *html in ops:
            target = self.find(id_)
            if target is None:
                # Everybody is told that a claim or a lock has ended; only its holder's page has
                # the box.
                boxes = ("claim-", "open-", "urgent-")
                assert op == "remove", f"{op} {id_}: no such place"
                assert id_.startswith(boxes), f"{op} {id_}: no such place"
                continue
            assert any(LIVE.fullmatch(e.id) and target in e for e in self.root.elements()), id_
            getattr(self, f"_{op}")(target, *html)

    def _append(self, target: Element, html: str) -> None:
        self._insert(target, html, len(target.children))

    def _prepend(self, target: Element, html: str) -> None:
        self._insert(target, html, 0)

    def _place(self, target: Element, html: str) -> None:
        """Into a list in the order of `data-since`."""
        for fresh in parse(html).children:
            assert isinstance(fresh, Element)
            since = int(fresh.attributes["data-since"])
            items = [each for each in target.children if isinstance(each, Element)]
            after = (
                i for i, each in enumerate(items) if int(each.attributes["data-since"]) > since
            )
            first = next(after, None)
            place = len(target.children) if first is None else target.children.index(items[first])
            self._insert(target, html, place)

    def _insert(self, target: Element, html: str, place: int) -> None:
        """An element whose id is on the page already is that element: changed, or moved here."""
        for fresh in parse(html).children:
            if not isinstance(fresh, Element):
                continue
            old = self.find(fresh.id) if fresh.id else None
            if old is not None and old.parent is target:
                old.replace_with(fresh)
                continue
            if old is not None:
                old.replace_with()
            target.insert(place, fresh)
            place += 1

    def _replace(self, target: Element, html: str) -> None:
        target.replace_with(*parse(html).children)

    def _remove(self, target: Element) -> None:
        target.replace_with()

    def _morph(self, target: Element, html: str) -> None:
        target.replace_with(next(e for e in parse(html).children if isinstance(e, Element)))

    def _text(self, target: Element, text: str) -> None:
        target.children = [text]


def _lines(element: Element) -> Iterator[str]:
    """An element as lines, without what may differ between two true pages, and nothing else:

    - the value of a hidden field `csrf`: it belongs to one sign-in, so frames, which all staff
      share, carry it empty and the page's script fills it in;
    - a countdown's `data-now` and its words: the time at which the page, or the frame, was drawn.

    The other hidden value of one viewer, the nonce `id`, is in the ask form, where no frame goes.
    """
    attributes, timer = dict(element.attributes), element.attributes.get("role") == "timer"
    if element.tag == "input" and attributes.get("name") == "csrf":
        attributes["value"] = ""
    if timer:
        del attributes["data-now"]
    yield f"<{element.tag} {sorted(attributes.items())}>"
    text = ""
    for child in () if timer else element.children:
        if isinstance(child, str):
            text += child  # a browser's text nodes may be split where ours are not
            continue
        yield repr(text)
        yield from _lines(child)
        text = ""
    yield repr(text)
