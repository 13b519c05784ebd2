"""Frames that everybody shares, compressed once for all who have agreed to it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.sync.client import connect
from websockets.typing import Origin

from askpanel.chat import frames
from askpanel.chat.fragments import Public
from askpanel.chat.reel import Audience
from askpanel.chat.room import Room
from askpanel.chat.subscribers import Member
from askpanel.eventlog.store import Store
from askpanel.moderation.desk import Desk
from askpanel.moderation.triage import Triage
from tests.cast import ASHA, MORGAN, NOON, SAM, session
from tests.fakewire import FakeWire, unframed
from tests.service import SLUG, Service

AUDIENCES: dict[str, Audience] = {"public": Public(), "triage": Triage(), "desk": Desk()}


def inflated(frame: bytes) -> bytes:
    """What a browser reads of a compressed frame, with nothing kept from the one before."""
    assert frame[0] == 0xC1, "not a final, compressed text frame"
    start = 2 if frame[1] < 126 else 4 if frame[1] == 126 else 10
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    return inflater.decompress(frame[start:] + frames.EMPTY_BLOCK)


@given(st.text(min_size=200, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_compressed_frame_says_the_same(text: str) -> None:
    plain = frames.frame(7, 6, [("append", "transcript", text * 3)])
    small = frames.deflated(plain)
    assert len(small) < len(plain)
    assert json.loads(inflated(small)) == unframed(plain)[0][1]


def test_a_frame_that_would_not_be_shorter_stays_as_it_is() -> None:
    for plain in (frames.heartbeat(7, 6), frames.reset()):
        assert frames.deflated(plain) is plain


@pytest.fixture
async def watched(client: Redis, prefix: str) -> tuple[Store, Room, dict[str, FakeWire]]:
    """A room with readers of every kind, each of whose sockets has agreed, but for one."""
    store = Store(client, prefix=prefix, now=lambda: NOON)
    await store.create(session())
    room = Room(await store.snapshot(SLUG), AUDIENCES)
    wires = {name: FakeWire() for name in ("plain", "packed", "author", "triage", "desk")}
    for name, wire in wires.items():
        wire.deflates = name != "plain"
        audience = name if name in AUDIENCES else "public"
        key = SAM.author if name == "author" else ""
        assert room.join(Member(wire, audience, "en", key), 1, room.epoch)
        wire.writes.clear()
    return store, room, wires


async def test_what_is_published_is_compressed_once_and_nothing_else_is(
    watched: tuple[Store, Room, dict[str, FakeWire]],
) -> None:
    store, room, wires = watched
    question = await store.submit(
        SLUG, nonce="one", text="Is it too late? " * 20, lang="en", author=SAM.author
    )
    number = question.question.number
    await store.decide(SLUG, number, "approve", ASHA)
    await store.decide(SLUG, number, "answer", MORGAN, text="No. " * 50, lang="en")
    room.follow(await store.entries(SLUG, 2, 4))
    plain, packed = unframed(wires["plain"].data), wires["packed"].data
    approved, answered = (frames.deflated(raw) for raw, _ in plain)
    assert packed == approved + answered
    assert len(packed) < len(wires["plain"].data) / 2
    assert json.loads(inflated(answered)) == plain[1][1]
    for name, positions in {"author": [2, 3, 4], "triage": [2, 3, 4], "desk": [3, 4]}.items():
        assert [c["position"] for _, c in unframed(wires[name].data)] == positions


async def test_who_was_away_gets_the_same_bytes(
    watched: tuple[Store, Room, dict[str, FakeWire]],
) -> None:
    store, room, wires = watched
    await store.submit(SLUG, nonce="one", text="A question", lang="en", author=SAM.author)
    await store.decide(SLUG, 1, "approve", ASHA)
    room.follow(await store.entries(SLUG, 2, 3))
    late = FakeWire()
    late.deflates = True
    room.join(Member(late, "public", "en"), 1, room.epoch)
    assert late.data == wires["packed"].data + frames.heartbeat(3, 3)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    running = Service()
    try:
        running.prepare()
        running.start()
        yield running
    finally:
        running.close()


def place(service: Service) -> str:
    page = service.participant().page()
    epoch = page.split('data-epoch="')[1].split('"')[0]
    return f"{service.socket_url}/sessions/{SLUG}/live?after=1&epoch={epoch}"


def test_a_real_client_agrees_to_no_context_and_reads_every_frame(service: Service) -> None:
    sam, asha = service.participant(), service.staff("asha")
    with connect(place(service), origin=Origin(service.url)) as socket:
        agreed = socket.response.headers["Sec-WebSocket-Extensions"] if socket.response else ""
        assert "server_no_context_takeover" in agreed
        assert "client_no_context_takeover" in agreed
        for text in ("Is it too late?", "Where do I start?"):
            number = sam.ask(text).json()["number"]
            assert asha.command(number, "approve").status_code == 200
            while text not in (frame := str(socket.recv(timeout=10))):
                assert "position" in frame


def test_an_offer_with_a_window_of_its_own_goes_uncompressed(service: Service) -> None:
    small = [ClientPerMessageDeflateFactory(server_max_window_bits=10)]
    with connect(place(service), origin=Origin(service.url), extensions=small) as socket:
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        assert '"position"' in str(socket.recv(timeout=10))


def test_a_bomb_costs_its_sender_the_socket(service: Service) -> None:
    with connect(place(service), origin=Origin(service.url)) as socket:
        socket.send("a" * 4_000_000)
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(100):
                socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
