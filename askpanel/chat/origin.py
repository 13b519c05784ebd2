"""Whether a request that changes something, or a socket, was begun by one of our own pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
NAME = re.compile(r"(?:[a-z0-9-]+\.)*[a-z0-9-]+|\[[0-9a-f:.]+\]")
"""A host as it may stand in a policy: no wildcard, and nothing that would end the directive."""


def of(url: str) -> str:
    """The origin of a URL as browsers write it (RFC 6454, 6.2). Raises ValueError without one."""
    parts = urlsplit(url)
    host, scheme = parts.hostname, parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host:
        raise ValueError(f"{url!r} has no http or https origin")
    ascii_host = host.encode("idna").decode() if not host.isascii() else host
    shown = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    default = parts.port in {None, DEFAULT_PORTS[scheme]}
    return f"{scheme}://{shown}" if default else f"{scheme}://{shown}:{parts.port}"


def framing(url: str) -> str:
    """The origin of a site that may show our pages in a frame. Raises ValueError for what is none,
    is more than one, or is not reached by TLS; to try it out, one's own machine need not be."""
    found, parts = of(url), urlsplit(url)
    host = found.partition("://")[2].removesuffix(f":{parts.port}")
    if not NAME.fullmatch(host):
        raise ValueError(f"{url!r} is not one site: name each host in full, without a wildcard")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} says more than the site: leave out what stands around the host")
    if not found.startswith("https://") and host not in LOOPBACK:
        raise ValueError(f"{url!r} must begin with https://")
    return found


def allowed(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether a form may be accepted. `origins` are whole origins, as `of` gives them.

    Exact comparison and nothing else: anything cleverer is where prefixes, suffixes, other
    ports and user information slip through. `null` is never ours.

    Without an Origin the browser's word is Sec-Fetch-Site. Without that either, the form is
    accepted: every browser since 2020 sends at least one of the two with a cross-site POST, so
    this is an older browser or no browser. It can be led to post here from elsewhere, but staff
    forms carry a token, a participant's cookie is SameSite=Strict, and to sign somebody in the
    attacker would need a staff password. The Referer is not asked: it is forgotten at the door.
    """
    given = headers.getlist("origin")
    if given:
        return _ours(given, origins)
    return headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def allowed_socket(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether a WebSocket may be opened: browsers always send an Origin with it (RFC 6455, 4.1),
    and no token protects it, so here it is required (ASVS 5.0, 4.4.2)."""
    return _ours(headers.getlist("origin"), origins)


def _ours(given: list[str], origins: frozenset[str]) -> bool:
    return len(given) == 1 and given[0] in origins
