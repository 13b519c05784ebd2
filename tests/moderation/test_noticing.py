"""Noticing stands beside the way of a question into the store, and never in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from askpanel.app import create
from askpanel.chat.anonymity import Anonymity
from askpanel.chat.ask import Ask
from askpanel.chat.fragments import Public
from askpanel.chat.hub import Hub
from askpanel.chat.identity import Identity
from askpanel.chat.locale import Language
from askpanel.chat.nonce import new_nonce
from askpanel.chat.noticed import Notice, Noticed
from askpanel.chat.site import Site
from askpanel.chat.throttle import Throttle
from askpanel.config import Config
from askpanel.eventlog.model import Question
from askpanel.eventlog.projection import Projection
from askpanel.moderation.noticing import Noticing
from askpanel.moderation.playbookfile import packaged
from bench.rig.pairing import filled
from tests.cast import session
from tests.chat.hubs import store_at
from tests.staffroom import Hands

ORIGIN = "http://127.0.0.1:8000"
SLUG = "stop-it-now"
WORDS = "I want to die. My number is 07700 900123"
OpenForm = Callable[[Notice], Awaitable["Form"]]


class Form:
    """The ask form of an application, without a browser."""

    def __init__(self, hub: Hub, client: httpx.AsyncClient) -> None:
        self._hub, self._client = hub, client

    async def send(self, text: str, path: str = "") -> httpx.Response:
        return await self._client.post(
            f"{path}/sessions/{SLUG}/questions",
            data={"text": text, "id": new_nonce()},
            headers={"accept": "application/json", "origin": ORIGIN},
        )

    async def stored(self) -> list[Question]:
        snapshot = await self._hub.store.snapshot(SLUG)
        return sorted(snapshot.questions, key=lambda question: question.number)

    async def shown(self, number: int) -> None:
        """Wait until this process has heard of a question."""
        room = await self._hub.room(SLUG)
        assert room is not None
        async with asyncio.timeout(5):
            while number not in room.projection.questions:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.01)


@pytest.fixture
async def open_form(engine_url: str, prefix: str, hands: Hands) -> AsyncIterator[OpenForm]:
    """`await open_form(notice)`: a program's ask form, its room and its store."""
    async with AsyncExitStack() as stack:

        async def opened(notice: Notice) -> Form:
            store = await stack.enter_async_context(store_at(engine_url, prefix, hands))
            await store.create(session())
            hub = Hub(store, {"public": Public()}, monotonic=lambda: hands() / 1000)
            await hub.start()
            stack.push_async_callback(hub.stop)
            site = Site(
                hub=hub,
                notice=notice,
                identity=Identity(b"x" * 32, secure=False),
                throttle=Throttle(100, 100),
                origins=frozenset([ORIGIN]),
                exit_url="https://elsewhere.example",
            )
            asgi = Anonymity(Language(Starlette(routes=Ask(site).routes())), ())
            client = httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url=ORIGIN)
            return Form(hub, await stack.enter_async_context(client))

        yield opened


@pytest.fixture
def noticing() -> Noticing:
    return Noticing(packaged().watch)


def test_the_program_is_made_with_it() -> None:
    application = create(Config(redis_url="unix:///nowhere", secret_key="x" * 32))
    assert isinstance(application.site.notice, Noticing)


def failures() -> float:
    return REGISTRY.get_sample_value("askpanel_unnoticed_total") or 0


async def test_a_question_is_stored_with_what_was_noticed(
    open_form: OpenForm, noticing: Noticing
) -> None:
    form = await open_form(noticing)
    assert (await form.send(WORDS)).status_code == 201
    (question,) = await form.stored()
    assert {flag.code: flag.found for flag in question.flags} == {
        "distress": ["want to die"],
        "phone": ["07700 900123"],
    }
    assert question.similar == []
    assert question.text == WORDS


async def test_a_twin_is_stored_with_the_number_of_the_first(
    open_form: OpenForm, noticing: Noticing
) -> None:
    form = await open_form(noticing)
    await form.send("Will the police tell my wife?")
    await form.shown(1)
    await form.send("will the police tell my wife about it")
    await form.shown(2)
    await form.send("WILL the police tell my WIFE")
    _, second, third = await form.stored()
    assert [(each.number, each.score) for each in second.similar] == [(1, 100)]
    assert {each.number for each in third.similar} == {1, 2}
    assert [flag.found for flag in third.flags if flag.code == "repeats"] == [["1"]]
    assert "repeats" not in {flag.code for flag in second.flags}


async def test_the_page_tells_in_which_language_to_expect_it(
    open_form: OpenForm, noticing: Noticing
) -> None:
    form = await open_form(noticing)
    await form.send("Can you help me with this?", "/cy")
    (question,) = await form.stored()
    assert [(flag.code, flag.found) for flag in question.flags] == [("language", ["en"])]


async def test_a_fault_in_noticing_loses_no_question_and_tells_nothing_of_it(
    open_form: OpenForm, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(projection: Projection, text: str, lang: str) -> Noticed:
        raise ValueError(f"cannot look at {text}")

    before, form = failures(), await open_form(broken)
    assert (await form.send(WORDS)).status_code == 201
    (question,) = await form.stored()
    assert (question.text, question.flags, question.similar) == (WORDS, [], [])
    assert failures() == before + 1
    assert "stored without flags: ValueError" in caplog.text
    assert "07700" not in caplog.text
    assert "die" not in caplog.text


async def test_everybody_has_a_turn_while_a_late_process_reads_the_old_questions(
    noticing: Noticing,
) -> None:
    old = ((f"Is this question {number} of a long evening?", "en") for number in range(500))
    projection, turns = filled(session(), old), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    found = await Noticing(packaged().watch)(
        projection, "is this question 7 of a LONG evening", "en"
    )
    beside.cancel()
    assert found.similar[0].number == 8
    assert [flag.found for flag in found.flags if flag.code == "repeats"] == [["8"]]
    assert turns >= 40


async def test_two_who_ask_at_once_are_both_noticed(noticing: Noticing) -> None:
    projection = filled(session(), [("How do I stop?", "en")] * 30)
    both = await asyncio.gather(*(noticing(projection, "how do I stop", "en") for _ in range(2)))
    assert [len(found.similar) for found in both] == [3, 3]
