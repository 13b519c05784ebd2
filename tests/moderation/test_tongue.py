"""Which language a question is in, held against labelled ones and against our own words."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from askpanel.chat.locale import CATALOGUES
from askpanel.moderation.tongue import tongue_of
from askpanel.moderation.unmasked import unmasked

LABELLED: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("languages.toml").read_text("utf-8")
)


@pytest.mark.parametrize("lang", ["en", "cy", "other"])
def test_short_questions_are_told_apart(lang: str) -> None:
    wrong = [text for text in LABELLED[lang] if tongue_of(unmasked(text)) != lang]
    assert wrong == []


def test_where_nobody_could_say_nothing_is_said() -> None:
    assert {tongue_of(unmasked(text)) for text in LABELLED["unclear"]} == {""}


def test_mixed_languages_are_one_of_the_two() -> None:
    assert {tongue_of(unmasked(text)) for text in LABELLED["mixed"]} <= {"en", "cy"}


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_sentences_that_it_was_not_made_with_are_told_apart(lang: str) -> None:
    """The catalogues: hundreds of sentences in both languages. A few say nothing either way."""
    with (CATALOGUES / "cy.po").open("rb") as source:
        entries = [entry for entry in read_po(source) if isinstance(entry.id, str)]
    texts = [str(entry.id if lang == "en" else entry.string) for entry in entries]
    sentences = [text for text in texts if len(text.split()) >= 5 and "%" not in text]
    said = Counter(tongue_of(unmasked(text)) for text in sentences)
    assert len(sentences) > 100
    assert said["other"] == said["cy" if lang == "en" else "en"] == 0
    assert said[lang] >= 0.95 * len(sentences)
