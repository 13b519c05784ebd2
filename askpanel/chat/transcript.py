"""What was published, to keep: as a page to print, as text, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from askpanel.chat.locale import iso
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.sheet import piece
from askpanel.chat.site import Site
from askpanel.eventlog.model import Question, State

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What begins a formula; the wide forms do in spreadsheets set to Chinese or Japanese."""
COLUMNS = ("number", "state", "question", "language", "organisation", "answered", "corrected")


def published(room: Room) -> list[dict[str, Any]]:
    """The transcript as data, numbered as asked; a removed question is its number alone.

    Built from named fields and never from a whole record, so that a field that is added to the
    record is not published by it.
    """
    found = [_entry(q) for q in room.projection.published()]
    return sorted(found, key=lambda entry: int(entry["number"]))


def _entry(question: Question) -> dict[str, Any]:
    if question.state == State.REMOVED:
        return {"number": question.number, "state": "removed"}
    return {
        "number": question.number,
        "state": "answered",
        "question": question.text,
        "lang": question.lang,
        "edited": question.edited,
        "answers": [
            {
                "organisation": answer.organisation,
                "text": answer.text,
                "lang": answer.lang,
                "at": iso(answer.at),
                **({"corrected_at": iso(answer.corrected_at)} if answer.corrected_at else {}),
            }
            for answer in question.answers
        ],
    }


def as_data(room: Room) -> dict[str, Any]:
    """The document behind `.json`."""
    session = room.projection.session
    return {
        "session": session.slug,
        "title": session.title,
        "starts": iso(session.schedule.starts),
        "ends": iso(session.schedule.ends),
        "timezone": session.timezone,
        "position": room.position,
        "questions": published(room),
    }


def as_csv(room: Room) -> str:
    """One row for each answer (RFC 4180), the first line naming the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "answer"])
    for entry in published(room):
        for answer in entry.get("answers", [{}]):
            writer.writerow(
                [
                    entry["number"],
                    entry["state"],
                    *(
                        inert(str(value))
                        for value in (
                            entry.get("question", ""),
                            entry.get("lang", ""),
                            answer.get("organisation", ""),
                            answer.get("at", ""),
                            answer.get("corrected_at", ""),
                            answer.get("text", ""),
                        )
                    ),
                ]
            )
    return out.getvalue()


def inert(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula (ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_text(room: Room, locale: str) -> str:
    """Plain text, in the session's words for one language."""
    session = room.projection.session
    lines = [session.text(session.title, locale)[0], ""]
    for entry in published(room):
        lines += [f"{entry['number']}. {entry.get('question', '[—]')}", ""]
        for answer in entry.get("answers", []):
            body = session.organisation(answer["organisation"])
            name = session.text(body.name, locale)[0] if body else answer["organisation"]
            lines += [f"{name}:", answer["text"], ""]
    return "\n".join(lines) + "\n"


class Transcripts:
    """`/sessions/{slug}/transcript` and its files."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        here = "/sessions/{slug}/transcript"
        return [
            Route(here, self.page, name="transcript"),
            Route(here + ".{form}", self.file, name="transcript file"),
        ]

    async def page(self, request: Request) -> Response:
        """To read and to print, without anything that moves."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session, view = room.projection.session, self.site.view(request)
        questions = sorted(room.projection.published(), key=lambda q: q.number)
        drawn = [piece(room, view, "answered", q, session) for q in questions]
        return self.site.page(request, "transcript.html", session=session, transcript=drawn)

    async def file(self, request: Request) -> Response:
        """`.json`, `.csv` or `.txt`."""
        room = await self.site.hub.room(request.path_params["slug"])
        form = request.path_params["form"]
        if room is None or form not in ("json", "csv", "txt"):
            return no_such_session(self.site, request)
        if form == "json":
            response: Response = JSONResponse(as_data(room))
        elif form == "csv":
            response = PlainTextResponse(as_csv(room), media_type="text/csv")
        else:
            response = PlainTextResponse(as_text(room, request.state.locale))
        name = f"{room.projection.session.slug}.{form}"
        response.headers["content-disposition"] = f'attachment; filename="{name}"'
        return response
