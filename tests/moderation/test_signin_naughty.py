"""What comes to the staff's door from elsewhere, or makes no sense."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from askpanel.eventlog.staff import Staff
from tests.cast import NOON
from tests.staffroom import COOKIE, ORIGIN, PASSWORD

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"{ORIGIN}.evil.example", f"{ORIGIN}:8443", "http://x"],
)
async def test_another_website_cannot_sign_anybody_in(
    browser: AsyncClient, staff: Staff, origin: str
) -> None:
    form = {"username": "asha", "password": PASSWORD}
    reply = await browser.post("/staff/sign-in", data=form, headers={"origin": origin})
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers
    assert "another website" in reply.text
    assert await staff.attempt("asha", NOON) == 0


NAUGHTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE staff; --",
    "{{ 7 * 7 }}${7*7}",
    "%(minutes)s %s %n",
    "\u202egnp.ahsa",
    "a\tb\r\nc",
    "\x01\x7f",
    "ŵ" * 64,
    "👩‍👩‍👧‍👦" * 8,
    "\ufeff\ufffe\uffff",
    "İstanbul ſ",
    "__proto__",
    "*",
    "{staff}",
    "../../etc/passwd",
    "-1",
    "null",
    "   ",
    "x" * 65,
    "x" * 5000,
]


@pytest.mark.parametrize("naughty", NAUGHTY)
async def test_no_naughty_string_breaks_the_page(browser: AsyncClient, naughty: str) -> None:
    for form in (
        {"username": naughty, "password": naughty},
        {"username": naughty, "password": "", "next": naughty},
        {"username": "asha", "password": naughty, "csrf": naughty, naughty: naughty},
    ):
        reply = await browser.post("/staff/sign-in", data=form)
        assert reply.status_code in {401, 413, 422}
        assert "<script>alert" not in reply.text
        assert "<img" not in reply.text
    browser.cookies.set(COOKIE, naughty.encode().hex())
    assert (await browser.get("/staff/sign-in", params={"next": naughty})).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"username=asha%00&password=x", FORM, 400),
        (b"username=asha&password=x%00", FORM, 400),
        (b"username=%FF&password=x", FORM, 400),
        (b"username=%ED%A0%80&password=x", FORM, 400),
        (b"username=\xff&password=x", FORM, 400),
        (b"username=asha&password=" + b"x" * 9000, FORM, 413),
        (b"username=asha&password=" + b"x" * 1_000_000, FORM, 413),
        (b'{"username": "asha"}', {"content-type": "application/json"}, 415),
        (b"--x", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"&".join(b"f%d=" % n for n in range(200)), FORM, 400),
        (b"", FORM, 422),
        (b"username=asha", FORM, 422),
        (b"username=a&username=b&password=x", FORM, 401),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_page(
    browser: AsyncClient, body: bytes, kind: dict[str, str], status: int
) -> None:
    reply = await browser.post("/staff/sign-in", content=body, headers=kind)
    assert reply.status_code == status
    assert "There is a problem" in reply.text
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "x" * 8000, 'a"b', "%00", "\xe9" * 43])
async def test_a_cookie_may_hold_anything(browser: AsyncClient, cookie: str) -> None:
    header = {b"cookie": f"{COOKIE}={cookie}".encode("latin-1")}
    reply = await browser.get("/staff/sign-in", headers=header)
    assert reply.status_code == 200
    reply = await browser.post("/staff/sign-out", headers=header)
    assert reply.status_code == 303
