"""What somebody who can write to the store may do to a record by hand, and that it is found and
named. `tests/test_verify.py` has the records that nobody has touched."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.seal import read
from tests.cast import ALEX
from tests.forger import SLUG, Desk, Entries, Keeper, an_evening, renumbered, reworded

STRANGER = b"a key that somebody has made for it"
BESIDE = "it was changed beside the log."


@pytest.fixture
async def desk(client: Redis, prefix: str) -> Desk:
    made = Desk(client, prefix)
    await an_evening(made.store, made.keeper.seal)
    return made


# The log


@pytest.mark.parametrize("position", [1, 2, 5, 8])
async def test_a_changed_entry_is_named_with_the_heads_around_it(desk: Desk, position: int) -> None:
    heads = [*(await desk.heads())]
    await desk.forger.rewrite(lambda e: reworded(e, position, b'"at":17', b'"at":16'))
    fault = (await desk.faults())[0]
    assert fault.startswith(f"Entry {position} is not the one that was sealed: it was changed (")
    around = {1: heads[:1], 2: heads[:1], 5: heads[:2], 8: heads[1:]}[position]
    assert all(head in fault for head in around)
    assert sum(fault.count(head) for head in heads) == len(around)


async def test_a_question_changed_in_the_log_and_beside_it_is_found(desk: Desk) -> None:
    """Whoever changes both leaves nothing that contradicts itself, but for the seals."""
    await desk.forger.rewrite(lambda e: reworded(e, 8, b"question 3", b"question X"))
    raw = await desk.forger.do("HGET", "questions", "3")
    changed = raw.replace(b"question 3", b"question X")
    await desk.forger.do("HSET", "questions", "3", changed)
    faults = await desk.faults()
    assert len(faults) == 1
    assert "Entry 8 is not the one that was sealed" in faults[0]


async def test_an_entry_that_was_taken_out_is_named(desk: Desk) -> None:
    await desk.forger.do("XDEL", "log", "5-0")
    faults = await desk.faults()
    assert len(faults) == 1
    assert faults[0].startswith("Entry 5 is missing: it was taken out of the log (between the")


async def test_an_entry_taken_out_with_the_rest_moved_up_is_named(desk: Desk) -> None:
    await desk.forger.rewrite(lambda e: renumbered([*e[:4], *e[5:]]))
    assert (await desk.faults())[0].startswith("Entry 5 was taken out, and those after it were")


async def test_an_entry_put_in_with_the_rest_moved_down_is_named(desk: Desk) -> None:
    await desk.forger.rewrite(lambda e: renumbered([*e[:4], (0, b'{"type":"x","at":1}'), *e[4:]]))
    assert (await desk.faults())[0].startswith("Entry 5 was put in, and those after it were")


@pytest.mark.parametrize(("one", "other"), [(2, 3), (3, 8), (7, 8)])
async def test_entries_that_changed_places_are_named(desk: Desk, one: int, other: int) -> None:
    def exchanged(entries: Entries) -> Entries:
        events = [event for _, event in entries]
        events[one - 1], events[other - 1] = events[other - 1], events[one - 1]
        return list(enumerate(events, 1))

    await desk.forger.rewrite(exchanged)
    words = f"Entries from {one} to {other} stand in another order than they were sealed in ("
    assert (await desk.faults())[0].startswith(words)


@pytest.mark.parametrize("kept", [7, 5, 1, 0])
async def test_an_end_that_was_cut_off_is_named(desk: Desk, kept: int) -> None:
    """With the counter and the records beside the log in step, as a careful hand would."""
    await desk.forger.rewrite(lambda entries: entries[:kept])
    fault = (await desk.faults())[0]
    assert fault.startswith(
        f"The log ends at entry {kept}, but a head was signed over entries up to 8: its end was "
        "cut off, or the store came back from an older copy ("
    )


async def test_what_no_command_writes_is_named(desk: Desk) -> None:
    await desk.forger.do("XADD", "log", "8-1", "event", b'{"type":"approved","at":1}')
    await desk.forger.do("XADD", "log", "12-0", "event", b"not json")
    assert await desk.faults() == [
        "At position 8 stands an entry that no command writes.",
        "Entries from 9 to 11 are missing.",
        (
            "The entries from 9 to 12 should have been sealed long ago: either no service has run "
            "since, or seals were taken away."
        ),
        "Entry 12 cannot be read.",
        "The log has 12 entries, and the store's counter says 8.",
    ]


async def test_a_hole_from_before_the_seal_is_named(desk: Desk) -> None:
    for nonce in "xy":
        await desk.store.submit(SLUG, nonce=nonce, text="Why?", lang="en", author=ALEX.author)
    await desk.forger.do("XDEL", "log", "9-0")
    await desk.keeper.seal()
    faults = await desk.faults()
    assert faults[0].startswith("Entry 9 was missing already when the head after it was signed (")
    assert faults[1:] == ["The log knows nothing of question 4, of which there is a record."]


# What the log leads to


@pytest.mark.parametrize(
    ("do", "fault"),
    [
        (
            ("HSET", "questions", "1", b'{"number":1,"state":"removed"}'),
            "The record of question 1 is not the one that the log leads to: " + BESIDE,
        ),
        (
            ("HDEL", "questions", "2"),
            "The record of question 2 is gone; the log still has it.",
        ),
        (
            ("HSET", "questions", "4", b'{"number":4}'),
            "The log knows nothing of question 4, of which there is a record.",
        ),
        (
            ("HSET", "questions", "four", b"{}"),
            "The log knows nothing of question 0, of which there is a record.",
        ),
        (
            ("HSET", "meta", "position", "9"),
            "The log has 8 entries, and the store's counter says 9.",
        ),
        (
            ("HSET", "meta", "position", "5"),
            "The log has 8 entries, and the store's counter says 5.",
        ),
        (
            ("HSET", "meta", f"muted:{ALEX.author}", b"{}"),
            "Who may send nothing more is not what the log leads to: " + BESIDE,
        ),
        (
            ("RPUSH", "remarks", b'{"text":"I never said that"}'),
            "What was said to colleagues is not what the log leads to: " + BESIDE,
        ),
        (
            ("HSET", "meta", "pinned", b'[{"id":3,"words":{"en":"Call this number"}}]'),
            "The announcements are not what the log leads to: they were changed beside the log.",
        ),
        (
            ("HSET", "meta", "session", b'{"slug":"other"}'),
            "The session's definition is not the one that the log leads to: " + BESIDE,
        ),
    ],
)
async def test_what_was_changed_beside_the_log_is_named(
    desk: Desk, do: tuple[str, ...], fault: str
) -> None:
    await desk.forger.do(*do)
    assert await desk.faults() == [fault]


async def test_the_same_record_in_another_spelling_is_no_change(desk: Desk) -> None:
    """Lua writes the fields of a record in an order of its own, which may differ."""
    raw = json.loads(await desk.forger.do("HGET", "questions", "1"))
    again = json.dumps(dict(reversed(raw.items())), indent=1)
    await desk.forger.do("HSET", "questions", "1", again)
    assert (await desk.report()).holds


# The seals


async def test_a_chain_computed_anew_with_another_key_does_not_pass(desk: Desk) -> None:
    """Whoever can rewrite the store rewrites it whole: log, records, digests, links and seals."""
    await desk.forger.rewrite(lambda e: reworded(e, 8, b"question 3", b"question X"))
    raw = await desk.forger.do("HGET", "questions", "3")
    changed = raw.replace(b"question 3", b"question X")
    await desk.forger.do("HSET", "questions", "3", changed)
    await desk.forger.seal_anew(STRANGER)
    faults = await desk.faults()
    assert [fault[:36] for fault in faults[:3]] == [
        f"Seal {number} was signed with another key, " for number in (1, 2, 3)
    ]
    # The control: to whoever trusts that key, it is a record without a fault.
    other = Keeper(desk.forger.client, "-", desk.hands, STRANGER).signer.key
    report = await desk.report(others=(other,))
    assert report.holds


async def test_a_chain_computed_anew_under_the_name_of_the_right_key_does_not_pass(
    desk: Desk,
) -> None:
    other = Keeper(desk.forger.client, "-", desk.hands, STRANGER).signer.key
    await desk.forger.seal_anew(STRANGER)
    lines = [
        line.replace(other.encode(), desk.keeper.signer.key.encode())
        for line in await desk.forger.seals()
    ]
    await desk.forger.put_seals(lines)
    assert (await desk.faults())[0] == (
        "Seal 1 bears the name of the right key and was not signed with it: it was changed or "
        "forged."
    )


Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda lines: lines[1:], "Seal 1 is not the one that was stored there"),
        (lambda lines: [lines[0], lines[2]], "Seal 2 is not the one that was stored there"),
        (
            lambda lines: [lines[1], lines[0], lines[2]],
            "Seal 1 is not the one that was stored there",
        ),
        (lambda lines: [lines[0], b"x", lines[2]], "Seal 2 is not a seal"),
        (
            lambda lines: [lines[0].replace(b'"position":4', b'"position":3'), *lines[1:]],
            "Seal 1 bears the name of the right key and was not signed with it",
        ),
        (lambda lines: [*lines, lines[2]], "Seal 4 is not the one that was stored there"),
    ],
    ids=["first-gone", "middle-gone", "exchanged", "garbage", "edited", "twice"],
)
async def test_seals_that_were_removed_moved_or_changed_are_named(
    desk: Desk, change: Change, found: str
) -> None:
    await desk.forger.put_seals(change(await desk.forger.seals()))
    assert any(fault.startswith(found) for fault in await desk.faults())


async def test_a_seal_of_ours_that_was_not_stored_there_is_named(desk: Desk) -> None:
    """Signed by the true key, with the right number: from a copy of the store, say."""
    lines = await desk.forger.seals()
    one, two = (read(line) for line in lines[:2])
    assert one is not None
    assert two is not None
    assert two.digests is not None
    other = desk.keeper.signer.seal(SLUG, "copy", one.seal.head, two.digests, 1, lines[0])
    await desk.forger.put_seals([lines[0], other.line, lines[2]])
    (fault,) = await desk.faults()
    assert fault.startswith("Seal 3 is not the one that was stored there: seals before it were")


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_newest_seals_that_were_taken_away_are_missed(desk: Desk, kept: int) -> None:
    await desk.forger.put_seals((await desk.forger.seals())[:kept])
    desk.hands.run(4 * 60)
    assert (await desk.report()).holds
    desk.hands.run(2 * 60)
    first = [1, 5, 7][kept]
    assert await desk.faults() == [
        (
            f"The entries from {first} to 8 should have been sealed long ago: either no service "
            "has run since, or seals were taken away."
        )
    ]


async def test_an_entry_changed_where_its_seal_was_taken_away_is_found_by_the_next(
    desk: Desk,
) -> None:
    lines = await desk.forger.seals()
    await desk.forger.put_seals([lines[0], lines[2]])
    await desk.forger.rewrite(lambda e: reworded(e, 5, b'"at":17', b'"at":16'))
    faults = await desk.faults()
    assert faults[0].startswith("No seal stands for the entries from 5 to 6: the one over them")
    assert any(f.startswith("The entries from 5 to 8 do not lead to seal 3") for f in faults)


async def test_digests_that_were_changed_are_told_from_entries_that_were(desk: Desk) -> None:
    lines = await desk.forger.seals()
    spoilt = b" ".join([*lines[2].split(b" ")[:2], b"A" * 44])
    await desk.forger.put_seals([*lines[:2], spoilt])
    faults = await desk.faults()
    assert len(faults) == 1
    assert faults[0].startswith("The digests that are kept with seal 3 were changed; the entries")
    await desk.forger.rewrite(lambda e: reworded(e, 8, b'"at":17', b'"at":16'))
    assert (await desk.faults())[0].startswith("The entries from 7 to 8 do not lead to seal 3, and")


async def test_another_sessions_seals_do_not_pass(desk: Desk) -> None:
    made = desk.keeper.signer.seal(
        "another", "e", desk.keeper.following.head, [], 3, (await desk.forger.seals())[-1]
    )
    await desk.forger.do("RPUSH", "seals", made.line)
    assert "Seal 4 belongs to another session, another." in await desk.faults()
