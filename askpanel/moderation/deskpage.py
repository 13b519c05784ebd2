"""The page of the panel's desk."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up
from askpanel.chat.view import View
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Question, State, StoreAway
from askpanel.eventlog.records import Kept
from askpanel.eventlog.session import Session
from askpanel.moderation.consoles import console
from askpanel.moderation.desk import (
    ANSWERED,
    CLAIM_PARTS,
    DESK_LISTS,
    DESK_PARTS,
    EVERYBODYS,
    MINE,
    shelf,
)
from askpanel.moderation.lists import counted, in_turns
from askpanel.moderation.playbook import Template, filled, signpost_line
from askpanel.moderation.visit import SignInDesk, Visit, require

ON_DESK = [state for states in DESK_LISTS.values() for state in states]
TOKEN = secrets.token_hex(16)
"""What a kept card has in the place of its viewer's token: nobody can have written it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of the desk; `organisation` is whose it is, or ""."""

    name: str
    organisation: str
    cards: list[Markup]


@dataclass(frozen=True, slots=True)
class Insert:
    """A text that a key puts into an answer, in one language."""

    code: str
    lang: str
    text: str


class DeskPage:
    """A page that only reads. What it shows live comes by the socket, from the same partials."""

    def __init__(
        self,
        site: Site,
        door: SignInDesk,
        backstage: Backstage | None = None,
        canned: Sequence[Template] = (),
    ) -> None:
        self.site, self.door, self._backstage, self._canned = site, door, backstage, canned

    def routes(self) -> list[Route]:
        return [Route("/staff/sessions/{slug}/desk", require(self.door)(self.desk), name="desk")]

    async def desk(self, request: Request, visit: Visit) -> Response:
        """What the panel answers: a box for each of one's own claims, then the lists."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        view, session = self.site.view(request), room.projection.session
        await in_turns(
            room.projection.of(*ON_DESK), lambda question: self._card(view, room, question)
        )
        claims = []
        for question in claims_of(room, visit.member.username):
            kept = await self._kept(session.slug, question.number, visit.member.username)
            parts = question, session, self._canned, visit.csrf, kept
            claims.append(view.part(CLAIM_PARTS, "claim", *parts))
        counts = {name: counted(DESK_LISTS, name, room.projection.counts) for name in DESK_LISTS}
        return console(
            self.site,
            request,
            visit,
            room,
            "staff/desk.html",
            claims=claims,
            counts=counts,
            shelves=self._shelves(view, room, visit),
            inserts=inserts(session, self._canned),
        )

    async def _kept(self, slug: str, number: int, username: str) -> Kept | None:
        """What was being written; the page stays up while the store is away."""
        if self._backstage is None:
            return None
        try:
            return await self._backstage.kept(slug, number, username)
        except StoreAway:
            return None

    def _card(self, view: View, room: Room, question: Question) -> Markup:
        """A card, drawn once for all viewers: `TOKEN` stands where each one's own belongs."""
        session = room.projection.session
        return room.piece(
            ("desk", view.locale, question.number),
            question,
            lambda: view.part(DESK_PARTS, "card", question, session, self._canned, TOKEN),
        )

    def _shelves(self, view: View, room: Room, visit: Visit) -> list[Shelf]:
        standing: dict[str, list[Markup]] = {}
        for question in room.projection.of(*ON_DESK):
            drawn = self._card(view, room, question).replace(TOKEN, visit.csrf)
            name = shelf(question)
            if name != ANSWERED and question.panelist == visit.member.username:
                name = MINE
            standing.setdefault(name, []).append(drawn)
        return [
            Shelf(name, organisation, standing.get(name, []))
            for name, organisation in order(room.projection.session, visit.member)
        ]


def order(session: Session, member: Member) -> Iterator[tuple[str, str]]:
    """The lists as a member sees them from the top: each name, and whose it is."""
    theirs = [each.id for each in session.organisations if each.id == member.organisation]
    others = [each.id for each in session.organisations if each.id != member.organisation]
    yield MINE, ""
    yield from ((f"of-{each}", each) for each in theirs)
    yield EVERYBODYS, ""
    yield from ((f"of-{each}", each) for each in others)
    yield ANSWERED, ""


def inserts(session: Session, canned: Sequence[Template]) -> list[Insert]:
    """What can be put into an answer in this session: its signposts, and the ready answers."""
    return [each for lang in session.languages for each in _inserts(session, canned, lang)]


def _inserts(session: Session, canned: Sequence[Template], lang: str) -> Iterator[Insert]:
    for sign in session.signposts:
        yield Insert(f"signpost:{sign.id}", lang, signpost_line(sign, session, lang))
    for each in canned:
        text = filled(each.text.get(lang, each.text["en"]), session, lang)
        yield Insert(f"canned:{each.code}", lang, text)


def claims_of(room: Room, username: str) -> list[Question]:
    """The questions that a panelist holds, the oldest claim first."""
    mine = [
        question
        for question in room.projection.of(State.CLAIMED)
        if question.holder and question.holder.username == username
    ]
    return sorted(mine, key=lambda q: q.holder.since if q.holder else 0)
