"""The big screen's page: the newest of what was published, how to join, and nothing that needs a
hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from askpanel.chat.bigscreen import KEPT
from tests.cast import MORGAN
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.chat.peers import eventually

SCREEN = f"/sessions/{SLUG}/screen"
ITEM = re.compile(r'<li id="question-(\d+)" class="ask-item')


@pytest.fixture
async def hall(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path, show_waiting=True) as made:
        yield made


async def shown(hall: Parlour, locale: str = "en") -> str:
    """The page, once it has caught up with what the staff did."""
    browser, newest = await hall.browser(), await hall.store.newest(SLUG)
    room = await hall.application.site.hub.room(SLUG)
    assert room is not None
    await eventually(lambda: room.position >= newest)
    answer = await browser.get(SCREEN if locale == "en" else f"/cy{SCREEN}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    return answer.text


def listed(page: str, name: str) -> list[int]:
    """The numbers of the questions on one of the page's lists."""
    found = re.search(rf'<ol [^>]*id="{name}".*?</ol>', page, re.DOTALL)
    assert found is not None
    return [int(number) for number in ITEM.findall(found[0])]


async def ask(hall: Parlour, text: str) -> int:
    asked = await hall.ask(await hall.person("Sam"), text)
    return int(asked.json()["number"])


async def answered(hall: Parlour, text: str) -> int:
    number = await ask(hall, text)
    await hall.do(number, "approve")
    await hall.do(number, "answer", MORGAN, text=f"To number {number}.", lang="en")
    return number


async def test_the_newest_answers_are_on_it_and_that_there_were_more(hall: Parlour) -> None:
    numbers = [await answered(hall, f"Question {n}?") for n in range(KEPT)]
    page = await shown(hall)
    assert listed(page, "transcript") == numbers
    assert "data-more" not in page
    numbers.append(await answered(hall, "One more?"))
    page = await shown(hall)
    assert listed(page, "transcript") == numbers[1:]
    assert " data-more" in page


async def test_it_says_what_is_answered_now_and_how_many_wait(hall: Parlour) -> None:
    for text in ("Who answers?", "Who else?", "When?"):
        await hall.do(await ask(hall, text), "approve")
    await hall.do(2, "claim", MORGAN)
    page = await shown(hall)
    assert listed(page, "waiting") == [1, 2, 3]
    assert "2 questions are waiting" in page
    assert "Mae 2 gwestiwn yn aros" in await shown(hall, "cy")


async def test_a_session_that_shows_no_questions_waiting_shows_none_here(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    async with parlour(engine_url, prefix, tmp_path, show_waiting=False) as hall:
        await hall.do(await ask(hall, "Who answers?"), "approve")
        await hall.do(1, "claim", MORGAN)
        page = await shown(hall)
    assert "Who answers?" not in page
    assert 'id="waiting"' not in page
    assert 'id="answering-1"' in page


async def test_what_is_not_published_is_nowhere_on_it(hall: Parlour) -> None:
    await ask(hall, "Not for the hall")
    await hall.do(await ask(hall, "Not for anybody"), "reject", reason="off-topic")
    await hall.do(await ask(hall, "For me alone"), "reply", text="Only for you.")
    for locale in ("en", "cy"):
        page = await shown(hall, locale)
        for text in ("Not for the hall", "Not for anybody", "For me alone", "Only for you."):
            assert text not in page


async def test_one_joins_by_the_code_or_the_address_and_sees_the_helplines(hall: Parlour) -> None:
    page = await shown(hall, "cy")
    assert f'src="/cy/sessions/{SLUG}/qr.svg"' in page
    shown_as = page.replace("<wbr>", "")
    assert re.search(r'ask-hall__address">127\.0\.0\.1:8000/cy/[a-z/-]+<', shown_as)
    assert (await (await hall.browser()).get(f"/cy/sessions/{SLUG}/qr.svg")).status_code == 200
    assert "<strong>999</strong>" in page


async def test_nothing_on_it_needs_a_hand(hall: Parlour) -> None:
    page = await shown(hall)
    assert "<form" not in page
    assert "/exit" not in page
    assert re.findall(r'<button[^>]* id="([^"]+)"', page) == ["screen-pause"]
    # Where scripts are off, it is fetched anew. With them, it lives by the frames.
    assert re.findall(r"<noscript>(.+?)</noscript>", page) == [
        '<meta http-equiv="refresh" content="30">'
    ]
    assert page.count("http-equiv") == 1


async def test_a_session_that_is_not_there(hall: Parlour) -> None:
    answer = await (await hall.browser()).get("/sessions/nowhere/screen")
    assert answer.status_code == 404
