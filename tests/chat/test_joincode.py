"""The code and the short address of a poster: they lead to the session, and take no other way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import segno
from starlette.routing import Mount

from askpanel.addresses import routes
from askpanel.app import Application, create
from askpanel.config import load
from askpanel.eventlog.sessionfile.names import RESERVED
from tests.cast import NOON
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.promises.naughty import CHARACTERS, MARKUP, PATHS, STORES, in_path
from tests.tour import ORIGIN, opened

QR = f"/sessions/{SLUG}/qr.svg"
STROKE = re.compile(r"([MmhH])(-?[\d.]+)(?: ?(-?[\d.]+))?")
Modules = list[list[bool]]


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path, short="ask") as made:
        yield made


def seen(svg: bytes) -> Modules:
    """The modules of a code as an eye sees them, the light zone around it included."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    _, _, width, height = (int(each) for each in root.attrib["viewBox"].split())
    ground, dark = root
    assert (ground.attrib["fill"], dark.attrib["stroke"]) == ("#fff", "#000")
    found = [[False] * width for _ in range(height)]
    x, y = 0, 0.0
    for command, first, second in STROKE.findall(dark.attrib["d"]):
        if command == "h":
            for column in range(x, x + int(first)):
                found[int(y)][column] = True
            x += int(first)
        elif command == "m":
            x, y = x + int(first), y + float(second)
        else:
            x, y = int(first), float(second)
    return found


def expected(address: str) -> Modules:
    """What the maker of codes makes of an address, with a quiet zone around it."""
    code = segno.make_qr(address, error="q")
    return [[bool(module) for module in row] for row in code.matrix_iter(border=4)]


@pytest.mark.parametrize(
    ("path", "leads_to"), [(QR, f"{ORIGIN}/ask"), (f"/cy{QR}", f"{ORIGIN}/cy/ask")]
)
async def test_the_code_is_that_of_the_short_address(
    room: Parlour, path: str, leads_to: str
) -> None:
    answer = await (await room.browser()).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    modules = seen(answer.content)
    assert modules == expected(leads_to)
    assert modules != expected(f"{leads_to}s"), "the comparison would tell another code"
    columns = list(zip(*modules, strict=True))
    for lines in (modules, columns):
        assert not any(map(any, [*lines[:4], *lines[-4:]])), "the zone that a reader needs"


async def test_the_picture_has_nothing_that_the_policy_forbids(room: Parlour) -> None:
    answer = await (await room.browser()).get(QR)
    assert not re.search(r"style|script|href|on\w+=|<image|url\(", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert not answer.cookies


async def test_without_a_short_address_the_code_is_that_of_the_session(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    async with parlour(engine_url, prefix, tmp_path) as plain:
        answer = await (await plain.browser()).get(QR)
        assert seen(answer.content) == expected(f"{ORIGIN}/sessions/{SLUG}")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "", "127.0.0.1:8000@evil"])
async def test_no_code_leads_to_what_host_says(room: Parlour, host: str) -> None:
    answer = await (await room.browser()).get(QR, headers={"host": host})
    assert seen(answer.content) == expected(f"{ORIGIN}/ask")


async def test_the_code_leads_to_the_configured_address(
    engine_url: str, prefix: str, tmp_path: Path, room: Parlour
) -> None:
    async with installed(engine_url, prefix, tmp_path) as application, AsyncExitStack() as stack:
        browser = await Parlour(application, [NOON], stack).browser()
        answer = await browser.get(QR)
    assert seen(answer.content) == expected("https://ask.example.org/ask")


def installed(
    engine_url: str, prefix: str, folder: Path
) -> AbstractAsyncContextManager[Application]:
    config = load(
        redis_url=engine_url,
        data_dir=folder,
        secret_key="joincode" * 5,
        base_url="https://ask.example.org",
    )
    return opened(create(config, prefix=prefix, now=lambda: NOON))


# The short address


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/ask", f"/sessions/{SLUG}"),
        ("/ask/", f"/sessions/{SLUG}"),
        ("/Ask", f"/sessions/{SLUG}"),
        ("/ASK?position=//evil.example", f"/sessions/{SLUG}"),
        ("/cy/ask", f"/cy/sessions/{SLUG}"),
    ],
)
async def test_the_short_address_leads_to_the_session(
    room: Parlour, path: str, leads_to: str
) -> None:
    answer = await (await room.browser()).get(path, headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    assert not answer.cookies


@pytest.mark.parametrize(
    "text",
    [
        *map(in_path, [*MARKUP, *PATHS, *STORES, *CHARACTERS]),
        *("%00", "a", "ask.", "asks", "as", "ask%20", "x" * 31, "x" * 5000),
    ],
)
async def test_whatever_else_is_asked_for_is_a_page_that_is_not_there(
    room: Parlour, text: str
) -> None:
    browser = await room.browser()
    for path in (f"/{text}", f"/cy/{text}", f"/sessions/{text}/qr.svg"):
        answer = await browser.get(path)
        if answer.status_code != 404:
            # Slashes and dots alone are the front page.
            assert unquote(path).strip("./") in ("", "cy"), (path, answer.status_code)


async def test_a_short_address_takes_no_other_and_no_other_takes_it(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    """The first word of every address of ours is one that no session may have."""
    async with installed(engine_url, prefix, tmp_path) as application:
        made = application
        every = routes(made.site, made.door, made.attendance, made.presence, made.playbook)
    assert every[-1].name == "short address"  # type: ignore[attr-defined]
    first = {route.path.split("/")[1] for route in every}  # type: ignore[attr-defined]
    assert any(isinstance(route, Mount) for route in every)
    assert first - {"", "{short}"} <= RESERVED
