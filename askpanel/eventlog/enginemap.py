"""Which engine serves which part of the store: asked of a cluster's nodes, or of sentinels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, Protocol

from redis import exceptions
from redis.asyncio.sentinel import Sentinel

from askpanel.eventlog.engineclient import Bounded

SLOTS = 16_384
GRACE_SECONDS = 0.05
"""How long the first node's answer waits for a better informed one."""

Address = tuple[str, int]
Reach = Callable[[Address], Bounded]


class Shard(NamedTuple):
    """The slots from `first` to `last`, who serves them, and who is known to copy that engine."""

    first: int
    last: int
    primary: Address
    copies: tuple[Address, ...] = ()


class Finder(Protocol):
    """Somebody who knows where everything lies."""

    seeds: tuple[Address, ...]

    async def find(self, reach: Reach, known: Collection[Address]) -> list[Shard]:
        """Ask. Raises a RedisError that says why nobody knows."""

    async def aclose(self) -> None:
        """Let go of what was opened for asking."""


class ClusterFinder:
    """Asks every node at once: one that hangs must not cost the others their time."""

    def __init__(self, seeds: tuple[Address, ...]) -> None:
        self.seeds = seeds

    async def find(self, reach: Reach, known: Collection[Address]) -> list[Shard]:
        asked = {asyncio.create_task(_view(reach, each)) for each in {*self.seeds, *known}}
        try:
            return await _best(asked)
        finally:
            # Not waited for: a cancellation can be lost (see tasks.py), and a node that hangs
            # would then be waited for after all. Each ends by itself within its own deadline.
            for task in asked:
                task.add_done_callback(_unheard)
                task.cancel()

    async def aclose(self) -> None:
        """Everything that is asked belongs to the client."""


class SentinelFinder:
    """Asks the sentinels, the one first that last knew."""

    def __init__(self, seeds: tuple[Address, ...], service: str, sentinels: Sentinel) -> None:
        self.seeds = seeds
        self._service, self._sentinels = service, sentinels

    async def find(self, reach: Reach, known: Collection[Address]) -> list[Shard]:
        host, port = await self._sentinels.discover_master(self._service)
        return [Shard(0, SLOTS - 1, _address(host, port))]

    async def aclose(self) -> None:
        await self._sentinels.aclose()


def _unheard(task: asyncio.Task[Any]) -> None:
    """Looked at although nobody waits for it, or asyncio complains of it in the log."""
    _ = task.cancelled() or task.exception()


class _View(NamedTuple):
    """One node's view of the cluster. A node that was cut off has a lower epoch, or is not well."""

    well: bool
    epoch: int
    shards: list[Shard]


async def _best(asked: Collection[asyncio.Task[_View]]) -> list[Shard]:
    views: list[_View] = []
    error: BaseException | None = None
    pending = set(asked)
    while pending:
        done, pending = await asyncio.wait(
            pending,
            timeout=GRACE_SECONDS if views else None,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not done:
            break
        for task in done:
            error = task.exception() or error
            if task.exception() is None:
                views.append(task.result())
    if views:
        return max(views, key=lambda view: (view.well, view.epoch)).shards
    raise error or exceptions.ConnectionError("There is nobody to ask.")


async def _view(reach: Reach, address: Address) -> _View:
    state, slots = await reach(address).together(("CLUSTER", "INFO"), ("CLUSTER", "SLOTS"))
    for answer in (state, slots):
        if isinstance(answer, exceptions.ResponseError):
            raise answer
    fields = dict(line.split(":", 1) for line in _text(state).split() if ":" in line)
    return _View(
        fields.get("cluster_state") == "ok",
        int(fields.get("cluster_current_epoch", 0)),
        [_shard(row, address) for row in slots],
    )


def _shard(row: list[Any], asked: Address) -> Shard:
    first, last, *nodes = row
    # A node that does not know its own name leaves it out: it is the one that was asked.
    found = [_address(node[0] or asked[0], node[1]) for node in nodes]
    return Shard(int(first), int(last), found[0], tuple(found[1:]))


def _address(host: Any, port: Any) -> Address:
    return _text(host), int(port)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
