"""Leaving: here, everywhere, or because the day is over."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from askpanel.eventlog.staff import LIFETIME_MS, Staff
from askpanel.moderation import csrf
from askpanel.moderation.signin import SignInDesk
from tests.cast import NOON
from tests.staffroom import COOKIE, SECRET, Hands, browser_at, come_in, cookie_of, leave


async def test_signing_out_here_leaves_the_other_device(
    desk: SignInDesk, staff: Staff, browser: AsyncClient
) -> None:
    async with browser_at(desk) as laptop:
        await come_in(laptop, "asha")
        token = str(cookie_of(await come_in(browser, "asha"))["value"])
        reply = await leave(browser)
        assert reply.status_code == 303
        assert reply.headers["location"] == "/staff/sign-in?signed-out=here"
        gone = cookie_of(reply)
        assert (gone["value"], gone["max-age"], gone["path"]) == ("", "0", "/")
        assert gone["secure"] is True  # or a browser would not touch a __Host- cookie
        assert COOKIE not in browser.cookies
        assert await staff.signed_in(token, NOON) is None
        assert (await laptop.get("/staff/sign-in")).status_code == 303
    assert "You have signed out" in (await browser.get(reply.headers["location"])).text
    assert [e.event.type for e in await staff.entries(6, 99)] == ["signed_out"]


async def test_signing_out_everywhere_ends_every_device(
    desk: SignInDesk, staff: Staff, browser: AsyncClient
) -> None:
    async with browser_at(desk) as laptop:
        await come_in(laptop, "asha")
        await come_in(browser, "asha")
        reply = await leave(browser, "sign-out-everywhere")
        assert reply.headers["location"] == "/staff/sign-in?signed-out=everywhere"
        assert (await laptop.get("/staff/sign-in")).status_code == 200
    page = await browser.get(reply.headers["location"])
    assert "on every device" in page.text
    (entry,) = await staff.entries(6, 99)
    assert (entry.event.type, entry.event.version) == ("signed_out_everywhere", 2)


@pytest.mark.parametrize("where", ["sign-out", "sign-out-everywhere"])
@pytest.mark.parametrize("token", [None, "", "0" * 64, "ŵ", "of another sign-in"])
async def test_nobody_is_signed_out_without_the_token_of_the_page(
    browser: AsyncClient, where: str, token: str | None
) -> None:
    await come_in(browser, "asha")
    given = csrf.token(SECRET, "x" * 43) if token == "of another sign-in" else token
    reply = await browser.post(f"/staff/{where}", data={} if given is None else {"csrf": given})
    assert reply.status_code == 403
    assert "This page was too old" in reply.text
    assert (await browser.get("/staff/sign-in")).status_code == 303


@pytest.mark.parametrize("where", ["sign-out", "sign-out-everywhere"])
async def test_another_website_signs_nobody_out(browser: AsyncClient, where: str) -> None:
    await come_in(browser, "asha")
    token = csrf.token(SECRET, browser.cookies[COOKIE])
    reply = await browser.post(
        f"/staff/{where}", data={"csrf": token}, headers={"origin": "https://evil.example"}
    )
    assert reply.status_code == 403
    assert (await browser.get("/staff/sign-in")).status_code == 303


async def test_who_was_signed_out_meanwhile_may_still_sign_out(
    browser: AsyncClient, staff: Staff
) -> None:
    await come_in(browser, "asha")
    await staff.sign_out_everywhere("asha", NOON)
    reply = await leave(browser)
    assert (reply.status_code, cookie_of(reply)["value"]) == (303, "")


async def test_after_twelve_hours_one_signs_in_again(browser: AsyncClient, hands: Hands) -> None:
    await come_in(browser, "asha")
    hands.now_ms += LIFETIME_MS - 1
    assert (await browser.get("/staff/sign-in")).status_code == 303
    hands.now_ms += 1
    assert (await browser.get("/staff/sign-in")).status_code == 200


@pytest.mark.parametrize("where", ["sign-out", "sign-out-everywhere"])
async def test_a_link_signs_nobody_out(browser: AsyncClient, where: str) -> None:
    await come_in(browser, "asha")
    assert (await browser.get(f"/staff/{where}")).status_code == 405


async def test_only_known_words_are_put_on_the_page(browser: AsyncClient) -> None:
    page = await browser.get("/staff/sign-in", params={"signed-out": "<b>by evil.example</b>"})
    assert "evil" not in page.text
    assert "Signed out" not in page.text
