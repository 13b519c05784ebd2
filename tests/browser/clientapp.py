"""The smallest server that the client code can talk to: one room, whose frames a test writes.

The pages are drawn on the real ``base.html`` and carry the markup that the scripts are written
for. Nothing here decides anything: a test says what the next answer to a form is, which frames go
down, and when a line breaks.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from askpanel.chat.statics import Fixed
from askpanel.moderation.keymap import keys_of

PACKAGE = Path(__file__).parent.parent.parent / "askpanel"
PAGES = Path(__file__).parent / "clientpages"
EXIT = "https://www.bbc.co.uk/weather"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types live"
)
SCREENS = {
    "/before": "before.html",
    "/sessions/x": "session.html",
    "/cy/sessions/x": "session.html",
    "/staff/triage": "triage.html",
    "/staff/queue": "queue.html",
    "/cy/staff/queue": "queue.html",
}
FORMS = ("zero", "one", "two", "few", "many", "other")
WELSH = {
    "%(count)s new answer": [f"%(count)s ateb newydd ({form})" for form in FORMS],
    "%(count)s new question": [f"%(count)s cwestiwn newydd ({form})" for form in FORMS],
    "%(count)s minute": [f"%(count)s munud ({form})" for form in FORMS],
    "Pause new answers": "Oedi atebion newydd",
    "Exit this page": "Gadael y dudalen hon",
}


def welsh(text: str) -> str:
    found = WELSH.get(text, text)
    return found if isinstance(found, str) else found[0]


def welsh_plural(one: str, many: str, count: int) -> str:
    found = WELSH.get(one)
    index = {0: 0, 1: 1, 2: 2, 3: 3, 6: 4}.get(count, 5)
    return found[index] if isinstance(found, list) else one if count == 1 else many


def environment(locale: str) -> Environment:
    env = Environment(
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        loader=ChoiceLoader(
            [
                FileSystemLoader([PAGES, PACKAGE / "templates"]),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
    )
    translations: dict[str, tuple[Callable[..., str], Callable[..., str]]] = {
        "en": (lambda text: text, lambda one, many, count: one if count == 1 else many),
        "cy": (welsh, welsh_plural),
    }
    gettext, ngettext = translations[locale]
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext, ngettext=ngettext, newstyle=True
    )
    env.globals.update(
        asset=lambda name: f"/static/5eed/{name}",
        exit_url=EXIT,
        locale=locale,
        alternate_path="/sessions/x" if locale == "cy" else "/cy/sessions/x",
        privacy_path="/privacy",
        accessibility_path="/accessibility",
        signed_in_as="Asha",
        csrf="the-token",
        staff_navigation=[{"text": "Triage", "href": "/staff/triage", "current": True}],
    )
    return env


Reply = tuple[int, dict[str, Any] | str]


class Room:
    """What the server does and has seen. Methods may be called from the test's thread."""

    def __init__(self) -> None:
        self.position = 3
        self.epoch = "e1"
        self.questions = [(number, f"Question number {number}") for number in (1, 2, 3)]
        self.queue: list[dict[str, Any]] = [{"number": number} for number in range(1, 6)]
        self.mine = "0"
        self.closed = False
        self.now = 1_000_000
        self.until = 1_000_000 + 45 * 60_000
        self.redrawn_nonce = "n" * 22
        self.greeting: dict[str, Any] | None = {}
        self.dialled: list[dict[str, str]] = []
        self.hung_up: list[int] = []
        self.left: list[str] = []
        self.refusing = False
        self.replies: deque[Reply] = deque()
        self.posted: list[tuple[str, dict[str, str]]] = []
        self.fetched: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.pages: deque[tuple[int, str]] = deque()
        self._lines: list[WebSocket] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._envs = {locale: environment(locale) for locale in ("en", "cy")}

    def draw(self, name: str, locale: str = "en", **more: Any) -> str:
        context = {
            "position": self.position,
            "epoch": self.epoch,
            "questions": self.questions,
            "queue": self.queue,
            "asked": {},
            "keymap": keys_of("triage"),
            "screen": "triage",
            "mine": self.mine,
            "closed": self.closed,
            "now": self.now,
            "until": self.until,
            "nonce": self.redrawn_nonce,
            "under": {form: f"%{{count}} left ({form})" for form in FORMS}
            if locale == "cy"
            else None,
        }
        return self._envs[locale].get_template(name).render(**(context | more)).strip()

    @property
    def listening(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    # -- what a test does ------------------------------------------------------------------------

    def happen(self, *ops: list[str], say: str = "") -> None:
        """The next event: one position on, one frame to every line."""
        frame: dict[str, Any] = {"position": self.position + 1, "since": self.position}
        self.position += 1
        if ops:
            frame["ops"] = list(ops)
        if say:
            frame["say"] = say
        self.send(frame)

    def answer(self, number: int, by: str = "gmp") -> None:
        """Question ``number`` is answered, and the page that is drawn next has it."""
        words = f"Question number {number}"
        self.questions.append((number, words))
        drawn = self.draw("item.html", number=number, words=words, by=by)
        self.happen(["append", "transcript", drawn])

    def ask_staff(self, number: int, **attributes: Any) -> None:
        """Question ``number`` comes to the queue; gives its card these attributes."""
        self.queue.append({"number": number} | attributes)
        self.happen(["append", "list-pending", self.card(number)])

    def card(self, number: int, **attributes: Any) -> str:
        """The card of a question in the queue, with other attributes where some are given."""
        known = next((each for each in self.queue if each["number"] == number), {"number": number})
        return self.draw("slim.html", card=known | attributes)

    def send(self, frame: dict[str, Any]) -> None:
        """Write one frame to every line; before its position something showed, unless it says."""
        since = {"since": frame["position"] - 1} if "position" in frame else {}
        self.send_text(json.dumps(since | frame))

    def send_text(self, text: str) -> None:
        async def write() -> None:
            for line in self._lines:
                await line.send_text(text)

        self._run(write())

    def break_lines(self, code: int = 1012, reason: str = "") -> None:
        async def close() -> None:
            for line in self._lines:
                await line.close(code, reason)
            self._lines.clear()

        self._run(close())

    def _run(self, coroutine: Any) -> None:
        assert self._loop is not None, "nobody has dialled"
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(5)

    # -- what the server does --------------------------------------------------------------------

    async def line(self, line: WebSocket) -> None:
        self._loop = asyncio.get_running_loop()
        self.dialled.append(dict(line.query_params))
        if self.refusing:
            await line.close(1013)
            return
        await line.accept()
        await line.send_text(
            json.dumps({"position": self.position, "since": self.position, **(self.greeting or {})})
        )
        self._lines.append(line)
        try:
            while True:
                await line.receive_text()
        except WebSocketDisconnect as gone:
            self.hung_up.append(gone.code)
        finally:
            if line in self._lines:
                self._lines.remove(line)

    async def page(self, request: Request) -> Response:
        path = request.url.path
        self.fetched.append(path)
        if self.pages:
            status, text = self.pages.popleft()
            return HTMLResponse(text, status)
        locale = "cy" if path.startswith("/cy/") else "en"
        return HTMLResponse(self.draw(SCREENS[path], locale, asked=dict(request.query_params)))

    async def post(self, request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        # What was ticked comes as often as there are ticks.
        fields: dict[str, str] = {}
        for name, value in pairs:
            fields[name] = f"{fields[name]} {value}" if name in fields else value
        self.posted.append((request.url.path, fields))
        await asyncio.to_thread(self.gate.wait, 10)
        if "application/json" not in request.headers["accept"]:
            return RedirectResponse("/sessions/x?sent=natively", 303)
        status, body = self.replies.popleft() if self.replies else (201, {"number": 9})
        if isinstance(body, str):
            return HTMLResponse(body, status)
        return JSONResponse(body, status)

    async def exit(self, request: Request) -> Response:
        """The way out, by link or by script."""
        self.left.append(request.method)
        by_link = request.method == "GET"
        return RedirectResponse(EXIT, 303) if by_link else Response(status_code=204)


class Policy:
    """The headers of every page, as the real server has them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", POLICY.encode()),
                    (b"referrer-policy", b"same-origin"),
                    (b"cache-control", b"no-store"),
                ]
            await send(message)

        await self.app(scope, receive, with_policy)


class Stage:
    """The server, and the room that is on it now."""

    def __init__(self) -> None:
        self.room = Room()
        self.origin = ""

    def app(self) -> Starlette:
        async def page(request: Request) -> Response:
            return await self.room.page(request)

        async def post(request: Request) -> Response:
            return await self.room.post(request)

        async def leave(request: Request) -> Response:
            return await self.room.exit(request)

        async def line(line: WebSocket) -> None:
            await self.room.line(line)

        return Starlette(
            routes=[
                *(Route(path, page) for path in SCREENS),
                Route("/sessions/x/questions", post, methods=["POST"]),
                Route("/exit", leave, methods=["GET", "POST"]),
                Route("/staff/{number:int}/{command}", post, methods=["POST"]),
                Route("/staff/questions/{number:int}/{command}", post, methods=["POST"]),
                Route("/staff/bulk/{command}", post, methods=["POST"]),
                WebSocketRoute("/sessions/x/live", line),
                WebSocketRoute("/staff/live", line),
                Mount("/static/5eed", Fixed(PACKAGE / "static")),
            ],
            middleware=[Middleware(Policy)],
        )

    @contextmanager
    def open(self) -> Iterator[Stage]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                self.app(), log_level="critical", ws="websockets-sansio", lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
            listener.close()
