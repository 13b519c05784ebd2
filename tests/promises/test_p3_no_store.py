"""P3. Without the store nothing is acknowledged: people are told soon, and keep their words.

P6. When it is back, the next question is taken soon, and nothing had to be restarted.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from html import unescape
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest

from tests.engines import PrivateEngine, start_engine, wait_until
from tests.promises.stage import Stage, staged
from tests.service import SLUG

SOON = 5.0
"""Seconds."""
TEXT = 'Is it <too late> for "me" & mine?\n\nI don\'t know.'
WAYS = [(language, form) for language in ("", "/cy") for form in ("page", "script")]
AWAY = {
    "": "We could not confirm that your question is stored. Send it again in a minute: it is "
    "never stored twice",
    "/cy": "Nid oedd modd cadarnhau bod eich cwestiwn wedi'i gadw. Anfonwch ef eto ymhen munud: "
    "ni chaiff byth ei gadw ddwywaith",
}
NEVER = ("so it was not sent", "felly ni chafodd ei anfon")
"""What nobody can know of a store that hangs."""


class Told(NamedTuple):
    """What somebody was told, after how many seconds."""

    answer: httpx.Response
    seconds: float


def send(stage: Stage, language: str, form: str, nonce: str = "") -> Told:
    accept = {"Accept": "application/json"} if form == "script" else {}
    began = time.monotonic()
    with stage.browser(**accept) as browser:
        answer = browser.post(
            f"{language}/sessions/{SLUG}/questions",
            data={"id": nonce or uuid4().hex, "text": TEXT},
        )
    return Told(answer, time.monotonic() - began)


def in_the_box(html: str) -> str:
    """What stands in the box for the question, as a browser shows it."""
    found = re.search(r'<textarea[^>]* name="text"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


def is_refused_well(told: Told, form: str) -> None:
    """503 in time, in words, with a hint when to come back, and the text still in the box."""
    answer, seconds = told
    assert answer.status_code == 503
    assert seconds < SOON
    assert int(answer.headers["retry-after"]) > 0
    assert "set-cookie" not in answer.headers
    if form == "page":
        assert in_the_box(answer.text) == TEXT
        assert "<h1" in answer.text
    else:
        said = answer.json()
        assert said["message"]
        # Without operations the page's script leaves the form as it stands.
        drawn = [html for _, target, html in said.get("ops", []) if target == "ask"]
        assert all(in_the_box(html) == TEXT for html in drawn)


@contextmanager
def engine_stopped(engine: PrivateEngine) -> Iterator[None]:
    engine.pause()
    try:
        yield
    finally:
        engine.resume()


@contextmanager
def engine_gone(engine: PrivateEngine) -> Iterator[None]:
    engine.kill()
    try:
        yield
    finally:
        engine.start()


ABSENCES = [engine_stopped, engine_gone]


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    with start_engine() as running:
        yield running


@pytest.fixture(scope="module")
def stage(engine: PrivateEngine) -> Iterator[Stage]:
    with staged(engine=engine) as running:
        have_open(running, f"/sessions/{SLUG}")
        yield running


def have_open(stage: Stage, path: str) -> None:
    """People have a page open when the store goes away; its templates are compiled by then."""
    with stage.browser() as browser:
        for language in ("", "/cy"):
            assert browser.get(language + path).status_code == 200


@pytest.mark.parametrize("absence", ABSENCES)
def test_without_the_store_everybody_is_told_soon_and_keeps_their_words(
    stage: Stage, engine: PrivateEngine, absence: Callable[[PrivateEngine], object]
) -> None:
    for language, form in WAYS:
        assert send(stage, language, form).answer.status_code in (201, 303)
    before = len(stage.snapshot().questions)
    ids = [uuid4().hex for _ in WAYS]
    with absence(engine), ThreadPoolExecutor(len(WAYS)) as pool:  # type: ignore[attr-defined]
        told = list(pool.map(lambda n: send(stage, *WAYS[n], nonce=ids[n]), range(len(WAYS))))
    for each, (language, form) in zip(told, WAYS, strict=True):
        is_refused_well(each, form)
        said = each.answer.text if form == "page" else each.answer.json()["message"]
        assert AWAY[language] in unescape(said)
        assert not [words for words in NEVER if words in said.lower()]
    recovers(stage)
    # Sent again with the ids that the pages still have, each is stored once, and not twice.
    for number, (language, form) in enumerate(WAYS):
        assert send(stage, language, form, ids[number]).answer.status_code in (201, 303)
    stored = [q.text for q in stage.snapshot().questions]
    assert len(stored) == before + 1 + len(WAYS)


def recovers(stage: Stage) -> None:
    """P6: from now on, until the first question is taken."""
    began = time.monotonic()
    wait_until(lambda: send(stage, "", "script").answer.status_code == 201)
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("absence", ABSENCES)
def test_staff_are_told_soon_and_keep_their_words_too(
    stage: Stage, engine: PrivateEngine, absence: Callable[[PrivateEngine], object]
) -> None:
    with closing(stage.staff("morgan")) as morgan:
        fields = {"csrf": morgan.csrf, "text": "A long answer", "lang": "en"}
        path = f"/staff/sessions/{SLUG}/questions/1/answer"
        began = time.monotonic()
        with absence(engine):  # type: ignore[attr-defined]
            page = morgan.post(path, data=fields)
    assert time.monotonic() - began < SOON
    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0
    assert "A long answer</textarea>" in page.text


@pytest.mark.parametrize("absence", ABSENCES)
def test_pages_stay_up_or_say_in_time_that_they_cannot(
    stage: Stage, engine: PrivateEngine, absence: Callable[[PrivateEngine], object]
) -> None:
    """P8: what is drawn from memory is drawn; what needs the store says so."""
    expected = {
        f"/sessions/{SLUG}": 200,
        f"/cy/sessions/{SLUG}": 200,
        f"/sessions/{SLUG}/transcript.json": 200,
        "/privacy": 200,
        "/": 503,
        "/sessions/somewhere-else": 503,
        "/staff/sign-in": 200,
        "/health/live": 200,
        "/health/ready": 503,
    }

    def get(path: str) -> tuple[str, int, bool]:
        began = time.monotonic()
        with stage.browser() as browser:
            status = browser.get(path).status_code
        return path, status, time.monotonic() - began < SOON

    wait_until(lambda: send(stage, "", "script").answer.status_code == 201)
    with absence(engine), ThreadPoolExecutor(len(expected)) as pool:  # type: ignore[attr-defined]
        answers = list(pool.map(get, expected))
    assert answers == [(path, status, True) for path, status in expected.items()]


@pytest.mark.parametrize("absence", ABSENCES)
def test_a_process_that_nobody_has_visited_yet_refuses_as_well(
    engine: PrivateEngine, absence: Callable[[PrivateEngine], object]
) -> None:
    """The first visitors of a session all come at once, and the store is away."""
    crowd = 4 * WAYS
    newcomer = Stage(engine=engine, SECRET_KEY="only for this test, and long enough")
    try:
        newcomer.start()
        have_open(newcomer, "/privacy")
        with absence(engine), ThreadPoolExecutor(len(crowd)) as pool:  # type: ignore[attr-defined]
            told = list(pool.map(lambda way: send(newcomer, *way), crowd))
        for each, (_, form) in zip(told, crowd, strict=True):
            is_refused_well(each, form)
        recovers(newcomer)
    finally:
        newcomer.close()


# Controls


def test_a_program_that_says_stored_before_it_is_is_found_out() -> None:
    with start_engine() as engine, staged(engine=engine, fault="hasty") as stage:
        send(stage, "", "page")
        with engine_gone(engine):
            hasty = send(stage, "", "page")
        with pytest.raises(AssertionError):
            is_refused_well(hasty, "page")


def test_a_program_that_loses_the_words_is_found_out() -> None:
    with start_engine() as engine, staged(engine=engine, fault="careless") as stage:
        send(stage, "", "page")
        with engine_gone(engine):
            told = send(stage, "", "page")
        assert told.answer.status_code == 503
        with pytest.raises(AssertionError):
            is_refused_well(told, "page")


def test_the_embedded_engine_stopped_in_its_tracks_is_noticed_too() -> None:
    with staged() as stage:
        assert send(stage, "", "script").answer.status_code == 201
        os.kill(stage.engine_pid, signal.SIGSTOP)
        try:
            is_refused_well(send(stage, "", "page"), "page")
        finally:
            os.kill(stage.engine_pid, signal.SIGCONT)
        recovers(stage)
