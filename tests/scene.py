"""What there is to see on a tour: sessions of four kinds, and questions in every state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from askpanel import demo
from askpanel.eventlog.session import Session
from askpanel.moderation.playbookfile import packaged
from tests.cast import ASHA, BEA, HANA, LUCY, MINUTE, MORGAN, NOON, session

MAIN, CHECKED, PAUSED, ENGLISH = "stop-it-now", "checked", "paused", "english"
PHASES = {
    "announced": NOON - 7 * 24 * 60 * MINUTE,
    "early": NOON - 30 * MINUTE,
    "live": NOON + 5 * MINUTE,
    "last": NOON + 57 * MINUTE,
    "closed": NOON + 90 * MINUTE,
}
ACTORS = {actor.username: actor for actor in (ASHA, BEA, HANA, MORGAN, LUCY)}
WELSH_QUESTION = "Pryd fydd yr ateb yn barod?"
ASKER = "Robin O'Neill"
TYPED = "What somebody typed"
DRAFT: dict[str, str | int] = {"text": "Our answer, as drafted.", "lang": "en"}
CHECKS: list[list[demo.Step]] = [
    [("asha", "approve", {"text": "When is it ready?"}), ("morgan", "answer", DRAFT)],
    [
        ("asha", "approve", {}),
        ("morgan", "answer", {"text": "Ein drafft.", "lang": "cy"}),
        ("bea", "return", {"note": "Shorter, please."}),
    ],
    [
        ("asha", "approve", {}),
        ("lucy", "answer", DRAFT),
        ("bea", "publish", {}),
        ("hana", "correct", {"answer": 1, "text": "Our answer, corrected."}),
        ("bea", "publish", {}),
        ("morgan", "answer", DRAFT),
    ],
    [("asha", "assign", {"organisation": "gmp"}), ("asha", "approve", {})],
    [("asha", "reject", {"reason": "off-topic"}), ("asha", "restore", {})],
]
"""What is done to each question of the session whose answers need a second pair of eyes."""


def english_only(whole: Session) -> Session:
    """A session as its file would be if it listed English alone."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            if "cy" in value:
                return {"en": value["en"]}
            return {name: cut(each) for name, each in value.items()}
        return [cut(each) for each in value] if isinstance(value, list) else value

    plain = cut(msgspec.to_builtins(whole))
    return msgspec.convert({**plain, "languages": ["en"], "slug": ENGLISH}, Session)


def content() -> list[str]:
    """Every text that people wrote, so that a test can tell it from the words of the program."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield from (value, value.removeprefix("https://"))
        elif isinstance(value, dict):
            yield from (text for each in value.values() for text in texts(each))
        elif isinstance(value, list | tuple):
            yield from (text for each in value for text in texts(each))

    steps = [step for _, _, _, given in demo.QUESTIONS for step in given]
    asked = [text for _, _, text, _ in demo.QUESTIONS]
    names = [actor.name for actor in ACTORS.values()]
    own = [asked, steps, CHECKS, WELSH_QUESTION, TYPED, ASKER, names]
    said = msgspec.to_builtins(packaged())
    found = texts([msgspec.to_builtins(session()), said, *own])
    return sorted(set(found), key=len, reverse=True)
