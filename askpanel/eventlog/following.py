"""One session's log as this process has followed it: what is to be sealed, and whether the store's
past still leads to what was seen.

A process believes its own memory, then what its key has signed, and of the store only what follows
from them. So it can say that the log was changed while it looked; for the rest there is `audit`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from askpanel.eventlog import chain
from askpanel.eventlog.chain import Head
from askpanel.eventlog.seal import Seal, Sealed, Signer, read, standing
from askpanel.eventlog.seals import Look, Seals

RUN = 500
"""Entries that are read at once, and the most that one seal covers."""
SEAL_ENTRIES = 200
SEAL_SECONDS = 30.0
"""A head is signed when so many entries, or the first of them for so long, have waited for it."""
NO_SEALS = 1 << 31
NEVER = 1 << 62

Alarm = Callable[[str], None]
"""Told what is wrong: `changed`, `shortened`, `foreign` (a seal by another key, or forged) or
`seals` (a signed head is gone)."""


class Following:
    """A session from the newest signed head on. Every method may raise StoreAway."""

    def __init__(
        self,
        slug: str,
        seals: Seals,
        signer: Signer,
        *,
        alarm: Alarm,
        monotonic: Callable[[], float],
    ) -> None:
        self.slug = slug
        self.seal: Seal | None = None
        """The newest signed head that the log leads to, as far as this process knows."""
        self.epoch = ""
        self.ended = NEVER
        """When the session ends, or did (Unix milliseconds)."""
        self._seals, self._signer = seals, signer
        self._alarm, self._monotonic = alarm, monotonic
        self._begun = False
        self._base = self._head = chain.origin(slug)
        self._waiting: list[tuple[bytes, bytes]] = []  # digest and link of each, from the base on
        self._since = 0.0
        self._last: bytes | None = None
        self._lines, self._newest = 0, b""
        self._lost: Head | None = None
        self._witness: Head | None = None
        self._cursor, self._target = chain.origin(slug), chain.origin(slug)

    @property
    def head(self) -> Head:
        """How far this process has followed the log."""
        return self._head

    @property
    def waited(self) -> float:
        """For how many seconds the first entry that is in no seal yet has been known here."""
        return self._monotonic() - self._since if self._waiting else 0.0

    @property
    def unsealed(self) -> int:
        """Entries that were read and are in no seal yet."""
        return len(self._waiting)

    async def look(self) -> str | None:
        """Read what is new. Gives the epoch under which the log was longer, or another one, than
        it is now: that epoch is over. None if all is as it should be, or there is no session."""
        while True:
            if not self._begun and not await self._begin(self._lost):
                return None
            first, last = max(1, self._head.position), self._head.position + RUN
            look = await self._seals.look(self.slug, first, last, max(0, self._lines - 1))
            if look is None:
                return await self._gone()
            self.ended = _end(look.session)
            over = self.epoch
            if not (self._reads_on(look) and self._hears(look)):
                return over
            if self._begun and self._head.position >= look.position:
                return None

    def due(self, now: int) -> bool:
        """Whether a head should be signed at the store's time `now`."""
        if self._lost is not None or len(self._waiting) >= SEAL_ENTRIES:
            return True
        if self._waiting and self.waited >= SEAL_SECONDS:
            return True
        # At the end of the session, if only to say that nothing came after the head before.
        return self.ended <= now and (self.seal is None or self.seal.at < self.ended)

    async def sign(self) -> bool:
        """Sign all that waits, in one seal or several; False if somebody else was faster."""
        if not self._begun:
            return False
        while True:
            run = [digest for digest, _ in self._waiting[:RUN]]
            made = self._signer.seal(
                *(self.slug, self.epoch, self._base, run),
                *(self._lines, self._newest, self._lost),
            )
            if not await self._seals.append(made, self._newest):
                return False
            self._accept(made)
            if not self._waiting:
                return True

    async def audit(self) -> bool:
        """Walk some more of what is long past; True when it was found to lead to where this
        process, or a head that it believes, has been."""
        first = self._cursor.position + 1
        last = min(self._target.position, self._cursor.position + RUN)
        if first <= last:
            look = await self._seals.look(self.slug, first, last, NO_SEALS)
            if look is None or look.position < last:
                return False  # the next look sees it too, and says what it is
            self._cursor = chain.walked(self._cursor, chain.digests(look.run, first, last))
        if self._cursor.position < self._target.position:
            return False
        if self._cursor != self._target:
            self._alarm("changed")
        self._cursor, self._target = chain.origin(self.slug), self._head
        return True

    async def _begin(self, lost: Head | None = None) -> bool:
        """Stand on the newest signed head that the log is long enough for."""
        look = await self._seals.look(self.slug, 1, 1, 0)
        if look is None:
            return False
        read_ = [read(line) for line in look.lines]
        ours = [each for each in read_ if each and self._signer.knows(each)]
        if len(ours) < len(look.lines):
            self._alarm("foreign")
        line = standing(each for each in ours if each.seal.session == self.slug)
        if line and line[-1].seal.position > look.position:
            self._alarm("shortened")
            lost = max(lost, line[-1].seal.head, key=_reach) if lost else line[-1].seal.head
        elif line and line[-1].seal.epoch == look.epoch:
            lost = None  # whoever came first has said so under this epoch
        while line and line[-1].seal.position > look.position:
            line.pop()
        self.seal = line[-1].seal if line else None
        self._base = self._head = self.seal.head if self.seal else chain.origin(self.slug)
        self._waiting, self._lost = [], lost
        self._last = line[-1].digests[-1] if line and line[-1].digests else None
        self._lines, self._newest = len(look.lines), look.lines[-1] if look.lines else b""
        self.epoch = look.epoch
        self._cursor, self._target = chain.origin(self.slug), self._witness or self._head
        self._witness = None
        self._begun = True
        return True

    async def _gone(self) -> str | None:
        """The session is not in the store any more."""
        if self._head.position:
            self._alarm("shortened")
            self._lost = self._head
        self._begun, self.seal, self.ended = False, None, NEVER
        self._base = self._head = chain.origin(self.slug)
        return None

    def _reads_on(self, look: Look) -> bool:
        """Take in what is new; False if the log is not the one that was read, but an older one."""
        at = self._head.position
        there = chain.digests(look.run, at, at)[0] if at else None
        other = self._last is not None and there != self._last
        if look.position < at or (other and look.epoch != self.epoch):
            self._alarm("shortened")
            return False
        if other:
            self._alarm("changed")
        self.epoch = look.epoch
        last = min(look.position, at + RUN)
        new = chain.digests(look.run, at + 1, last)
        if new and not self._waiting:
            self._since = self._monotonic()
        for digest in new:
            self._head = self._head.then(digest)
            self._waiting.append((digest, self._head.link))
        self._last = new[-1] if new else there
        return True

    def _hears(self, look: Look) -> bool:
        """Take over the heads that other processes have signed meanwhile; False if the log is
        shorter than one of them."""
        lines = look.lines
        if self._newest and lines[:1] != [self._newest]:
            self._alarm("seals")
            self._begun, self._lost, self._witness = False, None, self._head
            return True
        for line in lines[1:] if self._newest else lines:
            sealed = read(line)
            if sealed is None or not self._signer.knows(sealed):
                self._alarm("foreign")
                self._lines, self._newest = self._lines + 1, line
            elif sealed.seal.position > look.position:
                self._alarm("shortened")
                return False
            elif not self._accept(sealed):
                break
        return True

    def _accept(self, sealed: Sealed) -> bool:
        """Go on from a signed head; False if it is none of the log that was seen here."""
        seal = sealed.seal
        steps = seal.position - self._base.position
        if seal.position > self._head.position:
            return False  # it comes again with the entries that it is of
        link = self._waiting[steps - 1][1] if steps > 0 else self._base.link
        if steps < 0 or seal.head.link != link:
            self._alarm("changed")
            self._begun, self._lost = False, None
            return False
        self._lines, self._newest = self._lines + 1, sealed.line
        self.seal, self._base, self._lost = seal, seal.head, None
        del self._waiting[:steps]
        self._since = self._monotonic()
        return True

    async def renew(self) -> None:
        """Begin again after a look that found the log shorter: what was seen is said to be lost."""
        self._begun = False
        self._witness = None
        await self._begin(lost=self._head)


class _Schedule(msgspec.Struct):
    ends: int


class _Session(msgspec.Struct):
    schedule: _Schedule


def _end(session: bytes) -> int:
    """When a session ends; far away if its definition cannot be read."""
    try:
        return msgspec.json.decode(session, type=_Session).schedule.ends
    except msgspec.MsgspecError:
        return NEVER


def _reach(head: Head) -> int:
    return head.position
