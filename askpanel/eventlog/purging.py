"""Erasing what was not published of a session whose time is over, in the store.

An entry of a stream cannot be changed, so the log is written anew under another name, a run at a
time, and takes the place of the old one in one call, with the records beside it. Whoever is killed
before that has changed nothing, and the next run begins again; whoever is killed after it is done.
An entry that lost words keeps the digest that it was sealed with (`chain.Stored`).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator

import msgspec
import redis.asyncio

from askpanel.eventlog import erasing
from askpanel.eventlog.chain import Stored
from askpanel.eventlog.following import NO_SEALS
from askpanel.eventlog.model import Event, Question, Refused
from askpanel.eventlog.records import Purge
from askpanel.eventlog.rewriting import Written, write_anew
from askpanel.eventlog.script import kept
from askpanel.eventlog.seals import Seals, Whole
from askpanel.eventlog.session import Session
from askpanel.eventlog.store import Store, answered
from askpanel.eventlog.walk import Left

RUN = 500
"""Entries that are written anew in one call."""
HOLD_MS = 60_000
TRIES = 5
DAY_MS = 24 * 60 * 60 * 1000
UNMOVED = ("arrived", "left", "phased", "purged")
"""Events after a purge that are no reason for another one."""


class Purger:
    """Erases, and knows what is to be erased. Every method may raise StoreAway."""

    def __init__(
        self,
        store: Store,
        client: redis.asyncio.Redis,
        seals: Seals,
        *,
        token: Callable[[], str] = lambda: secrets.token_hex(8),
        write: Callable[[redis.asyncio.Redis], Awaitable[list[Written]]] = write_anew,
    ) -> None:
        self._write = write
        self._store, self._client, self._seals, self._token = store, client, seals, token

    async def due(self, days: int) -> list[Session]:
        """The sessions that ended so many days ago and have something to be erased."""
        over = self._store.now() - days * DAY_MS
        ended = [each for each in await self._store.sessions() if each.schedule.ends <= over]
        return [each for each in ended if await self._anything(each.slug)]

    async def _anything(self, slug: str) -> bool:
        """Whether a session was never purged, or something was said in it since."""
        return await self._since(slug, await self._store.meta(slug, "purged"))

    async def _since(self, slug: str, purged: bytes) -> bool:
        if not purged:
            return True
        first, last = int(purged) + 1, await self._store.newest(slug)
        for start in range(first, last + 1, RUN):
            run = await self._store.entries(slug, start, min(start + RUN - 1, last))
            if any(entry.event.type not in UNMOVED for entry in run):
                return True
        return False

    async def planned(self, slug: str, days: int) -> Purge:
        """What would be erased. Raises Refused "unknown_session"."""
        whole = await self._whole(slug)
        return await self._account(slug, whole, Purge(days=days, entries=0, left=[]))

    async def erase(self, slug: str, days: int, *, by_hand: bool = False) -> Purge:
        """Erase it; gives what the log says of it. Raises Refused "unknown_session", or "busy" if
        somebody else is at it, or the session would not stand still."""
        for _ in range(TRIES):
            try:
                return await self._attempt(
                    slug, Purge(days=days, entries=0, left=[], by_hand=by_hand)
                )
            except Refused as refusal:
                if refusal.code != "moved":
                    raise
        raise Refused("busy")

    async def write_anew(self) -> list[Written]:
        """Have the engines write their own files anew where words are erased that may still lie in
        them, also by somebody who was killed before they came to this. Nothing if none may."""
        slugs = [each.slug for each in await self._store.sessions()]
        waiting = [slug for slug in slugs if await self._store.meta(slug, "unwritten")]
        written = await self._write(self._client) if waiting else []
        for slug in waiting if all(each.outcome == "done" for each in written) else ():
            await answered(kept(self._client, "HDEL", self._store.key(slug, "meta"), "unwritten"))
        return written

    async def _attempt(self, slug: str, purge: Purge) -> Purge:
        token, purged = self._token(), await self._store.meta(slug, "purged")
        if not purge.by_hand and not await self._since(slug, purged):
            raise Refused("busy")  # another process was faster
        position = await self._begin(slug, token, purged)
        whole = await self._whole(slug)
        purge = await self._account(slug, whole, purge)
        published = published_of(whole)
        left, entries, strange = Left(), 0, 0
        for first in range(1, position + 1, RUN):
            look = await self._seals.look(slug, first, min(first + RUN - 1, position), NO_SEALS)
            rows = [row for each in (look.run if look else ()) if (row := _row(each, published))]
            strange += len(look.run if look else ()) - len(rows)
            entries += sum(bool(digest) for _, _, digest in rows)
            for row in rows:
                left.take(*row)
            await self._copy(slug, token, rows, [])
        records = list(_records(whole, published))
        for first in range(0, len(records), RUN):
            await self._copy(slug, token, [], records[first : first + RUN])
        purge = msgspec.structs.replace(
            purge, entries=entries, strange=strange, left=left.digests(position)
        )
        event = msgspec.json.encode(Event(type="purged", at=0, purge=purge))
        keys = (
            "meta",
            "log",
            "questions",
            "nonces",
            "drafts",
            "remarks",
            "purge",
            "new_log",
            "new_questions",
        )
        await self._store.call("purge_finish", slug, keys, (token, position, self._token(), event))
        return purge

    async def _begin(self, slug: str, token: str, purged: bytes) -> int:
        """Hold the session, if nobody has purged it since; gives the position up to which it is to
        be written anew."""
        keys = ("meta", "purge", "new_log", "new_questions")
        args = (token, HOLD_MS, purged)
        begun = await self._store.call("purge_begin", slug, keys, args, timed=False)
        return int(begun[1])

    async def _copy(
        self,
        slug: str,
        token: str,
        rows: list[tuple[int, bytes, str]],
        records: list[tuple[bytes, bytes]],
    ) -> None:
        cells = [cell for row in rows for cell in row]
        pairs = [cell for pair in records for cell in pair]
        args = (token, HOLD_MS, len(rows), *cells, *pairs)
        keys = ("purge", "new_log", "new_questions")
        await self._store.call("purge_copy", slug, keys, args, timed=False)

    async def _account(self, slug: str, whole: Whole, purge: Purge) -> Purge:
        drafts = await answered(self._client.hlen(self._store.key(slug, "drafts")))
        found = erasing.counted(_questions(whole).values())
        found["drafts"] += int(drafts)
        found["remarks"] = len(whole.remarks)
        return msgspec.structs.replace(purge, **found)

    async def _whole(self, slug: str) -> Whole:
        whole = await self._seals.whole(slug)
        if whole is None:
            raise Refused("unknown_session")
        return whole


def published_of(whole: Whole) -> dict[int, frozenset[str]]:
    """The words that stay, by the number of their question."""
    return {number: erasing.words_of(each) for number, each in _questions(whole).items()}


def _questions(whole: Whole) -> dict[int, Question]:
    found = {}
    for raw in whole.questions.values():
        question = msgspec.json.decode(raw, type=Question)
        found[question.number] = question
    return found


def _records(whole: Whole, published: dict[int, frozenset[str]]) -> Iterator[tuple[bytes, bytes]]:
    for number, question in _questions(whole).items():
        left = erasing.left_of_question(question, published[number])
        yield str(number).encode(), msgspec.json.encode(left)


def _row(stored: Stored, published: dict[int, frozenset[str]]) -> tuple[int, bytes, str] | None:
    """Position, event and the digest of what was erased ("" if nothing was); None for what no
    command writes."""
    if stored.event is None:
        return None
    event = erasing.event_of(stored.event)
    left = erasing.what_is_left(event, published) if event else Event(type="unreadable", at=0)
    if left == event:
        return stored.position, stored.event, stored.erased
    return stored.position, msgspec.json.encode(left), stored.digest.hex()
