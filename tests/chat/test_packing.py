"""Compressed answers: whole to every reader, small where everybody's, and silent about secrets."""

from __future__ import annotations

import gzip
import secrets
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from askpanel.chat.packing import LARGE, LEAST, Shared, gzipped, pack, packed_parts, takes_gzip


def asking(encodings: str | None) -> Request:
    """A request that takes these encodings."""
    headers = [] if encodings is None else [(b"accept-encoding", encodings.encode())]
    return Request({"type": "http", "headers": headers})


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300))))
def test_whatever_is_packed_comes_out_as_it_was(parts: list[tuple[bool, bytes]]) -> None:
    given_ = [Shared(part) if shared else part for shared, part in parts]
    packed = b"".join(gzipped(given_))
    assert gzip.decompress(packed) == b"".join(given_)
    # As browsers read it: by a stream, a byte at a time.
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    read = b"".join(reader.decompress(packed[at : at + 1]) for at in range(len(packed)))
    assert (read, reader.eof) == (b"".join(given_), True)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 200_000, LARGE + 1])
def test_parts_of_every_size_fit(size: int) -> None:
    for part in (secrets.token_bytes(size), Shared(secrets.token_bytes(size))):
        assert gzip.decompress(b"".join(gzipped([b"a", part, b"z"]))) == b"a" + part + b"z"


def test_what_is_shared_is_small_and_is_packed_once() -> None:
    part = Shared(b"<li>An answer</li>" * 1000)
    assert len(b"".join(gzipped([part]))) < len(part) / 20
    assert part.packed is part.packed


def guesses(secret: bytes) -> set[int]:
    """The sizes of a page beside whose secret somebody tries words of their own, one of which
    the secret begins with."""
    words = [secret[:12], *(secrets.token_hex(6).encode() for _ in range(30))]
    before, after = Shared(b"<ol>"), Shared(b"</ol>" * 100)
    return {
        len(b"".join(gzipped([before, b'<li value="' + word + b'">', after, secret])))
        for word in words
    }


def test_no_length_tells_whether_a_word_is_in_the_secret() -> None:
    assert len(guesses(secrets.token_hex(16).encode())) == 1


def test_compressed_together_the_length_would_tell() -> None:
    secret = secrets.token_hex(16).encode()
    sizes = [
        len(gzip.compress(b'<li value="' + word + b'"></ol>' + secret))
        for word in (secret[:12], *(secrets.token_hex(6).encode() for _ in range(30)))
    ]
    assert sizes[0] < min(sizes[1:])


def test_what_others_have_published_is_no_measure_of_it_either() -> None:
    secret = secrets.token_hex(16).encode()
    sizes = set()
    for word in (secret[:12], b"0123456789ab"):
        # The word as a published question: shared, and so compressed, but never with the secret.
        published = Shared(b"<li>" + word + b"</li>")
        whole = b"".join(gzipped([published, secret]))
        sizes.add(len(whole) - len(published.packed))
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("says", "takes"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", True),
        ("*, gzip;q=0", False),
        ("gzip, *;q=0", True),
        ("identity", False),
        ("br, deflate", False),
        ("xgzip", False),
        (";;,,;q", False),
    ],
)
def test_only_who_takes_gzip_gets_it(says: str | None, takes: bool) -> None:
    assert takes_gzip(asking(says)) is takes
    parts = [Shared(b"x" * 1000), b"y"]
    assert (packed_parts(asking(says), parts) is not None) is takes
    answer = pack(asking(says), PlainTextResponse("x" * LEAST))
    assert (answer.headers.get("content-encoding") == "gzip") is takes
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["vary"] == "Accept-Encoding"


def test_what_nobody_shares_and_what_is_short_stays_as_it_is() -> None:
    assert packed_parts(asking("gzip"), [b"x" * 1000]) is None
    answer = pack(asking("gzip"), PlainTextResponse("x" * (LEAST - 1)))
    assert "content-encoding" not in answer.headers
    assert answer.body == b"x" * (LEAST - 1)
