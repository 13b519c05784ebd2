"""A cluster looked over before it is trusted: which is refused, which is told of, in words."""

from __future__ import annotations

import pytest

from askpanel.eventlog.engine import EngineRefused, check, connect
from tests.clusters import Cluster, info, paused, start_cluster
from tests.engines import free_port, start_engine, wait_until


async def refusal(url: str, **options: bool) -> str:
    async with connect(url, timeout_seconds=1.0) as client:
        with pytest.raises(EngineRefused) as refused:
            await check(client, **options)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_a_cluster_is_accepted_by_any_of_its_nodes(cluster: Cluster) -> None:
    for node in cluster.nodes:
        async with connect(f"redis+cluster://127.0.0.1:{node.port}") as client:
            assert (await check(client)).appendfsync == "always"


async def test_the_address_of_a_node_alone_is_refused_with_the_right_one(cluster: Cluster) -> None:
    for node in cluster.nodes:
        assert "as redis+cluster://host:port" in await refusal(f"redis://127.0.0.1:{node.port}")


@pytest.mark.parametrize("part", ["primary", "replica"])
async def test_any_engine_that_would_lose_questions_is_refused(cluster: Cluster, part: str) -> None:
    role = "master" if part == "primary" else "slave"
    weak = next(node for node in cluster.nodes if info(node)["role"] == role)
    with weak.client() as client:
        client.config_set("appendfsync", "everysec")
        try:
            sentence = await refusal(cluster.url)
            async with connect(cluster.url) as forgiving:
                await check(forgiving, allow_weak_persistence=True)
        finally:
            client.config_set("appendfsync", "always")
    assert f"127.0.0.1:{weak.port} writes to disk too rarely" in sentence


async def test_a_replica_that_does_not_answer_is_told_of_and_no_reason_not_to_start(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    copy = next(node for node in cluster.nodes if info(node)["role"] == "slave")
    with paused(copy):
        async with connect(cluster.url, timeout_seconds=1.0) as client:
            await check(client)
    assert "fewer replicas" in caplog.text
    wait_until(cluster.is_whole)


async def test_a_single_engine_is_no_cluster() -> None:
    with start_engine(port=free_port()) as engine:
        sentence = await refusal(f"redis+cluster://127.0.0.1:{engine.port}")
    assert "neither a node of a cluster nor a sentinel" in sentence


async def test_a_cluster_that_does_not_serve_everything_is_refused() -> None:
    with start_engine("--cluster-enabled", "yes", port=free_port()) as engine:
        with engine.client() as client:
            client.cluster("ADDSLOTSRANGE", 0, 999)
        sentence = await refusal(f"redis+cluster://127.0.0.1:{engine.port}")
    assert "serves only 1000 of its 16384 slots" in sentence


async def test_where_nobody_answers_all_the_addresses_are_named() -> None:
    one, two = free_port(), free_port()
    sentence = await refusal(f"redis+cluster://sam:word@127.0.0.1:{one},127.0.0.1:{two}")
    assert f"127.0.0.1:{one}, 127.0.0.1:{two} cannot be reached: nothing listens" in sentence
    assert "word" not in sentence


async def test_a_primary_without_a_replica_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with start_cluster(primaries=1, copies=0) as alone:
        async with connect(alone.url) as client:
            await check(client)
        assert "fewer replicas" in caplog.text
        caplog.clear()
        async with connect(f"{alone.url}?replicas=0") as client:
            await check(client)
    assert caplog.text == ""
