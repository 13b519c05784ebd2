"""A playbook's TOML file, read whole: a :class:`Playbook`, or every mistake in it at once.

It is read as a session's file is, and its mistakes are told in the same way. Every text is needed
in each language that Askpanel speaks: nobody is told less for the language they chose.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from askpanel.eventlog.session import Text
from askpanel.eventlog.sessionfile.lines import lines
from askpanel.eventlog.sessionfile.mistake import THE_FILE, Fault, Notes, place_of, shown
from askpanel.eventlog.sessionfile.names import id_fault, ids_of
from askpanel.eventlog.sessionfile.source import content_of, decoded, document
from askpanel.eventlog.sessionfile.table import KINDS, Table
from askpanel.eventlog.sessionfile.words import (
    EVERY_LANGUAGE,
    LANGUAGES,
    Room,
    text_of,
    words_fault,
)
from askpanel.moderation.guard import contained
from askpanel.moderation.playbook import (
    DISTRESS,
    OWN_LINE,
    PLACEHOLDER,
    SIGNPOSTS,
    THREAT,
    URGENT,
    WATCHED,
    Decision,
    Diversion,
    Label,
    Playbook,
    Reason,
    Template,
)
from askpanel.moderation.unmasked import bare, unmasked, words_of

PACKAGED = Path(__file__).parent.parent / "playbook.toml"
"""What an installation says that has no file of its own."""

LABEL = Room(80)
WORDS = Room(600)
TEXT = Room(2_000, lines=True)
PHRASE = Room(80)

STEM = re.compile(r"[^\W_]{3,}\*(?= |$)")
"""The beginning of a word that stands for every word that begins so."""

DIGITS = "1234567890"
PLACEHOLDERS = "{urgent}, {signposts} or {signpost:ID}"
NUMBERS = "Take it out: people are given those of the session's signposts, which are checked."


def read(path: str | os.PathLike[str]) -> Playbook:
    """Return the playbook that the file at `path` describes, or raise Refused."""
    return parse(content_of(path))


@cache
def packaged() -> Playbook:
    """The playbook that comes with the program."""
    return read(PACKAGED)


def parse(content: bytes) -> Playbook:
    """Return the playbook that `content`, a file's bytes, describes, or raise Refused."""
    source = decoded(content, "playbook")
    notes = Notes()
    playbook = _playbook(Table(document(source), THE_FILE, notes))
    if notes.noted:
        raise notes.refuse(lines(source))
    return playbook


def _playbook(top: Table) -> Playbook:
    playbook = Playbook(
        reasons=[
            Reason(
                code=code,
                label=text_of(table, "label", LABEL, EVERY_LANGUAGE),
                words=_told(table, "words", WORDS),
                key=key,
                hide=table.flag("hide"),
            )
            for table, code, key in _keyed(top, "reasons", "off-topic", required=True)
        ],
        replies=_templates(top, "replies", "help"),
        diversions=[
            Diversion(
                code=code,
                label=text_of(table, "label", LABEL, EVERY_LANGUAGE),
                words=_told(table, "words", WORDS),
                signposts=_signposts(table),
                key=key,
            )
            for table, code, key in _keyed(top, "diversions", "crime")
        ],
        canned=_templates(top, "canned", "law"),
        decisions=[
            Decision(code=code, label=text_of(table, "label", LABEL, EVERY_LANGUAGE))
            for table, code in _coded(top, "decisions", "no-danger", required=True)
        ],
        labels=[
            Label(code=code, label=text_of(table, "label", LABEL, EVERY_LANGUAGE))
            for table, code in _coded(top, "labels", "follow-up")
        ],
        watch=_watch(top),
    )
    top.close()
    return playbook


def _coded(
    top: Table, name: str, example: str, *, required: bool = False
) -> Iterator[tuple[Table, str]]:
    """Each table of a list with its code; closed once it has been read."""
    shape = f'[[{name}]] with code = "{example}" below it'
    tables = top.tables(name, shape, required=required)
    for table, code in zip(tables, ids_of(tables, "code", example), strict=True):
        yield table, code
        table.close()


def _keyed(
    top: Table, name: str, example: str, *, required: bool = False
) -> Iterator[tuple[Table, str, str]]:
    """As `_coded`, with the key that picks it: one digit, none twice in a list; "" without."""
    taken: dict[str, Table] = {}
    for table, code in _coded(top, name, example, required=required):
        key = table.string("key", 'key = "1"', required=False)
        if key and (len(key) != 1 or key not in DIGITS):
            table.note("key", Fault(f"{shown(key)} is not one digit.", 'Choose from "0" to "9".'))
        elif key in taken:
            says = f"{shown(key)} is the key of {place_of(taken[key].path)} already."
            table.note("key", Fault(says, "Choose another, or take the line out."))
        elif key:
            taken[key] = table
        yield table, code, key


def _told(table: Table, key: str, room: Room) -> Text:
    """A text that people outside are told: without a number or an address of its own."""
    text = text_of(table, key, room, EVERY_LANGUAGE)
    for lang, words in text.items():
        for found in contained(words):
            says = f"There is a telephone number or an address in it, {shown(found)}."
            table.notes.note((*table.path, key, lang), Fault(says, NUMBERS))
    return text


def _templates(top: Table, name: str, example: str) -> list[Template]:
    found = []
    for table, code in _coded(top, name, example):
        text = _told(table, "text", TEXT)
        for lang, words in text.items():
            fault = placeholder_fault(words)
            if fault is not None:
                table.notes.note((*table.path, "text", lang), fault)
        label = text_of(table, "label", LABEL, EVERY_LANGUAGE)
        found.append(Template(code=code, label=label, text=text))
    return found


def placeholder_fault(text: str) -> Fault | None:
    """Return what is wrong with the placeholders of a template's text, or None."""
    for line in text.split("\n"):
        for found in PLACEHOLDER.finditer(line):
            kind, colon, id_ = found[1].partition(":")
            known = (
                kind == "signpost" and not id_fault(id_) if colon else kind in (URGENT, SIGNPOSTS)
            )
            if not known:
                says = f"{shown(found[0])} is not known here."
                return Fault(says, f"Write {PLACEHOLDERS}, where ID is a signpost's in a session.")
        if PLACEHOLDER.search(line) and not OWN_LINE.fullmatch(line.strip()):
            says = f"In {shown(line)} the signposts do not have a line of their own."
            return Fault(says, "Put what is in brackets alone into a line; it becomes a sentence.")
        if "{" in PLACEHOLDER.sub("", line) or "}" in PLACEHOLDER.sub("", line):
            says = f"In {shown(line)} a bracket is left over."
            return Fault(says, f"Write {PLACEHOLDERS}.")
    return None


def _signposts(table: Table) -> list[str]:
    """The ids of signposts. Whether a session has one of that name shows in the session."""
    ids: list[str] = []
    for index, id_ in _strings(table, "signposts", 'signposts = ["report"]'):
        fault = id_fault(id_)
        if fault is None and id_ in ids:
            fault = Fault(f"{shown(id_)} is listed twice.", "Take one of them out.")
        if fault is not None:
            table.notes.note((*table.path, "signposts", index), fault)
        ids.append(id_)
    return ids


def _watch(top: Table) -> dict[str, dict[str, list[str]]]:
    """Language → kind → phrases; DISTRESS and THREAT are needed in each language."""
    heading = 'a heading [watch.en] with distress = ["…"] below it'
    watch = top.table("watch", heading)
    if watch is None:
        return {}
    found = {}
    for lang in LANGUAGES:
        table = watch.table(lang, heading.replace(".en", f".{lang}"))
        if table is not None:
            found[lang] = _phrases(table)
            table.close()
    watch.close()
    return found


def _phrases(table: Table) -> dict[str, list[str]]:
    """Kind → phrases. None twice in a language, however it is spelled: the first would hide it."""
    found: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for kind in WATCHED:
        required = kind in (DISTRESS, THREAT)
        for index, written in _strings(table, kind, f'{kind} = ["…"]', required=required):
            path = (*table.path, kind, index)
            phrase = " ".join(unmasked(written).lower().split())
            compared = " ".join(bare(word) for word in words_of(phrase))
            fault = words_fault(phrase, PHRASE) or _phrase_fault(phrase)
            if fault is None and compared in places:
                says = f"{shown(phrase)} stands in {places[compared]} already."
                fault = Fault(says, "Take one of them out.")
            if fault is not None:
                table.notes.note(path, fault)
            places.setdefault(compared, place_of(path))
            found.setdefault(kind, []).append(phrase)
    return found


def _phrase_fault(phrase: str) -> Fault | None:
    if not any(character.isalpha() for character in phrase):
        return Fault(f"There is no word in {shown(phrase)}.", "Take it out.")
    if "*" in STEM.sub("", phrase):
        says = f"In {shown(phrase)} a * does not end a word of three letters or more."
        return Fault(says, "Write the word out, or more of it.")
    return None


def _strings(
    table: Table, key: str, example: str, *, required: bool = True
) -> Iterator[tuple[int, str]]:
    """The texts of a list, with their places; what is no text is noted. Required: one at least."""
    listed = table.take(key, list, example, required=required)
    if listed == [] and required:
        table.note(key, Fault("This list is empty.", f"Add one, like this: {example}"))
    for index, item in enumerate(listed or []):
        if isinstance(item, str):
            yield index, item
            continue
        says = f"This is {KINDS[type(item)]}, but {KINDS[str]} is needed here."
        table.notes.note((*table.path, key, index), Fault(says, f"Write it like this: {example}"))
