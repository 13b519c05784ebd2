"""A staff room of one's own: the store's staff under a fresh prefix, and everybody in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import redis.asyncio
from argon2 import PasswordHasher
from httpx import ASGITransport, AsyncClient
from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

import askpanel
from askpanel.chat.locale import Language
from askpanel.eventlog.member import Member, StaffEvent
from askpanel.eventlog.model import Role
from askpanel.eventlog.staff import Staff
from askpanel.moderation import csrf
from askpanel.moderation.passwords import Passwords
from askpanel.moderation.signin import SignInDesk, routes

TEMPLATES = Path(askpanel.__file__).parent / "templates"
PASSWORD = "a kettle on the windowsill"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As cheap as argon2id gets: what these tests are about is who may come in, not the cost."""
HASHED = HASHER.hash(PASSWORD)
ORIGIN, COOKIE = "https://ask.example.org", "__Host-askpanel-staff"
SECRET = b"only for tests"


def fresh_prefix() -> str:
    """A prefix that no other test uses, so that one engine serves them all without a flush."""
    return f"test-{token_hex(6)}"


async def hire(staff: Staff, now_ms: int) -> dict[str, Member]:
    """The cast's staff, all with the same password."""
    hired = {}
    for username, role, organisation in (
        ("hana", Role.HOST, ""),
        ("asha", Role.MODERATOR, ""),
        ("bea", Role.MODERATOR, ""),
        ("morgan", Role.PANELIST, "gmp"),
        ("lucy", Role.PANELIST, "lff"),
    ):
        hired[username] = await staff.add(
            username,
            name=username.title(),
            role=role,
            organisation=organisation,
            password=HASHED,
            now_ms=now_ms,
        )
    return hired


async def sign_in(staff: Staff, username: str, now_ms: int) -> str:
    """Begin a sign-in without a password; gives its token."""
    member = await staff.get(username)
    assert member is not None
    token = await staff.sign_in(username, member.version, now_ms)
    assert token is not None
    return token


async def log_of(staff: Staff) -> list[StaffEvent]:
    """The staff log since everybody was hired."""
    return [entry.event for entry in await staff.entries(6, 1000)]


async def everything_under(client: redis.asyncio.Redis, prefix: str) -> bytes:
    """Every key and value that the store holds under a prefix, as one run of bytes."""
    found = []
    async for key in client.scan_iter(match=f"{prefix}:*"):
        found.append(key)
        kind = await client.type(key)
        if kind == b"hash":
            found += [part for pair in (await client.hgetall(key)).items() for part in pair]
        elif kind == b"list":
            found += await client.lrange(key, 0, -1)
        elif kind == b"string":
            found.append(await client.get(key))
        elif kind == b"stream":
            entries: Any = await client.xrange(key)
            found += [part for _, fields in entries for pair in fields.items() for part in pair]
        else:
            raise AssertionError(f"nobody looks into a {kind!r}")
    return b"\n".join(found)


class Hands:
    """A clock with hands that a test turns. Unix milliseconds."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def render(request: Request, template_name: str, status: int, /, **context: object) -> Response:
    """Draws the real templates around a stand-in for the shell of every page."""
    context["locale"] = getattr(request.state, "locale", "en")
    drawn = _jinja().get_template(template_name).render(context)
    return HTMLResponse(drawn, status)


@cache
def _jinja() -> Environment:
    shell = (
        "<title>{% if errors is defined and errors %}Error: {% endif %}"
        "{% block title %}{% endblock %}</title><main>{% block content %}{% endblock %}</main>"
    )
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    loaders = [DictLoader({"base.html": shell}), FileSystemLoader(TEMPLATES), components]
    jinja = Environment(
        loader=ChoiceLoader(loaders), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    jinja.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return jinja


def open_desk(staff: Staff, clock: Callable[[], int], **changes: Any) -> SignInDesk:
    """A sign-in desk with cheap hashing, behind https unless a test says otherwise."""
    usual: dict[str, Any] = {
        "staff": staff,
        "passwords": Passwords(HASHER),
        "secret": SECRET,
        "clock": clock,
        "render": render,
        "origins": frozenset({ORIGIN}),
        "secure": True,
    }
    return SignInDesk(**{**usual, **changes})


def browser_at(desk: SignInDesk, *more: BaseRoute, origin: str = ORIGIN) -> AsyncClient:
    """A browser, which sends its Origin with every form, at a server with this desk."""
    app = Language(Starlette(routes=[*routes(desk), *more]))

    async def send_origin(request: httpx.Request) -> None:
        if request.method == "POST":
            request.headers.setdefault("origin", origin)

    return AsyncClient(
        transport=ASGITransport(app), base_url=origin, event_hooks={"request": [send_origin]}
    )


async def come_in(browser: AsyncClient, username: str, password: str = PASSWORD) -> httpx.Response:
    """Fill in the sign-in form."""
    return await browser.post("/staff/sign-in", data={"username": username, "password": password})


def cookie_of(reply: httpx.Response, name: str = COOKIE) -> dict[str, object]:
    """The attributes of the one cookie that a reply sets, without the empty ones."""
    (header,) = reply.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    assert morsel.key == name
    return {"value": morsel.value} | {key: value for key, value in morsel.items() if value}


async def leave(browser: AsyncClient, where: str = "sign-out") -> httpx.Response:
    """Press the button that signs out, on a page drawn for the browser's sign-in."""
    token = csrf.token(SECRET, browser.cookies.get(COOKIE) or "")
    return await browser.post(f"/staff/{where}", data={"csrf": token})
