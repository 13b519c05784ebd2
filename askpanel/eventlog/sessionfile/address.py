"""A web address that is fit to be linked from a page that frightened people read."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from askpanel.eventlog.sessionfile.mistake import Fault, shown

LONGEST = 500
LONGEST_HOST = 253
"""Characters (RFC 1035, section 2.3.4, less the root's dot)."""

EXAMPLE = 'Write it like this: url = "https://www.stopitnow.org.uk"'

# RFC 3986, section 2: these and nothing else may stand in a URI.
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A name with a dot, whose last part is not a number: no IP address, no machine of ours.
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")


def address_fault(written: str) -> Fault | None:
    """Return what is wrong with the address, or None: https, a public host, no credentials."""
    # First of all: urlsplit leaves out newlines and tabs without a word.
    if not _URI.fullmatch(written):
        return _spelling_fault(written)
    if len(written) > LONGEST:
        says = f"This has {len(written)} characters, and the most is {LONGEST}."
        return Fault(says, "Give the page's short address.")
    try:
        url = urlsplit(written)
        port = url.port
    except ValueError:
        return Fault(f"{shown(written)} is not a web address.", EXAMPLE)
    if port == 0:
        return Fault(f"{shown(written)} is not a web address.", EXAMPLE)
    return _parts_fault(written, url)


def _parts_fault(written: str, url: SplitResult) -> Fault | None:
    if url.scheme != "https":
        return Fault(f"{shown(written)} does not begin with https://.", EXAMPLE)
    if "@" in url.netloc:
        says = "There is a user name or password in this address."
        return Fault(says, "Take out all between https:// and the @ sign, and the sign.")
    host = url.hostname or ""
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        return Fault(f"{shown(written)} does not name a public web site.", EXAMPLE)
    return None


def _spelling_fault(written: str) -> Fault:
    if any(character.isspace() for character in written):
        return Fault(f"There is a space in {shown(written)}.", "Take it out, or write it as %20.")
    wrong = next(c for c in written if not _URI.fullmatch(c))
    says = f"{shown(wrong)} may not stand in a web address."
    return Fault(says, "Copy the address from a browser, which writes such characters with %.")
