"""The report: what an evening came to, in numbers that a person can check by hand, and nothing of
what participants wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from askpanel.chat.sealer import Sealer
from askpanel.eventlog.model import State
from askpanel.eventlog.seals import Seals
from askpanel.moderation import historypage
from askpanel.moderation.historywords import STATES
from askpanel.moderation.report import times
from tests.cast import ALEX, ASHA, BEA, LEAH, LUCY, MINUTE, MORGAN, SAM
from tests.moderation.office import HERE, SLUG, Office, office

REPORT = f"{HERE}/report"
SECRET = "a-secret-that-only-its-author-wrote"


@pytest.fixture
async def desk(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(engine_url, prefix, tmp_path) as found:
        yield found


async def evening(desk: Office) -> None:
    """One of each, a minute apart, on a clock that starts at noon."""
    for number, (author, lang) in enumerate([(SAM, "en"), (ALEX, "cy")] * 4, 1):
        assert await desk.ask(f"{SECRET} {number}", author, lang) == number
    desk.now += MINUTE
    await desk.do(1, "approve", ASHA)
    await desk.do(2, "approve", ASHA)
    desk.now += MINUTE
    await desk.do(3, "reject", ASHA, reason="names-a-person", hidden="1")
    await desk.do(4, "reply", LEAH, text=f"{SECRET} too", lang="en", unverified="0908", confirm="1")
    await desk.do(4, "respond", ALEX, helped="yes")
    await desk.do(5, "divert", BEA, diversion="crime")
    desk.now += 2 * MINUTE
    await desk.do(6, "escalate", ASHA, note="May hurt themselves")
    desk.now += MINUTE
    await desk.do(6, "acknowledge", LEAH)
    desk.now += MINUTE
    await desk.do(6, "conclude", LEAH, decision="no-danger", note="Has a friend there")
    await desk.do(6, "mute", LEAH)
    done = await desk.do(7, "hold", ASHA, note="Later")
    await desk.do(7, "undo", ASHA, position=done.position)
    await desk.do(1, "answer", LUCY, text="Never.", lang="en")
    await desk.do(1, "correct", LUCY, answer=1, text="It is never too late.")
    await desk.do(1, "cosign", MORGAN, answer=1)
    desk.now += 4 * MINUTE
    await desk.do(2, "answer", LUCY, text="Byth.", lang="cy")
    await desk.do(2, "translate", LUCY, answer=1, lang="en", text="Never.")
    await desk.caught_up()


async def test_the_numbers_are_those_of_the_evening(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(historypage, "RANGE", 4)
    await evening(desk)
    reply = await (await desk.browser("leah")).get(f"{REPORT}.json")
    assert reply.headers["content-disposition"].endswith('-report.json"')
    found = reply.json()
    assert found["sent"] == 8
    assert found["states"] == {
        "answered": 2, "pending": 2, "rejected": 1, "replied": 1, "diverted": 1, "escalated": 1,
    }  # fmt: skip
    assert found["languages"] == {"en": 4, "cy": 4}
    # 1 and 2 after one minute, 3 to 5 after two, 6 after four, 7 after six: held, taken back.
    assert found["until_decided_ms"] == {"of": 7, "median": 2 * MINUTE, "most": 6 * MINUTE}
    assert found["until_answered_ms"] == {"of": 2, "median": 8 * MINUTE, "most": 10 * MINUTE}
    police, charity = found["bodies"]
    assert (police["organisation"], police["answers"], police["signed_too"]) == ("gmp", 0, 1)
    assert (charity["answers"], charity["corrections"]) == (2, 1)
    assert charity["languages"] == {"en": 2, "cy": 1}
    assert found["reasons"] == {"names-a-person": 1}
    assert found["diversions"] == {"crime": 1}
    assert (found["replies"], found["helped"]) == (1, {"yes": 1})
    assert found["risks"] == [
        {
            "question": 6,
            "raised": "2026-11-21T12:04:00+00:00",
            "by": "Asha",
            "note": "May hurt themselves",
            "acknowledged": "2026-11-21T12:05:00+00:00",
            "acknowledged_by": "Leah",
            "decided": "2026-11-21T12:06:00+00:00",
            "decided_by": "Leah",
            "decision": "no-danger",
            "words": "Has a friend there",
        }
    ]
    assert [(each["question"], each["numbers"]) for each in found["let_through"]] == [(4, ["0908"])]
    assert [(each["question"], each["missing"]) for each in found["missing"]] == [(1, ["cy"])]
    assert [(each["question"], each["by"]) for each in found["muted"]] == [(6, "Leah")]
    assert found["taken_back"] == 1
    assert found["record"] is None


async def test_it_is_a_page_in_both_languages_that_leads_to_what_is_missing(desk: Office) -> None:
    await evening(desk)
    hana = await desk.browser("hana")
    page = (await hana.get(REPORT)).text
    for words in (
        "Questions: 8 in all",
        "2 minutes",
        "Names a person",
        "Raised by Asha, Saturday 21 November 2026 12:04:00: May hurt themselves",
        "Acknowledged by Leah, 12:05:00, after 60 seconds.",
        "Decided by Leah, 12:06:00: No danger found. Has a friend there",
        f'href="{HERE}/desk#question-1"',
        f'href="{HERE}/history?question=6"',
        "No signed head of the record is known yet.",
    ):
        assert words in page
    assert (await hana.get(f"/cy{REPORT}")).status_code == 200


async def test_a_risk_without_a_second_person_says_so(desk: Office) -> None:
    await desk.ask()
    await desk.do(1, "escalate", ASHA, note="At risk")
    await desk.caught_up()
    page = (await (await desk.browser("leah")).get(REPORT)).text
    assert "Nobody has acknowledged it." in page
    assert "No decision is recorded." in page


async def test_a_risk_that_was_raised_twice_is_told_twice(desk: Office) -> None:
    await desk.ask()
    for note in ("At risk", "Again"):
        desk.now += MINUTE
        await desk.do(1, "escalate", ASHA, note=note)
        await desk.do(1, "acknowledge", LEAH)
        await desk.do(1, "conclude", LEAH, decision="no-danger", note="Safe")
        await desk.do(1, "restore", LEAH)
    await desk.caught_up()
    found = (await (await desk.browser("leah")).get(f"{REPORT}.json")).json()
    assert [each["note"] for each in found["risks"]] == ["At risk", "Again"]


async def test_nothing_that_a_participant_wrote_is_in_it(desk: Office) -> None:
    await evening(desk)
    leah = await desk.browser("leah")
    for path in (REPORT, f"/cy{REPORT}", f"{REPORT}.json"):
        text = (await leah.get(path)).text
        assert SECRET not in text
        assert SAM.author not in text
        assert ALEX.author not in text


async def test_the_signed_head_of_the_record_is_printed(desk: Office) -> None:
    await desk.ask()
    desk.now += 120 * MINUTE  # over: its head is signed at once
    site = desk.application.site
    sealer = Sealer(
        desk.store,
        Seals(desk.store._client, desk.store._prefix),
        b"only for this test",
        monotonic=lambda: 10_000.0,
    )
    await sealer.round()
    seal = sealer.head_of(SLUG)
    assert seal is not None
    object.__setattr__(site, "head_of", sealer.head_of)
    await desk.caught_up()
    leah = await desk.browser("leah")
    page = (await leah.get(REPORT)).text
    assert seal.link in page
    assert seal.key in page
    assert (await leah.get(f"{REPORT}.json")).json()["record"]["position"] == seal.position


async def test_an_evening_without_a_question_has_a_report(desk: Office) -> None:
    leah = await desk.browser("leah")
    assert "Questions: 0 in all" in (await leah.get(REPORT)).text
    assert (await leah.get(f"{REPORT}.json")).json()["until_decided_ms"]["median"] is None


async def test_it_is_for_the_host_and_the_lead(desk: Office) -> None:
    for username, status in (("hana", 200), ("leah", 200), ("asha", 403), ("morgan", 403)):
        browser = await desk.browser(username)
        assert (await browser.get(REPORT)).status_code == status
        assert (await browser.get(f"{REPORT}.json")).status_code == status
        home = (await browser.get("/staff")).text
        assert (f'href="{REPORT}"' in home) == (status == 200)
        assert (f'href="{HERE}/history"' in home) == (username != "morgan")


def test_medians_and_the_ninety_fifth_of_a_hundred() -> None:
    assert (times([]).median, times([]).most) == (None, None)
    assert times([7]).most == 7
    assert times(range(1, 101)).most == 95
    assert times(range(1, 21)).most == 19
    assert times([1, 2, 3, 10]).median == 2


def test_every_state_has_its_words() -> None:
    assert set(STATES) == {str(state) for state in State}
