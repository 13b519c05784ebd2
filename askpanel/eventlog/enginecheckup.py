"""What an engine says of itself, for `askpanel doctor`: judged elsewhere, in words.

Unlike `check`, which refuses, this looks at all there is. It writes one key, which is nobody's,
and takes it away again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import redis.asyncio
from redis import exceptions

from askpanel.eventlog.engine import EngineRefused, check
from askpanel.eventlog.enginerouted import Routed
from askpanel.eventlog.model import StoreAway

PROBE = "askpanel:{doctor}:probe"
WRITES = 20
SETTINGS = ("appendonly", "appendfsync", "maxmemory-policy", "dir")

REFUSALS: dict[type[Exception], str] = {
    exceptions.OutOfMemoryError: "memory",
    exceptions.ReadOnlyError: "replica",
    exceptions.NoPermissionError: "permission",
}


class Checkup(NamedTuple):
    """One engine. `settings` lacks what it will not tell; `writes` are the seconds that each
    flushed write took; `refused` is why it takes none: a word of `REFUSALS`, or "unknown".
    `ahead` is by how many seconds its clock is before ours. Of several engines `where` says which
    one it is, and `copies` how many replicas must have a write before it is confirmed."""

    name: str
    info: dict[str, Any]
    settings: dict[str, str]
    ahead: float
    writes: list[float]
    refused: str = ""
    where: str = ""
    copies: int = 0


async def examine(
    client: redis.asyncio.Redis,
    now: Callable[[], float] = time.time,
    timer: Callable[[], float] = time.perf_counter,
) -> list[Checkup]:
    """Look at every engine that takes writes. Raises StoreAway."""
    try:
        writes, refused = await _write(client, timer)
        if isinstance(client, Routed):
            return await _several(client, now, writes, refused)
        return [await _one(client, now, writes, refused)]
    except (exceptions.RedisError, OSError, TimeoutError) as error:
        raise StoreAway(type(error).__name__) from error


async def objection(client: redis.asyncio.Redis, *, allow_weak_persistence: bool) -> str:
    """Why the service would not start with this store, in a sentence; "" if it would."""
    try:
        await check(client, allow_weak_persistence=allow_weak_persistence, loading_seconds=1)
    except EngineRefused as refusal:
        return str(refusal)
    return ""


async def _several(
    client: Routed, now: Callable[[], float], writes: list[float], refused: str
) -> list[Checkup]:
    found = []
    for host, port in sorted({shard.primary for shard in await client.shards()}):
        one = await _one(client.reach((host, port)), now, writes, refused)
        found.append(one._replace(where=f"{host}:{port}", copies=client.copies))
    return found


async def _one(
    engine: redis.asyncio.Redis, now: Callable[[], float], writes: list[float], refused: str
) -> Checkup:
    info: dict[str, Any] = await engine.info()
    ahead = max([await _ahead(engine, now) for _ in range(3)], key=abs)
    name = "Valkey" if "valkey_version" in info else "Redis"
    return Checkup(name, info, await _settings(engine), ahead, writes, refused)


async def _ahead(engine: redis.asyncio.Redis, now: Callable[[], float]) -> float:
    """By how many seconds its clock is before ours, at least."""
    began = now()
    seconds, micros = await engine.time()
    store, ended = float(seconds) + float(micros) / 1e6, now()
    # It was read somewhere between the two readings of our own.
    return min(0.0, store - began) or max(0.0, store - ended)


async def _settings(engine: redis.asyncio.Redis) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in SETTINGS:
        try:
            answer: dict[Any, Any] = await engine.config_get(name)
        except exceptions.ResponseError:
            return {}  # managed services forbid it
        found |= {_text(key): _text(value) for key, value in answer.items()}
    return found


async def _write(
    client: redis.asyncio.Redis, timer: Callable[[], float]
) -> tuple[list[float], str]:
    taken = []
    try:
        for number in range(WRITES):
            began = timer()
            await client.set(PROBE, number, px=60_000)
            taken.append(timer() - began)
        await client.delete(PROBE)
    except exceptions.ResponseError as error:
        # Not its own words: they may repeat what it was sent.
        known = (word for kind, word in REFUSALS.items() if isinstance(error, kind))
        return taken, next(known, "disk" if str(error).startswith("MISCONF") else "unknown")
    return taken, ""


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
