"""One private engine as a process: how it is started, asked, and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from threading import Event
from typing import Protocol
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from askpanel.eventlog.enginefolder import POLL_SECONDS, EngineFolder

END_SECONDS = 10.0
ADOPTED_POLL_SECONDS = 0.25
LONGEST_LOG_BYTES = 1_000_000


class Engine(Protocol):
    """A running engine that this program may end."""

    @property
    def pid(self) -> int: ...
    def has_ended(self) -> bool: ...
    def wait_for_end(self, abandon: Event) -> None: ...
    def ask_to_end(self) -> None: ...
    def kill(self) -> None: ...


class Started:
    """An engine that is a child of this program."""

    def __init__(self, server: Path, folder: EngineFolder, lock: int) -> None:
        self._process = _spawn(server, folder, lock)
        self.pid = self._process.pid

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait_for_end(self, abandon: Event) -> None:
        self._process.wait()

    def ask_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self._process.kill()


class Adopted:
    """An engine that outlived the owner who started it.

    It is never signalled: its process id is what it says, and may mean another process by
    now, or in this container. It is asked to end over its socket, which is private to us.
    """

    def __init__(self, pid: int, folder: EngineFolder) -> None:
        self.pid = pid
        self._folder = folder

    def has_ended(self) -> bool:
        # On a network file system the lock may not have been inherited: an answer counts too.
        return self._folder.is_empty() and answering_pid(self._folder) is None

    def wait_for_end(self, abandon: Event) -> None:
        while not self.has_ended() and not abandon.wait(ADOPTED_POLL_SECONDS):
            pass

    def ask_to_end(self) -> None:
        with _client(self._folder) as client:
            try:
                client.shutdown()
            except RedisError:
                return  # it ended before it could answer, or it will not: the lock tells

    def kill(self) -> None:
        return None


def end(engine: Engine) -> bool:
    """Have the engine write everything down and end; kill it if it will not. True if it did."""
    for stop in (engine.ask_to_end, engine.kill):
        stop()
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline:
            if engine.has_ended():
                return True
            Event().wait(POLL_SECONDS)
    return False


def url(folder: EngineFolder) -> str:
    """`unix://` and the socket's path, percent-encoded."""
    return f"unix://{quote(str(folder.socket))}"


def answering_pid(folder: EngineFolder) -> int | None:
    """The process id of the engine on the socket; None while none answers or it is loading."""
    with _client(folder) as client:
        try:
            client.ping()
            return int(client.info("server")["process_id"])
        except RedisError:
            return None


def recorded_pid(folder: EngineFolder) -> int | None:
    """The process id in the pid file, if there is one."""
    try:
        return int(folder.pidfile.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _client(folder: EngineFolder) -> redis.Redis:
    return redis.Redis(
        unix_socket_path=str(folder.socket),
        socket_timeout=1.0,
        socket_connect_timeout=1.0,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


def _spawn(server: Path, folder: EngineFolder, lock: int) -> subprocess.Popen[bytes]:
    folder.socket.unlink(missing_ok=True)
    folder.pidfile.unlink(missing_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ASKPANEL_")
    }
    with open(folder.log, "ab", opener=_private) as log:
        return subprocess.Popen(
            [server, *_settings(folder)],
            cwd=folder.path,
            env=environment,  # no secret of ours in another process
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=0o077,
            pass_fds=[lock],
            # Ctrl-C goes to everything in the terminal's process group. The engine must
            # outlive the program, which still has answers to store.
            start_new_session=True,
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _settings(folder: EngineFolder) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(folder.socket),
        "unixsocketperm": "700",
        "dir": str(folder.path),
        "pidfile": str(folder.pidfile),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "always-show-logo": "no",
        # At this level no client is named. Crash reports and the slow log would hold what
        # people wrote, beyond the reach of every purge.
        "loglevel": "notice",
        "crash-log-enabled": "no",
        "slowlog-log-slower-than": "-1",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def begin_log(path: Path) -> int:
    """Where the next run's lines begin, in bytes; a log grown too long is set aside first."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    if size <= LONGEST_LOG_BYTES:
        return size
    path.replace(path.with_suffix(".log.1"))
    return 0


def why_ended(folder: EngineFolder, log_from: int) -> str:
    """One sentence for an engine that ended instead of starting, from what it logged."""
    with folder.log.open("rb") as log:
        log.seek(log_from)
        lines = log.read().decode(errors="replace").splitlines()
    # "#" marks warnings in "pid:role date # text"; the rest of a healthy start names the
    # append-only file too.
    said = "\n".join(line.partition(" # ")[2] or line for line in lines if " * " not in line)
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return (
            f"The engine cannot write to {folder.path} because the disk is full; make room, "
            "then start again."
        )
    if "Permission denied" in said or "Read-only file system" in said:
        return (
            f"The engine may not write to {folder.path}; give this user access to everything "
            "in it, then start again."
        )
    if "append only file" in said or "AOF" in said:
        return (
            f"The engine's append-only file in {folder.path} is damaged: copy the folder, read "
            f"{folder.log}, then mend the file with valkey-check-aof --fix or restore a backup."
        )
    return f"The engine in {folder.path} ended instead of starting; its log is {folder.log}."
