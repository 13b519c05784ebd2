"""P1, P4, P6. Three nodes on a store of several engines are one service, and a primary that dies
takes nothing with it that was confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from tests.clusters import Cluster, Watched, info, start_cluster, start_watched
from tests.engines import PrivateEngine, wait_until
from tests.promises.asking import Aof, Book, asking, faults_of, more, refused
from tests.promises.line import Line, place_of
from tests.promises.stage import LENIENT, Stage
from tests.service import NONCE, SLUG

LOG = f"askpanel:{{{SLUG}}}:log"
NODES = 3
STEP = 12
"""Questions between two turns of the story, from three askers at once."""
HEALED_SECONDS = 5.0
"""P6: from the moment the store is whole until a question is confirmed again."""
STARTERS: dict[str, Callable[[], AbstractContextManager[Cluster | Watched]]] = {
    "cluster": start_cluster,
    "sentinels": start_watched,
}


class Node(Stage):
    """One of several installations on the same store."""

    def __init__(self, url: str) -> None:
        super().__init__(REDIS_URL=url, SECRET_KEY="the same on every node " * 2)
        self._settings.update(LENIENT)
        self._store = url

    @property
    def engine_url(self) -> str:
        return self._store


class Copies(Aof):
    """Which engines' files hold a text: a confirmed question is in two at the least."""

    def __init__(self, engines: list[PrivateEngine]) -> None:
        self._files = [Aof(engine.folder) for engine in engines]

    def holds(self, text: str) -> bool:
        return sum(file.holds(text) for file in self._files) >= 2


class House:
    """A store of several engines and three nodes that serve from it."""

    def __init__(self, engines: Cluster | Watched, stack: ExitStack) -> None:
        self.engines = engines
        self.nodes = [Node(engines.url) for _ in range(NODES)]
        for node in self.nodes:
            stack.callback(node.close)
        with ThreadPoolExecutor(NODES) as pool:
            list(pool.map(lambda node: node.start(), self.nodes))
        self.nodes[0].set_scene()

    @contextmanager
    def readers(self) -> Iterator[list[Line]]:
        """One at each node, who began at the same place."""
        with ExitStack() as stack:
            place = place_of(self.nodes[0].participant().page())
            yield [stack.enter_context(Line(node, *place)) for node in self.nodes]

    @contextmanager
    def askers(self, book: Book, aof: Aof | None = None) -> Iterator[None]:
        """One at each node, who never gives up."""
        with ExitStack() as stack:
            for node in self.nodes:
                stack.enter_context(asking(node.url, aof, clients=1, book=book))
            yield

    def publish(self, words: str) -> int:
        """A question that is asked at one node, approved at another and answered at a third."""
        one, two, three = self.nodes
        number = one.participant().ask(words).json()["number"]
        assert two.staff("asha").command(number, "approve").is_success
        morgan = three.staff("morgan")
        assert morgan.command(number, "answer", text=f"Answered: {words}", lang="en").is_success
        return int(number)


@pytest.fixture(params=STARTERS, scope="module")
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    with STARTERS[request.param]() as engines, ExitStack() as stack:
        yield House(engines, stack)


def published(lines: list[Line], number: int) -> bool:
    """Whether every reader has been brought this question's answer, or something went wrong."""
    return all(number in line.appended() or line.faults for line in lines)


def test_a_question_is_asked_at_one_node_approved_at_another_and_answered_at_a_third(
    house: House,
) -> None:
    with house.readers() as lines:
        number = house.publish("Does it matter where I ask?")
        wait_until(lambda: published(lines, number))
    assert [line.faults for line in lines] == [[]] * NODES
    # One may have been brought already what came after the answer: that the session is live.
    heard = min(line.frames[-1]["position"] for line in lines)
    told = [[each for each in line.frames if each["position"] <= heard] for line in lines]
    assert told[0] == told[1] == told[2]
    for line, frames in zip(lines, told, strict=True):
        assert line.appended() == [number]
        drawn = [op[-1] for frame in frames for op in frame.get("ops", ())]
        assert any("Answered: Does it" in each for each in drawn)


def test_a_primary_dies_in_the_middle_of_a_session(house: House) -> None:
    book, engines = Book(), house.engines
    for question in house.nodes[0].snapshot().questions:
        book.sent[f"before {question.number}"] = question.text
    with house.readers() as lines:
        with house.askers(book, Copies(engines.nodes)):
            wait_until(more(book, STEP))
        shown = [house.publish("Is anybody there?")]
        before = book.count
        with house.askers(book):
            wait_until(more(book, STEP))
            dead = engines.primary_of(LOG)
            dead.kill()
            wait_until(lambda: takes_writes(engines))
            if isinstance(engines, Cluster):
                # One replica was all it had: until it is back nothing can be kept twice.
                wait_until(refused(book))
                dead.start()
            wait_until(engines.is_whole)
            for node in house.nodes:
                insist(node, book)
            wait_until(more(book, STEP))
        shown.append(house.publish("And now?"))
        wait_until(lambda: published(lines, shown[-1]))
        stored = house.nodes[0].snapshot()
    texts = {question.number: question.text for question in stored.questions}
    book.sent.update({f"shown {number}": texts[number] for number in shown})
    assert faults_of(book, stored.questions) == []
    assert (book.not_on_disk, book.strange) == ([], [])
    assert book.refused > 0, "the failover was not felt"
    assert book.count >= before + 2 * STEP
    for line in lines:
        if stored.epoch == line.epoch:
            assert (line.faults, line.appended()) == ([], shown)
        else:
            # What a reader has seen and no replica had is gone with the primary: rare, and told.
            assert line.faults[0].startswith("reset")


def insist(node: Node, book: Book) -> None:
    """Ask at a node as people do who were refused, for as long as P6 lets them."""
    asker, words = node.participant(), f"Is it over at {node.port}?"
    nonce = NONCE.findall(asker.page())[0]
    book.sent[nonce] = words
    wait_until(lambda: asker.ask(words, nonce=nonce).is_success, seconds=HEALED_SECONDS)


def takes_writes(engines: Cluster | Watched) -> bool:
    """Whether another engine has taken the dead one's place."""
    try:
        return info(engines.primary_of(LOG)).get("role") == "master"
    except StopIteration:
        return False
