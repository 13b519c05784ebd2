"""Somebody who gives away who they are is asked once, gently, before anything is stored."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from html import unescape
from pathlib import Path

import pytest
from httpx import AsyncClient, Response

from askpanel.chat import metrics
from askpanel.chat.details import Detail
from askpanel.chat.locale import local_path
from askpanel.chat.nonce import new_nonce
from askpanel.eventlog.session import Session
from tests.cast import MINUTE, NOON
from tests.chat.parlour import JSON, SLUG, Parlour, parlour

NUMBER = "07700 900123"
TEXT = f"Please call me on {NUMBER}. Is it a crime?"
HIDDEN = re.compile(r'<input type="hidden" name="(id|page|check)" value="([^"]*)">')
BUTTONS = re.compile(
    r'<button ([^>]*type="submit"[^>]*|type="submit"[^>]*)>\s*([^<]+?)\s*</button>'
)
BOX = re.compile(r'<textarea[^>]*id="ask-text"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as opened:
        yield opened


def form_of(html: str) -> str:
    return html.partition("data-asking=")[2].partition("</form>")[0]


def hidden(html: str) -> dict[str, str]:
    """What the ask form sends along by itself."""
    return dict(HIDDEN.findall(form_of(html)))


async def send(
    who: AsyncClient, fields: dict[str, str], locale: str = "en", *, script: bool = False
) -> Response:
    path = local_path(locale, f"/sessions/{SLUG}/questions")
    return await who.post(path, data=fields, headers=JSON if script else {})


async def stopped(room: Parlour, who: AsyncClient, locale: str = "en") -> Response:
    """Send a telephone number from a fresh page without scripts."""
    fields = hidden(await room.page(who, locale))
    return await send(who, {**fields, "text": TEXT}, locale)


async def stored(room: Parlour) -> list[str]:
    return [each.text for each in (await room.store.snapshot(SLUG)).questions]


async def test_a_telephone_number_is_quoted_and_nothing_is_stored(room: Parlour) -> None:
    sam = await room.browser()
    answer = await stopped(room, sam)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert f"a telephone number: “{NUMBER}”" in page
    assert "send your question as it is: a moderator will remove it before" in page
    assert "Nothing is stored yet, and nobody has read it." in page
    assert "<title>Not sent yet: Live questions and answers</title>" in page
    assert 'href="#ask-stop"' in page
    assert "There is a problem" not in page
    assert unescape(BOX.findall(page)[0]) == TEXT
    assert await stored(room) == []
    assert not list(sam.cookies.jar), "who has sent nothing is given nothing"


async def test_sent_as_it_is_it_is_stored_and_not_asked_about_again(room: Parlour) -> None:
    sam = await room.browser()
    page = (await stopped(room, sam)).text
    fields = hidden(page)
    assert fields["page"] == "again"
    assert "check" not in fields
    buttons = [words for _, words in BUTTONS.findall(form_of(page))]
    assert buttons == ["Send question", "Send it as it is"]
    answer = await send(sam, {**fields, "text": TEXT})
    assert answer.status_code == 303
    assert await stored(room) == [TEXT]


async def test_taken_out_it_is_looked_at_once_more_and_stored(room: Parlour) -> None:
    sam = await room.browser()
    page = (await stopped(room, sam)).text
    attributes, _ = BUTTONS.findall(form_of(page))[0]
    assert 'name="check"' in attributes
    assert 'value="details"' in attributes
    fields = {**hidden(page), "check": "details"}
    again = await send(sam, {**fields, "text": "It is sam@example.org, then"})
    assert again.status_code == 422
    assert "an e-mail address: “sam@example.org”" in unescape(again.text)
    assert (await send(sam, {**fields, "text": "Is it a crime?"})).status_code == 303
    assert await stored(room) == ["Is it a crime?"]


async def test_a_script_is_told_the_same_and_led_to_it(room: Parlour) -> None:
    sam = await room.browser()
    fields = hidden(await room.page(sam))
    answer = await send(sam, {**fields, "text": TEXT}, script=True)
    told = answer.json()
    assert answer.status_code == 422
    assert (told["error"], told["focus"]) == ("details", "ask-stop")
    [(op, target, html)] = told["ops"]
    assert (op, target) == ("replace", "ask")
    assert f"“{NUMBER}”" in unescape(html)
    again = hidden(html)
    assert again == {"id": fields["id"], "page": "again"}
    answer = await send(sam, {**again, "text": TEXT}, script=True)
    assert answer.status_code == 201
    ops = {op[1]: op[2] for op in answer.json()["ops"]}
    assert "Your question is stored" in ops["sent-place"]
    fresh = hidden(ops["ask"])
    assert (fresh["page"], fresh["check"]) == ("first", "details")
    assert fresh["id"] != fields["id"]
    assert await stored(room) == [TEXT]


async def test_what_else_is_wrong_with_it_is_said_without_asking_twice(room: Parlour) -> None:
    """Told once, somebody who must wait or correct something is not told again."""
    sam = await room.browser()
    fields = hidden((await stopped(room, sam)).text)
    answer = await send(sam, {**fields, "text": TEXT, "topic": "none such"})
    assert "Choose one of the topics" in answer.text
    assert "check" not in hidden(answer.text)
    assert (await send(sam, {**hidden(answer.text), "text": TEXT})).status_code == 303


async def test_a_program_that_sends_no_page_is_not_asked(room: Parlour) -> None:
    sam = await room.browser()
    answer = await send(sam, {"id": new_nonce(), "text": TEXT}, script=True)
    assert answer.status_code == 201
    assert set(answer.json()) == {"number", "state", "position", "say", "focus"}
    assert await stored(room) == [TEXT]


async def test_it_is_said_in_welsh_on_the_welsh_page(room: Parlour) -> None:
    sam = await room.browser()
    page = unescape((await stopped(room, sam, "cy")).text)
    assert f"“{NUMBER}”" in page
    assert "Nothing is stored yet" not in page
    assert "Live questions" not in page
    assert "a telephone number" not in page


async def test_when_nothing_is_taken_that_is_said_first(room: Parlour) -> None:
    sam = await room.browser()
    fields = hidden(await room.page(sam))
    room.clock[0] = NOON + 59 * MINUTE
    answer = await send(sam, {**fields, "text": TEXT})
    assert answer.status_code == 409
    assert "was not sent" in answer.text
    assert NUMBER in unescape(BOX.findall(answer.text)[0])


async def test_only_its_author_ever_sees_what_was_found(
    room: Parlour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sam, alex = await room.browser(), await room.browser("192.0.2.2")
    counted = metrics.questions.labels("details")
    before = counted._value.get()
    newest = await room.store.newest(SLUG)
    await stopped(room, sam)
    assert counted._value.get() == before + 1
    assert await room.store.newest(SLUG) == newest, "nothing has happened in the session"
    assert NUMBER not in await room.page(alex)
    assert "900123" not in caplog.text


async def test_a_fault_in_it_costs_the_hint_and_not_the_question(
    room: Parlour, caplog: pytest.LogCaptureFixture
) -> None:
    """The control: with nobody who finds anything, the same words are stored at once."""

    def broken(session: Session, text: str) -> Sequence[Detail]:
        raise ValueError(text)

    object.__setattr__(room.application.site, "details", broken)
    sam = await room.browser()
    fields = hidden(await room.page(sam))
    assert (await send(sam, {**fields, "text": TEXT})).status_code == 303
    assert await stored(room) == [TEXT]
    assert "ValueError" in caplog.text
    assert NUMBER not in caplog.text


async def test_words_that_look_like_markup_are_quoted_as_words(room: Parlour) -> None:
    sam = await room.browser()
    fields = hidden(await room.page(sam))
    text = "write to <b>'\"&x@example.org</b>"
    answer = await send(sam, {**fields, "text": text})
    assert answer.status_code == 422
    assert "<b>" not in answer.text
    assert unescape(BOX.findall(answer.text)[0]) == text


async def test_who_has_sent_lands_where_it_says_that_it_is_stored(room: Parlour) -> None:
    sam = await room.browser()
    fields = hidden(await room.page(sam))
    answer = await send(sam, {**fields, "text": "Is it a crime?"})
    place, _, anchor = answer.headers["location"].partition("#")
    page = (await sam.get(place)).text
    assert re.search(rf'<div class="govuk-notification-banner[^>]*id="{anchor}"', page)
    after = page.partition(f'id="{anchor}"')[2]
    assert (
        "Your question is stored. A moderator will read it." in after.partition("</div>\n</div>")[0]
    )
    assert after.index("Your question is stored") < after.index("Is it a crime?")
    assert page.index('id="mine-heading"') < page.index(f'id="{anchor}"') < page.index('id="mine"')
