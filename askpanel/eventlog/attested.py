"""What the seals of a session attest: which entry stood at which position."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from askpanel.eventlog import chain
from askpanel.eventlog.chain import Head
from askpanel.eventlog.seal import Lost, Seal, Sealed, fingerprint, read
from askpanel.eventlog.walk import Finding, Walk


class Attested:
    """What the seals say: the signed digest of each position, None where it is not known."""

    def __init__(self, slug: str, walk: Walk) -> None:
        self._slug, self._walk = slug, walk
        self.digests: list[bytes | None] = []
        self.standing: list[Sealed] = []
        self.superseded: list[Seal] = []
        self.findings: list[Finding] = []
        self._links = {0: chain.origin(slug).link}

    def take(self, lines: Sequence[bytes], keys: set[str]) -> None:
        """All seals in their order; one that is not ours attests nothing."""
        before = b""
        for number, line in enumerate(lines, 1):
            sealed = read(line)
            code = self._fault(sealed, number, before, keys)
            before = line
            if code:
                at = sealed.seal.after + 1 if sealed and sealed.seal.after >= 0 else 1
                seal = sealed.seal if sealed else None
                self._find(code, at, number=number, after=seal)
            if sealed and code in ("", "seal_order"):
                self._attest(sealed)

    def between(self, position: int) -> tuple[Seal | None, Seal | None]:
        """The signed heads before and after an entry."""
        seals = [sealed.seal for sealed in self.standing]
        before = [seal for seal in seals if seal.position < position]
        after = [seal for seal in seals if seal.position >= position]
        return (before[-1] if before else None), (after[0] if after else None)

    def _fault(self, sealed: Sealed | None, number: int, before: bytes, keys: set[str]) -> str:
        if sealed is None:
            return "seal_unreadable"
        seal = sealed.seal
        if seal.key not in keys:
            return "seal_foreign"
        if not sealed.signed():
            return "seal_forged"
        if seal.session != self._slug:
            return "seal_elsewhere"
        expected = fingerprint(before) if before else ""
        return "" if (seal.number, seal.previous) == (number, expected) else "seal_order"

    def _attest(self, sealed: Sealed) -> None:
        seal = sealed.seal
        before = self.digests[seal.after :]
        self._rewind(seal.after)
        digests = self._leading(sealed)
        if seal.lost:
            self._tell_loss(seal, seal.lost, before, digests)
        self.digests += digests
        self._links[seal.position] = seal.head.link
        self.standing.append(sealed)

    def _tell_loss(
        self,
        seal: Seal,
        lost: Lost,
        before: Sequence[bytes | None],
        digests: Sequence[bytes | None],
    ) -> None:
        """What a seal that speaks of a loss leaves out of what was seen before it."""
        known = [digest for digest in digests if digest is not None]
        base = Head(seal.after, self._links[seal.after])
        there = chain.walked(base, known[: max(0, lost.position - seal.after)])
        if (there.position, there.link.hex()) == (lost.position, lost.link):
            return
        pairs = zip(before, digests, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        last = max(seal.after + len(before), lost.position)
        first = min(seal.after + kept + 1, last)
        self._find("lost", first, last=last, number=seal.number, after=seal)

    def _leading(self, sealed: Sealed) -> Sequence[bytes | None]:
        """The digests of a seal's entries, if anything at all leads to its signed link."""
        seal = sealed.seal
        base = Head(seal.after, self._links[seal.after])
        own = self._walk.digests[seal.after : seal.position]
        for digests in (sealed.digests, own):
            if digests is not None and chain.walked(base, digests) == seal.head:
                if digests is own and own != sealed.digests:
                    self._find("digests", seal.after + 1, number=seal.number, after=seal)
                return digests
        first = seal.after + 1
        while first > 1 and self.digests[first - 2] is None:
            first -= 1
        self._find("broken", first, last=seal.position, number=seal.number, after=seal)
        return [None] * (seal.position - seal.after)

    def _rewind(self, after: int) -> None:
        """To the head that a seal goes on from: back, or on over seals that are gone."""
        while self.standing and self.standing[-1].seal.position > after:
            self.superseded.append(self.standing.pop().seal)
        del self.digests[after:]
        if len(self.digests) < after:
            self._find("unattested", len(self.digests) + 1, last=after)
        self._links = {at: link for at, link in self._links.items() if at <= after}
        if after not in self._links:
            start = max(self._links)
            own = self._walk.digests[start:after]
            self._links[after] = chain.walked(Head(start, self._links[start]), own).link
        self.digests += [None] * (after - len(self.digests))

    def _find(self, code: str, first: int, *, after: Seal | None = None, **more: int) -> None:
        before = self.standing[-1].seal if self.standing else None
        self.findings.append(Finding(code=code, first=first, before=before, after=after, **more))
