"""The whole product, as an operator runs it, with the cast giving its commands by HTTP forms."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.sync.client import connect
from websockets.typing import Origin

from askpanel.chat.nonce import new_nonce
from bench.rig.candidates import FRAME_BYTES, Candidate, Running
from bench.rig.readers import Door
from tests.service import SLUG, Participant, Service, StaffClient

POSITION = re.compile(r'data-position="(\d+)"')
EPOCH = re.compile(r'data-epoch="([^"]+)"')
QUESTION = "I am worried about something that I have looked at. Who may I talk to, and who hears?"
SETTINGS = {"QUESTIONS_PER_MINUTE": "1000", "SOCKETS_PER_CLIENT": "100000"}


class Room:
    """A live session and three of its people: Sam asks, Asha approves, Morgan answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.sam: Participant = service.participant()
        self.asha: StaffClient = service.staff("asha")
        self.morgan: StaffClient = service.staff("morgan")
        self._waiting: list[int] = []
        self._padding = ""

    def ready_questions(self, count: int) -> None:
        """Have so many questions approved, and answers padded to the common size."""
        self._waiting = [self._approved() for _ in range(count + 1)]
        self._padding = "x" * (FRAME_BYTES - self._bare_size())

    def door(self) -> Door:
        """Where a reader of the page as it is now would connect."""
        page = self.sam.page()
        position, epoch = POSITION.findall(page)[0], EPOCH.findall(page)[0]
        return Door(
            port=self.service.port,
            path=f"/sessions/{SLUG}/live?after={position}&epoch={epoch}",
            origin=self.service.url,
            expect="{",
        )

    def answer(self, _: int) -> None:
        """Morgan's click under a question that waits."""
        sent = time.time_ns()
        self._answer(self._waiting.pop(), sent)

    def whole_life(self, _: int) -> None:
        """One question asked, approved and answered: three frames for everybody."""
        sent = time.time_ns()
        self._answer(self._approved(), sent)

    def _approved(self) -> int:
        asked = self.sam.ask(QUESTION, nonce=new_nonce())
        assert asked.status_code == 201, asked.text
        number = int(asked.json()["number"])
        done = self.asha.command(number, "approve")
        assert done.status_code == 200, done.text
        return number

    def _answer(self, number: int, sent: int) -> None:
        words = f"sent={sent} {self._padding}"
        done = self.morgan.command(number, "answer", text=words, lang="en")
        assert done.status_code == 200, done.text

    def _bare_size(self) -> int:
        """Bytes of an answer's frame without padding."""
        door = self.door()
        with connect(f"{self.service.socket_url}{door.path}", origin=Origin(door.origin)) as reader:
            self.answer(0)
            while "sent=" not in (frame := str(reader.recv(timeout=10))):
                pass
        return len(frame.encode())


@contextmanager
def _room() -> Iterator[Room]:
    service = Service(None, **SETTINGS)
    try:
        service.start()
        service.prepare()
        yield Room(service)
    finally:
        service.close()


def _running(room: Room, publish: Callable[[int], None]) -> Running:
    assert room.service.process
    return Running(door=room.door(), roots=[room.service.process.pid], publish=publish)


@contextmanager
def _answers(broadcasts: int) -> Iterator[Running]:
    with _room() as room:
        room.ready_questions(broadcasts)
        yield _running(room, room.answer)


@contextmanager
def _whole_lives(_: int) -> Iterator[Running]:
    with _room() as room:
        room.ready_questions(0)
        yield _running(room, room.whole_life)


PRODUCT = Candidate(key="askpanel", name="Askpanel, the whole product", serve=_answers)
WHOLE_LIFE = Candidate(
    key="askpanel-life", name="Askpanel, asked + approved + answered", serve=_whole_lives
)
