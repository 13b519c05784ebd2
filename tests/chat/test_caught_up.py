"""A page that somebody is led to after sending a form shows what they sent, in every worker."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.requests import Request

from askpanel.chat import site
from askpanel.chat.room import Room
from askpanel.chat.site import caught_up


def a_request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def a_room(position: int, *, connected: bool = True) -> Room:
    """What `caught_up` looks at, and nothing else."""
    return cast(Room, SimpleNamespace(position=position, connected=connected))


async def test_the_page_waits_until_the_room_is_where_its_reader_was_told() -> None:
    room = a_room(6)
    waiting = asyncio.create_task(caught_up(a_request("sent=3&position=7"), room))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    room.position = 7  # type: ignore[misc]
    await asyncio.wait_for(waiting, 1)


@pytest.mark.parametrize(
    "query", ["", "position=6", "position=5", "position=", "position=-1", "position=x%C2%B2"]
)
async def test_there_is_nothing_to_wait_for(query: str) -> None:
    await asyncio.wait_for(caught_up(a_request(query), a_room(6)), 0.1)


async def test_nobody_waits_for_a_store_that_is_away() -> None:
    room = a_room(6, connected=False)
    await asyncio.wait_for(caught_up(a_request("position=7"), room), 0.1)


async def test_a_position_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "PATIENCE", 5)
    await asyncio.wait_for(caught_up(a_request("position=999999999"), a_room(6)), 5)
