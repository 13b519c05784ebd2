"""Every string that a reader can see has its translation, whole and fit to be shown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import pytest
from babel.messages.catalog import Catalog, Message

from askpanel.chat.locale import LOCALES, NAMES, plural_forms
from askpanel.eventlog.sessionfile.words import LANGUAGES
from tools import catalogue
from tools.catalogue import catalogues, first, forms, read, strings

PLACEHOLDER = re.compile(r"%\(\w+\)s|%\{\w+\}|%[nt]\b|%%|%")
SAME = {"Askpanel", "Beta", "Staff"}
"""Strings that are one and the same in both languages."""
AMERICAN = re.compile(
    r"\b(?:\w+iz(?:e|ed|es|ing|ation)|analyz\w*|behavior\w*|cancel(?:ed|ing)|center\w*|color\w*|"
    r"counsel(?:or|ing)\w*|defense|favor\w*|fulfill|gray|honor\w*|judgment|label(?:ed|ing)|"
    r"labor|neighbor\w*|offense|program|skeptic\w*|traveled|911|zip code|cell ?phone)\b",
    re.IGNORECASE,
)
BRITISH_TOO = re.compile(r"\b(?:size|prize|seize)[ds]?\b", re.IGNORECASE)


def placeholders(words: str) -> Counter[str]:
    """What is filled in, and a stray % that would stop the page from being drawn."""
    return Counter(PLACEHOLDER.findall(words))


def different_placeholders(messages: Catalog) -> list[str]:
    """Strings whose translation does not fill in what the English fills in, in every form."""
    return [
        form
        for message in messages
        if message.id
        for form in forms(message)
        if placeholders(form) != placeholders(first(message))
    ]


def unfit(messages: Catalog) -> list[str]:
    """Strings that would break the page: templates take them for HTML, within quotes too."""
    return [
        words
        for message in messages
        if message.id
        for words in (first(message), *forms(message))
        if set('<>&"') & set(words)
    ]


def american(found: list[str]) -> list[str]:
    """Strings that are not in UK English."""
    return [words for words in found if AMERICAN.search(BRITISH_TOO.sub("", words))]


def english() -> list[str]:
    """Every English string, both forms of what is counted."""
    return [
        words
        for message in strings()
        if message.id
        for words in ([message.id] if isinstance(message.id, str) else message.id)
    ]


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    return read(catalogue.ROOT / catalogue.CATALOGUES / "cy.po")


def test_the_catalogues_are_complete() -> None:
    """Nothing missing, untranslated, fuzzy or obsolete."""
    command = [sys.executable, "tools/catalogue.py", "--check"]
    done = subprocess.run(command, cwd=catalogue.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("strings, and every catalogue has them all\n")


def test_there_is_a_catalogue_for_every_language_of_a_session_file() -> None:
    assert sorted(LOCALES) == sorted(LANGUAGES) == sorted(NAMES)
    assert {"en", *(path.stem for path in catalogues())} == set(LOCALES)


def test_welsh_has_its_six_plural_forms(welsh: Catalog) -> None:
    assert [welsh.num_plurals, len(plural_forms("cy", "%(count)s day", "%(count)s days"))] == [6, 6]
    counted = [message for message in welsh if message.pluralizable]
    assert counted
    assert {len(forms(message)) for message in counted} == {6}


def test_translations_fill_in_what_the_english_does(welsh: Catalog) -> None:
    assert different_placeholders(welsh) == []


def test_both_forms_of_what_is_counted_fill_in_the_same() -> None:
    pairs = [message.id for message in strings() if message.pluralizable]
    assert [p for p in pairs if placeholders(p[0]) != placeholders(p[1])] == []


def test_no_string_breaks_a_page(welsh: Catalog) -> None:
    assert unfit(welsh) == []


def test_nothing_was_left_in_english(welsh: Catalog) -> None:
    same = {first(message) for message in welsh if message.id and first(message) in forms(message)}
    assert same == SAME


def test_the_english_is_that_of_the_united_kingdom() -> None:
    assert american(english()) == []
    planted = ["Your behavior", "We organize this", "The color", "The size of the prize"]
    assert american(planted) == planted[:3]


def test_planted_placeholders_and_markup_are_found() -> None:
    planted = Catalog(locale="cy")
    for source, target in (
        ("Hello %(name)s", "Helo %(enw)s"),
        ("100%% sure", "100% siŵr"),
        ("%{count} left", "%{cyfrif} ar ôl"),
        ("In %t", "Ymhen t"),
        (("%(count)s day", "%(count)s days"), ("%(count)s diwrnod", "diwrnod")),
    ):
        planted[source] = Message(source, target)
    assert len(different_placeholders(planted)) == 5
    planted["Save"] = Message("Save", 'Cadw "hwn"')
    planted["Search"] = Message("Search", "Chwilio & dod o hyd")
    assert len(unfit(planted)) == 2
