"""P19. No naughty string in a question or an answer breaks anything, or comes alive in a page."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import httpx
import pytest

from tests.promises.line import dial, frames_until, place_of
from tests.promises.naughty import BROKEN, OURS, everything
from tests.promises.skeleton import alive
from tests.promises.stage import Stage, staged
from tests.service import SLUG, StaffClient

PAGE, NAMED = f"/sessions/{SLUG}", "with-names"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged({}, {"slug": NAMED, "ask_name": True}) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_logged(stage: Stage) -> Iterator[None]:
    """A traceback, or even one line, would be a way to fill a disk."""
    before = stage.logged
    yield
    assert stage.logged == before


def author_of(stage: Stage, texts: list[str]) -> tuple[httpx.Client, list[int]]:
    """A browser that has asked all of this, and what each question was answered with."""
    browser = stage.browser(**JSON)
    path = f"{PAGE}/questions"
    statuses = [
        browser.post(path, data={"id": uuid4().hex, "text": text}).status_code for text in texts
    ]
    return browser, statuses


def test_every_string_is_stored_or_refused_and_no_page_changes_its_shape(stage: Stage) -> None:
    sam, plain = author_of(stage, ["May I ask?"])
    alex, statuses = author_of(stage, everything())
    with closing(sam), closing(alex):
        assert plain == [201]
        assert set(statuses) == {201, 422}
        for language in ("", "/cy"):
            model = sam.get(language + PAGE, headers={"Accept": "text/html"}).text
            page = alex.get(language + PAGE, headers={"Accept": "text/html"}).text
            assert alive(page, model) == []


def test_every_string_stands_in_the_box_as_it_was_typed_and_is_only_text(stage: Stage) -> None:
    with stage.browser() as browser:

        def again(text: str, slug: str = SLUG) -> str:
            fields = {"id": "unusable", "text": text, "name": text, "topic": text, text: text}
            answer = browser.post(f"/sessions/{slug}/questions", data=fields)
            assert answer.status_code in (413, 422)
            return answer.text

        for slug in (SLUG, NAMED):
            model = again("May I ask?", slug)
            strings = everything()
            for start in range(0, len(strings), 8):
                few = "\n".join(strings[start : start + 8])
                assert alive(again(few, slug), model) == []


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_not_utf8_is_refused_in_words(stage: Stage, broken: bytes) -> None:
    with stage.browser(**FORM) as browser:
        for field in (b"text", b"id", b"topic", b"name", b"other"):
            body = b"text=May+I&id=" + uuid4().hex.encode() + b"&" + field + b"=" + broken
            answer = browser.post(f"{PAGE}/questions", content=body)
            readable = broken in (b"%", b"%G0", b"%u0000")
            allowed = {422, 303} if readable else {422}
            assert answer.status_code in allowed, field
            if answer.status_code == 422:
                assert "There is a problem" in answer.text


def test_in_answers_and_files_they_are_words_and_nothing_else(stage: Stage) -> None:
    with closing(stage.staff("asha")) as asha, closing(stage.staff("morgan")) as morgan:
        model = published(stage, asha, morgan, ["May I ask?", "May I?\nMay I not?\n\nBoth?"])
        page = published(stage, asha, morgan, OURS)
    for name, drawn in page.items():
        assert alive(drawn, model[name]) == [], name
    with stage.browser() as browser:
        document = browser.get(f"{PAGE}/transcript.json")
        sheet = browser.get(f"{PAGE}/transcript.csv")
        text = browser.get(f"{PAGE}/transcript.txt")
    for file in (document, sheet, text):
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
    entries = document.json()["questions"]
    rows = list(csv.DictReader(io.StringIO(sheet.text), strict=True))
    assert len(rows) == sum(len(entry["answers"]) for entry in entries) > 100
    cells = [cell for row in rows for name, cell in row.items() if name != "number"]
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
    controls = {c for c in text.text if unicodedata.category(c) in ("Cc", "Cs")}
    assert controls <= {"\n", "\t"}


def published(
    stage: Stage, asha: StaffClient, morgan: StaffClient, strings: list[str]
) -> dict[str, str]:
    """The pages, after each string was a question, its edited wording, and an answer to it."""
    html = {"Accept": "text/html"}
    with stage.browser(**JSON) as browser, stage.browser() as reader:
        for text in strings:
            fields = {"id": uuid4().hex, "text": text}
            asked = browser.post(f"{PAGE}/questions", data=fields)
            if asked.status_code != 201:
                fields = {"id": uuid4().hex, "text": "May I ask?"}
                asked = browser.post(f"{PAGE}/questions", data=fields)
            number = asked.json()["number"]
            if asha.command(number, "approve", text=f"{text}!").status_code != 200:
                assert asha.command(number, "approve").status_code == 200
            assert morgan.command(number, "claim").status_code == 200
            answer = morgan.command(number, "answer", text=text, lang="en")
            if answer.status_code != 200:
                assert answer.status_code in (400, 422)
                assert morgan.command(number, "answer", text="So.", lang="en").status_code == 200
            corrected = morgan.command(number, "correct", answer="1", text=text)
            assert corrected.status_code in (200, 400, 422)
        return {
            "author": browser.get(PAGE, headers=html).text,
            "public": reader.get(PAGE).text,
            "transcript": reader.get(f"/cy{PAGE}/transcript").text,
            "triage": asha.get(f"/staff{PAGE}/triage").text,
            "desk": morgan.get(f"/staff{PAGE}/desk").text,
            "frames": "".join(frames_of(stage)),
        }


def frames_of(stage: Stage) -> list[str]:
    """The HTML of every frame since the beginning."""
    with stage.browser() as browser:
        position, epoch = place_of(browser.get(PAGE).text)
    with dial(stage, f"{PAGE}/live?after=0&epoch={epoch}") as line:
        frames = frames_until(line, position)
    assert json.dumps(frames)
    return [op[2] for frame in frames for op in frame.get("ops", ()) if len(op) == 3]


def test_a_page_that_does_not_escape_is_found_out() -> None:
    """Control: the same strings, drawn as they are."""
    with staged(fault="unescaped") as faulty, faulty.browser() as browser:

        def again(text: str) -> str:
            fields = {"id": "unusable", "text": text}
            return browser.post(f"{PAGE}/questions", data=fields).text

        model = again("May I ask?")
        assert alive(again("Is this <b>bold</b>?"), model) == ["<b >"]
        found = [text for text in OURS if alive(again(text), model)]
        assert len(found) >= 10
