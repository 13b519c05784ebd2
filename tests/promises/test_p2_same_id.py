"""P2. The same id is the same question, however often and by whatever way it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.engines import wait_until
from tests.promises.stage import Stage, staged
from tests.service import SLUG

TIMES = 10


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """With two workers: each connection meets either."""
    with staged(workers=2) as running:
        yield running


def send(
    stage: Stage, nonce: str, text: str, cookies: httpx.Cookies | None = None
) -> httpx.Response:
    """Send on a connection of its own, so that the system chooses the worker anew."""
    with stage.browser(Accept="application/json") as browser:
        browser.cookies.update(cookies or {})
        return browser.post(f"/sessions/{SLUG}/questions", data={"id": nonce, "text": text})


def one_after_the_other(work: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    return [work(turn) for turn in range(TIMES)]


def all_at_once(work: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(work, range(TIMES)))


def stored_with(stage: Stage, text: str) -> list[int]:
    return [question.number for question in stage.snapshot().questions if question.text == text]


def asked_before(stage: Stage) -> httpx.Cookies:
    return send(stage, uuid4().hex, "Something else").cookies


@pytest.mark.parametrize("how", [one_after_the_other, all_at_once])
@pytest.mark.parametrize("known", [True, False], ids=["with a cookie", "without"])
def test_ten_times_the_same_id_is_stored_once(
    stage: Stage,
    how: Callable[[Callable[[int], httpx.Response]], list[httpx.Response]],
    known: bool,
) -> None:
    nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
    cookies = asked_before(stage) if known else None
    answers = how(lambda turn: send(stage, nonce, text, cookies))
    assert [answer.status_code for answer in answers] == [201] * TIMES
    said = {(answer.json()["number"], answer.json()["position"]) for answer in answers}
    assert len(said) == 1
    assert [number for number, _ in said] == stored_with(stage, text)


def test_sometimes_with_a_cookie_and_sometimes_without_is_still_one(stage: Stage) -> None:
    nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
    cookies = asked_before(stage)
    answers = all_at_once(lambda turn: send(stage, nonce, text, cookies if turn % 2 else None))
    assert {answer.status_code for answer in answers} == {201}
    assert [*{answer.json()["number"] for answer in answers}] == stored_with(stage, text)


def test_changed_words_under_a_used_id_change_nothing(stage: Stage) -> None:
    nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
    first = send(stage, nonce, text)
    second = send(stage, nonce, "Something quite different")
    assert first.json()["number"] == second.json()["number"]
    assert stored_with(stage, text) == [first.json()["number"]]


def test_a_plain_form_sent_twice_leads_twice_to_the_same_question(stage: Stage) -> None:
    fields = {"id": uuid4().hex, "text": f"May I ask {uuid4().hex}?"}
    with stage.browser() as browser:
        places = [
            browser.post(f"/sessions/{SLUG}/questions", data=fields).headers["location"]
            for _ in range(2)
        ]
        page = browser.get(places[-1]).text
    assert len(set(places)) == 1
    assert page.count(fields["text"]) == 1
    assert len(stored_with(stage, fields["text"])) == 1


def test_whoever_lost_the_answer_still_owns_the_question(stage: Stage) -> None:
    """The first answer brought the cookie and was lost: the second brings the same."""
    nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
    send(stage, nonce, text)
    again = send(stage, nonce, text)
    with stage.browser() as browser:
        browser.cookies.update(again.cookies)
        wait_until(lambda: text in browser.get(f"/sessions/{SLUG}").text)


def test_a_store_that_forgets_the_ids_is_found_out(stage: Stage) -> None:
    """Control: the same two requests, with the fault between them."""
    nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
    send(stage, nonce, text)
    with stage.store() as store:
        assert store.delete(f"askpanel:{{{SLUG}}}:nonces")
    send(stage, nonce, text)
    assert len(stored_with(stage, text)) == 2
