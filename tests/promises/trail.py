"""Looking for somebody in all that a service has kept, as the doctor does; see `doctor.traces`."""

from __future__ import annotations

from typing import Any

import redis

from askpanel.doctor.traces import files_in, found_in
from askpanel.eventlog.contents import flat

__all__ = ["files_in", "found_in", "store_of"]


def store_of(client: redis.Redis) -> dict[str, bytes]:
    """Every key with its value, and what the engine itself remembers of commands."""
    found = {}
    for database in range(2):
        client.select(database)
        for key in client.scan_iter():
            found[f"key {key!r}"] = key + b"\n" + flat(_value(client, key))
    client.select(0)
    found["slow log"] = flat(client.slowlog_get())
    found["security log"] = flat(client.acl_log())
    return found


def _value(client: redis.Redis, key: bytes) -> Any:
    kind = str(client.type(key), "ascii")  # type: ignore[arg-type] # bytes, as we decode nothing
    reads: dict[str, Any] = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        "stream": client.xrange,
    }
    return reads[kind](key)
