"""`/metrics`: a service is driven through everything that an operator asks about, and each number
is seen to move; the numbers of all workers, from any of them, and nothing of anybody."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from askpanel import __version__
from askpanel.chat import metricsfolder
from askpanel.chat.metricsfolder import forget_the_dead, shared_folder, sweep
from tests.engines import wait_until
from tests.promises.stage import Stage, staged
from tests.service import NO_TLS, SLUG, Service

FOREIGN = "https://elsewhere.example"


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def stage(temporary: Path) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TMPDIR", str(temporary))
        with staged(
            workers=2, DRAIN_SECONDS="8", QUESTIONS_PER_MINUTE="20", SOCKETS_PER_CLIENT="12"
        ) as running:
            yield running


def numbers(service: Service) -> dict[str, float]:
    """Every sample by its name and labels, these in the order of their names."""
    text = httpx.get(f"{service.url}/metrics", verify=NO_TLS).text
    return {
        sample.name + "".join(f"/{sample.labels[name]}" for name in sorted(sample.labels)): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(service: Service, name: str) -> float:
    return numbers(service).get(name, 0)


def line(service: Service, *, after: int = -1, epoch: str = "none") -> str:
    """The address of the session's socket."""
    query = f"after={after}&epoch={epoch}"
    return f"{service.socket_url}/sessions/{SLUG}/live?{query}"


def reader(stage: Stage) -> ClientConnection:
    """A screen that is up to date."""
    snapshot = stage.snapshot()
    address = line(stage, after=snapshot.position, epoch=snapshot.epoch)
    return connect(address, origin=Origin(stage.url))


def test_a_question_and_a_refusal_are_counted_by_their_outcome(stage: Stage) -> None:
    sam = stage.participant()
    assert sam.ask("Is it too late?").status_code == 201
    assert sam.ask("").status_code == 422
    foreign = sam.post(f"/sessions/{SLUG}/questions", headers={"Origin": FOREIGN})
    assert foreign.status_code == 403
    while sam.ask("And what then?").status_code == 201:
        pass
    counted = numbers(stage)
    assert counted["askpanel_questions_total/stored"] == 20
    assert counted["askpanel_questions_total/empty"] == 1
    assert counted["askpanel_questions_total/other"] == 1
    assert counted["askpanel_questions_total/wait"] == 1
    assert counted["askpanel_store_call_seconds_count/submit"] == 20
    # On a machine so busy that a worker gave the store up for a moment, it comes back by itself.
    wait_until(lambda: number(stage, "askpanel_store_up") == 1)


def test_the_queue_its_age_and_the_position_of_a_session(stage: Stage) -> None:
    wait_until(lambda: number(stage, f"askpanel_questions_waiting/{SLUG}") == 20)
    wait_until(lambda: number(stage, f"askpanel_oldest_waiting_seconds/{SLUG}") > 0.5)
    wait_until(lambda: number(stage, f"askpanel_position/{SLUG}") >= 21)
    assert number(stage, f"askpanel_questions_by_state/{SLUG}/pending") == 20
    assert number(stage, f"askpanel_questions_by_state/{SLUG}/answered") == 0
    # Which sessions are on is looked at every few seconds.
    wait_until(lambda: number(stage, f"askpanel_session_live/{SLUG}") == 1)


def test_what_staff_do_and_what_is_refused_to_them_is_counted(stage: Stage) -> None:
    asha, morgan, hana = (stage.staff(name) for name in ("asha", "morgan", "hana"))
    assert asha.command(1, "approve").status_code == 200
    assert asha.command(1, "approve").status_code == 409
    assert asha.command(1, "no-such-command").status_code == 404
    assert morgan.get(f"/staff/sessions/{SLUG}/triage").status_code == 403
    asha.csrf = "0" * 64
    assert asha.command(2, "approve").status_code == 403
    for command in ("pause", "resume"):
        form = {"csrf": hana.csrf}
        assert hana.post(f"/staff/sessions/{SLUG}/schedule/{command}", data=form).is_redirect
    assert stage.participant().post(f"/staff/sessions/{SLUG}/questions/1/approve").is_error
    counted = numbers(stage)
    assert counted["askpanel_commands_total/approve/done"] == 1
    assert counted["askpanel_commands_total/approve/wrong_state"] == 1
    assert counted["askpanel_commands_total/unknown/unknown_command"] == 1
    assert counted["askpanel_commands_total/pause/done"] == 1
    assert counted["askpanel_staff_refused_total/wrong_role"] == 1
    assert counted["askpanel_staff_refused_total/wrong_token"] == 1
    assert counted["askpanel_staff_refused_total/signed_out"] == 1
    assert not any("no-such-command" in name for name in counted)


def test_sign_ins_and_wrong_guesses_are_counted(stage: Stage) -> None:
    guesser = httpx.Client(base_url=stage.url, headers={"Origin": stage.url}, verify=NO_TLS)
    form = {"username": "nobody", "password": "a wrong password"}
    with guesser:
        statuses = [guesser.post("/staff/sign-in", data=form).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    counted = numbers(stage)
    assert counted["askpanel_sign_ins_total/begun"] == 3
    assert counted["askpanel_sign_ins_total/wrong"] == 10
    assert counted["askpanel_sign_ins_total/throttled"] == 1


def test_open_sockets_of_both_workers_add_up_and_leave_again(stage: Stage) -> None:
    before = number(stage, "askpanel_fan_out_seconds_count")
    written = number(stage, "askpanel_deliveries_total")
    with ExitStack() as open_now:
        for _ in range(6):
            open_now.enter_context(reader(stage))
        wait_until(lambda: number(stage, f"askpanel_sockets/public/{SLUG}") == 6)
        morgan = stage.staff("morgan")
        assert morgan.command(1, "claim").status_code == 200
        assert morgan.command(1, "answer", text="Ring us.", lang="en").status_code == 200
        wait_until(lambda: number(stage, "askpanel_fan_out_seconds_count") >= before + 2)
        wait_until(lambda: number(stage, "askpanel_deliveries_total") >= written + 6)
    wait_until(lambda: number(stage, f"askpanel_sockets/public/{SLUG}") == 0)


def test_a_socket_that_is_refused_is_counted_by_the_reason(stage: Stage) -> None:
    for address, origin in (
        (line(stage), FOREIGN),
        (f"{stage.socket_url}/sessions/nowhere/live", stage.url),
    ):
        with pytest.raises(InvalidStatus):
            connect(address, origin=Origin(origin))
    staff = f"{stage.socket_url}/staff/sessions/{SLUG}/live?view=triage"
    with connect(staff, origin=Origin(stage.url)) as shut, pytest.raises(ConnectionClosedError):
        shut.recv()
    with ExitStack() as open_now, suppress(InvalidStatus):
        for _ in range(25):  # more than twelve for each of two workers
            open_now.enter_context(reader(stage))
    counted = numbers(stage)
    assert counted["askpanel_sockets_refused_total/origin"] == 1
    assert counted["askpanel_sockets_refused_total/unknown session"] == 1
    assert counted["askpanel_sockets_refused_total/signed out"] == 1
    assert counted["askpanel_sockets_refused_total/network"] == 1


def test_a_connection_that_is_ended_for_what_it_says_is_counted(stage: Stage) -> None:
    for said in (b"\x16\x03 no HTTP at all\r\n\r\n", handshake(stage) + b"\x81\x01x"):  # unmasked
        with socket.create_connection(("127.0.0.1", stage.port), 5) as wire:
            wire.sendall(said)
            while wire.recv(65536):
                pass
    wait_until(lambda: number(stage, "askpanel_connections_cut_total/400") == 1)
    wait_until(lambda: number(stage, "askpanel_connections_cut_total/1002") == 1)


def handshake(stage: Stage) -> bytes:
    """The bytes that open a socket which is up to date."""
    snapshot = stage.snapshot()
    path = f"/sessions/{SLUG}/live?after={snapshot.position}&epoch={snapshot.epoch}"
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{stage.port}\r\nOrigin: {stage.url}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def test_a_screen_that_cannot_be_continued_is_counted(stage: Stage) -> None:
    with connect(line(stage, after=1), origin=Origin(stage.url)) as wire:
        assert wire.recv() == '{"reset":true}'
    assert number(stage, "askpanel_resets_total") == 1


def test_a_reader_who_does_not_read_is_counted_when_cut(stage: Stage) -> None:
    morgan = stage.staff("morgan")
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", stage.port))
    deaf.sendall(handshake(stage))
    with deaf:
        wait_until(lambda: number(stage, f"askpanel_sockets/public/{SLUG}") == 1)
        for number_ in range(100):
            text = f"{number_} " + "Ring us. " * 1000
            assert morgan.command(1, "correct", answer="1", text=text).status_code == 200
            if number(stage, "askpanel_slow_readers_total"):
                break
        wait_until(lambda: number(stage, "askpanel_slow_readers_total") == 1)
        wait_until(lambda: number(stage, f"askpanel_sockets/public/{SLUG}") == 0)


def test_what_the_store_has_and_the_screens_have_not_is_the_lag(stage: Stage) -> None:
    wait_until(lambda: number(stage, f"askpanel_log_lag_entries/{SLUG}") == 0)
    with stage.store() as store:
        # As if two entries had been written that no tail has brought yet.
        store.hincrby(f"askpanel:{{{SLUG}}}:meta", "position", 2)
        wait_until(lambda: number(stage, f"askpanel_log_lag_entries/{SLUG}") == 2)
        store.hincrby(f"askpanel:{{{SLUG}}}:meta", "position", -2)
    wait_until(lambda: number(stage, f"askpanel_log_lag_entries/{SLUG}") == 0)


def test_a_fault_of_ours_is_counted(stage: Stage) -> None:
    with stage.store() as store:
        store.hset("askpanel:{broken}:meta", "session", "{")
        assert httpx.get(f"{stage.url}/sessions/broken", verify=NO_TLS).status_code == 500
        store.delete("askpanel:{broken}:meta")
    assert number(stage, "askpanel_faults_total") == 1


def test_a_store_that_hangs_is_seen_and_seen_to_be_back(stage: Stage) -> None:
    sam = stage.participant()
    page = sam.page()
    nonce = page.split('name="id" value="')[1].split('"')[0]
    os.kill(stage.engine_pid, signal.SIGSTOP)
    try:
        assert sam.ask("Does it hold?", nonce=nonce).status_code == 503
        counted = numbers(stage)
        assert counted["askpanel_questions_total/away"] == 1
        assert counted["askpanel_store_failures_total/submit"] >= 1
        wait_until(lambda: number(stage, "askpanel_store_up") == 0)
    finally:
        os.kill(stage.engine_pid, signal.SIGCONT)
    wait_until(lambda: number(stage, "askpanel_store_up") == 1)


def test_the_processes_their_version_and_how_late_they_are(stage: Stage) -> None:
    counted = numbers(stage)
    python = ".".join(map(str, sys.version_info[:3]))
    assert counted[f"askpanel_build_info/{python}/{__version__}"] == 1
    assert counted["askpanel_workers"] == 2
    assert counted["askpanel_draining"] == 0
    assert 0 < time.time() - counted["askpanel_start_time_seconds"] < 600
    assert counted["askpanel_open_files_limit"] > 100
    assert 0 < counted["askpanel_disk_free_ratio/engine"] <= 1
    late = "askpanel_loop_lag_seconds_count"
    wait_until(lambda: number(stage, late) > counted[late])


def test_a_worker_that_died_counts_no_more(stage: Stage) -> None:
    begun = number(stage, "askpanel_starts_total")
    with reader(stage), reader(stage), reader(stage):
        wait_until(lambda: number(stage, f"askpanel_sockets/public/{SLUG}") == 3)
        for worker in workers(stage):
            worker.kill()
        wait_until(lambda: alive(stage) and number(stage, "askpanel_starts_total") == begun + 2)
        assert number(stage, "askpanel_workers") == 2
        assert number(stage, f"askpanel_sockets/public/{SLUG}") == 0
    assert number(stage, "askpanel_questions_total/stored") >= 20, "what had been counted stays"


def test_a_worker_that_lets_its_readers_go_is_seen(stage: Stage) -> None:
    begun = number(stage, "askpanel_starts_total")
    with ExitStack() as open_now:
        for _ in range(12):
            open_now.enter_context(reader(stage))
        # The one with connections to close, which it does over four seconds.
        busy = max(workers(stage), key=lambda worker: len(worker.net_connections()))
        busy.terminate()
        wait_until(lambda: number(stage, "askpanel_draining") == 1)
    wait_until(lambda: number(stage, "askpanel_starts_total") == begun + 1)
    wait_until(lambda: number(stage, "askpanel_draining") == 0)


def workers(stage: Stage) -> list[psutil.Process]:
    """The processes that serve."""
    assert stage.process is not None
    children = psutil.Process(stage.process.pid).children()
    return [each for each in children if "spawn_main" in " ".join(each.cmdline())]


def alive(stage: Stage) -> bool:
    try:
        return "askpanel_workers" in numbers(stage)
    except httpx.TransportError:
        return False


def test_the_folder_that_a_kill_left_behind_is_swept_by_the_next_start(
    stage: Stage, temporary: Path
) -> None:
    (left,) = temporary.glob("askpanel-metrics-*")
    stage.kill()
    stage.start(workers=2)
    (new,) = temporary.glob("askpanel-metrics-*")
    assert new != left
    for client in stage._clients:  # an idle connection is kept for some seconds more
        client.close()
    stage.stop()
    assert [*temporary.glob("askpanel-*")] == []


def test_a_folder_in_use_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metricsfolder, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(metricsfolder, "mkdtemp", lambda prefix: made(tmp_path / f"{prefix}1"))
    (tmp_path / "askpanel-metrics-of-an-older-version").mkdir()
    with shared_folder() as folder:
        sweep(tmp_path)
        assert folder.is_dir()
    assert not folder.exists()
    folder.mkdir()
    (folder / metricsfolder.LOCK).touch()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["askpanel-metrics-of-an-older-version"]


def made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def test_only_live_numbers_of_the_dead_are_forgotten(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import os; print(os.getpid())"]
    gone = subprocess.run(program, capture_output=True, check=True, text=True)
    dead = tmp_path / f"gauge_livesum_{int(gone.stdout)}.db"
    alive = tmp_path / f"gauge_livesum_{os.getpid()}.db"
    somebody = tmp_path / "gauge_livesum_1.db"
    total = tmp_path / f"counter_{int(gone.stdout)}.db"
    for path in (dead, alive, somebody, total):
        path.touch()
    forget_the_dead(tmp_path)
    assert [path.exists() for path in (dead, alive, somebody, total)] == [False, True, True, True]
