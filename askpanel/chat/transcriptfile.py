"""The transcript at its addresses: the page to print, and the files to keep.

A file is drawn once for each position of the session and each language. When a session ends
everybody downloads at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.locale import LOCALES, in_zone
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site
from askpanel.chat.transcript import as_csv, as_data, as_text
from askpanel.chat.view import STATIC, View, view
from askpanel.eventlog.seal import Seal

PARTS = "parts/transcript.html"
NAMES = {"en": "questions-and-answers", "cy": "cwestiynau-ac-atebion"}
"""What a file is called: nothing that says what the session was about."""


class Form(Struct, frozen=True):
    """A kind of file: how it is drawn, what it is called in HTTP, and whether it has words of ours
    in it, so that there is one in each language."""

    draw: Callable[[Room, str, Seal | None], str]
    media_type: str
    spoken: bool


def as_json(room: Room, seal: Seal | None = None) -> str:
    """See docs/transcript.md."""
    return json.dumps(as_data(room, seal), ensure_ascii=False, indent=2) + "\n"


def as_html(room: Room, locale: str, seal: Seal | None = None) -> str:
    """A page of its own that needs nothing from anywhere, to keep or to print."""
    drawn = view(locale)
    page = drawn.page(
        "transcriptfile.html",
        session=room.projection.session,
        transcript=transcribed(room, drawn),
        seal=seal,
    )
    return page.replace("</head>", f"<style>\n{_style()}</style>\n</head>", 1)


@lru_cache
def _style() -> str:
    return (STATIC / "transcriptfile.css").read_text("utf-8")


FORMS = {
    "html": Form(as_html, "text/html", spoken=True),
    "txt": Form(as_text, "text/plain", spoken=True),
    "csv": Form(lambda room, locale, seal: as_csv(room), "text/csv", spoken=False),
    "json": Form(lambda room, locale, seal: as_json(room, seal), "application/json", spoken=False),
}


def transcribed(room: Room, drawn: View) -> list[Markup]:
    """What was published, numbered as asked; each question is drawn once as long as it stays."""
    session = room.projection.session
    questions = sorted(room.projection.published(), key=lambda q: q.number)
    return [
        room.piece(
            ("transcribed", drawn.locale, q.number),
            q,
            lambda q=q: drawn.part(PARTS, "transcribed", q, session),  # type: ignore[misc]
        )
        for q in questions
    ]


class Files:
    """The files of every session as they were drawn last: one of each kind and language."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], tuple[object, bytes]] = {}

    def file(self, room: Room, form: str, locale: str, seal: Seal | None) -> bytes:
        """The file of a room as it stands, and with the newest signed head."""
        how = FORMS[form]
        key = room.slug, form, locale if how.spoken else LOCALES[0]
        stands = (room.epoch, room.position, seal.link if seal else "")
        kept = self._kept.get(key)
        if kept is None or kept[0] != stands:
            kept = self._kept[key] = stands, how.draw(room, key[2], seal).encode()
        return kept[1]


class Transcripts:
    """`/sessions/{slug}/transcript` and its files."""

    def __init__(self, site: Site) -> None:
        self.site, self._files = site, Files()

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
        session = room.projection.session
        return self.site.page(
            request,
            "transcript.html",
            session=session,
            transcript=transcribed(room, self.site.view(request)),
            seal=self.site.head_of(session.slug),
        )

    async def file(self, request: Request) -> Response:
        """`.html`, `.json`, `.csv` or `.txt`."""
        room = await self.site.hub.room(request.path_params["slug"])
        form, locale = request.path_params["form"], request.state.locale
        if room is None or form not in FORMS:
            return no_such_session(self.site, request)
        drawn = self._files.file(room, form, locale, self.site.head_of(room.slug))
        response = Response(drawn, media_type=FORMS[form].media_type)
        name = _name(room, form, locale)
        response.headers["content-disposition"] = f'attachment; filename="{name}"'
        return response


def _name(room: Room, form: str, locale: str) -> str:
    session = room.projection.session
    began = in_zone(session.schedule.starts, session.timezone)
    return f"{NAMES[locale]}-{began:%Y-%m-%d}.{form}"
