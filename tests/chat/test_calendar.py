"""A session in somebody's calendar: read back with a calendar's eyes (RFC 5545)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from askpanel.app import create
from askpanel.config import load
from tests.cast import HANA, MINUTE, NOON, session
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.promises.naughty import MARKUP, PATHS, in_path
from tests.tour import ORIGIN, opened

ICS = f"/sessions/{SLUG}.ics"
HOUR = 60 * MINUTE


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as made:
        made.clock[0] = NOON - 3 * HOUR
        yield made


async def entry(room: Parlour, path: str = ICS) -> Any:
    """The one entry of the file, as a calendar reads it."""
    newest = await room.store.newest(SLUG)
    answer = await (await room.browser()).get(f"{path}?position={newest}")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    assert answer.headers["content-disposition"] == 'attachment; filename="calendar.ics"'
    calendar = Calendar.from_ical(answer.content)
    assert str(calendar["VERSION"]) == "2.0"
    (found,) = calendar.walk("VEVENT")
    assert found.errors == []
    return found


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


async def test_the_entry_says_when_and_where_and_nothing_of_what(room: Parlour) -> None:
    found = await entry(room)
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (at(NOON), at(NOON + HOUR))
    assert str(found["SUMMARY"]) == "Live questions and answers"
    assert str(found["URL"]) == f"{ORIGIN}/sessions/{SLUG}"
    assert str(found["UID"]) == f"{SLUG}@askpanel"
    assert int(found["SEQUENCE"]) == 0
    assert found.decoded("DTSTAMP") == found.decoded("LAST-MODIFIED") == at(NOON)
    assert {"ORGANIZER", "ATTENDEE", "STATUS", "METHOD"}.isdisjoint(found)
    assert str(found["CLASS"]) == "PRIVATE"
    whole = found.to_ical().decode().casefold()
    told = session()
    for text in (told.title, told.summary, *(body.name for body in told.organisations)):
        for words in text.values():
            assert words.casefold() not in whole


async def test_the_entry_is_welsh_where_its_reader_is(room: Parlour) -> None:
    found = await entry(room, f"/cy{ICS}")
    assert str(found["SUMMARY"]) == "Cwestiynau ac atebion byw"
    assert found["SUMMARY"].params["LANGUAGE"] == "cy"
    assert str(found["URL"]) == f"{ORIGIN}/cy/sessions/{SLUG}"
    assert str(found["UID"]) == (await entry(room))["UID"], "one entry, in either language"


async def test_a_session_that_is_moved_and_made_longer_updates_the_same_entry(
    room: Parlour,
) -> None:
    """Each time with a number above the last, and the time of the change by the log."""
    seen = [await entry(room)]
    room.clock[0] += MINUTE
    times = (NOON + 24 * HOUR, NOON + 26 * HOUR)
    await room.store.schedule(SLUG, "move", HANA, times=times)
    seen.append(await entry(room))
    assert (seen[1].decoded("DTSTART"), seen[1].decoded("DTEND")) == tuple(map(at, times))
    assert seen[1].decoded("LAST-MODIFIED") == at(room.clock[0])
    room.clock[0] += MINUTE
    await room.store.schedule(SLUG, "extend", HANA, minutes=30)
    seen.append(await entry(room))
    assert seen[2].decoded("DTEND") == at(times[1] + 30 * MINUTE)
    assert len({str(found["UID"]) for found in seen}) == 1
    numbers = [int(found["SEQUENCE"]) for found in seen]
    assert numbers == sorted(set(numbers))
    stamps = [found.decoded("DTSTAMP") for found in seen]
    assert stamps[1] < stamps[2]


async def test_what_leaves_the_times_alone_leaves_the_entry_alone(room: Parlour) -> None:
    before = (await entry(room)).to_ical()
    await room.ask(await room.browser(), "Is it too late?")
    await room.store.schedule(SLUG, "pause", HANA)
    await room.store.notice_phase(SLUG, "early")
    assert (await entry(room)).to_ical() == before


async def test_a_process_that_has_just_begun_gives_the_same_entry(
    room: Parlour, engine_url: str, prefix: str, tmp_path: Path
) -> None:
    """The number is in the store, not in anybody's memory."""
    await room.store.schedule(SLUG, "move", HANA, times=(NOON + HOUR, NOON + 2 * HOUR))
    before = (await entry(room)).to_ical()
    config = load(redis_url=engine_url, data_dir=tmp_path, secret_key="another" * 5)
    async with opened(create(config, prefix=prefix, now=lambda: NOON)) as application:
        afresh = Parlour(application, [NOON], room._stack)
        assert (await entry(afresh)).to_ical() == before


async def test_a_session_that_was_ended_before_it_began_has_no_end_before_its_start(
    room: Parlour,
) -> None:
    await room.store.schedule(SLUG, "close", HANA)
    found = await entry(room)
    assert found.decoded("DTSTART") == at(room.clock[0])
    assert "DTEND" not in found


async def test_the_entry_is_known_by_the_host_and_leads_to_the_short_address(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    config = load(
        redis_url=engine_url,
        data_dir=tmp_path,
        secret_key="calendar" * 5,
        base_url="https://ask.example.org",
    )
    async with opened(create(config, prefix=prefix, now=lambda: NOON)) as application:
        store = application.site.hub.store
        await store.create(session(short="ask", timezone="America/New_York"))
        async with AsyncExitStack() as stack:
            browser = await Parlour(application, [NOON], stack).browser()
            answer = await browser.get(ICS, headers={"host": "evil.example"})
        (found,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(found["UID"]) == f"{SLUG}@ask.example.org"
    assert str(found["URL"]) == "https://ask.example.org/ask"
    assert "evil" not in answer.text
    assert found.decoded("DTSTART") == at(NOON), "the same moment, in whatever zone"


@pytest.mark.parametrize("text", [*map(in_path, [*MARKUP, *PATHS]), "%00", "nowhere", "x" * 5000])
async def test_no_slug_is_too_strange(room: Parlour, text: str) -> None:
    answer = await (await room.browser()).get(f"/sessions/{text}.ics")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
