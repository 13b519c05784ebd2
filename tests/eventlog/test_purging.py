"""What is erased of a session whose time is over, in the store; what the record says of it, and
what somebody who writes to the store by hand would have to explain."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from askpanel import verify
from askpanel.eventlog import erasing, purging
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.backup import Backup
from askpanel.eventlog.chain import Stored
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Question, Refused, State, StoreAway
from askpanel.eventlog.purging import DAY_MS, Purger
from askpanel.eventlog.rewriting import Written
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from askpanel.verify import Report
from tests.cast import ASHA, MORGAN, SAM, SYSTEM, session
from tests.clusters import Cluster
from tests.forger import SLUG, Forger, Hands, Keeper, is_fault
from tests.marked import GONE, KEPT, Marked

DAYS = 30
NEW = ("purge", "new_log", "new_questions")
"""Keys of a session while it is written anew."""


class Evening:
    """A marked evening that is over, in its own keys, and those who keep its record."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.hands, self.client, self.prefix = Hands(), client, prefix
        self.store = Store(client, prefix=prefix, now=self.hands)
        self.keeper = Keeper(client, prefix, self.hands)
        self.seals = Seals(client, prefix)
        self.written = 0
        self.purger = Purger(self.store, client, self.seals, write=self._write)
        self.marked = Marked(self.store, Backstage(self.store, client))
        self.forger = Forger(client, prefix)

    async def _write(self, _: Redis) -> list[Written]:
        self.written += 1
        return [Written("", "done")]

    async def play(self) -> None:
        await self.store.create(session(show_waiting=True))
        await self.marked.evening()
        await self.keeper.seal()
        self.hands.now = (await self.ends()) + 1
        await self.keeper.seal()

    async def ends(self) -> int:
        found = await self.store.session(SLUG)
        assert found is not None
        return found.schedule.ends

    async def later(self, days: int = DAYS) -> None:
        self.hands.now = (await self.ends()) + days * DAY_MS

    async def everything(self) -> bytes:
        """Every key of the session and its value."""
        found = b""
        async for key in self.client.scan_iter(f"{self.prefix}:*"):
            read: dict[Any, Any] = {
                b"stream": self.client.xrange,
                b"hash": self.client.hgetall,
                b"list": lambda key: self.client.lrange(key, 0, -1),
                b"set": self.client.smembers,
                b"string": self.client.get,
            }
            value = await read[await self.client.type(key)](key)
            found += key + repr(value).encode()
        return found

    async def left(self) -> tuple[list[str], list[str]]:
        """The marks that are there of those that should have gone, and of those that stay."""
        there = await self.everything()
        return (
            [mark for mark in self.marked.gone if mark.encode() in there],
            [mark for mark in self.marked.kept if mark.encode() in there],
        )

    async def report(self) -> Report:
        own = self.keeper.signer.key
        found = await verify.verify(SLUG, self.seals, own, others=[], head="", now=self.hands())
        assert found is not None
        return found

    async def faults(self) -> list[str]:
        return [line for line in (await self.report()).lines if is_fault(line)]


@pytest.fixture
async def evening(client: Redis, prefix: str) -> Evening:
    made = Evening(client, prefix)
    await made.play()
    return made


async def test_what_was_not_published_goes_and_the_rest_stays(evening: Evening) -> None:
    gone, kept = await evening.left()
    assert gone == evening.marked.gone, "a mark was never left where it is looked for"
    assert kept == evening.marked.kept
    await evening.later()
    await evening.purger.erase(SLUG, DAYS)
    gone, kept = await evening.left()
    assert gone == []
    assert kept == evening.marked.kept


async def test_what_is_published_reads_as_before(evening: Evening) -> None:
    before = {q.number: q for q in (await evening.store.snapshot(SLUG)).questions}
    await evening.purger.erase(SLUG, DAYS)
    snapshot = await evening.store.snapshot(SLUG)
    after = {q.number: q for q in snapshot.questions}
    assert {n: (q.state, q.at, q.since, q.published) for n, q in before.items()} == {
        n: (q.state, q.at, q.since, q.published) for n, q in after.items()
    }
    assert (after[1].text, after[1].answers) == (before[1].text, before[1].answers)
    assert after[1].edited
    assert after[2].state == State.REMOVED
    assert after[2].reason == "names-a-person"
    assert after[2].removed_at == before[2].removed_at
    assert {q.author for q in after.values()} == {erasing.NOBODY}
    assert snapshot.muted == {}
    assert snapshot.remarks == []
    assert [each.words for each in snapshot.pinned] == [{"en": evening.marked.kept[-1]}]


async def test_the_log_keeps_its_positions_and_says_what_was_erased(evening: Evening) -> None:
    before = await evening.store.snapshot(SLUG)
    told = await evening.purger.erase(SLUG, DAYS, by_hand=True)
    after = await evening.store.snapshot(SLUG)
    assert after.position == before.position + 1
    assert [e.position for e in after.entries] == [
        after.position, *(e.position for e in before.entries)
    ]  # fmt: skip
    assert after.epoch != before.epoch
    assert after.purged
    newest = after.entries[0].event
    assert newest.type == "purged"
    assert newest.purge == told
    assert (told.questions, told.removed, told.originals) == (11, 1, 2)
    assert (told.replies, told.notes, told.remarks, told.drafts, told.tokens) == (1, 3, 1, 1, 2)
    assert told.by_hand


async def test_a_look_first_changes_nothing(evening: Evening) -> None:
    before = await evening.everything()
    planned = await evening.purger.planned(SLUG, DAYS)
    assert await evening.everything() == before
    done = await evening.purger.erase(SLUG, DAYS)
    told = msgspec.structs.asdict(done) | {"entries": 0, "left": []}
    assert told == msgspec.structs.asdict(planned)


async def test_it_is_due_after_so_many_days_and_once(evening: Evening) -> None:
    await evening.later()
    evening.hands.now -= 1
    assert await evening.purger.due(DAYS) == []
    evening.hands.now += 1
    assert [each.slug for each in await evening.purger.due(DAYS)] == [SLUG]
    await evening.purger.erase(SLUG, DAYS)
    assert await evening.purger.due(DAYS) == []


async def test_what_is_taken_down_later_goes_with_the_next_look(evening: Evening) -> None:
    await evening.later()
    await evening.purger.erase(SLUG, DAYS)
    await evening.marked.do(1, "correct", MORGAN, answer=1, text="zlater-z")
    await evening.marked.do(1, "remove", ASHA, reason="live-case")
    assert [each.slug for each in await evening.purger.due(DAYS)] == [SLUG]
    told = await evening.purger.erase(SLUG, DAYS)
    assert told.removed == 1
    there = await evening.everything()
    assert KEPT.encode() + b"-announced" in there
    for mark in (KEPT.encode() + b"-corrected", KEPT.encode() + b"-edited", b"zlater"):
        assert mark not in there
    await evening.keeper.seal()
    assert await evening.faults() == []


async def test_whoever_was_at_a_screen_since_is_no_reason_to_erase_again(evening: Evening) -> None:
    await evening.later()
    await evening.purger.erase(SLUG, DAYS)
    await evening.marked.backstage.rise(SLUG, "seat")
    assert await evening.purger.due(DAYS) == []


@pytest.mark.parametrize(
    ("number", "command", "fields"),
    [
        (3, "approve", {}),
        (4, "restore", {}),
        (7, "restore", {}),
        (3, "reply", {"text": "Call"}),
        (1, "undo", {"position": 1}),
    ],
)
async def test_nothing_is_decided_about_what_was_erased(
    evening: Evening, number: int, command: str, fields: dict[str, Any]
) -> None:
    await evening.purger.erase(SLUG, DAYS)
    with pytest.raises(Refused) as refused:
        await evening.marked.do(number, command, ASHA, **fields)
    assert refused.value.code == "erased"


async def test_the_clock_has_nothing_to_do_with_what_was_erased(evening: Evening) -> None:
    """A claim that nobody can release by hand would be tried to be ended every second."""
    await evening.purger.erase(SLUG, DAYS)
    for question in (await evening.store.snapshot(SLUG)).questions:
        assert question.holder is None
        assert question.lock is None
    with pytest.raises(Refused):
        await evening.marked.do(6, "expire", SYSTEM, until=1)


# The record


async def test_the_record_holds_and_says_what_was_erased(evening: Evening) -> None:
    heads = evening.keeper.following.head
    told = await evening.purger.erase(SLUG, DAYS)
    await evening.keeper.seal()
    report = await evening.report()
    assert report.holds, report.lines
    said = [line for line in report.lines if line.startswith("Erased: ")]
    assert len(said) == 1
    assert f"words of {told.entries} entries, on schedule, by the service, 2026-" in said[0]
    assert f"entry {heads.position + 1} says" in said[0]
    assert evening.keeper.alarms == []


async def test_a_process_that_reads_on_takes_it_for_no_loss(evening: Evening) -> None:
    """It goes on from the head that it had, under the new epoch."""
    before = evening.keeper.following.head
    await evening.purger.erase(SLUG, DAYS)
    assert await evening.keeper.following.look() is None
    assert evening.keeper.following.head.position == before.position + 1
    assert await evening.keeper.following.audit()
    assert evening.keeper.alarms == []


Change = Callable[[Evening], Awaitable[object]]


async def rewritten(evening: Evening, position: int, *fields: bytes) -> None:
    """One entry of the log as it was not, by hand; a field that is empty stays as it is."""
    raw: Any = await evening.client.xrange(evening.store.key(SLUG, "log"))
    await evening.forger.do("DEL", "log")
    for id_, was in raw:
        now = dict(was)
        if id_ == b"%d-0" % position:
            now |= dict(zip(fields[::2], fields[1::2], strict=True))
        flat = [part for pair in now.items() for part in pair]
        await evening.forger.do("XADD", "log", id_, *flat)


async def a_word_is_put_in(evening: Evening) -> None:
    raw: Any = await evening.client.xrange(evening.store.key(SLUG, "log"), "6-0", "6-0")
    event = raw[0][1][b"event"].replace(b'"type"', b'"name":"Bea","type"')
    await rewritten(evening, 6, b"event", event)


async def another_digest(evening: Evening) -> None:
    await rewritten(evening, 6, b"erased", b"1" * 64)


async def more_is_erased(evening: Evening) -> None:
    raw: Any = await evening.client.xrange(evening.store.key(SLUG, "log"), "1-0", "1-0")
    digest = Stored(b"1-0", [b"event", raw[0][1][b"event"]]).digest
    await rewritten(evening, 1, b"event", b'{"type":"x","at":1}', b"erased", digest.hex().encode())


async def no_digest(evening: Evening) -> None:
    await rewritten(evening, 6, b"erased", b"nothing")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (a_word_is_put_in, "is not what the purge at entry"),
        (another_digest, "Entry 6 is not the one that was sealed: it was changed"),
        (more_is_erased, "is not what the purge at entry"),
        (no_digest, "Entry 6 is not the one that was sealed: it was changed"),
    ],
)
async def test_a_change_of_what_is_left_is_found(
    evening: Evening, change: Change, fault: str
) -> None:
    await evening.purger.erase(SLUG, DAYS)
    await evening.keeper.seal()
    await change(evening)
    found = await evening.faults()
    assert any(fault in each for each in found), found


async def test_words_erased_by_hand_are_found(evening: Evening) -> None:
    """The same as a purge does, without an entry that says so."""
    raw: Any = await evening.client.xrange(evening.store.key(SLUG, "log"), "2-0", "2-0")
    digest = Stored(b"2-0", [b"event", raw[0][1][b"event"]]).digest
    await rewritten(
        evening, 2, b"event", b'{"type":"submitted","at":1}', b"erased", digest.hex().encode()
    )
    found = await evening.faults()
    assert any("from 2 to 2 were erased, and no purge in the record says so" in f for f in found)


async def test_a_whole_entry_that_was_changed_is_found_as_before(evening: Evening) -> None:
    await evening.purger.erase(SLUG, DAYS)
    await evening.keeper.seal()
    raw: Any = await evening.client.xrange(evening.store.key(SLUG, "log"), "1-0", "1-0")
    await rewritten(evening, 1, b"event", raw[0][1][b"event"].replace(b"17", b"16", 1))
    assert any("Entry 1 is not the one that was sealed" in each for each in await evening.faults())


# Two at once, and one that was killed


async def test_of_two_at_once_one_erases(evening: Evening) -> None:
    other = Purger(evening.store, evening.client, evening.seals)
    keys, args = ("meta", *NEW), ("other", 60_000, "")
    held = await evening.store.call("purge_begin", SLUG, keys, args, timed=False)
    assert held[0] == b"done"
    with pytest.raises(Refused) as refused:
        await other.erase(SLUG, DAYS)
    assert refused.value.code == "busy"
    assert (await evening.left())[0] == evening.marked.gone


@pytest.mark.parametrize("calls", range(1, 4))
async def test_one_that_was_killed_has_changed_nothing_and_the_next_does_it(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    before = await evening.store.snapshot(SLUG)
    call, done = evening.store.call, 0

    async def dying(name: str, *args: Any, **more: Any) -> Any:
        nonlocal done
        done += name.startswith("purge")
        if done > calls:
            raise StoreAway("killed")
        return await call(name, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(evening.store, "call", dying)
        with pytest.raises(StoreAway):
            await evening.purger.erase(SLUG, DAYS)
    assert await evening.store.snapshot(SLUG) == before
    assert await evening.faults() == []
    await evening.forger.do("PEXPIRE", "purge", 1)
    async with asyncio.timeout(20):
        while await evening.forger.do("EXISTS", "purge"):
            pass
    await evening.purger.erase(SLUG, DAYS)
    assert await evening.left() == ([], evening.marked.kept)
    for part in NEW:
        assert not await evening.forger.do("EXISTS", part)


async def test_what_happens_meanwhile_is_not_lost(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log moves on while it is written anew: it is written anew once more."""
    call, moved = evening.store.call, list[Question]()

    async def slow(name: str, *args: Any, **more: Any) -> Any:
        if name == "purge_finish" and not moved:
            moved.append(await evening.marked.do(1, "remove", ASHA, reason="live-case"))
        return await call(name, *args, **more)

    monkeypatch.setattr(evening.store, "call", slow)
    await evening.purger.erase(SLUG, DAYS)
    snapshot = await evening.store.snapshot(SLUG)
    assert {q.state for q in snapshot.questions if q.number == 1} == {State.REMOVED}
    assert f"{KEPT}-edited".encode() not in await evening.everything()


async def test_a_session_that_never_stands_still_is_left_to_the_next_look(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = evening.store.call

    async def busy(name: str, *args: Any, **more: Any) -> Any:
        if name == "purge_finish":
            await evening.marked.backstage.remark(SLUG, ASHA, "Again")
        return await call(name, *args, **more)

    monkeypatch.setattr(evening.store, "call", busy)
    with pytest.raises(Refused) as refused:
        await evening.purger.erase(SLUG, DAYS)
    assert refused.value.code == "busy"
    assert (await evening.left())[0] == evening.marked.gone


async def test_the_engines_file_is_written_anew_once_and_not_before(evening: Evening) -> None:
    assert await evening.purger.write_anew() == []
    await evening.purger.erase(SLUG, DAYS)
    assert [each.outcome for each in await evening.purger.write_anew()] == ["done"]
    assert await evening.purger.write_anew() == []
    assert evening.written == 1


async def test_a_file_that_could_not_be_written_is_tried_again(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_: Redis) -> list[Written]:
        return [Written("", "failed")]

    await evening.purger.erase(SLUG, DAYS)
    with monkeypatch.context() as patched:
        patched.setattr(evening.purger, "_write", failing)
        assert [each.outcome for each in await evening.purger.write_anew()] == ["failed"]
    assert [each.outcome for each in await evening.purger.write_anew()] == ["done"]


async def test_it_is_the_same_in_a_cluster(cluster: Cluster, prefix: str, tmp_path: Path) -> None:
    """And so is a copy of it, which lies over several engines."""
    async with connect(cluster.url) as client:
        evening = Evening(client, prefix)
        await evening.play()
        await evening.purger.erase(SLUG, DAYS)
        await evening.keeper.seal()
        assert await evening.faults() == []
        copies = Backup(evening.store, client, prefix=prefix)
        before = await evening.store.snapshot(SLUG)
        path = await copies.take(tmp_path)
        for part in ("meta", "log", "questions", "seals"):
            await evening.forger.do("DEL", part)
        await client.execute_command("DEL", f"{prefix}:sessions")  # type: ignore[no-untyped-call]
        await copies.put_back(path)
        after = await evening.store.snapshot(SLUG)
    assert (after.questions, after.entries) == (before.questions, before.entries)
    assert after.epoch != before.epoch
    held = path.read_bytes()
    assert [mark for mark in evening.marked.gone if mark.encode() in held] == []


# Controls


async def test_a_surface_that_is_forgotten_is_found_out(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        erasing,
        "left_of_question",
        lambda question, words: msgspec.structs.replace(question, text="", erased=True),
    )
    await evening.purger.erase(SLUG, DAYS)
    gone, _ = await evening.left()
    assert f"{GONE}-note-z" in gone
    assert SAM.author in gone


async def test_a_long_log_is_written_anew_in_runs(
    client: Redis, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, whatever the size of a run."""
    monkeypatch.setattr(purging, "RUN", 7)
    evening = Evening(client, prefix)
    await evening.play()
    await evening.purger.erase(SLUG, DAYS)
    assert await evening.left() == ([], evening.marked.kept)
    await evening.keeper.seal()
    assert await evening.faults() == []
