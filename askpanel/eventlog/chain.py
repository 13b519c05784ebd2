"""The chain of a session's log: each entry bound by SHA-256 to all before it.

    link(0) = SHA-256(domain ‖ "origin" ‖ slug)
    link(n) = SHA-256(domain ‖ "link" ‖ link(n-1) ‖ n ‖ digest(n))
    digest(n) = SHA-256(the event of entry n, as the store holds it)

Over digests, so that an entry's words can be erased one day and its digest stay: the links after
it still hold. Nothing here is secret: whoever can rewrite the store can compute a whole new chain.
What they cannot make is the signature of `seal`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

SIZE = 32
"""Bytes of a digest, and of a link."""
DOMAIN = b"askpanel record 1\0"
MISSING = bytes(SIZE)
"""The digest of a position at which there is no event: it is signed like any other, so that the
log goes on being sealed, and the hole cannot be filled afterwards."""
DIGEST = re.compile(rb"[0-9a-f]{64}")
SHORT = 16
"""Hex digits of a link on paper: 64 bits."""


class Head(Struct, frozen=True):
    """A place in a chain: the link at a position stands for every entry up to there."""

    position: int
    link: bytes

    def then(self, digest: bytes) -> Head:
        """The head with one entry more."""
        number = self.position + 1
        joined = DOMAIN + b"link\0" + self.link + number.to_bytes(8, "big") + digest
        return Head(number, hashlib.sha256(joined).digest())


def origin(slug: str) -> Head:
    """The head of a session's empty log: no session's chain passes for another's."""
    return Head(0, hashlib.sha256(DOMAIN + b"origin\0" + slug.encode()).digest())


def walked(head: Head, digests: Iterable[bytes]) -> Head:
    """The head after further entries."""
    for digest in digests:
        head = head.then(digest)
    return head


def short(position: int, link: str) -> str:
    """A head as it is printed, and as `askpanel verify --head` takes it; `link` in hex."""
    return f"{link[:SHORT]}:{position}"


class Stored(Struct, frozen=True):
    """One entry exactly as the engine gives it: its id, and its fields and values in a row."""

    id: bytes
    fields: list[bytes]

    @property
    def position(self) -> int:
        return int(self.id.partition(b"-")[0])

    @property
    def event(self) -> bytes | None:
        """What a command wrote, or what a purge has left of it, or None: then no command of ours
        wrote the entry.

        An id within a position (`7-1`) or a further field would be read by one reader and not
        by another, and neither is ever written.
        """
        names = self.fields[::2] in ([b"event"], [b"event", b"erased"])
        whole = self.id.endswith(b"-0") and len(self.fields) in (2, 4) and names
        return self.fields[1] if whole else None

    @property
    def erased(self) -> str:
        """The digest (hex) of the event before words of it were erased; "" if none were."""
        digits = self.fields[3] if len(self.fields) == 4 else b""
        return digits.decode() if DIGEST.fullmatch(digits) else ""

    @property
    def digest(self) -> bytes:
        """What the chain holds of the entry: MISSING if no command wrote it."""
        if self.event is None:
            return MISSING
        return bytes.fromhex(self.erased) if self.erased else digest(self.event)


def digest(event: bytes) -> bytes:
    """What a link holds of an entry."""
    return hashlib.sha256(event).digest()


def digests(run: Iterable[Stored], first: int, last: int) -> list[bytes]:
    """The digests of the positions from `first` to `last`, MISSING where there is no event."""
    found = {each.position: each.digest for each in run if each.event is not None}
    return [found.get(position, MISSING) for position in range(first, last + 1)]


def packed(run: Sequence[bytes]) -> bytes:
    return b"".join(run)


def unpacked(run: bytes) -> list[bytes]:
    """The digests that were `packed`; a length that is none raises ValueError."""
    if len(run) % SIZE:
        raise ValueError("not a run of digests")
    return [run[a:b] for a, b in pairwise(range(0, len(run) + 1, SIZE))]
