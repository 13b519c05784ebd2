"""Prepared frames are what a browser's parser takes them for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from askpanel.chat import frames
from askpanel.chat.frames import Op

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
OPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["append", "prepend", "place", "replace", "morph", "text"]), TEXT, TEXT
        ),
        st.tuples(st.just("remove"), TEXT),
    )
)


def parsed(data: bytes) -> list[Frame]:
    """Frames as a client's parser sees them."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN, max_size=None)
    client.receive_data(data)
    assert client.parser_exc is None
    events = client.events_received()
    return [event for event in events if isinstance(event, Frame)]


def only(data: bytes) -> str:
    """The text of the one frame."""
    (frame,) = parsed(data)
    assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)
    return bytes(frame.data).decode()


def test_a_frame_is_compact_json_in_a_fixed_order() -> None:
    ops: list[Op] = [("append", "transcript", "<p>1 < 2 &amp; “é”</p>"), ("remove", "question-7")]
    assert only(frames.frame(12, 9, ops, say="Question 7 was answered")) == (
        '{"position":12,"since":9,"ops":[["append","transcript","<p>1 < 2 &amp; “é”</p>"],'
        '["remove","question-7"]],"say":"Question 7 was answered"}'
    )


def test_empty_ops_and_words_are_left_out() -> None:
    assert only(frames.frame(3, 2, [])) == '{"position":3,"since":2}'
    assert only(frames.frame(3, 0, [], "Paused")) == '{"position":3,"since":0,"say":"Paused"}'
    assert frames.heartbeat(3, 2) == frames.frame(3, 2, [])


def test_a_heartbeat_may_say_that_the_store_is_away() -> None:
    assert only(frames.heartbeat(0, 0)) == '{"position":0,"since":0}'
    assert only(frames.heartbeat(3, 1, "lost")) == '{"position":3,"since":1,"status":"lost"}'


def test_a_run_that_cannot_be_resumed_is_a_reset() -> None:
    assert only(frames.reset()) == '{"reset":true}'


def test_joined_frames_are_read_one_by_one() -> None:
    data = b"".join([frames.heartbeat(1, 0), frames.heartbeat(2, 1), frames.reset()])
    assert [json.loads(bytes(f.data)) for f in parsed(data)] == [
        {"position": 1, "since": 0},
        {"position": 2, "since": 1},
        {"reset": True},
    ]


@pytest.mark.parametrize("length", [125, 126, 127, 65_535, 65_536, 65_537, 1_000_000])
def test_every_form_of_length_is_the_shortest_and_right(length: int) -> None:
    around = len('{"position":1,"since":0,"ops":[["text","a",""]]}')
    data = frames.frame(1, 0, [("text", "a", "x" * (length - around))])
    assert len(only(data)) == length
    assert data == Frame(Opcode.TEXT, data[-length:]).serialize(mask=False)


@given(st.integers(0, 2**53 - 1), OPS, TEXT)
def test_whatever_is_put_in_comes_out(position: int, ops: list[Op], say: str) -> None:
    content = json.loads(only(frames.frame(position, 0, ops, say)))
    assert (content.pop("position"), content.pop("since")) == (position, 0)
    assert content.pop("ops", []) == [list(op) for op in ops]
    assert content.pop("say", "") == say
    assert not content


@pytest.mark.parametrize("half", ["\ud800", "before \ud83d after"])
def test_half_a_character_is_refused_without_repeating_the_text(half: str) -> None:
    ops: list[Op] = [("text", "a", half)]
    for drawn, say in ((ops, ""), ([], half)):
        with pytest.raises(ValueError, match="lone surrogate") as refused:
            frames.frame(1, 0, drawn, say)
        assert not isinstance(refused.value, UnicodeError)
        assert "before" not in str(refused.value)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__
