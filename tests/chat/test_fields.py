"""A posted form is read as it was sent, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askpanel.chat.fields import FORM, Unreadable, read_fields


@pytest.fixture
async def browser() -> AsyncIterator[AsyncClient]:
    async def show(request: Request) -> Response:
        try:
            return JSONResponse(await read_fields(request, 1000))
        except Unreadable as error:
            return JSONResponse(error.code, error.status)

    app = Starlette(routes=[Route("/", show, methods=["POST"])])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"text=", {"text": ""}),
        (b"text", {"text": ""}),
        (b"text=a+b%20c", {"text": "a b c"}),
        (b"text=%C5%B5&name=Si%c3%a2n", {"text": "ŵ", "name": "Siân"}),
        ("text=ŵ".encode(), {"text": "ŵ"}),
        (b"text=a&text=b", {"text": "b"}),
        (b"text=a;name=b", {"text": "a;name=b"}),
        (b"text=1%0D%0A2", {"text": "1\r\n2"}),
        (b"text=%E2%80%AE", {"text": "\u202e"}),
        (b"text=%", {"text": "%"}),
        (b"text=%zz", {"text": "%zz"}),
        (b"text=&&&=&", {"text": "", "": ""}),
    ],
)
async def test_fields_are_read(browser: AsyncClient, body: bytes, fields: dict[str, str]) -> None:
    reply = await browser.post("/", content=body, headers={"content-type": FORM})
    assert (reply.status_code, reply.json()) == (200, fields)


@pytest.mark.parametrize(
    "body",
    [
        b"text=%FF",  # invalid UTF-8, encoded
        b"text=\xff",  # and plain
        b"text=%ED%A0%80",  # a lone surrogate
        b"text=%C0%80",  # an overlong NUL
        b"text=a%00b",
        b"text=a\0b",
        b"te%00xt=a",
        b"&".join(b"f%d=1" % n for n in range(101)),
    ],
)
async def test_what_is_not_text_is_refused(browser: AsyncClient, body: bytes) -> None:
    reply = await browser.post("/", content=body, headers={"content-type": FORM})
    assert (reply.status_code, reply.json()) == (400, "malformed")


async def test_a_form_that_is_too_long_is_refused_whatever_its_length_header_says(
    browser: AsyncClient,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"text=" + b"x" * 1000

    for body in (b"text=" + b"x" * 996, endless()):
        reply = await browser.post("/", content=body, headers={"content-type": FORM})
        assert (reply.status_code, reply.json()) == (413, "too_large")
    reply = await browser.post("/", content=b"text=" + b"x" * 995, headers={"content-type": FORM})
    assert reply.status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "x"])
async def test_only_a_form_is_a_form(browser: AsyncClient, kind: str) -> None:
    reply = await browser.post("/", content=b"text=a", headers={"content-type": kind})
    assert (reply.status_code, reply.json()) == (415, "not_a_form")


async def test_a_form_may_name_its_character_set(browser: AsyncClient) -> None:
    kind = "Application/X-WWW-Form-URLEncoded; charset=UTF-8"
    reply = await browser.post("/", content=b"text=a", headers={"content-type": kind})
    assert reply.json() == {"text": "a"}
