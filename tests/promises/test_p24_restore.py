"""P24. A restore from a backup, rehearsed: taken while questions come in, the data folder
destroyed, put back into an empty store. What was confirmed before the backup is there."""

from __future__ import annotations

import asyncio
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from askpanel.eventlog.backup import Backup, BackupRefused, check
from askpanel.eventlog.embedded import Embedded
from askpanel.eventlog.engine import connect
from askpanel.eventlog.following import Following
from askpanel.eventlog.purging import DAY_MS, Purger
from askpanel.eventlog.seal import Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from tests.cast import NOON, SAM, session
from tests.engines import start_engine, wait_until
from tests.promises.line import place_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG

HERE = f"/sessions/{SLUG}"


class Asking(threading.Thread):
    """Somebody who asks without end; `confirmed` are the numbers that were said to be stored."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self._stage, self._ended = stage, threading.Event()
        self.confirmed: list[int] = []

    def run(self) -> None:
        with closing(self._stage.participant()) as sam:
            while not self._ended.is_set():
                answer = sam.ask("Is it too late?", nonce=f"n{len(self.confirmed)}" + "x" * 16)
                assert answer.status_code == 201, answer.text
                self.confirmed.append(answer.json()["number"])

    def end(self) -> None:
        self._ended.set()
        self.join()


@contextmanager
def asking(stage: Stage) -> Iterator[Asking]:
    thread = Asking(stage)
    thread.start()
    try:
        wait_until(lambda: len(thread.confirmed) > 5)
        yield thread
    finally:
        thread.end()


def seal(stage: Stage) -> None:
    """As the service does, some seconds later."""

    async def sealing() -> None:
        async with connect(stage.engine_url) as client:
            signer = Signer((stage.folder / "data" / "secret-key").read_bytes(), lambda: NOON)
            following = Following(
                *(SLUG, Seals(client), signer), alarm=lambda kind: None, monotonic=lambda: 0.0
            )
            assert await following.look() is None
            assert await following.sign()

    asyncio.run(sealing())


def destroy(stage: Stage) -> None:
    """The disk is gone: the engine, its files, and all else but what the operator keeps apart."""
    key = (stage.folder / "data" / "secret-key").read_bytes()
    stage.stop()
    with Embedded(stage.folder / "data"):
        pass
    shutil.rmtree(stage.folder / "data")
    (stage.folder / "data").mkdir(mode=0o700)
    (stage.folder / "data" / "secret-key").write_bytes(key)


def back_up(stage: Stage, folder: Path) -> Path:
    done = stage.run("backup", str(folder))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0].removeprefix("Written: "))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put_back(stage: Stage, path: Path) -> str:
    done = stage.run("restore", str(path))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_confirmed_before_the_backup_is_there_after_the_disk_is_gone(
    tmp_path: Path,
) -> None:
    with staged() as stage:
        with asking(stage) as asker:
            before = list(asker.confirmed)
            path = back_up(stage, tmp_path / "copies")
            after = list(asker.confirmed)
            wait_until(lambda: len(asker.confirmed) > len(after))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with stage.browser() as reader:
            position, epoch = place_of(reader.get(HERE).text)
        destroy(stage)
        assert "What came after that is lost" in put_back(stage, path)
        stage.start()
        snapshot = stage.snapshot()
        numbers = {question.number for question in snapshot.questions}
        assert set(before) <= numbers
        assert len(numbers) < len(asker.confirmed)
        # P7: whoever has seen more than there is now is told to begin anew.
        assert snapshot.position < position
        assert snapshot.epoch != epoch
        # The service works: staff sign in with their password, and a question is stored.
        with closing(stage.participant()) as sam:
            assert sam.ask("Am I heard?").status_code == 201
        assert stage.staff("asha").csrf
        with stage.browser() as reader:
            assert reader.get(f"{HERE}/transcript").status_code == 200


def test_the_record_of_a_restored_session_holds_up_to_its_newest_seal(tmp_path: Path) -> None:
    with staged() as stage:
        with asking(stage):
            pass
        seal(stage)
        path = back_up(stage, tmp_path)
        destroy(stage)
        put_back(stage, path)
        verified = stage.run("verify", SLUG)
        assert verified.returncode == 0, verified.stdout
        assert "Signed: 1 head" in verified.stdout


def test_a_sign_in_that_was_ended_does_not_come_back(tmp_path: Path) -> None:
    with staged() as stage:
        asha = stage.staff("asha")
        path = back_up(stage, tmp_path)
        assert asha.get("/staff").status_code == 200
        destroy(stage)
        put_back(stage, path)
        stage.start()
        assert asha.get("/staff").status_code == 303


# The copy itself


@pytest.fixture
def now() -> list[int]:
    return [NOON]


@pytest.fixture
async def filled(client: Redis, prefix: str, now: list[int]) -> Store:
    store = Store(client, prefix=prefix, now=lambda: now[0])
    await store.create(session())
    await store.submit(SLUG, nonce="n", text="zword-z", lang="en", author=SAM.author)
    return store


async def test_every_key_comes_back_as_it_was(
    filled: Store, client: Redis, prefix: str, tmp_path: Path
) -> None:
    path = await Backup(filled, client, prefix=prefix).take(tmp_path)
    before = {key: await client.dump(key) async for key in client.scan_iter(f"{prefix}:*")}
    meta = filled.key(SLUG, "meta").encode()
    with start_engine() as engine:
        async with connect(engine.url) as other:
            store = Store(other, prefix=prefix)
            await Backup(store, other, prefix=prefix).put_back(path)
            found = {key: await other.dump(key) async for key in other.scan_iter(f"{prefix}:*")}
            assert await store.epoch(SLUG) != await filled.epoch(SLUG)
    assert {k: v for k, v in found.items() if k != meta} == {
        k: v for k, v in before.items() if k != meta
    }


async def test_a_damaged_copy_is_refused(
    filled: Store, client: Redis, prefix: str, tmp_path: Path
) -> None:
    copies = Backup(filled, client, prefix=prefix)
    path = await copies.take(tmp_path)
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[:200], whole[:300] + b"x" + whole[301:], whole + b"x"):
        path.write_bytes(broken)
        with pytest.raises(BackupRefused, match=r"damaged|not a backup"):
            check(path)
    path.write_bytes(whole)
    check(path)
    for other in (tmp_path / "none", tmp_path):
        with pytest.raises(BackupRefused, match="cannot be read"):
            check(other)


async def test_a_store_that_has_something_is_not_written_over(
    filled: Store, client: Redis, prefix: str, tmp_path: Path
) -> None:
    copies = Backup(filled, client, prefix=prefix)
    path = await copies.take(tmp_path)
    with pytest.raises(BackupRefused, match="not empty"):
        await copies.put_back(path)


async def test_copies_whose_time_is_over_are_destroyed(
    filled: Store, client: Redis, prefix: str, tmp_path: Path, now: list[int]
) -> None:
    """Those that are too old, and those that hold words which were erased since."""
    copies = Backup(filled, client, prefix=prefix)
    kept = tmp_path / "my own.txt"
    kept.write_text("not yours")
    old = await copies.take(tmp_path)
    now[0] += 20 * DAY_MS
    before = await copies.take(tmp_path)
    now[0] += 11 * DAY_MS
    assert await copies.tidy(tmp_path, 30) == [old]
    assert b"zword-z" in before.read_bytes()
    await Purger(filled, client, Seals(client, prefix)).erase(SLUG, 30)
    now[0] += 1000
    after = await copies.take(tmp_path)
    assert b"zword-z" not in after.read_bytes()
    assert await copies.tidy(tmp_path, 30) == [before]
    assert names_in(tmp_path) == sorted([after.name, kept.name])


async def test_a_copy_that_could_not_be_finished_leaves_nothing(
    filled: Store, client: Redis, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Backup(filled, client, prefix=prefix)
    monkeypatch.setattr(copies, "_dumped", lambda keys: asyncio.sleep(0, 1 / 0))
    with pytest.raises(ZeroDivisionError):
        await copies.take(tmp_path)
    assert names_in(tmp_path) == []
    closed = tmp_path / "file"
    closed.write_text("")
    with pytest.raises(BackupRefused, match="choose another folder"):
        await copies.take(closed)


# Controls


def test_without_a_backup_nothing_is_there(tmp_path: Path) -> None:
    with staged() as stage:
        with asking(stage):
            pass
        destroy(stage)
        stage.start()
        with stage.browser() as reader:
            assert reader.get(HERE).status_code == 404


async def test_a_key_that_the_copy_forgets_is_found_out(
    filled: Store, client: Redis, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Backup(filled, client, prefix=prefix)
    keys = await copies._keys()
    forgotten = filled.key(SLUG, "questions").encode()

    async def fewer() -> set[bytes]:
        return keys - {forgotten}

    monkeypatch.setattr(copies, "_keys", fewer)
    path = await copies.take(tmp_path)
    with start_engine() as engine:
        async with connect(engine.url) as other:
            store = Store(other, prefix=prefix)
            await Backup(store, other, prefix=prefix).put_back(path)
            assert (await store.snapshot(SLUG)).questions == []
