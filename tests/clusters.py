"""Several engines that make one store: a cluster, or a primary that sentinels watch over.

Real ones on the loopback, each in a folder of its own, with AOF `always` like every engine here.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.crc import key_slot

from askpanel.eventlog.enginebinary import find_server
from tests.engines import PrivateEngine, free_port, start_engine, wait_until

SLOTS = 16_384
SILENCE_MS = 1_500
"""How long an engine may be silent before the others decide that it has failed."""
QUICK = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
SERVICE = "questions"


def info(engine: PrivateEngine) -> dict[str, Any]:
    """What an engine says of itself; nothing while it does not answer."""
    with engine.client() as client, contextlib.suppress(redis.RedisError):
        found: dict[str, Any] = client.info()
        return found
    return {}


@contextmanager
def paused(engine: PrivateEngine) -> Iterator[None]:
    """An engine that stands still for as long as this lasts."""
    engine.pause()
    try:
        yield
    finally:
        engine.resume()


class Cluster:
    """The nodes of one cluster, of which any may be asked where a key lies."""

    def __init__(self, nodes: dict[PrivateEngine, int], primaries: int) -> None:
        self.nodes = list(nodes)
        self._buses, self._primaries = nodes, primaries
        seeds = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        self.url = f"redis+cluster://{seeds}"

    def form(self) -> None:
        """Make one cluster of them: every slot is served, and every primary has its copies."""
        share = -(-SLOTS // self._primaries)
        with ExitStack() as stack:
            clients = [stack.enter_context(node.client()) for node in self.nodes]
            names = [client.cluster("MYID") for client in clients]
            for number, client in enumerate(clients):
                client.cluster("SET-CONFIG-EPOCH", number + 1)
                if number < self._primaries:
                    last = min(SLOTS, share * (number + 1)) - 1
                    client.cluster("ADDSLOTSRANGE", share * number, last)
            for node, bus in self._buses.items():
                clients[0].cluster("MEET", "127.0.0.1", node.port, bus)
            wait_until(lambda: all(len(c.cluster("NODES")) == len(clients) for c in clients))
            for number, client in enumerate(clients[self._primaries :]):
                client.cluster("REPLICATE", names[number % self._primaries])
        wait_until(self.is_whole)

    def is_whole(self) -> bool:
        """Whether every node agrees that all slots are served, and every copy is in step."""
        return all(self._is_well(node) for node in self.nodes)

    def primary_of(self, key: str) -> PrivateEngine:
        """The node that serves a key, by its own account."""
        slot = key_slot(key.encode())
        return next(node for node in self.nodes if any(slot in run for run in served(node)))

    def copies_of(self, primary: PrivateEngine) -> list[PrivateEngine]:
        """The nodes that copy a primary."""
        return [node for node in self.nodes if info(node).get("master_port") == primary.port]

    def _is_well(self, node: PrivateEngine) -> bool:
        found = info(node)
        if found.get("role") == "slave":
            in_step = found["master_link_status"] == "up"
        else:
            in_step = found.get("connected_slaves", 0) >= len(self.nodes) // self._primaries - 1
        if not in_step:
            return False
        with node.client() as client:
            return bool(client.cluster("INFO")["cluster_state"] == "ok")


def served(node: PrivateEngine) -> list[range]:
    """The slots that a node serves, by its own account; none while it does not answer."""
    with node.client() as client, contextlib.suppress(redis.RedisError):
        for known in client.cluster("NODES").values():
            if "myself" in known["flags"] and "master" in known["flags"]:
                return [range(int(run[0]), int(run[-1]) + 1) for run in known["slots"]]
    return []


@contextmanager
def start_cluster(*flags: str, primaries: int = 3, copies: int = 1) -> Iterator[Cluster]:
    """A running cluster with as many copies of each primary."""
    with ExitStack() as stack:
        nodes = {}
        for _ in range(primaries * (1 + copies)):
            bus = free_port()
            usual = (
                *("--cluster-enabled", "yes", "--cluster-port", str(bus)),
                *("--cluster-node-timeout", str(SILENCE_MS), *QUICK),
                *("--cluster-require-full-coverage", "no"),
            )
            node = stack.enter_context(start_engine(*usual, *flags, port=free_port()))
            nodes[node] = bus
        cluster = Cluster(nodes, primaries)
        cluster.form()
        yield cluster


class Watched:
    """A primary and its replicas, and the sentinels that watch over them."""

    @property
    def sentinels(self) -> list[str]:
        """Where the sentinels listen."""
        return [f"127.0.0.1:{port}" for port in self._ports]

    def __init__(self, nodes: list[PrivateEngine], folder: Path, sentinels: int) -> None:
        self.nodes = nodes
        self._folder = folder
        self._ports = [free_port() for _ in range(sentinels)]
        self._processes: list[subprocess.Popen[bytes]] = []
        seeds = ",".join(f"127.0.0.1:{port}" for port in self._ports)
        self.url = f"redis+sentinel://{seeds}/{SERVICE}"

    def primary_of(self, key: str) -> PrivateEngine:
        """The engine that takes writes, by its own account."""
        return next(node for node in self.nodes if info(node).get("role") == "master")

    def is_whole(self) -> bool:
        """Whether everybody who runs copies the primary, and is in step."""
        running = [node for node in self.nodes if node.process.poll() is None]
        states = [info(node).get("master_link_status") for node in running]
        return states.count("up") == len(running) - 1

    def watch(self) -> None:
        """Start the sentinels and return when they know each other and every engine."""
        wait_until(self.is_whole)
        quorum = len(self._ports) // 2 + 1
        for port in self._ports:
            path = self._folder / f"sentinel-{port}.conf"
            path.write_text(
                f"port {port}\nbind 127.0.0.1\ndir {self._folder}\n"
                f"sentinel monitor {SERVICE} 127.0.0.1 {self.nodes[0].port} {quorum}\n"
                f"sentinel down-after-milliseconds {SERVICE} {SILENCE_MS}\n"
                f"sentinel failover-timeout {SERVICE} 10000\n"
            )
            with path.with_suffix(".log").open("ab") as log:
                self._processes.append(
                    subprocess.Popen(
                        [find_server(), str(path), "--sentinel"], stdout=log, stderr=log
                    )
                )
        wait_until(self.is_watched)

    def is_watched(self) -> bool:
        """Whether every sentinel knows of the others, and of the copies."""
        return all(self._knows_all(port) for port in self._ports)

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def _knows_all(self, port: int) -> bool:
        with redis.Redis(port=port, protocol=2) as client, contextlib.suppress(redis.RedisError):
            state = client.sentinel_master(SERVICE)
            return (
                state["num-other-sentinels"] == len(self._ports) - 1
                and state["num-slaves"] == len(self.nodes) - 1
                and not state["is_sdown"]
            )
        return False


@contextmanager
def start_watched(*flags: str, copies: int = 2, sentinels: int = 3) -> Iterator[Watched]:
    """A primary with its copies under the eyes of sentinels."""
    folder = Path(tempfile.mkdtemp(prefix="askpanel-test-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        primary = stack.enter_context(start_engine(*QUICK, *flags, port=free_port()))
        after = ("--replicaof", "127.0.0.1", str(primary.port), *QUICK, *flags)
        others = [
            stack.enter_context(start_engine(*after, port=free_port())) for _ in range(copies)
        ]
        watched = Watched([primary, *others], folder, sentinels)
        stack.callback(watched.stop)
        watched.watch()
        yield watched
