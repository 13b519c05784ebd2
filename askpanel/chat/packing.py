"""What leaves compressed, and what never does.

Compressed together with text that others wrote, a secret shows in the length (BREACH). So what is
the same for everybody is compressed, once, when it is first wanted; what belongs to one visitor
(the nonce of their form, their own questions) goes between, stored as it is, in the same stream.
The length of such a page tells of a secret only how long it is, whatever stands around it.

The stream is gzip (RFC 1952) around blocks of DEFLATE (RFC 1951): each shared part is a run of
blocks that refers to nothing outside itself, and what is stored is a block of type 0.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

from starlette.requests import HTTPConnection
from starlette.responses import Response

HEAD = b"\x1f\x8b\x08\x00\0\0\0\0\x00\xff"
"""No name and no time."""
LAST = b"\x03\x00"
"""An empty block, the last."""
MOST_STORED = 0xFFFF
LEVEL, LARGE, LARGE_LEVEL = 6, 512 * 1024, 1
"""A very long list is compressed fast rather than well: readers wait while it is."""
MOST_TOGETHER = 64 * 1024
"""Bytes of a part that is compressed together with its neighbours; a longer one is so alone."""
LEAST = 512
"""Bytes below which an answer stays as it is."""


class Shared(bytes):
    """Bytes that are the same for everybody. Nothing of a visitor may ever be among them."""

    @cached_property
    def packed(self) -> bytes:
        """Blocks of DEFLATE, ended at a whole byte, none the last."""
        level = LEVEL if len(self) < LARGE else LARGE_LEVEL
        packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self) + packer.flush(zlib.Z_FULL_FLUSH)


def gzipped(parts: Iterable[bytes]) -> list[bytes]:
    """The parts as one gzip stream. What is not `Shared` is stored."""
    out, check, size = [HEAD], 0, 0
    run: list[Shared] = []
    for part in filter(None, parts):
        check, size = zlib.crc32(part, check), size + len(part)
        if isinstance(part, Shared) and len(part) <= MOST_TOGETHER:
            run.append(part)
            continue
        out += [_together(*run)] * bool(run)
        run.clear()
        out += [part.packed] if isinstance(part, Shared) else stored(part)
    out += [_together(*run)] * bool(run)
    return [*out, LAST, (check & 0xFFFFFFFF).to_bytes(4, "little"), _modulo(size)]


@lru_cache(maxsize=128)
def _together(*run: Shared) -> bytes:
    """Shared parts that follow each other, compressed as one: small ones gain by it. Kept by their
    content, which is the same for the next visitor; bytes remember their own hash."""
    return Shared(b"".join(run)).packed


def stored(part: bytes) -> list[bytes]:
    """Blocks of type 0: a byte, the length, its complement, and the bytes as they are."""
    blocks = []
    for at in range(0, len(part), MOST_STORED):
        piece = part[at : at + MOST_STORED]
        length = len(piece)
        head = length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")
        blocks += [b"\0" + head, piece]
    return blocks


def _modulo(size: int) -> bytes:
    return (size & 0xFFFFFFFF).to_bytes(4, "little")


def takes_gzip(request: HTTPConnection) -> bool:
    """Whether the reader's browser said so (RFC 9110, 12.5.3)."""
    wanted: dict[str, bool] = {}
    for each in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = each.partition(";")
        wanted[name.strip()] = not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return wanted.get("gzip", wanted.get("*", False))


def pack(request: HTTPConnection, response: Response) -> Response:
    """An answer that is the same for everybody, compressed for who takes that. For no other."""
    response.headers.add_vary_header("Accept-Encoding")
    if takes_gzip(request) and len(response.body) >= LEAST:
        response.body = b"".join(gzipped([Shared(response.body)]))
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response


def packed_parts(request: HTTPConnection, parts: Sequence[bytes]) -> list[bytes] | None:
    """The parts of a page as they go out compressed; None where they go out as they are."""
    if not takes_gzip(request) or not any(isinstance(each, Shared) for each in parts):
        return None
    return gzipped(parts)
