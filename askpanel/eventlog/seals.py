"""The record in the store: the log byte for byte, and the seals beside it under the same hash tag.

Read by scripts, because a reply to them is given as it is: the client folds an entry's fields into
a dictionary, and two fields of one name would be seen by one reader and not by another.
"""

from __future__ import annotations

from typing import Any

import redis.asyncio
from msgspec import Struct

from askpanel.eventlog.chain import Stored
from askpanel.eventlog.script import Script
from askpanel.eventlog.seal import Sealed
from askpanel.eventlog.store import answered, read_script

KEY = "seals"
MUTED = b"muted:"


class Look(Struct, frozen=True):
    """A session at one moment: its epoch and position, its definition as it is stored, some of
    its log, and its seals from one on."""

    epoch: str
    position: int
    session: bytes
    run: list[Stored]
    lines: list[bytes]


class Whole(Struct, frozen=True):
    """What the log should lead to: the definition, the questions' records by number, who is muted,
    what was said to colleagues and what is pinned, as they are stored; and every seal."""

    epoch: str
    position: int
    session: bytes
    questions: dict[bytes, bytes]
    muted: set[bytes]
    remarks: list[bytes]
    pinned: bytes
    lines: list[bytes]


class Seals:
    """Reads of the record, and the one write. Every method may raise StoreAway."""

    def __init__(self, client: redis.asyncio.Redis, prefix: str = "askpanel") -> None:
        self._prefix = prefix
        self._scripts = {
            name: Script(client, read_script(name), writes=name == "seal")
            for name in ("seal", "seal_look", "seal_whole")
        }

    async def look(self, slug: str, first: int, last: int | None, seal: int) -> Look | None:
        """The log from one position to another (None: to its end) and the seals from the index
        `seal` on; None if there is no such session."""
        until = "+" if last is None else last
        reply = await self._call("seal_look", slug, ("meta", "log", KEY), first, until, seal)
        if reply[0] == b"refused":
            return None
        _, meta, run, lines = reply
        return Look(*_meta(meta), [Stored(id_, fields) for id_, fields in run], lines)

    async def whole(self, slug: str) -> Whole | None:
        """All but the log; None if there is no such session."""
        reply = await self._call("seal_whole", slug, ("meta", "questions", "remarks", KEY))
        if reply[0] == b"refused":
            return None
        _, fields, questions, remarks, lines = reply
        meta = _pairs(fields)
        named = [meta.get(name) for name in (b"epoch", b"position", b"session")]
        muted = {name.removeprefix(MUTED) for name in meta if name.startswith(MUTED)}
        pinned = meta.get(b"pinned", b"[]")
        return Whole(*_meta(named), _pairs(questions), muted, remarks, pinned, lines)

    async def append(self, sealed: Sealed, newest: bytes) -> bool:
        """Store a seal after the newest line (empty: there is none); False if somebody else has
        sealed meanwhile, or the log is no longer the one that it is of."""
        seal = sealed.seal
        reply = await self._call(
            *("seal", seal.session, ("meta", KEY)),
            *(seal.epoch, seal.position, newest, sealed.line),
        )
        return bool(reply[0] == b"done")

    async def _call(self, name: str, slug: str, parts: tuple[str, ...], *args: Any) -> list[Any]:
        keys = [f"{self._prefix}:{{{slug}}}:{part}" for part in parts]
        reply: list[Any] = await answered(self._scripts[name](keys, args))
        return reply


def _pairs(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _meta(found: list[bytes | None]) -> tuple[str, int, bytes]:
    epoch, position, session = found
    # Whoever changes the store by hand may leave anything here.
    number = int(position) if position and position.isdigit() else 0
    return (epoch or b"").decode("utf-8", "replace"), number, session or b""
