"""P14. Ten guesses at a password in five minutes, whoever guesses and from wherever."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.promises.stage import Stage, staged
from tests.service import PASSWORD, StaffClient

MOST = 10
WINDOW = 300
"""Seconds."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """With two workers, which count together."""
    with staged(workers=2) as running:
        yield running


def guess(stage: Stage, username: str, password: str, language: str = "") -> httpx.Response:
    """On a connection of its own, as somebody with many machines would."""
    with stage.browser() as browser:
        form = {"username": username, "password": password}
        return browser.post(f"{language}/staff/sign-in", data=form)


def guesses(stage: Stage, username: str, count: int = MOST) -> list[int]:
    return [guess(stage, username, f"wrong number {n}").status_code for n in range(count)]


def words(answer: httpx.Response, username: str) -> str:
    """A page without what differs by username."""
    return re.sub(r"\s+", " ", answer.text.replace(username, "…"))


def test_after_ten_guesses_the_eleventh_has_to_wait(stage: Stage) -> None:
    assert guesses(stage, "asha") == [401] * MOST
    for password in ("wrong again", PASSWORD):
        answer = guess(stage, "asha", password)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= WINDOW
        assert "set-cookie" not in answer.headers
    assert guess(stage, "asha", PASSWORD, "/cy").status_code == 429
    for spelling in ("ASHA", " asha ", "Asha"):
        assert guess(stage, spelling, PASSWORD).status_code == 429


def test_another_account_is_not_held_up(stage: Stage) -> None:
    guesses(stage, "lucy")
    with StaffClient(stage.url) as bea:
        assert bea.sign_in("bea").status_code == 303
        assert bea.get("/staff").status_code == 200


def test_whoever_is_signed_in_stays_so(stage: Stage) -> None:
    with StaffClient(stage.url) as hana:
        assert hana.sign_in("hana").status_code == 303
        guesses(stage, "hana")
        assert guess(stage, "hana", PASSWORD).status_code == 429
        assert hana.get("/staff").status_code == 200


def test_a_known_and_an_unknown_name_hear_the_same(stage: Stage) -> None:
    for count in range(MOST + 1):
        known = guess(stage, "morgan", f"wrong number {count}")
        unknown = guess(stage, "nobody-here", f"wrong number {count}")
        assert known.status_code == unknown.status_code == (401 if count < MOST else 429)
        assert words(known, "morgan") == words(unknown, "nobody-here")
        assert set(known.headers) == set(unknown.headers)


def test_a_known_and_an_unknown_name_take_the_same_work(stage: Stage) -> None:
    """The least of several, in turn, because anything else only says how busy the machine is.
    Checking a password takes twenty times as long as the rest of a request."""
    least = {"bea": math.inf, "another-stranger": math.inf}
    for count in range(8):
        for username, seconds in least.items():
            began = time.perf_counter()
            assert guess(stage, username, f"wrong {count}").status_code == 401
            least[username] = min(seconds, time.perf_counter() - began)
    known, unknown = least.values()
    assert known / 3 < unknown < known * 3


def test_a_program_that_never_loses_patience_is_found_out() -> None:
    """Control: the same guesses, where nobody counts them."""
    with staged(fault="patient") as faulty:
        assert guesses(faulty, "asha", MOST + 1) == [401] * (MOST + 1)
        assert guess(faulty, "asha", PASSWORD).status_code == 303
