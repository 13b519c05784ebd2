"""Everything that is measured beside the product: the limit, our own seam, and the peers."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import msgspec
import psutil

from bench.rig import places
from bench.rig.compiler import BENCH, compiled
from bench.rig.places import Unavailable
from bench.rig.readers import Door
from tests.engines import PrivateEngine, free_port, start_engine, wait_until

FRAME_BYTES = 1_200
"""Of one broadcast's text, here and (padded to it) in the product."""
ENGINE_IO = "/socket.io/?EIO=4&transport=websocket"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A server that takes readers: their door, the roots of its processes, how to broadcast.

    `publish(position)` has one text sent to everybody, marked with the moment of the call.
    """

    door: Door
    roots: list[int]
    publish: Callable[[int], None]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `serve` is told how many broadcasts will come; it may raise Unavailable."""

    key: str
    name: str
    serve: Callable[[int], AbstractContextManager[Running]]


def text(position: int) -> bytes:
    """What a frame of the product looks like, in as many bytes."""
    head = f'{{"position":{position},"ops":[["append","transcript","<li>sent={time.time_ns()} '
    return (head.ljust(FRAME_BYTES - 9, "x") + '</li>"]]}').encode()


@contextmanager
def program(*command: str | Path, port: int, **environment: str) -> Iterator[int]:
    """A program that listens on a port, and its process; stopped at the end."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=BENCH.parent,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            wait_until(lambda: process.poll() is not None or _listens(port))
            if process.poll() is not None:
                said.seek(0)
                lines = said.read().decode(errors="replace").strip().splitlines()
                raise Unavailable(f"it does not start: {lines[-1] if lines else 'no word'}")
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _told_by_datagram(
    command: Callable[[int], list[str | Path]],
    *,
    door: Callable[[int], Door] = lambda port: Door(port=port),
    engine: bool = False,
    words: Callable[[int], bytes] | None = None,
    **environment: str,
) -> Iterator[Running]:
    """A server that broadcasts what comes as a datagram; with an engine, its URL comes last."""
    port = free_port()
    with _engine() if engine else nullcontext() as store:
        url = [store.url] if store else []
        command_line = [*command(port), *url]
        with program(*command_line, port=port, **environment) as pid, _datagrams(words) as sending:
            yield Running(
                door=door(port),
                roots=[pid, store.process.pid] if store else [pid],
                publish=partial(sending, port),
            )


def _engine() -> AbstractContextManager[PrivateEngine]:
    """A store for peers that need one, which they may use without persistence."""
    return start_engine("--appendonly", "no", port=free_port())


@contextmanager
def _datagrams(words: Callable[[int], bytes] | None) -> Iterator[Callable[[int, int], None]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:

        def publish(port: int, position: int) -> None:
            sending.sendto((words or text)(position), ("127.0.0.1", port))

        yield publish


def _engine_io(port: int) -> Door:
    return Door(port=port, path=ENGINE_IO, hello="40", expect="40")


def bare(words: Callable[[int], bytes]) -> Callable[[int], AbstractContextManager[Running]]:
    """Starlette on uvicorn as they come, sending these words; it compresses for those who ask."""

    def serve(_: int) -> AbstractContextManager[Running]:
        return _told_by_datagram(
            lambda port: [sys.executable, "-m", "bench.peers.starlette_naive", str(port)],
            words=words,
        )

    return serve


def _limit(_: int) -> AbstractContextManager[Running]:
    return _told_by_datagram(lambda port: [compiled("limit"), str(port)])


def _prepared(_: int) -> AbstractContextManager[Running]:
    return _told_by_datagram(
        lambda port: [sys.executable, "-m", "bench.limit.prepared", str(port)],
        door=lambda port: Door(port=port, origin=f"http://127.0.0.1:{port}"),
    )


def _python(module: str, **settings: bool) -> Callable[[int], AbstractContextManager[Running]]:
    door = _engine_io if settings.get("engine_io") else lambda port: Door(port=port)

    def serve(_: int) -> AbstractContextManager[Running]:
        python = places.python()
        return _told_by_datagram(
            lambda port: [python, "-m", f"bench.peers.{module}", str(port)],
            door=door,
            engine=settings.get("engine", False),
        )

    return serve


def _node(script: str, **settings: bool) -> Callable[[int], AbstractContextManager[Running]]:
    door = _engine_io if settings.get("engine_io") else lambda port: Door(port=port)

    def serve(_: int) -> AbstractContextManager[Running]:
        modules = places.node_modules()
        return _told_by_datagram(
            lambda port: ["node", places.PEERS / script, str(port)],
            door=door,
            engine=settings.get("engine", False),
            NODE_PATH=str(modules),
        )

    return serve


@contextmanager
def _nchan(_: int) -> Iterator[Running]:
    nginx, port = places.nginx(), free_port()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with tempfile.TemporaryDirectory(prefix="askpanel-bench-") as folder:
        settings = (places.PEERS / "nginx.conf").read_text()
        for name, value in {
            "user": "user root;" if os.geteuid() == 0 else "",
            "module": nginx.module,
            "folder": folder,
            "files": files,
            "connections": files - 64,
            "port": port,
        }.items():
            settings = settings.replace(f"@{name}@", str(value))
        place = Path(folder) / "nginx.conf"
        place.write_text(settings)
        said = str(Path(folder) / "error.log")
        with program(nginx.program, "-p", folder, "-e", said, "-c", place, port=port) as pid:
            wait_until(psutil.Process(pid).children)  # the worker, which is to be counted
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

            def publish(position: int) -> None:
                connection.request("POST", "/publish", text(position))
                connection.getresponse().read()

            yield Running(door=Door(port=port), roots=[pid], publish=publish)
            connection.close()


LIMIT = Candidate(key="limit", name="C, one write(2) a socket (the limit)", serve=_limit)
PREPARED = Candidate(key="askpanel-sockets", name="Askpanel's sockets alone", serve=_prepared)
PEERS = (
    Candidate(key="nchan", name="Nchan on nginx", serve=_nchan),
    Candidate(key="picows", name="picows", serve=_python("picows_server")),
    Candidate(key="ws", name="Node ws", serve=_node("ws.cjs")),
    Candidate(key="broadcast", name="websockets.broadcast", serve=_python("broadcast")),
    Candidate(
        key="socket.io",
        name="Socket.IO, Redis adapter",
        serve=_node("socketio.cjs", engine=True, engine_io=True),
    ),
    Candidate(key="starlette", name="Starlette send_text", serve=_python("starlette_naive")),
    Candidate(
        key="python-socketio",
        name="python-socketio",
        serve=_python("socketio_server", engine_io=True),
    ),
    Candidate(
        key="channels",
        name="Django Channels, channels_redis",
        serve=_python("channels_server", engine=True),
    ),
)
