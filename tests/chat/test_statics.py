"""Static files as browsers ask for them: compressed once, and kept for ever."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from askpanel.chat.joined import SCRIPT, STYLE
from askpanel.chat.statics import YEAR, Fixed
from askpanel.chat.view import STATIC


def browser(folder: Path) -> httpx.AsyncClient:
    """Somebody who takes no compression unless a test says so."""
    app = Starlette(routes=[Mount("/static/1", Fixed(folder))])
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://here",
        headers={"accept-encoding": "identity"},
    )


@pytest.fixture
def client() -> httpx.AsyncClient:
    return browser(STATIC)


@pytest.mark.parametrize("name", [SCRIPT, STYLE, "app.css", "vendor/govuk-frontend.min.js"])
async def test_a_file_is_small_to_who_takes_it_so(client: httpx.AsyncClient, name: str) -> None:
    plain = await client.get(f"/static/1/{name}")
    asked = client.stream("GET", f"/static/1/{name}", headers={"accept-encoding": "gzip"})
    async with asked as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])
        headers = answer.headers
    assert "content-encoding" not in plain.headers
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content
    assert int(headers["content-length"]) == len(packed) < len(plain.content) / 2
    for each in (plain.headers, headers):
        assert each["cache-control"] == YEAR
        assert each["vary"] == "Accept-Encoding"
        assert each["content-type"].endswith("charset=utf-8")
    assert plain.headers["etag"] != headers["etag"]


async def test_the_folder_itself_holds_what_was_not_joined(client: httpx.AsyncClient) -> None:
    got = await client.get("/static/1/words.mjs")
    assert got.content == (STATIC / "words.mjs").read_bytes()
    assert got.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await client.get("/static/1/favicon.svg")).headers["content-type"] == "image/svg+xml"


async def test_who_has_it_gets_nothing_again(client: httpx.AsyncClient) -> None:
    path = f"/static/1/{SCRIPT}"
    etag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == YEAR
    # What somebody holds packed is another answer than what they now ask for.
    other = await client.get(path, headers={"if-none-match": etag, "accept-encoding": "gzip"})
    assert other.status_code == 200


async def test_asking_for_the_head_or_for_a_part_is_answered_well(
    client: httpx.AsyncClient,
) -> None:
    path = f"/static/1/{STYLE}"
    whole = await client.get(path)
    head = await client.head(path)
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    part = await client.get(path, headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (200, whole.content)


@pytest.mark.parametrize(
    "path", ["nowhere", "../config.py", "%2e%2e/config.py", "vendor", "", "vendor/", "public"]
)
async def test_nothing_else_is_there(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/1/{path}")).status_code == 404
    assert (await client.post(f"/static/1/{SCRIPT}")).status_code == 405


async def test_a_picture_is_served_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path, dirs_exist_ok=True)
    (tmp_path / "a.png").write_bytes(b"\x89PNG" + bytes(1000))
    got = await browser(tmp_path).get("/static/1/a.png")
    assert "content-encoding" not in got.headers
    assert got.headers["cache-control"] == YEAR
