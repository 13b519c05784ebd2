"""A host moves a session, and prints its posters; what is typed wrongly is told, and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import Response

from askpanel.eventlog.model import Actor
from tests.cast import MINUTE, NOON, session
from tests.moderation.office import HERE, SLUG, Browser, Office, office
from tests.promises.naughty import CHARACTERS, MARKUP

PLAN, MOVE = f"{HERE}/plan", f"{HERE}/schedule/move"
EARLY = NOON - 30 * MINUTE
GOOD = {"starts": "2026-11-24T18:00", "ends": "2026-11-24T19:30"}
"""Tuesday, in winter: the same in UTC."""
TUESDAY = 1_795_543_200_000
"""2026-11-24T18:00:00Z"""


async def moved(browser: Browser, fields: dict[str, str], *, json: bool = False) -> Response:
    """The answer to the form with these times in it."""
    starts, ends = fields["starts"], fields["ends"]
    return await browser.post(MOVE, json=json, starts=starts, ends=ends)


@pytest.fixture
async def desk(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(engine_url, prefix, tmp_path, session(short="ask")) as opened:
        opened.now = EARLY
        yield opened


async def test_the_form_has_the_times_as_they_stand_and_says_their_zone(desk: Office) -> None:
    page = (await (await desk.browser("hana")).get(PLAN)).text
    assert 'value="2026-11-21T12:00"' in page
    assert 'value="2026-11-21T13:00"' in page
    assert "All times on this page are UK time." in page


async def test_a_host_moves_the_session_and_every_page_says_so(desk: Office) -> None:
    hana = await desk.browser("hana")
    answer = await moved(hana, GOOD)
    assert answer.status_code == 303
    page = (await hana.get(answer.headers["location"])).text
    assert "The session has been moved." in page
    held = await desk.store.session(SLUG)
    assert held is not None
    assert (held.schedule.starts, held.schedule.ends) == (TUESDAY, TUESDAY + 90 * MINUTE)
    assert held.schedule.last_questions == TUESDAY + 85 * MINUTE
    assert held.schedule.questions_open == session().schedule.questions_open
    assert "Tuesday 24 November 2026, <time" in (await hana.get(f"/sessions/{SLUG}")).text
    history = (await hana.get(f"{HERE}/history")).text
    assert "Hana moved the session to another time" in history
    assert "Tuesday 24 November 2026 6pm–7:30pm" in history


async def test_a_script_is_told_the_position_or_what_is_wrong(desk: Office) -> None:
    hana = await desk.browser("hana")
    answer = await moved(hana, {**GOOD, "ends": ""}, json=True)
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "unreadable",
        "message": "Write a date and a time, like this: 2026-11-24T18:00",
    }
    done = await moved(hana, GOOD, json=True)
    assert done.json() == {"position": await desk.store.newest(SLUG)}


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"starts": ""}, "starts", "Write a date and a time"),
        ({"starts": "Tuesday at six"}, "starts", "Write a date and a time"),
        ({"starts": "2026-11-24"}, "starts", "Write a date and a time"),
        ({"starts": "2026-11-24T18:00Z"}, "starts", "Write a date and a time"),
        ({"starts": "2026-11-24T25:00"}, "starts", "Write a date and a time"),
        ({"starts": "2026-02-30T18:00"}, "starts", "Write a date and a time"),
        ({"starts": "٢٠٢٦-11-24T18:00"}, "starts", "Write a date and a time"),
        ({"ends": "9999-12-31T23:59"}, "ends", "Choose a year from 2000 to 2099"),
        ({"starts": "0001-01-01T00:00"}, "starts", "Choose a year from 2000 to 2099"),
        ({"starts": "2027-03-28T01:30"}, "starts", "this time does not happen"),
        ({"ends": "2027-10-31T01:30"}, "ends", "this time happens twice"),
        ({"starts": "2026-11-21T11:30"}, "starts", "Choose a time that is still to come"),
        ({"ends": "2026-11-24T18:00"}, "ends", "Choose an end that is after the start"),
        ({"ends": "2026-11-24T06:00"}, "ends", "Choose an end that is after the start"),
        ({"ends": "2026-11-25T18:01"}, "ends", "at most 24 hours after the start"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_in_words_at_its_field(
    desk: Office, changed: dict[str, str], field: str, words: str
) -> None:
    typed = {**GOOD, **changed}
    answer = await moved(await desk.browser("hana"), typed)
    assert answer.status_code == 422
    summary, _, form = answer.text.partition("<h1")
    assert f'href="#{field}">{words}' in summary or words in summary
    assert f'id="{field}-error"' in form
    assert form.count("govuk-error-message") == 1
    for value in typed.values():
        assert f'value="{value}"' in form or not value
    assert "<title>Error: " in answer.text
    assert await desk.store.session(SLUG) == session(short="ask")


async def test_a_session_that_has_started_is_not_moved(desk: Office) -> None:
    hana = await desk.browser("hana")
    desk.now = NOON
    answer = await moved(hana, GOOD)
    assert answer.status_code == 422
    assert "The session has started, so it cannot be moved." in answer.text
    assert 'value="2026-11-24T18:00"' in answer.text
    page = (await hana.get(PLAN)).text
    assert "It has started, so it cannot be moved." in page
    assert 'name="starts"' not in page


async def test_a_session_that_a_colleague_has_just_opened_is_not_moved(desk: Office) -> None:
    """The page's room has not heard of it; the store has."""
    hana, room = await desk.browser("hana"), await desk.application.site.hub.room(SLUG)
    assert room is not None
    await desk.store.schedule(SLUG, "open", Actor(username="hal", name="Hal", role="host"))
    answer = await moved(hana, GOOD)
    assert answer.status_code in (409, 422)
    assert "The session has started, so it cannot be moved." in answer.text


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        ("", "The session has moved on meanwhile, so nothing was changed."),
        ("/cy", "Mae&#39;r sesiwn wedi symud ymlaen yn y cyfamser, felly ni newidiwyd dim."),
    ],
)
async def test_what_the_schedule_no_longer_allows_is_said_of_the_session(
    desk: Office, lead: str, said: str
) -> None:
    hana = await desk.browser("hana")
    start_now = f"{lead}{HERE}/schedule/open"
    assert (await hana.post(start_now)).status_code == 303
    again = await hana.post(start_now)
    assert again.status_code == 409
    assert said in again.text
    assert "question has moved on" not in again.text


async def test_only_a_host_moves_a_session_and_prints_its_posters(desk: Office) -> None:
    for username in ("asha", "morgan", "leah"):
        browser = await desk.browser(username)
        assert (await browser.get(PLAN)).status_code == 403
        assert (await moved(browser, GOOD)).status_code == 403
    assert await desk.store.session(SLUG) == session(short="ask")


@pytest.mark.parametrize("text", [*MARKUP, *CHARACTERS, "9" * 5000, "\0", "-1"])
async def test_whatever_is_typed_is_refused_and_stays_text(desk: Office, text: str) -> None:
    answer = await (await desk.browser("hana")).post(MOVE, starts=text, ends=text)
    assert answer.status_code in (400, 422)
    assert "<script>alert" not in answer.text


async def test_the_posters_show_the_code_with_its_address_in_words(desk: Office) -> None:
    page = (await (await desk.browser("hana")).get(PLAN)).text
    for lead, path in (("", "/ask"), ("/cy", "/cy/ask")):
        assert f'src="{lead}/sessions/{SLUG}/qr.svg"' in page
        assert f'alt="A code for telephones. It leads to http://127.0.0.1:8000{path}"' in page
        assert f">127.0.0.1:8000{path}</p>" in page
