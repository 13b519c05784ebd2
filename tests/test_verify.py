"""`askpanel verify`: what is said of a record that holds, of one that lost its end, and of a head
that was printed. `tests/test_tampering.py` has what somebody may do to one by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from redis import Redis as Blocking
from redis.asyncio import Redis

from askpanel import verify
from askpanel.eventlog.seals import Seals
from askpanel.verify import WORDS, Unusable
from tests.cast import ALEX, ASHA, NOON, SAM, session
from tests.engines import wait_until
from tests.forger import SLUG, Desk, Keeper, an_evening, is_fault, reworded
from tests.service import Service

MODULES = ("walk", "attested", "audit")


@pytest.fixture
async def desk(client: Redis, prefix: str) -> Desk:
    made = Desk(client, prefix)
    await an_evening(made.store, made.keeper.seal)
    return made


async def test_an_untouched_record_holds_and_says_its_head_count_time_and_key(desk: Desk) -> None:
    report = await desk.report()
    assert report.holds
    (head,) = (await desk.heads())[-1:]
    assert report.lines == [
        f"The record of {SLUG} holds.",
        "",
        "Entries: 8",
        f"Head: {head}",
        f"  in full {desk.keeper.following.head.link.hex()}",
        f"Signed: 3 heads, the newest {head}, signed 2026-11-21 12:01:00 UTC",
        f"Public key: {desk.keeper.signer.key}",
    ]


async def test_entries_that_wait_for_their_seal_are_no_fault(desk: Desk) -> None:
    await desk.store.submit(SLUG, nonce="x", text="Why?", lang="en", author=ALEX.author)
    desk.hands.run(60)
    report = await desk.report()
    assert report.holds
    assert "  not signed yet: 1 entry after it" in report.lines


async def test_a_session_that_nobody_has_sealed_yet_is_no_fault(client: Redis, prefix: str) -> None:
    desk = Desk(client, prefix)
    await desk.store.create(session())
    report = await desk.report()
    assert report.holds
    assert "Signed: nothing yet" in report.lines


async def test_a_session_that_is_not_there_is_none(desk: Desk, client: Redis) -> None:
    seals = Seals(client, "nobody")
    own = desk.keeper.signer.key
    assert await verify.verify(SLUG, seals, own, others=[], head="", now=NOON) is None


async def test_entries_that_were_signed_long_after_they_were_written_are_told(desk: Desk) -> None:
    """All seals were taken away, something was changed, and the next start sealed what it found.
    In the store nothing contradicts that. It shows by the time, and by a head that was printed."""
    printed = (await desk.heads())[-1]
    assert not any(line.startswith("  late") for line in (await desk.report()).lines)
    await desk.forger.put_seals([])
    await desk.forger.rewrite(lambda e: reworded(e, 7, b"a town", b"nobody"))
    raw = await desk.forger.do("HGET", "questions", "2")
    await desk.forger.do("HSET", "questions", "2", raw.replace(b"a town", b"nobody"))
    desk.hands.run(1800)
    await Keeper(desk.forger.client, desk.forger._prefix, desk.hands).seal()
    report = await desk.report()
    assert report.holds
    assert any(line.startswith("  late: entries 1 to 8 were signed") for line in report.lines)
    assert not (await desk.report(head=printed)).holds


# Loss, the end, and what was printed


async def test_a_store_that_came_back_older_is_told_in_its_own_words(desk: Desk) -> None:
    """The service saw 8 entries; the store came back with 5, got a new epoch, and went on."""
    heads, epoch = await desk.heads(), await desk.store.epoch(SLUG)
    seals = await desk.forger.seals()
    await desk.forger.rewrite(lambda entries: entries[:5])
    await desk.forger.put_seals(seals[:1])
    await desk.forger.questions_from_log(
        {n: json.dumps(q).encode() for n, q in (await folded(desk)).items()}
    )
    assert await desk.keeper.following.look() == epoch
    await desk.store.renew_epoch(SLUG, epoch)
    await desk.keeper.following.renew()
    await desk.store.decide(SLUG, 2, "withdraw", SAM)
    await desk.keeper.seal()
    report = await desk.report()
    assert not report.holds
    (fault,) = [line for line in report.lines if is_fault(line)]
    assert fault.startswith("First: Of the entries from 5 to 8 some or all are gone, and others")
    assert "A store that came back from an older copy looks like this" in fault
    assert "Epochs: 2; at each new one the store may have come back older" in report.lines

    # A head that was printed before the loss is not in the record any more.
    report = await desk.report(head=heads[-1])
    assert any("the log has only 6: its end was cut off" in line for line in report.lines)


async def test_a_store_that_came_back_older_and_grew_again_is_told_too(desk: Desk) -> None:
    """By the time that anybody looks the log is longer than it ever was."""
    epoch, seals = await desk.store.epoch(SLUG), await desk.forger.seals()
    await desk.forger.rewrite(lambda entries: entries[:6])
    await desk.forger.put_seals(seals[:2])
    questions = {n: json.dumps(q).encode() for n, q in (await folded(desk)).items()}
    await desk.forger.questions_from_log(questions)
    await desk.store.renew_epoch(SLUG, epoch)
    for command in ("hold", "annotate", "annotate", "annotate"):
        await desk.store.decide(SLUG, 2, command, ASHA, note="Another note")
    assert await desk.keeper.following.look() == epoch
    await desk.keeper.following.renew()
    await desk.keeper.seal()
    faults = await desk.faults()
    assert len(faults) == 1
    assert faults[0].startswith("Of the entries from 7 to 8 some or all are gone, and others stand")


async def test_a_new_epoch_without_a_loss_is_no_fault(desk: Desk) -> None:
    await desk.store.renew_epoch(SLUG, await desk.store.epoch(SLUG))
    await desk.keeper.following.look()
    await desk.keeper.following.renew()
    await desk.keeper.seal()
    report = await desk.report()
    assert report.holds
    assert "Epochs: 2; at each new one the store may have come back older" in report.lines


async def folded(desk: Desk) -> dict[int, dict[str, object]]:
    events = [json.loads(event) for _, event in await desk.forger.entries()]
    return {
        event["question"]["number"]: event["question"] for event in events if "question" in event
    }


async def test_what_was_signed_and_then_gone_back_over_is_told(desk: Desk) -> None:
    """The seals stayed, the log came back older: a head from before is known as a lost one."""
    heads = await desk.heads()
    await desk.forger.rewrite(lambda entries: entries[:5])
    later = Keeper(desk.forger.client, desk.forger._prefix, desk.hands)
    assert await later.following.look() is None
    for nonce in "xyz":
        await desk.store.submit(SLUG, nonce=nonce, text="Why?", lang="en", author=ALEX.author)
    await later.seal()
    report = await desk.report(head=heads[-1])
    assert not report.holds
    assert any(line.startswith("First: Of the entries from 6 to 8 some") for line in report.lines)
    assert any("It was signed, 2026-11-21 12:01:00 UTC, over" in line for line in report.lines)


async def test_a_record_that_ends_before_the_session_does_is_told(desk: Desk) -> None:
    """A tail cut off together with its seals leaves no contradiction in the store but this one."""
    look = desk.keeper.following
    desk.hands.run((look.ended - desk.hands()) / 1000 + 10)
    await desk.keeper.seal()
    assert (await desk.report()).holds
    desk.hands.run(600)
    assert (await desk.report()).holds
    await desk.forger.put_seals((await desk.forger.seals())[:3])
    assert await desk.faults() == [
        (
            "The session is over, and no head was signed after its end: either no service has run "
            "since, or the end of the record was cut off, seals included. Compare a head that was "
            "printed."
        )
    ]


async def test_a_printed_head_is_found_again(desk: Desk) -> None:
    for head in await desk.heads():
        report = await desk.report(head=head)
        assert report.holds
        assert any(line.endswith("is in this record.") for line in report.lines)
    digits, _, position = (await desk.heads())[-1].partition(":")
    assert not (await desk.report(head=f"{digits[::-1]}:{position}")).holds
    assert (await desk.report(head=f"{digits.upper()}:{position}")).holds


async def test_a_tail_cut_off_with_its_seals_shows_by_the_printed_head(desk: Desk) -> None:
    """What the store can no longer tell: everything in it was put back to six entries."""
    printed = (await desk.heads())[-1]
    await desk.forger.rewrite(lambda entries: entries[:6])
    await desk.forger.put_seals((await desk.forger.seals())[:2])
    questions = {n: json.dumps(q).encode() for n, q in (await folded(desk)).items()}
    await desk.forger.questions_from_log(questions)
    assert (await desk.report()).holds
    report = await desk.report(head=printed)
    assert not report.holds
    assert any("is of 8 entries, and the log has only 6" in line for line in report.lines)


@pytest.mark.parametrize("head", ["", "57", "abc:57", "x" * 16 + ":1", "a" * 65 + ":1", "a:b:c"])
async def test_a_head_that_cannot_be_read_is_refused_in_words(desk: Desk, head: str) -> None:
    if head:
        with pytest.raises(Unusable, match="hexadecimal digits"):
            await desk.report(head=head)
    with pytest.raises(Unusable, match="public key"):
        await desk.report(others=("abc",))


def test_every_word_is_told_somewhere() -> None:
    """What can be found has words, and no words are left over."""
    package = Path(verify.__file__).parent / "eventlog"
    source = "".join((package / f"{name}.py").read_text("utf-8") for name in MODULES)
    assert [code for code in WORDS if f'"{code}"' not in source] == []


# As an operator runs it


class Hurried(Service):
    """A service that signs a head after a second, so that nobody has to wait for it."""

    program = (
        *(sys.executable, "-c"),
        (
            "from askpanel.chat import sealer; sealer.LOOK = 0.2; "
            "from askpanel.eventlog import following; following.SEAL_SECONDS = 1; "
            "from askpanel.cli import main; main()"
        ),
    )


def test_an_operator_verifies_a_session_that_runs(tmp_path: Path) -> None:
    service = Hurried(tmp_path)
    try:
        service.prepare()
        service.start()
        asked = service.participant().ask("What happens to somebody who is found out?")
        assert asked.status_code == 201
        transcript = f"{service.url}/sessions/{SLUG}/transcript"
        page = service.participant()
        wait_until(lambda: "record" in page.get(f"{transcript}.json").json())
        record = page.get(f"{transcript}.json").json()["record"]
        text = page.get(f"{transcript}.txt").text
        assert f"Record: {record['head']}, signed " in text
        assert f"Record: {record['head']}, signed " in page.get(transcript).text
        welsh = page.get(transcript.replace("/sessions", "/cy/sessions")).text
        assert f"Cofnod: {record['head']}, llofnodwyd " in welsh
        assert record["head"] not in page.get(f"{transcript}.csv").text

        well = service.run("verify", SLUG, "--head", record["head"])
        assert (well.returncode, well.stderr) == (0, "")
        assert f"The record of {SLUG} holds." in well.stdout
        assert f"Public key: {record['key']}" in well.stdout
        assert record["head"] in service.run("export", SLUG).stdout
        assert record["head"] in service.run("export", SLUG, "--format", "txt").stdout
        for wrong in (("nobody",), (SLUG, "--head", "57"), (SLUG, "--key", "x")):
            refused = service.run("verify", *wrong)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert refused.stderr.count("\n") == 1

        engine = Blocking(unix_socket_path=str(tmp_path / "data" / "engine" / "engine.sock"))
        key = f"askpanel:{{{SLUG}}}:questions"
        raw = engine.hget(key, "1")
        assert isinstance(raw, bytes)
        engine.hset(key, "1", raw.replace(b"found out", b"caught"))
        engine.close()
        ill = service.run("verify", SLUG)
        assert ill.returncode == 1
        assert "First: The record of question 1 is not the one that the log leads to" in ill.stdout
    finally:
        service.close()
