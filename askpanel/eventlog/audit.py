"""The whole record held against itself: the log, the seals, and what the log leads to.

What is found is data, the earliest first: the words are `askpanel.verify`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from askpanel.eventlog.attested import Attested
from askpanel.eventlog.chain import MISSING, Head
from askpanel.eventlog.following import NO_SEALS
from askpanel.eventlog.records import Purge
from askpanel.eventlog.seal import Seal, Sealed
from askpanel.eventlog.seals import Seals, Whole
from askpanel.eventlog.session import Session
from askpanel.eventlog.walk import POSITIONS, Finding, Walk

PATIENCE_MS = 5 * 60 * 1000
"""A service that runs seals within half a minute. What is unsealed for longer than this either had
no service, or had a seal that somebody took away."""
RUN = 500


class Audited(Struct, frozen=True, kw_only=True):
    """A session's record after it was walked: where it leads, what is signed of it, and what is
    wrong. `standing` are the signed heads that count now, in their order; `late` are entries that
    were signed so long after they were written that until then only the store vouched for them."""

    heads: list[Head]
    standing: list[Seal]
    superseded: list[Seal]
    findings: list[Finding]
    late: list[Finding]
    purges: list[tuple[int, int, Purge]] = []

    @property
    def head(self) -> Head:
        return self.heads[-1]


async def gathered(slug: str, seals: Seals) -> tuple[Walk, Whole] | None:
    """The log from its first entry on, and all that it should lead to; None if there is no such
    session. Raises StoreAway. Entries that are written meanwhile are left for the next time."""
    whole = await seals.whole(slug)
    if whole is None:
        return None
    walk = Walk(slug)
    for first in range(1, whole.position + 1, RUN):
        last = min(first + RUN - 1, whole.position)
        look = await seals.look(slug, first, last, NO_SEALS)
        walk.add(look.run if look else [])
    rest = await seals.look(slug, whole.position + 1, None, NO_SEALS)
    if rest is not None:
        walk.add(entry for entry in rest.run if entry.position > rest.position)
    return walk, whole


def audit(slug: str, walk: Walk, whole: Whole, keys: set[str], now: int) -> Audited:
    """Hold the walked log against the seals by any of these public keys (hex), and the session's
    records against the log. `now` is the store's time."""
    attested = Attested(slug, walk)
    attested.take(whole.lines, keys)
    signed = attested.digests
    findings = [*walk.findings, *attested.findings]
    findings += _compared(signed, walk.digests, attested)
    findings += _unsealed(walk, len(signed), now)
    findings += _closing(whole, attested.standing, walk.length, now)
    findings += _folded(walk, whole)
    findings += _erased(walk)
    # A hole in the log that its seals know of is told once, with the seals' words.
    told = {f.first for f in findings if f.code in ("missing", "was_missing")}
    findings = [f for f in findings if f.code != "gap" or f.first not in told]
    return Audited(
        heads=walk.heads,
        standing=[sealed.seal for sealed in attested.standing],
        superseded=attested.superseded,
        findings=sorted(findings, key=lambda finding: finding.first),
        late=list(_late(walk, attested.standing)),
        purges=walk.purges,
    )


def _compared(
    signed: Sequence[bytes | None], there: Sequence[bytes], attested: Attested
) -> list[Finding]:
    """Where the log has other entries than were signed."""
    if len(there) < len(signed):
        before, after = attested.between(len(there) + 1)
        short = [
            Finding(
                code="shorter", first=len(there) + 1, last=len(signed), before=before, after=after
            )
        ]
    else:
        short = []
    pairs = list(zip(signed, there, strict=False))
    other = [n for n, (was, now) in enumerate(pairs, 1) if was is not None and was != now]
    if not other:
        return [*_holes(signed, attested), *short]
    code, first, last = _kind(other, signed, there)
    if code in ("moved_up", "moved_down"):
        short = []  # that is why
    before, after = attested.between(first)
    found = [Finding(code=code, first=first, last=last, before=before, after=after)]
    if code == "each":
        found = []
        for n in other:
            before, after = attested.between(n)
            kind = "missing" if there[n - 1] == MISSING else "changed"
            found.append(Finding(code=kind, first=n, before=before, after=after))
    return [*found, *_holes(signed, attested), *short]


def _kind(
    other: list[int], signed: Sequence[bytes | None], there: Sequence[bytes]
) -> tuple[str, int, int]:
    """What was done, if one thing explains every position at which another entry stands."""
    first, last = other[0], other[-1]
    was, now = list(signed[first - 1 :]), list(there[first - 1 :])
    if len(other) > 1:
        if sorted(signed[n - 1] or b"" for n in other) == sorted(there[n - 1] for n in other):
            return "exchanged", first, last
        if now[: len(was) - 1] == was[1:]:
            return "moved_up", first, first
        if was[: len(now) - 1] == now[1 : len(was) + 1]:
            return "moved_down", first, first
    return "each", first, last


def _holes(signed: Sequence[bytes | None], attested: Attested) -> list[Finding]:
    """Positions that were empty already when they were sealed."""
    found = []
    for n, digest in enumerate(signed, 1):
        if digest == MISSING:
            before, after = attested.between(n)
            found.append(Finding(code="was_missing", first=n, before=before, after=after))
    return found


def _unsealed(walk: Walk, sealed: int, now: int) -> list[Finding]:
    """Entries that should have been sealed long ago."""
    old = [n for n, at in enumerate(walk.times[sealed:], sealed + 1) if at < now - PATIENCE_MS]
    return [Finding(code="unsealed", first=sealed + 1, last=old[-1])] if old else []


def _late(walk: Walk, standing: list[Sealed]) -> Iterator[Finding]:
    for seal in (sealed.seal for sealed in standing):
        written = list(enumerate(walk.times[seal.after : seal.position], seal.after + 1))
        old = [n for n, at in written if 0 < at < seal.at - PATIENCE_MS]
        if old:
            yield Finding(code="late", first=old[0], last=old[-1], after=seal)


def _closing(whole: Whole, standing: list[Sealed], length: int, now: int) -> list[Finding]:
    """Whether a head was signed after the session's end."""
    try:
        ends = msgspec.json.decode(whole.session, type=Session).schedule.ends
    except msgspec.MsgspecError:
        return []
    closed = any(sealed.seal.at >= ends for sealed in standing)
    return [] if closed or now < ends + PATIENCE_MS else [Finding(code="open", first=length + 1)]


def _erased(walk: Walk) -> list[Finding]:
    """Entries that were erased though no purge says so, and what a purge left and is not there."""
    position, _, purge = walk.purges[-1] if walk.purges else (0, 0, None)
    unsaid = [n for n in walk.erased if n > position]
    found = [Finding(code="erased_unsaid", first=unsaid[0], last=unsaid[-1])] if unsaid else []
    there = walk.left.digests(position - 1) if purge else []
    for run, (left, said) in enumerate(zip(there, purge.left if purge else [], strict=False)):
        if left != said:
            first, last = run * POSITIONS + 1, min((run + 1) * POSITIONS, position - 1)
            found.append(Finding(code="left_differs", first=first, last=last, number=position))
    return found


def _folded(walk: Walk, whole: Whole) -> list[Finding]:
    """Whether the records beside the log are what the log leads to."""
    end = walk.length + 1
    found = []
    if whole.position != walk.length:
        found.append(Finding(code="position", first=end, number=whole.position))
    if _plain(walk.session) != _plain(whole.session):
        found.append(Finding(code="definition", first=end))
    stored = {int(number): raw for number, raw in whole.questions.items() if number.isdigit()}
    for number in sorted(walk.questions.keys() | stored.keys()):
        if number not in stored:
            found.append(Finding(code="question_gone", first=end, number=number))
        elif number not in walk.questions:
            found.append(Finding(code="question_unlogged", first=end, number=number))
        elif _plain(walk.questions[number]) != _plain(stored[number]):
            found.append(Finding(code="question_differs", first=end, number=number))
    if len(stored) != len(whole.questions):
        found.append(Finding(code="question_unlogged", first=end))
    beside = {
        "muted": (walk.muted, whole.muted),
        "remarks": ([*map(_plain, walk.remarks)], [*map(_plain, whole.remarks)]),
        "pinned": (_plain(walk.pinned), _plain(whole.pinned)),
    }
    found += [Finding(code=code, first=end) for code, (was, now) in beside.items() if was != now]
    return found


def _plain(raw: bytes) -> Any:
    """JSON as values: the order of fields means nothing. Lua has one empty table for both kinds."""
    try:
        return _without_empty(msgspec.json.decode(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return raw


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = ((key, _without_empty(each)) for key, each in value.items())
        return {key: each for key, each in pairs if each not in ({}, [])}
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    return value
