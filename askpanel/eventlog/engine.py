"""Connecting to the engine (Redis or Valkey), and refusing one that would lose questions.

The engine is the database. Whatever would make it forget an acknowledged question, or keep
the scripts from running, is refused at start-up in one sentence for the operator. Sentences
name the engine by host and port or by socket path: never by its URL, which may hold a
password, and never in the engine's own words, which may repeat one.
"""

from __future__ import annotations

import logging

import redis.asyncio
from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from askpanel.eventlog.enginecheck import WEAK_PERSISTENCE, EngineFacts, check_one
from askpanel.eventlog.engineclient import Bounded, client_of
from askpanel.eventlog.enginefault import why_unusable
from askpanel.eventlog.enginemap import SLOTS, Address, Shard
from askpanel.eventlog.enginerouted import Routed
from askpanel.eventlog.engineseveral import Several, several
from askpanel.eventlog.engineurl import EngineRefused, connection_options

__all__ = ["WEAK_PERSISTENCE", "Client", "EngineFacts", "EngineRefused", "check", "connect"]

POOL_SIZE = 64
Client = redis.asyncio.Redis
"""For those who hold one and may not know the library."""

_log = logging.getLogger("askpanel")


def connect(
    url: str, *, timeout_seconds: float = 3.0, connections: int = POOL_SIZE
) -> redis.asyncio.Redis:
    """A client for the URL of one engine (`redis://`, `rediss://`, `unix://`) or of several
    (`engineseveral`); it dials on first use.

    Answers are bytes. Every command ends, one way or the other, within `timeout_seconds`, so a
    blocking read must ask the engine for clearly less. `connections` are the most to one
    engine. Raises EngineRefused for a URL that cannot be used. Clients are made here and
    nowhere else.
    """
    many = several(url)
    if many is not None:
        return _connect_all(many, timeout_seconds, connections)
    options = connection_options(url)
    return client_of(options, timeout_seconds=timeout_seconds, connections=connections)


def _connect_all(many: Several, timeout_seconds: float, connections: int) -> Routed:
    def dial(address: Address) -> Bounded:
        options = {**many.options, "host": address[0], "port": address[1]}
        return client_of(options, timeout_seconds=timeout_seconds, connections=connections)

    return Routed(
        many.finder(),
        dial,
        copies=many.copies,
        seconds=timeout_seconds,
        tls="connection_class" in many.options,
    )


async def check(
    client: redis.asyncio.Redis,
    *,
    allow_weak_persistence: bool = False,
    loading_seconds: float = 30.0,
) -> EngineFacts:
    """Look the engine over before trusting it with questions.

    Waits up to `loading_seconds` for an engine that is still reading its data from disk.
    `allow_weak_persistence` accepts one that may lose acknowledged questions. Raises
    EngineRefused with one sentence. Of several engines each is looked over.
    """
    if not isinstance(client, Routed):
        return await check_one(client, allow_weak_persistence, loading_seconds)
    facts = []
    for shard in await _found(client):
        engine = client.reach(shard.primary)
        facts.append(await check_one(engine, allow_weak_persistence, loading_seconds, "primary"))
        copies = [each for each in await _copies(client, engine) if await _answers(each)]
        for each in copies:
            await check_one(each, allow_weak_persistence, loading_seconds, "replica")
        if len(copies) < client.copies:
            _log.warning(
                "An engine has fewer replicas than must have a question before it is confirmed: "
                "until it has them, what lies there is refused.",
                extra={"event": "replicas_missing"},
            )
    return facts[0]


async def _found(client: Routed) -> list[Shard]:
    """Who serves what. Raises EngineRefused unless everything is served."""
    where = client.seeds
    try:
        shards = await client.shards()
    except MasterNotFoundError:
        raise EngineRefused(
            f"The sentinels at {where} cannot be reached, or know no primary by that name that "
            "is well; start them, or correct ASKPANEL_REDIS_URL."
        ) from None
    except exceptions.NoPermissionError:
        raise EngineRefused(
            f"The cluster at {where} does not let this user run CLUSTER INFO, CLUSTER SLOTS and "
            "WAIT; give the user permission."
        ) from None
    except exceptions.ResponseError:
        raise EngineRefused(
            f"What answers at {where} is neither a node of a cluster nor a sentinel; for a single "
            "engine ASKPANEL_REDIS_URL begins with redis:// or rediss://."
        ) from None
    except exceptions.RedisError as error:
        raise EngineRefused(why_unusable(error, where, tls=client.tls)) from None
    served = sum(shard.last - shard.first + 1 for shard in shards)
    if served < SLOTS:
        raise EngineRefused(
            f"The cluster at {where} serves only {served} of its {SLOTS} slots, so some sessions "
            "would have no place; give every slot a primary."
        )
    return shards


async def _copies(client: Routed, primary: Bounded) -> list[Bounded]:
    """The replicas that follow a primary just now. Any may take its place, so must be as good."""
    try:
        info = await primary.info("replication")
    except exceptions.RedisError as error:
        raise EngineRefused(why_unusable(error, client.seeds, tls=client.tls)) from None
    found = (info.get(f"slave{number}", {}) for number in range(int(info["connected_slaves"])))
    online = [each for each in found if each.get("state") == "online"]
    return [client.reach((each["ip"], int(each["port"]))) for each in online]


async def _answers(replica: Bounded) -> bool:
    """Whether it is there: one that has just died is missing, and no reason not to start."""
    try:
        await replica.ping()
    except exceptions.RedisError:
        return False
    return True
