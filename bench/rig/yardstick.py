"""The engine alone, under its own benchmark tool, with the same file and the same fsync."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from askpanel.eventlog.engine import connect
from askpanel.eventlog.store import Store, read_script
from bench.rig import places
from tests.cast import session
from tests.engines import PrivateEngine, start_engine

RANDOM = "__rand_int__"
"""What the tool replaces by twelve digits, in every request others."""
SPAN = 1_000_000_000
NUMBER = re.compile(r'"([\d.]+)"')
COLUMNS = ("rps", "avg", "min", "p50", "p95", "p99", "max")
QUESTION = msgspec.json.encode(
    {
        "text": "I am worried about something that I have looked at. Who may I talk to, and who "
        "hears?",
        "lang": "en",
        "author": "0123456789abcdef0123456789abcdef",
    }
).decode()


class Alone(msgspec.Struct, frozen=True):
    """What the tool said of one command."""

    per_second: float
    p50_ms: float
    p99_ms: float


class Yardstick:
    """An engine with a session that takes questions, and nobody else in front of it."""

    def __init__(self, engine: PrivateEngine) -> None:
        self._engine = engine
        self._store = Store(connect(engine.url))
        self._tool = places.store_benchmark()
        self._loaded = ""

    def submit(self, connections: int, requests: int) -> Alone:
        """The script that stores a question, called as the product calls it."""
        slug = session().slug
        keys = [self._store.key(slug, part) for part in ("meta", "log", "questions", "nonces")]
        nonce = f"{'0' * 20}{RANDOM}"
        given = ("EVALSHA", self._script(), "4", *keys, "", nonce, QUESTION)
        before = self._stored()
        found = self._run(connections, requests, *given)
        stored = self._stored() - before
        assert stored > 0.99 * requests, f"only {stored} of {requests} questions were stored"
        return found

    def append(self, connections: int, requests: int) -> Alone:
        """One entry of a stream, as many bytes as a question: what a log costs at least."""
        return self._run(connections, requests, "XADD", "log", "*", "event", QUESTION)

    def _stored(self) -> int:
        with self._engine.client() as client:
            return int(client.hlen(self._store.key(session().slug, "questions")))

    def _script(self) -> str:
        if not self._loaded:
            self._loaded = asyncio.run(self._prepare())
        return self._loaded

    async def _prepare(self) -> str:
        client = connect(self._engine.url)
        try:
            now = (await client.time())[0]
            made = session()
            moved = made.schedule.moved_to(now * 1000)
            await Store(client).create(msgspec.structs.replace(made, schedule=moved))
            return str(await client.script_load(read_script("submit")))
        finally:
            await client.aclose()

    def _run(self, connections: int, requests: int, *command: str) -> Alone:
        done = subprocess.run(
            [
                *(*self._tool.command, "-s", str(self._engine.socket), "--csv"),
                *("-c", str(connections), "-n", str(requests), "-r", str(SPAN), *command),
            ],
            env=self._tool.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        # The name of the test is the command, and not quoted as CSV wants it: only the end counts.
        numbers = NUMBER.findall(done.stdout.strip().splitlines()[-1]) if done.stdout else []
        if done.returncode or len(numbers) < len(COLUMNS) or "rror" in done.stdout + done.stderr:
            said = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
            raise RuntimeError(f"the store's benchmark: {said[-1][:120]}")
        found = dict(zip(COLUMNS, map(float, numbers[-len(COLUMNS) :]), strict=True))
        return Alone(per_second=found["rps"], p50_ms=found["p50"], p99_ms=found["p99"])


@contextmanager
def yardstick() -> Iterator[Yardstick]:
    """Raises Unavailable where the tool cannot be had."""
    places.store_benchmark()
    with start_engine() as engine:
        yield Yardstick(engine)
