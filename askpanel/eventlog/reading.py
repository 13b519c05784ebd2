"""What the store answers, as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from askpanel.eventlog.model import Announcement, Entry, Event, Mute, Note, Present, Question
from askpanel.eventlog.projection import Snapshot
from askpanel.eventlog.session import Session


class _Seat(msgspec.Struct):
    person: Present


def snapshot_of(reply: Sequence[Any]) -> Snapshot:
    """What `lua/snapshot.lua` answers."""
    _, pairs, questions, log, remarks = reply
    meta = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return Snapshot(
        session=msgspec.json.decode(meta[b"session"], type=Session),
        epoch=meta[b"epoch"].decode(),
        position=int(meta[b"position"]),
        phase=meta[b"phase"].decode(),
        questions=[msgspec.json.decode(raw, type=Question) for raw in questions],
        entries=[decode_entry(id_, fields[1]) for id_, fields in log],
        present=_seated(meta.get(b"present")),
        pinned=msgspec.json.decode(meta.get(b"pinned", b"[]"), type=list[Announcement]),
        remarks=[msgspec.json.decode(raw, type=Note) for raw in remarks],
        purged=meta.get(b"purged_epoch") == meta[b"epoch"],
        muted={
            name.decode().partition(":")[2]: msgspec.json.decode(raw, type=Mute)
            for name, raw in meta.items()
            if name.startswith(b"muted:")
        },
    )


def _seated(raw: bytes | None) -> list[Present]:
    """Who is at a screen, each screen of theirs once, in the order in which the log names them."""
    seats = msgspec.json.decode(raw or b"{}", type=dict[str, _Seat])
    found = {f"{seat.person.username} {seat.person.screen}": seat.person for seat in seats.values()}
    return [found[key] for key in sorted(found)]


def decode_entry(id_: bytes, raw: bytes) -> Entry:
    """One entry of the stream: the id `7-0` is position 7."""
    return Entry(int(id_.split(b"-")[0]), msgspec.json.decode(raw, type=Event))


def entries_of(found: Any) -> list[Entry]:
    """The entries of XRANGE, or of one stream of XREAD: RESP3 nests these one level deeper than
    RESP2."""
    run = found[0] if found and isinstance(found[0], list) else found or []
    return [decode_entry(id_, fields[b"event"]) for id_, fields in run]
