"""P15. Whose sign-in ends loses every socket at once, everywhere, and decides nothing more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.engines import wait_until
from tests.promises.line import cookie_of, dial, frames_until, place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG, StaffClient

ATONCE = 3.0
"""Seconds: each process looks into the staff log without a pause, but the machine may be busy."""
MOST_DIALLED = 40
TRIAGE = f"/staff/sessions/{SLUG}/live?view=triage"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(workers=2) as running:
        yield running


@pytest.fixture
def bea(stage: Stage) -> Iterator[StaffClient]:
    """A colleague, whom nothing of this concerns."""
    with closing(stage.staff("bea")) as client:
        yield client


def place(stage: Stage) -> tuple[int, str]:
    with stage.browser() as browser:
        return place_of(browser.get(f"/sessions/{SLUG}").text)


def attend(stage: Stage, cookie: str) -> ClientConnection:
    """One socket at the triage screen."""
    position, epoch = place(stage)
    return dial(stage, f"{TRIAGE}&after={position}&epoch={epoch}", cookie=cookie)


def workers_of(stage: Stage, lines: list[ClientConnection]) -> set[int]:
    """The processes that serve these sockets."""
    assert stage.process is not None
    ours = {line.local_address[1] for line in lines}
    return {
        process.pid
        for process in psutil.Process(stage.process.pid).children(recursive=True)
        for each in process.net_connections("tcp")
        if getattr(each.raddr, "port", 0) in ours and each.laddr.port == stage.port
    }


def attend_everywhere(
    stage: Stage, client: StaffClient, stack: ExitStack
) -> list[ClientConnection]:
    """So many sockets that each of two processes has one."""
    lines: list[ClientConnection] = []
    while len(lines) < 4 or len(workers_of(stage, lines)) < 2:
        assert len(lines) < MOST_DIALLED
        lines.append(stack.enter_context(attend(stage, cookie_of(client))))
        assert lines[-1].recv(timeout=5)
    return lines


def closed_with(line: ClientConnection) -> int:
    """The code that a socket is closed with at once, whatever else comes first."""
    try:
        while True:
            line.recv(timeout=ATONCE)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006
    except TimeoutError:
        return 0


def sign_out(stage: Stage, client: StaffClient) -> None:
    assert client.post("/staff/sign-out", data={"csrf": client.csrf}).status_code == 303


def sign_out_everywhere(stage: Stage, client: StaffClient) -> None:
    answer = client.post("/staff/sign-out-everywhere", data={"csrf": client.csrf})
    assert answer.status_code == 303


def disable(stage: Stage, client: StaffClient) -> None:
    stage.disable("asha")


def enable_again(stage: Stage) -> None:
    assert stage.run("staff", "enable", "asha").returncode == 0


@pytest.mark.parametrize("end", [sign_out, sign_out_everywhere, disable])
def test_every_socket_of_hers_closes_and_nobody_elses(
    stage: Stage, bea: StaffClient, end: Callable[[Stage, StaffClient], None]
) -> None:
    with closing(stage.staff("asha")) as asha, ExitStack() as stack, stage.participant() as sam:
        number = sam.ask("May I?").json()["number"]
        hers = attend_everywhere(stage, asha, stack)
        others = attend_everywhere(stage, bea, stack)
        position, epoch = place(stage)
        path = f"/sessions/{SLUG}/live?after={position}&epoch={epoch}"
        others.append(stack.enter_context(dial(stage, path)))
        token = dict(asha.cookies)
        end(stage, asha)
        assert [closed_with(line) for line in hers] == [4001] * len(hers)
        # Everybody else hears the next thing that happens.
        approved = bea.command(number, "approve").json()["position"]
        for line in others:
            assert frames_until(line, approved)[-1]["position"] == approved
        asha.cookies.clear()
        asha.cookies.update(token)
        decides_nothing(stage, asha, number)
    if end is disable:
        with StaffClient(stage.url) as again:
            assert again.sign_in("asha").status_code == 401
        enable_again(stage)


def decides_nothing(stage: Stage, asha: StaffClient, number: int) -> None:
    """With the cookie and the token of before: nothing to decide, to read, or to hear."""
    before = stage.question(number)
    refused = asha.command(number, "restore")
    assert refused.status_code == 401
    assert refused.json()["message"]
    assert asha.command(number, "restore", json=False).status_code == 401
    assert stage.question(number) == before
    assert asha.get("/staff").status_code == 303
    with attend(stage, cookie_of(asha)) as line:
        assert closed_with(line) == 4001


def test_signing_out_on_one_device_leaves_the_other(stage: Stage) -> None:
    with closing(stage.staff("asha")) as phone, closing(stage.staff("asha")) as desk:
        with attend(stage, cookie_of(phone)) as one, attend(stage, cookie_of(desk)) as other:
            sign_out(stage, phone)
            assert closed_with(one) == 4001
            assert closed_with(other) == 0
        assert desk.get("/staff").status_code == 200


def test_signing_out_while_a_socket_opens_leaves_none_open(stage: Stage) -> None:
    """Whichever comes first, many times over. One that is cut before it was accepted is refused
    with 503; it dials again, as the page does, and then hears why."""
    for _ in range(8):
        with closing(stage.staff("hana")) as hana, ExitStack() as stack:
            assert hana.csrf
            cookie, lines = cookie_of(hana), []
            leaving = threading.Thread(target=sign_out, args=(stage, hana))
            for turn in range(4):
                if turn == 2:
                    leaving.start()
                try:
                    lines.append(stack.enter_context(attend(stage, cookie)))
                except InvalidStatus:
                    leaving.join()
                    lines.append(stack.enter_context(attend(stage, cookie)))
            leaving.join()
            assert {closed_with(line) for line in lines} == {4001}


def opens_while_signing_out(fault: str) -> int:
    """The code that a socket is closed with whose owner signs out just after the first look at
    the sign-in, in a program that waits there until that has been heard; 0 if it stays open."""
    with staged(fault=fault) as slow, closing(slow.staff("asha")) as asha:
        codes: list[int] = []
        cookie = cookie_of(asha)

        def open_one() -> None:
            with attend(slow, cookie) as line:
                codes.append(closed_with(line))

        opening = threading.Thread(target=open_one)
        opening.start()
        wait_until(lambda: "looked at a sign-in" in slow.logged)
        sign_out(slow, asha)
        opening.join()
        return codes[0]


def test_a_sign_out_between_the_look_and_the_joining_is_heard() -> None:
    assert opens_while_signing_out("dawdling") == 4001


# Controls


def test_a_socket_that_trusts_its_first_look_is_found_out() -> None:
    assert opens_while_signing_out("trusting") == 0


def test_a_program_that_does_not_listen_to_the_staff_log_is_found_out() -> None:
    with (
        staged(fault="deaf") as faulty,
        closing(faulty.staff("asha")) as asha,
        attend(faulty, cookie_of(asha)) as line,
    ):
        sign_out(faulty, asha)
        assert closed_with(line) == 0
