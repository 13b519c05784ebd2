"""The door: whatever could tell who is asking is forgotten here, before anything of ours runs.

The network address becomes a short keyed hash in `scope["state"]["network"]`, good for counting
how often one network asks and for nothing else; the address itself and every header that we do
not use are erased from the scope. The scope is changed in place, because the server underneath
holds the same object and prints from it.

The key is made of random bytes, is held by this object alone and lives for ten minutes. The old
key is not kept at all: nothing compares a hash of one ten minutes with one of the next, so a
rate limit merely begins again, and a hash that outlives its key can no longer be tested against
addresses (there are few enough IPv4 addresses to try them all). Each process has its own key,
so one network has as many hashes as there are workers.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import AF_INET, inet_pton
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

KEY_LIFETIME = 600.0
"""Seconds."""

KEPT = frozenset(
    b"""
    accept accept-encoding authorization content-encoding content-length content-type cookie
    expect host if-match if-modified-since if-none-match if-unmodified-since origin range
    sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-websocket-protocol
    transfer-encoding
    """.split()
)
"""The headers that the application may see. A list of those to erase would never be whole:
every proxy has its own names for the client's address, every browser for itself."""

UNIX = "unix"
UNKNOWN = "unknown"

Network: TypeAlias = IPv4Network | IPv6Network
Headers: TypeAlias = list[tuple[bytes, bytes]]


class Proxies:
    """The proxies whose word about the client is taken: CIDRs, addresses, or `unix` for
    whoever connects to a Unix socket. Raises ValueError for anything else."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self._unix = UNIX in trusted
        self._networks = [_network(text) for text in trusted if text != UNIX]

    def trusts(self, address: str) -> bool:
        """Whether a peer, or a hop that a trusted peer named, is one of ours."""
        if address == UNIX:
            return self._unix
        if not self._networks:
            return False
        packed = _packed(address)
        if packed is None:
            return False
        ip = ip_address(packed)
        return any(ip in network for network in self._networks)

    def client(self, peer: str, headers: Headers) -> str:
        """The right-most address that is not one of ours: what is left of it, anybody can have
        written. Without a readable one, the nearest hop that is known."""
        hops = [h for n, v in headers if n == b"x-forwarded-for" for h in v.split(b",")]
        known = peer
        while hops and self.trusts(known):
            hop = _without_port(hops.pop().decode("latin-1").strip())
            if _packed(hop) is None:
                break
            known = hop
        return known


class Anonymity:
    """ASGI, outermost. See the module."""

    def __init__(
        self,
        app: ASGIApp,
        trusted_proxies: Sequence[str] = (),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._proxies = Proxies(trusted_proxies)
        self._random_bytes = random_bytes
        self._clock = clock
        self._key = b""
        self._key_ends = 0.0
        self._key_timer: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forget, then pass on."""
        if scope["type"] in {"http", "websocket"}:
            self._forget(scope)
        await self.app(scope, receive, send)

    def _forget(self, scope: Scope) -> None:
        headers: Headers = scope["headers"]
        client = scope.get("client")
        peer = client[0] if client else UNIX
        if self._proxies.trusts(peer):
            _take_scheme(scope, headers)
        network = self._proxies.client(peer, headers)
        state = scope.setdefault("state", {})
        state["network"] = self._hash(network)
        state["forwarded"] = self._how(peer, network, headers)
        scope["client"] = None
        headers[:] = [header for header in headers if header[0].lower() in KEPT]

    def _how(self, peer: str, network: str, headers: Headers) -> str:
        """What a proxy in front says of its clients, for an operator who looks it over."""
        if self._proxies.trusts(peer):
            return "named" if network != peer else "unnamed"
        claimed = any(name in (b"x-forwarded-for", b"forwarded") for name, _ in headers)
        return "untrusted" if claimed else "direct"

    def _hash(self, address: str) -> str:
        """24 hexadecimal digits that stand for the address for at most ten minutes.

        An IPv6 address is cut to its /64: that is what one customer has, and they may change
        the rest with every request. Peers without an address are all one network.
        """
        packed = _packed(address) or UNKNOWN.encode()
        whose = packed[:8] if len(packed) == 16 else packed
        return blake2b(whose, key=self._current_key(), digest_size=12).hexdigest()

    def _current_key(self) -> bytes:
        now = self._clock()
        if not self._key or now >= self._key_ends:
            self._key = self._random_bytes(32)
            self._key_ends = now + KEY_LIFETIME
            if self._key_timer is not None:
                self._key_timer.cancel()
            # Where nobody comes for hours, nobody would notice that its time is over.
            loop = asyncio.get_running_loop()
            self._key_timer = loop.call_later(KEY_LIFETIME, self._forget_key)
        return self._key

    def _forget_key(self) -> None:
        self._key = b""


def _take_scheme(scope: Scope, headers: Headers) -> None:
    """What a trusted proxy says of the scheme: its own word is the last."""
    said = [v for n, v in headers if n == b"x-forwarded-proto"]
    scheme = said[-1].split(b",")[-1].strip().lower() if said else b""
    if scheme in {b"http", b"https", b"ws", b"wss"}:
        secure = scheme in {b"https", b"wss"}
        plain = "ws" if scope["type"] == "websocket" else "http"
        scope["scheme"] = plain + "s" * secure


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a trusted proxy: give an address, a network such as 10.0.0.0/8, "
            f"or {UNIX} for a Unix socket"
        ) from None


def _packed(address: str) -> bytes | None:
    """An address as 4 or 16 bytes, None if it is none. IPv4 dressed as IPv6 is IPv4."""
    try:
        return inet_pton(AF_INET, address)  # most are, and the library's own way takes ten times
    except (OSError, ValueError):
        pass
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).packed


def _without_port(hop: str) -> str:
    """`192.0.2.1:80` and `[2001:db8::1]:80`, as some proxies write them."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
