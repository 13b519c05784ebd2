"""What a screen holds: its three lists, as the page's script keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LISTS = ("transcript", "waiting", "mine")
ITEM = re.compile(r'<li id="(question|mine)-(\d+)"[^>]* data-state="(\w+)"')
PLACE = re.compile(r'id="transcript" data-position="(\d+)" data-epoch="([^"]+)"')
CURRENT = re.compile(r'id="mine" data-current="([01])"')


class Held:
    """Question numbers and their states, list by list, in the order in which they stand.

    The operations are those of `static/ops.mjs`; what they touch besides is not kept.
    """

    def __init__(self, page: str) -> None:
        place = PLACE.search(page)
        assert place, f"no public page: {page[:300]}"
        self.position, self.epoch = int(place[1]), place[2]
        current = CURRENT.search(page)
        self.current = bool(current and current[1] == "1")
        self.lists: dict[str, dict[int, str]] = {}
        starts = [(page.find(f' id="{name}"'), name) for name in LISTS]
        ends = [*(start for start, _ in starts[1:]), len(page)]
        for (start, name), end in zip(starts, ends, strict=True):
            assert start >= 0, f"the page has no list {name}"
            self.lists[name] = self._items(page[start:end])

    @property
    def transcript(self) -> list[int]:
        """The numbers of what is published, in order."""
        return list(self.lists["transcript"])

    def apply(self, ops: Iterable[Sequence[str]]) -> None:
        """What a frame does."""
        for op, target, *html in ops:
            getattr(self, f"_{op}", self._elsewhere)(target, "".join(html))

    def _append(self, target: str, html: str) -> None:
        if target not in self.lists:
            return
        for number, state in self._items(html).items():
            for name, kept in self.lists.items():
                if name != target and "mine" not in (name, target):
                    kept.pop(number, None)
            self.lists[target][number] = state

    def _remove(self, target: str, html: str) -> None:
        for kept, number in self._at(target):
            kept.pop(number, None)

    def _morph(self, target: str, html: str) -> None:
        for kept, number in self._at(target):
            if number in kept:
                kept[number] = self._items(html)[number]

    def _replace(self, target: str, html: str) -> None:
        if target in self.lists:
            self.lists[target] = self._items(html)
            self.current = self.current or target == "mine"

    def _text(self, target: str, text: str) -> None:
        """A list that is emptied, as that of the waiting when the session has ended."""
        if target in self.lists:
            self.lists[target] = {}

    def _elsewhere(self, target: str, html: str) -> None:
        """A countdown, a notice: nothing that is kept here."""

    def _at(self, target: str) -> list[tuple[dict[int, str], int]]:
        kind, _, number = target.partition("-")
        if kind not in ("question", "mine") or not number.isdigit():
            return []
        names = ("mine",) if kind == "mine" else ("transcript", "waiting")
        return [(self.lists[name], int(number)) for name in names]

    @staticmethod
    def _items(html: str) -> dict[int, str]:
        found = [(int(number), state) for _, number, state in ITEM.findall(html)]
        items = dict(found)
        assert len(items) == len(found), f"a question stands twice in one list: {found}"
        return items
