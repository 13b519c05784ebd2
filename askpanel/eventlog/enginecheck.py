"""Looking one engine over: is it one to trust with questions?"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import redis.asyncio
from redis import exceptions
from redis.asyncio.connection import SSLConnection

from askpanel.eventlog.enginefault import why_unusable
from askpanel.eventlog.engineurl import EngineRefused

OLDEST_MAJOR = 7
LOADING_POLL_SECONDS = 0.1
WEAK_PERSISTENCE = "ASKPANEL_ALLOW_WEAK_PERSISTENCE"


class EngineFacts(msgspec.Struct, frozen=True):
    """What an accepted engine said about itself; `appendfsync` may be "unknown"."""

    name: str
    version: str
    aof: bool
    appendfsync: str


async def check_one(
    client: redis.asyncio.Redis, allow_weak: bool, loading_seconds: float, part: str = ""
) -> EngineFacts:
    """Look over one engine; `part` is "primary" or "replica" in a store of several."""
    where = _where(client)
    info = await _loaded_info(client, where, loading_seconds)
    name, version = _name_and_version(info)
    _refuse_unfit(info, where, name, version, part)
    aof = str(info.get("aof_enabled", 0)) == "1"
    appendfsync = await _appendfsync(client) if aof else "no"
    if not allow_weak:
        _refuse_forgetful(where, aof, appendfsync)
    return EngineFacts(name=name, version=version, aof=aof, appendfsync=appendfsync)


def _where(client: redis.asyncio.Redis) -> str:
    options = client.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host')}:{options.get('port', 6379)}")


def _unusable(client: redis.asyncio.Redis, error: exceptions.RedisError) -> EngineRefused:
    tls = issubclass(client.connection_pool.connection_class, SSLConnection)
    return EngineRefused(why_unusable(error, _where(client), tls=tls))


async def _loaded_info(
    client: redis.asyncio.Redis, where: str, loading_seconds: float
) -> dict[str, Any]:
    """The fields of INFO, once the engine has its data in memory."""
    deadline = asyncio.get_running_loop().time() + loading_seconds
    while True:
        try:
            info: dict[str, Any] = await client.info()
            if str(info.get("loading", 0)) == "0":
                return info
        except exceptions.BusyLoadingError:
            pass  # some engines answer so instead of filling in the field
        except exceptions.RedisError as error:
            raise _unusable(client, error) from None
        if asyncio.get_running_loop().time() >= deadline:
            raise EngineRefused(
                f"The engine at {where} is still loading its data after "
                f"{loading_seconds:g} seconds; wait until it has finished, then start again."
            )
        await asyncio.sleep(LOADING_POLL_SECONDS)


def _name_and_version(info: dict[str, Any]) -> tuple[str, str]:
    # Valkey gives a Redis version too, for old clients: its own comes first.
    if "valkey_version" in info:
        return "Valkey", str(info["valkey_version"])
    return "Redis", str(info.get("redis_version", "0"))


def _refuse_unfit(info: dict[str, Any], where: str, name: str, version: str, part: str) -> None:
    """Refuse an engine on which the scripts would not run or keys would go missing."""
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_MAJOR:
        raise EngineRefused(
            f"The engine at {where} is {name} {version}, which is too old; use Redis "
            f"{OLDEST_MAJOR} or later, or Valkey."
        )
    mode = str(info.get("server_mode") or info.get("redis_mode", ""))
    if mode == "sentinel":
        raise EngineRefused(
            f"What answers at {where} is a sentinel; give its address as "
            "redis+sentinel://host:port/name-of-the-service."
        )
    if not part and (mode == "cluster" or str(info.get("cluster_enabled", 0)) == "1"):
        raise EngineRefused(
            f"The engine at {where} is a node of a cluster; give its address as "
            "redis+cluster://host:port."
        )
    if info.get("role") == "slave" and part != "replica":
        raise EngineRefused(
            f"The engine at {where} is a read-only replica; give the address of its primary."
        )
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        raise EngineRefused(
            f"The engine at {where} may throw questions away when its memory is full "
            f"(maxmemory-policy {policy}); set maxmemory-policy to noeviction."
        )


def _refuse_forgetful(where: str, aof: bool, appendfsync: str) -> None:
    """Refuse an engine that could forget what it has acknowledged."""
    accept = f"or set {WEAK_PERSISTENCE}=yes and accept the loss."
    if not aof:
        raise EngineRefused(
            f"The engine at {where} does not keep its data on disk, so a restart would lose "
            f"questions; set appendonly yes and appendfsync always, {accept}"
        )
    if appendfsync == "unknown":
        raise EngineRefused(
            f"The engine at {where} will not say how often it writes to disk, so questions "
            f"could be lost in a power cut; let Askpanel run CONFIG GET appendfsync, {accept}"
        )
    if appendfsync != "always":
        raise EngineRefused(
            f"The engine at {where} writes to disk too rarely (appendfsync {appendfsync}), so "
            f"a power cut would lose acknowledged questions; set appendfsync always, {accept}"
        )


async def _appendfsync(client: redis.asyncio.Redis) -> str:
    """`always`, `everysec` or `no`; "unknown" where CONFIG is forbidden (managed services)."""
    try:
        answer: dict[Any, Any] = await client.config_get("appendfsync")
    except exceptions.ResponseError:
        return "unknown"
    except exceptions.RedisError as error:
        raise _unusable(client, error) from None
    for value in answer.values():
        return value.decode() if isinstance(value, bytes) else str(value)
    return "unknown"
