"""Where the keys of a session lie, so that the scripts run on one engine and on a cluster alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from askpanel.eventlog import store as store_module
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.rules import RULES
from askpanel.eventlog.store import LUA, Store, read_script
from tests.cast import ASHA, HANA, LUCY, MINUTE, MORGAN, NOON, SAM, session
from tests.engines import PrivateEngine, start_engine, wait_until

SLUG = "stop-it-now"
SHARED = ("staff", "seal", "common", "question", "triage", "desk", "backup")
CALLERS = ("store", "backstage", "purging")
STORE_SCRIPTS = sorted(path.stem for path in LUA.glob("*.lua") if not path.stem.startswith(SHARED))


@pytest.fixture(scope="module")
def node() -> Iterator[PrivateEngine]:
    """One node of a cluster, which has all the slots."""
    with start_engine("--cluster-enabled", "yes") as engine:
        client = engine.client()
        client.cluster("ADDSLOTSRANGE", "0", "16383")
        wait_until(lambda: client.cluster("INFO")["cluster_state"] == "ok")
        yield engine


@pytest.fixture
async def cluster(
    node: PrivateEngine, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """A store on a node of a cluster, with scripts that say by their first line that they stay
    in one slot: the node then refuses one that reaches for a key which lies elsewhere."""
    monkeypatch.setattr(store_module, "read_script", lambda name: f"#!lua\n{read_script(name)}")
    async with connect(node.url) as client:
        yield Store(client, prefix=prefix, now=lambda: NOON, lease_ms=MINUTE)


async def test_every_command_runs_on_a_node_of_a_cluster(cluster: Store) -> None:
    """Two sessions, so that a script that reached into another one would be told."""
    for slug in (SLUG, "another"):
        await cluster.create(session(slug=slug, short=slug, second_check=True))
        assert await cluster.slug_of(slug) == slug
        for number in range(1, 4):
            await cluster.submit(slug, nonce=f"{number}", text="Why?", lang="en", author=SAM.author)
        await cluster.decide(slug, 1, "approve", ASHA)
        await cluster.decide(slug, 1, "answer", MORGAN, text="Because", lang="en")
        await cluster.decide(slug, 1, "publish", LUCY)
        await cluster.decide(slug, 2, "merge", ASHA, into=1)
        await cluster.decide(slug, 3, "withdraw", SAM)
        await cluster.schedule(slug, "pause", HANA)
        await cluster.notice_phase(slug, "live")
        await cluster.revoke(slug, {"asha": 2})
        await cluster.renew_epoch(slug, await cluster.epoch(slug))
        snapshot = await cluster.snapshot(slug)
        states = {q.number: str(q.state) for q in snapshot.questions}
        assert states == {1: "answered", 2: "merged", 3: "withdrawn"}
        assert len(await cluster.wait(slug, 0, 50)) == snapshot.position == 11
    assert [each.slug for each in await cluster.sessions()] == ["another", SLUG]


async def test_the_node_refuses_a_script_that_reaches_for_another_key(
    cluster: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = "redis.call('SADD', 'askpanel:sessions', 'x')"
    text = read_script("phase").replace("local order", f"{planted}\nlocal order")
    monkeypatch.setattr(store_module, "read_script", lambda name: f"#!lua\n{text}")
    await cluster.create(session())
    reaching = Store(cluster._client, prefix=cluster._prefix, now=lambda: NOON)
    with pytest.raises(StoreAway) as refused:
        await reaching.notice_phase(SLUG, "live")
    assert "do not hash to the same slot" in str(refused.value.__cause__)


async def test_everything_of_a_session_lies_under_one_hash_tag(client: Redis, prefix: str) -> None:
    store = Store(client, prefix=prefix, now=lambda: NOON)
    await store.create(session(short="ask"))
    await store.submit(SLUG, nonce="one", text="Why?", lang="en", author=SAM.author)
    await store.revoke(SLUG, {"asha": 2})
    keys = {key.decode() async for key in client.scan_iter(match=f"{prefix}:*")}
    assert keys == {
        f"{prefix}:sessions",
        f"{prefix}:shorts",
        *(
            f"{prefix}:{{{SLUG}}}:{part}"
            for part in ("meta", "log", "questions", "nonces", "staff")
        ),
    }


@pytest.mark.parametrize("path", sorted(LUA.glob("*.lua")), ids=lambda path: path.stem)
def test_a_script_names_no_key_of_its_own(path: Path) -> None:
    """Every call takes its key from KEYS, or from the parameter of a function that is given it."""
    text = path.read_text("utf-8")
    calls = re.findall(r"redis\.p?call\(\s*'(\w+)'\s*(?:,\s*([^,)]+))?", text)
    assert text.count("redis.call") + text.count("redis.pcall") == len(calls)
    for command, key in calls:
        if command != "TIME":
            allowed = r"KEYS\[(\d|i|meta)\]" if path.stem != "common" else r"meta|log|staff"
            assert re.fullmatch(allowed, key), f"{command} of {key}"


def test_every_script_gets_as_many_keys_as_it_uses() -> None:
    source = "".join((LUA.parent / f"{each}.py").read_text("utf-8") for each in CALLERS)
    for name in STORE_SCRIPTS:
        used = {int(n) for n in re.findall(r"KEYS\[(\d)\]", read_script(name))}
        given = re.search(rf'"{name}",\s*(?:session\.)?slug,\s*(?:\(([^)]*)\)|keys)', source)
        assert given is not None, name
        before = re.findall(r"keys = \(([^)]*)\)", source[: given.start()])
        assert len(used) == len(re.findall(r'"\w+"', given[1] or before[-1])), name
    assert RULES.keys() == set(re.findall(r"steps(?:\.|\[')(\w+)", read_script("decide")))
