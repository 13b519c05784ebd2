"""The token that proves a form was drawn for the sign-in that sends it.

It is the HMAC-SHA256 of the sign-in's own token, so nothing is stored and it ends with the
sign-in. It is the same on every page of one sign-in; that is safe because pages for one person
are never compressed (a compressed page could be made to betray it, as BREACH showed).
"""

from __future__ import annotations

import hmac

PURPOSE = b"askpanel csrf\0"


def token(secret: bytes, signin_token: str) -> str:
    """The token for a sign-in: 64 hex digits."""
    return hmac.new(secret, PURPOSE + _encoded(signin_token), "sha256").hexdigest()


def valid(secret: bytes, signin_token: str, given: str) -> bool:
    """Whether `given`, which may be anything at all, is the sign-in's token."""
    # On bytes, because compare_digest raises TypeError for a str that is not ASCII.
    return hmac.compare_digest(_encoded(token(secret, signin_token)), _encoded(given))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
