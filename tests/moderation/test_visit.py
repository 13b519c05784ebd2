"""A staff page or command, and what it asks of whoever comes to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askpanel.chat.fields import Fields
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Role
from askpanel.eventlog.staff import LIFETIME_MS, Staff
from askpanel.moderation import csrf
from askpanel.moderation.signin import SignInDesk, Visit, begin, require, routes
from tests.cast import NOON
from tests.staffroom import ORIGIN, SECRET, Hands, browser_at, come_in, open_desk

COOKIE = "__Host-askpanel-staff"
TRIAGE, APPROVE = "/staff/sessions/gmp/triage", "/staff/sessions/gmp/questions/7/approve"
JSON = {"accept": "application/json"}


def pages(desk: SignInDesk) -> list[Route]:
    """A page and a command for moderators and hosts, which show what they were given."""

    @require(desk, Role.MODERATOR, Role.HOST, most_bytes=1000)
    async def show(request: Request, visit: Visit) -> Response:
        return JSONResponse(
            {"who": visit.member.username, "csrf": visit.csrf, "fields": dict(visit.fields)}
        )

    return [Route(TRIAGE, show), Route(APPROVE, show, methods=["POST"])]


@pytest.fixture
async def browser(desk: SignInDesk) -> AsyncIterator[AsyncClient]:
    async with browser_at(desk, *pages(desk)) as opened:
        yield opened


async def drawn_token(browser: AsyncClient) -> str:
    """The token that a page was drawn with."""
    return str((await browser.get(TRIAGE)).json()["csrf"])


async def test_asha_opens_a_page_and_sends_its_form(browser: AsyncClient) -> None:
    await come_in(browser, "asha")
    page = await browser.get(TRIAGE)
    assert page.status_code == 200
    assert page.json()["who"] == "asha"
    assert page.headers["cache-control"] == "no-store"
    form = {"csrf": page.json()["csrf"], "text": "ŵ"}
    reply = await browser.post(APPROVE, data=form)
    assert reply.json() == {"who": "asha", "csrf": form["csrf"], "fields": form}
    assert reply.headers["cache-control"] == "no-store"


async def test_whoever_is_signed_out_signs_in_and_comes_back(browser: AsyncClient) -> None:
    for path in (TRIAGE, f"/cy{TRIAGE}"):
        page = await browser.get(f"{path}?after=7")
        assert page.status_code == 303
        start = "/cy/staff/sign-in" if path.startswith("/cy") else "/staff/sign-in"
        assert page.headers["location"].startswith(f"{start}?next=")
        assert page.headers["cache-control"] == "no-store"
        form = await browser.get(page.headers["location"])
        assert f'name="next" value="{path}?after=7"' in form.text


async def test_a_page_does_not_send_anybody_astray(browser: AsyncClient) -> None:
    page = await browser.get(f"{TRIAGE}?next=//evil.example")
    assert page.headers["location"] == "/staff/sign-in"


async def test_a_signed_out_click_says_so_and_gives_back_what_was_written(
    browser: AsyncClient, staff: Staff
) -> None:
    await come_in(browser, "asha")
    token = await drawn_token(browser)
    await staff.sign_out_everywhere("asha", NOON)
    form = {"csrf": token, "text": "\nTwo\nlines </textarea><b>", "note": "", "next": TRIAGE}
    reply = await browser.post(APPROVE, data=form)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Form"
    assert reply.headers["cache-control"] == "no-store"
    assert "You were signed out before this arrived, so nothing was changed." in reply.text
    # The line break after the tag is not part of the text (HTML, 13.1.2.5); the second one is.
    assert "readonly>\n\nTwo\nlines &lt;/textarea&gt;&lt;b&gt;</textarea>" in reply.text
    assert reply.text.count("<textarea") == 1
    assert 'action="/staff/sign-in"' in reply.text
    assert f'name="next" value="{TRIAGE}"' in reply.text


async def test_a_signed_out_click_sends_nobody_astray(browser: AsyncClient) -> None:
    reply = await browser.post(APPROVE, data={"text": "x", "next": "//evil.example"})
    assert reply.status_code == 401
    assert "evil" not in reply.text


async def test_a_script_hears_the_same_words(browser: AsyncClient) -> None:
    reply = await browser.post(APPROVE, data={"text": "x"}, headers=JSON)
    assert reply.status_code == 401
    assert reply.json()["error"] == "signed_out"
    assert reply.json()["message"].startswith("You are signed out. You were signed out before")
    page = await browser.get(TRIAGE, headers=JSON)
    assert (page.status_code, page.json()["error"]) == (401, "signed_out")


async def test_another_website_gets_nothing_reflected(browser: AsyncClient) -> None:
    foreign = {"origin": "https://evil.example"}
    reply = await browser.post(APPROVE, data={"text": "call 0908"}, headers=foreign)
    assert reply.status_code == 403
    assert "0908" not in reply.text
    assert "another website" in reply.text


async def test_another_website_cannot_command_even_with_the_token(browser: AsyncClient) -> None:
    await come_in(browser, "asha")
    form = {"csrf": await drawn_token(browser)}
    for origin in ("https://evil.example", "null", f"{ORIGIN}.evil.example"):
        reply = await browser.post(APPROVE, data=form, headers={"origin": origin} | JSON)
        assert (reply.status_code, reply.json()["error"]) == (403, "foreign")


@pytest.mark.parametrize("given", ["", "0" * 64, "ŵ" * 64, "x" * 500])
async def test_without_the_pages_token_there_is_no_command(
    browser: AsyncClient, given: str
) -> None:
    await come_in(browser, "asha")
    reply = await browser.post(APPROVE, data={"csrf": given}, headers=JSON)
    assert (reply.status_code, reply.json()["error"]) == (403, "wrong_token")
    missing = await browser.post(APPROVE)
    assert missing.status_code == 403
    assert "This page was too old" in missing.text
    assert missing.headers["cache-control"] == "no-store"


async def test_beas_token_is_not_ashas(desk: SignInDesk, browser: AsyncClient) -> None:
    async with browser_at(desk, *pages(desk)) as beas:
        await come_in(beas, "bea")
        form = {"csrf": await drawn_token(beas)}
    await come_in(browser, "asha")
    assert (await browser.post(APPROVE, data=form)).status_code == 403


async def test_morgan_is_no_moderator(browser: AsyncClient) -> None:
    await come_in(browser, "morgan")
    page = await browser.get(TRIAGE)
    assert page.status_code == 403
    assert "You cannot do this with your role" in page.text
    form = {"csrf": csrf.token(SECRET, browser.cookies[COOKIE])}
    reply = await browser.post(APPROVE, data=form, headers=JSON)
    assert (reply.status_code, reply.json()["error"]) == (403, "wrong_role")


async def test_a_host_may_come_too(browser: AsyncClient) -> None:
    await come_in(browser, "hana")
    assert (await browser.get(TRIAGE)).json()["who"] == "hana"


async def test_a_new_role_counts_from_the_next_click(browser: AsyncClient, staff: Staff) -> None:
    await come_in(browser, "asha")
    form = {"csrf": await drawn_token(browser)}
    await staff.change("asha", role=Role.PANELIST, organisation="gmp", now_ms=NOON)
    assert (await browser.post(APPROVE, data=form)).status_code == 401


async def test_a_disabled_member_is_out_at_the_next_click(
    browser: AsyncClient, staff: Staff
) -> None:
    await come_in(browser, "asha")
    form = {"csrf": await drawn_token(browser)}
    await staff.disable("asha", NOON)
    assert (await browser.post(APPROVE, data=form)).status_code == 401
    assert (await browser.get(TRIAGE)).status_code == 303


async def test_a_sign_in_ends_after_twelve_hours(browser: AsyncClient, hands: Hands) -> None:
    await come_in(browser, "asha")
    hands.now_ms += LIFETIME_MS
    assert (await browser.get(TRIAGE)).status_code == 303


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"text=%00", "application/x-www-form-urlencoded", 400, "malformed"),
        (b"text=%FF", "application/x-www-form-urlencoded", 400, "malformed"),
        (b"text=" + b"x" * 1000, "application/x-www-form-urlencoded", 413, "too_large"),
        (b"{}", "application/json", 415, "not_a_form"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    browser: AsyncClient, body: bytes, kind: str, status: int, code: str
) -> None:
    await come_in(browser, "asha")
    for accept in ({}, JSON):
        reply = await browser.post(APPROVE, content=body, headers={"content-type": kind} | accept)
        assert reply.status_code == status
        assert "nothing was changed" in reply.text
    assert reply.json()["error"] == code


async def test_without_the_store_the_answer_is_to_try_again(tmp_path: Path, hands: Hands) -> None:
    async with connect(f"unix://{tmp_path}/nobody.sock") as nowhere:
        desk = open_desk(Staff(nowhere), hands)
        async with browser_at(desk, *pages(desk)) as browser:
            browser.cookies.set(COOKIE, "x" * 43)
            page = await browser.get(TRIAGE)
            assert (page.status_code, page.headers["retry-after"]) == (503, "5")
            assert "does not answer" in page.text
            reply = await browser.post(APPROVE, headers=JSON)
            assert (reply.status_code, reply.json()["error"]) == (503, "away")


async def test_nothing_secret_is_in_what_a_traceback_shows(
    desk: SignInDesk, staff: Staff, browser: AsyncClient
) -> None:
    await come_in(browser, "asha")
    token = browser.cookies[COOKIE]
    asha = await staff.get("asha")
    assert asha is not None
    fields = Fields([("text", "a disclosure")])
    shown = repr(Visit(asha, token, csrf.token(SECRET, token), fields)) + repr(desk)
    for secret in (token, csrf.token(SECRET, token), "a disclosure", asha.password, str(SECRET)):
        assert secret not in shown


async def test_a_member_whose_identity_is_sure_may_begin_without_a_password(
    desk: SignInDesk, staff: Staff
) -> None:
    async def enter(request: Request) -> Response:
        member = await staff.get(request.path_params["username"])
        assert member is not None
        reply = await begin(request, desk, member, request.query_params["to"])
        return reply or Response("changed", 409)

    async with browser_at(desk, *pages(desk), Route("/enter/{username}", enter)) as browser:
        astray = await browser.get("/enter/asha?to=//evil.example")
        assert astray.headers["location"] == "/staff"
        reply = await browser.get(f"/enter/asha?to={TRIAGE}")
        assert (reply.status_code, reply.headers["location"]) == (303, TRIAGE)
        assert reply.headers["cache-control"] == "no-store"
        assert (await browser.get(TRIAGE)).json()["who"] == "asha"
        await staff.disable("bea", NOON)
        assert (await browser.get("/enter/bea?to=")).status_code == 409


def test_the_door_has_these_routes_and_no_others(desk: SignInDesk) -> None:
    assert [(route.path, route.methods) for route in routes(desk)] == [
        ("/staff/sign-in", {"GET", "HEAD"}),
        ("/staff/sign-in", {"POST"}),
        ("/staff/sign-out", {"POST"}),
        ("/staff/sign-out-everywhere", {"POST"}),
    ]
