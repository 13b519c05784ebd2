"""`askpanel verify SLUG`: the record of a session walked from its first entry, and what is wrong
with it in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from askpanel.eventlog.audit import Audited, audit, gathered
from askpanel.eventlog.chain import SHORT, short
from askpanel.eventlog.records import Purge
from askpanel.eventlog.seal import Seal, Signer, read, standing
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.walk import Finding

PRINTED = re.compile(rf"([0-9a-f]{{{SHORT},64}}):([0-9]{{1,9}})")
KEY = re.compile(r"[0-9a-f]{64}")

WORDS = {
    # The log against its signed heads
    "changed": "Entry {first} is not the one that was sealed: it was changed",
    "missing": "Entry {first} is missing: it was taken out of the log",
    "moved_up": "Entry {first} was taken out, and those after it were moved up",
    "moved_down": "Entry {first} was put in, and those after it were moved down",
    "exchanged": "Entries from {first} to {last} stand in another order than they were sealed in",
    "shorter": "The log ends at entry {before_first}, but a head was signed over entries up to "
    "{last}: its end was cut off, or the store came back from an older copy",
    "broken": "The entries from {first} to {last} do not lead to seal {number}, and the digests "
    "that would say which of them was changed do not either",
    "was_missing": "Entry {first} was missing already when the head after it was signed",
    "lost": "Of the entries from {first} to {last} some or all are gone, and others stand there. "
    "Seal {number} says so itself: the service had seen them, and then the store had less. A store "
    "that came back from an older copy looks like this, and so does an end that was cut off while "
    "the service ran",
    # The seals
    "seal_unreadable": "Seal {number} is not a seal: its line was changed",
    "seal_forged": "Seal {number} bears the name of the right key and was not signed with it: it "
    "was changed or forged",
    "seal_foreign": "Seal {number} was signed with another key, {key}: either somebody made it, or "
    "ASKPANEL_SECRET_KEY was another one then (a key that you trust is given with --key)",
    "seal_elsewhere": "Seal {number} belongs to another session, {session}",
    "seal_order": "Seal {number} is not the one that was stored there: seals before it were taken "
    "away, exchanged or replaced",
    "digests": "The digests that are kept with seal {number} were changed; the entries themselves "
    "lead to it",
    "unattested": "No seal stands for the entries from {first} to {last}: the one over them was "
    "taken away or replaced",
    "unsealed": "The entries from {first} to {last} should have been sealed long ago: either no "
    "service has run since, or seals were taken away",
    "open": "The session is over, and no head was signed after its end: either no service has run "
    "since, or the end of the record was cut off, seals included. Compare a head that was printed",
    # The log by itself
    "gap": "Entries from {first} to {last} are missing",
    "not_ours": "At position {first} stands an entry that no command writes",
    "unreadable": "Entry {first} cannot be read",
    # What a purge has left
    "erased_unsaid": "Words of the entries from {first} to {last} were erased, and no purge in the "
    "record says so: it was done by hand",
    "left_differs": "What is left of the erased entries from {first} to {last} is not what the "
    "purge at entry {number} left: it was changed, or more was erased by hand",
    # What the log leads to
    "position": "The log has {before_first} entries, and the store's counter says {number}",
    "definition": "The session's definition is not the one that the log leads to: it was changed "
    "beside the log",
    "muted": "Who may send nothing more is not what the log leads to: it was changed beside the "
    "log",
    "remarks": "What was said to colleagues is not what the log leads to: it was changed beside "
    "the log",
    "pinned": "The announcements are not what the log leads to: they were changed beside the log",
    "question_differs": "The record of question {number} is not the one that the log leads to: it "
    "was changed beside the log",
    "question_gone": "The record of question {number} is gone; the log still has it",
    "question_unlogged": "The log knows nothing of question {number}, of which there is a record",
}


class Unusable(Exception):
    """An option that cannot be read, in one plain sentence."""


@dataclass(frozen=True)
class Report:
    """What is to be said, and whether the record holds."""

    holds: bool
    lines: list[str]


async def head_of(slug: str, seals: Seals, secret: bytes) -> Seal | None:
    """The newest head of a session that was signed by this installation, straight from the store.
    Raises StoreAway. A process that serves has it at hand: `Sealer.head_of`."""
    look = await seals.look(slug, 1, 1, 0)
    signer = Signer(secret, lambda: 0)
    ours = [each for each in map(read, look.lines if look else []) if each and signer.knows(each)]
    line = standing(each for each in ours if each.seal.session == slug)
    return line[-1].seal if line else None


def printed(head: str) -> tuple[str, int]:
    """The digits and the position of a head as it is printed. Raises Unusable."""
    found = PRINTED.fullmatch(head.strip().lower())
    if not found:
        raise Unusable(
            f"A head has {SHORT} to 64 hexadecimal digits, a colon and a position, as it stands on "
            "the transcript: for example 3fa9c2d81b7e4f60:57."
        )
    return found[1], int(found[2])


def public_keys(own: str, others: list[str]) -> set[str]:
    """The keys whose seals count. Raises Unusable."""
    for key in others:
        if not KEY.fullmatch(key.lower()):
            raise Unusable("A public key has 64 hexadecimal digits.")
    return {own, *(key.lower() for key in others)}


async def verify(
    slug: str, seals: Seals, own: str, *, others: list[str], head: str, now: int
) -> Report | None:
    """The record of a session, held against itself and, if one is given, a printed head. None if
    there is no such session. `own` is this installation's public key, `others` are trusted too.
    """
    wanted = printed(head) if head else None
    keys = public_keys(own, others)
    found = await gathered(slug, seals)
    if found is None:
        return None
    walk, whole = found
    audited = audit(slug, walk, whole, keys, now)
    compared = list(_compared(audited, wanted)) if wanted else []
    faults = [_sentence(finding) for finding in audited.findings]
    holds = not faults and all(good for good, _ in compared)
    lines = [f"The record of {slug} {'holds' if holds else 'does not hold'}."]
    if faults:
        lines += ["", f"First: {faults[0]}", *(f"Then: {fault}" for fault in faults[1:])]
    lines += ["", *(words for _, words in compared), *_standing(audited, own)]
    return Report(holds, lines)


def _sentence(finding: Finding) -> str:
    seal = finding.after
    words = WORDS[finding.code].format(
        first=finding.first,
        last=finding.last,
        number=finding.number,
        before_first=finding.first - 1,
        key=_plain(seal.key) if seal else "",
        session=_plain(seal.session) if seal else "",
    )
    return f"{words}{_between(finding)}."


def _between(finding: Finding) -> str:
    """Between which signed heads it lies, for what lies in the log."""
    before, after = finding.before, finding.after
    if finding.code.startswith("seal_") or not (before or after):
        return ""
    told = [_head(seal) for seal in (before, after) if seal]
    if before and after:
        return f" (between the heads {told[0]} and {told[1]})"
    return f" ({'after' if before else 'before'} the head {told[0]})"


def _head(seal: Seal) -> str:
    return f"{seal.short}, signed {seal.when}"


def _plain(text: str) -> str:
    """Something out of a seal that nobody has vouched for, fit for a terminal."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)[:64]


def _compared(audited: Audited, wanted: tuple[str, int]) -> Iterator[tuple[bool, str]]:
    digits, position = wanted
    length = audited.head.position
    if position > length:
        words = (
            f"The head that you gave is of {position} entries, and the log has only {length}: its "
            "end was cut off, or the store came back from an older copy."
        )
        yield False, words
    elif audited.heads[position].link.hex().startswith(digits):
        yield True, f"The head that you gave, at position {position}, is in this record."
    else:
        words = (
            f"The head that you gave is not in this record: up to position {position} the entries "
            "are not those that it was printed over."
        )
        yield False, words
    for seal in audited.superseded:
        if seal.position == position and seal.link.startswith(digits):
            yield False, f"It was signed, {seal.when}, over entries that were lost since."


def _purged(position: int, at: int, purge: Purge) -> str:
    when = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    by = "from the command line" if purge.by_hand else "by the service"
    return (
        f"Erased: words of {purge.entries} entries, on schedule, {by}, {when}, entry {position} "
        "says; their digests lead to the signed heads, and what is left of them is what it left"
    )


def _standing(audited: Audited, own: str) -> Iterator[str]:
    head = audited.head
    yield f"Entries: {head.position}"
    yield f"Head: {short(head.position, head.link.hex())}"
    yield f"  in full {head.link.hex()}"
    if audited.standing:
        newest = audited.standing[-1]
        count = len(audited.standing)
        yield f"Signed: {count} {'head' if count == 1 else 'heads'}, the newest {_head(newest)}"
        waiting = max(0, head.position - newest.position)
        if waiting:
            yield f"  not signed yet: {waiting} {'entry' if waiting == 1 else 'entries'} after it"
    else:
        yield "Signed: nothing yet"
    for late in audited.late:
        yield (
            f"  late: entries {late.first} to {late.last} were signed minutes or more after they "
            "were written; until then only the store vouched for them"
        )
    for purge in audited.purges:
        yield _purged(*purge)
    epochs = dict.fromkeys(seal.epoch for seal in audited.standing)
    if len(epochs) > 1:
        yield f"Epochs: {len(epochs)}; at each new one the store may have come back older"
    yield f"Public key: {own}"
