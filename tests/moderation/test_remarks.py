"""The staff's side channel: what colleagues say to each other reaches all of them, and nobody else
by any way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from askpanel.chat.fragments import Public
from askpanel.chat.locale import LOCALES
from askpanel.eventlog.projection import moments
from askpanel.moderation.desk import Desk
from askpanel.moderation.triage import Triage
from tests.cast import ASHA, LUCY
from tests.moderation.office import HERE, SLUG, Office, office

REMARKS = f"{HERE}/remarks"
SAID = "Lucy, please take the one about <b>sleep</b>"


@pytest.fixture
async def desk(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(engine_url, prefix, tmp_path) as found:
        yield found


async def test_everybody_of_the_staff_reads_it_on_their_screen(desk: Office) -> None:
    asha, lucy = await desk.browser("asha"), await desk.browser("lucy")
    reply = await asha.post(REMARKS, text=SAID, screen="triage")
    assert reply.status_code == 303
    where = reply.headers["location"]
    assert where.startswith(f"{HERE}/triage?position=")
    assert where.endswith("#channel")
    page = (await asha.get(where)).text
    assert "please take the one about &lt;b&gt;sleep&lt;/b&gt;" in page
    answer = await lucy.post(REMARKS, json=True, text="Gladly")
    assert answer.json() == {"position": 3}
    await desk.caught_up()
    page = (await lucy.get(f"{HERE}/desk")).text
    assert page.index("&lt;b&gt;sleep") < page.index("Gladly")


async def test_without_a_script_one_comes_back_to_a_screen_that_is_ones_own(desk: Office) -> None:
    lucy = await desk.browser("lucy")
    for screen in ("triage", "desk", "//elsewhere", ""):
        reply = await lucy.post(REMARKS, text="Yes", screen=screen)
        assert reply.headers["location"].startswith(f"{HERE}/desk?position=")


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "missing"),
        (" \n ", 422, "missing"),
        ("x" * 1001, 422, "long"),
        ("a\x07b", 422, "unfit"),
    ],
)
async def test_what_cannot_be_said_is_given_back(
    desk: Office, text: str, status: int, code: str
) -> None:
    asha = await desk.browser("asha")
    reply = await asha.post(REMARKS, json=True, text=text)
    assert (reply.status_code, reply.json()["error"]) == (status, code)
    page = await asha.post(REMARKS, text=text)
    assert page.status_code == status
    assert text.strip()[:20] in page.text
    assert await desk.store.newest(SLUG) == 1


async def test_without_a_sign_in_or_its_token_nothing_is_said(desk: Office) -> None:
    asha = await desk.browser("asha")
    foreign = await asha.client.post(
        REMARKS, data={"csrf": asha.token, "text": SAID}, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    asha.token = "0" * 64
    assert (await asha.post(REMARKS, text=SAID)).status_code == 403
    asha.client.cookies.clear()
    assert (await asha.post(REMARKS, text=SAID)).status_code == 401
    assert (await asha.client.get(f"/sessions/{SLUG}")).status_code == 200
    assert await desk.store.newest(SLUG) == 1


async def test_who_was_signed_out_meanwhile_says_nothing_more(desk: Office) -> None:
    asha = await desk.browser("asha")
    await desk.store.revoke(SLUG, {"asha": 2})
    reply = await asha.post(REMARKS, json=True, text=SAID)
    assert (reply.status_code, reply.json()["error"]) == (409, "revoked")


async def test_a_session_that_is_not_there(desk: Office) -> None:
    asha = await desk.browser("asha")
    assert (await asha.post("/staff/sessions/nowhere/remarks", text=SAID)).status_code == 404


async def test_nothing_of_it_is_anywhere_that_the_public_looks(desk: Office) -> None:
    number = await desk.ask()
    await desk.do(number, "approve", ASHA)
    await desk.do(number, "answer", LUCY, text="Never.", lang="en")
    asha = await desk.browser("asha")
    marks = ("hush-hush-1", "hush-hush-2")
    for mark in marks:
        assert (await asha.post(REMARKS, text=mark)).status_code == 303
    await desk.caught_up()
    asha.client.cookies.clear()
    room = f"/sessions/{SLUG}"
    for path in (
        *("/", room, f"/cy{room}", f"{room}?after=1", f"{room}/transcript"),
        *(f"{room}/transcript.{form}" for form in ("json", "csv", "txt")),
        "/metrics",
    ):
        reply = await asha.get(path)
        assert reply.status_code == 200
        assert not [mark for mark in marks if mark in reply.text]
    said = [m for m in moments(await desk.store.snapshot(SLUG)) if m.event.remark]
    assert len(said) == len(marks)
    for moment in said:
        for locale in LOCALES:
            assert not Public().shared(moment, locale).shows
            assert not Public().keys(moment)
            # The search would find it: colleagues are shown it.
            for audience in (Triage(), Desk()):
                assert "hush-hush" in str(audience.shared(moment, locale).ops)
