"""The transcript on paper, and as a file: every wording open, in its language, with nothing to
press. Two participants keep it, one with scripts and one without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.live.evening import Evening

PRESSED = """() => [
  ...document.querySelectorAll('button, input, select, textarea, summary, .ask-keep')
].filter(element => element.checkVisibility()).map(element => element.outerHTML.slice(0, 80))"""
SPOKEN = """text => {
  const found = [...document.querySelectorAll('p')].find(each => each.textContent === text);
  return found.checkVisibility() && found.closest('[lang]').lang;
}"""
ENGLISH, WELSH = "It is never too late.", "Nid yw byth yn rhy hwyr."


@pytest.fixture
def answered(evening: Evening) -> int:
    """A question answered in both languages, corrected in one; one that waits; one taken down."""
    number = evening.answered("Is it too late to ask?", "Never too late.")
    evening.give("morgan", number, "correct", answer="1", text=ENGLISH)
    evening.give("morgan", number, "translate", answer="1", lang="cy", text=WELSH)
    evening.ask("A secret that waits")
    removed = evening.answered("Who was it?", "Somebody.")
    evening.give("asha", removed, "remove", reason="names-a-person")
    return number


def pdf_of(page: Page) -> bytes:
    return page.pdf(tagged=True, outline=True, prefer_css_page_size=True)


@pytest.mark.parametrize(("lang", "scripts"), [("", True), ("cy", False)])
def test_the_page_prints_with_every_wording_and_nothing_to_press(
    evening: Evening, answered: int, lang: str, scripts: bool
) -> None:
    reader = evening.reader(lang=lang or "en", scripts=scripts)
    page = reader.page
    prefix = f"/{lang}" if lang else ""
    page.goto(f"{reader.tab.origin}{prefix}/sessions/{evening.slug}/transcript")
    page.emulate_media(media="print")
    assert page.evaluate(PRESSED) == []
    assert page.evaluate(SPOKEN, ENGLISH) == "en"
    assert page.evaluate(SPOKEN, WELSH) == "cy"
    text = page.inner_text("main")
    assert "A secret that waits" not in text
    assert "Somebody." not in text
    assert (
        page.locator(f"#question-{answered}").inner_text().count(":") >= 2
    )  # when it was corrected
    assert page.locator(".ask-item--removed").count() >= 1


def test_the_file_is_a_page_of_its_own_and_becomes_a_tagged_pdf(
    evening: Evening, answered: int, browser: Browser, tmp_path: Path
) -> None:
    reader = evening.reader()
    page = reader.page
    page.goto(f"{reader.tab.origin}/sessions/{evening.slug}/transcript")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="as a page").click()
    download = waiting.value
    assert re.fullmatch(
        r"questions-and-answers-\d{4}-\d{2}-\d{2}\.html", download.suggested_filename
    )
    file = tmp_path / "kept.html"
    download.save_as(file)
    context = browser.new_context(viewport={"width": 375, "height": 740})
    asked: list[str] = []
    kept = context.new_page()
    kept.on("request", lambda request: asked.append(request.url))
    kept.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert kept.title() == "Questions and answers"
    assert kept.evaluate(SPOKEN, WELSH) == "cy"
    assert kept.evaluate("document.documentElement.scrollWidth") <= 375
    printed = pdf_of(kept)
    for part in (b"/StructTreeRoot", b"/Marked true", b"/Outlines", b"/Lang (cy)", b"/Lang (en)"):
        assert part in printed, part
    context.close()


def test_a_page_without_structure_makes_a_pdf_without(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<p>Is it too late?<p>It is not.")
    assert b"/Outlines" not in pdf_of(page)
    assert b"/Lang (cy)" not in pdf_of(page)
    context.close()
