"""What a host does before a session: move it to another time, and print its posters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics
from askpanel.chat.joincode import poster_address
from askpanel.chat.locale import N_, in_zone, local_path
from askpanel.chat.pages import no_such_session
from askpanel.chat.room import Room
from askpanel.chat.site import Site, caught_up, wants_json
from askpanel.eventlog.model import Refused, Role, StoreAway
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile.times import LONGEST, YEARS, clock_change
from askpanel.moderation.consoles import staff_page
from askpanel.moderation.refusals import REFUSALS
from askpanel.moderation.visit import SignInDesk, Visit, require

FIELDS = ("starts", "ends")
LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
FAULTS = {
    "unreadable": N_("Write a date and a time, like this: 2026-11-24T18:00"),
    "year": N_("Choose a year from 2000 to 2099"),
    "skipped": N_("The clocks go forward then, and this time does not happen. Choose another"),
    "twice": N_("The clocks go back then, and this time happens twice. Choose another"),
    "past": N_("Choose a time that is still to come"),
    "order": N_("Choose an end that is after the start"),
    "far": N_("Choose an end that is at most 24 hours after the start"),
    "started": N_("The session has started, so it cannot be moved. You can still make it longer."),
    "away": REFUSALS["away"],
    "revoked": REFUSALS["revoked"],
}
"""What is wrong with a time, or with all of it."""

Errors = dict[str, str]
"""Field to a code of `FAULTS`; the field is "" where it is about neither."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Move:
    """What was typed for the times, what is wrong with it, and the times that it means."""

    typed: dict[str, str]
    errors: Errors
    times: tuple[int, int] = (0, 0)


class PlanPage:
    """`/staff/sessions/{slug}/plan`, and the form on it."""

    def __init__(self, site: Site, door: SignInDesk) -> None:
        self.site, self.door = site, door

    def routes(self) -> list[Route]:
        here, host = "/staff/sessions/{slug}", require(self.door, Role.HOST)
        move = Route(f"{here}/schedule/move", host(self.move), methods=["POST"], name="move")
        return [Route(f"{here}/plan", host(self.page), name="plan"), move]

    async def page(self, request: Request, visit: Visit) -> Response:
        """The times as they stand, and the posters."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        session = room.projection.session
        return self._drawn(request, visit, session, Move(typed_of(session), {}))

    async def move(self, request: Request, visit: Visit) -> Response:
        """To other times: 303 back to the page, or JSON with the position."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        session, store = room.projection.session, self.site.hub.store
        given = read_move(
            {name: visit.fields.get(name, "") for name in FIELDS}, session, store.now()
        )
        if given.errors:
            return self._refused(request, visit, room, given, 422)
        try:
            position = await store.schedule(
                session.slug, "move", visit.member.actor, times=given.times
            )
        except (Refused, StoreAway) as error:
            return self._refused(request, visit, room, *judged(given, error))
        metrics.count_command("move", "done")
        if wants_json(request):
            return JSONResponse({"position": position})
        here = local_path(request.state.locale, f"/staff/sessions/{session.slug}/plan")
        return RedirectResponse(f"{here}?moved=1&position={position}", 303)

    def _refused(
        self, request: Request, visit: Visit, room: Room, move: Move, status: int
    ) -> Response:
        metrics.count_command("move", "refused")
        if not wants_json(request):
            return self._drawn(request, visit, room.projection.session, move, status)
        said = [self.site.view(request).gettext(FAULTS[code]) for code in move.errors.values()]
        code = next(iter(move.errors.values()))
        return JSONResponse({"error": code, "message": " ".join(said)}, status)

    def _drawn(
        self, request: Request, visit: Visit, session: Session, move: Move, status: int = 200
    ) -> Response:
        gettext, now = self.site.view(request).gettext, self.site.hub.store.now()
        return staff_page(
            self.site,
            request,
            visit,
            "staff/plan.html",
            status,
            session=session,
            movable=now < session.schedule.starts,
            moved=status == 200 and bool(request.query_params.get("moved")),
            typed=move.typed,
            errors={field: gettext(FAULTS[code]) for field, code in move.errors.items()},
            posters=[
                (lang, poster_address(self.site, request, session, lang))
                for lang in session.languages
            ],
        )


def typed_of(session: Session) -> dict[str, str]:
    """The times as they stand, as a date and time field has them: local to the session."""
    schedule, zone = session.schedule, session.timezone
    return {
        name: in_zone(getattr(schedule, name), zone).strftime("%Y-%m-%dT%H:%M") for name in FIELDS
    }


def read_move(typed: dict[str, str], session: Session, now: int) -> Move:
    """The times that somebody typed, local to the session's zone, or what is wrong with them."""
    errors: Errors = {}
    if now >= session.schedule.starts:
        return Move(typed, {"": "started"})
    zone, found = ZoneInfo(session.timezone), dict[str, datetime]()
    for name in FIELDS:
        local = local_time(typed[name])
        fault = "unreadable" if local is None else clock_fault(local, zone)
        if local is None or fault:
            errors[name] = fault
        else:
            found[name] = local.replace(tzinfo=zone).astimezone(UTC)
    starts, ends = found.get("starts"), found.get("ends")
    if starts is not None and (starts - _EPOCH) // _MS <= now:
        errors["starts"] = "past"
    elif starts is not None and ends is not None and not starts < ends <= starts + LONGEST:
        errors["ends"] = "order" if ends <= starts else "far"
    if errors or starts is None or ends is None:
        return Move(typed, {name: errors[name] for name in FIELDS if name in errors})
    return Move(typed, {}, ((starts - _EPOCH) // _MS, (ends - _EPOCH) // _MS))


def local_time(typed: str) -> datetime | None:
    """What a date and time field sends, or somebody wrote where there is no such field."""
    try:
        return datetime.fromisoformat(typed.strip()) if LOCAL.fullmatch(typed.strip()) else None
    except ValueError:
        return None


def clock_fault(local: datetime, zone: ZoneInfo) -> str:
    """Why a local time is none that can be announced, as for session files; "" if it can be."""
    return clock_change(local, zone) if local.year in YEARS else "year"


def judged(move: Move, error: Refused | StoreAway) -> tuple[Move, int]:
    """The store said no, or nothing."""
    if isinstance(error, StoreAway):
        return Move(move.typed, {"": "away"}), 503
    if error.code == "bad_times":
        return Move(move.typed, {"starts": "past"}), 422
    return Move(move.typed, {"": error.code if error.code in FAULTS else "started"}), 409
