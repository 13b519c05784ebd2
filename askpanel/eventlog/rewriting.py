"""Writing an engine's own files anew, so that what was erased is gone from them too.

An append-only file holds every command that was ever given, so the words of a question stay in it
after the question has gone, until the file is written anew (BGREWRITEAOF). So they do in a dump
(`save`), until the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio
from msgspec import Struct
from redis import exceptions

from askpanel.eventlog.enginerouted import engines
from askpanel.eventlog.model import StoreAway

POLL = 0.1
PATIENCE = 600.0
"""Seconds that one engine's file may take: a gigabyte takes some ten."""
AOF = ("BGREWRITEAOF", "aof_last_bgrewrite_status")
DUMP = ("BGSAVE", "rdb_last_bgsave_status")
BUSY = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")


class Written(Struct, frozen=True):
    """What became of one engine's files: `outcome` is "done", "forbidden" (a managed service does
    not let us), "failed" or "slow". `replicas` have files of their own, which it does not touch."""

    where: str
    outcome: str
    replicas: int = 0


async def write_anew(
    client: redis.asyncio.Redis, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> list[Written]:
    """Have each engine that takes writes write its files anew, and wait. Raises StoreAway."""
    try:
        return [await _one(engine, where, sleep) for where, engine in await engines(client)]
    except (exceptions.RedisError, OSError, TimeoutError) as error:
        raise StoreAway(type(error).__name__) from error


async def _one(
    engine: redis.asyncio.Redis, where: str, sleep: Callable[[float], Awaitable[None]]
) -> Written:
    replicas = int((await engine.info("replication")).get("connected_slaves", 0))
    try:
        outcome = "done"
        if str((await engine.info("persistence")).get("aof_enabled")) == "1":
            outcome = await _ask(engine, AOF, sleep)
        if outcome == "done" and await _dumps(engine):
            outcome = await _ask(engine, DUMP, sleep)
    except (exceptions.NoPermissionError, exceptions.ResponseError):
        outcome = "forbidden"
    return Written(where, outcome, replicas)


async def _ask(
    engine: redis.asyncio.Redis,
    words: tuple[str, str],
    sleep: Callable[[float], Awaitable[None]],
) -> str:
    """Begin when nothing of the kind is under way: what was begun before may hold the old words."""
    command, status = words
    left = round(PATIENCE / POLL)
    left = await _rest(engine, sleep, left)
    if left:
        await engine.execute_command(command)  # type: ignore[no-untyped-call]
        left = await _rest(engine, sleep, left)
    if not left:
        return "slow"
    info: dict[str, Any] = await engine.info("persistence")
    return "done" if info.get(status) == "ok" else "failed"


async def _rest(
    engine: redis.asyncio.Redis, sleep: Callable[[float], Awaitable[None]], left: int
) -> int:
    """Wait until the engine writes no file; gives how many looks are left."""
    while left:
        info: dict[str, Any] = await engine.info("persistence")
        if not any(int(info.get(name, 0)) for name in BUSY):
            return left
        await sleep(POLL)
        left -= 1
    return 0


async def _dumps(engine: redis.asyncio.Redis) -> bool:
    """Whether the engine writes dumps by itself, or has written one."""
    settings: dict[Any, Any] = await engine.config_get("save")
    return any(bool(value) for value in settings.values())
