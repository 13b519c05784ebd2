"""P16. The protocol as RFC 6455 and RFC 7692 have it, by the cases of the Autobahn test suite: not
one fails, and nothing that is valid ends in 1011."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.frames import Frame

from askpanel.chat.wire import SocketWire, server_config
from tests.autobahn import closing, framing, text, volume
from tests.autobahn.case import PASSED, Case, Verdict
from tests.chat.serving import Listener
from tests.engines import wait_until

CASES = [*framing.CASES, *text.CASES, *closing.CASES, *volume.CASES]
BY_NUMBER = {case.number: case for case in CASES}


class Roomy(SocketWire):
    """Ours, but for how much it takes from one peer."""

    frame_allowance = 10**9


async def echoing(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: say everything again."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        await send({**message, "type": "websocket.send"})


@contextmanager
def served(wire: type[SocketWire]) -> Iterator[int]:
    """An echo by our protocol in a thread of its own; gives its port."""
    config = server_config(
        echoing,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        ws=wire,
        ws_max_size=volume.LARGEST,
        ws_ping_interval=None,
    )
    server = uvicorn.Server(config)

    def run() -> None:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = Listener()
    with served(Roomy) as number, listener.listening():
        yield number
        assert listener.lines == []


def test_there_are_as_many_cases_as_autobahn_has() -> None:
    assert len(BY_NUMBER) == len(CASES) == 517


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_no_case_fails(port: int, case: Case) -> None:
    assert case.judge(port) in PASSED


def test_what_is_not_text_is_told_apart_from_text_by_the_cases_themselves() -> None:
    for valid, payloads in text.TABLE:
        for payload in payloads:
            assert valid is None or text.readable(payload) is valid, payload


# Controls: each fault is seen by some cases, and by no others.


class Lenient(Roomy):
    """Reads what is not UTF-8 as best it can."""

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames).decode(errors="replace").encode()]
        super().send_receive_event_to_app()


class Mute(Roomy):
    """Answers no ping."""

    def handle_ping(self) -> None:
        self.conn.data_to_send()


class Confused(Roomy):
    """Ends what is valid with 1011."""

    def handle_close(self, event: Frame) -> None:
        self.conn.data_to_send()
        self.transport.write(b"\x88\x02\x03\xf3")
        self.transport.close()


class Deaf(Roomy):
    """Drops the connection where it should say why."""

    def handle_parser_exception(self) -> None:
        self.conn.data_to_send()
        self.transport.close()


@pytest.mark.parametrize(
    ("wire", "number", "verdict"),
    [
        (Lenient, "6.3.1", Verdict.FAILED),
        (Lenient, "6.16.1", Verdict.FAILED),
        (Lenient, "6.23.1", Verdict.OK),
        (Mute, "2.1", Verdict.FAILED),
        (Mute, "5.6", Verdict.FAILED),
        (Mute, "1.1.1", Verdict.OK),
        (Confused, "1.1.1", Verdict.WRONG_CODE),
        (Confused, "7.7.1", Verdict.WRONG_CODE),
        (Confused, "3.1", Verdict.OK),
    ],
)
def test_a_fault_is_seen(wire: type[SocketWire], number: str, verdict: Verdict) -> None:
    with served(wire) as port:
        assert BY_NUMBER[number].judge(port, patience=1.0) == verdict
