"""An answer that is being written, as the server draws it: the numbers in it that are not on the
list, and a page of its own for who has no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from askpanel.chat.number import whole
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.model import Question
from askpanel.eventlog.session import Session
from askpanel.moderation import guard
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.playbook import Template
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.visit import Visit
from askpanel.moderation.wouldbe import Written, previews

CHECK_PARTS = "parts/check.html"
BOX = re.compile(r"[a-z][a-z0-9-]{0,80}")
SENT_BY = ("answer", "correct", "translate")
"""Commands that send such a text."""


class Writing(Struct, frozen=True, kw_only=True):
    """What a form of the desk holds: the text, in which language, what it is for, and the id of
    the field in which it stands."""

    text: str
    lang: str
    command: str
    answer: int
    box: str

    @property
    def chooses(self) -> bool:
        """Whether its language is the writer's to choose."""
        return self.command == "answer"


def writing_of(fields: Mapping[str, str], session: Session, number: int, command: str) -> Writing:
    """A form as it came. What does not fit is what a new answer has."""
    lang, box = fields.get("lang", ""), fields.get("box", "")
    return Writing(
        text=fields.get("text", ""),
        lang=lang if lang in session.languages else session.languages[0],
        command=command if command in SENT_BY else "answer",
        answer=whole(fields.get("answer", "") or "0", 9) or 0,
        box=box if BOX.fullmatch(box) else f"answer-{number}",
    )


class WritingPages:
    """Draws what stands below a text, and the page of a text. `canned` are the ready answers."""

    def __init__(self, site: Site, canned: Sequence[Template] = ()) -> None:
        self.site, self.canned = site, canned

    def inside(
        self, request: Request, visit: Visit, room: Room, question: Question, writing: Writing
    ) -> str:
        """What is to be checked in a text, and how the public would see it."""
        session = room.projection.session
        found = guard.unverified(writing.text, session)
        shown = self._previews(visit, room, question, writing)
        parts = question, session, found, visit.member.role, shown
        return str(self.site.view(request).part(CHECK_PARTS, "inside", *parts))

    def page(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        question: Question,
        writing: Writing,
        *,
        preview: bool = False,
        said: str = "",
        status: int = 200,
    ) -> Response:
        """The page of a text, with everything that was typed."""
        session = room.projection.session
        return staff_page(
            self.site,
            request,
            visit,
            "staff/writing.html",
            status,
            session=session,
            question=question,
            said=said,
            found=guard.unverified(writing.text, session),
            previews=self._previews(visit, room, question, writing) if preview else [],
            canned=self.canned if writing.chooses else (),
            command=writing.command,
            box=writing.box,
            text=writing.text,
            lang=writing.lang,
            choice=writing.chooses,
            answer=writing.answer,
        )

    def stopped(
        self, request: Request, visit: Visit, room: Room, question: Question, command: str
    ) -> Response:
        """A text did not go out, for a number or link in it that is not on the list: it is named
        beside the text, with the nearest that is."""
        session, view = room.projection.session, self.site.view(request)
        writing = writing_of(visit.fields, session, question.number, command)
        found = guard.unverified(writing.text, session)
        unlisted = REFUSALS["unverified"]
        said = guard.words(found, view.gettext) or view.gettext(unlisted)
        if not wants_json(request):
            return self.page(request, visit, room, question, writing, said=said, status=422)
        parts = question, session, writing.box, found, visit.member.role, ()
        drawn = str(view.part(CHECK_PARTS, "check", *parts))
        ops = [("replace", f"check-{writing.box}", drawn)]
        return JSONResponse({"error": "unverified", "message": said, "ops": ops}, 422)

    def _previews(
        self, visit: Visit, room: Room, question: Question, writing: Writing
    ) -> list[tuple[str, Markup]]:
        written = Written(
            text=writing.text,
            lang=writing.lang,
            organisation=visit.member.organisation,
            at=self.site.hub.store.now(),
            answer=writing.answer if writing.command != "answer" else 0,
        )
        return previews(question, room.projection.session, written)
