"""The name that a page gives to a question before it is sent: the same name, the same question."""

from __future__ import annotations

import re
import secrets

NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_nonce() -> str:
    """128 random bits, for pages that a script will not fill in."""
    return secrets.token_urlsafe(16)


def valid_nonce(given: str) -> bool:
    """Whether this can name a question; a short one could be guessed, and so somebody's own."""
    return NONCE.fullmatch(given) is not None
