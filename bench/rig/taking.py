"""One server taking questions from so many askers at once, measured and counted."""

from __future__ import annotations

import msgspec
import redis

from askpanel.eventlog.embedded import borrowed
from bench.rig.askers import asked
from bench.rig.processes import Server
from bench.rig.product import Room
from tests.service import SLUG

PROXY = {"TRUSTED_PROXIES": "127.0.0.1"}
"""So that every asker may come from a network of their own; the throttles stay on."""
WARM_UP = 1.0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one run gave. Microseconds are for each acknowledged question: CPU of the server and
    its store, and of the store's own time what went to its scripts and to its file (writing and
    fsync, waits included). `stored` is what the store holds of them afterwards."""

    connections: int
    acknowledged: int
    stored: int
    refused: int
    per_second: float
    p50_ms: float
    p99_ms: float
    app_us: float
    store_us: float
    script_us: float
    file_us: float
    asker_us: float

    @property
    def total_us(self) -> float:
        """The server and its store."""
        return self.app_us + self.store_us

    @property
    def fault(self) -> str:
        """What was not as it should be."""
        found = [f"{self.refused} not acknowledged"] if self.refused else []
        if self.stored < self.acknowledged:
            found.append(f"{self.acknowledged - self.stored} acknowledged and LOST")
        elif self.stored > self.acknowledged + self.refused:
            found.append(f"{self.stored - self.acknowledged} stored without a word")
        return ", ".join(found)


class Clocks(msgspec.Struct, frozen=True):
    """What the store says of itself: questions, and µs of its scripts and of its file."""

    questions: int
    script: int
    file: int


def clocks(room: Room) -> Clocks:
    """Read them."""
    with borrowed(room.service.folder / "data") as url, redis.Redis.from_url(url) as client:
        info = client.info("everything") | client.info("debug")
        held = client.hlen(f"askpanel:{{{SLUG}}}:questions")
        return Clocks(
            questions=int(held),
            script=int(info.get("eventloop_duration_cmd_sum", 0)),
            file=int(info.get("eventloop_duration_aof_sum", 0)),
        )


def take(room: Room, connections: int, seconds: float, *, warm_up: float = WARM_UP) -> Taken:
    """Let them ask for so long, and count on both sides."""
    assert room.service.process
    server = Server([room.service.process.pid])
    port = room.service.port
    if warm_up:
        asked(port, SLUG, connections, warm_up)
    before, start = clocks(room), server.cost()
    heard = asked(port, SLUG, connections, seconds)
    cost, after = server.cost().since(start), clocks(room)
    count = max(1, heard.acknowledged)
    return Taken(
        connections=connections,
        acknowledged=heard.acknowledged,
        stored=after.questions - before.questions,
        refused=sum(heard.statuses.values()) - heard.acknowledged,
        per_second=heard.per_second,
        p50_ms=heard.p50_ms,
        p99_ms=heard.p99_ms,
        app_us=cost.app / count * 1e6,
        store_us=cost.store / count * 1e6,
        script_us=(after.script - before.script) / count,
        file_us=(after.file - before.file) / count,
        asker_us=heard.asker_us,
    )
