"""The host's words to everybody: from the form to the page, and all that a form can bring."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from askpanel.moderation.announcing import MOST_ANNOUNCED
from tests.moderation.office import HERE, SLUG, Office, office

ANNOUNCE = f"{HERE}/announcements"
SAID = "We go on until 8 <b>& 10</b> past."
IN_WELSH = "Rydym yn parhau."
ESCAPED = "We go on until 8 &lt;b&gt;&amp; 10&lt;/b&gt; past."


@pytest.fixture
async def desk(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(engine_url, prefix, tmp_path) as found:
        yield found


async def test_what_the_host_says_is_on_everybodys_page_and_gone_when_it_is_taken_down(
    desk: Office,
) -> None:
    hana, asha = await desk.browser("hana"), await desk.browser("asha")
    reply = await hana.post(ANNOUNCE, text_en=SAID, text_cy=IN_WELSH)
    assert reply.status_code == 303
    where = reply.headers["location"]
    assert where == f"{HERE}/triage?position=2#pinned-heading"
    assert ESCAPED in (await hana.get(where)).text
    for path, words in ((f"/sessions/{SLUG}", ESCAPED), (f"/cy/sessions/{SLUG}", IN_WELSH)):
        page = (await asha.client.get(path)).text
        assert page.index('id="announcements"') < page.index(words) < page.index('id="transcript"')
        assert "Hana" not in page
    page = (await asha.get(f"{HERE}/triage")).text
    assert ESCAPED in page
    assert f'action="{ANNOUNCE}"' not in page
    answer = await hana.post(f"{ANNOUNCE}/2/retract", json=True)
    assert answer.json() == {"position": 3}
    await desk.caught_up()
    for page_of in (f"/sessions/{SLUG}", f"{HERE}/triage"):
        assert ESCAPED not in (await hana.get(page_of)).text
    history = (await asha.get(f"{HERE}/history")).text
    assert "Hana told everybody something" in history
    assert "Hana took an announcement down" in history


async def test_who_reads_welsh_is_told_which_words_are_english(desk: Office) -> None:
    hana = await desk.browser("hana")
    await hana.post(ANNOUNCE, text_en="The law comes first.")
    await desk.caught_up()
    page = (await hana.get(f"/cy/sessions/{SLUG}")).text
    assert '<p class="govuk-body ask-text" lang="en">The law comes first.</p>' in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Something is missing"),
        (" \n\u200b ", "Something is missing"),
        ("x" * (MOST_ANNOUNCED + 1), "The text is too long"),
        ("a\x07b", "characters that cannot be shown"),
        ("Call 0909 123 4567 now", "0909 123 4567 is not on the list"),
        ("See https://evil.example/help", "https://evil.example/help is not on the list"),
    ],
)
async def test_what_cannot_be_announced_is_given_back_with_what_is_wrong_at_its_box(
    desk: Office, text: str, said: str
) -> None:
    hana = await desk.browser("hana")
    reply = await hana.post(ANNOUNCE, json=True, text_en=text, text_cy=IN_WELSH)
    assert reply.status_code == 422
    assert said in reply.json()["fields"]["en"]
    page = await hana.post(ANNOUNCE, text_en=text, text_cy=IN_WELSH)
    assert page.status_code == 422
    assert 'href="#announce-en"' in page.text
    assert page.text.count(said) == 2
    assert IN_WELSH in page.text
    assert text.strip("\x07 \n\u200b")[:20].replace("a\x07b", "") in page.text
    assert await desk.store.newest(SLUG) == 1


async def test_each_language_is_judged_by_itself(desk: Office) -> None:
    hana = await desk.browser("hana")
    reply = await hana.post(ANNOUNCE, text_en=SAID, text_cy="Ffoniwch 0909 123 4567")
    assert reply.status_code == 422
    assert 'href="#announce-cy"' in reply.text
    assert 'href="#announce-en"' not in reply.text


async def test_listed_numbers_may_be_named(desk: Office) -> None:
    hana = await desk.browser("hana")
    reply = await hana.post(ANNOUNCE, json=True, text_en="Call 999, or 0808 1000 900.")
    assert reply.json() == {"position": 2}


async def test_a_fourth_is_one_too_many_and_its_words_are_given_back(desk: Office) -> None:
    hana = await desk.browser("hana")
    for word in ("One", "Two", "Three"):
        assert (await hana.post(ANNOUNCE, text_en=word)).status_code == 303
    reply = await hana.post(ANNOUNCE, text_en="Four at once")
    assert reply.status_code == 409
    assert "Take one down first" in reply.text
    assert "Four at once" in reply.text
    reply = await hana.post(ANNOUNCE, json=True, text_en="Four at once")
    assert (reply.status_code, reply.json()["error"]) == (409, "pinned_full")


@pytest.mark.parametrize("number", ["1", "999999999"])
async def test_one_that_is_not_there_cannot_be_taken_down(desk: Office, number: str) -> None:
    hana = await desk.browser("hana")
    reply = await hana.post(f"{ANNOUNCE}/{number}/retract", json=True)
    assert (reply.status_code, reply.json()["error"]) == (404, "unknown_announcement")
    assert "no longer on the page" in (await hana.post(f"{ANNOUNCE}/{number}/retract")).text


@pytest.mark.parametrize("username", ["asha", "lucy", "leah"])
async def test_nobody_else_speaks_for_the_host(desk: Office, username: str) -> None:
    hana, other = await desk.browser("hana"), await desk.browser(username)
    assert (await hana.post(ANNOUNCE, text_en=SAID)).status_code == 303
    assert (await other.post(ANNOUNCE, text_en="Hello")).status_code == 403
    assert (await other.post(f"{ANNOUNCE}/2/retract")).status_code == 403
    assert await desk.store.newest(SLUG) == 2


async def test_without_a_sign_in_its_token_or_our_own_page_nothing_is_announced(
    desk: Office,
) -> None:
    hana = await desk.browser("hana")
    foreign = await hana.client.post(
        ANNOUNCE,
        data={"csrf": hana.token, "text_en": SAID},
        headers={"origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
    hana.token = "0" * 64
    for path in (ANNOUNCE, f"{ANNOUNCE}/2/retract"):
        assert (await hana.post(path, text_en=SAID)).status_code == 403
    hana.client.cookies.clear()
    gone = await hana.post(ANNOUNCE, text_en=SAID, text_cy=IN_WELSH)
    assert gone.status_code == 401
    assert ESCAPED in gone.text
    assert IN_WELSH in gone.text
    assert await desk.store.newest(SLUG) == 1


async def test_a_session_and_a_form_that_are_not_there(desk: Office) -> None:
    hana = await desk.browser("hana")
    for path in ("/announcements", "/announcements/2/retract"):
        reply = await hana.post(f"/staff/sessions/nowhere{path}", text_en=SAID)
        assert reply.status_code == 404
    for path in (f"{ANNOUNCE}/two/retract", f"{ANNOUNCE}/{'9' * 30}/retract"):
        assert (await hana.post(path)).status_code == 404
    assert (await hana.get(ANNOUNCE)).status_code == 405
    bad = await hana.client.post(
        ANNOUNCE,
        content=b"csrf=%ff&text_en=%ff",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert bad.status_code == 400
