"""A session's TOML file, read whole: a :class:`Session`, or every mistake in it at once.

The file is written by people who do this once a year, and read when there is little time
left. So it is never half accepted, nothing in it is guessed, and one run lists all that is
wrong, each with its place, what is wrong, and how to mend it.

Examples stand in ``askpanel/examples/``. Times are local to the file's ``timezone``.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from askpanel.eventlog.session import Organisation, Session, Signpost, Topic
from askpanel.eventlog.sessionfile.address import address_fault
from askpanel.eventlog.sessionfile.lines import lines
from askpanel.eventlog.sessionfile.mistake import (
    THE_FILE,
    Fault,
    Mistake,
    Notes,
    Refused,
    place_of,
    shown,
)
from askpanel.eventlog.sessionfile.names import ids_of, slug_of, slug_taken
from askpanel.eventlog.sessionfile.phone import phone_fault
from askpanel.eventlog.sessionfile.table import Table, quoted
from askpanel.eventlog.sessionfile.times import schedule_of, timezone_of
from askpanel.eventlog.sessionfile.words import Languages, Room, languages_of, text_of

__all__ = ["LARGEST", "Mistake", "Refused", "parse", "read", "slug_taken"]

LARGEST = 256 * 1024
"""Bytes."""

TITLE = Room(150)
SUMMARY = Room(1_000, lines=True)
NAME = Room(120)
WHEN = Room(200)
LABEL = Room(80)


def read(path: str | os.PathLike[str]) -> Session:
    """Return the session that the file at ``path`` describes, or raise :class:`Refused`."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _refuse(f"There is no file {shown(str(path), 200)}.", "Check its name.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        says = f"{shown(str(path), 200)} cannot be read: {reason}."
        raise _refuse(says, "Name a file that can be.") from None
    return parse(content)


def parse(content: bytes) -> Session:
    """Return the session that ``content``, a file's bytes, describes, or raise Refused."""
    source = _decode(content)
    notes = Notes()
    session = _session(Table(_document(source), THE_FILE, notes))
    if notes.noted:
        raise notes.refuse(lines(source))
    return session


def _decode(content: bytes) -> str:
    if len(content) > LARGEST:
        says = f"It is larger than {LARGEST // 1024} KB, which no session file needs to be."
        raise _refuse(says, "Check that this is the right file.")
    try:
        # Some editors begin a file with a byte order mark, of which TOML knows nothing.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mend = "Save it in your editor with the encoding UTF-8."
        raise _refuse("It is not in UTF-8.", mend, line) from None


def _document(source: str) -> dict[str, Any]:
    mend = "Mend it there, or on the line before. The rules of the format: https://toml.io"
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = int(found[1]) if found else source.rstrip("\n").count("\n") + 1
        raise _refuse(f"It is not TOML: {reason}.", mend, line) from None
    except RecursionError:
        raise _refuse("Its brackets are nested too deep.", "Take some out.") from None
    except ValueError:
        # Python refuses to read a number of more than 4300 digits (CVE-2020-10735).
        raise _refuse("It has a number of thousands of digits.", "Shorten it.") from None


def _refuse(says: str, mend: str, line: int | None = None) -> Refused:
    return Refused([Mistake(place_of(THE_FILE), line, says, mend)])


def _session(top: Table) -> Session:
    slug, timezone = slug_of(top), timezone_of(top)
    languages = languages_of(top)
    signposts = _signposts(top, languages)
    session = Session(
        slug=slug,
        timezone=timezone,
        schedule=schedule_of(top, timezone),
        languages=languages.usable,
        ask_name=top.flag("ask_name"),
        show_waiting=top.flag("show_waiting"),
        second_check=top.flag("second_check"),
        title=text_of(top, "title", TITLE, languages),
        summary=text_of(top, "summary", SUMMARY, languages),
        organisations=_organisations(top, languages),
        signposts=signposts,
        topics=_topics(top, languages, [signpost.id for signpost in signposts]),
    )
    top.close()
    return session


def _organisations(top: Table, languages: Languages) -> list[Organisation]:
    tables = top.tables("organisations", '[[organisations]] with id = "gmp" below it')
    found = [
        Organisation(id=id_, name=text_of(table, "name", NAME, languages))
        for table, id_ in zip(tables, ids_of(tables), strict=True)
    ]
    _close(tables)
    return found


def _signposts(top: Table, languages: Languages) -> list[Signpost]:
    tables = top.tables("signposts", '[[signposts]] with id = "emergency" below it')
    found = [
        Signpost(
            id=id_,
            when=text_of(table, "when", WHEN, languages),
            name=text_of(table, "name", NAME, languages),
            phone=_phone(table),
            url=_url(table),
            urgent=table.flag("urgent"),
        )
        for table, id_ in zip(tables, ids_of(tables), strict=True)
    ]
    for table in tables:
        if "phone" not in table.raw and "url" not in table.raw:
            says = "This signpost has neither a telephone number nor a web address."
            table.note(None, Fault(says, "Add phone, url, or both."))
    _close(tables)
    return found


def _phone(table: Table) -> str:
    phone = table.string("phone", 'phone = "0808 1000 900"', required=False)
    fault = phone_fault(phone) if phone else None
    if fault is not None:
        table.note("phone", fault)
    return phone


def _url(table: Table) -> str:
    url = table.string("url", 'url = "https://www.stopitnow.org.uk"', required=False)
    fault = address_fault(url) if url else None
    if fault is not None:
        table.note("url", fault)
    return url


def _topics(top: Table, languages: Languages, signposts: list[str]) -> list[Topic]:
    tables = top.tables("topics", '[[topics]] with id = "law" below it', required=False)
    found = [
        Topic(
            id=id_,
            label=text_of(table, "label", LABEL, languages),
            signpost=_topic_signpost(table, signposts),
        )
        for table, id_ in zip(tables, ids_of(tables), strict=True)
    ]
    _close(tables)
    return found


def _topic_signpost(table: Table, signposts: list[str]) -> str:
    chosen = table.string("signpost", 'signpost = "stop-it-now"', required=False)
    known = [signpost for signpost in signposts if signpost]
    if chosen and known and chosen not in known:
        says = f"No signpost has the id {shown(chosen)}."
        table.note("signpost", Fault(says, f"Choose from {quoted(known)}."))
    return chosen


def _close(tables: list[Table]) -> None:
    for table in tables:
        table.close()
