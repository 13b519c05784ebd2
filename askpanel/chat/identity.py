"""Who asked: a random token in a cookie, known to the store only as a keyed hash."""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha256

from starlette.requests import HTTPConnection
from starlette.responses import Response

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Identity:
    """Reads and gives the participant's cookie. Only somebody who asks ever gets one."""

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        self._secret = secret
        self._secure = secure
        self.cookie = "__Host-askpanel" if secure else "askpanel"

    def token(self, connection: HTTPConnection) -> str:
        """The token that came with a request, or an empty string."""
        given = connection.cookies.get(self.cookie, "")
        return given if TOKEN.fullmatch(given) else ""

    def token_for(self, nonce: str) -> str:
        """The token of somebody's first question.

        Made from the page's nonce and our key: when the answer to the first attempt is lost
        with its cookie, the same page's second attempt gets the same token, and the question
        that was stored is still theirs.
        """
        digest = hmac.digest(self._secret, b"token:" + nonce.encode(), sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def sealed(self, nonce: str) -> str:
        """What the store knows of a nonce: a keyed hash. With the nonce itself a stolen copy of
        the store could ask us for its author's cookie."""
        return hmac.new(self._secret, b"nonce:" + nonce.encode(), sha256).hexdigest()[:32]

    def author(self, slug: str, token: str) -> str:
        """What the store knows of a token: a keyed hash, another in every session."""
        if not token:
            return ""
        return hmac.new(self._secret, f"author:{slug}:{token}".encode(), sha256).hexdigest()[:32]

    def give(self, response: Response, token: str) -> None:
        """Set the cookie for as long as the browser is open."""
        response.set_cookie(
            self.cookie, token, path="/", httponly=True, secure=self._secure, samesite="strict"
        )

    def forget(self, connection: HTTPConnection, response: Response) -> None:
        """Have the browser drop the cookie, if it sent one."""
        if self.cookie in connection.cookies:
            response.delete_cookie(
                self.cookie, path="/", httponly=True, secure=self._secure, samesite="strict"
            )
