"""The page of the moderators' queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.number import whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Question, Role, State, StoreAway
from askpanel.eventlog.rules import TRIAGE
from askpanel.moderation.consoles import console
from askpanel.moderation.filters import Filters
from askpanel.moderation.lists import counted, in_turns
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.triage import OPENED_PARTS, TRIAGE_LISTS, TRIAGE_PARTS
from askpanel.moderation.visit import SignInDesk, Visit, require
from askpanel.moderation.wording import Wording


@dataclass(frozen=True, slots=True)
class Filtered:
    """One list, all its cards drawn, those that are not wanted hidden: how many there are, and
    how many can be seen."""

    name: str
    cards: list[Markup]
    count: int
    shown: int


@dataclass(frozen=True, slots=True)
class Alike:
    """A question and those that read alike, for pages without scripts."""

    question: Question
    others: list[Question]


class TriagePage:
    """A page that only reads. What it shows live comes by the socket, from the same partials."""

    def __init__(self, site: Site, door: SignInDesk, playbook: Playbook | None = None) -> None:
        self.site, self.door, self._playbook = site, door, playbook or packaged()

    def routes(self) -> list[Route]:
        staff = require(self.door, *TRIAGE)
        return [Route("/staff/sessions/{slug}/triage", staff(self.triage), name="triage")]

    async def triage(self, request: Request, visit: Visit) -> Response:
        """The queue: what this viewer has open, then the lists."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        colleagues = await self._staff()
        filters = Filters.of(request.query_params)
        say = Wording(self._playbook, request.state.locale)
        username = visit.member.username
        await self._drawn_ahead(request, room, filters, say, username)
        return console(
            self.site,
            request,
            visit,
            room,
            "staff/triage.html",
            lists=self._lists(request, room, filters, say, username),
            opened=self._opened(request, room, say, visit),
            alike=[alike(room, question) for question in opened_by(room, username)],
            filters=filters,
            flags=sorted(
                {flag.code for q in room.projection.questions.values() for flag in q.flags}
            ),
            say=say,
            colleagues=[each for each in colleagues if each.role in TRIAGE],
            panelists=[each for each in colleagues if each.role is Role.PANELIST],
        )

    async def _staff(self) -> list[Member]:
        """Whom a question may be given to. The page stays up without them."""
        try:
            return [each for each in await self.door.staff.all() if not each.disabled]
        except StoreAway:
            return []

    async def _drawn_ahead(
        self, request: Request, room: Room, filters: Filters, say: Wording, username: str
    ) -> None:
        """Draw what nobody has looked at yet. The lists themselves are of one moment, and come
        after."""
        for name, states in TRIAGE_LISTS.items():
            questions = room.projection.of(*states)
            wanted = _wanted(name, questions, filters, username)
            await in_turns(
                questions,
                lambda q, wanted=wanted: self._card(  # type: ignore[misc]
                    request, room, say, q, q.number not in wanted
                ),
            )

    def _lists(
        self, request: Request, room: Room, filters: Filters, say: Wording, username: str
    ) -> list[Filtered]:
        found = []
        for name, states in TRIAGE_LISTS.items():
            all_ = room.projection.of(*states)
            wanted = _wanted(name, all_, filters, username)
            cards = [
                self._card(request, room, say, question, question.number not in wanted)
                for question in filters.sorted(all_)
            ]
            count = counted(TRIAGE_LISTS, name, room.projection.counts)
            found.append(Filtered(name, cards, count, len(wanted)))
        return found

    def _card(
        self, request: Request, room: Room, say: Wording, question: Question, hidden: bool
    ) -> Markup:
        """A card holds nothing of one viewer, so each is drawn once for all of them."""
        view = self.site.view(request)
        kind = "triage hidden" if hidden else "triage"
        return room.piece(
            (kind, view.locale, question.number),
            question,
            lambda: view.part(TRIAGE_PARTS, "card", question, room.projection.session, say, hidden),
        )

    def _opened(self, request: Request, room: Room, say: Wording, visit: Visit) -> list[Markup]:
        session, view = room.projection.session, self.site.view(request)
        number, _, code = request.query_params.get("fill", "").partition(":")
        drawn = []
        for question in opened_by(room, visit.member.username):
            asked = whole(number, 9) == question.number
            fill = say.template(code, question, session) if asked else ""
            drawn.append(
                view.part(OPENED_PARTS, "opened", question, session, say, visit.csrf, fill)
            )
        return drawn


def _wanted(
    name: str, questions: Sequence[Question], filters: Filters, username: str
) -> Collection[int]:
    """The numbers of those on a list that a viewer wants to see."""
    if filters.list not in ("", name):
        return ()
    return {q.number for q in questions if filters.shows(q, username)}


def opened_by(room: Room, username: str) -> list[Question]:
    """The questions that somebody has open, in the order in which they opened them."""
    locked = room.projection.locked()
    return [each for each in locked if each.lock and each.lock.username == username]


def alike(room: Room, question: Question) -> Alike:
    """A question with those that read alike, as they stand now."""
    known = room.projection.questions
    others = [known[each.number] for each in question.similar if each.number in known]
    return Alike(question, [each for each in others if each.state != State.WITHDRAWN])
