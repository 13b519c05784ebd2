"""What everybody is told on the public page: by the host, on top of it; and which question is being
answered now. And a reader's choice of which answers to read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from askpanel.chat.fragments import Public
from askpanel.chat.locale import LOCALES
from askpanel.chat.narrowing import Narrowing
from askpanel.chat.room import takes_back
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.projection import Moment, moments
from tests.cast import ASHA, HANA, LUCY, MINUTE, MORGAN, session
from tests.chat.parlour import SLUG, Parlour, parlour

PAGE = f"/sessions/{SLUG}"
WORDS = {"en": "We go on <until> ten past.", "cy": "Rydym yn parhau."}


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path, show_waiting=True) as found:
        yield found


@pytest.fixture
def host(room: Parlour) -> Backstage:
    return room.application.presence.backstage


async def newest(room: Parlour) -> Moment:
    return moments(await room.store.snapshot(SLUG))[-1]


async def answered(room: Parlour) -> AsyncClient:
    """Question 1 by the police about the law, 2 by the foundation, 3 by both, 4 taken down."""
    sam = await room.person("sam")
    for number, topic in enumerate(("law", "", "law", ""), 1):
        await room.store.submit(
            SLUG, nonce=f"n{number}", text=f"Why {number}?", lang="en", author="sam", topic=topic
        )
        await room.do(number, "approve", ASHA)
    for number, who in ((1, MORGAN), (2, LUCY), (3, MORGAN), (4, LUCY)):
        await room.do(number, "answer", who, text=f"Because {number}.", lang="en")
    await room.do(3, "cosign", LUCY, answer=1)
    await room.do(4, "remove", ASHA, reason="names-a-person")
    return sam


def shown(page: str) -> list[int]:
    """The questions on the transcript that a reader sees."""
    transcript = page.partition('id="transcript"')[2].partition("</ol>\n<div")[0]
    found = re.findall(r'<li id="question-(\d+)"([^>]*)>', transcript)
    return [int(number) for number, attributes in found if "data-filtered" not in attributes]


async def test_a_frame_brings_what_a_page_drawn_then_would_have(
    room: Parlour, host: Backstage
) -> None:
    await host.announce(SLUG, HANA, WORDS)
    moment = await newest(room)
    sam = await room.person("sam")
    for locale, said in zip(
        LOCALES, ("We go on <until> ten past.", "Rydym yn parhau."), strict=True
    ):
        drawing = Public().shared(moment, locale)
        ((op, target, *rest),) = drawing.ops
        html = "".join(rest)
        assert (op, target) == ("replace", "announcements")
        assert html in await room.page(sam, locale)
        assert drawing.say.endswith(said)
        assert "Hana" not in html + drawing.say


async def test_it_is_said_when_it_comes_and_not_when_it_goes(
    room: Parlour, host: Backstage
) -> None:
    id_ = await host.announce(SLUG, HANA, WORDS)
    coming = await newest(room)
    await host.retract(SLUG, HANA, id_)
    going = await newest(room)
    assert Public().shared(coming, "en").say.startswith("From the host: ")
    assert Public().shared(going, "en").say == ""
    assert " hidden>" in str(Public().shared(going, "en").ops)
    assert not Public().keys(coming)
    # Whoever was away then is not given the words again.
    assert takes_back(going.event)
    assert not takes_back(coming.event)


async def test_which_question_is_being_answered_is_told_while_it_is(room: Parlour) -> None:
    sam = await room.person("sam")
    await room.ask(sam, "Why?")
    await room.do(1, "approve", ASHA)
    told = '<li id="answering-1"><a class="govuk-link" href="#question-1">question 1</a> '
    assert told not in await room.page(sam)
    await room.do(1, "claim", MORGAN)
    drawing = Public().shared(await newest(room), "en")
    assert drawing.say == ""
    assert [op[:2] for op in drawing.ops if "answering" in op[1]] == [("append", "answering")]
    page = await room.page(sam)
    assert f"{told}(Greater Manchester Police)" in page
    await room.do(1, "claim", MORGAN)
    assert not Public().shared(await newest(room), "en").shows
    await room.do(1, "answer", MORGAN, text="Because.", lang="en")
    assert ("remove", "answering-1") in Public().shared(await newest(room), "en").ops
    assert "answering-1" not in await room.page(sam)


async def test_where_nobody_is_shown_what_waits_only_the_number_is_told(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    async with parlour(engine_url, prefix, tmp_path, show_waiting=False) as room:
        sam, reader = await room.person("sam"), await room.browser()
        await room.ask(sam, "Why ever?")
        await room.do(1, "approve", ASHA)
        await room.do(1, "claim", LUCY)
        page = await room.page(reader)
        assert '<li id="answering-1">question 1 (The Lucy Faithfull Foundation)</li>' in page
        assert "Why ever?" not in page
        assert "Why ever?" not in str(Public().shared(await newest(room), "en").ops)


async def test_what_was_not_answered_waits_on_no_page_after_the_end(room: Parlour) -> None:
    sam, reader = await room.person("sam"), await room.browser()
    await room.ask(sam, "Why ever?")
    await room.do(1, "approve", ASHA)
    assert "Why ever?" in await room.page(reader)
    # The very entry of the end does it; nobody's clock has noticed yet.
    await room.store.schedule(SLUG, "close", HANA)
    assert ("text", "waiting", "") in Public().shared(await newest(room), "en").ops
    assert "Why ever?" not in await room.page(reader)
    room.clock[0] += MINUTE
    await room.do(1, "claim", MORGAN)
    assert "Why ever?" not in str(Public().shared(await newest(room), "en").ops)
    await room.do(1, "answer", MORGAN, text="Because.", lang="en")
    assert "Why ever?" in await room.page(reader)


async def test_nobody_is_said_to_be_answering_after_the_end(room: Parlour) -> None:
    """A link to a question that no longer waits would lead nowhere."""
    sam, reader = await room.person("sam"), await room.browser()
    await room.ask(sam, "Why ever?")
    await room.do(1, "approve", ASHA)
    await room.do(1, "claim", MORGAN)
    assert 'id="answering-1"' in await room.page(reader)
    await room.store.schedule(SLUG, "close", HANA)
    assert ("text", "answering", "") in Public().shared(await newest(room), "en").ops
    assert 'id="answering-1"' not in await room.page(reader)
    await room.do(1, "release", MORGAN)
    assert Public().shared(await newest(room), "en").ops == []


async def test_the_clock_alone_ends_the_waiting_too(room: Parlour) -> None:
    sam, reader = await room.person("sam"), await room.browser()
    await room.ask(sam, "Why ever?")
    await room.do(1, "approve", ASHA)
    assert "Why ever?" in await room.page(reader)
    room.clock[0] = session().schedule.ends
    await room.store.notice_phase(SLUG, "closed")
    assert "Why ever?" not in await room.page(reader)


# Which answers to read


@pytest.mark.parametrize(
    ("query", "numbers", "said"),
    [
        ("organisation=gmp", [1, 3], "2 of 4 questions are shown."),
        ("organisation=lff", [2, 3], "2 of 4 questions are shown."),
        ("topic=law", [1, 3], "2 of 4 questions are shown."),
        ("topic=law&organisation=lff", [3], "1 of 4 questions is shown."),
        ("topic=own-behaviour", [], "0 of 4 questions are shown."),
    ],
)
async def test_without_a_script_the_page_is_drawn_by_the_choice_in_its_address(
    room: Parlour, query: str, numbers: list[int], said: str
) -> None:
    sam = await answered(room)
    whole = await room.page(sam)
    assert shown(whole) == [1, 2, 3, 4]
    assert '<p class="govuk-body" id="narrowed" hidden>' in whole
    page = (await sam.get(f"{PAGE}?{query}")).text
    assert shown(page) == numbers
    assert said in page
    assert '<p class="govuk-body" id="narrowed">' in page
    assert f'<a class="govuk-link" id="narrow-off" href="{PAGE}#transcript-heading">' in page
    # What does not fit is there, for links to it.
    assert len(re.findall(r'<li id="question-\d+"', page)) == 4
    # Who asks for news keeps the choice.
    again = re.search(r'href="([^"]*)#transcript-heading">Check for new answers', page)
    assert again is not None
    assert shown((await sam.get(again[1].replace("&amp;", "&"))).text) == numbers
    # So does who goes on in the other language.
    other = re.search(r'href="(/cy/[^"]*)" rel="alternate"', page)
    assert other is not None
    welsh = (await sam.get(other[1].replace("&amp;", "&"))).text
    assert '<html lang="cy"' in welsh
    assert shown(welsh) == numbers
    assert shown(await room.page(sam)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "query",
    [
        "organisation=nobody",
        "topic=%3Cscript%3E",
        "organisation=&topic=",
        "organisation=gmp%22%3E&topic=law%00",
        "topic=" + "x" * 5000,
        "organisation=%ff",
    ],
)
async def test_a_choice_that_the_session_does_not_have_narrows_nothing(
    room: Parlour, query: str
) -> None:
    sam = await answered(room)
    reply = await sam.get(f"{PAGE}?{query}")
    assert reply.status_code == 200
    assert shown(reply.text) == [1, 2, 3, 4]
    assert "<script>" not in reply.text
    assert 'gmp"' not in reply.text.replace('value="gmp"', "").replace('s="gmp"', "")


async def test_one_readers_choice_is_on_nobody_elses_page(room: Parlour) -> None:
    sam = await answered(room)
    for _ in range(2):
        assert shown((await sam.get(f"{PAGE}?organisation=gmp")).text) == [1, 3]
        assert shown((await sam.get(f"/cy{PAGE}?organisation=lff")).text) == [2, 3]
        assert shown(await room.page(sam)) == [1, 2, 3, 4]
    await room.do(2, "answer", MORGAN, text="So do we.", lang="en")
    await room.page(sam)
    assert shown((await sam.get(f"{PAGE}?organisation=gmp")).text) == [1, 2, 3]


async def test_however_many_choose_differently_only_some_transcripts_are_kept(
    room: Parlour,
) -> None:
    sam = await answered(room)
    for organisation in ("", "gmp", "lff"):
        for topic in session().topics:
            await sam.get(f"{PAGE}?organisation={organisation}&topic={topic.id}")
    (sheet,) = room.application.site.sheets
    assert sheet._lists is not None
    assert 0 < len(sheet._lists.apart) <= 8


def test_a_choice_is_written_as_it_stands_in_an_address() -> None:
    assert Narrowing.of(session(), {"organisation": "lff", "topic": "law"}).query == (
        "&organisation=lff&topic=law"
    )
    assert Narrowing().query == ""
    assert not Narrowing.of(session(), {"topic": "lff"}).narrows
