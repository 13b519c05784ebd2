"""P9. Told to stop, the program is gone within five seconds, and a deploy loses nothing.

What is being answered is answered; nobody new is let in; sockets are closed with a code that
says when to come back, spread over two seconds; and whoever comes back goes on where they were.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.engines import start_engine, wait_until
from tests.promises.asking import PATH, asking, faults_of, more
from tests.promises.line import Line, dial, place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG

SOON = 5.0
"""Seconds."""
CROWD = 40
STEP = 10
RETRY_SECONDS = 6
ANSWER: dict[str, Any] = {"text": "Yes.", "lang": "en"}


class Goodbye(NamedTuple):
    """How a socket was closed, and how many seconds after the program was told to stop."""

    code: int
    reason: str
    seconds: float


def begin_stop(stage: Stage) -> float:
    """Tell it to stop; gives the moment."""
    assert stage.process is not None
    stage.process.send_signal(signal.SIGTERM)
    return time.monotonic()


def stop(stage: Stage) -> float:
    """Stop it as an operator does; gives the seconds until the whole program was gone."""
    began = begin_stop(stage)
    stage.stop()
    return time.monotonic() - began


def place(stage: Stage) -> tuple[int, str]:
    with stage.browser() as browser:
        return place_of(browser.get(f"/sessions/{SLUG}").text)


def accepts(stage: Stage) -> bool:
    """Whether it still takes connections."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", stage.port), 1):
        return True
    return False


class Panel:
    """Asha and Morgan at work: `publish` puts one more answer into the transcript."""

    def __init__(self, stage: Stage) -> None:
        self._asha, self._morgan = stage.staff("asha"), stage.staff("morgan")
        self._stage, self.published = stage, list[int]()

    def publish(self) -> None:
        number = next(q.number for q in self._stage.snapshot().questions if q.state == "pending")
        for answer in (
            self._asha.command(number, "approve"),
            self._morgan.command(number, "claim"),
            self._morgan.command(number, "answer", **ANSWER),
        ):
            assert answer.status_code == 200, answer.text
        self.published.append(number)


def deploy(stage: Stage, workers: int, patience: float = 15) -> list[str]:
    """A new version under everybody's hands; every way in which that was noticed, in words."""
    found: list[str] = []
    here, panel = place(stage), Panel(stage)
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(stage, *here)) for _ in range(6)]
        with asking(stage.url, clients=2) as book:
            wait_until(more(book, STEP))
            panel.publish()
            seconds = stop(stage)
            if seconds > SOON:
                found.append(f"it took {seconds:.1f} seconds to stop")
            stage.start(workers=workers)
            panel.publish()
            wait_until(more(book, STEP))
            panel.publish()
        with suppress(AssertionError):
            wait_until(lambda: all(len(each.appended()) >= 3 for each in lines), seconds=patience)
    for line in lines:
        found += line.faults
        if line.appended() != panel.published:
            found.append(f"a reader got {line.appended()} instead of {panel.published}")
        if line.dialled < 2:
            found.append("a reader was not closed")
    return found + faults_of(book, stage.snapshot().questions) + book.strange


@pytest.mark.parametrize("workers", [1, 2])
def test_a_deploy_in_the_middle_of_everything_loses_and_doubles_nothing(workers: int) -> None:
    with staged(workers=workers) as stage:
        assert deploy(stage, workers) == []


@contextmanager
def asking_slowly(stage: Stage) -> Iterator[socket.socket]:
    """Somebody whose question is half sent."""
    body = urlencode({"id": uuid4().hex, "text": "What if the server stops just now?"})
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{stage.port}\r\nOrigin: {stage.url}\r\n"
        "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", stage.port), 5) as line:
        line.sendall((head + body[:10]).encode())
        yield line
        line.sendall(body[10:].encode())
        answer = b""
        with suppress(ConnectionResetError):
            while more_of_it := line.recv(4096):
                answer += more_of_it
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"\r\nconnection: close\r\n" in answer


@contextmanager
def acquainted(stage: Stage, count: int) -> Iterator[list[httpx.Client]]:
    """Proxies, each with a connection that it keeps."""
    with ExitStack() as stack:
        clients = [stack.enter_context(stage.browser()) for _ in range(count)]
        for client in clients:
            assert client.get("/health/ready").text == "ready\n"
        yield clients


def finishes_what_it_has_begun(stage: Stage) -> None:
    with asking_slowly(stage), acquainted(stage, 5) as proxies:
        begin_stop(stage)
        wait_until(lambda: not accepts(stage))
        answers = []
        for proxy in proxies:
            with suppress(httpx.TransportError):
                answers.append(proxy.get("/health/ready"))
        assert {(each.status_code, each.text) for each in answers} == {(503, "draining\n")}
        assert all(each.headers["connection"] == "close" for each in answers)
    stage.stop()
    stage.start()
    assert [q.text for q in stage.snapshot().questions] == ["What if the server stops just now?"]


def test_what_is_under_way_is_answered_and_nobody_new_is_let_in() -> None:
    # With time enough that a kept connection is not closed just before it is used.
    with staged(DRAIN_SECONDS="30") as stage:
        finishes_what_it_has_begun(stage)


def goodbyes(stage: Stage) -> tuple[list[Goodbye], float]:
    """What a crowd hears when the program stops, and how long that took it."""
    position, epoch = place(stage)
    heard: list[Goodbye] = []
    began = 0.0

    def listen(line: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                line.recv()
        end = line.protocol.close_rcvd
        assert end is not None
        heard.append(Goodbye(end.code, end.reason, time.monotonic() - began))

    with ExitStack() as stack:
        path = f"/sessions/{SLUG}/live?after={position}&epoch={epoch}"
        lines = [stack.enter_context(dial(stage, path)) for _ in range(CROWD)]
        listeners = [Thread(target=listen, args=(line,), daemon=True) for line in lines]
        for listener in listeners:
            listener.start()
        began = begin_stop(stage)
        for listener in listeners:
            listener.join(timeout=2 * SOON)
        stage.stop()
    return heard, time.monotonic() - began


def are_spread(heard: list[Goodbye], seconds: float) -> None:
    """Everybody hears when to come back, and not all at the same moment."""
    assert len(heard) == CROWD
    assert {each.code for each in heard} == {1012}
    waits = {each.reason for each in heard}
    assert waits <= {f"retry={seconds}" for seconds in range(RETRY_SECONDS)}
    assert len(waits) > RETRY_SECONDS // 2
    moments = sorted(each.seconds for each in heard)
    assert moments[-1] - moments[0] > 0.8
    assert max(late - early for early, late in pairwise(moments)) < 1.0
    assert seconds < SOON


def test_a_crowd_is_sent_away_over_two_seconds_and_told_when_to_come_back() -> None:
    with staged() as stage:
        are_spread(*goodbyes(stage))


def test_a_reader_who_does_not_even_say_goodbye_holds_nobody_up() -> None:
    with staged() as stage, socket.create_connection(("127.0.0.1", stage.port), 5) as line:
        position, epoch = place(stage)
        line.sendall(
            f"GET /sessions/{SLUG}/live?after={position}&epoch={epoch} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{stage.port}\r\nOrigin: {stage.url}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert line.recv(4096).startswith(b"HTTP/1.1 101 ")
        assert stop(stage) < SOON
        assert "graceful" not in stage.logged


def test_workers_are_replaced_one_by_one_and_the_door_is_never_closed() -> None:
    """SIGHUP: a new version of the code, with `--workers`, while people ask."""
    with staged(workers=2) as stage:
        assert stage.process is not None
        program = psutil.Process(stage.process.pid)

        def is_worker(process: psutil.Process) -> bool:
            with suppress(psutil.Error):
                return "spawn_main" in str(process.cmdline())
            return False

        def workers() -> set[int]:
            return {each.pid for each in program.children() if is_worker(each)}

        before, refused = workers(), 0
        assert len(before) == 2
        here, panel = place(stage), Panel(stage)
        with Line(stage, *here) as line, asking(stage.url, clients=2) as book:
            wait_until(more(book, STEP))
            stage.process.send_signal(signal.SIGHUP)

            def replaced() -> bool:
                nonlocal refused
                refused += not accepts(stage)
                return len(workers()) == 2 and not workers() & before

            wait_until(replaced, seconds=90)
            wait_until(more(book, STEP))
            panel.publish()
            wait_until(lambda: line.appended() or line.faults)
        assert refused == 0
        assert line.appended() == panel.published
        assert line.faults == []
        assert faults_of(book, stage.snapshot().questions) == []
        assert book.strange == []


def test_the_private_engine_goes_last_and_leaves_nothing_behind() -> None:
    with staged(workers=2) as stage:
        engine = psutil.Process(stage.engine_pid)
        assert stop(stage) < SOON
        assert not engine.is_running()
        assert not accepts(stage)


# Controls


def test_a_program_that_forgets_what_came_in_the_pause_is_found_out() -> None:
    with start_engine() as engine, staged(engine=engine, fault="amnesiac") as stage:
        assert deploy(stage, 1, patience=2)


def test_a_program_that_hangs_up_on_whoever_is_asking_is_found_out() -> None:
    with staged(fault="abrupt") as stage, pytest.raises(AssertionError):
        finishes_what_it_has_begun(stage)


def test_a_program_that_sends_everybody_away_at_once_is_found_out() -> None:
    with staged(fault="abrupt") as stage, pytest.raises(AssertionError):
        are_spread(*goodbyes(stage))
