"""A session as an entry in somebody's calendar (RFC 5545).

Calendars are looked at over shoulders and shared with families, so the entry says nothing of what
it is about: a neutral summary, no title, no organisation, and it is marked as private. Added
again, it takes the place of the one before: same UID, and a SEQUENCE that rises with every change
of the times, because it is the position in the session's log at which they were changed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from askpanel.chat.joincode import host_of, poster_address
from askpanel.chat.locale import N_, translations
from askpanel.chat.pages import no_such_session
from askpanel.chat.site import Site, caught_up
from askpanel.eventlog.session import Session

SUMMARY = N_("Live questions and answers")
WHERE = N_("Read and ask here: %(address)s")
AGAIN = timedelta(hours=1)
"""How often a calendar that follows the address looks whether the times have changed (RFC 7986)."""


class Calendars:
    """`/sessions/{slug}.ics`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [Route("/sessions/{slug}.ics", self.entry, name="calendar entry")]

    async def entry(self, request: Request) -> Response:
        """The session's entry, in the language of the address."""
        room = await self.site.hub.room(request.path_params["slug"])
        if room is None:
            return no_such_session(self.site, request)
        await caught_up(request, room)
        session, locale = room.projection.session, request.state.locale
        body = entry(
            session,
            locale,
            address=poster_address(self.site, request, session, locale),
            host=host_of(self.site),
            changed=await self._changed(session),
        )
        headers = {"content-disposition": 'attachment; filename="calendar.ics"'}
        return Response(body, media_type="text/calendar", headers=headers)

    async def _changed(self, session: Session) -> int:
        """When the times were planned or last changed, by the log, in Unix milliseconds."""
        store, position = self.site.hub.store, session.schedule.revised or 1
        found = await store.entries(session.slug, position, position)
        return found[0].event.at if found else store.now()


def entry(session: Session, locale: str, *, address: str, host: str, changed: int) -> bytes:
    """The calendar file. Times are in UTC: the moment is the same wherever it is read, and a
    calendar shows it in its owner's zone."""
    schedule, gettext = session.schedule, translations(locale).gettext
    event = Event()
    event.add("uid", f"{session.slug}@{host}")
    event.add("sequence", schedule.revised)
    event.add("dtstamp", moment(changed))
    event.add("last-modified", moment(changed))
    event.add("dtstart", moment(schedule.starts))
    # An end that is not after the start may not stand there (3.8.2.2): it was closed before it.
    if moment(schedule.ends) > moment(schedule.starts):
        event.add("dtend", moment(schedule.ends))
    event.add("summary", gettext(SUMMARY), parameters={"language": locale})
    event.add("description", gettext(WHERE) % {"address": address})
    event.add("url", address)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Askpanel//Askpanel//EN")
    calendar.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def moment(at: int) -> datetime:
    """Unix milliseconds as UTC, to the second, which is all that a calendar has."""
    return datetime.fromtimestamp(at // 1000, UTC)
