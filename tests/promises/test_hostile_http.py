"""Strangers who speak HTTP slowly, endlessly, ambiguously or not at all, beside people who ask and
read: the server answers once or hangs up, stays small, writes nothing of it, and serves the people
as before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from tests.promises.company import MIB, Company, Scales, Watch, besetting, besieged, company
from tests.promises.knocking import Slow, answer, knock
from tests.promises.stage import Stage
from tests.service import SLUG

MANY = 200
HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /health/live HTTP/1.1\r\n" + HOST
POST = f"POST /sessions/{SLUG}/questions HTTP/1.1\r\n".encode() + HOST
SECOND = b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n"
UPGRADE = (
    f"GET /sessions/{SLUG}/live HTTP/1.1\r\n".encode()
    + HOST
    + (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    )
)
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with besieged() as running:
        yield running


@pytest.fixture(scope="module")
def beside(stage: Stage) -> Iterator[tuple[Company, Watch]]:
    with company(stage) as people:
        yield people


@pytest.fixture(autouse=True)
def nobody_notices(stage: Stage, beside: tuple[Company, Watch]) -> Iterator[None]:
    """Neither the people, nor the log, nor the machine's memory."""
    honest, calm = beside
    scales, logged = Scales(stage), stage.logged
    scales.reset()
    honest.look()
    yield
    honest.go_on(2)
    assert honest.look().harm_since(calm) == []
    assert scales.gain() < 30 * MIB
    assert stage.logged == logged


SLOW = {
    "silent": (b"", b"", b""),
    "a head": (b"GET / HTTP/1.1\r\nX: ", b"y", b"HTTP/1.1 408 "),
    "headers": (b"GET / HTTP/1.1\r\n", b"X: y\r\n", b"HTTP/1.1 408 "),
    "a body": (POST + b"Content-Length: 9999\r\n\r\n", b"x", b"HTTP/1.1 408 "),
    "chunks": (POST + CHUNKED + b"\r\n", b"1\r\nx\r\n", b"HTTP/1.1 408 "),
    "an upgrade": (UPGRADE, b"X: y\r\n", b"HTTP/1.1 408 "),
}


@pytest.mark.parametrize("kind", SLOW)
def test_two_hundred_who_say_nothing_or_never_finish_are_all_cut(stage: Stage, kind: str) -> None:
    start, drip, expected = SLOW[kind]
    for said in Slow(stage.port, MANY, start, drip).wait_for_the_end():
        assert said.startswith(expected)
        assert said.count(b"HTTP/1.1 ") == bool(expected)


FLOODS = {
    "many headers": (GET + b"X: y\r\n" * 20_000 + b"\r\n", b"431"),
    "an endless header": (GET + b"X: " + b"y" * 2 * MIB, b"431"),
    "an endless address": (b"GET /" + b"y" * 2 * MIB, b"414"),
    "an endless method": (b"A" * 2 * MIB, b"400"),
    "20 KB of header on an upgrade": (UPGRADE + b"X: " + b"y" * 20_480 + b"\r\n\r\n", b"431"),
    "many headers on an upgrade": (UPGRADE + b"X: y\r\n" * 1000 + b"\r\n", b"431"),
    "an endless chunk extension": (POST + CHUNKED + b"\r\n1;" + b"y" * 2 * MIB, b"431"),
    "endless trailers": (POST + CHUNKED + b"\r\n0\r\n" + b"X: y\r\n" * 50_000, b"4"),
    "a question without an end": (
        POST + b"Content-Length: 4000000\r\n\r\ntext=" + b"y" * 3_999_995,
        b"413",
    ),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_is_answered_once(stage: Stage, beside: tuple[Company, Watch], kind: str) -> None:
    data, status = FLOODS[kind]
    data = data.replace(HOST, HOST + b"Connection: close\r\n") if kind.endswith("end") else data
    said: list[bytes] = []
    with besetting(lambda: said.append(answer(stage.port, data))):
        beside[0].go_on(4)
    for each in said:
        assert each.startswith(b"HTTP/1.1 " + status)
        assert each.count(b"HTTP/1.1 ") == 1


AMBIGUOUS = {
    "length and chunks": POST + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and length": POST + CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 50\r\n\r\nabcd",
    "the same length twice": POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": POST + b"Content-Length: 4, 4\r\n\r\nabcd",
    "a length with a sign": POST + b"Content-Length: +4\r\n\r\nabcd",
    "a length in hexadecimal": POST + b"Content-Length: 0x4\r\n\r\nabcd",
    "a length beyond all numbers": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\nabcd",
    "chunked twice": POST + CHUNKED * 2 + b"\r\n0\r\n\r\n",
    "chunked and then something": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding behind a control character": POST
    + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a coding before a space": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a coding on the next line": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a length on two lines": POST + b"Content-Length: 4\r\n 0\r\n\r\nabcd",
    "lines that end in LF": POST.replace(b"\r\n", b"\n") + b"Content-Length: 4\n\nabcd",
    "a CR within a line": POST + b"X: a\rContent-Length: 50\r\n\r\n",
    "a NUL in a header": POST + b"X: a\0b\r\n\r\n",
    "a chunk of no size": POST + CHUNKED + b"\r\nxyz\r\n\r\n",
    "a chunk of less than nothing": POST + CHUNKED + b"\r\n-1\r\n\r\n",
    "a chunk with 0x": POST + CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk beyond all numbers": POST + CHUNKED + b"\r\n" + b"f" * 18 + b"\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than it says": POST + CHUNKED + b"\r\n3\r\nhello\r\n0\r\n\r\n",
    "a chunk after LF": POST + CHUNKED + b"\r\n5\nhello\n0\n\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + b"Host: elsewhere\r\n\r\n",
}


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_what_two_servers_could_read_differently_is_refused(stage: Stage, kind: str) -> None:
    """So nobody behind a proxy can hide one request in another."""
    said = answer(stage.port, AMBIGUOUS[kind] + SECOND)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1
    assert b"\r\nconnection: close\r\n" in said


STRANGE = {
    "a method that nobody has": (b"BREW / HTTP/1.1\r\n", b"400"),
    "a method in small letters": (b"get / HTTP/1.1\r\n", b"400"),
    "another protocol's method": (b"M-SEARCH * HTTP/1.1\r\n", b"404"),
    "TRACE": (b"TRACE / HTTP/1.1\r\n", b"405"),
    "DELETE": (b"DELETE / HTTP/1.1\r\n", b"405"),
    "CONNECT": (b"CONNECT example.org:443 HTTP/1.1\r\n", b"400"),
    "everything's options": (b"OPTIONS * HTTP/1.1\r\n", b"404"),
    "HTTP/0.9": (b"GET /\r\n", b"505"),
    "HTTP/3.7": (b"GET / HTTP/3.7\r\n", b"400"),
    "SSH": (b"SSH-2.0-OpenSSH_9.9\r\n", b"400"),
    "SMTP": (b"HELO example.org\r\nMAIL FROM:<sam@example.org>\r\n", b"400"),
    "RTSP": (b"PLAY rtsp://example.org/ RTSP/1.0\r\n", b"4"),
    "noise": (bytes(range(256)) * 16, b"400"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_request_of_ours_is_answered_plainly(stage: Stage, kind: str) -> None:
    line, status = STRANGE[kind]
    further = b"" if status == b"505" else HOST + b"Connection: close\r\n"
    said = answer(stage.port, line + further + b"\r\n")
    assert said.startswith(b"HTTP/1.1 " + status)
    assert b"TRACE" not in said


def pipeline(port: int) -> None:
    """Thousands of requests at once, whose answers nobody reads."""
    with knock(port, receive_buffer=2048) as sock:
        try:
            sock.sendall((GET + b"\r\n") * 20_000)
            while sock.recv(65536):
                pass
        except ConnectionError:
            return


def test_thousands_of_requests_in_one_breath_cost_next_to_nothing(
    stage: Stage, beside: tuple[Company, Watch]
) -> None:
    with besetting(partial(pipeline, stage.port), at_once=4):
        beside[0].go_on(8)


def test_a_few_requests_in_one_breath_are_answered_in_turn(stage: Stage) -> None:
    said = answer(stage.port, (GET + b"\r\n") * 8 + GET + b"Connection: close\r\n\r\n")
    assert said.count(b"HTTP/1.1 200 ") == 9


# Control


def test_a_server_that_never_loses_patience_is_found_out() -> None:
    with besieged("patient") as faulty:
        slow = Slow(faulty.port, 3, *SLOW["a head"][:2])
        with pytest.raises(AssertionError, match="were not cut off"):
            slow.wait_for_the_end(within=3.5)
