"""An engine's own files, written anew: what was erased is in them before and not after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.rewriting import Written, write_anew
from tests.clusters import Cluster
from tests.engines import PrivateEngine, start_engine, wait_until

WORD = b"zword-z"


def in_files(engine: PrivateEngine) -> bool:
    files = [path for path in engine.folder.rglob("*") if path.is_file() and path.name != "log"]
    assert files
    return any(WORD in path.read_bytes() for path in files)


@pytest.fixture(params=[(), ("--save", "3600 1000000")], ids=["log alone", "log and dump"])
def engine(request: pytest.FixtureRequest) -> Iterator[PrivateEngine]:
    with start_engine(*request.param) as running:
        yield running


async def test_what_was_erased_is_gone_from_the_files(engine: PrivateEngine) -> None:
    async with connect(engine.url) as client:
        await client.set("key", WORD)
        await client.execute_command("BGSAVE")  # type: ignore[no-untyped-call]
        await client.delete("key")
        await client.set("other", "stays")
        assert in_files(engine)
        assert await write_anew(client) == [Written("", "done")]
    dumps = "save" in str(engine._flags)
    if dumps:
        wait_until(lambda: not in_files(engine))
    else:
        logs = engine.folder / "appendonlydir"
        wait_until(lambda: not any(WORD in path.read_bytes() for path in logs.iterdir()))


async def test_a_store_that_may_not_be_asked_says_so() -> None:
    rules = "user default on nopass ~* &* +@all -bgrewriteaof"
    with start_engine("--user", *rules.split()[1:]) as engine:
        async with connect(engine.url) as client:
            assert await write_anew(client) == [Written("", "forbidden")]


async def test_every_primary_of_a_cluster_writes(cluster: Cluster) -> None:
    async with connect(cluster.url) as client:
        written = await write_anew(client)
    assert [each.outcome for each in written] == ["done"] * 3
    assert all(each.where and each.replicas == 1 for each in written)


async def test_a_store_that_is_away_is_told() -> None:
    with start_engine() as engine:
        url = engine.url
    async with connect(url) as client:
        with pytest.raises(StoreAway):
            await write_anew(client)
