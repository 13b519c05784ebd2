"""Sign-ins: for how long, on which device, and what the store knows of them."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from askpanel.eventlog.member import StaffEvent
from askpanel.eventlog.staff import LIFETIME_MS, Staff, fingerprint
from tests.cast import MINUTE, NOON
from tests.staffroom import everything_under, hire, log_of, sign_in


async def test_signing_out_on_the_phone_leaves_the_laptop(staff: Staff) -> None:
    phone, laptop = await sign_in(staff, "asha", NOON), await sign_in(staff, "asha", NOON)
    assert phone != laptop
    await staff.sign_out(phone, NOON + 1)
    assert await staff.signed_in(phone, NOON) is None
    assert await staff.signed_in(laptop, NOON) == await staff.get("asha")
    assert await log_of(staff) == [
        StaffEvent(
            type="signed_out", username="asha", version=1, at=NOON + 1, signin=fingerprint(phone)
        )
    ]
    await staff.sign_out(phone, NOON + 2)
    assert len(await log_of(staff)) == 1


async def test_signing_out_everywhere_ends_both(staff: Staff) -> None:
    phone, laptop = await sign_in(staff, "asha", NOON), await sign_in(staff, "asha", NOON)
    await staff.sign_out_everywhere("asha", NOON)
    assert await staff.signed_in(phone, NOON) is None
    assert await staff.signed_in(laptop, NOON) is None
    assert await staff.signed_in(await sign_in(staff, "asha", NOON), NOON) == await staff.get(
        "asha"
    )


async def test_a_sign_in_lasts_twelve_hours_and_no_longer(staff: Staff) -> None:
    token = await sign_in(staff, "asha", NOON)
    assert await staff.signed_in(token, NOON + LIFETIME_MS - 1) is not None
    assert await staff.signed_in(token, NOON + LIFETIME_MS) is None


async def test_expiry_is_an_event(staff: Staff, client: redis.asyncio.Redis) -> None:
    old = await sign_in(staff, "asha", NOON)
    young = await sign_in(staff, "bea", NOON + MINUTE)
    end = NOON + LIFETIME_MS
    assert await staff.expire(end - 1) == 0
    assert await staff.expire(end) == 1
    assert await log_of(staff) == [
        StaffEvent(type="signed_out", username="asha", version=1, at=end, signin=fingerprint(old))
    ]
    assert await client.hkeys(staff.key("signins")) == [fingerprint(young).encode()]


async def test_somebody_who_signs_in_clears_away_what_has_expired(
    staff: Staff, client: redis.asyncio.Redis
) -> None:
    await sign_in(staff, "asha", NOON)
    token = await sign_in(staff, "bea", NOON + LIFETIME_MS)
    assert await client.hkeys(staff.key("signins")) == [fingerprint(token).encode()]


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 42, "x" * 43, "x" * 44, "ŵ" * 43, "\ud800" * 43, "\0" * 43]
)
async def test_an_invented_token_is_nobody(staff: Staff, token: str) -> None:
    assert await staff.signed_in(token, NOON) is None
    await staff.sign_out(token, NOON)
    assert await log_of(staff) == []


async def test_the_token_is_random_and_the_store_knows_only_its_hash(
    client: redis.asyncio.Redis, prefix: str
) -> None:
    staff = Staff(client, prefix, random=lambda n: bytes(range(n)))
    await hire(staff, NOON)
    token = await sign_in(staff, "asha", NOON)
    assert token == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    await staff.attempt("asha", NOON)
    await staff.sign_out(token, NOON)
    await sign_in(staff, "asha", NOON)

    stored = await everything_under(client, prefix)
    assert token.encode() not in stored
    assert hashlib.sha256(token.encode()).hexdigest().encode() in stored
    # The search would have found it.
    await client.hset(f"{prefix}:{{staff}}:planted", token, "1")
    assert token.encode() in await everything_under(client, prefix)


def every_file_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_token_reaches_the_disk(staff: Staff, client: redis.asyncio.Redis) -> None:
    token = await sign_in(staff, "asha", NOON)
    await client.set(staff.key("planted"), "control" + token[::-1])
    settings: Any = await client.config_get("dir")
    written = await asyncio.to_thread(every_file_in, Path(settings["dir"]))
    assert fingerprint(token).encode() in written
    assert token[::-1].encode() in written
    assert token.encode() not in written


async def test_everything_of_the_staff_is_under_one_hash_tag(
    staff: Staff, client: redis.asyncio.Redis, prefix: str
) -> None:
    await staff.attempt("asha", NOON)
    await sign_in(staff, "asha", NOON)
    keys = [key async for key in client.scan_iter(match=f"{prefix}:*")]
    assert len(keys) == 5
    assert all(key.startswith(f"{prefix}:{{staff}}:".encode()) for key in keys)
