"""The staff's records in the store, and the log by which every process hears of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from askpanel.eventlog.engine import connect
from askpanel.eventlog.member import Member, StaffEvent, StaffRefused
from askpanel.eventlog.model import Role, StoreAway
from askpanel.eventlog.staff import Staff, fingerprint
from tests.cast import NOON
from tests.staffroom import HASHED, fresh_prefix, log_of, sign_in


async def test_everybody_who_was_added_is_there_by_name(staff: Staff) -> None:
    assert [m.username for m in await staff.all()] == ["asha", "bea", "hana", "lucy", "morgan"]
    morgan = await staff.get("morgan")
    assert morgan == Member(
        username="morgan",
        name="Morgan",
        role=Role.PANELIST,
        organisation="gmp",
        password=HASHED,
        version=1,
        disabled=False,
    )
    assert await staff.get("nobody") is None


async def test_a_username_is_given_once(staff: Staff) -> None:
    with pytest.raises(StaffRefused) as refused:
        await staff.add("Asha ", name="Another", role=Role.HOST, password=HASHED, now_ms=NOON)
    assert refused.value.code == "taken"
    asha = await staff.get("asha")
    assert asha is not None
    assert (asha.name, asha.role) == ("Asha", Role.MODERATOR)
    assert await staff.position() == 5


async def test_of_two_who_add_the_same_username_one_wins(staff: Staff) -> None:
    async def add(name: str) -> str:
        # Another hash for each, as two real calls have.
        await staff.add("new", name=name, role=Role.HOST, password=name, now_ms=NOON)
        return name

    done = await asyncio.gather(*(add(f"New {n}") for n in range(8)), return_exceptions=True)
    winners = [name for name in done if isinstance(name, str)]
    member = await staff.get("new")
    assert member is not None
    assert winners == [member.name]
    assert [e.type for e in await log_of(staff)] == ["added"]


@pytest.mark.parametrize(
    ("username", "name", "code"),
    [
        ("", "Sam", "unusable_username"),
        ("-sam", "Sam", "unusable_username"),
        ("sam smith", "Sam", "unusable_username"),
        ("sâm", "Sam", "unusable_username"),
        ("sam\n", "Sam", None),
        ("sam\0", "Sam", "unusable_username"),
        ("s" * 65, "Sam", "unusable_username"),
        ("s" * 64, "Sam", None),
        ("sam.smith-2_x", "Sam", None),
        ("sam", "", "unusable_name"),
        ("sam", "  ", "unusable_name"),
        ("sam", "S" * 101, "unusable_name"),
        ("sam", "Sam\x00", "unusable_name"),
        ("sam", "Sam\u202e", "unusable_name"),
        ("sam", "\ud800", "unusable_name"),
        ("sam", "<b>Siân ŵ 😀</b>", None),
    ],
)
async def test_names_that_can_be_used(
    staff: Staff, username: str, name: str, code: str | None
) -> None:
    if code is None:
        added = await staff.add(username, name=name, role=Role.HOST, password="x", now_ms=NOON)
        assert await staff.get(username) == added
        return
    with pytest.raises(StaffRefused) as refused:
        await staff.add(username, name=name, role=Role.HOST, password="x", now_ms=NOON)
    assert refused.value.code == code
    assert await staff.position() == 5


async def test_a_record_in_a_traceback_does_not_show_the_hash(staff: Staff) -> None:
    asha = await staff.get("asha")
    assert "asha" in repr(asha)
    assert HASHED not in repr(asha)
    assert "argon2" not in f"{asha} {[asha]!r}"


Change = Callable[[Staff], Awaitable[Member]]
CHANGES: list[tuple[str, Change]] = [
    ("changed", lambda s: s.change("asha", role=Role.HOST, now_ms=NOON)),
    ("changed", lambda s: s.change("asha", organisation="lff", now_ms=NOON)),
    ("password_changed", lambda s: s.change_password("asha", "another hash", NOON)),
    ("disabled", lambda s: s.disable("asha", NOON)),
    ("signed_out_everywhere", lambda s: s.sign_out_everywhere("asha", NOON)),
]


@pytest.mark.parametrize(("event", "change"), CHANGES)
async def test_what_a_sign_in_was_granted_on_has_changed_so_it_ends(
    staff: Staff, client: redis.asyncio.Redis, event: str, change: Change
) -> None:
    token, beas = await sign_in(staff, "asha", NOON), await sign_in(staff, "bea", NOON)
    before = await staff.get("asha")
    assert before is not None
    assert await staff.signed_in(token, NOON) == before

    after = await change(staff)

    assert after.version == before.version + 1
    assert await staff.get("asha") == after
    assert await staff.signed_in(token, NOON) is None
    assert await staff.signed_in(beas, NOON) == await staff.get("bea")
    # The record is gone as well, so it could not come back to life with a version set back.
    assert await client.hkeys(staff.key("signins")) == [fingerprint(beas).encode()]
    assert await log_of(staff) == [
        StaffEvent(type=event, username="asha", version=after.version, at=NOON)
    ]


async def test_the_version_alone_ends_a_sign_in(staff: Staff, client: redis.asyncio.Redis) -> None:
    token = await sign_in(staff, "asha", NOON)
    kept: Any = await client.hgetall(staff.key("signins"))
    await staff.change("asha", role=Role.HOST, now_ms=NOON)
    await client.hset(staff.key("signins"), mapping=kept)
    assert await staff.signed_in(token, NOON) is None


async def test_a_new_name_ends_nothing(staff: Staff) -> None:
    token = await sign_in(staff, "asha", NOON)
    renamed = await staff.change("asha", name="Asha N.", now_ms=NOON)
    assert (renamed.name, renamed.version) == ("Asha N.", 1)
    assert await staff.signed_in(token, NOON) == renamed
    assert [e.type for e in await log_of(staff)] == ["changed"]


async def test_to_set_what_is_set_changes_nothing(staff: Staff) -> None:
    token = await sign_in(staff, "asha", NOON)
    await staff.change("asha", role=Role.MODERATOR, organisation="", name="Asha", now_ms=NOON)
    await staff.enable("asha", NOON)
    assert await staff.signed_in(token, NOON) is not None
    assert await log_of(staff) == []


async def test_nobody_cannot_be_changed(staff: Staff) -> None:
    with pytest.raises(StaffRefused) as refused:
        await staff.disable("nobody", NOON)
    assert refused.value.code == "unknown_member"
    assert await staff.get("nobody") is None


async def test_disabled_bea_cannot_sign_in_until_she_is_enabled(staff: Staff) -> None:
    disabled = await staff.disable("bea", NOON)
    assert await staff.sign_in("bea", disabled.version, NOON) is None
    enabled = await staff.enable("bea", NOON)
    token = await staff.sign_in("bea", enabled.version, NOON)
    assert token is not None
    assert await staff.signed_in(token, NOON) == enabled


async def test_a_password_that_changed_while_it_was_checked_lets_nobody_in(staff: Staff) -> None:
    checked = await staff.get("asha")
    assert checked is not None
    await staff.change_password("asha", "another hash", NOON)
    assert await staff.sign_in("asha", checked.version, NOON) is None


async def test_a_stronger_hash_ends_nothing_and_never_undoes_a_new_password(staff: Staff) -> None:
    token = await sign_in(staff, "asha", NOON)
    await staff.rehash("asha", HASHED, "stronger")
    asha = await staff.signed_in(token, NOON)
    assert asha is not None
    assert (asha.password, asha.version) == ("stronger", 1)
    await staff.rehash("asha", HASHED, "late")
    await staff.rehash("nobody", HASHED, "late")
    assert await staff.get("asha") == asha
    assert await staff.get("nobody") is None


async def test_revocations_are_the_versions_that_commands_need(staff: Staff) -> None:
    await staff.sign_out_everywhere("asha", NOON)
    await staff.disable("bea", NOON)
    expected = {"asha": 2, "bea": 2, "hana": 1, "lucy": 1, "morgan": 1}
    assert await staff.revocations() == expected


# The staff log


async def test_the_log_is_dense_and_everybody_reads_the_same(
    staff: Staff, client: redis.asyncio.Redis, prefix: str
) -> None:
    tokens = [await sign_in(staff, "asha", NOON) for _ in range(4)]
    await asyncio.gather(
        *(staff.sign_out(token, NOON) for token in tokens),
        *(staff.sign_out_everywhere(name, NOON) for name in ("bea", "hana", "lucy") * 3),
        staff.disable("morgan", NOON),
    )
    raw: Any = await client.xrange(staff.key("log"))
    assert [id_ for id_, _ in raw] == [f"{n}-0".encode() for n in range(1, 5 + 4 + 9 + 1 + 1)]
    assert await staff.position() == 19
    entries = await Staff(client, prefix).entries(1, 19)
    assert [entry.position for entry in entries] == list(range(1, 20))
    assert [entry.event.type for entry in entries[:5]] == ["added"] * 5
    assert b"signin" not in raw[0][1][b"event"]


async def test_another_process_hears_of_a_sign_out_at_once(
    staff: Staff, engine_url: str, prefix: str
) -> None:
    token = await sign_in(staff, "asha", NOON)
    async with connect(engine_url) as other:
        elsewhere = Staff(other, prefix)
        heard = asyncio.create_task(elsewhere.wait(5, 4000))
        await staff.sign_out(token, NOON)
        (entry,) = await asyncio.wait_for(heard, 4)
    assert (entry.position, entry.event.type) == (6, "signed_out")
    assert entry.event.signin == fingerprint(token)


async def test_waiting_for_nothing_gives_nothing(staff: Staff) -> None:
    assert await staff.wait(5, 10) == []
    assert await staff.entries(6, 9) == []


async def test_an_empty_log_is_at_position_nought(client: redis.asyncio.Redis) -> None:
    assert await Staff(client, fresh_prefix()).position() == 0


# The store's absence


async def test_without_a_store_there_is_an_answer_at_once(tmp_path: Path) -> None:
    async with connect(f"unix://{tmp_path}/nobody.sock") as client:
        staff = Staff(client)
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: staff.get("asha"),
            lambda: staff.sign_in("asha", 1, NOON),
            lambda: staff.signed_in("x" * 43, NOON),
            lambda: staff.attempt("asha", NOON),
            lambda: staff.sign_out("x" * 43, NOON),
            lambda: staff.disable("asha", NOON),
            staff.revocations,
        ]
        for call in calls:
            with pytest.raises(StoreAway):
                await call()


async def test_a_store_that_hangs_is_away(tmp_path: Path) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    socket = tmp_path / "mute.sock"
    server = await asyncio.start_unix_server(say_nothing, socket)
    async with server, connect(f"unix://{socket}", timeout_seconds=0.2) as client:
        with pytest.raises(StoreAway):
            await Staff(client).attempt("asha", NOON)
