"""People who ask, one question after the other, each as soon as the last is acknowledged.

    python -m bench.rig.askers PORT SLUG CONNECTIONS SECONDS

Prints one line of JSON, an `Asked`. Every question is a new participant's first: without a cookie,
from another network (in X-Forwarded-For, as a proxy would say it), over a connection that stays
open. What the asking costs here is told, so that nobody takes it for the server's.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import cast

import msgspec
import uvloop

from askpanel.chat.nonce import new_nonce

TEXT = "I+am+worried+about+something+that+I+have+looked+at.+Who+may+I+talk+to%2C+and+who+hears%3F"
STORED = b"HTTP/1.1 201 "
LONGEST_ANSWER = 10.0
ROOT = Path(__file__).resolve().parent.parent.parent
BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 15; Mobile) AppleWebKit/537.36 Chrome/142.0 Safari\r\n"
    "Accept-Language: en-GB,en;q=0.9,cy;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
)


class Asked(msgspec.Struct, frozen=True):
    """What came of it: how many answers of each HTTP status, questions acknowledged a second, how
    long an acknowledgement took, and the CPU µs that asking one question cost the asker."""

    statuses: dict[str, int]
    acknowledged: int
    per_second: float
    p50_ms: float
    p99_ms: float
    asker_us: float


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._heard = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Hear the answer, and ask again."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._crowd.answered(head, time.perf_counter() - self._sent)
        self._heard = b""
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        """A connection that ends before its time is counted as an answer that never came."""
        self._crowd.ended()

    def _ask(self) -> None:
        assert self._transport
        if self._crowd.done():
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(self._crowd.request())


class Crowd:
    """All of them: until when they ask, and what they heard."""

    def __init__(self, port: int, slug: str, seconds: float) -> None:
        self.statuses: Counter[str] = Counter()
        self.delays: list[float] = []
        self._open = 0
        self._all_gone = asyncio.Event()
        self._seconds = seconds
        self._end = 0.0
        self._head = (
            f"POST /sessions/{slug}/questions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nAccept: application/json\r\n{BROWSER}"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )

    async def ask(self, port: int, connections: int) -> float:
        """Ask for as long as we are to; the seconds until the last had its answer."""
        loop = asyncio.get_running_loop()
        begun = time.perf_counter()
        self._end = begun + self._seconds
        self._open = connections
        for _ in range(connections):
            await loop.create_connection(lambda: Asker(self), "127.0.0.1", port)
        await asyncio.wait_for(self._all_gone.wait(), self._seconds + LONGEST_ANSWER)
        return time.perf_counter() - begun

    def request(self) -> bytes:
        """A question that nobody has asked, from where nobody has."""
        network = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
        body = f"text={TEXT}&id={new_nonce()}"
        return (
            f"{self._head}X-Forwarded-For: {network}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def answered(self, head: bytes, seconds: float) -> None:
        """Count one answer."""
        self.statuses[head[9:12].decode()] += 1
        if head.startswith(STORED):
            self.delays.append(seconds)

    def done(self) -> bool:
        """Whether to leave."""
        return time.perf_counter() >= self._end

    def ended(self) -> None:
        """One has left."""
        if not self.done():
            self.statuses["none"] += 1
        self._open -= 1
        if not self._open:
            self._all_gone.set()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def asked(port: int, slug: str, connections: int, seconds: float) -> Asked:
    """Ask from a process of its own."""
    words = (str(port), slug, str(connections), str(seconds))
    done = subprocess.run(
        [sys.executable, "-m", "bench.rig.askers", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + 3 * LONGEST_ANSWER,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise RuntimeError(f"the askers ended with {done.returncode}: {said[-1]}")
    return msgspec.json.decode(done.stdout, type=Asked)


async def main(port: int, slug: str, connections: int, seconds: float) -> Asked:
    """Ask, and say what came of it."""
    crowd = Crowd(port, slug, seconds)
    before = time.process_time()
    took = await crowd.ask(port, connections)
    cost = time.process_time() - before
    delays = sorted(crowd.delays) or [0.0]
    count = len(crowd.delays)
    return Asked(
        statuses=dict(crowd.statuses),
        acknowledged=count,
        per_second=count / took,
        p50_ms=delays[len(delays) // 2] * 1e3,
        p99_ms=delays[int(len(delays) * 0.99)] * 1e3,
        asker_us=cost / max(1, sum(crowd.statuses.values())) * 1e6,
    )


if __name__ == "__main__":
    _, port, slug, connections, seconds = sys.argv
    found = uvloop.run(main(int(port), slug, int(connections), float(seconds)))
    print(msgspec.json.encode(found).decode())
