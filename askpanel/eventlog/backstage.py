"""What the staff of a session do beside its questions: who is at which screen, a word to
colleagues, and an answer that is still being written."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

import msgspec
import redis.asyncio

from askpanel.eventlog.model import Actor
from askpanel.eventlog.records import Kept, Present
from askpanel.eventlog.session import Text
from askpanel.eventlog.store import Store, answered

MOST_PINNED = 3
"""Announcements at a time: what is on top of everybody's page must stay few."""
SEAT_MS = 60_000
"""How long somebody counts as present without a word from their process."""


class Backstage:
    """Commands and reads of the staff's side of a session."""

    def __init__(self, store: Store, client: redis.asyncio.Redis) -> None:
        self._store, self._client = store, client

    async def sit(self, slug: str, token: str, person: Present, lease_ms: int = SEAT_MS) -> int:
        """Be at a screen, or stay there. `token` names one connection or one process's share of
        them. Gives the position of "arrived", or 0 if everybody knew."""
        encoded = msgspec.json.encode(person)
        done = await self._store.call("attend", slug, ("meta", "log"), (token, encoded, lease_ms))
        return int(done[1])

    async def rise(self, slug: str, token: str) -> int:
        """Leave a screen. Gives the position of "left", or 0 if the person is still at it."""
        done = await self._store.call("attend", slug, ("meta", "log"), (token, "", SEAT_MS))
        return int(done[1])

    async def remark(self, slug: str, actor: Actor, text: str) -> int:
        """A word to the colleagues; gives its position or raises Refused."""
        keys = ("meta", "log", "remarks", "staff")
        done = await self._store.call("remark", slug, keys, (msgspec.json.encode(actor), text))
        return int(done[1])

    async def announce(self, slug: str, actor: Actor, words: Text) -> int:
        """Pin what everybody is to read on top of the page; gives the position, which names it, or
        raises Refused. The same words again are the announcement that there is."""
        return await self._pin(slug, "announce", actor, words=words)

    async def retract(self, slug: str, actor: Actor, id_: int) -> int:
        """Take an announcement down; gives the position or raises Refused."""
        return await self._pin(slug, "retract", actor, id_=id_)

    async def _pin(
        self, slug: str, command: str, actor: Actor, *, words: Text | None = None, id_: int = 0
    ) -> int:
        done = await self._store.call(
            "announce",
            slug,
            ("meta", "log", "staff"),
            (command, *map(msgspec.json.encode, (actor, words or {})), id_, MOST_PINNED),
        )
        return int(done[1])

    async def keep(self, slug: str, number: int, actor: Actor, text: str, lang: str) -> None:
        """Keep an answer that is being written; an empty text forgets it. Refused "not_holder"
        unless the question is the writer's to answer."""
        await self._store.call(
            "keep",
            slug,
            ("questions", "staff", "drafts"),
            (number, msgspec.json.encode(actor), text, lang),
        )

    async def kept(self, slug: str, number: int, username: str) -> Kept | None:
        """The answer that somebody was writing, if any."""
        field = f"{number}:{username}"
        raw = await answered(
            cast(
                "Awaitable[bytes | None]",
                self._client.hget(self._store.key(slug, "drafts"), field),
            )
        )
        return msgspec.json.decode(raw, type=Kept) if raw else None
