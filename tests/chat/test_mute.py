"""Whoever may send nothing more in a session: by their cookie for all of it, and by their network
for some minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient, Response

from askpanel.chat.anonymity import KEY_LIFETIME
from askpanel.chat.nonce import new_nonce
from askpanel.chat.silences import MOST_SEEN, Silences
from askpanel.eventlog.model import Change, Event, Question, State
from tests.cast import NOON
from tests.chat.parlour import SLUG, Parlour, parlour

WORDS = "A moderator has stopped questions from this browser for this session"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture
async def room(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as opened:
        yield opened


async def send(browser: AsyncClient, text: str) -> Response:
    """As without JavaScript."""
    fields = {"id": new_nonce(), "text": text}
    return await browser.post(f"/sessions/{SLUG}/questions", data=fields)


async def settled(room: Parlour) -> None:
    """The room has heard everything, and with it whoever observes it."""
    await room.page(await room.browser())


async def test_who_is_muted_is_told_so_keeps_their_words_and_is_shown_where_help_is(
    room: Parlour,
) -> None:
    sam = await room.browser()
    await room.ask(sam, "Something foul")
    await room.do(1, "mute")
    await settled(room)
    room.application.site.silences.hear(SLUG, muting("unmuted", author_of(room, sam)))
    answer = await send(sam, "Something else")
    assert answer.status_code == 409
    form = answer.text[answer.text.index('id="ask"') :]
    assert "Something else" in form
    assert WORDS in form
    assert 'href="tel:999"' in form
    told = await room.ask(sam, "Something else")
    assert (told.status_code, told.json()["error"]) == (409, "muted")
    assert 'href="tel:999"' in told.json()["ops"][0][2]
    assert "Mae cymedrolwr" in (await room.ask(sam, "Rhywbeth", "cy")).json()["message"]
    await room.do(1, "unmute")
    assert (await send(sam, "Something else")).status_code == 303


async def test_a_new_cookie_from_the_same_network_sends_nothing_for_some_minutes(
    room: Parlour,
) -> None:
    sam, again, alex = [await room.browser(at) for at in (HOME, HOME, ELSEWHERE)]
    await room.ask(sam, "Something foul")
    assert (await send(again, "Before anybody was stopped")).status_code == 303
    await room.do(1, "mute")
    await settled(room)
    answer = await send(await room.browser(HOME), "Something foul again")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= KEY_LIFETIME
    assert WORDS in answer.text
    assert "Something foul again" in answer.text
    assert (await send(alex, "From somewhere else")).status_code == 303
    await room.do(1, "unmute")
    await settled(room)
    assert (await send(await room.browser(HOME), "A question")).status_code == 303


async def test_another_session_still_takes_questions_from_there(room: Parlour) -> None:
    silences = room.application.site.silences
    await room.ask(await room.browser(HOME), "Something foul")
    await room.do(1, "mute")
    await settled(room)
    (network,) = [network for slug, network in silences._silenced if slug == SLUG]
    assert silences.wait(SLUG, network) > 0
    assert silences.wait("another", network) == 0


def author_of(room: Parlour, browser: AsyncClient) -> str:
    identity = room.application.site.identity
    return identity.author(SLUG, browser.cookies[identity.cookie])


def muting(type_: str, author: str = "sam") -> Event:
    question = Question(
        number=1,
        state=State.PENDING,
        text="?",
        lang="en",
        author=author,
        at=NOON,
        changed=Change(command="submit", at=NOON),
    )
    return Event(type=type_, at=NOON, was=State.PENDING, question=question)


def test_a_silence_ends_ten_minutes_after_the_author_was_last_seen() -> None:
    now = [1000.0]
    silences = Silences(lambda: now[0])
    silences.see("sam", "home")
    now[0] += 400
    silences.hear("a", muting("muted"))
    assert silences.wait("a", "home") == KEY_LIFETIME - 400
    now[0] += KEY_LIFETIME - 400
    assert silences.wait("a", "home") == 0
    assert silences._silenced == {}


def test_somebody_not_seen_for_ten_minutes_silences_nobody() -> None:
    now = [1000.0]
    silences = Silences(lambda: now[0])
    silences.see("sam", "home")
    now[0] += KEY_LIFETIME
    silences.hear("a", muting("muted"))
    assert silences.wait("a", "home") == 0
    silences.see("alex", "elsewhere")
    assert list(silences._seen) == ["alex"], "and is forgotten"


def test_two_from_one_network_are_lifted_one_by_one() -> None:
    now = [1000.0]
    silences = Silences(lambda: now[0])
    for author in ("sam", "alex"):
        silences.see(author, "home")
        silences.hear("a", muting("muted", author))
    silences.hear("a", muting("unmuted", "sam"))
    assert silences.wait("a", "home") == KEY_LIFETIME
    silences.hear("a", muting("unmuted", "alex"))
    assert silences.wait("a", "home") == 0


def test_other_events_silence_nobody_and_what_is_remembered_is_bounded() -> None:
    silences = Silences(lambda: 1000.0)
    for n in range(MOST_SEEN + 5):
        silences.see(f"author {n}", f"network {n}")
    assert len(silences._seen) == MOST_SEEN
    silences.hear("a", muting("approved", f"author {MOST_SEEN}"))
    silences.hear("a", Event(type="paused", at=NOON))
    assert silences.wait("a", f"network {MOST_SEEN}") == 0
