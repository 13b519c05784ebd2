"""Calling a Lua script, keeping what was written, and asking for several things at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import redis.asyncio
from redis import exceptions

from askpanel.eventlog.engineclient import Bounded
from askpanel.eventlog.enginerouted import Routed


async def kept(client: redis.asyncio.Redis, *command: Any) -> Any:
    """The answer to a command that writes, once what it wrote outlives its engine: on disk, and
    where the store has replicas, on as many of them as its address asks for."""
    if isinstance(client, Routed):
        return await client.kept(*command)
    return await plain(client, *command)


async def plain(client: redis.asyncio.Redis, *command: Any) -> Any:
    """The answer to a command."""
    return await client.execute_command(*command)  # type: ignore[no-untyped-call]


async def together(client: redis.asyncio.Redis, *commands: tuple[Any, ...]) -> list[Any]:
    """The answers to reads of one session, there and back in one go; each at a moment of its own,
    in their order."""
    if isinstance(client, Bounded | Routed):
        answers = await client.together(*commands)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers
    return [await plain(client, *command) for command in commands]


class Script:
    """One script, called by its SHA-1. `writes` says whether there is anything to keep."""

    def __init__(self, client: redis.asyncio.Redis, text: str, *, writes: bool = True) -> None:
        self._client, self._text = client, text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self._writes = writes

    async def __call__(self, keys: Sequence[str], args: Sequence[Any]) -> Any:
        try:
            return await self._run("EVALSHA", self._sha, len(keys), *keys, *args)
        except exceptions.NoScriptError:
            # Sent whole to the engine that lacks it, and to no other: one may be away.
            return await self._run("EVAL", self._text, len(keys), *keys, *args)

    async def _run(self, *command: Any) -> Any:
        return await (kept if self._writes else plain)(self._client, *command)
