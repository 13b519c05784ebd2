"""Staff passwords: hashing them, checking them, and which ones are good enough.

Checking is slow on purpose, so it runs in a thread, one at a time, with a short queue: ten people
who sign in at once wait for each other and nobody else waits at all, and a flood of guesses fills
the queue and is sent away.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
MOST_WAITING = 32

# OWASP's cheat sheet offers 19 MiB with two passes or 46 MiB with one as equals; this is the larger
# memory with both passes. It took about 60 ms on a small machine, where 64 MiB and three passes
# (RFC 9106, second choice) took twice that. One lane, because one sign-in should occupy one core.
MEMORY_KIB, PASSES, LANES = 46 * 1024, 2, 1

# The lists of leaked passwords hold few of twelve characters or more; these are the well-known
# ones among them, and `_monotonous` refuses the repetitions and runs that make up the rest.
COMMON = frozenset(
    {
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "1qazxsw23edc",
        "administrator",
        "adminadminadmin",
        "changemechangeme",
        "correcthorsebatterystaple",
        "iloveyouiloveyou",
        "letmeinletmein",
        "manchesterunited",
        "passwordpassword",
        "password1234",
        "password12345",
        "password123456",
        "passw0rd1234",
        "p@ssw0rd1234",
        "q1w2e3r4t5y6",
        "qazwsxedcrfv",
        "trustno1trustno1",
        "welcomewelcome",
        "welcome12345",
        "zaq12wsxcde3",
    }
)
FEWEST_DIFFERENT = 5
RUNS = ("0123456789" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm" * 2)


class Weakness(StrEnum):
    """Why a password is not good enough."""

    SHORT = "short"
    LONG = "long"
    UNREADABLE = "unreadable"
    USERNAME = "username"
    COMMON = "common"


SENTENCES = {
    Weakness.SHORT: f"A password has at least {SHORTEST} characters.",
    Weakness.LONG: f"A password has at most {LONGEST} characters.",
    Weakness.UNREADABLE: "A password has no control characters and is valid Unicode text.",
    Weakness.USERNAME: "A password is not the username.",
    Weakness.COMMON: "That password is among the first that anybody would guess.",
}
"""For the command line, which speaks English."""


class Busy(Exception):
    """So many passwords are being checked that this one would wait too long."""


def prepared(password: str) -> str:
    """One spelling for what looks the same, as RFC 8265 (OpaqueString) asks.

    A ŵ is one code point on one keyboard and two on the next, so the form is NFC, and every kind
    of space is a space. Not NFKC: that would make ² and 2 the same and passwords fewer.
    """
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", spaced)


def weaknesses(password: str, username: str) -> list[Weakness]:
    """Everything wrong with a password that somebody chose; nothing if it will do.

    Length and guessability only, as NIST SP 800-63B advises: no rules about kinds of characters.
    """
    chosen = prepared(password)
    plain = "".join(chosen.casefold().split())
    tests = {
        Weakness.SHORT: len(chosen) < SHORTEST,
        Weakness.LONG: len(chosen) > LONGEST,
        Weakness.UNREADABLE: any(unicodedata.category(c) in {"Cc", "Cs"} for c in chosen),
        Weakness.USERNAME: plain == username.strip().casefold(),
        Weakness.COMMON: plain in COMMON or _monotonous(plain),
    }
    return [weakness for weakness, found in tests.items() if found]


def _monotonous(plain: str) -> bool:
    """Too few different characters, or one run along the digits, the alphabet or a keyboard."""
    run = any(plain in line or plain[::-1] in line for line in RUNS)
    return run or len(set(plain)) < FEWEST_DIFFERENT


def argon2id() -> PasswordHasher:
    """The hasher at today's cost."""
    return PasswordHasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES, type=Type.ID)


class Passwords:
    """Hashes and checks passwords, for one process.

    `hasher` decides the cost of new hashes; older ones still verify and are then `outdated`.
    `most_waiting` is how many checks may be under way or in the queue.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, *, most_waiting: int = MOST_WAITING
    ) -> None:
        self._hasher = hasher or argon2id()
        self._most = most_waiting
        self._inside = 0
        self._one_at_a_time = asyncio.Semaphore(1)
        # Nobody's password. A guess at an unknown username is checked against it, so that it
        # costs what a guess at a known one costs.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue for one sign-in; raises Busy when there is none.

        Taken before anything is written to the store, so that a flood of invented usernames
        leaves its traces there no faster than passwords can be checked.
        """
        if self._inside >= self._most:
            raise Busy
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password, in PHC form, with its own salt."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._hasher.hash, prepared(password))

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether the password is the hash's; the same work and False if there is no hash."""
        async with self._one_at_a_time:
            right = await asyncio.to_thread(
                self._matches, encoded or self._nobody, prepared(password)
            )
        return right and encoded is not None

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(encoded)

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
