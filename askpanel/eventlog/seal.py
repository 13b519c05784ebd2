"""A seal: the head of a session's log at a moment, signed with a key that is not in the store.

Ed25519 (RFC 8032), by a key that is derived from the installation's secret (HKDF, RFC 5869), so
every node has it and nothing new has to be kept. A stored seal is one line of three words:

    signature in hex · body in JSON · digests in base64

The signature is of the body. The digests are of the entries since the head that the seal goes on
from; they need no signature, because they lead to the signed link or they do not.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from askpanel.eventlog import chain
from askpanel.eventlog.chain import Head

PURPOSE = b"askpanel record signing key 1"
DOMAIN = b"askpanel seal 1\0"


class Lost(Struct, frozen=True, kw_only=True):
    """How far a process had followed the log before the store had less of it, or another one."""

    position: int
    link: str


class Seal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is signed: in `session`, in the `epoch`, at the time `at` (Unix milliseconds), the
    entries up to `position` had this `link` (hex).

    `number` runs from 1, `previous` is the SHA-256 of the stored line before (hex), `after` the
    position of the head that this one goes on from, `key` the public key (hex). With `lost` the
    log had become shorter, or another one, than somebody had seen it.
    """

    session: str
    number: int
    after: int
    position: int
    link: str
    epoch: str
    at: int
    key: str
    previous: str = ""
    lost: Lost | None = None

    @property
    def head(self) -> Head:
        return Head(self.position, bytes.fromhex(self.link))

    @property
    def short(self) -> str:
        """As it is printed: sixteen digits of the link, and the position."""
        return chain.short(self.position, self.link)

    @property
    def when(self) -> str:
        """When it was signed, as it is printed: UTC to the second."""
        return datetime.fromtimestamp(self.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


class Sealed(Struct, frozen=True):
    """A seal as it is stored; `digests` is None where what should be digests are none."""

    seal: Seal
    signature: str
    digests: list[bytes] | None
    line: bytes

    def signed(self) -> bool:
        """Whether the body is what the key that it names has signed."""
        body = self.line.split(b" ")[1]
        return is_signed(self.seal.key, self.signature, body)


def fingerprint(line: bytes) -> str:
    """What a seal says of the line before it."""
    return hashlib.sha256(line).hexdigest()


def is_signed(key: str, signature: str, body: bytes) -> bool:
    """Whether `body` is what the public `key` has signed; both in hex, and maybe nonsense."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), DOMAIN + body)
    except (ValueError, InvalidSignature):
        return False
    return True


def read(line: bytes) -> Sealed | None:
    """A stored line, or None if it is no seal at all. Nothing is believed of it yet."""
    try:
        signature, body, run = line.split(b" ")
        seal = msgspec.json.decode(body, type=Seal)
        bytes.fromhex(seal.link)
        signed = signature.decode("ascii")
    except (ValueError, msgspec.MsgspecError):
        return None
    return Sealed(seal, signed, _unpacked(run), line)


def _unpacked(run: bytes) -> list[bytes] | None:
    try:
        return chain.unpacked(b64decode(run, validate=True))
    except (ValueError, binascii.Error):
        return None


class Signer:
    """Makes seals. `secret` is the installation's; `clock` gives Unix milliseconds."""

    def __init__(self, secret: bytes, clock: Callable[[], int]) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(secret)
        self._private = Ed25519PrivateKey.from_private_bytes(derived)
        self._clock = clock
        self.key = self._private.public_key().public_bytes_raw().hex()
        """The public key, which anybody may have (hex)."""

    def knows(self, sealed: Sealed) -> bool:
        """Whether this installation made it."""
        return sealed.seal.key == self.key and sealed.signed()

    def seal(
        self,
        slug: str,
        epoch: str,
        base: Head,
        digests: Sequence[bytes],
        lines: int,
        newest: bytes,
        lost: Head | None = None,
    ) -> Sealed:
        """The seal of `digests` after the head `base`, to stand after so many stored lines, of
        which `newest` is the last (empty if there is none)."""
        head = chain.walked(base, digests)
        made = Seal(
            session=slug,
            number=lines + 1,
            after=base.position,
            position=head.position,
            link=head.link.hex(),
            epoch=epoch,
            at=self._clock(),
            key=self.key,
            previous=fingerprint(newest) if newest else "",
            lost=Lost(position=lost.position, link=lost.link.hex()) if lost else None,
        )
        # A space separates the words of a line, and an epoch may have been given by hand.
        body = msgspec.json.encode(made).replace(b" ", b"\\u0020")
        signature = self._private.sign(DOMAIN + body).hex()
        run = b64encode(chain.packed(digests))
        line = b" ".join((signature.encode(), body, run))
        return Sealed(made, signature, list(digests), line)


def standing(seals: Iterable[Sealed]) -> list[Sealed]:
    """Those of the seals that the log is to lead to now: where it had become shorter, a later
    one goes on from before, and what it goes back over stands no more."""
    found: list[Sealed] = []
    for sealed in seals:
        while found and found[-1].seal.position > sealed.seal.after:
            found.pop()
        found.append(sealed)
    return found
