"""The load client as Python sees it: many readers in one C process, asked for their count."""

from __future__ import annotations

import subprocess
from types import TracebackType

import msgspec

from bench.rig.compiler import compiled
from bench.rig.processes import cpu_seconds


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where the readers knock, and how they know that they are in (see `load.c`)."""

    port: int
    path: str = "/live"
    page: str = ""
    origin: str = ""
    hello: str = ""
    expect: str = ""


class Arrival(msgspec.Struct, frozen=True):
    """How many got in, and how long it took one of them; `statuses` are the HTTP statuses of the
    handshakes, and of pages that were not given. `page_bytes` is a page with its headers,
    `bytes` what all were told in frames until the last of them was in."""

    ready: int
    failed: int
    seconds: float
    page_bytes: int
    bytes: int
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


class Tally(msgspec.Struct, frozen=True):
    """What all readers have had since the last reset. `marked` are the deliveries; `sendings`
    gives for each broadcast how many had it and after how many ms the last one did; `garbled`
    are compressed frames that say nothing, or not what everybody else's say."""

    open: int
    marked: int
    frames: int
    bytes: int
    wire: int
    heartbeats: int
    pings: int
    compressed: int
    missing: int
    duplicated: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    longest_ms: float
    sendings: list[tuple[int, float]]
    closed: dict[str, int]
    garbled: int = 0


class Readers:
    """`count` sockets, open for as long as this is."""

    def __init__(self, door: Door, count: int, *, within: int = 120, deflate: bool = False) -> None:
        program = compiled("load")
        self._process = subprocess.Popen(
            [
                *(str(program), "--port", str(door.port), "--path", door.path),
                *("--origin", door.origin, "--hello", door.hello, "--expect", door.expect),
                *("--sockets", str(count), "--within", str(within), "--page", door.page),
                *(["--deflate"] if deflate else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def arrive(self) -> Arrival:
        """Wait until all are in, or have failed, or have had their time."""
        return msgspec.json.decode(self._line(), type=Arrival)

    def cost(self) -> float:
        """CPU seconds of the load client itself so far."""
        return cpu_seconds([self._process.pid])

    def reset(self) -> None:
        """Count from nothing."""
        self._say("reset")

    def await_deliveries(self, count: int, seconds: float) -> Tally:
        """The tally as soon as there are so many deliveries, or after this long."""
        self._say(f"await {count} {int(seconds * 1000)}")
        return msgspec.json.decode(self._line(), type=Tally)

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _line(self) -> bytes:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load client ended with {self._process.wait()}")
        return line
