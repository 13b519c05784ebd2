"""Two processes serve one session, and a claim lasts for ten seconds."""

from __future__ import annotations

import json
from contextlib import ExitStack

import psutil
from playwright.sync_api import expect
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.browser.live.people import House
from tests.service import NONCE, SLUG, Participant, Service

WORKERS = 2
SETTINGS = {"LEASE_SECONDS": "10"}
MOST_DIALLED = 60


def worker_of(service: Service, port: int) -> int:
    """The process id of the worker at the other end of a connection from a local port."""
    assert service.process is not None
    for worker in psutil.Process(service.process.pid).children():
        for line in worker.net_connections("tcp"):
            if getattr(line.raddr, "port", 0) == port:  # a listening one has none
                return worker.pid
    raise AssertionError(f"no worker holds the connection from port {port}")


def line_to_each(service: Service, stack: ExitStack) -> dict[int, ClientConnection]:
    """A reader's socket to each worker, by the worker's process id."""
    with service.participant() as reader:
        page = reader.page()
    position = page.partition('data-position="')[2].partition('"')[0]
    epoch = page.partition('data-epoch="')[2].partition('"')[0]
    address = f"{service.socket_url}/sessions/{SLUG}/live?after={position}&epoch={epoch}"
    lines: dict[int, ClientConnection] = {}
    for _ in range(MOST_DIALLED):
        line = stack.enter_context(connect(address, origin=Origin(service.url)))
        lines.setdefault(worker_of(service, line.local_address[1]), line)
        if len(lines) == WORKERS:
            return lines
    raise AssertionError(f"every one of {MOST_DIALLED} sockets went to one worker")


def asker_at(service: Service, worker: int, stack: ExitStack) -> tuple[Participant, str]:
    """Somebody whose connection leads to this worker, and the nonce of their page."""
    for _ in range(MOST_DIALLED):
        asker = stack.enter_context(service.participant())
        shown = asker.get(f"/sessions/{SLUG}")
        stream = shown.extensions["network_stream"]
        if worker_of(service, stream.get_extra_info("client_addr")[1]) == worker:
            return asker, NONCE.findall(shown.text)[0]
    raise AssertionError(f"none of {MOST_DIALLED} connections went to worker {worker}")


def heard(line: ClientConnection, words: str) -> bool:
    """Whether these words come down the line before it falls silent."""
    while True:
        frame = json.loads(line.recv(timeout=15))
        if any(words in html for _, _, html in frame.get("ops", [])):
            return True


def test_what_one_worker_takes_is_seen_by_sockets_on_both(house: House) -> None:
    service = house.service
    asha = house.colleague("asha", "triage")
    alex = house.reader()
    with ExitStack() as stack:
        lines = line_to_each(service, stack)
        for turn, worker in enumerate(lines):
            words = f"Sent to worker {turn}?"
            asker, nonce = asker_at(service, worker, stack)
            number = asker.ask(words, nonce=nonce).json()["number"]
            asha.press(number, "Approve")
            expect(alex.on_list("waiting", number)).to_contain_text(words)
            assert all(heard(line, words) for line in lines.values())


def test_a_claim_lapses_by_itself_and_every_screen_hears_it_once(house: House) -> None:
    sam, asha = house.reader(), house.colleague("asha", "triage")
    morgan, lucy = house.colleague("morgan", "desk"), house.colleague("lucy", "desk")
    number = sam.ask("Who forgot about this one?")
    asha.press(number, "Approve")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("I only went to fetch a cup of tea.")
    expect(sam.own(number)).to_contain_text("Being answered now")
    expect(lucy.question(number)).to_contain_text("Morgan is answering this")

    expect(sam.own(number)).to_contain_text("Waiting for an answer")
    expect(sam.on_list("waiting", number)).to_contain_text("Waiting for an answer")
    expect(morgan.claim(number)).to_have_count(0)
    expect(morgan.page.locator("#kept textarea")).to_have_value(
        "I only went to fetch a cup of tea."
    )
    for colleague in (morgan, lucy, asha):
        expect(colleague.question(number)).to_contain_text("The claim on this ran out")
    lucy.press(number, "Answer this")
    expect(lucy.claim(number)).to_be_visible()
    assert sum("The claim on this ran out" in frame for frame in lucy.frames) == 1
