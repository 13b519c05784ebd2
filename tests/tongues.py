"""Which language each word of a page is in, as a screen reader is told: by the nearest `lang`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.screen import Element, parse

SILENT = {"script", "style"}
SAID = {"alt", "aria-label", "label", "placeholder", "title"}
"""Attributes whose text is for people. Scripts take theirs from `data-…`, where words, unlike
names and addresses, have a space or an apostrophe between them or stand in #live-words."""

CODES = {"data-flags", "data-labels", "data-screens", "data-or-role", "data-not-for"}
"""Attributes of several codes with spaces between them."""


class Words(NamedTuple):
    """A run of text and the language it is said to be in."""

    lang: str
    text: str


def spoken(html: str, locale: str) -> list[Words]:
    """All that a page or a fragment says, in its order, white space made single."""
    said = _of(parse(html), locale)
    return [Words(lang, " ".join(text.split())) for lang, text in said if text.strip()]


def text_in(lang: str, said: list[Words]) -> str:
    """All that is said in one language."""
    return " ".join(words.text for words in said if words.lang == lang)


def language_of(text: str, said: list[Words]) -> set[str]:
    """The languages in which a text stands on a page."""
    wanted = " ".join(text.split())
    return {words.lang for words in said if wanted in words.text}


def _of(element: Element, lang: str) -> Iterator[Words]:
    lang = element.attributes.get("lang", lang)
    for name, value in element.attributes.items():
        scripts = name.startswith("data-") and name not in CODES
        if name in SAID or (scripts and _words(element, value)):
            yield Words(lang, value)
    for child in element.children:
        if isinstance(child, Element):
            if child.tag not in SILENT:
                yield from _of(child, lang)
        else:
            yield Words(lang, child)


def _words(element: Element, value: str) -> bool:
    return element.id == "live-words" or any(mark in value.strip() for mark in " '’")
