"""A Welsh page is Welsh: whatever the program says there goes through the catalogue, and what is
in another language says so, for those who hear the page (WCAG 2.2, 3.1.2)."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog

from askpanel.chat.locale import NAMES, day, translations
from askpanel.chat.reel import Audience
from askpanel.chat.view import view
from askpanel.eventlog.model import Change, Event, Question, State
from askpanel.eventlog.projection import Moment
from askpanel.eventlog.session import Text
from askpanel.moderation.desk import Desk
from askpanel.moderation.keymap import KEYMAP
from askpanel.moderation.triage import Triage
from tests.cast import NOON, session
from tests.scene import ASKER, ENGLISH, MAIN, PHASES, WELSH_QUESTION, content
from tests.staffroom import fresh_prefix
from tests.tongues import Words, language_of, spoken, text_in
from tests.tour import Sight, on_tour
from tools.catalogue import catalogues, first, forms, read

PLACEHOLDER = re.compile(r"%\(\w+\)s|%\{\w+\}|%%")
LETTER = re.compile(r"[^\W\d_]")
SHORT = 12
"""English no longer than this may be part of a Welsh word: it proves nothing."""
OPEN, CLOSE = "⟦", "⟧"
AS_THEY_ARE = ["CSV", "JSON", "Alt", *NAMES.values(), *(key.key for key in KEYMAP)]
"""Words and keys that are the same in every language."""


def walk(engine_url: str, folder: Path, locale: str) -> list[Sight]:
    async def walking() -> list[Sight]:
        async with on_tour(engine_url, fresh_prefix(), folder, locale) as tour:
            return await tour.all()

    view.cache_clear()
    return asyncio.run(walking())


@pytest.fixture(scope="module")
def welsh(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Sight]:
    """Everything that an installation shows in Welsh."""
    return walk(engine_url, tmp_path_factory.mktemp("tour"), "cy")


@pytest.fixture(scope="module")
def english(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Sight]:
    return walk(engine_url, tmp_path_factory.mktemp("tour"), "en")


class Marked(NamedTuple):
    """What is shown with every translated string ⟦in brackets⟧, and the strings asked for."""

    sights: list[Sight]
    asked: set[str]


@pytest.fixture(scope="module")
def marked(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Marked:
    catalogue, asked = translations("cy"), set[str]()

    def bracketed(one: str, other: str = "", number: int = 1) -> str:
        asked.add(one)
        return f"{OPEN}{other or one}{CLOSE}"

    with pytest.MonkeyPatch.context() as patch:
        # Jinja asks by the older names, the program by the newer.
        for name in ("gettext", "ugettext", "ngettext", "ungettext"):
            patch.setattr(catalogue, name, bracketed)
        seen = walk(engine_url, tmp_path_factory.mktemp("tour"), "cy")
    view.cache_clear()
    return Marked(seen, asked)


def english_left(said: list[Words], catalogue: Catalog) -> list[str]:
    """English of the program among what is said to be Welsh."""
    text = text_in("cy", said)
    left = []
    for message in catalogue:
        for source, target in zip(sources(first(message)), forms(message), strict=False):
            left += [part for part in source if part in text and part not in target]
    return left


def sources(words: str) -> list[list[str]]:
    """The parts of an English string that are long enough to be known again."""
    parts = [part.strip() for part in PLACEHOLDER.split(words)]
    return [[part for part in parts if len(part) > SHORT]]


def unmarked(said: list[Words], known: list[str]) -> list[str]:
    """What stands in no bracket and is nothing that people wrote: words that nobody marked."""
    found, depth = "", 0
    for words in said:
        for character in f"{words.text}\n":
            depth += (character == OPEN) - (character == CLOSE)
            found += character if depth == 0 and character != CLOSE else ""
    for text in known:
        for line in text.splitlines():
            whole = re.escape(" ".join(line.split()))
            found = re.sub(rf"(?<!\w){whole}(?!\w)", "", found)
    return [word for word in found.split() if LETTER.search(word)]


def known_text() -> list[str]:
    """What people wrote, the names of things, and the days of the tour."""
    days = [day(now, "Europe/London", "cy") for now in PHASES.values()]
    posters = [f"127.0.0.1:8000{way}/sessions/{MAIN}" for way in ("", "/cy")]
    return [*posters, *content(), *days, *AS_THEY_ARE]


def test_nothing_english_of_the_program_is_left_on_a_welsh_page(welsh: list[Sight]) -> None:
    (path,) = catalogues()
    catalogue = read(path)
    assert {
        s.where: left for s in welsh if (left := english_left(spoken(s.html, "cy"), catalogue))
    } == {}


def test_a_string_without_its_translation_is_seen(welsh: list[Sight]) -> None:
    """The control: one sentence of a page goes back to English."""
    (path,) = catalogues()
    catalogue = read(path)
    page = next(s.html for s in welsh if s.where.startswith("the list, live"))
    lost = page.replace(
        translations("cy").gettext("Live questions and answers"), "Live questions and answers"
    )
    assert english_left(spoken(page, "cy"), catalogue) == []
    assert english_left(spoken(lost, "cy"), catalogue) == ["Live questions and answers"]


def test_every_word_of_the_program_goes_through_the_catalogue(marked: Marked) -> None:
    known = known_text()
    assert {
        s.where: left for s in marked.sights if (left := unmarked(spoken(s.html, "cy"), known))
    } == {}


def test_the_catalogue_has_every_string_that_it_is_asked_for(marked: Marked) -> None:
    """Also those that no tool can find, because they are put together while the program runs."""
    (path,) = catalogues()
    known = {first(message) for message in read(path) if message.id}
    assert len(marked.asked) > 300
    assert marked.asked - known == set()


@pytest.mark.parametrize(
    "planted",
    [
        "<p>⟦Read this⟧ Unmarked</p>",
        '<p aria-label="Unmarked">⟦Read this⟧</p>',
        '<p data-lost="Not marked">⟦Read this⟧</p>',
        '<template id="live-words" data-lost="Unmarked"></template>',
        "<p>⟦Read <b>this⟧</b> Unmarked</p>",
    ],
)
def test_a_planted_word_is_seen(planted: str) -> None:
    assert "marked" in " ".join(unmarked(spoken(planted, "cy"), known_text())).lower()
    fine = "<p>⟦Answered by <b>Asha</b>⟧, 18:05 <span>CSV</span></p>"
    assert unmarked(spoken(fine, "cy"), known_text()) == []


def page(sights: list[Sight], where: str) -> list[Words]:
    (found,) = (s for s in sights if s.where == f"{where} (200)")
    return spoken(found.html, re.findall(r'<html lang="(\w+)"', found.html)[0])


def test_a_session_in_english_says_so_on_a_welsh_page(welsh: list[Sight]) -> None:
    said, told = page(welsh, f"{ENGLISH}, live"), session()
    texts: list[Text] = [told.title, told.summary]
    texts += [body.name for body in told.organisations]
    texts += [words for sign in told.signposts for words in (sign.when, sign.name)]
    texts += [topic.label for topic in told.topics]
    texts += [words for person in told.panel for words in (person.name, person.line)]
    assert {text["en"]: language_of(text["en"], said) for text in texts} == {
        text["en"]: {"en"} for text in texts
    }
    assert language_of(WELSH_QUESTION, said) == {"cy"}


def test_a_session_in_both_languages_needs_no_mark(welsh: list[Sight]) -> None:
    told = session()
    for where in (f"{MAIN}, live", "the list, live", "home of hana"):
        assert language_of(told.title["cy"], page(welsh, where)) == {"cy"}


@pytest.mark.parametrize(
    "where", ["/staff/sessions/checked/desk", "/staff/sessions/checked/triage"]
)
def test_a_welsh_question_says_so_on_the_staffs_english_pages(
    english: list[Sight], where: str
) -> None:
    found = next(s for s in english if s.where == f"{where} (200)")
    assert language_of(WELSH_QUESTION, spoken(found.html, "en")) == {"cy"}


def test_a_welsh_question_says_so_on_the_english_page(english: list[Sight]) -> None:
    assert language_of(WELSH_QUESTION, page(english, f"{ENGLISH}, live")) == {"cy"}
    frames = [s for s in english if s.where.startswith("frame") and WELSH_QUESTION in s.html]
    assert frames
    for frame in frames:
        assert language_of(WELSH_QUESTION, spoken(frame.html, "en")) == {"cy"}


def test_the_switch_names_each_language_in_itself(english: list[Sight], welsh: list[Sight]) -> None:
    for sights in (english, welsh):
        said = page(sights, "the list, live")
        assert language_of("English", said) == {"en"}
        assert language_of("Cymraeg", said) == {"cy"}


WHERE = re.compile(r"<(?:a|form|button)\b[^>]*?\s(?:href|action|formaction)=\"(/[^\"]*)\"[^>]*>")
ASIDE = ("/static/", "/exit", "/staff", "/cy/staff")
"""What is the same in both languages, or leads out."""


def astray(html: str, locale: str) -> list[str]:
    """Links and forms of a page of ours that lead into the other language, unless they say so."""
    found = []
    for place in WHERE.finditer(html):
        welsh = re.match(r"/cy(?:[/?#]|$)", place[1]) is not None
        if not place[1].startswith(ASIDE) and "hreflang=" not in place[0]:
            found += [place[1]] if welsh != (locale == "cy") else []
    return found


def test_whoever_reads_in_one_language_stays_in_it(
    english: list[Sight], welsh: list[Sight]
) -> None:
    """The choice is in the address alone; a cookie would be one more trace."""
    for locale, sights in (("en", english), ("cy", welsh)):
        public = [s for s in sights if "staff" not in s.where and not s.where.startswith("frame")]
        assert len([s for s in public if WHERE.search(s.html)]) > 20
        assert {s.where: left for s in public if (left := astray(s.html, locale))} == {}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('<a class="x" href="/privacy">Preifatrwydd</a>', ["/privacy"]),
        ('<form method="post" action="/sessions/a/questions">', ["/sessions/a/questions"]),
        ('<a href="/cymru">Cymru</a>', ["/cymru"]),
        ('<a href="/cy/privacy">Preifatrwydd</a><a href="/" hreflang="en">English</a>', []),
    ],
)
def test_a_link_into_the_other_language_is_seen(planted: str, found: list[str]) -> None:
    assert astray(planted, "cy") == found


@pytest.mark.parametrize("audience", [Triage(), Desk()])
def test_what_is_read_aloud_is_words_and_not_html(audience: Audience) -> None:
    """Welsh has an apostrophe in every other sentence; nobody wants to hear `&#39;`."""
    question = Question(
        number=7,
        state=State.ANSWERED,
        text="Sut?",
        lang="cy",
        author="sam",
        at=NOON,
        changed=Change(command="answer", at=NOON, username="niamh", name=ASKER),
    )
    event = Event(type="answered", at=NOON, was=State.APPROVED, question=question)
    moment = Moment(position=2, event=event, session=session(), counts={})
    assert audience.shared(moment, "cy").say == f"Cwestiwn 7: Atebwyd hwn gan {ASKER}"
