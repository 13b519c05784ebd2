"""All that a store holds, as bytes: for whoever looks in it for what should not be there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

from askpanel.eventlog.engine import Client
from askpanel.eventlog.enginerouted import engines
from askpanel.eventlog.store import answered

RUN = 500


async def contents(client: Client) -> AsyncIterator[tuple[str, bytes]]:
    """Every key by its name, with its name and value as bytes; reads only. Raises StoreAway."""
    reads: dict[str, Callable[[bytes], Awaitable[Any]]] = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        "stream": lambda key: _entries(client, key),
    }
    keys = await answered(_keys(client))
    for key in keys:
        kind = text(await answered(client.type(key)))
        if kind in reads:
            value = await answered(reads[kind](key))
            yield text(key), key + b"\n" + flat(value)


async def _keys(client: Client) -> list[bytes]:
    found: list[bytes] = []
    for _, engine in await engines(client):
        found += [cast(bytes, key) async for key in engine.scan_iter(count=1000)]
    return sorted(found)


async def _entries(client: Client, key: bytes) -> list[Any]:
    """A stream in runs: no call may take longer than a client waits."""
    found: list[Any] = []
    start = "-"
    while run := await client.xrange(key, start, "+", count=RUN):
        found += run
        start = f"({text(run[-1][0])}"
    return found


def text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def flat(value: Any) -> bytes:
    """All bytes in a reply, one after the other."""
    if isinstance(value, dict):
        return b"\n".join(flat(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return b"\n".join(map(flat, value))
    return value if isinstance(value, bytes) else str(value).encode()
