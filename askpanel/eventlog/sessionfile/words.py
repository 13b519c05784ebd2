"""The words of a session file: in which languages, and fit to be shown.

Whatever stands here is shown to everybody who comes, so nothing invisible may be in it: a
control character, or a bidi override that makes a line read as something else (Unicode
UAX #9, and TR #36, "Bidirectional Text Spoofing").
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from askpanel.eventlog.session import Text
from askpanel.eventlog.sessionfile.mistake import Fault, shown
from askpanel.eventlog.sessionfile.table import (
    ABOVE,
    KINDS,
    Table,
    in_words,
    nearest,
    quoted,
)

LANGUAGES = {"en": "English", "cy": "Welsh"}
"""The languages that Askpanel speaks: its own pages have words in each."""

_INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}
_JOINERS = {"\u00ad", "\u200c", "\u200d"}
"""Soft hyphen, and the two joiners that some scripts and emoji are spelled with."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters a text may have, and whether it may have several lines."""

    characters: int
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Languages:
    """What the file lists: the languages we can use, and those refused already.

    ``readable`` is False where there was no list to speak of; nothing then follows for
    the texts. ``listed`` is False for a kind of file that has no such list, because its
    texts need every language that Askpanel speaks.
    """

    usable: list[str]
    refused: frozenset[str] = frozenset()
    readable: bool = True
    listed: bool = True


EVERY_LANGUAGE = Languages(list(LANGUAGES), listed=False)


def languages_of(table: Table) -> Languages:
    """Read ``languages``: at least one, each supported, none twice. The first leads."""
    example = 'languages = ["en", "cy"]'
    listed = table.take("languages", list, example)
    if listed == []:
        table.note("languages", Fault("No language is listed.", f"Add one, like this: {example}"))
    usable: list[str] = []
    refused: set[str] = set()
    for index, code in enumerate(listed or []):
        fault = _language_fault(code, usable)
        if fault is None:
            usable.append(code)
            continue
        table.notes.note((*table.path, "languages", index), fault)
        if isinstance(code, str):
            refused.add(code)
    return Languages(usable, frozenset(refused - set(usable)), readable=bool(listed))


def text_of(
    table: Table, key: str, room: Room, languages: Languages, *, required: bool = True
) -> Text:
    """Read a text: words in each of the session's languages, and in no other."""
    words = ", ".join(f'{lang} = "…"' for lang in languages.usable or LANGUAGES)
    example = f"{key} = {{ {words} }}"
    written = table.table(key, example, required=required)
    if written is None:
        return {}
    text: Text = {}
    for lang in written.raw:
        fault = _translation_fault(written, lang, languages)
        if fault is not None:
            written.note(lang, fault)
        else:
            text[lang] = _words(written, lang, room)
    for lang in languages.usable:
        if lang not in written.raw:
            written.note(lang, _missing(lang, languages))
    if not written.raw and not languages.usable:
        written.note(None, Fault("This is empty.", f"Write it like this: {example}"))
    return text


def words_fault(words: str, room: Room) -> Fault | None:
    """Return what is wrong with ``words``, or None."""
    if words and all(character in _JOINERS or character.isspace() for character in words):
        return Fault("There is nothing to be seen in it.", "Write the words out.")
    for character in words:
        if unicodedata.category(character) not in _INVISIBLE or character in _JOINERS:
            continue
        if character == "\n":
            if room.lines:
                continue
            return Fault("This runs over several lines.", "Write it in one line.")
        name = unicodedata.name(character, "a control character").lower()
        says = f"There is an invisible character in it, U+{ord(character):04X} ({name})."
        return Fault(says, "Take the character out; typing the words afresh may be quickest.")
    if len(words) > room.characters:
        says = f"This has {len(words)} characters, and the most is {room.characters}."
        return Fault(says, f"Shorten it by {len(words) - room.characters}.")
    return None


def _words(written: Table, lang: str, room: Room) -> str:
    # NFC, so that ŵ is one character whichever keyboard made it.
    typed = written.string(lang, f'{lang} = "…"')
    words = unicodedata.normalize("NFC", typed.strip())
    fault = words_fault(words, room)
    if fault is not None:
        written.note(lang, fault)
    return words


def _language_fault(code: object, before: list[str]) -> Fault | None:
    if not isinstance(code, str):
        says = f"This is {KINDS[type(code)]}, but {KINDS[str]} is needed here."
        return Fault(says, f"Write {quoted(LANGUAGES, 'or')}.")
    if code in before:
        return Fault(f"{shown(code)} is listed twice.", "Take one of them out.")
    if code not in LANGUAGES:
        return Fault(f"{shown(code)} is not a language that Askpanel speaks.", _speaks())
    return None


def _missing(lang: str, languages: Languages) -> Fault:
    if not languages.listed:
        return Fault(f"There are no words in {LANGUAGES[lang]}.", f'Add {lang} = "…" here.')
    says = f"There are no words in {LANGUAGES[lang]}, which languages lists."
    return Fault(says, f'Add {lang} = "…" here, or take "{lang}" out of languages.')


def _translation_fault(written: Table, lang: str, languages: Languages) -> Fault | None:
    """Say why words in ``lang`` may not stand here; nothing if that was said already."""
    if lang in languages.usable or lang in languages.refused:
        return None
    if lang in written.above:
        return Fault("This key is not known here.", ABOVE)
    if lang not in LANGUAGES:
        return Fault(f"{shown(lang)} is not a language that Askpanel speaks.", _meant(lang))
    if languages.readable:
        says = f"There are words in {LANGUAGES[lang]}, which languages does not list."
        return Fault(says, f'Add "{lang}" to languages, or take these words out.')
    return None


def _meant(lang: str) -> str:
    near = nearest(lang, LANGUAGES)
    if near:
        return f"Did you mean {near}?"
    return f"Take it out. What may stand here is {in_words(LANGUAGES)}."


def _speaks() -> str:
    spoken = [f'"{code}" ({name})' for code, name in LANGUAGES.items()]
    return f"Choose from {in_words(spoken)}."
