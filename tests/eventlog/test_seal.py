"""Signed heads: what is signed, and by whom it can be told."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from redis.asyncio import Redis

from askpanel.eventlog import chain
from askpanel.eventlog.chain import Head
from askpanel.eventlog.seal import Sealed, Signer, is_signed, read, standing
from askpanel.eventlog.store import Store
from tests.cast import NOON
from tests.forger import SECRET, SLUG, Hands, Keeper, an_evening
from tests.staffroom import everything_under

DIGESTS = [chain.digest(b"one"), chain.digest(b"two")]
ORIGIN = chain.origin(SLUG)


def signer(secret: bytes = SECRET) -> Signer:
    return Signer(secret, lambda: NOON)


def sealed(**changes: object) -> Sealed:
    usual: dict[str, object] = {
        "slug": SLUG,
        "epoch": "e",
        "base": ORIGIN,
        "digests": DIGESTS,
        "lines": 0,
        "newest": b"",
    }
    return signer().seal(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_seal_is_read_as_it_was_made() -> None:
    made = sealed()
    assert read(made.line) == made
    assert made.seal.head == chain.walked(ORIGIN, DIGESTS)
    assert (made.seal.number, made.seal.after, made.seal.position) == (1, 0, 2)
    assert (made.seal.at, made.seal.previous, made.seal.lost) == (NOON, "", None)
    assert signer().knows(made)


def test_anybody_with_the_public_key_can_check_it() -> None:
    """With nothing of ours: the domain and the body are what is signed (RFC 8032)."""
    signature, body, _ = sealed().line.split(b" ")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer().key))
    public.verify(bytes.fromhex(signature.decode()), b"askpanel seal 1\0" + body)


def test_an_epoch_that_was_given_by_hand_may_have_a_space() -> None:
    made = sealed(epoch="restored on Monday ")
    again = read(made.line)
    assert again is not None
    assert again.seal.epoch == "restored on Monday "
    assert signer().knows(again)


def test_one_secret_is_one_key() -> None:
    assert signer().key == signer().key != signer(b"another secret").key
    assert not signer(b"another secret").knows(sealed())


@pytest.mark.parametrize("part", [0, 1])
def test_no_byte_of_it_can_be_changed(part: int) -> None:
    words = sealed().line.split(b" ")
    for at in range(len(words[part])):
        other = bytearray(words[part])
        other[at] ^= 1
        line = b" ".join([*words[:part], bytes(other), *words[part + 1 :]])
        found = read(line)
        assert found is None or not signer().knows(found), line


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"a b",
        b"a b c d",
        b"\xff {} ",
        b"ab [] ",
        b'ab {"session":"x"} ',
        sealed().line.replace(b'"link":"', b'"link":"zz'),
    ],
)
def test_what_is_no_seal_is_none(line: bytes) -> None:
    assert read(line) is None


def test_digests_that_are_none_are_no_reason_to_disbelieve_the_signature() -> None:
    for run in (b"!", b"YQ==", b"\xff"):
        found = read(b" ".join([*sealed().line.split(b" ")[:2], run]))
        assert found is not None
        assert found.digests is None
        assert signer().knows(found)


def test_nonsense_for_a_key_or_a_signature_signs_nothing() -> None:
    for key, signature in (("", ""), ("zz", "00"), ("00" * 32, "00" * 64), ("é", "é")):
        assert not is_signed(key, signature, b"")


def test_a_seal_that_goes_back_takes_the_place_of_those_after() -> None:
    one = sealed()
    two = sealed(base=one.seal.head, lines=1, newest=one.line)
    three = sealed(base=two.seal.head, digests=[], lines=2, newest=two.line)
    assert standing([one, two, three]) == [one, two, three]
    back = sealed(base=one.seal.head, lines=3, newest=three.line, lost=Head(9, bytes(32)))
    assert standing([one, two, three, back]) == [one, back]
    assert back.seal.lost is not None
    assert back.seal.lost.position == 9


async def test_the_key_is_not_in_the_store(client: Redis, prefix: str) -> None:
    keeper = Keeper(client, prefix, Hands())
    await an_evening(Store(client, prefix=prefix, now=lambda: NOON), keeper.seal)
    held = await everything_under(client, f"{prefix}:{{{SLUG}}}")
    private = keeper.signer._private.private_bytes_raw()
    for secret in (SECRET, private):
        assert secret not in held
        assert secret.hex().encode() not in held
    assert keeper.signer.key.encode() in held
