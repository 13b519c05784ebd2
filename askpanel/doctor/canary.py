"""Somebody who is easy to recognise, and who goes everywhere on a service: nothing of them may be
found afterwards. Every mark is made anew for every visit, so nothing is found by accident."""

from __future__ import annotations

import http.client
import re
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

SECONDS = 10.0
NONCE = re.compile(r'name="id" value="([A-Za-z0-9_-]+)"')
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
PLACE = re.compile(r'data-position="(\d+)" data-epoch="([^"]+)"')
PASSWORD = "a long password for the canary"  # noqa: S105 - of an account that lives for a minute


def _address() -> str:
    """An IPv6 address that nobody has (RFC 3849)."""
    return "2001:db8:" + ":".join(f"{secrets.randbelow(0xFFFF):x}" for _ in range(6))


@dataclass(frozen=True)
class Marks:
    """What they are known by. `home` is the address of the loopback that they come from."""

    tag: str = field(default_factory=lambda: secrets.token_hex(6))
    home: str = field(default_factory=lambda: f"127.77.{secrets.randbelow(250)}.77")
    behind: str = field(default_factory=_address)

    @property
    def of_themselves(self) -> tuple[str, ...]:
        """Nothing of this may be kept anywhere, neither as it is nor hashed without a key."""
        words = "agent", "referer", "language", "crumb", "username", "password"
        return self.home, self.behind, *(self.word(each) for each in words)

    @property
    def spoken(self) -> tuple[str, ...]:
        """What they say: the question is kept in the store, and nothing of it in any log."""
        return tuple(self.word(each) for each in ("question", "path", "query", "frame"))

    def word(self, name: str) -> str:
        return f"canary-{name}-{self.tag}"

    @property
    def headers(self) -> dict[str, str]:
        """What their browser, and a proxy in front of it, say of them."""
        return {
            "User-Agent": self.word("agent"),
            "Referer": f"https://{self.word('referer')}.example/",
            "Accept-Language": self.word("language"),
            "X-Forwarded-For": self.behind,
            "Forwarded": f"for={self.behind}",
            "X-Real-IP": self.behind,
            "X-Request-Id": self.word("crumb"),
        }


class Canary:
    """Their browser. `surfaces` are the names of what they have been to, `secrets` what their
    browser alone is to know, and `tokens` what it may be known of by a hash: each by what it is."""

    def __init__(self, port: int, slug: str, marks: Marks) -> None:
        self.port, self.slug, self.marks = port, slug, marks
        self.surfaces: list[str] = []
        self.secrets: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.cookies: dict[str, str] = {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def go_everywhere(self, username: str) -> dict[str, bytes]:
        """Everything that somebody can do. Gives what staff are shown of it, by screen."""
        self.read()
        self.ask()
        self.listen()
        self.misspeak()
        return self.work(username)

    def read(self) -> None:
        """Pages, files, what is not there, and odd ways of asking for all of them."""
        path, query = self.marks.word("path"), self.marks.word("query")
        here = f"/sessions/{self.slug}"
        pages = ("/", "/privacy", "/safety", "/accessibility", here, f"{here}/transcript")
        files = (f"{here}/transcript.{form}" for form in ("json", "csv", "txt"))
        others = ("/health/ready", "/metrics", f"/{path}", f"/static/{path}", f"/sessions/{path}")
        for each in (*pages, *(f"/cy{page}" for page in pages), *files, *others):
            for method in ("GET", "HEAD", "POST"):
                self._send(method, f"{each}?{query}={query}")
        self.surfaces += ["pages in both languages", "files", "addresses that lead nowhere"]

    def ask(self) -> None:
        """Ask, in every way that is refused too, and take it back."""
        here, text = f"/sessions/{self.slug}", self.marks.word("question")
        status, page = self._send("GET", here)
        nonce = NONCE.findall(page)[0] if status == 200 else secrets.token_urlsafe(16)
        self.secrets["the nonce of a question"] = nonce
        self._send("POST", f"{here}/questions", {"id": nonce, "text": f"{text}?"})
        for cookie in self.cookies.values():
            self.secrets["the cookie of who asked"] = cookie
        self._send("GET", here)
        self._send("POST", f"{here}/questions/1/withdraw", {})
        for words in ("", text * 100, text * 10_000, f"{text}\0"):
            self._send("POST", f"{here}/questions", {"text": words, self.marks.word("crumb"): "1"})
        for _ in range(12):
            fields = {"id": secrets.token_urlsafe(16), "text": f"{text}?"}
            self._send("POST", f"{here}/questions", fields)
        self._send("POST", f"{here}/questions", {"text": text}, {"Origin": "https://x.example"})
        self.surfaces += ["asking, too often and wrongly", "taking back"]

    def listen(self) -> None:
        """Sockets of every kind, and things said on them that no page says."""
        _, page = self._send("GET", f"/sessions/{self.slug}")
        place = PLACE.search(page)
        after = f"?after={place[1]}&epoch={place[2]}" if place else ""
        crumb, spoken = self.marks.word("crumb"), self.marks.word("frame")
        live = f"/sessions/{self.slug}/live"
        for path in (f"{live}?after={crumb}", f"/{crumb}/live", f"/staff{live}?view={crumb}"):
            self._dial(path, [])
        self._dial(live + after, [spoken, b"\xff" + spoken.encode(), spoken * 1000])
        self.surfaces += ["sockets"]

    def misspeak(self) -> None:
        """What is hardly HTTP."""
        said = "".join(f"{name}: {value}\r\n" for name, value in self.marks.headers.items())
        crumb, upgrade = self.marks.word("crumb"), "Upgrade: h2c\r\nConnection: upgrade\r\n"
        for start in (
            f"GET /{crumb} HTTP/1.1\r\nHost: x\r\n{said}X: {'x' * 20_000}\r\n\r\n",
            f"GET /{crumb} {crumb}\r\n{said}\r\n",
            f"POST /x HTTP/1.1\r\nHost: x\r\n{said}Content-Length: {crumb}\r\n\r\n",
            f"GET /x HTTP/1.1\r\nHost: x\r\n{upgrade}{said}\r\n",
            crumb,
        ):
            with suppress(OSError), self._line() as wire:
                wire.sendall(start.encode())
                wire.shutdown(socket.SHUT_WR)
                wire.recv(65_536)
        self.surfaces += ["requests that make no sense"]

    def work(self, username: str) -> dict[str, bytes]:
        """Staff have addresses too: guess, sign in, look, sign out."""
        wrong = {"username": self.marks.word("username"), "password": self.marks.word("password")}
        self._send("POST", "/staff/sign-in", wrong)
        self._send("POST", "/staff/sign-in", {"username": username, "password": PASSWORD})
        for cookie in set(self.cookies.values()) - set(self.secrets.values()):
            self.tokens["the cookie of a member of staff"] = cookie
        here = f"/staff/sessions/{self.slug}"
        screens = ("/staff", f"{here}/triage", f"{here}/history", "/metrics")
        shown = {path: self._send("GET", path)[1] for path in screens}
        csrf = CSRF.findall(shown["/staff"])
        self._send("POST", "/staff/sign-out", {"csrf": csrf[0] if csrf else ""})
        self.surfaces += ["signing in, wrongly and well", "screens of staff"]
        return {path: page.encode() for path, page in shown.items()}

    def _line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), SECONDS, (self.marks.home, 0))

    def _send(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """One request with all that they say of themselves; 0 if nobody answered."""
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=SECONDS, source_address=(self.marks.home, 0)
        )
        crumbs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {
            "Origin": self.origin,
            **self.marks.headers,
            "Cookie": f"x={self.marks.word('crumb')}; {crumbs}".removesuffix("; "),
            "Content-Type": "application/x-www-form-urlencoded",
            **(headers or {}),
        }
        try:
            line.request(method, path, urlencode(form) if form is not None else None, said)
            reply = line.getresponse()
            for cookie in reply.headers.get_all("set-cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return reply.status, reply.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()

    def _dial(self, path: str, says: list[str | bytes]) -> None:
        for each in says or [""]:
            with (
                suppress(OSError, TimeoutError, WebSocketException),
                connect(
                    f"ws://127.0.0.1:{self.port}{path}",
                    sock=self._line(),
                    origin=Origin(self.origin),
                    user_agent_header=self.marks.word("agent"),
                    additional_headers={
                        name: value
                        for name, value in self.marks.headers.items()
                        if name != "User-Agent"
                    },
                    compression=None,
                    proxy=None,
                    open_timeout=SECONDS,
                ) as wire,
            ):
                wire.recv(timeout=2)
                if each:
                    wire.send(each, text=True)
                    wire.recv(timeout=1)
