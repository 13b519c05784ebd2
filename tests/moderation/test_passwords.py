"""Passwords are slow to guess, quick to wait for, and good enough."""

from __future__ import annotations

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from askpanel.moderation.passwords import (
    SENTENCES,
    Busy,
    Passwords,
    Weakness,
    prepared,
    weaknesses,
)
from tests.staffroom import HASHED, HASHER, PASSWORD


class CountingHasher(PasswordHasher):
    """The cheap hasher, which notes against which hash each password was checked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.against: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - theirs
        self.against.append(hash)
        return super().verify(hash, password)


async def test_the_right_password_and_no_other() -> None:
    passwords = Passwords(HASHER)
    encoded = await passwords.hash(PASSWORD)
    assert await passwords.verify(encoded, PASSWORD)
    assert await passwords.verify(HASHED, PASSWORD)
    for wrong in ("", PASSWORD + " ", PASSWORD.upper(), "\ud800", "x" * 1_000_000):
        assert not await passwords.verify(encoded, wrong)


async def test_todays_cost_is_above_owasps_least() -> None:
    encoded = await Passwords().hash(PASSWORD)
    assert encoded.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert PASSWORD not in encoded


async def test_equal_passwords_have_different_hashes() -> None:
    passwords = Passwords(HASHER)
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_an_unknown_member_costs_the_same_work_as_a_known_one() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    assert not await passwords.verify(HASHED, "wrong")
    assert not await passwords.verify(None, "wrong")
    known, unknown = (str(encoded).split("$") for encoded in hasher.against)
    # The same algorithm, version and cost; lengths of salt and hash too.
    assert known[:4] == unknown[:4]
    assert [len(part) for part in known] == [len(part) for part in unknown]


async def test_nobodys_password_opens_nothing() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    encoded = passwords._nobody = hasher.hash("guessed")
    assert not await passwords.verify(None, "guessed")
    assert hasher.against == [encoded]


async def test_a_broken_record_lets_nobody_in() -> None:
    passwords = Passwords(HASHER)
    for broken in ("$", "plain", "$argon2id$v=19$m=8,t=1,p=1$x$y", PASSWORD):
        assert not await passwords.verify(broken, PASSWORD)


async def test_a_hash_of_yesterdays_cost_still_opens_and_is_outdated() -> None:
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert await passwords.verify(HASHED, PASSWORD)
    assert passwords.outdated(HASHED)
    assert not passwords.outdated(await passwords.hash(PASSWORD))


class HeldHasher(PasswordHasher):
    """A hasher that takes as long as a test wants, and counts who is inside."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun, self.go = threading.Event(), threading.Event()
        self.inside = self.most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - theirs
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.set()
        assert self.go.wait(10)
        self.inside -= 1
        return super().verify(hash, password)


async def test_ten_who_sign_in_at_once_do_not_hold_up_anybody_else() -> None:
    hasher = HeldHasher()
    passwords = Passwords(hasher)
    checks = [asyncio.create_task(passwords.verify(HASHED, PASSWORD)) for _ in range(10)]
    async with asyncio.timeout(10):
        await asyncio.to_thread(hasher.begun.wait, 10)
        # All ten are waiting, and the loop still turns.
        for _ in range(100):
            await asyncio.sleep(0)
        assert not any(check.done() for check in checks)
        hasher.go.set()
        assert await asyncio.gather(*checks) == [True] * 10
    assert hasher.most == 1


async def test_the_queue_has_an_end() -> None:
    passwords = Passwords(HASHER, most_waiting=2)
    with passwords.place(), passwords.place(), pytest.raises(Busy), passwords.place():
        pytest.fail("a third place")
    with passwords.place():
        assert await passwords.verify(HASHED, PASSWORD)


async def test_a_place_is_free_again_when_something_fails() -> None:
    passwords = Passwords(HASHER, most_waiting=1)
    for _ in range(3):
        with pytest.raises(KeyError), passwords.place():
            raise KeyError
    with passwords.place():
        pass


async def test_one_password_on_every_keyboard() -> None:
    passwords = Passwords(HASHER)
    # Composed on one device, decomposed with a no-break space on another.
    encoded = await passwords.hash("dŵr a thân yma")
    assert await passwords.verify(encoded, "dw\u0302r a\u00a0tha\u0302n yma")
    assert prepared("x²") != prepared("x2")


@pytest.mark.parametrize(
    ("password", "found"),
    [
        (PASSWORD, []),
        ("dŵr a thân yma", []),
        ("😀🎈🌧🚂🐑🍀🎻🧶🪁🥕🍋🫖", []),
        ("x7#kQp2!mZ9w", []),
        ("x7#kQp2!mZ9", [Weakness.SHORT]),
        ("", [Weakness.SHORT, Weakness.COMMON]),
        ("dw\u0302r-a-tha\u0302n", [Weakness.SHORT]),  # counted as it is read: 10
        ("abcdé fgh!" * 26, [Weakness.LONG]),
        ("abcdé fgh" * 28 + "1234", []),
        ("with\0a nothing", [Weakness.UNREADABLE]),
        ("with\na line break", [Weakness.UNREADABLE]),
        ("half a \ud800 character", [Weakness.UNREADABLE]),
        ("asha.kettle.smith", [Weakness.USERNAME]),
        ("ASHA.kettle.smith", [Weakness.USERNAME]),
        ("aaaaaaaaaaaaaaaa", [Weakness.COMMON]),
        ("abcabcabcabcabc", [Weakness.COMMON]),
        ("123456789012", [Weakness.COMMON]),
        ("0987654321 0987654321", [Weakness.COMMON]),
        ("qwertyuiopasdf", [Weakness.COMMON]),
        ("Password Password", [Weakness.COMMON]),
        ("PASSW0RD1234", [Weakness.COMMON]),
        ("abcdefghijklmnop", [Weakness.COMMON]),
    ],
)
def test_what_makes_a_password_weak(password: str, found: list[Weakness]) -> None:
    assert weaknesses(password, "asha.kettle.smith") == found


def test_every_weakness_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Weakness)
