"""The client and the checks of an engine, against real engines."""

from __future__ import annotations

import asyncio
import http.server
import random
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import redis.asyncio
from redis import exceptions

from askpanel.eventlog.engine import (
    WEAK_PERSISTENCE,
    EngineFacts,
    EngineRefused,
    check,
    connect,
)
from tests.engines import free_port, start_engine, wait_until

SECRET = "s3cret-Wort"


@asynccontextmanager
async def client_of(
    url: str, *, timeout_seconds: float = 3.0, connections: int = 64
) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect(url, timeout_seconds=timeout_seconds, connections=connections)
    try:
        yield client
    finally:
        await client.aclose()


async def refusal(url: str, **options: object) -> str:
    """The sentence with which a URL or the engine behind it is refused."""
    with pytest.raises(EngineRefused) as caught:
        async with client_of(url, timeout_seconds=1.0) as client:
            await check(client, **options)  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


# An engine that will do


async def test_a_safe_engine_is_accepted_and_described(engine_url: str) -> None:
    async with client_of(engine_url) as client:
        facts = await check(client)
    assert facts.name == "Valkey"
    assert int(facts.version.split(".")[0]) >= 7
    assert facts == EngineFacts(facts.name, facts.version, aof=True, appendfsync="always")


async def test_an_engine_behind_a_password_and_tcp_is_accepted() -> None:
    port = free_port()
    with start_engine("--requirepass", "p/a?s#s@w%d", port=port):
        async with client_of(f"redis://:p%2Fa%3Fs%23s%40w%25d@127.0.0.1:{port}/3") as client:
            await check(client)
            assert await client.set("a", "1")
            assert client.connection_pool.connection_kwargs["db"] == 3


async def test_a_named_user_is_let_in_over_the_socket() -> None:
    with start_engine("--user", "asha", "on", f">{SECRET}", "~*", "&*", "+@all") as engine:
        async with client_of(f"{engine.url}?username=asha&password={SECRET}") as client:
            await check(client)


# Engines that would lose questions


async def test_no_persistence_is_refused_unless_told_otherwise() -> None:
    with start_engine("--appendonly", "no") as engine:
        sentence = await refusal(engine.url)
        assert "does not keep its data on disk" in sentence
        assert "appendonly yes" in sentence
        assert f"{WEAK_PERSISTENCE}=yes" in sentence
        async with client_of(engine.url) as client:
            facts = await check(client, allow_weak_persistence=True)
    assert (facts.aof, facts.appendfsync) == (False, "no")


async def test_an_fsync_every_second_is_refused_unless_told_otherwise() -> None:
    with start_engine("--appendfsync", "everysec") as engine:
        sentence = await refusal(engine.url)
        assert "appendfsync everysec" in sentence
        assert "set appendfsync always" in sentence
        async with client_of(engine.url) as client:
            facts = await check(client, allow_weak_persistence=True)
    assert (facts.aof, facts.appendfsync) == (True, "everysec")


@pytest.mark.parametrize(
    "forbidden",
    [
        ["--rename-command", "CONFIG", ""],
        ["--user", "default", "on", "nopass", "~*", "&*", "+@all", "-config"],
    ],
    ids=["a managed service", "a narrow user"],
)
async def test_an_engine_that_hides_its_fsync_is_refused_unless_told_otherwise(
    forbidden: list[str],
) -> None:
    with start_engine(*forbidden) as engine:
        assert "will not say how often it writes to disk" in await refusal(engine.url)
        async with client_of(engine.url) as client:
            facts = await check(client, allow_weak_persistence=True)
    assert (facts.aof, facts.appendfsync) == (True, "unknown")


async def test_no_persistence_shows_even_where_config_is_forbidden() -> None:
    with start_engine("--appendonly", "no", "--rename-command", "CONFIG", "") as engine:
        assert "does not keep its data on disk" in await refusal(engine.url)


async def test_an_engine_that_evicts_keys_is_refused_whatever_we_are_told() -> None:
    with start_engine("--maxmemory-policy", "allkeys-lru") as engine:
        sentence = await refusal(engine.url, allow_weak_persistence=True)
    assert "maxmemory-policy allkeys-lru" in sentence
    assert "noeviction" in sentence


# Engines on which the scripts would not run


async def test_a_replica_is_refused() -> None:
    with start_engine(port=free_port()) as primary:
        flags = ("--replicaof", "127.0.0.1", str(primary.port))
        with start_engine(*flags) as replica:
            assert "read-only replica" in await refusal(replica.url)


async def test_a_node_of_a_cluster_is_refused() -> None:
    with start_engine("--cluster-enabled", "yes", port=free_port()) as engine:
        assert "node of a cluster" in await refusal(engine.url)


@asynccontextmanager
async def old_engine(info: bytes) -> AsyncIterator[str]:
    """Answers INFO as an engine does that nobody can install any more."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            writer.write(b"$%d\r\n%s\r\n" % (len(info), info))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_an_engine_too_old_is_refused_by_its_version() -> None:
    async with old_engine(b"redis_version:6.2.0\r\nrole:master\r\nloading:0") as url:
        sentence = await refusal(url)
    assert "Redis 6.2.0, which is too old" in sentence
    assert "Redis 7 or later, or Valkey" in sentence


# Engines that keep us out


async def test_a_missing_password_is_asked_for() -> None:
    with start_engine("--requirepass", SECRET) as engine:
        assert "needs a password" in await refusal(engine.url)


@pytest.mark.parametrize("over_tcp", [True, False], ids=["tcp", "socket"])
async def test_a_wrong_password_is_refused_without_repeating_it(over_tcp: bool) -> None:
    port = free_port()
    with start_engine("--requirepass", "other", port=port) as engine:
        url = f"redis://:{SECRET}@127.0.0.1:{port}" if over_tcp else ""
        sentence = await refusal(url or f"unix://{engine.socket}?password={SECRET}")
    assert "does not accept the password" in sentence
    assert (f"127.0.0.1:{port}" if over_tcp else str(engine.socket)) in sentence


async def test_a_password_for_an_engine_without_one_is_said_to_be_too_much() -> None:
    with start_engine() as engine:
        assert "has no password" in await refusal(f"{engine.url}?password={SECRET}")


async def test_an_engine_that_does_not_know_auth_does_not_make_us_repeat_the_password() -> None:
    with start_engine("--rename-command", "AUTH", "") as engine:
        await refusal(f"{engine.url}?password={SECRET}")


async def test_a_user_without_rights_is_told() -> None:
    with start_engine("--user", "default", "on", "nopass", "~*", "&*", "-@all") as engine:
        assert "does not let this user run INFO" in await refusal(engine.url)


async def test_an_engine_full_of_clients_is_named_as_such() -> None:
    with start_engine() as engine, engine.client() as only_one:
        only_one.config_set("maxclients", 1)
        assert "reached its maxclients" in await refusal(engine.url)


# No engine at all


async def test_where_nothing_listens_the_address_is_named_without_its_password() -> None:
    sentence = await refusal(f"redis://sam:{SECRET}@127.0.0.1:{free_port()}/0")
    assert "cannot be reached: nothing listens there" in sentence
    assert "sam" not in sentence


async def test_a_missing_socket_is_named() -> None:
    sentence = await refusal(f"unix:///nowhere/at/all.sock?password={SECRET}")
    assert "/nowhere/at/all.sock cannot be reached: there is no such socket" in sentence


async def test_an_unknown_host_is_named() -> None:
    sentence = await refusal(f"redis://:{SECRET}@no-such-host.invalid:6379")
    assert "no-such-host.invalid:6379 cannot be reached" in sentence


async def test_an_engine_that_hangs_is_given_up_within_the_timeout() -> None:
    with start_engine() as engine:
        engine.pause()
        started = asyncio.get_running_loop().time()
        assert "did not answer in time" in await refusal(engine.url)
        assert asyncio.get_running_loop().time() - started < 2.0


async def test_tls_to_an_engine_without_it_is_explained() -> None:
    port = free_port()
    with start_engine(port=port):
        sentence = await refusal(f"rediss://:{SECRET}@127.0.0.1:{port}")
    assert "did not answer over TLS, as rediss:// asks, in time" in sentence


@contextmanager
def web_server() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_a_web_server_is_not_taken_for_an_engine() -> None:
    with web_server() as port:
        sentence = await refusal(f"redis://:{SECRET}@127.0.0.1:{port}")
    assert "does not speak the Redis protocol" in sentence


# Loading


async def test_an_engine_still_loading_is_waited_for_and_then_refused() -> None:
    with start_engine() as engine:
        with engine.client() as client, client.pipeline() as many:
            for number in range(4000):
                many.set(f"key-{number}", "x")
            many.execute()
        engine.kill()
        engine.start("--key-load-delay", "300")
        assert "still loading its data" in await refusal(engine.url, loading_seconds=0.2)
        async with client_of(engine.url) as patient:
            await check(patient)
            assert await patient.dbsize() == 4000


# The URL


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "must begin with"),
        (f"http://:{SECRET}@host", "must begin with"),
        (f":{SECRET}@host:6379", "must begin with"),
        ("redis://", "needs a host"),
        (f"redis://:{SECRET}@/0", "needs a host"),
        (f"redis://:{SECRET}@host:0", "port"),
        (f"redis://:{SECRET}@host:99999", "port"),
        (f"redis://host:{SECRET}", "port"),
        (f"redis://:{SECRET}@[::1", "host or port"),
        (f"redis://:{SECRET}@host/name", "number of a database"),
        (f"redis://:12#{SECRET}@host", "percent-encoded"),
        (f"redis://sam:12#{SECRET}@host", "percent-encoded"),
        (f"redis://:12/{SECRET}@host", "percent-encoded"),
        (f"redis://:12?{SECRET}@host", "percent-encoded"),
        (f"redis://:12 {SECRET}@host", "percent-encoded"),
        (f"redis://host?password={SECRET}", "may only give"),
        (f"redis://host?{SECRET}", "may only give"),
        (f"redis://host?{SECRET}=1", "may only give"),
        ("redis://host?socket_timeout=100", "may only give"),
        (f"redis://:{SECRET}@host?db=first", "does not work"),
        (f"rediss://:{SECRET}@host?ssl_ca_certs=/nowhere.pem", "does not work"),
        (f"rediss://:{SECRET}@host?ssl_cert_reqs=maybe", "does not work"),
        ("unix://run/engine.sock", "three slashes"),
        ("unix://", "three slashes"),
    ],
)
async def test_a_url_that_cannot_be_used_is_refused_without_repeating_any_of_it(
    url: str, why: str
) -> None:
    sentence = await refusal(url)
    assert why in sentence
    assert "ASKPANEL_REDIS_URL" in sentence


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://[::1]:6379/0\n",
        "redis://asha:a%40b@engine.example:6380/2",
        "rediss://engine.example?ssl_cert_reqs=none&ssl_check_hostname=no",
        "unix:///run/a%20folder/engine%40home.sock?db=1",
    ],
)
async def test_a_usable_url_dials_nothing_yet(url: str) -> None:
    async with client_of(url) as client:
        assert client.connection_pool.get_connection_count()[0][0] == 0


# The client under load


async def test_a_thousand_commands_at_once_share_a_few_connections() -> None:
    with start_engine() as engine:
        async with client_of(engine.url) as client:
            answers = await asyncio.gather(*(client.incr("number") for _ in range(1000)))
            clients = (await client.info("clients"))["connected_clients"]
    assert sorted(answers) == list(range(1, 1001))
    assert clients <= 64


async def test_a_connection_goes_to_whoever_has_waited_longest() -> None:
    with start_engine() as engine:
        async with client_of(engine.url, connections=1) as client:
            pool: Any = client.connection_pool
            order: list[str] = []

            async def ask(name: str) -> None:
                connection = await pool.get_connection()
                order.append(name)
                await pool.release(connection)

            held = await pool.get_connection()
            waiting = [asyncio.create_task(ask(f"waiting {n}")) for n in range(3)]
            await asyncio.sleep(0)
            # Given back, and asked for by others in the same moment.
            latecomers = [ask(f"late {n}") for n in range(3)]
            await asyncio.gather(pool.release(held), *latecomers, *waiting)
    assert order == [f"{who} {n}" for who in ("waiting", "late") for n in range(3)]


async def test_a_connection_that_cannot_be_had_gives_its_turn_back() -> None:
    with start_engine() as engine:
        async with client_of(engine.url, connections=1, timeout_seconds=1.0) as client:
            engine.kill()
            for _ in range(3):
                with pytest.raises(exceptions.ConnectionError):
                    await client.get("number")


async def test_no_command_outlives_its_timeout_while_the_engine_hangs() -> None:
    with start_engine() as engine:
        async with client_of(engine.url, timeout_seconds=1.0) as client:
            clock = asyncio.get_running_loop().time

            async def lost() -> float:
                started = clock()
                with pytest.raises((exceptions.TimeoutError, exceptions.ConnectionError)):
                    await client.get("number")
                return clock() - started

            await asyncio.gather(*(client.incr("number") for _ in range(100)))
            engine.pause()
            first = asyncio.gather(*(lost() for _ in range(64)))
            await asyncio.sleep(0.3)
            # These get the connections of the first, in the middle of their own time.
            second = asyncio.gather(*(lost() for _ in range(200)))
            assert max(*await first, *await second) < 1.5
            engine.resume()
            answers = await asyncio.gather(*(client.echo(f"{n}") for n in range(300)))
    assert answers == [f"{n}".encode() for n in range(300)]


async def test_a_command_that_may_have_happened_is_never_sent_again() -> None:
    with start_engine() as engine, engine.client() as outside:
        async with client_of(engine.url) as client:
            outside.client_pause(10_000, all=False)
            submit = asyncio.ensure_future(client.incr("number"))
            await asyncio.to_thread(wait_until, lambda: outside.info("clients")["blocked_clients"])
            outside.client_kill_filter(_type="normal", skipme=True)
            with pytest.raises(exceptions.ConnectionError):
                await submit
            outside.client_unpause()
            assert await client.get("number") is None


async def test_after_a_restart_of_the_engine_not_one_command_is_lost() -> None:
    port = free_port()
    with start_engine(port=port) as engine:
        async with client_of(engine.url) as client:
            await asyncio.gather(*(client.incr("number") for _ in range(200)))
            engine.kill()
            with pytest.raises(exceptions.ConnectionError):
                await client.incr("number")
            engine.start()
            answers = await asyncio.gather(*(client.incr("number") for _ in range(200)))
    assert sorted(answers) == list(range(201, 401))


async def test_commands_cut_off_by_their_callers_leave_no_connection_behind() -> None:
    dice = random.Random(7)
    with start_engine() as engine:
        async with client_of(engine.url) as client:
            for _ in range(20):
                tasks = [asyncio.ensure_future(client.incr("number")) for _ in range(100)]
                for _ in range(dice.randrange(12)):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            answers = await asyncio.gather(*(client.echo(f"{n}") for n in range(200)))
            in_use = client.connection_pool.get_connection_count()[1][0]
    assert answers == [f"{n}".encode() for n in range(200)]
    assert in_use == 0
