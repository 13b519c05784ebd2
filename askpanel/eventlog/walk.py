"""A session's log walked from its first entry on, exactly as the store holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from askpanel.eventlog import chain
from askpanel.eventlog.chain import MISSING, Stored
from askpanel.eventlog.erasing import NOBODY
from askpanel.eventlog.records import Purge
from askpanel.eventlog.seal import Seal

POSITIONS = 500
LONGEST_GAP = 100_000
"""Positions that are counted as missing between two entries: an id may be any number at all."""


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is not as it was sealed. `code` is one of `askpanel.verify.WORDS`.

    Of the entries from `first` to `last`; `number` is a seal's or a question's. `before` and
    `after` are the signed heads between which it lies, where there are such.
    """

    code: str
    first: int
    last: int = 0
    number: int = 0
    before: Seal | None = None
    after: Seal | None = None


class _Event(Struct):
    type: str = ""
    at: int = 0
    question: msgspec.Raw = msgspec.Raw(b"null")
    session: msgspec.Raw = msgspec.Raw(b"null")
    remark: msgspec.Raw = msgspec.Raw(b"null")
    purge: Purge | None = None
    announcement: msgspec.Raw = msgspec.Raw(b"null")
    pinned: msgspec.Raw = msgspec.Raw(b"[]")


class _Question(Struct):
    number: int = 0
    author: str = ""


class Left:
    """What entries hold from which words were erased, as digests of so many positions each."""

    def __init__(self) -> None:
        self._runs: dict[int, bytes] = {}

    def take(self, position: int, event: bytes, erased: str) -> None:
        """The next entry; nothing is noted of one that is whole."""
        if erased:
            run = (position - 1) // POSITIONS
            joined = self._runs.get(run, b"") + position.to_bytes(8, "big")
            joined += bytes.fromhex(erased) + chain.digest(event)
            self._runs[run] = hashlib.sha256(joined).digest()

    def digests(self, position: int) -> list[str]:
        """One for each run up to a position (hex); "" where nothing was erased."""
        runs = range(-(-position // POSITIONS))
        return [self._runs.get(run, b"").hex() for run in runs]


class Walk:
    """The log from its first entry on, as it is stored, and what it folds to."""

    def __init__(self, slug: str) -> None:
        self.heads = [chain.origin(slug)]
        self.digests: list[bytes] = []
        self.times: list[int] = []
        self.findings: list[Finding] = []
        self.questions: dict[int, bytes] = {}
        self.session = b""
        self.muted: set[bytes] = set()
        self.remarks: list[bytes] = []
        self.erased: list[int] = []
        self.left = Left()
        self.purges: list[tuple[int, int, Purge]] = []
        self.pinned = b"[]"

    @property
    def length(self) -> int:
        return len(self.digests)

    def add(self, run: Iterable[Stored]) -> None:
        """Take the next entries, in the order in which the store has them."""
        for entry in run:
            if entry.event is None or entry.position <= self.length:
                self.findings.append(Finding(code="not_ours", first=entry.position))
                continue
            gap = entry.position - self.length - 1
            if gap:
                self.findings.append(
                    Finding(code="gap", first=self.length + 1, last=entry.position - 1)
                )
            for _ in range(min(gap, LONGEST_GAP)):
                self._put(MISSING, 0)
            if entry.erased:
                self.erased.append(entry.position)
                self.left.take(entry.position, entry.event, entry.erased)
            self._put(entry.digest, self._fold(entry.position, entry.event))

    def _put(self, digest: bytes, at: int) -> None:
        self.digests.append(digest)
        self.times.append(at)
        self.heads.append(self.heads[-1].then(digest))

    def _fold(self, position: int, raw: bytes) -> int:
        """Note what an entry made of the session; gives its time."""
        try:
            event = msgspec.json.decode(raw, type=_Event)
            if bytes(event.question) != b"null":
                self._fold_question(event)
            if bytes(event.session) != b"null":
                self.session = bytes(event.session)
            if event.purge:
                self.purges.append((position, event.at, event.purge))
            if bytes(event.remark) != b"null":
                self.remarks.append(bytes(event.remark))
            if bytes(event.announcement) != b"null":
                self.pinned = bytes(event.pinned)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.findings.append(Finding(code="unreadable", first=position))
            return 0
        return event.at

    def _fold_question(self, event: _Event) -> None:
        raw = bytes(event.question)
        question = msgspec.json.decode(raw, type=_Question)
        self.questions[question.number] = raw
        if question.author == NOBODY:
            return  # erased, and with it who may send nothing more
        if event.type == "muted":
            self.muted.add(question.author.encode())
        elif event.type == "unmuted":
            self.muted.discard(question.author.encode())
