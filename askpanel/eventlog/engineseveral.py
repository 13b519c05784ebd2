"""The address of a store of several engines: a cluster's, or that of the sentinels of one.

    redis+cluster://user:password@host:port,host:port?replicas=1
    redis+sentinel://user:password@host:port,host:port/service?replicas=1&db=0

`rediss+…` for TLS. Of the hosts one that answers is enough. `replicas` is how many replicas must
have a write before it is confirmed; 1 if it is not said.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from askpanel.eventlog.enginemap import Address, ClusterFinder, Finder, SentinelFinder
from askpanel.eventlog.engineurl import (
    OPTIONS,
    connection_options,
    refuse_bare_characters,
    refused,
)

PORTS = {"cluster": 6379, "sentinel": 26379}
ACCOUNT = ("sentinel_username", "sentinel_password")
MOST_COPIES = 5
SENTINEL_SECONDS = 0.5
"""How long one sentinel may take: the next is asked then, within the command's own time."""


class Several(NamedTuple):
    """What such an address says. `options` are those of a connection to any of the engines."""

    kind: str
    seeds: tuple[Address, ...]
    options: dict[str, Any]
    copies: int
    service: str = ""
    account: tuple[str, ...] = ("", "")

    def finder(self) -> Finder:
        """Whoever knows which engine serves what."""
        if self.kind == "cluster":
            return ClusterFinder(self.seeds)
        how = {k: v for k, v in self.options.items() if k.startswith("ssl_")}
        username, password = (each or None for each in self.account)
        sentinels = Sentinel(  # type: ignore[no-untyped-call]
            self.seeds,
            sentinel_kwargs={
                **how,
                **({"ssl": True} if "connection_class" in self.options else {}),
                "username": username,
                "password": password,
                "protocol": 2,
                "socket_timeout": SENTINEL_SECONDS,
                "socket_connect_timeout": SENTINEL_SECONDS,
                "retry": Retry(NoBackoff(), 0),
            },
        )
        return SentinelFinder(self.seeds, self.service, sentinels)


def several(url: str) -> Several | None:
    """What the address of several engines says, or None for that of one. Raises EngineRefused."""
    url = url.strip()
    scheme, _, rest = url.partition("://")
    base, _, kind = scheme.partition("+")
    if kind not in PORTS or base not in ("redis", "rediss"):
        return None
    place, _, query = rest.partition("?")
    authority, _, path = place.partition("/")
    refuse_bare_characters(url, path + query)
    account, at, hosts = authority.rpartition("@")
    given = dict(parse_qsl(query, keep_blank_values=True))
    copies = _copies(given.pop("replicas", "1"))
    if kind == "cluster":
        _refuse_database(path, given)
    elif not path or "/" in path:
        raise refused("after the sentinels' hosts it needs a slash and the name of their service")
    names = tuple(given.pop(name, "") if kind == "sentinel" else "" for name in ACCOUNT)
    _refuse_unknown(kind, base, given)
    # Each host is looked at as if it were the only one: what it may say is the same.
    each = [
        connection_options(f"{base}://{account}{at}{host}?{urlencode(given)}")
        for host in hosts.split(",")
    ]
    seeds = tuple((one["host"], one.get("port", PORTS[kind])) for one in each)
    options = {name: value for name, value in each[0].items() if name not in ("host", "port")}
    return Several(kind, seeds, options, copies, unquote(path), names)


def _copies(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given) <= MOST_COPIES):
        raise refused(f"replicas must be a number from 0 to {MOST_COPIES}")
    return int(given)


def _refuse_database(path: str, given: dict[str, str]) -> None:
    if path or "db" in given:
        raise refused("a cluster has no numbered databases; leave out what follows the hosts")


def _refuse_unknown(kind: str, base: str, given: dict[str, str]) -> None:
    allowed = OPTIONS[base] - ({"db"} if kind == "cluster" else set())
    if not given.keys() <= allowed:
        own = {"replicas"} | (set(ACCOUNT) if kind == "sentinel" else set())
        names = ", ".join(sorted(allowed | own))
        raise refused(f"after the question mark it may only give {names}")
