"""The door forgets who came: what it keeps is a hash that nothing can be compared with later."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from askpanel.chat.anonymity import KEY_LIFETIME, Anonymity
from tests.chat.peers import eventually

CLIENT = "203.0.113.77"
PROXY = "10.0.0.2"

TELLTALE = {
    "User-Agent": "Canary/1.0 (X11; Pixel 8)",
    "Referer": "https://search.example/?q=canary",
    "Accept-Language": "gv-IM",
    "X-Forwarded-For": CLIENT,
    "X-Forwarded-Host": "canary.example",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": CLIENT,
    "Forwarded": f"for={CLIENT}",
    "CF-Connecting-IP": CLIENT,
    "True-Client-IP": CLIENT,
    "Fly-Client-IP": CLIENT,
    "X-Vendor-To-Come-Client": CLIENT,
    "Sec-CH-UA": '"Canary";v="1"',
    "Sec-CH-UA-Model": '"Pixel 8"',
    "Sec-GPC": "1",
    "DNT": "1",
    "Via": f"1.1 {CLIENT}",
    "Save-Data": "on",
    "Device-Memory": "8",
    "From": "sam@example.org",
    "X-Request-Id": "canary",
}
USEFUL = {
    "Host": "chat.example",
    "Origin": "https://chat.example",
    "Cookie": "asker=1",
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": "3",
    "Sec-Fetch-Site": "same-origin",
}


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Door:
    """An Anonymity around an application that keeps what it was given."""

    def __init__(self, *trusted: str) -> None:
        self.clock = Clock()
        self.keys: list[bytes] = []
        self.anonymity = Anonymity(self.inside, trusted, self.draw, self.clock)

    def draw(self, count: int) -> bytes:
        """Keys in order, so that a test can say which."""
        self.keys.append(bytes([len(self.keys) + 1]) * count)
        return self.keys[-1]

    async def inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application."""

    async def enter(
        self,
        client: str | None = CLIENT,
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        kind: str = "http",
    ) -> dict[str, Any]:
        """Go through with a scope; the same scope, as it was left."""
        pairs = list(headers.items() if isinstance(headers, dict) else headers or [])
        scope: dict[str, Any] = {
            "type": kind,
            "scheme": "ws" if kind == "websocket" else "http",
            "client": (client, 50_123) if client else None,
            "path": "/",
            "query_string": b"",
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in pairs],
            "state": {"from": "the lifespan"},
        }
        await self.anonymity(scope, nothing, ignore)
        return scope

    async def network(self, client: str | None = CLIENT, forwarded: str | None = None) -> str:
        """The hash of whoever comes so."""
        headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
        network: str = (await self.enter(client, headers))["state"]["network"]
        return network


async def nothing() -> Message:
    """Receive."""
    return {}


async def ignore(message: Message) -> None:
    """Send."""


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", [CLIENT, PROXY])
async def test_nothing_that_tells_who_asks_gets_through(kind: str, peer: str) -> None:
    scope = await Door("10.0.0.0/8").enter(peer, TELLTALE | USEFUL, kind)
    assert scope["client"] is None
    left = {name.decode() for name, _ in scope["headers"]}
    assert left == {name.lower() for name in USEFUL}
    seen = repr(scope)
    for trace in (CLIENT, PROXY, "50123", "anary", "Pixel", "gv-IM", "sam@"):
        assert trace not in seen


@pytest.mark.parametrize(
    ("peer", "headers", "how"),
    [
        (CLIENT, {}, "direct"),
        (CLIENT, {"X-Forwarded-For": "198.51.100.7"}, "untrusted"),
        (CLIENT, {"Forwarded": "for=198.51.100.7"}, "untrusted"),
        (PROXY, {}, "unnamed"),
        (PROXY, {"X-Forwarded-For": "unknown"}, "unnamed"),
        (PROXY, {"X-Forwarded-For": "10.9.9.9"}, "named"),
        (PROXY, {"X-Forwarded-For": CLIENT}, "named"),
    ],
)
async def test_an_operator_is_told_how_a_request_came_and_not_whence(
    peer: str, headers: dict[str, str], how: str
) -> None:
    scope = await Door("10.0.0.0/8").enter(peer, headers)
    assert scope["state"]["forwarded"] == how


async def test_what_the_server_still_holds_is_erased_with_it() -> None:
    headers = [(b"user-agent", b"canary"), (b"host", b"chat.example")]
    scope = {"type": "http", "client": (CLIENT, 1), "headers": headers}
    await Door().anonymity(scope, nothing, ignore)
    assert headers == [(b"host", b"chat.example")]
    assert scope["client"] is None


async def test_the_lifespan_passes_untouched() -> None:
    scope = {"type": "lifespan"}
    await Door().anonymity(scope, nothing, ignore)
    assert scope == {"type": "lifespan"}


async def test_the_network_is_a_short_hash_beside_what_the_state_held() -> None:
    scope = await Door().enter()
    network = scope["state"]["network"]
    assert scope["state"]["from"] == "the lifespan"
    assert len(network) == 24
    assert int(network, 16)


async def test_one_network_has_one_hash_and_two_have_two() -> None:
    door = Door()
    assert await door.network("192.0.2.1") == await door.network("192.0.2.1")
    assert await door.network("192.0.2.1") != await door.network("192.0.2.2")


async def test_no_two_processes_agree_on_a_hash() -> None:
    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["state"]["network"])

    seen: list[str] = []
    for _ in range(2):
        scope = {"type": "http", "client": (CLIENT, 1), "headers": []}
        await Anonymity(inside)(scope, nothing, ignore)
    assert len(set(seen)) == 2


async def test_no_plain_hash_of_the_address_is_the_network() -> None:
    network = await Door().network(CLIENT)
    for name in hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}:
        for form in (CLIENT.encode(), bytes(map(int, CLIENT.split(".")))):
            assert network not in hashlib.new(name, form).hexdigest()


async def test_an_ipv6_customer_is_one_network() -> None:
    door = Door()
    home = await door.network("2001:db8:1:2::1")
    assert await door.network("2001:db8:1:2:ffff:1234:5678:9abc") == home
    assert await door.network("2001:db8:1:3::1") != home


async def test_ipv4_dressed_as_ipv6_is_the_same_network() -> None:
    door = Door()
    assert await door.network("::ffff:192.0.2.1") == await door.network("192.0.2.1")


async def test_peers_without_an_address_are_one_network() -> None:
    door = Door()
    assert await door.network(None) == await door.network("testclient")


async def test_after_ten_minutes_the_same_network_is_a_stranger() -> None:
    door = Door()
    first = await door.network()
    door.clock.now += KEY_LIFETIME - 0.1
    assert await door.network() == first
    door.clock.now += 0.1
    assert await door.network() != first
    assert len(door.keys) == 2


async def test_an_old_key_is_kept_nowhere() -> None:
    door = Door()
    await door.network()
    door.clock.now += KEY_LIFETIME
    await door.network()
    assert door.keys[0] not in vars(door.anonymity).values()
    assert door.keys[1] in vars(door.anonymity).values()


async def test_a_key_that_nobody_asks_for_is_forgotten_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("askpanel.chat.anonymity.KEY_LIFETIME", 0.05)
    door = Door()
    await door.network()
    await eventually(lambda: door.keys[0] not in vars(door.anonymity).values())


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        # Nobody is trusted: the peer it is, whatever it says.
        ([], "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        (["10.0.0.0/8"], "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ([], None, "198.51.100.9", None),
        # One proxy, two, and what a client wrote in front.
        (["10.0.0.0/8"], PROXY, "198.51.100.9", "198.51.100.9"),
        (["10.0.0.2"], PROXY, "198.51.100.9", "198.51.100.9"),
        (["unix"], None, "198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], PROXY, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], PROXY, "6.6.6.6, 198.51.100.9, 10.9.9.9", "198.51.100.9"),
        (["10.0.0.0/8"], PROXY, "10.6.6.6, 198.51.100.9, 10.9.9.9", "198.51.100.9"),
        (["unix", "10.0.0.0/8"], None, "198.51.100.9,10.1.1.1", "198.51.100.9"),
        (["unix"], None, "198.51.100.9,10.1.1.1", "10.1.1.1"),
        (["::1"], "::1", "198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], "::ffff:10.0.0.2", "198.51.100.9", "198.51.100.9"),
        # With ports, as some write them.
        (["10.0.0.0/8"], PROXY, "198.51.100.9:4711", "198.51.100.9"),
        (["10.0.0.0/8"], PROXY, "[2001:db8::1]:4711", "2001:db8::1"),
        (["10.0.0.0/8"], PROXY, "[2001:db8::1]", "2001:db8::1"),
        (["10.0.0.0/8"], PROXY, "2001:db8::1", "2001:db8::1"),
        # All trusted, nothing said, nothing readable.
        (["10.0.0.0/8"], PROXY, "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (["10.0.0.0/8"], PROXY, None, PROXY),
        (["10.0.0.0/8"], PROXY, "", PROXY),
        (["10.0.0.0/8"], PROXY, "unknown", PROXY),
        (["10.0.0.0/8"], PROXY, "198.51.100.9, \xff\xfe", PROXY),
        (["10.0.0.0/8"], PROXY, "198.51.100.9, junk, 10.1.1.1", "10.1.1.1"),
        (["10.0.0.0/8"], PROXY, "198.51.100.9,", PROXY),
        (["unix"], None, None, None),
    ],
)
async def test_the_client_is_the_right_most_address_that_is_not_ours(
    trusted: list[str], peer: str | None, forwarded: str | None, client: str | None
) -> None:
    door = Door(*trusted)
    assert await door.network(peer, forwarded) == await door.network(client)


async def test_several_headers_are_read_as_one() -> None:
    door = Door("10.0.0.0/8")
    pairs = [("X-Forwarded-For", "6.6.6.6, 198.51.100.9"), ("X-Forwarded-For", "10.1.1.1")]
    scope = await door.enter(PROXY, pairs)
    assert scope["state"]["network"] == await door.network("198.51.100.9")


@pytest.mark.parametrize(
    ("peer", "said", "kind", "scheme"),
    [
        (PROXY, "https", "http", "https"),
        (PROXY, "https", "websocket", "wss"),
        (PROXY, "WSS", "websocket", "wss"),
        (PROXY, "http", "http", "http"),
        (PROXY, "http, https", "http", "https"),
        (PROXY, "gopher", "http", "http"),
        (CLIENT, "https", "http", "http"),
        (None, "https", "websocket", "ws"),
    ],
)
async def test_only_a_trusted_proxy_says_that_it_was_https(
    peer: str | None, said: str, kind: str, scheme: str
) -> None:
    scope = await Door("10.0.0.0/8").enter(peer, {"X-Forwarded-Proto": said}, kind)
    assert scope["scheme"] == scheme


@pytest.mark.parametrize("wrong", ["*", "localhost", "10.0.0.0/99", ""])
def test_a_trusted_proxy_that_is_none_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a trusted proxy: give an address, a network"):
        Door(wrong)
