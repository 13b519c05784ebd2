"""A sign-in desk at the real store, and a browser in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import redis.asyncio
from httpx import AsyncClient

from askpanel.eventlog.engine import connect
from askpanel.eventlog.staff import Staff
from askpanel.moderation.signin import SignInDesk
from tests.cast import NOON
from tests.staffroom import SECRET, Hands, browser_at, fresh_prefix, hire, open_desk


@pytest.fixture
async def client(engine_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with connect(engine_url) as connected:
        yield connected


@pytest.fixture
async def staff(client: redis.asyncio.Redis) -> Staff:
    room = Staff(client, fresh_prefix(), secret=SECRET)
    await hire(room, NOON)
    return room


@pytest.fixture
def hands() -> Hands:
    return Hands(NOON)


@pytest.fixture
def desk(staff: Staff, hands: Hands) -> SignInDesk:
    return open_desk(staff, hands)


@pytest.fixture
async def browser(desk: SignInDesk) -> AsyncIterator[AsyncClient]:
    async with browser_at(desk) as opened:
        yield opened
