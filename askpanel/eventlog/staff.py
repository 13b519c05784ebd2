"""The staff in the store: members, their sign-ins, and the limit on guessing.

Everything lives under one hash tag, `{prefix}:{staff}:…`. Every change is one Lua call that
writes the record and its entry in the staff log, so a process that follows the log can close
the sockets of whoever was signed out or changed. Starting a sign-in takes nothing from anybody
and is not logged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec
import redis.asyncio

from askpanel.eventlog.member import (
    Member,
    SignIn,
    StaffEntry,
    StaffEvent,
    StaffRefused,
    normal,
    usable_name,
    usable_username,
)
from askpanel.eventlog.model import Role
from askpanel.eventlog.script import Script
from askpanel.eventlog.store import answered, read_script

LIFETIME_MS = 12 * 60 * 60 * 1000
"""A sign-in ends this long after it began, however busy (ASVS 5.0, 7.3.2)."""
GUESSES = 10
GUESS_WINDOW_MS = 5 * 60 * 1000
"""Cyber Essentials: no more than 10 guesses in 5 minutes."""
TOKEN_BYTES = 32
TOKEN_LENGTH = 43

_SCRIPTS = ("add", "change", "rehash", "sign_in", "signed_in", "sign_out", "expire", "attempt")
_READING = ("signed_in",)
_T = TypeVar("_T")


def fingerprint(token: str) -> str:
    """The SHA-256 of a sign-in's token, in hex: what the store and the staff log know of it."""
    # A cookie may hold anything; what cannot be encoded is simply nobody's token.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Staff:
    """Members, sign-ins and the limit on guessing, shared by every process.

    Every method may raise StoreAway. Times are Unix milliseconds, given by the caller. `secret`
    keys the names under which guesses are counted; `random` gives that many random bytes.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        prefix: str = "askpanel",
        *,
        secret: bytes = b"",
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._secret = secret
        self._random = random
        self._scripts = {
            name: Script(client, read_script(f"staff_{name}"), writes=name not in _READING)
            for name in _SCRIPTS
        }

    def key(self, part: str) -> str:
        """The key of one part; the braces are the cluster's hash tag."""
        return f"{self._prefix}:{{staff}}:{part}"

    # Members

    async def add(
        self,
        username: str,
        *,
        name: str,
        role: Role,
        password: str,
        now_ms: int,
        organisation: str = "",
    ) -> Member:
        """Store a new member; `password` is already hashed. StaffRefused, also if taken."""
        member = Member(
            username=usable_username(username),
            name=usable_name(name),
            role=role,
            organisation=organisation,
            password=password,
        )
        record = msgspec.json.encode(member)
        reply = await self._call("add", ("members", "meta", "log"), member.username, record, now_ms)
        if reply == b"taken":
            raise StaffRefused("taken", f"There is already somebody called {member.username}.")
        return member

    async def change(
        self,
        username: str,
        *,
        now_ms: int,
        name: str | None = None,
        role: Role | None = None,
        organisation: str | None = None,
    ) -> Member:
        """Set what is given. A new role or organisation ends the member's sign-ins."""
        chosen = {"name": name and usable_name(name), "role": role, "organisation": organisation}
        given = {field: value for field, value in chosen.items() if value is not None}
        return await self._change(username, "changed", given, now_ms)

    async def change_password(self, username: str, password: str, now_ms: int) -> Member:
        """Set the password's hash; ends the member's sign-ins."""
        return await self._change(username, "password_changed", {"password": password}, now_ms)

    async def disable(self, username: str, now_ms: int) -> Member:
        """Let the member sign in no more; ends the member's sign-ins."""
        return await self._change(username, "disabled", {"disabled": True}, now_ms)

    async def enable(self, username: str, now_ms: int) -> Member:
        """Let the member sign in again."""
        return await self._change(username, "enabled", {"disabled": False}, now_ms)

    async def rehash(self, username: str, old: str, new: str) -> None:
        """Replace a password's hash by a stronger one of the same password.

        Nothing that anybody was granted changes, so the version stays and nothing is logged.
        Does nothing if the password was changed meanwhile.
        """
        await self._call("rehash", ("members",), normal(username), old, new)

    async def get(self, username: str) -> Member | None:
        """The member of that name, disabled or not, or None."""
        return _decoded(await self._read("members", normal(username)), Member)

    async def all(self) -> list[Member]:
        """Every member, by username."""
        stored = await answered(
            cast("Awaitable[dict[bytes, bytes]]", self._client.hgetall(self.key("members")))
        )
        members = [msgspec.json.decode(record, type=Member) for record in stored.values()]
        return sorted(members, key=lambda member: member.username)

    async def revocations(self) -> dict[str, int]:
        """For each username the least version that a command may still be given under."""
        return {member.username: member.version for member in await self.all()}

    # Sign-ins

    async def sign_in(self, username: str, version: int, now_ms: int) -> str | None:
        """Begin a sign-in and give its token, of which only the SHA-256 is stored.

        None if the member was changed or disabled since `version` was read.
        """
        await self.expire(now_ms)
        token = urlsafe_b64encode(self._random(TOKEN_BYTES)).rstrip(b"=").decode()
        record = msgspec.json.encode(SignIn(normal(username), version, now_ms))
        begun = await self._call(
            "sign_in", ("members", "signins"), normal(username), version, fingerprint(token), record
        )
        return token if begun else None

    async def signed_in(self, token: str, now_ms: int) -> Member | None:
        """Whose sign-in this is, or None if it has ended, for whatever reason."""
        if len(token) != TOKEN_LENGTH:
            return None
        found = await self._call("signed_in", ("signins", "members"), fingerprint(token))
        if not found:
            return None
        signin, member = _decoded(found[0], SignIn), _decoded(found[1], Member)
        if signin is None or now_ms - signin.at >= LIFETIME_MS:
            return None
        if member is None or member.disabled or member.version != signin.version:
            return None
        return member

    async def present(self, now_ms: int) -> list[Member]:
        """Who has a sign-in that lives, by username."""
        records = await answered(
            cast("Awaitable[list[bytes]]", self._client.hvals(self.key("signins")))
        )
        signins = [msgspec.json.decode(record, type=SignIn) for record in records]
        live = {(s.username, s.version) for s in signins if now_ms - s.at < LIFETIME_MS}
        everybody = await self.all()
        return [m for m in everybody if not m.disabled and (m.username, m.version) in live]

    async def sign_out(self, token: str, now_ms: int) -> None:
        """End one sign-in; the member's others stay. Ending an ended one does nothing."""
        await self._call("sign_out", ("signins", "meta", "log"), fingerprint(token), now_ms)

    async def sign_out_everywhere(self, username: str, now_ms: int) -> Member:
        """End every sign-in of the member."""
        return await self._change(username, "signed_out_everywhere", {}, now_ms)

    async def expire(self, now_ms: int) -> int:
        """End the sign-ins that have outlived their time, each with its entry; gives how many."""
        return int(await self._call("expire", ("signins", "meta", "log"), now_ms, LIFETIME_MS))

    async def attempt(self, username: str, now_ms: int) -> int:
        """Count a guess at a password: 0 if it may be made, else the seconds to wait.

        Known and unknown usernames are counted alike, each by itself. A refused guess does not
        prolong the wait, and the count is forgotten after five minutes.
        """
        # People type their password into the wrong box. Hashed with a key, what was typed cannot
        # be read from the store or guessed from its append-only file, and its length is bounded.
        digest = hmac.new(self._secret, normal(username).encode("utf-8", "replace"), "sha256")
        reply = await self._call(
            "attempt", (f"attempts:{digest.hexdigest()}",), now_ms, GUESS_WINDOW_MS, GUESSES
        )
        return -(-int(reply) // 1000)

    # The staff log

    async def position(self) -> int:
        """The position of the newest entry of the staff log; 0 if there is none."""
        found = await answered(self._client.xrevrange(self.key("log"), count=1))
        return _entries(found)[0].position if found else 0

    async def entries(self, first: int, last: int) -> list[StaffEntry]:
        """The staff log from one position to another, both included."""
        return _entries(
            await answered(self._client.xrange(self.key("log"), f"{first}-0", f"{last}-0"))
        )

    async def wait(self, after: int, block_ms: int) -> list[StaffEntry]:
        """Entries after a position, waiting up to `block_ms` for the first.

        More than 0, and clearly less than what the client allows any command.
        """
        found = await answered(
            self._client.xread({self.key("log"): f"{after}-0"}, count=500, block=block_ms),
        )
        streams = found.items() if isinstance(found, dict) else found or []
        return [entry for _, run in streams for entry in _entries(run)]

    async def _change(
        self, username: str, event: str, given: dict[str, Any], now_ms: int
    ) -> Member:
        record = await self._call(
            "change",
            ("members", "signins", "meta", "log"),
            *(normal(username), event, msgspec.json.encode(given), now_ms),
        )
        if not record:
            raise StaffRefused("unknown_member", f"There is nobody called {normal(username)}.")
        return msgspec.json.decode(record, type=Member)

    async def _read(self, part: str, field: str) -> bytes | None:
        if not field.isascii():
            return None  # Nothing is stored under such a name, and it may not even encode.
        return await answered(
            cast("Awaitable[bytes | None]", self._client.hget(self.key(part), field))
        )

    async def _call(self, name: str, parts: tuple[str, ...], *args: str | bytes | int) -> Any:
        keys = [self.key(part) for part in parts]
        return await answered(self._scripts[name](keys, args))


def _decoded(record: bytes | None, kind: type[_T]) -> _T | None:
    return msgspec.json.decode(record, type=kind) if record else None


def _entries(found: Any) -> list[StaffEntry]:
    # RESP3 nests what XREAD gives one level deeper than RESP2.
    run = found[0] if found and isinstance(found[0], list) else found
    return [
        StaffEntry(int(id_.split(b"-")[0]), msgspec.json.decode(fields[b"event"], type=StaffEvent))
        for id_, fields in run
    ]
