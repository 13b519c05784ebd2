"""A copy of everything that the store holds, taken while it serves, and put back into an empty one.

By keys and not by the engine's files: the same for a private engine, one elsewhere, and a cluster.
All keys of a session are copied at one moment. What is kept for minutes only (guesses at a
password) is left out, and so are sign-ins: one that was ended since must not come back.

A file is one line of JSON, then a record for each key, then the SHA-256 of all before it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import msgspec
import redis.asyncio
from msgspec import Struct

from askpanel.eventlog.enginerouted import engines
from askpanel.eventlog.purging import DAY_MS
from askpanel.eventlog.script import Script
from askpanel.eventlog.store import Store, answered, read_script

SUFFIX = ".askpanel"
NAME = re.compile(r"askpanel-[0-9]{8}T[0-9]{6}Z" + re.escape(SUFFIX))
KIND = "askpanel backup 1"
DIGEST = hashlib.sha256().digest_size
Group = list[tuple[bytes, bytes]]
"""Keys of one hash tag with their values, as the engine writes them down."""


class Head(Struct, frozen=True, kw_only=True):
    """What a backup says of itself: when it was taken (Unix milliseconds) and of which sessions."""

    kind: str
    at: int
    sessions: list[str]


class BackupRefused(Exception):
    """A backup that cannot be taken, read or put back, in one plain sentence."""


class Backup:
    """Copies a store, and puts a copy back. Every method may raise StoreAway."""

    def __init__(
        self,
        store: Store,
        client: redis.asyncio.Redis,
        *,
        prefix: str = "askpanel",
        token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._store, self._client, self._prefix, self._token = store, client, prefix, token
        self._dump = Script(client, read_script("backup_dump"), writes=False)
        self._restore = Script(client, read_script("backup_restore"))

    async def take(self, folder: Path) -> Path:
        """Write a backup into a folder; gives its path. It is there whole or not at all, and only
        its owner can read it. Raises BackupRefused."""
        at = self._store.now()
        # Listed first and copied last: a session that is listed and has no log is skipped.
        slugs = [each.slug for each in await self._store.sessions()]
        path = folder / f"askpanel-{_moment(at)}{SUFFIX}"
        try:
            with _whole(path) as file:
                await self._write(file, Head(kind=KIND, at=at, sessions=slugs))
        except OSError as error:
            raise BackupRefused(
                f"Nothing can be written to {folder} ({error.strerror}): choose another folder."
            ) from error
        return path

    async def _write(self, file: IO[bytes], head: Head) -> None:
        digest = hashlib.sha256()

        def write(part: bytes) -> None:
            file.write(part)
            digest.update(part)

        write(msgspec.json.encode(head) + b"\n")
        for group in await self._tags():
            for key, value in await self._dumped(group):
                write(_framed(key) + _framed(value))
        file.write(digest.digest())

    async def put_back(self, path: Path) -> Head:
        """Fill an empty store from a backup; every session gets a new epoch. Raises
        BackupRefused."""
        head = check(path)
        if await self._keys():
            raise BackupRefused(
                "The store is not empty: a backup is only put back into an empty one."
            )
        for group in _groups(path):
            keys = [key for key, _ in group]
            meta = next((n for n, key in enumerate(keys, 1) if key.endswith(b"}:meta")), 0)
            args = [meta, self._token(), *(value for _, value in group)]
            await answered(self._restore(cast("list[str]", keys), args))
        return head

    async def _purged_since(self, head: Head) -> bool:
        """Whether words were erased since from a session that a backup holds."""
        for slug in head.sessions:
            raw = await answered(
                cast(
                    "Awaitable[bytes | None]",
                    self._client.hget(self._store.key(slug, "meta"), "purged_at"),
                )
            )
            if raw and int(raw) >= head.at:
                return True
        return False

    async def tidy(self, folder: Path, days: int) -> list[Path]:
        """Destroy the backups in a folder that are older than so many days, or hold words that
        were erased since; gives which."""
        oldest, gone = self._store.now() - days * DAY_MS, []
        for path, head in _heads(folder):
            if head.at < oldest or await self._purged_since(head):
                gone.append(path)
        for path in gone:
            os.unlink(path)  # noqa: PTH108 - in a moment, and nobody waits for us
        return gone

    async def _tags(self) -> list[list[bytes]]:
        """The keys of each hash tag; those without one come last, each by itself."""
        tags: dict[bytes, list[bytes]] = defaultdict(list)
        for key in sorted(await self._keys()):
            tag = re.search(rb"\{(.*?)\}", key)
            tags[tag[0] if tag else b"~" + key].append(key)
        return [tags[tag] for tag in sorted(tags)]

    async def _keys(self) -> set[bytes]:
        """Every key of ours that stays."""
        found: set[bytes] = set()
        for _, engine in await engines(self._client):
            async for key in engine.scan_iter(match=f"{self._prefix}:*", count=1000):
                if not key.endswith(b":signins") and await engine.pttl(key) == -1:
                    found.add(key)
        return found

    async def _dumped(self, keys: list[bytes]) -> Group:
        reply: Any = await answered(self._dump(cast("list[str]", keys), ()))
        return [(key, value) for key, value in zip(keys, reply[1], strict=True) if value]


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that is there whole or not at all, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("wb", dir=path.parent, prefix=".", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _heads(folder: Path) -> list[tuple[Path, Head]]:
    """The backups in a folder that this program wrote, by their names, oldest first."""
    return [(path, head_of(path)) for path in sorted(folder.iterdir()) if NAME.fullmatch(path.name)]


def head_of(path: Path) -> Head:
    """What a backup says of itself. Raises BackupRefused."""
    try:
        with path.open("rb") as file:
            head = msgspec.json.decode(file.readline(1 << 24), type=Head)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read ({error.strerror}).") from error
    except msgspec.MsgspecError:
        raise BackupRefused(f"{path} is not a backup of Askpanel.") from None
    if head.kind != KIND:
        raise BackupRefused(f"{path} is a backup of another version: {head.kind}.")
    return head


def check(path: Path) -> Head:
    """As `head_of`, with every byte of it. Raises BackupRefused."""
    head = head_of(path)
    digest, left = hashlib.sha256(), path.stat().st_size - DIGEST
    with path.open("rb") as file:
        while left > 0 and (part := file.read(min(left, 1 << 20))):
            digest.update(part)
            left -= len(part)
        if left or file.read() != digest.digest():
            raise BackupRefused(f"{path} is damaged: it was cut off or changed. Take another one.")
    return head


def _groups(path: Path) -> Iterator[Group]:
    """The keys and values of a backup, those of one hash tag together."""
    left, group, tag = path.stat().st_size - DIGEST, Group(), b""
    with path.open("rb") as file:
        file.readline()
        while file.tell() < left:
            key, value = (file.read(int.from_bytes(file.read(8), "big")) for _ in range(2))
            found = re.search(rb"\{(.*?)\}", key)
            this = found[0] if found else key
            if group and this != tag:
                yield group
                group = []
            tag = this
            group.append((key, value))
    if group:
        yield group


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
