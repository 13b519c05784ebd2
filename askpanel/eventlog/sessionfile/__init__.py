"""A session's TOML file, read whole: a :class:`Session`, or every mistake in it at once.

The file is written by people who do this once a year, and read when there is little time
left. So it is never half accepted, nothing in it is guessed, and one run lists all that is
wrong, each with its place, what is wrong, and how to mend it.

Examples stand in ``askpanel/examples/``. Times are local to the file's ``timezone``.
"""

from __future__ import annotations

import os

from askpanel.eventlog.session import Organisation, PanelMember, Session, Signpost, Topic
from askpanel.eventlog.sessionfile.address import address_fault
from askpanel.eventlog.sessionfile.lines import lines
from askpanel.eventlog.sessionfile.mistake import (
    THE_FILE,
    Fault,
    Mistake,
    Notes,
    Refused,
    shown,
)
from askpanel.eventlog.sessionfile.names import ids_of, short_of, short_taken, slug_of, slug_taken
from askpanel.eventlog.sessionfile.phone import phone_fault
from askpanel.eventlog.sessionfile.source import LARGEST, content_of, decoded, document
from askpanel.eventlog.sessionfile.table import SETTINGS, Table, quoted
from askpanel.eventlog.sessionfile.times import schedule_of, timezone_of
from askpanel.eventlog.sessionfile.words import Languages, Room, languages_of, text_of

__all__ = ["LARGEST", "Mistake", "Refused", "parse", "read", "short_taken", "slug_taken"]

TITLE = Room(150)
SUMMARY = Room(1_000, lines=True)
NAME = Room(120)
WHEN = Room(200)
LABEL = Room(80)
LINE = Room(200)


def read(path: str | os.PathLike[str]) -> Session:
    """Return the session that the file at ``path`` describes, or raise :class:`Refused`."""
    return parse(content_of(path))


def parse(content: bytes) -> Session:
    """Return the session that ``content``, a file's bytes, describes, or raise Refused."""
    source = decoded(content, "session file")
    notes = Notes()
    session = _session(Table(document(source), THE_FILE, notes, above=SETTINGS))
    if notes.noted:
        raise notes.refuse(lines(source))
    return session


def _session(top: Table) -> Session:
    slug, timezone = slug_of(top), timezone_of(top)
    languages = languages_of(top)
    signposts = _signposts(top, languages)
    organisations = _organisations(top, languages)
    session = Session(
        slug=slug,
        short=short_of(top),
        timezone=timezone,
        schedule=schedule_of(top, timezone),
        languages=languages.usable,
        ask_name=top.flag("ask_name"),
        show_waiting=top.flag("show_waiting"),
        second_check=top.flag("second_check"),
        title=text_of(top, "title", TITLE, languages),
        summary=text_of(top, "summary", SUMMARY, languages),
        organisations=organisations,
        signposts=signposts,
        topics=_topics(top, languages, [signpost.id for signpost in signposts]),
        panel=_panel(top, languages, [body.id for body in organisations]),
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


def _panel(top: Table, languages: Languages, bodies: list[str]) -> list[PanelMember]:
    example = '[[panel]] with organisation = "gmp" below it'
    tables = top.tables("panel", example, required=False)
    found = [
        PanelMember(
            name=text_of(table, "name", NAME, languages),
            organisation=_one_of(table, "organisation", "gmp", bodies, required=True),
            line=text_of(table, "line", LINE, languages, required=False),
        )
        for table in tables
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
            signpost=_one_of(table, "signpost", "stop-it-now", signposts),
        )
        for table, id_ in zip(tables, ids_of(tables), strict=True)
    ]
    _close(tables)
    return found


def _one_of(table: Table, key: str, example: str, ids: list[str], *, required: bool = False) -> str:
    """Read the id of something else in the file."""
    chosen = table.string(key, f'{key} = "{example}"', required=required)
    known = [each for each in ids if each]
    if chosen and known and chosen not in known:
        says = f"No {key} has the id {shown(chosen)}."
        table.note(key, Fault(says, f"Choose from {quoted(known)}."))
    return chosen


def _close(tables: list[Table]) -> None:
    for table in tables:
        table.close()
