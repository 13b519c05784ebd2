"""A private reply, and what its reader says of it with one press of a button."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat.parlour import JSON, SLUG, Parlour, parlour

WELSH = "Ffoniwch 0808 1000 900, neu ewch i www.get-help.stopitnow.org.uk.\n\nNid 0908 1000 901."
RESPOND = f"/sessions/{SLUG}/questions/1/respond"
BUTTON = re.compile(r'<button [^>]*value="(\w+)" name="helped"')


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as opened:
        yield opened


def mine(page: str, number: int = 1) -> str:
    """The author's own question, as it stands on their page."""
    _, found, rest = page.partition(f'<li id="mine-{number}"')
    end = re.search(r'<li id="mine-|<p class="govuk-body ask-empty', rest)
    return found + rest[: end.start()] if found and end else ""


async def test_a_reply_is_there_in_its_own_language_with_links_of_the_session(
    room: Parlour,
) -> None:
    sam, alex = await room.browser(), await room.browser()
    await room.ask(sam, "Pwy alla i ffonio?", "cy")
    await room.do(1, "reply", text=WELSH, lang="cy")
    own = mine(await room.page(sam))
    assert '<p class="govuk-body ask-text" lang="cy">Ffoniwch 0808 1000 900' in own
    assert 'lang="cy"' not in mine(await room.page(sam, "cy"))
    # Links are those signposts that the text names; what it names besides is text.
    assert re.findall(r'href="([^"#]+)"', own) == [
        *("tel:+44-808-100-0900", "https://www.stopitnow.org.uk"),
        "https://www.get-help.stopitnow.org.uk",
    ]
    assert "Ffoniwch" not in await room.page(alex)
    assert mine(await room.page(alex)) == ""


async def test_it_helped(room: Parlour) -> None:
    sam = await room.browser()
    await room.ask(sam, "Whom can I call?")
    await room.do(1, "reply", text="Call 101.")
    assert BUTTON.findall(mine(await room.page(sam))) == ["yes", "no"]
    answer = await sam.post(RESPOND, data={"helped": "yes"})
    assert answer.status_code == 303
    assert re.fullmatch(rf"/sessions/{SLUG}\?position=\d+#mine-heading", answer.headers["location"])
    own = mine(await room.page(sam))
    assert "You said that this helped." in own
    assert BUTTON.findall(own) == ["no"], "one may find out later that it did not"
    newest = await room.store.newest(SLUG)
    assert (await sam.post(RESPOND, data={"helped": "yes"})).status_code == 409
    assert await room.store.newest(SLUG) == newest, "pressing again writes nothing"


async def test_who_still_needs_help_reads_that_and_sees_the_signposts(room: Parlour) -> None:
    sam = await room.browser()
    await room.ask(sam, "Whom can I call?")
    await room.do(1, "reply", text="Look on the internet.")
    answer = await sam.post(f"/cy{RESPOND}", data={"helped": "no"}, headers=JSON)
    assert answer.json() == {
        "number": 1,
        "state": "pending",
        "position": 4,
        "say": "Diolch am ddweud wrthym.",
    }
    own = mine(await room.page(sam))
    assert "a moderator looks at your question again" in own
    assert "A moderator looks at it again" in own
    assert "You said that you still need help." in own
    assert own.index("tel:999") < own.index("tel:+44-808-100-0900")
    assert "Look on the internet." in own
    assert BUTTON.findall(own) == []
    again = await room.do(1, "reply", text="Call 0808 1000 900.")
    assert [each.helped for each in again.replies] == ["no", ""]
    assert BUTTON.findall(mine(await room.page(sam))) == ["yes", "no"]


async def test_a_stranger_is_told_the_same_of_every_number(room: Parlour) -> None:
    sam, alex = await room.browser(), await room.browser()
    for text in ("Replied", "Waiting"):
        await room.ask(sam, text)
    await room.ask(alex, "Something")
    await room.do(1, "reply", text="Call 101.")
    reader = await room.browser()
    answers = [
        await who.post(
            f"/sessions/{SLUG}/questions/{n}/respond", data={"helped": "no"}, headers=JSON
        )
        for n in ("1", "2", "999")
        for who in (alex, reader)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await room.store.snapshot(SLUG)).questions[0].replies[0].helped == ""


async def test_what_is_no_answer_is_refused_in_words(room: Parlour) -> None:
    sam = await room.browser()
    await room.ask(sam, "Whom can I call?")
    assert (await sam.post(RESPOND, data={"helped": "yes"})).status_code == 409
    await room.do(1, "reply", text="Call 101.")
    for fields in ({}, {"helped": "perhaps"}, {"helped": ""}):
        answer = await sam.post(RESPOND, data=fields)
        assert (answer.status_code, "This could not be taken" in answer.text) == (422, True)
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await sam.post(RESPOND, content=b"helped=%ff", headers=form)).status_code == 400
    elsewhere = {"origin": "https://elsewhere.example"}
    assert (await sam.post(RESPOND, data={"helped": "no"}, headers=elsewhere)).status_code == 403
    missing = "/sessions/nowhere/questions/1/respond"
    assert (await sam.post(missing, data={"helped": "no"})).status_code == 404
    assert (await room.store.snapshot(SLUG)).questions[0].replies[0].helped == ""
