"""The real service, as an operator runs it, with the real browser in front of it.

Tests share one service and its session, so they speak of questions by the numbers that they were
given. A module that needs another service says so: `SETTINGS` (as in the environment), `WORKERS`;
one that needs sessions which are full of questions says who fills them: `PREPARED`.
One that asks for `evening` has a session of its own, `SESSION` saying what is other than usual in
it, as it stands in the session's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DEADLINE, OpenTab
from tests.browser.live.evening import Evening
from tests.browser.live.people import House, Keys
from tests.browser.live.schedules import Planned, load
from tests.service import Participant, Service

expect.set_options(timeout=DEADLINE * 1000)


@contextmanager
def running(workers: int = 1, **settings: str) -> Iterator[Service]:
    """The program with its private engine, a session that starts now, and the staff."""
    # All of the cast come from one address, and faster than people do.
    service = Service(None, **{"QUESTIONS_PER_MINUTE": "60", **settings})
    try:
        # Serving first: each command of the command line then finds the engine running.
        service.start(workers=workers)
        service.prepare()
        service.add_staff("leah", "Leah", "lead")
        yield service
    finally:
        service.close()


@pytest.fixture(scope="session")
def shared_service() -> Iterator[Service]:
    with running() as service:
        yield service


@pytest.fixture(scope="module")
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """The module's own service, or the one that is shared."""
    settings = getattr(request.module, "SETTINGS", {})
    workers = getattr(request.module, "WORKERS", 1)
    if settings or workers > 1:
        with running(workers, **settings) as own:
            yield own
    else:
        yield request.getfixturevalue("shared_service")


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def house(service: Service, open_tab: OpenTab, keys: Keys) -> House:
    if service.process is None:
        # A test that had killed it failed before it came back; the others are not to blame.
        service.start()
    return House(service, open_tab, keys)


@pytest.fixture(scope="module")
def slug(service: Service, request: pytest.FixtureRequest) -> str:
    """A running session that is the module's alone."""
    name = request.module.__name__.rpartition("test_")[2].replace("_", "-")
    plan = Planned(name, opens=-30, starts=-30, ends=60)
    return load(service, plan, **getattr(request.module, "SESSION", {}))


@pytest.fixture(scope="module")
def asker(service: Service, keys: Keys, request: pytest.FixtureRequest) -> Iterator[Participant]:
    """Somebody who asks, and whom nobody needs to watch; the module's `PREPARED`, if it has one,
    has filled the sessions that it needs with their questions."""
    with service.participant() as asker:
        if prepare := getattr(request.module, "PREPARED", None):
            prepare(service, asker, partial(keys.client, service))
        yield asker


@pytest.fixture
def evening(house: House, slug: str, asker: Participant) -> Evening:
    return Evening(house, slug, asker)
