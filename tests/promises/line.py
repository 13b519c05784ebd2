"""A reader's socket, kept open as the page keeps it: it resumes by position, and counts."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.promises.stage import Stage
from tests.service import SLUG

PLACE = re.compile(r'id="transcript" data-position="(\d+)" data-epoch="([^"]+)"')
AGAIN = 0.1
"""Seconds before dialling again; the page waits longer, and at random."""


def place_of(page: str) -> tuple[int, str]:
    """The position and the epoch that a public page was drawn at."""
    found = PLACE.search(page)
    assert found, page[:500]
    return int(found[1]), found[2]


def cookie_of(client: httpx.Client) -> str:
    """What a browser with these cookies sends along."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def dial(stage: Stage, path: str, **how: Any) -> ClientConnection:
    """One socket. `cookie`, `origin`, `agent` and further `headers` are what a browser sends;
    `source` is the address of the loopback that it comes from."""
    headers = dict(how.pop("headers", {}))
    if how.get("cookie"):
        headers["Cookie"] = how.pop("cookie")
    source = how.pop("source", "127.0.0.1")
    sock = socket.create_connection(("127.0.0.1", stage.port), 5, (source, 0))
    try:
        line: ClientConnection = connect(
            stage.socket_url + path,
            sock=sock,
            origin=how.pop("origin", stage.url),
            user_agent_header=how.pop("agent", "a browser"),
            additional_headers=headers,
            compression=None,
            proxy=None,
            **how,
        )
    except BaseException:
        sock.close()
        raise
    return line


def end_of(stage: Stage, path: str, **how: Any) -> int:
    """The status that a socket is refused with, or the code that it is closed with at once."""
    try:
        with dial(stage, path, **how) as line:
            while True:
                line.recv(timeout=5)
    except InvalidStatus as refusal:
        return refusal.response.status_code
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006


def frames_until(line: ClientConnection, position: int, seconds: float = 5) -> list[Any]:
    """Every frame until one of this position, and that one."""
    found: list[Any] = []
    while not found or found[-1].get("position", 0) < position:
        found.append(json.loads(line.recv(timeout=seconds)))
        if found[-1].get("reset"):
            break
    return found


class Line(threading.Thread):
    """Somebody who reads along, whatever happens to the server.

    `frames` are those that showed something; `faults` what should never happen, in words.
    """

    def __init__(self, stage: Stage, after: int, epoch: str, language: str = "") -> None:
        super().__init__(daemon=True)
        self._stage, self._language, self.epoch = stage, language, epoch
        self.position = after
        self.frames: list[Any] = []
        self.faults: list[str] = []
        self.dialled = 0
        self._left = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self.join(timeout=10)

    def run(self) -> None:
        """Read, and dial again after the last position, until the reader leaves."""
        while not self._left.is_set():
            path = f"{self._language}/sessions/{SLUG}/live?after={self.position}"
            try:
                with dial(self._stage, f"{path}&epoch={self.epoch}") as line:
                    self.dialled += 1
                    self._listen(line)
            except (OSError, ConnectionClosed, InvalidHandshake):
                self._left.wait(AGAIN)

    def _listen(self, line: ClientConnection) -> None:
        while not self._left.is_set():
            with contextlib.suppress(TimeoutError):
                self.hear(json.loads(line.recv(timeout=0.1)))

    def hear(self, frame: Any) -> None:
        """Count one frame as the page does."""
        if frame.get("reset"):
            self.faults.append(f"reset at {self.position}")
            self._left.set()
        elif "position" not in frame:
            return
        elif frame["since"] > self.position:
            self.faults.append(f"{frame['since']} did not come after {self.position}")
            self.position = frame["position"]
        elif frame["position"] > self.position:
            self.position = frame["position"]
            if frame.get("ops"):
                self.frames.append(frame)
        elif frame["position"] < self.position or frame.get("ops"):
            self.faults.append(f"{frame['position']} came again")

    def appended(self) -> list[int]:
        """The numbers of the questions that were added to the transcript, as they were added."""
        return [
            int(re.findall(r'id="question-(\d+)"', op[2])[0])
            for frame in self.frames
            for op in frame.get("ops", ())
            if op[:2] == ["append", "transcript"]
        ]
