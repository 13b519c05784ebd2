"""A process that serves leaves Python's garbage collector little to do: in one that the operator
started, and not in one that merely makes an application. It can, because nothing is left for it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.engines import wait_until
from tests.service import EXAMPLES, NO_TLS, SLUG, Service

ASK = """
import gc
from askpanel import app
{}
print(gc.get_threshold()[0] >= 10_000, gc.get_freeze_count() > 10_000)
"""
LOOKED_OVER = """
import gc, os, signal

def look(*_):
    gc.disable()
    # Not what collect() says: a generator that it closes frees the rest, which it does not count.
    before = len(gc.get_objects())
    gc.collect()
    with open(os.environ["ASKPANEL_DATA_DIR"] + ".found", "a") as found:
        print(before - len(gc.get_objects()), file=found)

signal.signal(signal.SIGUSR1, look)
"""
CYCLES = """
from askpanel.chat.site import Site
answer = Site.answer

def holding_itself(self, *args):
    held = [[] for _ in range(20)]
    held.append(held)
    return answer(self, *args)

Site.answer = holding_itself
"""
SERVE = "from askpanel.cli import main; main()"
VISITORS, A_FEW = 40, 200
"""A connection that held itself would leave hundreds of objects of each; some are the process's
own, of what it does by the clock."""


@pytest.mark.parametrize(
    ("done", "resting"),
    [
        ("app.create(app.Config(redis_url='unix:///nowhere', secret_key='x' * 32))", False),
        ("app.settle()", True),
    ],
)
def test_the_collector_rests_where_people_are_served(done: str, resting: bool) -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASK.format(done)], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(resting)] * 2


def page(service: Service) -> str:
    """The page's socket, as its page would dial it."""
    page = httpx.get(f"{service.url}/sessions/{SLUG}", verify=NO_TLS).text
    position = re.findall(r'data-position="(\d+)"', page)[0]
    epoch = re.findall(r'data-epoch="([^"]+)"', page)[0]
    return f"/sessions/{SLUG}/live?after={position}&epoch={epoch}"


def visit(service: Service) -> None:
    """A page, its socket, and away."""
    with connect(service.socket_url + page(service), origin=Origin(service.url)) as line:
        line.recv(timeout=10)


def vanish(service: Service) -> None:
    """A page, its socket, and gone without a word: what the server hears is the network's end."""
    path, host = page(service), f"127.0.0.1:{service.port}"
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert b" 101 " in line.recv(65536)
        line.shutdown(socket.SHUT_RDWR)


def left_behind(folder: Path, planted: str = "") -> int:
    """Objects that only the collector could free, after some visitors have come and gone."""
    service = Service(folder)
    service.program = (sys.executable, "-c", LOOKED_OVER + planted + SERVE)
    found = Path(f"{folder / 'data'}.found")

    def looked(times: int) -> list[int]:
        assert service.process
        os.kill(service.process.pid, signal.SIGUSR1)
        wait_until(lambda: found.exists() and found.read_text().count("\n") >= times)
        return [int(line) for line in found.read_text().split()]

    try:
        service.start()
        example = EXAMPLES / "gmp-lucy-faithfull.toml"
        loaded = service.run("session", "load", str(example), "--starts", "now")
        assert loaded.returncode == 0, loaded.stderr
        visit(service)
        looked(1)
        for _ in range(VISITORS):
            visit(service)
            vanish(service)
        wait_until(lambda: not watching(service))
        return looked(2)[1]
    finally:
        service.close()


def watching(service: Service) -> int:
    """How many sockets are open."""
    told = httpx.get(f"{service.url}/metrics", verify=NO_TLS).text
    counts = re.findall(r"^askpanel_sockets\{.*\} ([\d.]+)$", told, re.MULTILINE)
    return int(sum(map(float, counts)))


def test_nothing_is_left_for_it_of_those_who_came_and_went(tmp_path: Path) -> None:
    assert left_behind(tmp_path) < A_FEW


def test_what_holds_itself_is_found(tmp_path: Path) -> None:
    assert left_behind(tmp_path, CYCLES) > A_FEW
