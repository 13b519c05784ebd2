"""A page without its words: what is left must not depend on what anybody wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

PLACES = {"href", "src", "action", "formaction", "srcset", "poster", "data", "background", "ping"}
OWN = re.compile(r"#[A-Za-z0-9-]*|/(?!/)[A-Za-z0-9_.~%?=&#/-]*")
"""An address within the site, written so that every browser reads it as that."""


class Bone(NamedTuple):
    """One element: its name and the names of its attributes."""

    tag: str
    attributes: tuple[str, ...]


class Skeleton(HTMLParser):
    """The elements of a page, and every address in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.bones: set[Bone] = set()
        self.addresses: set[str] = set()
        self.comments: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Also of elements that close themselves."""
        self.bones.add(Bone(tag, tuple(sorted(name for name, _ in attrs))))
        self.addresses |= {value or "" for name, value in attrs if name in PLACES}

    def handle_comment(self, data: str) -> None:
        """Ours have none."""
        self.comments.append(data)

    def handle_pi(self, data: str) -> None:
        """Nor any of these."""
        self.comments.append(data)


def alive(html: str, plain: str) -> list[str]:
    """Whatever a page has that the same page with harmless words has not, in words."""
    page, model = Skeleton(html), Skeleton(plain)
    found = [f"<{bone.tag} {' '.join(bone.attributes)}>" for bone in page.bones - model.bones]
    found += [f"leads to {away!r}" for away in page.addresses - model.addresses if leads_away(away)]
    found += [f"a comment: {comment!r}" for comment in page.comments]
    return found


def leads_away(address: str) -> bool:
    """Whether a browser may leave the site by it: as with `//x`, `/\\x` and `/<tab>/x`."""
    return OWN.fullmatch(address) is None
