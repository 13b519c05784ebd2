"""The guard's half for addresses: sites and mailboxes that are not listed.

What an address looks like is for :mod:`askpanel.moderation.contacts` to say. A name that only
nearly is a listed one counts too, whatever it ends with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from askpanel.eventlog.session import Signpost
from askpanel.moderation.contacts import emails, links
from askpanel.moderation.legible import Legible

ALIKE, NEARLY = 70.0, 85.0
"""Likeness in per cent: to be offered instead, and to be meant for a listed site."""

_WORD = re.compile(r"[^\s<>\"“”„«»()\[\]{},;|]+")
_AFTER = ".:!?'*~_-"
"""What may follow an address and is no part of it."""
_DIGITS = re.compile(r"[\d./:-]+")
_NOT_IN_HOST = re.compile(r"[^\w.-]+")
_SCHEME = re.compile(r"(?:h[tx]{2}ps?\s?:\s?/{0,2}\s?)", re.IGNORECASE)


class Site(NamedTuple):
    """A signpost's address: its host without www, its path without a slash at the end, and the
    whole as it is written there."""

    host: str
    path: str
    written: str


def listed_in(signposts: Sequence[Signpost]) -> list[Site]:
    """Every address of some signposts."""
    return [site_of(each.url) for each in signposts if each.url]


def site_of(written: str) -> Site:
    """An address in its parts, however much of it is written. Never raises."""
    bare = _SCHEME.sub("", written, count=1) if _SCHEME.match(written) else written
    try:
        url = urlsplit(f"//{bare}")
        host = (url.hostname or "").rstrip(".")
        port = url.port
    except ValueError:
        return Site("", "", written)
    # A user name or a port leads elsewhere than the words promise.
    if "@" in url.netloc or port is not None or (":" in written and not _SCHEME.match(written)):
        host = f"{url.netloc.lower()}?"
    return Site(host.removeprefix("www."), url.path.rstrip("/"), written)


def unlisted(legible: Legible, listed: Sequence[Site]) -> Iterator[tuple[int, int, str]]:
    """Where in `legible.plain` an address stands that is not listed, and the nearest that is."""
    for match in _WORD.finditer(legible.plain):
        word = match[0].rstrip(_AFTER)
        if "." not in word and ":" not in word and "@" not in word:
            continue
        for found in _addresses(word, listed):
            start = match.start() + word.find(found)
            end = start + len(found)
            first, last = legible.span(start, end)
            # Letters that only look like the listed ones lead elsewhere.
            plainly = legible.text[first:last].isascii()
            if not (plainly and is_listed(found, listed)):
                yield start, end, nearest(found, listed)


def _addresses(word: str, listed: Sequence[Site]) -> list[str]:
    """What in a word is an address, or nearly a listed one."""
    found = emails(word) or links(word)
    # What has no letter in it is dialled, if it is anything: 0808.1000/900.
    found = [each for each in found if each in word and not _DIGITS.fullmatch(each)]
    if found:
        return found
    names = (piece.strip(".-") for piece in _NOT_IN_HOST.split(word))
    return [name for name in names if "." in name and _likeness(name, listed) >= NEARLY]


def is_listed(written: str, listed: Sequence[Site]) -> bool:
    """Whether an address is one of these: the whole site, or the page and those below it."""
    site = site_of(written)
    if "@" in written or ".." in site.path or "%2e" in site.path.lower():
        return False
    return any(
        site.host == each.host and (site.path + "/").startswith(each.path + "/") for each in listed
    )


def nearest(written: str, listed: Sequence[Site]) -> str:
    """The listed address to offer, as it is written there; "" if none is near."""
    best = max(listed, key=lambda each: _likeness(written, [each]), default=None)
    return best.written if best and _likeness(written, [best]) >= ALIKE else ""


def _likeness(written: str, listed: Sequence[Site]) -> float:
    """Of a site's or mailbox's host to the listed ones', from 0 to 100."""
    host = site_of(written.rpartition("@")[2]).host
    return max((fuzz.ratio(host, each.host) for each in listed), default=0.0)
