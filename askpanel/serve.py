"""Running the service: the engine first, then the workers, and both stopped together."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.config import dictConfig

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from askpanel.app import Application, create, settle
from askpanel.chat.metricsfolder import shared_folder
from askpanel.chat.quietlog import log_config
from askpanel.chat.wire import server_config
from askpanel.config import BadSetting, Config
from askpanel.eventlog.embedded import Embedded, borrowed
from askpanel.eventlog.engine import check, connect

SERVING_PORT = "ASKPANEL_SERVING_PORT"
AT_ONCE = 16
"""Connections that are taken in one turn of the event loop, where uvloop takes one a door."""
WORKER_SECONDS = 30
"""For a worker to start, or to answer its parent, before it is given up: on a busy machine with
uvicorn's five a replacement would be thrown away, and with it the new version."""


@contextmanager
def engine(config: Config, *, own: bool) -> Iterator[Config]:
    """The settings with an engine behind them that has been looked over.

    Without a `redis_url` it is the private one: owned for as long as this lasts, or, for a
    short command, borrowed from whoever runs it. Raises EngineRefused.
    """
    if config.redis_url:
        asyncio.run(look_over(config))
        yield config
    elif own:
        with Embedded(config.data_dir) as embedded:
            embedded.supervise()
            yield with_engine(config, embedded.url)
    else:
        with borrowed(config.data_dir) as url:
            yield with_engine(config, url)


def with_engine(config: Config, url: str) -> Config:
    """The same settings, with the private engine's address."""
    return config.model_copy(update={"redis_url": url})


async def look_over(config: Config) -> None:
    """Refuse, in one sentence, a store that would lose questions."""
    client = connect(config.redis_url)
    try:
        await check(client, allow_weak_persistence=config.allow_weak_persistence)
    finally:
        await client.aclose()


def serve(config: Config, host: str, port: int, workers: int) -> int:
    """Serve until stopped; gives the exit code."""
    dictConfig(log_config(config.log_format))  # the engine may have something to say first
    with listening(host, port) as line, engine(config, own=True) as ready:
        say(f"Serving at http://{host}:{port}. Stop with Ctrl+C.")
        if workers == 1:
            return run(create(ready, port=port), host, port, line, ready)
        # The workers read their settings anew, so they are given the engine's address in them.
        os.environ["ASKPANEL_REDIS_URL"] = ready.redis_url
        os.environ["ASKPANEL_SECRET_KEY"] = ready.secret().decode()
        os.environ[SERVING_PORT] = str(port)
        settings = server_config(
            "askpanel.app:from_environment",
            host=host,
            port=port,
            workers=workers,
            factory=True,
            log_format=ready.log_format,
            timeout_graceful_shutdown=ready.drain_seconds,
            timeout_worker_healthcheck=WORKER_SECONDS,
        )
        with shared_folder():
            Workers(settings, sockets=doors(line)).run()
        return 0


class Workers(Multiprocess):
    """uvicorn's workers. Nobody is left to knock at a door behind which all are leaving."""

    def terminate_all(self) -> None:
        super().terminate_all()
        for line in self.sockets:
            line.close()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The address to serve at, ours before anything is started or said. Raises BadSetting."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.set_inheritable(True)
        try:
            line.bind((host, port))
        except OSError as error:
            raise BadSetting(
                f"Nothing can be served at {host}, port {port} ({error.strerror}): stop what is "
                "there, or choose another with --host and --port."
            ) from error
        yield line


def doors(line: socket.socket) -> list[socket.socket]:
    """The same address several times over: libuv takes one connection of each in a turn of its
    loop, and while 256 people send questions a turn takes 20 ms. See decision 0028."""
    return [line, *(line.dup() for _ in range(AT_ONCE - 1))]


def run(application: Application, host: str, port: int, line: socket.socket, config: Config) -> int:
    """One process's server, until it is told to stop; gives the exit code.

    After its own shutdown uvicorn raises the signal that ended it once more. Left to themselves
    SIGTERM and SIGHUP would then end the program on the spot, and leave the engine behind.
    """
    settings = server_config(
        application,
        host=host,
        port=port,
        log_format=config.log_format,
        timeout_graceful_shutdown=config.drain_seconds,
    )
    server = uvicorn.Server(settings)
    settle()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with suppress(KeyboardInterrupt, Left):
        server.run(sockets=doors(line))
    return 0 if server.started else 1


class Left(BaseException):
    """The program was told to stop and is on its way out."""


def _leave(*_: object) -> None:
    raise Left


def say(line: str) -> None:
    """A line for the operator, at once."""
    typer.echo(line)
