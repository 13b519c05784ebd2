"""Only our own pages may post or open a socket."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from askpanel.chat.origin import allowed, allowed_socket, of

OURS = "https://ask.example.org"
LOOPBACK = "http://localhost:8000"
ORIGINS = frozenset({OURS, LOOPBACK})

FOREIGN = [
    "https://evil.example",  # foreign
    "null",  # a sandboxed frame, a local file, Referrer-Policy: no-referrer
    "",
    "https://ask.example.org.evil.example",  # ours as prefix
    "https://evil-ask.example.org",  # ours as suffix
    "https://evil.example/https://ask.example.org",
    "https://sub.ask.example.org",
    "https://example.org",
    "http://ask.example.org",  # other scheme
    "ws://ask.example.org",
    "https://ask.example.org:443",  # as no browser writes it
    "https://ask.example.org:8443",  # other port
    "http://localhost",
    "http://localhost:80000",
    "http://localhost:8000@evil.example",  # user information
    "https://ask.example.org@evil.example",
    "https://ask.example.org:pass@evil.example",
    "https://asha@ask.example.org",
    "https://ask.example.org/",
    "https://ask.example.org#",
    "https://ask.example.org?",
    "https://ask.example.org\\@evil.example",
    "https://ask.example.org%2eevil.example",
    "https://ask.example.org.",
    "HTTPS://ASK.EXAMPLE.ORG",
    "https://аsk.example.org".encode().decode("latin-1"),  # a Cyrillic letter
    "https://ask.example.org https://evil.example",
    "https://ask.example.org, https://evil.example",
    "*",
]


@pytest.mark.parametrize("given", FOREIGN)
@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_another_origin_is_refused_whatever_else_it_says(given: str, site: str | None) -> None:
    headers = {"origin": given} | ({"sec-fetch-site": site} if site else {})
    assert not allowed(Headers(headers), ORIGINS)
    assert not allowed_socket(Headers(headers), ORIGINS)


@pytest.mark.parametrize("given", [OURS, LOOPBACK])
def test_our_own_origin_is_accepted(given: str) -> None:
    assert allowed(Headers({"Origin": given}), ORIGINS)
    assert allowed_socket(Headers({"Origin": given}), ORIGINS)


@pytest.mark.parametrize(
    "pair", [(OURS, OURS), (OURS, "https://evil.example"), ("https://evil.example", OURS)]
)
def test_two_origins_are_none(pair: tuple[str, str]) -> None:
    headers = Headers(raw=[(b"origin", each.encode()) for each in pair])
    assert not allowed(headers, ORIGINS)
    assert not allowed_socket(headers, ORIGINS)


@pytest.mark.parametrize(
    ("site", "accepted"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("", False),
        ("SAME-ORIGIN, cross-site", False),
    ],
)
def test_without_an_origin_a_form_goes_by_where_the_browser_says_it_is(
    site: str, accepted: bool
) -> None:
    headers = Headers({"sec-fetch-site": site})
    assert allowed(headers, ORIGINS) is accepted
    assert not allowed_socket(headers, ORIGINS)


def test_a_browser_that_says_nothing_may_post_but_not_open_a_socket() -> None:
    assert allowed(Headers({}), ORIGINS)
    assert not allowed_socket(Headers({}), ORIGINS)


def test_with_no_origins_configured_nothing_is_ours() -> None:
    assert not allowed(Headers({"origin": OURS}), frozenset())
    assert not allowed(Headers({"origin": ""}), frozenset())


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://ask.example.org", OURS),
        ("https://Ask.Example.org/", OURS),
        ("HTTPS://ask.example.org:443/path?q#f", OURS),
        ("http://localhost:8000/", LOOPBACK),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://user@ask.example.org", OURS),
        ("https://gofynnwch.cymrû.example", "https://gofynnwch.xn--cymr-yra.example"),
    ],
)
def test_the_origin_of_an_address_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert of(url) == origin


@pytest.mark.parametrize("url", ["", "ask.example.org", "ftp://ask.example.org", "https://"])
def test_what_has_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no http or https origin"):
        of(url)
