"""The participant's cookie: random, theirs alone, and unknown to the store."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from askpanel.chat.identity import Identity
from askpanel.chat.nonce import new_nonce, valid_nonce

SECRET = b"a key of the installation, thirty-two bytes"


def visit(cookie: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"cookie", cookie.encode())]})


def test_a_second_attempt_of_the_same_page_gets_the_same_token() -> None:
    identity = Identity(SECRET, secure=False)
    nonce = new_nonce()
    assert identity.token_for(nonce) == identity.token_for(nonce)
    assert identity.token_for(nonce) != identity.token_for(new_nonce())


def test_the_store_knows_a_token_by_another_hash_in_every_session() -> None:
    identity = Identity(SECRET, secure=False)
    token = identity.token_for(new_nonce())
    here, there = identity.author("stop-it-now", token), identity.author("other", token)
    assert here != there
    assert token not in here
    assert len(here) == 32
    assert Identity(b"another key" * 4, secure=False).author("stop-it-now", token) != here


def test_the_store_cannot_be_used_to_get_somebodys_cookie() -> None:
    identity, nonce = Identity(SECRET, secure=False), new_nonce()
    sealed = identity.sealed(nonce)
    assert nonce not in sealed
    assert identity.token_for(sealed) != identity.token_for(nonce)
    assert Identity(b"another key" * 4, secure=False).sealed(nonce) != sealed


def test_nobody_is_the_author_of_nothing() -> None:
    assert Identity(SECRET, secure=False).author("stop-it-now", "") == ""


def test_a_cookie_that_we_did_not_give_is_no_token() -> None:
    identity = Identity(SECRET, secure=False)
    token = identity.token_for(new_nonce())
    assert identity.token(visit(f"askpanel={token}")) == token
    for forged in ("", "x", token + "x", token[:-1] + "!", "%00" * 15, "é" * 43):
        assert identity.token(visit(f"askpanel={forged}")) == ""


def test_over_tls_the_cookie_belongs_to_this_host_alone() -> None:
    response = Response()
    Identity(SECRET, secure=True).give(response, "t" * 43)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-askpanel=")
    for attribute in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert "expires" not in cookie.lower()
    assert "max-age" not in cookie.lower()


def test_a_nonce_that_could_be_guessed_names_no_question() -> None:
    assert valid_nonce(new_nonce())
    for weak in ("", "1", "a" * 15, "a" * 65, "a" * 20 + " ", "ä" * 20, "a" * 20 + "\n"):
        assert not valid_nonce(weak)


def test_a_cookie_is_dropped_with_the_attributes_that_it_was_given_with() -> None:
    # With others a browser would keep a `__Host-` cookie: it refuses to have it set at all.
    for secure in (True, False):
        identity, given, dropped = Identity(SECRET, secure=secure), Response(), Response()
        identity.give(given, "t" * 43)
        identity.forget(visit(f"{identity.cookie}={'t' * 43}"), dropped)
        first, last = given.headers["set-cookie"], dropped.headers["set-cookie"]
        assert set(first.split("; ")[1:]) <= set(last.split("; "))
        assert last.startswith(f'{identity.cookie}=""; expires=')
        assert "Max-Age=0" in last


def test_who_brought_no_cookie_is_sent_none() -> None:
    response = Response()
    Identity(SECRET, secure=False).forget(visit("another=one"), response)
    assert "set-cookie" not in response.headers
