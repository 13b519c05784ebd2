"""The chain: what it binds, computed a second time by hand."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from askpanel.eventlog import chain
from askpanel.eventlog.chain import MISSING, Head, Stored
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from tests.cast import NOON
from tests.forger import SLUG, Forger, an_evening

EVENTS = st.lists(st.binary(max_size=40), min_size=1, max_size=12)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def head_of(events: list[bytes], slug: str = SLUG) -> Head:
    return chain.walked(chain.origin(slug), map(chain.digest, events))


def test_a_link_is_what_the_decision_says() -> None:
    domain = b"askpanel record 1\x00"
    link = sha(domain, b"origin\x00", b"stop-it-now")
    assert chain.origin(SLUG) == Head(0, link)
    for number, event in enumerate((b"one", b"two", b"three"), 1):
        link = sha(domain, b"link\x00", link, number.to_bytes(8, "big"), sha(event))
    assert head_of([b"one", b"two", b"three"]) == Head(3, link)


@given(EVENTS, st.data())
def test_nothing_can_be_changed_left_out_moved_or_added(
    events: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    other = data.draw(st.binary(max_size=40).filter(lambda each: each != events[at]))
    changed = [*events[:at], other, *events[at + 1 :]]
    without = [*events[:at], *events[at + 1 :]]
    more = [*events[:at], other, *events[at:]]
    assert len({head_of(each) for each in (events, changed, without, more)}) == 4
    if events != events[::-1]:
        assert head_of(events) != head_of(events[::-1])
    assert head_of(events) != head_of(events, "another-session")


@given(EVENTS)
def test_erased_words_leave_the_chain_as_it_was(events: list[bytes]) -> None:
    """A link holds an entry's digest, never its words: with the digest alone it can be walked."""
    kept = [chain.digest(event) for event in events]
    assert chain.walked(chain.origin(SLUG), kept) == head_of(events)
    assert chain.unpacked(chain.packed(kept)) == kept


def test_half_a_digest_is_none() -> None:
    assert chain.unpacked(b"") == []
    with pytest.raises(ValueError, match="digests"):
        chain.unpacked(bytes(33))


def test_a_head_is_printed_with_sixteen_digits() -> None:
    assert chain.short(57, "ab" * 32) == "abababababababab:57"


@pytest.mark.parametrize(
    ("id_", "fields"),
    [
        (b"7-1", [b"event", b"{}"]),
        (b"7-0", [b"other", b"{}"]),
        (b"7-0", [b"event", b"{}", b"event", b"{}"]),
        (b"7-0", [b"event", b"{}", b"note", b""]),
    ],
)
def test_what_no_command_writes_is_no_event(id_: bytes, fields: list[bytes]) -> None:
    """Two fields of one name would be read as one thing here and as another there."""
    assert Stored(id_, fields).position == 7
    assert Stored(id_, fields).event is None
    assert Stored(b"7-0", [b"event", b"{}"]).event == b"{}"
    assert chain.digests([Stored(id_, fields)], 7, 7) == [MISSING]


async def test_the_digests_are_of_the_bytes_that_the_engine_keeps(
    client: Redis, prefix: str
) -> None:
    async def nobody() -> None:
        """This evening is not sealed."""

    await an_evening(Store(client, prefix=prefix, now=lambda: NOON), nobody)
    events = [event for _, event in await Forger(client, prefix).entries()]
    look = await Seals(client, prefix).look(SLUG, 1, 3, 0)
    assert look is not None
    assert chain.digests(look.run, 1, 3) == [hashlib.sha256(e).digest() for e in events[:3]]
    assert (look.position, look.lines) == (8, [])
    rest = await Seals(client, prefix).look(SLUG, 4, None, 0)
    assert rest is not None
    assert [entry.event for entry in rest.run] == events[3:]
    assert await Seals(client, prefix).look("another", 1, None, 0) is None
