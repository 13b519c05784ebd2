"""A session in a frame of another site: who may show it, and that nothing in it is anybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import Response

from tests.cast import MORGAN
from tests.chat.parlour import SLUG, Parlour, parlour
from tests.chat.peers import eventually

EMBED = f"/sessions/{SLUG}/embed"
FORCE, CHARITY = "https://www.force.example", "https://charity.example:8443"


@pytest.fixture
async def house(
    engine_url: str, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Parlour]:
    """An installation that two sites may show in a frame."""
    monkeypatch.setenv("ASKPANEL_EMBED_ORIGINS", f"{FORCE}, {CHARITY}")
    async with parlour(engine_url, prefix, tmp_path) as made:
        yield made


@pytest.fixture
async def closed(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    """One that names no site."""
    async with parlour(engine_url, prefix, tmp_path) as made:
        yield made


async def embedded(house: Parlour, path: str = EMBED) -> Response:
    return await (await house.browser()).get(path)


def ancestors(answer: Response) -> str:
    """Who may frame an answer, by its policy."""
    directives = answer.headers["content-security-policy"].split("; ")
    (found,) = [each for each in directives if each.startswith("frame-ancestors ")]
    return found.removeprefix("frame-ancestors ")


async def test_the_sites_in_the_settings_may_frame_it_and_no_other(house: Parlour) -> None:
    answer = await embedded(house)
    assert answer.status_code == 200
    assert ancestors(answer) == f"{FORCE} {CHARITY}"
    assert "x-frame-options" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert "askpanel-framed-by" not in answer.headers
    assert f'data-origins="{FORCE} {CHARITY}"' in answer.text


async def test_without_a_setting_nobody_may_and_the_page_says_how(closed: Parlour) -> None:
    answer = await embedded(closed)
    assert ancestors(answer) == "'none'"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "cross-origin-embedder-policy" not in answer.headers
    assert "ASKPANEL_EMBED_ORIGINS" in answer.text


async def test_no_other_page_may_be_framed(house: Parlour) -> None:
    for path in (f"/sessions/{SLUG}", f"/sessions/{SLUG}/screen", "/", "/sessions/no/embed"):
        answer = await embedded(house, path)
        assert ancestors(answer) == "'none'", path
        assert answer.headers["x-frame-options"] == "DENY", path


async def test_a_session_that_is_not_there_says_so_to_itself_alone(house: Parlour) -> None:
    answer = await embedded(house, "/sessions/nowhere/embed")
    assert answer.status_code == 404
    assert ancestors(answer) == "'none'"


@pytest.mark.parametrize("locale", ["en", "cy"])
async def test_whoever_asked_is_a_reader_like_all_others_there(house: Parlour, locale: str) -> None:
    sam, alex = await house.person("Sam"), await house.person("Alex")
    assert (await house.ask(sam, "Am I to be seen?")).status_code == 201
    path = EMBED if locale == "en" else f"/cy{EMBED}"
    seen = [await browser.get(path) for browser in (sam, alex)]
    assert len({answer.text for answer in seen}) == 1
    assert "Am I to be seen?" not in seen[0].text
    assert "set-cookie" not in seen[0].headers
    assert "<textarea" not in seen[0].text
    assert 'name="id"' not in seen[0].text


async def test_what_is_answered_is_there_and_asking_leads_to_the_full_page(house: Parlour) -> None:
    sam = await house.person("Sam")
    await house.ask(sam, "Is it too late?")
    await house.do(1, "approve")
    await house.do(1, "answer", MORGAN, text="It never is.", lang="en")
    newest, room = await house.store.newest(SLUG), await house.application.site.hub.room(SLUG)
    assert room is not None
    await eventually(lambda: room.position >= newest)
    text = (await embedded(house)).text
    assert "It never is." in text
    assert f'href="/sessions/{SLUG}" target="_blank" rel="noopener"' in text
    assert 'target="_top"' in text


async def test_the_socket_of_the_page_asks_for_nobodys_questions(house: Parlour) -> None:
    text = (await embedded(house)).text
    assert f'data-live="/sessions/{SLUG}/live?mine=none"' in text
