"""The tests of the wire run on both event loops, since uvloop is not installed everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack

import pytest
import uvloop

from askpanel.chat.hub import Hub
from askpanel.eventlog.store import Store
from tests.cast import NOON, session
from tests.chat.hubs import OpenHub, brisk, store_at
from tests.chat.seats import Crier
from tests.staffroom import Hands

ON_BOTH_LOOPS = ("test_wire", "test_http")


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """asyncio's for all, uvloop's as well for the wire."""
    if item.path.name.startswith(ON_BOTH_LOOPS):
        return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture
def hands() -> Hands:
    return Hands(NOON)


@pytest.fixture
async def open_hub(prefix: str, hands: Hands) -> AsyncIterator[OpenHub]:
    """Start a hub as a process of its own would: `await open_hub(url)`."""
    async with AsyncExitStack() as stack:

        async def opened(
            url: str,
            audience: Crier | None = None,
            monotonic: Callable[[], float] = lambda: hands.now_ms / 1000,
        ) -> Hub:
            store = await stack.enter_async_context(store_at(url, prefix, hands))
            audiences = {"public": audience or Crier()}
            hub = Hub(store, audiences, sleep=brisk, monotonic=monotonic)
            await hub.start()
            stack.push_async_callback(hub.stop)
            return hub

        yield opened


@pytest.fixture
async def store(engine_url: str, prefix: str, hands: Hands) -> AsyncIterator[Store]:
    """Another process's view of the shared engine, with a session in it."""
    async with store_at(engine_url, prefix, hands) as opened:
        await opened.create(session())
        yield opened
