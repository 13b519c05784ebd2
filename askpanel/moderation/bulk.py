"""One command for many questions: each is its own call to the store, and the answer says which were
done and which were not, and why."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics
from askpanel.chat.fields import Fields
from askpanel.chat.number import whole
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, wants_json
from askpanel.eventlog.model import Refused, StoreAway
from askpanel.eventlog.rules import TRIAGE
from askpanel.moderation.commands import undo_of
from askpanel.moderation.conflicts import Conflicts
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.filters import Filters
from askpanel.moderation.forms import BadField, Forms
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.visit import SignInDesk, Visit, require

MANY = ("reject", "hold", "divert", "assign", "label", "hand", "restore", "merge")
"""What may be done to many at once. Nothing is published that way."""
MOST_NUMBERS = 500


class Outcome(NamedTuple):
    """What became of one question: `code` and `why` are empty if it was done."""

    number: int
    code: str = ""
    why: str = ""


class Bulk:
    """`POST /staff/sessions/{slug}/bulk/{command}`, with `numbers` as often as there are any."""

    def __init__(self, site: Site, door: SignInDesk, playbook: Playbook) -> None:
        self.site, self.door = site, door
        self._forms, self._conflicts = Forms(playbook, door.staff), Conflicts(site)

    def routes(self) -> list[Route]:
        staff = require(self.door, *TRIAGE, most_fields=MOST_NUMBERS + 100)
        path = "/staff/sessions/{slug}/bulk/{command}"
        return [Route(path, staff(self.bulk), methods=["POST"], name="bulk")]

    async def bulk(self, request: Request, visit: Visit) -> Response:
        """One after the other, in the order of their numbers."""
        command = request.path_params["command"]
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        if command not in MANY:
            return self._conflicts.refused(request, visit, room, "unknown_command")
        try:
            numbers = chosen(visit.fields)
            fields = await self._fields(command, visit, room)
        except BadField as error:
            return self._conflicts.refused(request, visit, room, str(error))
        except StoreAway:
            return self._conflicts.refused(request, visit, room, "away")
        return await self._each(request, visit, room, numbers, fields)

    async def _fields(self, command: str, visit: Visit, room: Room) -> dict[str, str | int]:
        session = room.projection.session
        fields = await self._forms.fields(command, visit.fields, visit.member, session)
        if command == "label" and not fields["labels"]:
            # For one question it means: none. For many it is a list from which nothing was chosen.
            raise BadField("missing")
        return fields

    async def _each(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        numbers: list[int],
        fields: dict[str, str | int],
    ) -> Response:
        command, session = request.path_params["command"], room.projection.session
        outcomes: list[Outcome] = []
        undos: list[dict[str, Any]] = []
        position = 0
        for number in numbers:
            try:
                done = await self.site.hub.store.decide(
                    session.slug,
                    number,
                    command,
                    visit.member.actor,
                    **with_labels(command, fields, room, number),
                )
            except Refused as refusal:
                said = self._conflicts.said(request, refusal.code)
                who = self._conflicts.meanwhile(request, session, refusal.question, refusal.code)
                outcomes.append(Outcome(number, refusal.code, f"{said} {who}".strip()))
            except StoreAway:
                said = self._conflicts.said(request, "away")
                left = numbers[numbers.index(number) :]
                outcomes += [Outcome(each, "away", said) for each in left]
                break
            else:
                outcomes.append(Outcome(number))
                position = done.position
                undo = undo_of(self.site, request, command, done.question)
                undos += [{"number": number, **undo}] if undo else []
        for outcome in outcomes:
            metrics.count_command(command, outcome.code or "done")
        return self._told(request, visit, room, outcomes, undos, position)

    def _told(
        self,
        request: Request,
        visit: Visit,
        room: Room,
        outcomes: list[Outcome],
        undos: list[dict[str, Any]],
        position: int,
    ) -> Response:
        done = [each.number for each in outcomes if not each.code]
        refused = [each for each in outcomes if each.code]
        codes = {each.code for each in refused}
        status = 200 if done else 503 if codes == {"away"} else 409
        view = self.site.view(request)
        outcome = view.part("parts/filters.html", "outcome", len(done), len(outcomes)).unescape()
        if wants_json(request):
            why = " ".join(f"{each.number}: {each.why}" for each in refused)
            told = {
                "done": done,
                "refused": [
                    {"number": each.number, "error": each.code, "message": each.why}
                    for each in refused
                ],
                "outcome": outcome.strip(),
                "say": outcome.strip(),
                "position": position,
                "undo": undos,
            }
            if not done:
                told |= {"error": refused[0].code, "message": why}
            return JSONResponse(told, status)
        return staff_page(
            self.site,
            request,
            visit,
            "staff/bulk.html",
            status,
            session=room.projection.session,
            outcome=outcome.strip(),
            refused=refused,
            query=Filters.of(dict(parse_qsl(visit.fields.get("back", "")))).query,
            position=position,
        )


def chosen(form: Fields) -> list[int]:
    """The questions that were ticked, each once, by number. Raises BadField."""
    numbers = [whole(each, 9) for each in form.every("numbers")]
    if None in numbers:
        raise BadField("unlisted")
    found = sorted({number for number in numbers if number is not None})
    if not found:
        raise BadField("none_chosen")
    if len(found) > MOST_NUMBERS:
        raise BadField("too_many")
    return found


def with_labels(
    command: str, fields: dict[str, str | int], room: Room, number: int
) -> dict[str, str | int]:
    """For many at once a label comes to those that a question has already."""
    question = room.projection.questions.get(number)
    if command != "label" or question is None:
        return fields
    labels = dict.fromkeys([*question.labels, *str(fields["labels"]).split()])
    return {**fields, "labels": " ".join(labels)}
