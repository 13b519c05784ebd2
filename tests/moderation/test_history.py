"""The history: the log as sentences, found again by whatever one remembers, and what may be taken
back from there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from askpanel.chat.transcript import FORMULA
from askpanel.eventlog.model import Entry, Event, Present
from askpanel.eventlog.rules import RULES, UNDOABLE
from askpanel.moderation import historypage
from askpanel.moderation.history import Teller
from askpanel.moderation.historywords import EVENTS, TAKEN_BACK
from askpanel.moderation.playbookfile import packaged
from tests.cast import ALEX, ASHA, BEA, HANA, LEAH, LUCY, MINUTE, MORGAN, SAM, session
from tests.moderation.office import HERE, Office, office

HISTORY = f"{HERE}/history"
LINE = re.compile(r'<li class="ask-history__line".*?</li>', re.DOTALL)
WORDS = re.compile(r'<span class="ask-history__words[^"]*">(.*?)</span>', re.DOTALL)
NASTY = '=cmd|"x"!A1 <script>alert(1)</script>'


@pytest.fixture
async def desk(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(engine_url, prefix, tmp_path) as found:
        yield found


async def told(desk: Office, query: str = "", *, who: str = "asha", lang: str = "") -> list[str]:
    """The sentences of a page, the newest first."""
    await desk.caught_up()
    page = await (await desk.browser(who)).get(f"{lang and '/' + lang}{HISTORY}?{query}")
    assert page.status_code == 200
    return [unescape(words.strip()) for words in WORDS.findall(page.text)]


async def lines(desk: Office, query: str = "", who: str = "asha") -> list[str]:
    """The whole lines of a page, as HTML."""
    await desk.caught_up()
    return LINE.findall((await (await desk.browser(who)).get(f"{HISTORY}?{query}")).text)


async def test_a_decision_is_a_sentence_with_who_when_from_what_to_what_and_why(
    desk: Office,
) -> None:
    number = await desk.ask()
    desk.now += 4 * MINUTE + 12_000
    await desk.do(number, "reject", ASHA, reason="names-a-person")
    (line, *_) = await lines(desk)
    assert ">12:04:12</time>" in line
    assert (await told(desk))[0] == (
        "Asha rejected question 1 (waiting → not published): Names a person"
    )
    assert (await told(desk, lang="cy"))[0] == (
        "Gwrthodwyd cwestiwn 1 gan Asha (yn aros → heb ei gyhoeddi): Yn enwi rhywun"
    )


async def test_everything_that_can_happen_to_a_question_is_told(desk: Office) -> None:
    first, second = await desk.ask(), await desk.ask("Is it illegal?", ALEX)
    await desk.do(first, "hold", ASHA, note="Ask Leah")
    await desk.do(first, "annotate", ASHA, note="Careful here")
    await desk.do(first, "label", ASHA, labels="first")
    await desk.do(first, "assign", ASHA, organisation="lff", panelist="lucy", panelist_name="Lucy")
    await desk.do(first, "hand", ASHA, to="bea", to_name="Bea")
    await desk.do(first, "restore", BEA)
    await desk.do(first, "approve", BEA, text="Is it ever too late?")
    await desk.do(second, "merge", ASHA, into=first)
    done = await desk.do(second, "restore", ASHA)
    await desk.do(second, "undo", ASHA, position=done.position)
    await desk.do(first, "claim", LUCY)
    await desk.do(first, "answer", LUCY, text="Never.", lang="en")
    await desk.do(first, "correct", LUCY, answer=1, text="It is never too late.")
    await desk.do(first, "translate", LUCY, answer=1, lang="cy", text="Nid yw byth.")
    await desk.do(first, "cosign", MORGAN, answer=1)
    await desk.do(first, "remove", ASHA, reason="live-case")
    assert (await told(desk))[::-1][:3] == [
        "The session was planned",
        "Question 1 was sent",
        "Question 2 was sent",
    ]
    assert (await told(desk))[::-1][3:] == [
        "Asha put question 1 on hold (waiting → on hold): Ask Leah",
        "Asha wrote a note on question 1: Careful here",
        "Asha labelled question 1: Answer first",
        "Asha assigned question 1: The Lucy Faithfull Foundation, Lucy",
        "Asha handed question 1 to a colleague: Bea",
        "Bea put question 1 back in the queue (on hold → waiting)",
        "Bea approved question 1 (waiting → with the panel)",
        "Asha took question 2 together with another one (waiting → merged): question 1",
        "Asha put question 2 back in the queue (merged → waiting)",
        (
            "Asha took back a decision on question 2 (waiting → merged): that it was put back in "
            "the queue"
        ),
        "Lucy began to answer question 1 (with the panel → being answered)",
        "Lucy answered question 1 (being answered → answered)",
        "Lucy corrected an answer to question 1",
        "Lucy gave an answer to question 1 in the other language",
        "Morgan signed an answer to question 1 too",
        "Asha took down question 1 and its answers (answered → taken down): About a live case",
    ]


async def test_a_risk_a_private_reply_a_diversion_and_what_its_reader_said(desk: Office) -> None:
    risk, reply, crime = [await desk.ask() for _ in range(3)]
    await desk.do(risk, "escalate", ASHA, note="May hurt themselves")
    await desk.do(risk, "acknowledge", LEAH)
    await desk.do(risk, "conclude", LEAH, decision="no-danger", note="They are with a friend")
    await desk.do(reply, "reply", ASHA, text="Call the helpline.", lang="en")
    await desk.do(reply, "respond", SAM, helped="no")
    await desk.do(crime, "divert", ASHA, diversion="crime")
    await desk.do(crime, "mute", ASHA)
    await desk.do(crime, "unmute", BEA)
    decided = next(e.label["en"] for e in packaged().decisions if e.code == "no-danger")
    where = next(e.label["en"] for e in packaged().diversions if e.code == "crime")
    assert (await told(desk))[:8][::-1] == [
        (
            "Asha escalated question 1 as an immediate risk (waiting → immediate risk): "
            "May hurt themselves"
        ),
        "Leah acknowledged the risk in question 1",
        f"Leah recorded a decision about the risk in question 1: {decided}; They are with a friend",
        "Asha replied privately to question 2 (waiting → answered privately)",
        (
            "The person who asked said whether the reply to question 2 helped "
            "(answered privately → waiting): they still need help"
        ),
        (
            "Asha told the author of question 3 where to report this "
            f"(waiting → sent to report elsewhere): {where}"
        ),
        "Asha muted the author of question 3",
        "Bea let the author of question 3 write again",
    ]
    assert len(await told(desk, "kind=risks")) == 3


async def test_takeovers_lapses_and_presence_are_there_when_they_are_asked_for(
    desk: Office,
) -> None:
    number = await desk.ask()
    await desk.do(number, "lock", BEA, doing="replying")
    await desk.do(number, "lock", ASHA, **{"from": "bea"})
    await desk.do(number, "lock", BEA, **{"from": "asha"})
    await desk.do(number, "approve", ASHA, **{"from": "bea"})
    person = Present(username="bea", name="Bea", role="moderator", screen="triage")
    await desk.backstage.sit("stop-it-now", "one", person)
    await desk.backstage.rise("stop-it-now", "one")
    assert await told(desk) == [
        "Asha approved question 1 (waiting → with the panel): although Bea had it open",
        "Question 1 was sent",
        "The session was planned",
    ]
    assert await told(desk, "kind=presence") == [
        "Bea left a screen of this session",
        "Bea came to a screen of this session: Bea",
        "Bea opened question 1: although Asha had it open",
        "Asha opened question 1: although Bea had it open",
        "Bea opened question 1",
    ]
    assert len(await told(desk, "kind=all")) == 8


async def test_the_schedule_and_what_a_lead_let_through(desk: Office) -> None:
    number = await desk.ask()
    await desk.do(number, "approve", ASHA)
    await desk.do(
        *(await desk.ask(), "reply", LEAH),
        text="Call 0908 1000 900",
        lang="en",
        unverified="0908 1000 900",
        confirm="1",
    )
    await desk.store.schedule("stop-it-now", "extend", HANA, minutes=10)
    extended, replied, *_ = await told(desk)
    assert extended == "Hana made the session longer: 12pm–1:10pm"
    assert replied.endswith("let through although it is not on the list: 0908 1000 900")


async def test_it_is_found_by_person_question_event_kind_and_words(desk: Office) -> None:
    for text in ("About the law", "Anything else", "About the law again"):
        await desk.ask(text)
    await desk.do(1, "hold", ASHA, note="For Leah, perhaps")
    await desk.do(2, "reject", BEA, reason="off-topic")
    await desk.do(1, "approve", BEA)
    assert len(await told(desk, "person=bea")) == 2
    assert len(await told(desk, "question=1")) == 3
    assert len(await told(desk, "event=held")) == 1
    assert await told(desk, "words=LEAH,+perhaps") == await told(desk, "event=held")
    assert len(await told(desk, "words=the+law")) == 2
    assert await told(desk, "kind=answers") == []
    assert len(await told(desk, "kind=schedule")) == 1
    assert await told(desk, "person=nobody") == []


async def test_what_can_be_taken_back_is_and_what_cannot_says_why(desk: Office) -> None:
    await desk.ask()
    for command, who, fields in (
        ("hold", ASHA, {"note": "Later"}),
        ("approve", BEA, {}),
    ):
        await desk.do(1, command, who, **fields)
    approved, held, sent, _ = await lines(desk)
    assert ">Undo<" in approved
    assert "Something else was done to it since." in held
    assert "No undo" not in sent
    asha = await desk.browser("asha")
    position = re.findall(r'name="position" value="(\d+)"', approved)[0]
    reply = await asha.post(f"{HERE}/questions/1/undo", position=position, screen="history")
    assert reply.status_code == 303
    assert reply.headers["location"].startswith(f"{HISTORY}?position=")
    undone, approved, held, *_ = await lines(desk)
    assert "Asha took back a decision on question 1 (with the panel → on hold)" in undone
    assert "Taken back by Asha at 12:00:00." in approved
    assert "ask-history__words--back" in approved
    assert ">Undo<" in held
    again = await asha.post(f"{HERE}/questions/1/undo", json=True, position=position)
    assert (again.status_code, again.json()["error"]) == (409, "superseded")


async def test_an_escalation_stands_and_a_panelists_signature_is_the_panels(desk: Office) -> None:
    await desk.ask()
    await desk.do(1, "escalate", ASHA, note="At risk")
    assert "Its author has seen the urgent words." in (await lines(desk))[0]
    await desk.ask()
    await desk.do(2, "approve", ASHA)
    await desk.do(2, "answer", LUCY, text="Never", lang="en")
    assert "It has been read. Correct it, or take it down." in (await lines(desk))[0]
    await desk.do(2, "cosign", MORGAN, answer=1)
    assert "Your role may not take this back." in (await lines(desk))[0]


async def test_undone_and_undone_again_each_names_its_own(desk: Office) -> None:
    await desk.ask()
    held = await desk.do(1, "hold", ASHA, note="Later")
    approved = await desk.do(1, "approve", ASHA)
    await desk.do(1, "undo", BEA, position=approved.position)
    await desk.do(1, "undo", LEAH, position=held.position)
    _, _, approval, hold, _, _ = await lines(desk)
    assert "Taken back by Bea" in approval
    assert "Taken back by Leah" in hold


async def test_the_log_is_read_a_page_at_a_time(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(historypage, "RANGE", 7)
    monkeypatch.setattr(historypage, "MOST_SEARCHED", 60)
    await desk.ask()
    for turn in range(60):
        await desk.do(1, "annotate", ASHA, note=f"Note {turn}")
    asked: list[tuple[int, int]] = []
    entries = desk.store.entries

    async def counted(slug: str, first: int, last: int) -> list[Entry]:
        asked.append((first, last))
        return await entries(slug, first, last)

    first_page = await lines(desk)
    monkeypatch.setattr(desk.store, "entries", counted)
    asha = await desk.browser("asha")
    page = (await asha.get(HISTORY)).text
    assert len(LINE.findall(page)) == len(first_page) == historypage.ON_A_PAGE
    assert max(last - first for first, last in asked) < historypage.RANGE
    older = unescape(re.findall(r'href="([^"]*)" rel="next"', page)[0])
    rest = (await asha.get(older)).text
    assert len(LINE.findall(rest)) == 62 - historypage.ON_A_PAGE
    assert 'rel="next"' not in rest
    asked.clear()
    rare = await asha.get(f"{HISTORY}?words=Note+0")
    assert sum(last - first + 1 for first, last in asked) <= historypage.MOST_SEARCHED
    deeper = unescape(re.findall(r'href="([^"]*)" rel="next"', rare.text)[0])
    assert "words=Note+0" in deeper
    assert (await asha.get(deeper)).status_code == 200


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_a_file_has_every_line_and_no_words_of_a_participant(
    desk: Office, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(historypage, "RANGE", 3)
    for _ in range(4):
        await desk.ask("What only I know")
    await desk.do(1, "hold", ASHA, note=NASTY)
    await desk.do(2, "reply", ASHA, text="Between us", lang="en")
    await desk.caught_up()
    reply = await (await desk.browser("hana")).get(f"{HISTORY}.{form}")
    assert reply.headers["content-disposition"].endswith(f'-history.{form}"')
    assert "What only I know" not in reply.text
    assert "Between us" not in reply.text
    if form == "json":
        data = json.loads(reply.text)
        assert (len(data["entries"]), data["complete"]) == (7, True)
        assert data["entries"][5]["reason"] == NASTY
        assert data["entries"][5]["from"] == "waiting"
    else:
        rows = list(csv.reader(io.StringIO(reply.text)))
        assert len(rows) == 8
        assert rows[6][8] == "'" + NASTY
        assert not any(cell.startswith(FORMULA) for row in rows for cell in row)


async def test_an_empty_file_is_a_file_too(desk: Office) -> None:
    asha = await desk.browser("asha")
    assert json.loads((await asha.get(f"{HISTORY}.json?person=nobody")).text)["entries"] == []
    assert (await asha.get(f"{HISTORY}.csv?person=nobody")).text.count("\n") == 1
    assert (await asha.get(f"{HISTORY}.exe")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "before=99999999999999999999&question=-1&kind=%00&event=%F0%28&person='",
        "words=%ED%A0%80&before=0",
        "words=" + "%25(name)s" * 50,
        "question=999999999&before=1",
        "before=2&kind=all",
    ],
)
async def test_hostile_questions_to_the_history_are_answered(desk: Office, query: str) -> None:
    await desk.ask(NASTY)
    await desk.do(1, "hold", ASHA, note=NASTY)
    asha = await desk.browser("asha")
    for path in (HISTORY, f"{HISTORY}.csv", f"{HISTORY}.json"):
        reply = await asha.get(f"{path}?{query}")
        assert reply.status_code == 200
        assert "<script>alert" not in reply.text or path != HISTORY


async def test_it_is_for_those_who_triage_and_for_nobody_else(desk: Office) -> None:
    for username, status in (("morgan", 403), ("asha", 200), ("leah", 200), ("hana", 200)):
        assert (await (await desk.browser(username)).get(HISTORY)).status_code == status
        assert (await (await desk.browser(username)).get(f"{HISTORY}.csv")).status_code == status


def test_every_event_has_its_sentence() -> None:
    beside = {"submitted", "renewed", "drafted", "arrived", "left", "remarked"}
    schedule = {"scheduled", "moved", "opened", "paused", "resumed", "extended", "closed", "phased"}
    assert {rule.event for rule in RULES.values()} - {"undone"} <= set(EVENTS)
    assert beside | schedule <= set(EVENTS)
    assert set(TAKEN_BACK) == set(UNDOABLE)


def test_an_event_of_a_later_version_is_called_by_its_name() -> None:
    entry = Entry(7, Event(type="applauded", at=0, by="asha", name="Asha"))
    line = Teller(session(), packaged(), "en").line(entry)
    assert (line.whole, line.kind) == ("applauded", "")
