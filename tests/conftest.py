"""Fixtures that every test may ask for."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import redis.asyncio

from askpanel.eventlog.engine import connect
from tests.engines import start_engine


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """The URL of a real engine: one for each worker of the test run, shared by its tests."""
    with start_engine() as engine:
        yield engine.url


@pytest.fixture
async def client(engine_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """A client of the shared engine."""
    connected = connect(engine_url)
    yield connected
    await connected.aclose()


@pytest.fixture
def prefix() -> str:
    """Names for one test's keys, so that tests share an engine without meeting."""
    return f"t{uuid.uuid4().hex[:12]}"
