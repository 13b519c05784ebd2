"""The number guard: no telephone number and no address goes out that the session does not list.

A wrong digit in a helpline's number has sent people in need to a line at premium rate. So what
staff write is compared with the numbers and sites of the session's signposts, which were checked
when it was loaded. It is stopped where it differs, and the nearest listed one is offered. Nothing
is judged beyond that: a number that is right and not listed is stopped too, for a lead to confirm.

- A number is the listed one however it is spelled: `0808 1000900` and `+44 808 1000 900` are.
- A number of three digits is often no number at all ("about 100 people"). The emergency numbers
  count wherever they do not count things; others only after a word like "call".
- Where a listed address is a whole site, all its pages are listed. Where it is a page, it is that
  page and what lies below it: at such a host, like gov.uk, anybody may have others.
- A mailbox is never listed, for signposts have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from askpanel.chat.locale import N_
from askpanel.eventlog.session import Session, Signpost
from askpanel.moderation import guardaddresses, guardnumbers
from askpanel.moderation.contacts import unspelled
from askpanel.moderation.legible import Legible


class Unverified(NamedTuple):
    """What was `found`, as it is written, and the `nearest` that is listed; "" if none is near."""

    found: str
    nearest: str


def unverified(text: str, session: Session) -> list[Unverified]:
    """Every number and address in a text that the session does not list, each once, in order."""
    return _beside(text, session.signposts)


def contained(text: str) -> list[str]:
    """Every number and address in a text: for what has no session yet."""
    return [each.found for each in _beside(text, [])]


def _beside(text: str, signposts: Sequence[Signpost]) -> list[Unverified]:
    legible = Legible(text)
    addresses = list(guardaddresses.unlisted(legible, guardaddresses.listed_in(signposts)))
    numbers = guardnumbers.unlisted(legible, guardnumbers.listed_in(signposts))
    # A number within an address is a part of it.
    outside = (
        number
        for number in numbers
        if not any(start <= number[0] < end for start, end, _ in addresses)
    )
    found = []
    for start, end, nearest in sorted([*addresses, *outside]):
        first, last = legible.span(start, end)
        found.append(Unverified(text[first:last], nearest))
    return list(dict.fromkeys([*found, *_spelled(legible, signposts)]))


def _spelled(legible: Legible, signposts: Sequence[Signpost]) -> list[Unverified]:
    """Addresses with "dot" and "at" in words or in brackets: told as they would be typed."""
    plain = unspelled(legible.plain)
    if plain == legible.plain:
        return []
    sites = guardaddresses.listed_in(signposts)
    typed = guardaddresses.unlisted(Legible(plain), sites)
    found = (Unverified(plain[start:end], nearest) for start, end, nearest in typed)
    return [each for each in found if each.found not in legible.plain]


def corrected(text: str, found: str, nearest: str) -> str:
    """The text with `nearest` wherever `found` stands by itself, and not within a longer one."""
    if not found or not nearest:
        return text
    whole = rf"(?<![\w+]){re.escape(found)}(?!\w)"
    return re.sub(whole, lambda _: nearest, text)


def words(found: Sequence[Unverified], gettext: Callable[[str], str]) -> str:
    """What is not listed, a sentence each; "" for nothing."""
    return " ".join(_sentence(each, gettext) for each in found)


def _sentence(each: Unverified, gettext: Callable[[str], str]) -> str:
    if each.nearest:
        said = gettext(N_("%(found)s is not on the list; did you mean %(nearest)s?"))
        return said % {"found": each.found, "nearest": each.nearest}
    return gettext(N_("%(found)s is not on the list.")) % {"found": each.found}
