"""The line between a service and everybody's browser, which a test pulls out and plugs in again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from bench.chaos.link import Link
from tests.service import Service


class Cable:
    """Stands in front of a service, at a port that is known before the service is started."""

    def __init__(self, service: Service, port: int) -> None:
        self._link = Link([service.port], Random(1))
        self._link.port = port
        self._loop = asyncio.new_event_loop()
        self.url = f"http://127.0.0.1:{port}"

    def _do(self, act: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(act, self._loop).result(10)

    def plug(self) -> None:
        """Let everything pass."""
        self._do(self._link.open())

    def pull(self) -> None:
        """Cut every connection, and take no more of them."""
        self._do(self._link.close())

    @contextmanager
    def pulled(self) -> Iterator[None]:
        """For the length of the block there is no line."""
        self.pull()
        try:
            yield
        finally:
            self.plug()


@contextmanager
def plugged(service: Service, port: int) -> Iterator[Cable]:
    """A service that is reached by a cable alone, and says so of itself."""
    cable = Cable(service, port)
    thread = threading.Thread(target=cable._loop.run_forever)
    thread.start()
    cable.plug()
    service.url = cable.url
    try:
        yield cable
    finally:
        cable.pull()
        cable._loop.call_soon_threadsafe(cable._loop.stop)
        thread.join()
        cable._loop.close()
