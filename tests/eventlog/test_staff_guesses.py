"""Ten guesses at a password in five minutes, for everybody alike."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import redis.asyncio

from askpanel.eventlog.engine import connect
from askpanel.eventlog.staff import GUESS_WINDOW_MS, GUESSES, Staff
from tests.cast import MINUTE, NOON
from tests.staffroom import SECRET, everything_under, sign_in


async def guess(staff: Staff, username: str, times: int, now_ms: int = NOON) -> list[int]:
    return [await staff.attempt(username, now_ms) for _ in range(times)]


async def test_ten_guesses_in_five_minutes_and_not_one_more(staff: Staff) -> None:
    assert await guess(staff, "asha", GUESSES) == [0] * 10
    assert await staff.attempt("asha", NOON) == 300
    assert await staff.attempt("asha", NOON + 299_001) == 1
    assert await staff.attempt("asha", NOON + 299_999) == 1
    assert await guess(staff, "asha", 11, NOON + 300_000) == [0] * 10 + [300]


async def test_no_five_minutes_hold_more_than_ten_wherever_they_begin(staff: Staff) -> None:
    let_through = [
        moment
        for moment in range(NOON, NOON + 20 * MINUTE, 7_000)
        if await staff.attempt("asha", moment) == 0
    ]
    most = max(
        sum(start <= moment < start + GUESS_WINDOW_MS for moment in let_through)
        for start in let_through
    )
    assert most == 10
    assert len(let_through) == 40


async def test_guessing_at_asha_does_not_keep_bea_out(staff: Staff) -> None:
    await guess(staff, "asha", 12)
    assert await guess(staff, "bea", 10) == [0] * 10


async def test_an_unknown_username_is_counted_like_a_known_one(staff: Staff) -> None:
    known, unknown = await guess(staff, "asha", 12), await guess(staff, "nobody", 12)
    assert known == unknown
    odd = ("x" * 10_000, "ŵ", "\ud800", "a\0b", "", "*", "{other}")
    for name in odd:
        assert (await guess(staff, name, 11))[-1] == 300


async def test_capitals_and_spaces_are_no_way_round_the_limit(staff: Staff) -> None:
    spellings = ["asha", "Asha", "ASHA", " asha", "asha\t"] * 2
    assert [await staff.attempt(name, NOON) for name in spellings] == [0] * 10
    assert await staff.attempt("aShA ", NOON) == 300


async def test_many_workers_share_one_count(engine_url: str, prefix: str) -> None:
    async with connect(engine_url) as one, connect(engine_url) as two:
        workers = [Staff(one, prefix, secret=SECRET), Staff(two, prefix, secret=SECRET)]
        waits = await asyncio.gather(*(workers[n % 2].attempt("asha", NOON) for n in range(40)))
    assert waits.count(0) == 10


async def test_signing_in_does_not_forget_the_guesses(staff: Staff) -> None:
    await guess(staff, "asha", 10)
    await sign_in(staff, "asha", NOON)
    assert await staff.attempt("asha", NOON) == 300


async def test_guesses_are_forgotten_by_the_store_itself_and_take_little_room(
    staff: Staff, client: redis.asyncio.Redis, prefix: str
) -> None:
    typed = "my password, typed into the wrong box " + "x" * 5000
    await guess(staff, typed, 30)
    (key,) = [key async for key in client.scan_iter(match=f"{prefix}:*attempts:*")]
    assert 0 < await client.pttl(key) <= GUESS_WINDOW_MS
    assert await client.llen(key) == 10
    size: Any = await client.memory_usage(key)
    assert size < 1024
    stored = await everything_under(client, prefix)
    assert b"password, typed" not in stored
    # Nor as a hash that a list of passwords would open.
    assert hashlib.sha256(typed.encode()).hexdigest().encode() not in stored


async def test_a_clock_that_is_set_back_keeps_nobody_out_for_longer(staff: Staff) -> None:
    await guess(staff, "asha", 10, NOON + 60 * MINUTE)
    assert await staff.attempt("asha", NOON) == 300
    assert await staff.attempt("asha", NOON + 4 * MINUTE) == 60
    assert await staff.attempt("asha", NOON + 5 * MINUTE) == 0
