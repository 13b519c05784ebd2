"""`askpanel demo`: one question at least in every state, and a link for everybody."""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from askpanel.eventlog.embedded import running
from tests.engines import free_port, wait_until
from tests.service import PROGRAM, Service

LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S+")


@pytest.fixture(scope="module")
def demo() -> Iterator[list[str]]:
    """The links that it prints, while it runs."""
    with tempfile.TemporaryDirectory(prefix="askpanel-") as folder:
        port = free_port()
        out = Path(folder) / "out"
        with out.open("wb") as stdout:
            process = subprocess.Popen(
                [*PROGRAM, "demo", "--port", str(port)],
                env=Service(Path(folder)).environment(),
                stdout=stdout,
                stderr=stdout,
            )
        try:
            wait_until(lambda: answers(port) or process.poll() is not None)
            assert process.poll() is None, out.read_text()
            yield LINK.findall(out.read_text())
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
            assert running(Path(folder) / "data" / "demo") is None


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_it_prints_a_link_for_each_kind_of_person(demo: list[str]) -> None:
    assert len(demo) == 8
    assert demo[0].endswith("/sessions/stop-it-now")
    assert demo[1].endswith("/cy/sessions/stop-it-now")
    cast = ("asha", "bea", "leah", "morgan", "lucy", "hana")
    for username, link in zip(cast, demo[2:], strict=True):
        assert f"/demo/sign-in/{username}?key=" in link


def test_one_click_signs_each_of_them_in_to_their_screen(demo: list[str]) -> None:
    for link in demo[2:]:
        with httpx.Client(follow_redirects=True) as browser:
            page = browser.get(link)
            screen = "desk" if "morgan" in link or "lucy" in link else "triage"
            assert page.status_code == 200
            assert page.url.path == f"/staff/sessions/stop-it-now/{screen}"


def test_a_guessed_key_opens_nothing(demo: list[str]) -> None:
    for link in demo[2:]:
        for forged in (link[:-1], link + "x", link.split("?")[0], f"{link.split('=')[0]}=%FF"):
            response = httpx.get(forged)
            assert response.status_code == 404
            assert "set-cookie" not in response.headers


def test_a_question_stands_in_every_state(demo: list[str]) -> None:
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(demo[2]).text
    states = set(re.findall(r'data-state="(\w+)"', page))
    assert states == {
        *("pending", "held", "approved", "claimed", "answered", "rejected", "merged"),
        *("replied", "diverted", "escalated", "withdrawn", "removed"),
    }


def test_outside_the_demo_there_is_no_such_link() -> None:
    service = Service()
    try:
        service.prepare()
        service.start()
        assert httpx.get(f"{service.url}/demo/sign-in/asha?key=x").status_code == 404
    finally:
        service.close()
