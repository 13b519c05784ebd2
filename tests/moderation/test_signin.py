"""The staff's door: who gets in, and what a failed try says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import redis.asyncio
from argon2 import PasswordHasher
from httpx import AsyncClient

from askpanel.eventlog.engine import connect
from askpanel.eventlog.staff import Staff, fingerprint
from askpanel.moderation.passwords import Passwords
from askpanel.moderation.signin import SignInDesk
from tests.cast import NOON
from tests.staffroom import (
    COOKIE,
    HASHER,
    PASSWORD,
    Hands,
    browser_at,
    come_in,
    cookie_of,
    everything_under,
    leave,
    open_desk,
)

WRONG = "Enter a username and password that match"


async def test_the_page_asks_for_a_username_and_a_password(browser: AsyncClient) -> None:
    page = await browser.get("/staff/sign-in")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    assert 'action="/staff/sign-in"' in page.text
    assert 'name="username"' in page.text
    assert 'autocomplete="username"' in page.text
    assert 'type="password"' in page.text
    assert 'autocomplete="current-password"' in page.text
    assert "There is a problem" not in page.text
    assert page.text.startswith("<title>Sign in</title>")


async def test_asha_comes_in(browser: AsyncClient, staff: Staff) -> None:
    reply = await come_in(browser, "asha")
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff")
    assert reply.headers["cache-control"] == "no-store"
    cookie = cookie_of(reply)
    token = str(cookie.pop("value"))
    assert cookie == {"path": "/", "secure": True, "httponly": True, "samesite": "lax"}
    member = await staff.signed_in(token, NOON)
    assert member is not None
    assert member.username == "asha"


async def test_on_loopback_without_tls_the_cookie_is_one_that_the_browser_takes(
    staff: Staff, hands: Hands
) -> None:
    origin = "http://localhost:8000"
    desk = open_desk(staff, hands, secure=False, origins=frozenset({origin}))
    async with browser_at(desk, origin=origin) as browser:
        cookie = cookie_of(await come_in(browser, "asha"), "askpanel-staff")
    del cookie["value"]
    assert cookie == {"path": "/", "httponly": True, "samesite": "lax"}


async def test_a_phone_that_writes_a_capital_and_a_space_is_understood(
    browser: AsyncClient,
) -> None:
    assert (await come_in(browser, " Asha ")).status_code == 303


async def test_whoever_is_in_is_not_asked_again(browser: AsyncClient) -> None:
    await come_in(browser, "asha")
    page = await browser.get("/staff/sign-in?next=/staff/sessions/gmp/triage")
    assert (page.status_code, page.headers["location"]) == (303, "/staff/sessions/gmp/triage")
    assert page.headers["cache-control"] == "no-store"


async def test_the_sign_in_that_was_in_the_browser_before_is_ended(
    browser: AsyncClient, staff: Staff
) -> None:
    before = str(cookie_of(await come_in(browser, "bea"))["value"])
    after = str(cookie_of(await come_in(browser, "asha"))["value"])
    assert before != after
    assert await staff.signed_in(before, NOON) is None
    assert await staff.signed_in(after, NOON) is not None


async def test_the_stored_sign_in_is_hashed(
    browser: AsyncClient, staff: Staff, client: redis.asyncio.Redis
) -> None:
    token = str(cookie_of(await come_in(browser, "asha"))["value"])
    stored = await everything_under(client, staff.key("").split(":")[0])
    assert fingerprint(token).encode() in stored
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


async def test_a_password_of_yesterdays_cost_is_hashed_anew(staff: Staff, hands: Hands) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    async with browser_at(open_desk(staff, hands, passwords=Passwords(stronger))) as browser:
        assert (await come_in(browser, "asha", "wrong")).status_code == 401
        assert "t=1" in (await staff.all())[0].password
        assert (await come_in(browser, "asha")).status_code == 303
        asha = (await staff.all())[0]
        assert "t=2" in asha.password
        assert asha.version == 1
        assert (await come_in(browser, "asha")).status_code == 303
    bea = (await staff.all())[1]
    assert "t=1" in bea.password


# Failing to


async def test_a_wrong_username_and_a_wrong_password_get_the_same_page(
    browser: AsyncClient, staff: Staff
) -> None:
    await staff.disable("bea", NOON)
    pages = []
    for username, password in (("asha", "wrong"), ("nobody", "wrong"), ("bea", PASSWORD)):
        reply = await come_in(browser, username, password)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"] == "Form"
        assert "set-cookie" not in reply.headers
        pages.append(reply.text.replace(f'value="{username}"', 'value=""'))
    assert pages[0] == pages[1] == pages[2]
    assert WRONG in pages[0]


async def test_an_unknown_username_costs_the_same_work(staff: Staff, hands: Hands) -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - theirs
            checked.append("$".join(str(hash).split("$")[:4]))
            return super().verify(hash, password)

    await staff.disable("bea", NOON)
    counting = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    async with browser_at(open_desk(staff, hands, passwords=counting)) as browser:
        for username in ("asha", "nobody", "bea"):
            await come_in(browser, username, "wrong")
    assert len(checked) == 3
    assert len(set(checked)) == 1


async def test_what_is_missing_is_named_and_the_username_stays(browser: AsyncClient) -> None:
    empty = await come_in(browser, "", "")
    assert empty.status_code == 422
    assert empty.text.startswith("<title>Error: ")
    assert '<a href="#username">Enter your username</a>' in empty.text
    assert '<a href="#password">Enter your password</a>' in empty.text
    kept = await come_in(browser, "asha", "")
    assert kept.status_code == 422
    assert "Enter your username" not in kept.text
    assert 'value="asha"' in kept.text
    assert 'id="password-error"' in kept.text


async def test_the_password_is_never_sent_back(browser: AsyncClient) -> None:
    typed = "k3ttle-on-the-sill"
    for username in ("asha", "", "x" * 65):
        assert typed not in (await come_in(browser, username, typed)).text
    long = typed * 20
    reply = await come_in(browser, "asha", long)
    assert reply.status_code == 422
    assert "Password must be 256 characters or fewer" in reply.text
    assert typed not in reply.text


async def test_the_eleventh_guess_waits_and_bea_does_not(
    browser: AsyncClient, hands: Hands
) -> None:
    for _ in range(10):
        assert (await come_in(browser, "asha", "wrong")).status_code == 401
    hands.now_ms += 1000
    late = await come_in(browser, "asha")
    assert late.status_code == 429
    assert late.headers["retry-after"] == "299"
    assert "Try again in 5 minutes." in late.text
    assert 'value="asha"' in late.text
    assert "set-cookie" not in late.headers
    assert (await come_in(browser, "bea")).status_code == 303
    hands.now_ms += 240_000
    assert "Try again in 1 minute." in (await come_in(browser, "asha")).text
    hands.now_ms += 59_000
    assert (await come_in(browser, "asha")).status_code == 303


async def test_an_unknown_username_waits_just_as_long(browser: AsyncClient) -> None:
    replies = {}
    for username in ("asha", "nobody"):
        tries = [await come_in(browser, username, "wrong") for _ in range(12)]
        replies[username] = [(r.status_code, r.headers.get("retry-after")) for r in tries]
    assert replies["asha"] == replies["nobody"]


async def test_an_incomplete_form_is_no_guess(browser: AsyncClient) -> None:
    for _ in range(12):
        await come_in(browser, "asha", "")
    assert (await come_in(browser, "asha")).status_code == 303


async def test_when_too_many_come_at_once_the_last_is_asked_to_wait(
    staff: Staff, hands: Hands, client: redis.asyncio.Redis
) -> None:
    full = Passwords(HASHER, most_waiting=1)
    async with browser_at(open_desk(staff, hands, passwords=full)) as browser:
        with full.place():
            reply = await come_in(browser, "invented")
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert "Too many people are trying to sign in" in reply.text
        # Who was sent away has left nothing in the store.
        assert not [k async for k in client.scan_iter(match=staff.key("attempts:*"))]
        assert (await come_in(browser, "asha")).status_code == 303


async def test_ten_at_once_all_come_in(desk: SignInDesk) -> None:
    async with browser_at(desk) as browser:
        names = ["asha", "bea", "hana", "lucy", "morgan"] * 2
        replies = await asyncio.gather(*(come_in(browser, name) for name in names))
    assert [reply.status_code for reply in replies] == [303] * 10
    assert len({cookie_of(reply)["value"] for reply in replies}) == 10


async def test_without_the_store_nobody_comes_in_and_the_page_says_so(
    tmp_path: Path, hands: Hands
) -> None:
    async with (
        connect(f"unix://{tmp_path}/nobody.sock") as nowhere,
        browser_at(open_desk(Staff(nowhere), hands)) as browser,
    ):
        reply = await come_in(browser, "asha")
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert "does not answer" in reply.text
        assert 'value="asha"' in reply.text
        browser.cookies.set(COOKIE, "x" * 43)
        assert (await browser.get("/staff/sign-in")).status_code == 503
        assert (await leave(browser)).status_code == 503
        assert (await leave(browser, "sign-out-everywhere")).status_code == 503
