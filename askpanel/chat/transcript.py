"""What was published, as data, as CSV and as text. `docs/transcript.md` tells who reads it."""

from __future__ import annotations

import csv
import io
from typing import Any

from askpanel.chat.locale import N_, NAMES, clock_time, iso, translations
from askpanel.chat.room import Room
from askpanel.chat.wordings import Wording, wordings
from askpanel.chat.words import BEHIND
from askpanel.eventlog.model import Answer, Question, State
from askpanel.eventlog.seal import Seal
from askpanel.eventlog.session import Session

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What begins a formula; the wide forms do in spreadsheets set to Chinese or Japanese."""
RECORD = N_("Record: %(head)s, signed %(at)s")
REMOVED = N_("Question %(number)s was removed")
CORRECTED = N_("Corrected at %(time)s")
ASKED_BY = N_("Asked by %(name)s")
VERSION = 1
"""Of the JSON (docs/transcript-schema.json): another when a field goes, or means something else."""
COLUMNS = (
    *("number", "state", "question", "language", "organisation", "answered", "corrected"),
    *("answer_language", "cosigned", "topic", "name"),
)


def published(room: Room) -> list[dict[str, Any]]:
    """The transcript as data, numbered as asked; a removed question is its number alone.

    Built from named fields and never from a whole record, so that a field that is added to the
    record is not published by it.
    """
    found = [_entry(q) for q in room.projection.published()]
    return sorted(found, key=lambda entry: int(entry["number"]))


def _entry(question: Question) -> dict[str, Any]:
    if question.state == State.REMOVED:
        taken_down = question.removed_at or question.changed.at
        return {"number": question.number, "state": "removed", "removed_at": iso(taken_down)}
    return {
        "number": question.number,
        "state": "answered",
        "question": question.text,
        "lang": question.lang,
        "edited": question.edited,
        **({"name": question.name} if question.name else {}),
        **({"topic": question.topic} if question.topic else {}),
        "answers": [_answer(answer) for answer in question.answers],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    """An answer in the words that stand now, in the language it was given in; `counterparts` are
    the same in others, and `cosigned` are organisations that put their name to it."""
    own, *others = (_wording(each) for each in wordings(answer, answer.lang))
    further = {
        "cosigned": [each.organisation for each in answer.cosigned],
        "counterparts": others,
    }
    return {
        "organisation": answer.organisation,
        **own,
        **{name: found for name, found in further.items() if found},
    }


def _wording(wording: Wording) -> dict[str, Any]:
    corrected = {"corrected_at": iso(wording.corrected_at)} if wording.corrected_at else {}
    return {"text": wording.text, "lang": wording.lang, "at": iso(wording.at), **corrected}


def as_data(room: Room, seal: Seal | None = None) -> dict[str, Any]:
    """The document behind `.json`, with the newest signed head of the record, if there is one."""
    session = room.projection.session
    return {
        "version": VERSION,
        **({"record": as_record(seal)} if seal else {}),
        "session": session.slug,
        "title": session.title,
        "starts": iso(session.schedule.starts),
        "ends": iso(session.schedule.ends),
        "timezone": session.timezone,
        "organisations": {each.id: each.name for each in session.organisations},
        "topics": {each.id: each.label for each in session.topics},
        "position": room.position,
        "questions": published(room),
    }


def as_record(seal: Seal) -> dict[str, Any]:
    """A signed head, for whoever keeps it to hold against the record one day."""
    return {
        "head": seal.short,
        "position": seal.position,
        "link": seal.link,
        "signed_at": iso(seal.at),
        "key": seal.key,
    }


def as_csv(room: Room) -> str:
    """One row for each wording of each answer (RFC 4180), the first line naming the columns.

    Nothing of the record: a line that is no answer would be one in everybody's spreadsheet.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "answer"])
    for entry in published(room):
        for answer in entry.get("answers", [{}]):
            for wording in (answer, *answer.get("counterparts", ())):
                cells = (
                    entry.get("question", ""),
                    entry.get("lang", ""),
                    answer.get("organisation", ""),
                    wording.get("at", ""),
                    wording.get("corrected_at", ""),
                    wording.get("lang", ""),
                    " ".join(answer.get("cosigned", ())),
                    entry.get("topic", ""),
                    entry.get("name", ""),
                    wording.get("text", ""),
                )
                told = [inert(str(cell)) for cell in cells]
                writer.writerow([entry["number"], entry["state"], *told])
    return out.getvalue()


def inert(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula (ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_text(room: Room, locale: str, seal: Seal | None = None) -> str:
    """Plain text, in the session's words for one language, and the newest signed head below."""
    session = room.projection.session
    lines = [session.text(session.title, locale)[0], ""]
    for question in sorted(room.projection.published(), key=lambda q: q.number):
        if question.state == State.REMOVED:
            words = translations(locale).gettext(REMOVED) % {"number": question.number}
            lines += [f"{question.number}. [{words}]", ""]
            continue
        lines += [f"{question.number}. {question.text}", *_asked_by(question, locale), ""]
        for answer in question.answers:
            lines += [f"{_signed(session, answer, locale)}:"]
            for wording in wordings(answer, locale):
                lines += [*_written(wording, session, locale), ""]
    if seal:
        words = translations(locale).gettext(RECORD)
        lines += [words % {"head": seal.short, "at": seal.when}, ""]
    return "\n".join(lines) + "\n"


def _asked_by(question: Question, locale: str) -> list[str]:
    words = translations(locale).gettext(ASKED_BY)
    return [f"[{words % {'name': question.name}}]"] if question.name else []


def _signed(session: Session, answer: Answer, locale: str) -> str:
    """The organisations that an answer is from, as a reader of a language calls them."""
    found = [answer.organisation, *(each.organisation for each in answer.cosigned)]
    bodies = [(each, session.organisation(each)) for each in found]
    names = [session.text(body.name, locale)[0] if body else each for each, body in bodies]
    return ", ".join(names)


def _written(wording: Wording, session: Session, locale: str) -> list[str]:
    """The lines of a wording; in another language than the file's, it says which."""
    gettext = translations(locale).gettext
    lines = [] if wording.lang == locale else [f"[{NAMES.get(wording.lang, wording.lang)}]"]
    lines.append(wording.text)
    if wording.corrected_at:
        time = clock_time(wording.corrected_at, session.timezone, locale)
        lines.append(f"[{gettext(CORRECTED) % {'time': time}}]")
    return [*lines, *(f"[{gettext(BEHIND[lang])}]" for lang in wording.behind)]
