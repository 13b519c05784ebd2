"""People who ask without a pause and never give up, and the book that is kept of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from askpanel.eventlog.model import Question
from tests.service import NO_TLS, SLUG

PATH = f"/sessions/{SLUG}/questions"
PATIENCE = 4.5
"""Seconds that an asker waits for an answer before asking again."""
PAUSE = 0.025


class Aof:
    """The engine's append-only file, as far as it has been written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, bytearray] = {}
        self._lock = threading.Lock()

    def holds(self, text: str) -> bool:
        """Whether the text is in it now."""
        with self._lock:
            for path in self._folder.rglob("*.aof"):
                known = self._read.setdefault(path, bytearray())
                with path.open("rb") as file:
                    file.seek(len(known))
                    known += file.read()
            return any(text.encode() in known for known in self._read.values())


class Book:
    """What was sent, under which id, and what was said to be stored, under which number."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        self.acknowledged: dict[str, set[int]] = {}
        self.not_on_disk: list[str] = []
        self.strange: list[str] = []
        self.refused = 0

    @property
    def count(self) -> int:
        """Questions of which somebody was told that they are stored."""
        return len(self.acknowledged)


def faults_of(book: Book, stored: Iterable[Question]) -> list[str]:
    """Every way in which the store and the book disagree, in words."""
    questions = list(stored)
    numbers = sorted(question.number for question in questions)
    texts = [question.text for question in questions]
    found = []
    if numbers != list(range(1, len(numbers) + 1)):
        found.append("the numbers are not dense")
    found += [f"stored twice: {text}" for text in set(texts) if texts.count(text) > 1]
    found += [f"never sent: {text}" for text in texts if text not in book.sent.values()]
    by_text = {question.text: question.number for question in questions}
    for nonce, said in book.acknowledged.items():
        text = book.sent[nonce]
        if said != {by_text.get(text)}:
            found.append(f"acknowledged as {said}, stored as {by_text.get(text)}: {text}")
    return found


class Asker(threading.Thread):
    """Sends one question after the other, each until it is acknowledged.

    Every fourth is first sent on a connection that is cut before the answer can come.
    """

    def __init__(self, url: str, book: Book, aof: Aof | None, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._url, self._book, self._aof, self._stopped = url, book, aof, stop
        self._asked = 0

    def run(self) -> None:
        """Ask until told to stop."""
        with httpx.Client(
            base_url=self._url,
            headers={"Origin": self._url, "Accept": "application/json"},
            timeout=PATIENCE,
            verify=NO_TLS,
        ) as client:
            while not self._stopped.wait(PAUSE):
                nonce, text = uuid4().hex, f"May I ask {uuid4().hex}?"
                self._book.sent[nonce] = text
                self._asked += 1
                if self._asked % 4 == 0:
                    self._send_and_hang_up({"id": nonce, "text": text})
                while not self._ask(client, nonce, text) and not self._stopped.wait(PAUSE):
                    self._book.refused += 1

    def _ask(self, client: httpx.Client, nonce: str, text: str) -> bool:
        try:
            answer = client.post(PATH, data={"id": nonce, "text": text})
        except httpx.TransportError:
            return False
        if answer.status_code != 201:
            if answer.status_code not in (429, 503):
                self._book.strange.append(f"{answer.status_code}: {answer.text[:200]}")
            return False
        if self._aof is not None and not self._aof.holds(text):
            self._book.not_on_disk.append(text)
        self._book.acknowledged.setdefault(nonce, set()).add(int(answer.json()["number"]))
        return True

    def _send_and_hang_up(self, fields: dict[str, str]) -> None:
        body = urlencode(fields)
        host, port = self._url.removeprefix("http://").split(":")
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nOrigin: {self._url}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            with socket.create_connection((host, int(port)), timeout=1) as line:
                line.sendall((head + body).encode())
        except OSError:
            return


@contextmanager
def asking(
    url: str, aof: Aof | None = None, clients: int = 4, book: Book | None = None
) -> Iterator[Book]:
    """Several people asking at once, for as long as this lasts."""
    book, stop = book or Book(), threading.Event()
    askers = [Asker(url, book, aof, stop) for _ in range(clients)]
    for asker in askers:
        asker.start()
    try:
        yield book
    finally:
        stop.set()
        for asker in askers:
            asker.join(timeout=2 * PATIENCE)


def more(book: Book, count: int) -> Callable[[], bool]:
    """Whether so many more questions have been acknowledged than at this moment."""
    goal = book.count + count
    return lambda: book.count >= goal


def refused(book: Book) -> Callable[[], bool]:
    """Whether somebody had to ask again after this moment."""
    before = book.refused
    return lambda: book.refused > before
