"""Scripts that ask without a pause, and one address that would have every socket: each meets its
limit in plain words, and nobody elsewhere meets it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from uuid import uuid4

import httpx
import pytest

from tests.autobahn.client import Client, Refused
from tests.promises.company import (
    MIB,
    Company,
    Scales,
    Watch,
    besetting,
    besieged,
    company,
    door,
    intruder,
    metric,
    soon,
)
from tests.promises.knocking import STRANGER
from tests.promises.stage import Stage
from tests.service import NO_TLS, SLUG

A_MINUTE, A_NETWORK = 40, 400
"""Questions: of one participant, and of one network."""
SOCKETS = 100
SCHOOL, ELSEWHERE = "127.0.0.67", "127.0.0.77"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    limits = {"QUESTIONS_PER_MINUTE": str(A_MINUTE), "SOCKETS_PER_CLIENT": str(SOCKETS)}
    with besieged(limits={}, **limits) as running:
        yield running


@pytest.fixture
def beside(stage: Stage) -> Iterator[tuple[Company, Watch]]:
    with company(stage) as people:
        yield people


def browser(stage: Stage, source: str) -> httpx.Client:
    """Somebody's, at an address of the loopback."""
    return httpx.Client(
        base_url=stage.url,
        headers={"Origin": stage.url, "Accept": "application/json"},
        transport=httpx.HTTPTransport(verify=NO_TLS, local_address=source),
        timeout=15,
    )


def ask(client: httpx.Client) -> httpx.Response:
    form = {"id": uuid4().hex, "text": f"Buy {uuid4().hex}"}
    return client.post(f"/sessions/{SLUG}/questions", data=form)


def is_told_to_wait(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.json()["error"] == "wait"
    assert answer.json()["message"].startswith("You have sent several questions quickly.")


def test_a_script_that_asks_without_pause_has_its_minute_and_then_waits(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    honest, calm = beside
    scales, logged, statuses = Scales(stage), stage.logged, Counter[int]()
    with browser(stage, STRANGER) as script, browser(stage, STRANGER) as neighbour:
        scales.reset()
        honest.look()

        def ask_once() -> None:
            answer = ask(script)
            statuses[answer.status_code] += 1

        ask_once()  # and has a cookie
        with besetting(ask_once, at_once=1):
            honest.go_on(8)
        while statuses[429] < 10:
            ask_once()
        assert statuses == {201: A_MINUTE, 429: statuses[429]}
        is_told_to_wait(ask(script))
        # Refused tries take nothing from others at the same address.
        assert ask(neighbour).status_code == 201
        assert script.get(f"/sessions/{SLUG}").status_code == 200
    assert honest.look().harm_since(calm) == []
    assert scales.gain() < 20 * MIB
    assert stage.logged == logged


def test_a_script_that_forgets_its_cookie_meets_the_limit_of_its_network(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    honest, calm = beside
    statuses = Counter[int]()
    honest.look()
    with browser(stage, SCHOOL) as script, browser(stage, ELSEWHERE) as alex:
        ends = time.monotonic() + 60
        while not statuses[429] and time.monotonic() < ends:
            script.cookies.clear()
            last = ask(script)
            statuses[last.status_code] += 1
        assert statuses == {201: A_NETWORK, 429: 1}
        is_told_to_wait(last)
        assert ask(alex).status_code == 201
    assert honest.look().harm_since(calm) == []


def open_many(stage: Stage, path: str, stack: ExitStack, refusals: list[str]) -> list[Client]:
    """A thousand tries from one address."""
    found = []
    for _ in range(1000):
        try:
            client = intruder(stage, path)
        except Refused as refusal:
            refusals.append(str(refusal))
        else:
            stack.enter_context(client.sock)
            found.append(client)
    return found


def test_one_address_has_so_many_sockets_and_others_have_theirs(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    honest, calm = beside
    scales, logged, path = Scales(stage), stage.logged, door(stage)
    refusals: list[str] = []
    scales.reset()
    honest.look()
    with ExitStack() as stack:
        assert len(open_many(stage, path, stack, refusals)) == SOCKETS
        assert set(refusals) == {"HTTP/1.1 429 Too Many Requests"}
        alex = intruder(stage, path, source=ELSEWHERE)
        with alex.sock:
            alex.await_events(1)
            assert alex.events
        assert metric(stage, "askpanel_sockets") >= SOCKETS
        honest.go_on(2)
    assert honest.look().harm_since(calm) == []
    assert scales.gain() < 20 * MIB
    assert stage.logged == logged
    with intruder_back(stage, path).sock:  # when the others have gone
        pass


def test_those_who_come_and_go_without_a_word_leave_nothing_behind(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    honest, calm = beside
    scales, logged, path = Scales(stage), stage.logged, door(stage)
    visits: list[int] = []

    def visit() -> None:
        client = intruder(stage, path, source=SCHOOL)
        visits.append(client.sock.fileno())
        client.sock.close()

    scales.reset()
    honest.look()
    with besetting(visit):
        honest.go_on(8)
        assert soon(lambda: len(visits) > 200)
    assert honest.look().harm_since(calm) == []
    assert soon(lambda: metric(stage, "askpanel_sockets") == 1)
    assert scales.gain() < 20 * MIB
    assert stage.logged == logged


def intruder_back(stage: Stage, path: str) -> Client:
    """The same address again, as soon as it is let in."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with suppress(Refused):
            return intruder(stage, path)
    raise AssertionError("it is kept out for ever")


# Control


def test_a_server_that_does_not_count_is_found_out() -> None:
    with (
        besieged("generous", QUESTIONS_PER_MINUTE="3", SOCKETS_PER_CLIENT="3") as faulty,
        browser(faulty, STRANGER) as script,
        ExitStack() as stack,
    ):
        assert {ask(script).status_code for _ in range(6)} == {201}
        path = door(faulty)
        for _ in range(6):
            stack.enter_context(intruder(faulty, path).sock)
