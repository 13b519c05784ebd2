"""The labelled pairs of questions, and how well a threshold tells them apart."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator

import msgspec

from askpanel.eventlog.model import Change, Question, State
from askpanel.eventlog.projection import Projection, Snapshot
from askpanel.eventlog.session import Session
from askpanel.moderation.likeness import content_of, likeness
from askpanel.moderation.similar import Similarities
from bench.rig.compiler import BENCH

PAIRS = BENCH / "similar.toml"


class Pair(msgspec.Struct, frozen=True):
    """Two questions, and whether one answer serves both. `part` is what the pair is used for."""

    part: str
    lang: str
    same: bool
    a: str
    b: str

    @property
    def score(self) -> int:
        """What the product says of it."""
        return likeness(content_of(self.a, self.lang), content_of(self.b, self.lang))


class Quality(msgspec.Struct, frozen=True):
    """Of the pairs scored so high: how many are the same (precision), and of those that are the
    same, how many scored so high (recall)."""

    offered: int
    right: int
    same: int

    @property
    def precision(self) -> float:
        return self.right / self.offered if self.offered else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.same


def pairs() -> list[Pair]:
    """All that are labelled."""
    found = tomllib.loads(PAIRS.read_text("utf-8"))
    return [
        Pair(part, lang, kind == "same", **pair)
        for part, languages in found.items()
        for lang, kinds in languages.items()
        for kind, listed in kinds.items()
        for pair in listed
    ]


def quality(judged: Iterable[Pair], threshold: int) -> Quality:
    """How well a threshold does."""
    scored = [(pair.same, pair.score >= threshold) for pair in judged]
    offered = sum(high for _, high in scored)
    right = sum(same and high for same, high in scored)
    return Quality(offered, right, sum(same for same, _ in scored))


def filled(session: Session, texts: Iterable[tuple[str, str]]) -> Projection:
    """A session with these questions waiting in it: (text, language), numbered from 1."""
    change = Change(command="submit", at=0)
    questions = [
        Question(
            number=number,
            state=State.PENDING,
            text=text,
            lang=lang,
            author=f"author-{number}",
            at=0,
            changed=change,
            since=number,
        )
        for number, (text, lang) in enumerate(texts, 1)
    ]
    return Projection(
        Snapshot(
            session=session, epoch="e", position=len(questions), questions=questions, entries=[]
        )
    )


def offered(session: Session, every: list[Pair]) -> Iterator[tuple[Pair, list[str]]]:
    """Each pair with what is offered for its first question, in a session with the second
    question of every pair waiting."""
    others = list(dict.fromkeys((pair.b, pair.lang) for pair in every))
    projection, similarities = filled(session, others), Similarities()
    while similarities.read_more(projection):
        pass
    for pair in every:
        found = similarities.similar_to(pair.a, pair.lang, projection)
        yield pair, [projection.questions[each.number].text for each in found]
