"""The sessions' log in Redis or Valkey: every command one atomic Lua call, every read a snapshot.

All keys of a session share one hash tag, so the same scripts run on Redis Cluster. Questions are
written by `submit` and `decide`; what they answer has been fsynced by the engine before it says so.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
import redis.asyncio
from redis.exceptions import RedisError

from askpanel.eventlog.clock import StoreClock
from askpanel.eventlog.model import Actor, Done, Entry, Question, Refused, StoreAway
from askpanel.eventlog.projection import Snapshot
from askpanel.eventlog.reading import entries_of, snapshot_of
from askpanel.eventlog.records import Flag, Similar
from askpanel.eventlog.rules import RULES, UNDOABLE
from askpanel.eventlog.script import Script, kept, together
from askpanel.eventlog.session import Session

LUA = Path(__file__).parent / "lua"
SNAPSHOT_ENTRIES = 2048
"""How many of the newest entries a process keeps, so that a screen can resume."""

_T = TypeVar("_T")


ROOMS = {"decide": ("question", "triage", "desk", "decide")}
"""Scripts that fill more than one file."""
UNDOES = msgspec.json.encode(UNDOABLE)


def read_script(name: str) -> str:
    """The text of one script, with the shared part in front."""
    parts = ("common", *ROOMS.get(name, (name,)))
    return "".join((LUA / f"{part}.lua").read_text("utf-8") for part in parts)


async def answered(call: Awaitable[_T]) -> _T:
    """What the store says, or StoreAway: no caller needs to know which library talks to it."""
    try:
        return await call
    except (TimeoutError, RedisError, OSError) as error:
        raise StoreAway(type(error).__name__) from error
    except RuntimeError as error:
        # uvloop's word for a connection that was reset just before it was written to.
        if "handler is closed" not in str(error):
            raise
        raise StoreAway("ConnectionResetError") from error


class Store:
    """Commands and reads of the sessions' logs.

    `lease_ms` is how long a claim lasts unless renewed. `now` is for tests: without it the
    scripts use the store's own clock, which all processes share.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        *,
        tails: redis.asyncio.Redis | None = None,
        prefix: str = "askpanel",
        lease_ms: int = 180_000,
        now: Callable[[], int] | None = None,
        token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self.clock = StoreClock()
        self._client = client
        # A tail holds its connection while it waits, so tails do not share the commands' pool.
        self._tails = tails or client
        self._prefix = prefix
        self._lease_ms = lease_ms
        self._now = now
        self._token = token
        self._scripts = {
            name: Script(client, read_script(name), writes=name != "snapshot")
            for name in (
                "create",
                "submit",
                "decide",
                "schedule",
                "phase",
                "snapshot",
                "epoch",
                "attend",
                "remark",
                "keep",
                "announce",
                "purge_begin",
                "purge_copy",
                "purge_finish",
            )
        }

    def now(self) -> int:
        """The time in Unix milliseconds: the test's, or the store's as last heard."""
        return self._now() if self._now else self.clock()

    def key(self, slug: str, part: str) -> str:
        """The key of one part of a session; the braces are the cluster's hash tag."""
        return f"{self._prefix}:{{{slug}}}:{part}"

    async def hear_time(self) -> None:
        """Set the clock by the store's."""
        asked = self.clock()
        seconds, micros = await answered(self._client.time())
        self.clock.set(int(seconds) * 1000 + int(micros) // 1000, self.clock() - asked)

    async def ping(self) -> None:
        """Raise StoreAway unless the store answers."""
        await answered(cast("Awaitable[Any]", self._client.ping()))

    async def sessions(self) -> list[Session]:
        """Every session, by its start."""
        slugs = await answered(
            cast("Awaitable[set[bytes]]", self._client.smembers(f"{self._prefix}:sessions"))
        )
        found = await asyncio.gather(*(self.session(slug.decode()) for slug in slugs))
        return sorted((s for s in found if s), key=lambda s: (s.schedule.starts, s.slug))

    async def session(self, slug: str) -> Session | None:
        """One session's definition as it stands, or None."""
        raw = await self.meta(slug, "session")
        return msgspec.json.decode(raw, type=Session) if raw else None

    async def create(self, session: Session) -> int:
        """Begin a session's log; position 1 is its definition. Refused "exists" if the slug is
        taken, "short_taken" if the short address is."""
        if session.short:
            if await self.slug_of(session.short) not in ("", session.slug):
                raise Refused("short_taken")
            shorts = f"{self._prefix}:shorts"
            await answered(kept(self._client, "HSET", shorts, session.short, session.slug))
        # Listed first: a listed session without a log is skipped, the other way round is lost.
        await answered(kept(self._client, "SADD", f"{self._prefix}:sessions", session.slug))
        done = await self.call(
            "create",
            session.slug,
            ("meta", "log"),
            (self._token(), msgspec.json.encode(session)),
        )
        return int(done[1])

    async def slug_of(self, short: str) -> str:
        """The slug of the session whose short address this is, or "". Sessions say themselves
        which is theirs, so a line left by one that was never created leads nowhere."""
        raw = await self._field(f"{self._prefix}:shorts", short)
        found = await self.session(raw.decode()) if raw else None
        return found.slug if found and found.short == short else ""

    async def submit(
        self,
        slug: str,
        *,
        nonce: str,
        text: str,
        lang: str,
        author: str,
        topic: str = "",
        name: str = "",
        flags: Sequence[Flag] = (),
        similar: Sequence[Similar] = (),
    ) -> Done:
        """Store a question. The same nonce again gives the first question back.

        Refused "unknown_session", "closed" by the schedule at the store's time, or "muted".
        """
        parts = {"text": text, "lang": lang, "author": author, "topic": topic, "name": name}
        noticed = {"flags": flags, "similar": similar}
        question = msgspec.json.encode({k: v for k, v in (parts | noticed).items() if v})
        keys = ("meta", "log", "questions", "nonces")
        return self._done(await self.call("submit", slug, keys, (nonce, question)))

    async def decide(
        self, slug: str, number: int, command: str, actor: Actor, **fields: str | int
    ) -> Done:
        """Carry out one command of `rules.RULES`, or raise Refused with the reason."""
        rule = RULES.get(command)
        if rule is None:
            raise Refused("unknown_command")
        encoded = (
            msgspec.json.encode(actor),
            msgspec.json.encode({k: v for k, v in fields.items() if v}),
            self._lease_ms,
            msgspec.json.encode(rule),
            UNDOES,
        )
        keys = ("meta", "log", "questions", "staff", "drafts")
        return self._done(await self.call("decide", slug, keys, (number, command, *encoded)))

    async def schedule(
        self,
        slug: str,
        command: str,
        actor: Actor,
        minutes: int = 0,
        times: tuple[int, int] = (0, 0),
    ) -> int:
        """Move to other times (start and end, Unix milliseconds), open now, pause, resume, extend
        or close; gives the position or raises Refused."""
        done = await self.call(
            "schedule",
            slug,
            ("meta", "log", "staff"),
            (command, msgspec.json.encode(actor), minutes, *times),
        )
        return int(done[1])

    async def notice_phase(self, slug: str, phase: str) -> int:
        """Log that the clock has reached a phase; Refused "wrong_state" if somebody did."""
        return int((await self.call("phase", slug, ("meta", "log"), (phase,)))[1])

    async def revoke(self, slug: str, versions: dict[str, int]) -> None:
        """Refuse, in this session, commands of sign-ins older than these staff versions."""
        if versions:
            given = (part for version in versions.items() for part in version)
            await answered(kept(self._client, "HSET", self.key(slug, "staff"), *given))

    async def snapshot(self, slug: str, entries: int = SNAPSHOT_ENTRIES) -> Snapshot:
        """A session at one moment. Raises Refused "unknown_session"."""
        keys = ("meta", "log", "questions", "remarks")
        return snapshot_of(await self.call("snapshot", slug, keys, (entries,), timed=False))

    async def entries(self, slug: str, first: int, last: int) -> list[Entry]:
        """The log from one position to another, both included."""
        found = await answered(
            self._client.xrange(self.key(slug, "log"), f"{first}-0", f"{last}-0")
        )
        return entries_of(found)

    async def wait(self, slug: str, after: int, block_ms: int) -> list[Entry]:
        """Entries after a position, waiting up to `block_ms` for the first."""
        return (await self.follow(slug, after, block_ms))[0]

    async def follow(self, slug: str, after: int, block_ms: int) -> tuple[list[Entry], str]:
        """As `wait`, and the epoch as it stands after that: they go there and back together."""
        log, meta = self.key(slug, "log"), self.key(slug, "meta")
        found, epoch = await answered(
            together(
                self._tails,
                # The position is always given: "$" would lose what came in between two reads.
                ("XREAD", "COUNT", 500, "BLOCK", block_ms, "STREAMS", log, f"{after}-0"),
                ("HGET", meta, "epoch"),
            )
        )
        streams = found.items() if isinstance(found, dict) else found or []
        return [entry for _, run in streams for entry in entries_of(run)], (epoch or b"").decode()

    async def newest(self, slug: str) -> int:
        """The position of the newest entry of a session's log; 0 if there is none."""
        return int(await self.meta(slug, "position") or 0)

    async def epoch(self, slug: str) -> str:
        """The epoch of a session's log as it stands; "" if there is none."""
        return (await self.meta(slug, "epoch")).decode()

    async def meta(self, slug: str, field: str) -> bytes:
        """One of the values that a session has beside its log; empty if there is none."""
        return await self._field(self.key(slug, "meta"), field) or b""

    async def _field(self, key: str, name: str) -> bytes | None:
        return await answered(cast("Awaitable[bytes | None]", self._client.hget(key, name)))

    async def renew_epoch(self, slug: str, old: str) -> None:
        """Say that what was seen under `old` may be gone. Once, whoever finds out first."""
        try:
            await self.call("epoch", slug, ("meta",), (old, self._token()), timed=False)
        except Refused:
            return

    async def call(
        self,
        name: str,
        slug: str,
        parts: tuple[str, ...],
        args: tuple[Any, ...],
        *,
        timed: bool = True,
    ) -> list[Any]:
        """What a script answers; raises Refused, or StoreAway."""
        keys = [self.key(slug, part) for part in parts]
        now = ("" if self._now is None else self._now(),) if timed else ()
        reply = await answered(self._scripts[name](keys, [*now, *args]))
        if reply[0] == b"refused":
            question = msgspec.json.decode(reply[2], type=Question) if reply[2] else None
            raise Refused(reply[1].decode(), question)
        return cast("list[Any]", reply)

    @staticmethod
    def _done(reply: list[Any]) -> Done:
        return Done(int(reply[1]), msgspec.json.decode(reply[2], type=Question))
