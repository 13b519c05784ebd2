"""After signing in one is where one wanted to be, and never anywhere else."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from tests.staffroom import PASSWORD

HERE = [
    "/staff",
    "/staff/sessions/gmp-lucy-faithfull/triage",
    "/staff/sessions/gmp/desk?after=7&view=a%20b",
    "/cy/staff/sessions/gmp/desk",
]
ELSEWHERE = [
    "",
    "/",
    "//evil.example",
    "//evil.example/staff",
    "https://evil.example/staff",
    "https:evil.example",
    "javascript:alert(1)",
    "/\\evil.example",
    "\\\\evil.example",
    "/staff\\evil.example",
    "/staff//evil.example",
    "/staff/..//evil.example",
    "/staff/../../evil",
    "/staff/./x",
    "/staff/%2e%2e/x",
    "/staffs",
    "/staff.evil.example",
    "/staff@evil.example",
    "/staff:443",
    "staff",
    " /staff",
    "/staff ",
    "/staff\n",
    "/staff\r\nset-cookie: a=b",
    "/\t/evil.example",
    "/staff/\t",
    "/staff#x",
    "/staff/ŵ",
    "/staff?next=//evil.example",
    "/staff/sign-in",
    "/staff/sign-out",
    "/cy/staff/sign-in?next=/staff",
    "/sessions/gmp",
    "/cy//staff",
    "/staff/" + "x" * 600,
]


@pytest.mark.parametrize("wanted", HERE)
async def test_one_comes_back_to_where_one_was(browser: AsyncClient, wanted: str) -> None:
    page = await browser.get("/staff/sign-in", params={"next": wanted})
    assert f'name="next" value="{wanted.replace("&", "&amp;")}"' in page.text
    form = {"username": "asha", "password": "wrong", "next": wanted}
    again = await browser.post("/staff/sign-in", data=form)
    assert 'name="next"' in again.text
    reply = await browser.post("/staff/sign-in", data=form | {"password": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, wanted)


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_nobody_is_sent_anywhere_else(browser: AsyncClient, wanted: str) -> None:
    page = await browser.get("/staff/sign-in", params={"next": wanted})
    assert 'name="next"' not in page.text
    form = {"username": "asha", "password": PASSWORD, "next": wanted}
    reply = await browser.post("/staff/sign-in", data=form)
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff")
    page = await browser.get("/staff/sign-in", params={"next": wanted})
    assert (page.status_code, page.headers["location"]) == (303, "/staff")


async def test_in_welsh_one_stays_in_welsh(browser: AsyncClient) -> None:
    page = await browser.get("/cy/staff/sign-in")
    assert 'action="/cy/staff/sign-in"' in page.text
    form = {"username": "asha", "password": PASSWORD}
    reply = await browser.post("/cy/staff/sign-in", data=form)
    assert reply.headers["location"] == "/cy/staff"
