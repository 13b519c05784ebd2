"""`/metrics`: the numbers of all workers, from any of them, and nothing of anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect
from websockets.typing import Origin

from askpanel.chat.metrics import forget_the_dead
from tests.engines import wait_until
from tests.service import SLUG, Service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    running = Service()
    try:
        running.prepare()
        running.start(workers=2)
        yield running
    finally:
        running.close()


def numbers(service: Service) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = httpx.get(f"{service.url}/metrics").text
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_question_and_a_refusal_are_counted_by_their_outcome(service: Service) -> None:
    sam = service.participant()
    assert sam.ask("Is it too late?").status_code == 201
    assert sam.ask("").status_code == 422
    counted = numbers(service)
    assert counted["askpanel_questions_total/stored"] == 1
    assert counted["askpanel_questions_total/empty"] == 1
    # On a machine so busy that a worker gave the store up for a moment, it comes back by itself.
    wait_until(lambda: numbers(service)["askpanel_store_up"] == 1)


def test_the_queue_its_age_and_the_position_of_a_session(service: Service) -> None:
    wait_until(lambda: numbers(service).get(f"askpanel_questions_waiting/{SLUG}") == 1)
    wait_until(lambda: numbers(service)[f"askpanel_oldest_waiting_seconds/{SLUG}"] > 0.5)
    assert numbers(service)[f"askpanel_position/{SLUG}"] >= 2


def test_open_sockets_of_both_workers_add_up_and_leave_again(service: Service) -> None:
    address = f"{service.socket_url}/sessions/{SLUG}/live?after=0&epoch=none"
    page = service.participant().page()
    epoch = page.split('data-epoch="')[1].split('"')[0]
    address = address.replace("none", epoch).replace("after=0", "after=1")
    before = numbers(service)["askpanel_fan_out_seconds_count"]
    with ExitStack() as open_now:
        for _ in range(6):
            open_now.enter_context(connect(address, origin=Origin(service.url)))
        wait_until(lambda: numbers(service)["askpanel_sockets/public"] == 6)
        service.participant().ask("And now?")
        wait_until(lambda: numbers(service)["askpanel_fan_out_seconds_count"] >= before + 2)
    wait_until(lambda: numbers(service)["askpanel_sockets/public"] == 0)


def test_a_screen_that_cannot_be_continued_is_counted(service: Service) -> None:
    address = f"{service.socket_url}/sessions/{SLUG}/live?after=1&epoch=another"
    with connect(address, origin=Origin(service.url)) as socket:
        assert socket.recv() == '{"reset":true}'
    assert numbers(service)["askpanel_resets_total"] == 1


def test_a_worker_that_died_counts_no_more(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import os; print(os.getpid())"]
    gone = subprocess.run(program, capture_output=True, check=True, text=True)
    dead = tmp_path / f"gauge_livesum_{int(gone.stdout)}.db"
    alive = tmp_path / f"gauge_livesum_{os.getpid()}.db"
    total = tmp_path / f"counter_{int(gone.stdout)}.db"
    for path in (dead, alive, total):
        path.touch()
    forget_the_dead(tmp_path)
    assert [dead.exists(), alive.exists(), total.exists()] == [False, True, True]
