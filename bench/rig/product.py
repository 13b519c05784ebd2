"""The whole product, as an operator runs it, with the cast giving its commands by HTTP forms."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from websockets.sync.client import connect
from websockets.typing import Origin

from askpanel import demo
from askpanel.chat.nonce import new_nonce
from bench.rig.candidates import FRAME_BYTES, Candidate, Running
from bench.rig.readers import Door
from tests.service import SLUG, Participant, Service, StaffClient

POSITION = re.compile(r'data-position="(\d+)"')
EPOCH = re.compile(r'data-epoch="([^"]+)"')
QUESTION = "I am worried about something that I have looked at. Who may I talk to, and who hears?"
ANSWERS = (
    demo.ANSWER_LAW,
    demo.ANSWER_HELP,
    (
        "Nobody here decides whether you are a bad person. What counts is what happens next, and "
        "you can decide that today: close the device, tell one person whom you trust, and ring us."
    ),
    (
        "We look at what was on the device, who had it and when. That takes months, and we know "
        "how long they are for a family. Ask for a named contact, and write down what you are "
        "told.\n\n"
        "Your children's school is told only what it needs to keep children safe, and not by us in "
        "the playground."
    ),
    (
        "A child who was sent such a picture has done nothing wrong by being sent it. Stay calm, "
        "thank them for telling you, do not delete it yet, and report it together."
    ),
)
"""As long, and as like one another, as what panelists write."""
QUESTIONS = tuple(text for _, _, text, _ in demo.QUESTIONS)
SETTINGS = {"QUESTIONS_PER_MINUTE": "1000", "SOCKETS_PER_CLIENT": "100000"}


class Room:
    """A live session and three of its people: Sam asks, Asha approves, Morgan answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.sam: Participant = service.participant()
        self.asha: StaffClient = service.staff("asha")
        self.morgan: StaffClient = service.staff("morgan")
        self._waiting: list[int] = []
        self._given = 0
        self._padding = ""

    def ready_questions(self, count: int) -> None:
        """Have so many questions approved, and answers padded to the common size."""
        self._waiting = [self._approved() for _ in range(count + 1)]
        self._padding = "x" * (FRAME_BYTES - self._bare_size())

    def ready_questions_in_words(self, count: int) -> None:
        """Have so many questions approved, of many kinds."""
        self._waiting = [self._approved(QUESTIONS[i % len(QUESTIONS)]) for i in range(count)]

    def door(self) -> Door:
        """Where a reader of the page as it is now would connect."""
        return door_of(self.service, self.sam)

    def answer(self, _: int) -> None:
        """Morgan's click under a question that waits."""
        sent = time.time_ns()
        self._answer(self._waiting.pop(), sent)

    def answer_in_words(self, _: int) -> None:
        """Morgan's click, with an answer such as people give instead of padding."""
        sent = time.time_ns()
        self._padding = ANSWERS[self._given % len(ANSWERS)]
        self._given += 1
        self._answer(self._waiting.pop(), sent)

    def whole_life(self, _: int) -> None:
        """One question asked, approved and answered: three frames for everybody."""
        sent = time.time_ns()
        self._answer(self._approved(), sent)

    def sample(self, count: int) -> list[bytes]:
        """The frames of so many answers in words, as a reader gets them."""
        self.ready_questions_in_words(count)
        door, found = self.door(), []
        with connect(f"{self.service.socket_url}{door.path}", origin=Origin(door.origin)) as reader:
            for number in range(count):
                self.answer_in_words(number)
                while "sent=" not in (frame := str(reader.recv(timeout=10))):
                    pass
                found.append(frame.encode())
        return found

    def _approved(self, text: str = QUESTION) -> int:
        asked = self.sam.ask(text, nonce=new_nonce())
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


def door_of(service: Service, reader: Participant | None = None) -> Door:
    """Where a reader of that service's page, as it is now, would connect."""
    page = (reader or service.participant()).page()
    position, epoch = POSITION.findall(page)[0], EPOCH.findall(page)[0]
    return Door(
        port=service.port,
        path=f"/sessions/{SLUG}/live?after={position}&epoch={epoch}",
        origin=service.url,
        expect="{",
    )


@contextmanager
def room_of(*, workers: int = 1, settings: Mapping[str, str] | None = None) -> Iterator[Room]:
    """A room in a service of its own."""
    service = Service(None, **{**SETTINGS, **(settings or {})})
    try:
        service.start(workers=workers)
        service.prepare()
        yield Room(service)
    finally:
        service.close()


def running_in(room: Room, publish: Callable[[int], None]) -> Running:
    """The room as something to be measured."""
    assert room.service.process
    return Running(door=room.door(), roots=[room.service.process.pid], publish=publish)


@contextmanager
def _answers(broadcasts: int) -> Iterator[Running]:
    with room_of() as room:
        room.ready_questions(broadcasts)
        yield running_in(room, room.answer)


@contextmanager
def _answers_in_words(broadcasts: int) -> Iterator[Running]:
    with room_of() as room:
        room.ready_questions_in_words(broadcasts)
        yield running_in(room, room.answer_in_words)


@contextmanager
def _whole_lives(_: int) -> Iterator[Running]:
    with room_of() as room:
        room.ready_questions(0)
        yield running_in(room, room.whole_life)


PRODUCT = Candidate(key="askpanel", name="Askpanel, the whole product", serve=_answers)
WHOLE_LIFE = Candidate(
    key="askpanel-life", name="Askpanel, asked + approved + answered", serve=_whole_lives
)
IN_WORDS = Candidate(
    key="askpanel-words", name="Askpanel, answers in words", serve=_answers_in_words
)
