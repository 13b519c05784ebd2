"""Looking for somebody in all that a service has kept: what a motivated intruder would do."""

from __future__ import annotations

import hashlib
import ipaddress
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

HASHES = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"),
    *("blake2b", "blake2s"),
)
SHORTENED = (8, 12, 16, 20, 32)
"""Digest sizes that BLAKE2 is often asked for."""


def forms_of(word: str) -> Iterator[bytes]:
    """The ways in which a word, perhaps an address, is written into a program's memory."""
    yield word.encode()
    with suppress(ValueError):
        address = ipaddress.ip_address(word)
        yield address.packed
        yield address.exploded.encode()
        yield str(int(address)).encode()


def digests_of(form: bytes) -> Iterator[bytes]:
    """Every common hash of it without a key."""
    for name in HASHES:
        yield hashlib.new(name, form, usedforsecurity=False).digest()
    for size in SHORTENED:
        yield hashlib.blake2b(form, digest_size=size).digest()
        yield hashlib.blake2s(form, digest_size=size).digest()


def traces_of(word: str) -> dict[bytes, str]:
    """What to look for, and what it would be: the word, and the beginning of each of its hashes,
    in case only a part was kept."""
    found = {}
    for form in forms_of(word):
        if len(form) > 4:
            found[form] = f"{word} as it is"
        for digest in digests_of(form):
            for written in (digest.hex().encode(), b64encode(digest), urlsafe_b64encode(digest)):
                found[written[:12]] = f"{word}, hashed"
            found[digest[:8]] = f"{word}, hashed"
    return found


def found_in(haystacks: dict[str, bytes], words: Sequence[str]) -> list[str]:
    """Where something of somebody is, and what, in words."""
    traces = {needle: what for word in words for needle, what in traces_of(word).items()}
    return sorted(
        {
            f"{place}: {what}"
            for place, content in haystacks.items()
            for needle, what in traces.items()
            if needle in content or needle.upper() in content
        }
    )


def files_in(*folders: Path) -> dict[str, bytes]:
    """Every file's name and content."""
    return {
        str(path): str(path).encode() + b"\n" + path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
