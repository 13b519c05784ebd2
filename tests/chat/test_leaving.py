"""The way out, and a browser that forgets which questions were sent from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from starlette.requests import HTTPConnection

from askpanel.chat.grace import GRACE
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.session import Schedule
from tests.cast import HANA, MINUTE, NOON, session
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.tour import ORIGIN

HERE = f"/sessions/{SLUG}"
OTHER = "another-evening"
COOKIE = "askpanel"
QUESTION = "Is it too late to stop?"
NOTICE = '<p class="govuk-body ask-forgotten" id="mine-forgotten">'
DROPPED = f'{COOKIE}=""; expires='
ENDS = NOON + 60 * MINUTE
OVER = ENDS + GRACE


@pytest.fixture
async def house(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as opened:
        yield opened


async def sam_of(house: Parlour) -> AsyncClient:
    """The browser of somebody who has asked."""
    sam = await house.person("sam")
    assert (await house.ask(sam, QUESTION)).status_code == 201
    assert QUESTION in await house.page(sam)
    return sam


# The way out


@pytest.mark.parametrize("path", ["/exit", "/cy/exit"])
@pytest.mark.parametrize("site", ["same-origin", "none", None])
async def test_the_link_leads_out_and_drops_the_cookie(
    house: Parlour, path: str, site: str | None
) -> None:
    sam = await sam_of(house)
    answer = await sam.get(path, headers={"sec-fetch-site": site} if site else {})
    assert answer.status_code == 303
    assert answer.headers["location"] == house.application.site.exit_url
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["clear-site-data"] == '"storage"'
    assert answer.headers["set-cookie"].startswith(DROPPED)
    assert COOKIE not in sam.cookies
    assert QUESTION not in await house.page(sam)


async def test_what_is_dropped_is_the_participants_cookie_and_no_other(house: Parlour) -> None:
    sam = await sam_of(house)
    sam.cookies.set("askpanel-staff", "signed in as well", domain="askpanel.test")
    for answer in (
        await sam.get("/exit"),
        await sam.post("/exit"),
        await sam.post(f"{HERE}/forget"),
    ):
        assert all(each.startswith(f"{COOKIE}=") for each in answer.headers.get_list("set-cookie"))
        assert "cookies" not in answer.headers.get("clear-site-data", "")
    assert sam.cookies.get("askpanel-staff")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
async def test_another_sites_link_leads_out_and_takes_nothing(house: Parlour, site: str) -> None:
    sam = await sam_of(house)
    answer = await sam.get("/exit", headers={"sec-fetch-site": site})
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers
    assert "clear-site-data" not in answer.headers
    assert QUESTION in await house.page(sam)


async def test_the_pages_script_says_that_it_leaves(house: Parlour) -> None:
    sam = await sam_of(house)
    answer = await sam.post("/exit")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "clear-site-data" not in answer.headers, "the script has cleared what is its own"
    assert COOKIE not in sam.cookies


@pytest.mark.parametrize("path", ["/exit", f"{HERE}/forget"])
@pytest.mark.parametrize("origin", ["null", "https://evil.example", f"{ORIGIN}.evil.example"])
async def test_another_sites_form_takes_nothing(house: Parlour, path: str, origin: str) -> None:
    sam = await sam_of(house)
    answer = await sam.post(path, headers={"origin": origin})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert QUESTION in await house.page(sam)


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=forged; x=y", f"{COOKIE}="])
async def test_somebody_without_questions_leaves_as_well(house: Parlour, cookie: str) -> None:
    alex = await house.browser()
    for method in ("GET", "POST"):
        headers = {"cookie": cookie} if cookie else {}
        answer = await alex.request(method, "/exit", headers=headers, content=b"\xff" * 1000)
        assert answer.status_code in (303, 204)
        # A reader is given no cookie, not even one that is over.
        assert ("set-cookie" in answer.headers) is bool(cookie)


# Forgetting


@pytest.mark.parametrize("locale", ["en", "cy"])
async def test_one_button_forgets_here_and_changes_nothing_that_is_stored(
    house: Parlour, locale: str
) -> None:
    sam = await sam_of(house)
    before = await house.store.snapshot(SLUG)
    path = f"{'/cy' if locale == 'cy' else ''}{HERE}"
    assert f'action="{path}/forget"' in await house.page(sam, locale)
    answer = await sam.post(f"{path}/forget")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{path}?forgotten=1#mine-heading"
    assert COOKIE not in sam.cookies
    page = (await sam.get(answer.headers["location"])).text
    assert NOTICE in page
    assert QUESTION not in page
    assert await house.store.snapshot(SLUG) == before
    # Nobody can take back what is nobody's.
    assert (await sam.post(f"{HERE}/questions/1/withdraw")).status_code == 404


async def test_a_page_says_forgotten_to_nobody_whose_questions_it_shows(house: Parlour) -> None:
    sam, reader = await sam_of(house), await house.browser()
    assert NOTICE not in await house.page(sam)
    assert NOTICE not in (await sam.get(f"{HERE}?forgotten=1")).text
    assert NOTICE not in await house.page(reader)


async def test_there_is_nothing_to_forget_where_there_is_no_session(house: Parlour) -> None:
    sam = await sam_of(house)
    assert (await sam.post("/sessions/nowhere/forget")).status_code == 404
    assert (await sam.get(f"{HERE}/forget")).status_code == 405
    assert sam.cookies.get(COOKIE)


# After the end


async def test_until_an_hour_after_the_end_ones_questions_stay(house: Parlour) -> None:
    sam = await sam_of(house)
    page = await house.page(sam)
    assert "These stay here until" in page
    house.clock[0] = OVER - 1
    answer = await sam.get(HERE)
    assert QUESTION in answer.text
    assert "set-cookie" not in answer.headers


async def test_then_the_first_page_forgets_them_and_says_so(house: Parlour) -> None:
    sam = await sam_of(house)
    house.clock[0] = OVER
    answer = await sam.get(HERE)
    assert QUESTION not in answer.text
    assert NOTICE in answer.text
    assert 'data-current="0"' in answer.text
    assert answer.headers["set-cookie"].startswith(DROPPED)
    assert COOKIE not in sam.cookies
    assert NOTICE not in (await sam.get(HERE)).text


@pytest.mark.parametrize("path", ["/", "/cy", "/privacy", "/accessibility", "/nowhere"])
async def test_any_page_of_ours_will_do(house: Parlour, path: str) -> None:
    sam = await sam_of(house)
    house.clock[0] = OVER - 1
    assert "set-cookie" not in (await sam.get(path)).headers
    house.clock[0] = OVER
    assert (await sam.get(path)).headers["set-cookie"].startswith(DROPPED)


async def test_a_session_that_goes_on_for_longer_keeps_them_for_longer(house: Parlour) -> None:
    sam = await sam_of(house)
    await house.store.schedule(SLUG, "extend", HANA, minutes=30)
    await house.page(sam)
    house.clock[0] = OVER + 30 * MINUTE - 1
    assert QUESTION in await house.page(sam)
    house.clock[0] = OVER + 30 * MINUTE
    assert QUESTION not in await house.page(sam)


async def another(house: Parlour) -> None:
    """A session on the evening of the same day, for which one may ask since noon."""
    at = {
        name: getattr(session().schedule, name) + 6 * 60 * MINUTE
        for name in ("starts", "last_questions", "ends")
    }
    schedule = Schedule(questions_open=NOON, **at)
    await house.store.create(session(slug=OTHER, schedule=schedule))


async def ask_there(house: Parlour, sam: AsyncClient) -> None:
    asked = await sam.post(f"/sessions/{OTHER}/questions", data={"id": "n" * 22, "text": "And?"})
    assert asked.status_code == 303


async def test_who_has_asked_in_another_session_keeps_what_is_theirs_there(house: Parlour) -> None:
    sam = await sam_of(house)
    await another(house)
    await ask_there(house, sam)
    house.clock[0] = OVER
    for path in (HERE, "/", "/privacy"):
        answer = await sam.get(path)
        assert QUESTION not in answer.text
        assert "set-cookie" not in answer.headers
    assert "And?" in (await sam.get(f"/sessions/{OTHER}")).text


async def test_who_has_not_is_forgotten_although_another_session_goes_on(house: Parlour) -> None:
    sam = await sam_of(house)
    await another(house)
    house.clock[0] = OVER
    # What somebody has just sent there may be on its way to the page.
    assert "set-cookie" not in (await sam.get(f"/sessions/{OTHER}")).headers
    assert (await sam.get("/")).headers["set-cookie"].startswith(DROPPED)


async def test_a_process_that_has_just_begun_looks_into_sessions_that_it_has_not_met(
    house: Parlour,
) -> None:
    sam = await sam_of(house)
    await another(house)
    await ask_there(house, sam)
    house.clock[0] = OVER
    house.application.site.hub.rooms.pop(OTHER)
    assert "set-cookie" not in (await sam.get(HERE)).headers


async def test_what_cannot_be_looked_into_is_not_forgotten(
    house: Parlour, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await sam_of(house)
    house.clock[0] = OVER
    with monkeypatch.context() as away:

        async def unanswered() -> list[object]:
            raise StoreAway

        away.setattr(house.store, "sessions", unanswered)
        answer = await sam.get(HERE)
        assert QUESTION not in answer.text
        assert "set-cookie" not in answer.headers
    assert "set-cookie" in (await sam.get(HERE)).headers


async def test_a_socket_brings_nobody_what_is_forgotten(house: Parlour) -> None:
    await sam_of(house)
    room = await house.application.site.hub.room(SLUG)
    assert room is not None
    cookie = f"{COOKIE}={house.people['sam'].cookies[COOKIE]}".encode()
    connection = HTTPConnection({"type": "websocket", "headers": [(b"cookie", cookie)]})
    site = house.application.site
    assert site.author(connection, room) == house.key("sam")
    house.clock[0] = OVER
    assert site.author(connection, room) == ""


async def test_staff_who_ask_as_well_are_forgotten_on_the_publics_pages(house: Parlour) -> None:
    sam = await sam_of(house)
    house.clock[0] = OVER
    assert "set-cookie" not in (await sam.get("/staff/sign-in")).headers
    assert "set-cookie" not in (await sam.get("/health/live")).headers
    assert "set-cookie" in (await sam.get("/")).headers


async def test_a_cookie_that_is_nobodys_goes_too(house: Parlour) -> None:
    reader = await house.browser()
    answer = await reader.get("/", headers={"cookie": f"{COOKIE}={'t' * 43}"})
    assert answer.headers["set-cookie"].startswith(DROPPED)
