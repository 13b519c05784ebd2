"""A service under attack, and honest people beside: one asks, one decides, one reads, over and
over, with a watch in hand. And what the attack costs the server in memory."""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
from websockets.sync.client import ClientConnection

from tests.autobahn.client import Client
from tests.engines import wait_until
from tests.promises.line import dial, place_of
from tests.promises.stage import Stage
from tests.service import NO_TLS, SLUG, StaffClient

SIEGE = Path(__file__).with_name("siege.py")
Limits = dict[str, dict[str, float | None]]
PROMPT: Limits = {
    "http": {"head_timeout": 2.0, "body_timeout": 2.0, "read_timeout": 2.0},
    "server": {"ws_ping_interval": 1.0, "ws_ping_timeout": 1.5},
}
"""Seconds, where an installation has tens of them."""
MIB = 1 << 20
ROUND = 0.05
"""Seconds between the end of one round and the next."""
CALM_ROUNDS = 12
FLOOR = 0.25
"""Seconds: twice of next to nothing is no harm to anybody. The machine may be busy with more."""
WORST = 2.0
"""Seconds (P10)."""


@contextmanager
def besieged(fault: str = "", limits: Limits = PROMPT, **settings: str) -> Iterator[Stage]:
    """A service with one session and its staff, and the limits that the attack needs."""
    wide = {"QUESTIONS_PER_MINUTE": "1000", "SOCKETS_PER_CLIENT": "100000"}
    stage = Stage(None, fault="", engine=None, **{**wide, **settings})
    changes = json.dumps({"fault": fault, **limits})
    stage.program = (sys.executable, str(SIEGE), changes)
    try:
        stage.start()
        stage.set_scene()
        yield stage
    finally:
        stage.close()


def door(stage: Stage) -> str:
    """The path of a reader's socket who has just loaded the page."""
    with stage.browser() as browser:
        position, epoch = place_of(browser.get(f"/sessions/{SLUG}").text)
    return f"/sessions/{SLUG}/live?after={position}&epoch={epoch}"


def intruder(stage: Stage, path: str, source: str = "127.0.0.66", **how: object) -> Client:
    """Somebody's socket that does as it likes; see `Client`."""
    return Client(
        stage.port,
        path=path,
        origin=stage.url,
        source=source,
        **how,  # type: ignore[arg-type]
    )


@contextmanager
def crowd(stage: Stage, count: int, **how: object) -> Iterator[list[Client]]:
    """So many intruders, who leave at the end."""
    path = door(stage)
    with ExitStack() as doors:
        clients = [intruder(stage, path, **how) for _ in range(count)]  # type: ignore[arg-type]
        for client in clients:
            doors.enter_context(client.sock)
        yield clients


class Watch:
    """What the rounds took, in seconds: `asked` until the store had it, `delivered` from the
    moderator's click until the reader's screen; `faults` in words."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.delivered: list[float] = []
        self.faults: list[str] = []

    @property
    def rounds(self) -> int:
        return len(self.delivered)

    def harm_since(self, calm: Watch) -> list[str]:
        """Every way in which this was worse than promised, in words."""
        found = list(self.faults)
        if not self.rounds:
            return [*found, "nothing was asked and delivered"]
        for name in ("asked", "delivered"):
            before, now = getattr(calm, name), getattr(self, name)
            usual, middle = statistics.median(before), statistics.median(now)
            if middle > max(2 * usual, FLOOR):
                found.append(f"{name} in {middle:.3f} s, before in {usual:.3f} s")
        if max(self.delivered) > WORST:
            found.append(f"delivered once in {max(self.delivered):.3f} s")
        return found


class Company(threading.Thread):
    """The three of them."""

    def __init__(self, stage: Stage, sam: httpx.Client, asha: StaffClient) -> None:
        super().__init__(daemon=True)
        self._stage, self._sam, self._asha = stage, sam, asha
        self._ended = threading.Event()
        self.watch = Watch()

    def run(self) -> None:
        """Round after round, until the end."""
        try:
            with dial(self._stage, door(self._stage)) as lucy:
                while not self._ended.wait(ROUND):
                    self._round(lucy)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shall hear of it
            self.watch.faults.append(repr(error))

    def _round(self, lucy: ClientConnection) -> None:
        watch, text = self.watch, f"May I ask {uuid4().hex}?"
        self._sam.cookies.clear()  # somebody else each time
        began = time.monotonic()
        answer = self._sam.post(
            f"/sessions/{SLUG}/questions", data={"id": uuid4().hex, "text": text}
        )
        asked = time.monotonic()
        if answer.status_code != 201:
            watch.faults.append(f"Sam was answered {answer.status_code}")
            return
        done = self._asha.command(int(answer.json()["number"]), "approve")
        assert done.status_code == 200, done.text
        while text not in json.dumps(json.loads(lucy.recv(timeout=15))):
            pass
        watch.asked.append(asked - began)
        watch.delivered.append(time.monotonic() - asked)

    def look(self) -> Watch:
        """What was seen until now; from here on they look anew."""
        seen, self.watch = self.watch, Watch()
        return seen

    def go_on(self, rounds: int) -> None:
        """Let them have so many rounds more."""
        goal = self.watch.rounds + rounds
        wait_until(lambda: self.watch.rounds >= goal or self.watch.faults, seconds=60)

    def leave(self) -> None:
        self._ended.set()
        self.join(timeout=20)


@contextmanager
def company(stage: Stage) -> Iterator[tuple[Company, Watch]]:
    """Honest people who stay, and what they saw while it was calm."""
    headers = {"Origin": stage.url, "Accept": "application/json"}
    with (
        httpx.Client(base_url=stage.url, headers=headers, timeout=15, verify=NO_TLS) as sam,
        closing(stage.staff("asha")) as asha,
    ):
        honest = Company(stage, sam, asha)
        honest.start()
        try:
            honest.go_on(3)
            honest.look()
            honest.go_on(CALM_ROUNDS)
            calm = honest.look()
            assert not calm.faults
            yield honest, calm
        finally:
            honest.leave()


class Scales:
    """The resident memory of a server's process, in bytes, as the kernel counts it."""

    def __init__(self, stage: Stage) -> None:
        assert stage.process
        self._folder = Path(f"/proc/{stage.process.pid}")
        self._before = 0

    def reset(self) -> None:
        """Weigh it now, and watch for its peak from here."""
        (self._folder / "clear_refs").write_text("5")
        self._before = self._weigh("VmRSS")

    def gain(self) -> int:
        """How much more there was at once since then."""
        return self._weigh("VmHWM") - self._before

    def _weigh(self, name: str) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


@contextmanager
def besetting(attack: Callable[[], object], at_once: int = 2) -> Iterator[None]:
    """Attacks, one after the other, several at once, for as long as this lasts."""
    ended, failures = threading.Event(), []

    def go_on() -> None:
        try:
            while not ended.is_set():
                attack()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shall hear of it
            failures.append(error)

    threads = [threading.Thread(target=go_on, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(timeout=30)
    assert failures == []


def metric(stage: Stage, name: str) -> float:
    """The sum of one of the operator's numbers."""
    with stage.browser() as browser:
        lines = browser.get("/metrics").text.splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith((f"{name} ", f"{name}{{"))
    )


def soon(condition: Callable[[], object], seconds: float = 20) -> bool:
    """Whether it comes true in time."""
    try:
        wait_until(condition, seconds=seconds)
    except AssertionError:
        return False
    return True
