"""P8. While the store is away every page answers within five seconds, in words, or from what the
process holds. P6: when it is back, the next question is taken within five; nothing is restarted.

Away is: killed, cut off, or behind a line that swallows everything (`test_p3_no_store.py` has the
engine that is stopped in its tracks).
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from html import unescape
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from bench.chaos.link import Link
from tests.engines import PrivateEngine, free_port, start_engine, wait_until
from tests.promises.asking import PATH
from tests.promises.line import dial, place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG

SOON = 5.0
"""Seconds."""
SESSION = f"/sessions/{SLUG}"
BANNER = 'ask-away"><strong>'
DELAYED = f"{BANNER}New answers are delayed, and questions cannot be sent just now."
DELAYED_CY = f"{BANNER}Mae oedi gydag atebion newydd, ac ni ellir anfon cwestiynau ar hyn o bryd."
SORRY = "Sorry, the service is not working for a moment"
SORRY_CY = "Mae'n ddrwg gennym, nid yw'r gwasanaeth yn gweithio am y tro"
NO_ANSWER = "The place where we store everything does not answer. Try again in a few seconds."
NO_ANSWER_CY = "Nid yw'r man lle rydym yn cadw popeth yn ateb."


class Wanted(NamedTuple):
    """A page, its status while the store is away, and what it then says in each language."""

    path: str
    status: int
    english: str = ""
    welsh: str = ""


PUBLIC = [
    Wanted(SESSION, 200, DELAYED, DELAYED_CY),
    Wanted(f"{SESSION}/transcript", 200),
    Wanted("/privacy", 200),
    Wanted("/", 503, SORRY, SORRY_CY),
    Wanted("/sessions/somewhere-else", 503, SORRY, SORRY_CY),
    Wanted("/staff/sign-in", 200),
]
STAFF = [
    Wanted("/staff", 503, NO_ANSWER, NO_ANSWER_CY),
    Wanted(f"/staff{SESSION}/triage", 503, NO_ANSWER, NO_ANSWER_CY),
    Wanted(f"/staff{SESSION}/desk", 503, NO_ANSWER, NO_ANSWER_CY),
    Wanted("/staff/sign-in", 503, NO_ANSWER, NO_ANSWER_CY),
]


class Store(NamedTuple):
    """An engine, and the only line to it. `call` does something to the line."""

    engine: PrivateEngine
    link: Link
    call: Callable[[Coroutine[Any, Any, None]], None]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.link.port}"


@contextmanager
def linked() -> Iterator[Store]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def call(doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, loop).result(timeout=10)

    with start_engine(port=free_port()) as engine:
        link = Link([engine.port], Random(8))
        call(link.open())
        try:
            yield Store(engine, link, call)
        finally:
            call(link.close())
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout=10)
            loop.close()


async def silenced(link: Link) -> None:
    link.fall_silent()


async def forgotten(link: Link) -> None:
    """What is connected now never hears again, not even when the line is open."""
    link.fall_silent()
    link.forget()


def killed(store: Store) -> Callable[[], None]:
    store.engine.kill()
    return store.engine.start


def cut_off(store: Store) -> Callable[[], None]:
    store.call(store.link.close())
    return lambda: store.call(store.link.open())


def swallowed(store: Store) -> Callable[[], None]:
    store.call(silenced(store.link))
    return lambda: store.call(store.link.open())


def swallowed_for_good(store: Store) -> Callable[[], None]:
    store.call(forgotten(store.link))
    return lambda: store.call(store.link.open())


ABSENCES = [killed, cut_off, swallowed, swallowed_for_good]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with linked() as opened:
        yield opened


@pytest.fixture(scope="module")
def stage(store: Store) -> Iterator[Stage]:
    with staged(engine=store) as running:  # type: ignore[arg-type] # its address is all
        yield running


def asked(stage: Stage) -> bool:
    """Whether a question is taken."""
    with stage.browser(Accept="application/json") as browser:
        answer = browser.post(PATH, data={"id": uuid4().hex, "text": "Are you there?"})
    return answer.status_code == 201


def look(client: httpx.Client, wanted: Wanted, languages: Iterable[str] = ("", "/cy")) -> list[str]:
    """What is wrong with a page, in each language."""
    found = []
    for language in languages:
        began = time.monotonic()
        try:
            answer = client.get(language + wanted.path)
        except httpx.TransportError as error:
            found.append(f"{language}{wanted.path} did not answer: {type(error).__name__}")
        else:
            found += faults_of(wanted, language, answer, time.monotonic() - began)
    return found


def faults_of(wanted: Wanted, language: str, answer: httpx.Response, seconds: float) -> list[str]:
    where = f"{language}{wanted.path}"
    words = wanted.welsh if language else wanted.english
    found = []
    if answer.status_code != wanted.status:
        found.append(f"{where} answered {answer.status_code}")
    if seconds >= SOON:
        found.append(f"{where} took {seconds:.1f} seconds")
    if words not in unescape(answer.text):
        found.append(f"{where} does not say why")
    if wanted.status == 503 and not answer.headers.get("retry-after"):
        found.append(f"{where} does not say when to come back")
    return found


def degraded(
    stage: Stage, store: Store, absence: Callable[[Store], Callable[[], None]]
) -> list[str]:
    """What is wrong while the store is away, and after it."""
    assert asked(stage)
    with stage.browser() as reader, closing(stage.staff("asha")) as asha:
        position, epoch = place_of(reader.get(SESSION).text)
        assert reader.get(f"/cy{SESSION}").status_code == 200
        path = f"{SESSION}/live?after={position}&epoch={epoch}"
        with dial(stage, path) as line:
            back = absence(store)
            try:
                # Open screens are told before anybody has to press anything.
                began = time.monotonic()
                told = status_from(line, "lost") and time.monotonic() - began < SOON
                found = [] if told else ["open screens are not told"]
                pages = [(reader, each) for each in PUBLIC] + [(asha, each) for each in STAFF]

                with ThreadPoolExecutor(len(pages)) as pool:
                    for faults in pool.map(lambda page: look(*page), pages):
                        found += faults
            finally:
                back()
            began = time.monotonic()
            wait_until(lambda: asked(stage))
            if time.monotonic() - began >= SOON:
                found.append("the first question after it took too long")
            if not status_from(line, "back"):
                found.append("open screens are not told that it is back")
        if BANNER in reader.get(SESSION).text:
            found.append("the page goes on saying that the store is away")
        if asha.get(f"/staff{SESSION}/triage").status_code != 200:
            found.append("staff are kept out")
    return found


def status_from(line: Any, status: str, most: int = 200) -> bool:
    """Read on until a frame says so."""
    for _ in range(most):
        try:
            if json.loads(line.recv(timeout=2 * SOON)).get("status") == status:
                return True
        except TimeoutError:
            return False
    return False


@pytest.mark.parametrize("absence", ABSENCES)
def test_every_page_answers_in_time_and_in_words_and_all_goes_on_after_it(
    stage: Stage, store: Store, absence: Callable[[Store], Callable[[], None]]
) -> None:
    assert degraded(stage, store, absence) == []


def test_two_workers_do_so_too() -> None:
    with linked() as own, staged(engine=own, workers=2) as stage:  # type: ignore[arg-type]
        for _ in range(8):
            # Both have the session in hand: a worker that nobody has asked yet has nothing to show.
            with stage.browser() as reader:
                for language in ("", "/cy"):
                    assert reader.get(language + SESSION).status_code == 200
        back = swallowed(own)
        try:
            wait_until(lambda: not asked(stage))
        finally:
            back()
        began = time.monotonic()
        wait_until(lambda: asked(stage))
        assert time.monotonic() - began < SOON


# Controls


def test_a_program_that_waits_for_the_store_is_found_out() -> None:
    with linked() as own, staged(engine=own, fault="waiting") as stage:  # type: ignore[arg-type]
        assert asked(stage)
        back = swallowed(own)
        try:
            with stage.browser() as browser:
                browser.timeout = SOON
                assert "/ did not answer: ReadTimeout" in look(browser, PUBLIC[3], [""])
        finally:
            back()


def test_a_program_that_says_nothing_is_found_out(stage: Stage) -> None:
    with stage.browser() as browser:
        fine = browser.get("/privacy")
    assert faults_of(Wanted("/privacy", 200), "", fine, 0.1) == []
    assert faults_of(Wanted("/privacy", 503, SORRY), "", fine, 6.0) == [
        "/privacy answered 200",
        "/privacy took 6.0 seconds",
        "/privacy does not say why",
        "/privacy does not say when to come back",
    ]
