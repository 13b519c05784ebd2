"""The headers of every answer: what a page may load, and what it tells others (nothing)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types live"
)

FRAMED_BY = "askpanel-framed-by"
"""An answer with this header may be shown in a frame of the origins that it names, separated by
spaces. It is a word between an endpoint and this module, and does not leave the house."""
WORD = FRAMED_BY.encode()
CSP, CORP = b"content-security-policy", b"cross-origin-resource-policy"
COEP = b"cross-origin-embedder-policy"
NOBODY = b"frame-ancestors 'none'"


class SecurityHeaders:
    """ASGI: adds the headers. `base_url` is the configured origin, or empty on loopback."""

    def __init__(self, app: ASGIApp, base_url: str = "") -> None:
        self.app = app
        # Older Safari does not count wss: as 'self'. The host is ours, never the request's.
        sockets = f" {base_url.replace('http', 'ws', 1)}" if base_url else ""
        headers = {
            "content-security-policy": POLICY.format(sockets=sockets),
            # "no-referrer" would make plain forms send "Origin: null" and so be refused.
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
        }
        if base_url.startswith("https://"):
            headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
        # A page left in a cache is a page that the next user of the computer can read.
        headers["cache-control"] = "no-store"
        self._headers = {name.encode(): value.encode() for name, value in headers.items()}

    def _for(self, origins: bytes) -> Mapping[bytes, bytes]:
        """The headers of an answer that these origins may frame, or nobody."""
        if not origins:
            return self._headers
        # The latter two are what a site that isolates itself asks of a frame (HTML, 7.1.4).
        framed = {**self._headers, CORP: b"cross-origin", COEP: b"require-corp"}
        framed[CSP] = framed[CSP].replace(NOBODY, b"frame-ancestors " + origins)
        # It can name no other site, and an older browser would go by it.
        del framed[b"x-frame-options"]
        return framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                every = list(message.get("headers", ()))
                origins = next((value for name, value in every if name == WORD), b"")
                given = [header for header in every if header[0] != WORD]
                names = {name for name, _ in given}
                ours = [each for each in self._for(origins).items() if each[0] not in names]
                message = {**message, "headers": [*given, *ours]}
            await send(message)

        await self.app(scope, receive, send_with_headers)
