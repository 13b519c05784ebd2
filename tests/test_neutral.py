"""What a history lists and what a link is shown as elsewhere says nothing of a session's topic:
titles, descriptions, and the names that files are saved under."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from askpanel.chat.locale import translations
from askpanel.chat.view import view
from askpanel.eventlog.session import Session
from tests.cast import session
from tests.scene import MAIN
from tests.staffroom import fresh_prefix
from tests.tour import Sight, on_tour

WORD = re.compile(r"\w{4,}")
SAID_ANYWAY = {"anonymously", "answer", "questions", "that", "cwestiynau", "ddienw", "gael"}
"""Words of the session that say nothing of its topic: every page of the service has them."""


class Head(HTMLParser):
    """What a page says of itself to others: its title, and the content of every `meta`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.named: dict[str, str] = {}
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_title = tag == "title"
        if tag == "meta" and given.get("content"):
            self.named[given.get("name") or given.get("property") or ""] = given["content"] or ""

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.named["title"] = self.named.get("title", "") + data.strip()


def topical(told: Session) -> set[str]:
    """The words that would tell somebody what a session is about."""
    texts = [told.title, told.summary, *(body.name for body in told.organisations)]
    texts += [topic.label for topic in told.topics]
    texts += [person.name for person in told.panel]
    found = {
        word.lower() for text in texts for said in text.values() for word in WORD.findall(said)
    }
    return found - SAID_ANYWAY


def telling(sights: list[Sight], words: set[str]) -> list[str]:
    """Where a title or a description says one of the words."""
    return [
        f"{sight.where}: {name} says {word}"
        for sight in sights
        for name, content in Head(sight.html).named.items()
        for word in WORD.findall(content.lower())
        if word in words
    ]


@pytest.fixture(scope="module", params=["en", "cy"])
def sights(
    request: pytest.FixtureRequest, engine_url: str, tmp_path_factory: pytest.TempPathFactory
) -> list[Sight]:
    """Every page that the public sees, in every phase, in one language."""

    async def walking(folder: Path) -> list[Sight]:
        async with on_tour(engine_url, fresh_prefix(), folder, request.param) as tour:
            await tour.set_scene()
            return [seen for walk in (tour.public(), tour.forms()) async for seen in walk]

    view.cache_clear()
    return asyncio.run(walking(tmp_path_factory.mktemp("tour")))


def test_no_title_and_no_description_says_what_a_session_is_about(sights: list[Sight]) -> None:
    assert len(sights) > 40
    assert telling(sights, topical(session())) == []


def test_every_public_page_says_what_a_link_to_it_is_shown_as_and_asks_not_to_be_indexed(
    sights: list[Sight],
) -> None:
    whole = [sight for sight in sights if sight.html.startswith("<!DOCTYPE html>")]
    assert len(whole) > 30
    for sight in whole:
        said = Head(sight.html).named
        assert said["robots"] == "noindex", sight.where
        assert said["og:title"], sight.where
        assert said["description"] == said["og:description"], sight.where
        (lang,) = re.findall(r'<html lang="(\w+)"', sight.html)
        assert said["og:title"] == translations(lang).gettext("Live questions and answers")
        assert "og:image" not in said, sight.where
    assert len({Head(sight.html).named["description"] for sight in whole}) == 1


@pytest.mark.parametrize("planted", ["<title>{}</title>", '<meta name="description" content="{}">'])
def test_a_title_that_tells_is_found_out(sights: list[Sight], planted: str) -> None:
    """The control."""
    page = next(sight for sight in sights if sight.where.startswith(f"{MAIN}, live"))
    for words in session().title.values():
        html = re.sub(r"<title>.*?</title>|<meta name=\"description\"[^>]*>", "", page.html)
        html = html.replace("<head>", "<head>" + planted.format(words), 1)
        assert telling([Sight("planted", html)], topical(session()))
