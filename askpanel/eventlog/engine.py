"""Connecting to the engine (Redis or Valkey), and refusing one that would lose questions.

The engine is the database. Whatever would make it forget an acknowledged question, or keep
the scripts from running, is refused at start-up in one sentence for the operator. Sentences
name the engine by host and port or by socket path: never by its URL, which may hold a
password, and never in the engine's own words, which may repeat one.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import redis.asyncio
from redis import exceptions
from redis.asyncio.connection import (
    BlockingConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

from askpanel.eventlog.enginefault import why_unusable
from askpanel.eventlog.engineurl import EngineRefused, connection_options

__all__ = ["WEAK_PERSISTENCE", "EngineFacts", "EngineRefused", "check", "connect"]

POOL_SIZE = 64
OLDEST_MAJOR = 7
LOADING_POLL_SECONDS = 0.1
WEAK_PERSISTENCE = "ASKPANEL_ALLOW_WEAK_PERSISTENCE"


class EngineFacts(msgspec.Struct, frozen=True):
    """What an accepted engine said about itself; `appendfsync` may be "unknown"."""

    name: str
    version: str
    aof: bool
    appendfsync: str


class _BoundedRedis(redis.asyncio.Redis):
    """A client whose every command ends within its deadline, whatever it waits for.

    Without it the waits add up: for a pooled connection, for the handshake, for the answer.
    A command cut short costs its connection, so no later command reads the stale answer.
    """

    deadline_seconds: float = 3.0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            async with asyncio.timeout(self.deadline_seconds):
                answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
                return await answer
        except TimeoutError:
            raise exceptions.TimeoutError("The engine did not answer in time.") from None


def connect(
    url: str, *, timeout_seconds: float = 3.0, connections: int = POOL_SIZE
) -> redis.asyncio.Redis:
    """A client for a `redis://`, `rediss://` or `unix://` URL; it dials on first use.

    Answers are bytes. Every command ends, one way or the other, within `timeout_seconds`
    (a pipeline within that for its connection and that again for its answers), so a
    blocking read must ask the engine for clearly less. Raises EngineRefused for a URL that
    cannot be used. Clients are made here and nowhere else.
    """
    options = connection_options(url)
    if options.get("connection_class") is not UnixDomainSocketConnection:
        options["socket_keepalive"] = True
    # Past `connections` commands at once the rest wait their turn instead of failing: the engine
    # runs one command at a time anyway, and answers all that wait with a single fsync.
    pool = BlockingConnectionPool(
        max_connections=connections,
        timeout=timeout_seconds,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        # A command that timed out may have happened. Only the caller knows whether it is
        # safe to send it again (a submit with its nonce is), so nothing here ever does.
        retry=Retry(NoBackoff(), 0),
        # RESP2 needs no handshake, so even an engine too old for RESP3 can say its version.
        protocol=2,
        driver_info=None,
        # With these notifications on the pool no longer notices connections that died while
        # idle, and after a restart of the engine one command is lost on each of them.
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
        **options,
    )
    client = _BoundedRedis(connection_pool=pool)
    client.auto_close_connection_pool = True  # the pool is this client's alone
    client.deadline_seconds = timeout_seconds
    return client


async def check(
    client: redis.asyncio.Redis,
    *,
    allow_weak_persistence: bool = False,
    loading_seconds: float = 30.0,
) -> EngineFacts:
    """Look the engine over before trusting it with questions.

    Waits up to `loading_seconds` for an engine that is still reading its data from disk.
    `allow_weak_persistence` accepts one that may lose acknowledged questions. Raises
    EngineRefused with one sentence.
    """
    where = _where(client)
    info = await _loaded_info(client, where, loading_seconds)
    name, version = _name_and_version(info)
    _refuse_unfit(info, where, name, version)
    aof = str(info.get("aof_enabled", 0)) == "1"
    appendfsync = await _appendfsync(client) if aof else "no"
    if not allow_weak_persistence:
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


def _refuse_unfit(info: dict[str, Any], where: str, name: str, version: str) -> None:
    """Refuse an engine on which the scripts would not run or keys would go missing."""
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_MAJOR:
        raise EngineRefused(
            f"The engine at {where} is {name} {version}, which is too old; use Redis "
            f"{OLDEST_MAJOR} or later, or Valkey."
        )
    if str(info.get("cluster_enabled", 0)) == "1":
        raise EngineRefused(
            f"The engine at {where} is a node of a cluster, which Askpanel cannot use yet; "
            "give it a single engine."
        )
    if info.get("role") == "slave":
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
