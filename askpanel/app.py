"""The composition root: settings in, one application out. Nothing else knows all the parts."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from askpanel.addresses import routes
from askpanel.chat import collector, metrics
from askpanel.chat.anonymity import Anonymity
from askpanel.chat.fragments import Public
from askpanel.chat.hub import Hub
from askpanel.chat.identity import Identity
from askpanel.chat.leaving import Forgetting
from askpanel.chat.locale import N_, Language
from askpanel.chat.measured import MeasuredStore
from askpanel.chat.pages import on_store_away
from askpanel.chat.retention import Retention
from askpanel.chat.sealer import Sealer
from askpanel.chat.security import SecurityHeaders
from askpanel.chat.silences import Silences
from askpanel.chat.site import Site, problem
from askpanel.chat.throttle import Throttle
from askpanel.chat.view import warm
from askpanel.chat.vitals import Vitals
from askpanel.config import Config, load
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.purging import Purger
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.staff import Staff
from askpanel.moderation.attendance import Attendance
from askpanel.moderation.desk import Desk
from askpanel.moderation.details import details_in
from askpanel.moderation.noticing import Noticing
from askpanel.moderation.passwords import Passwords
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.presence import Presence
from askpanel.moderation.triage import Triage
from askpanel.moderation.visit import SignInDesk

PROBLEMS = {
    404: (N_("Page not found"), N_("Check the address, or choose a session from the list.")),
    405: (N_("That did not work"), N_("Go back and try again from the page itself.")),
    500: (
        N_("Sorry, there is a problem with the service"),
        N_("Try again in a minute. Nothing that was sent and confirmed is lost."),
    ),
}


@dataclass(frozen=True)
class Application:
    """One ASGI application, with the parts that somebody outside may ask for."""

    asgi: ASGIApp
    site: Site
    door: SignInDesk
    attendance: Attendance
    presence: Presence
    playbook: Playbook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.asgi(scope, receive, send)


def create(
    config: Config,
    *,
    port: int = 8000,
    prefix: str = "askpanel",
    now: Callable[[], int] | None = None,
    further: Callable[[Site, SignInDesk], list[BaseRoute]] = lambda site, door: [],
) -> Application:
    """The application. `config.redis_url` must be set: the caller has seen to the engine.

    `now` is a test's clock in Unix milliseconds; `further` adds routes (the demo's sign-in).
    """
    client, tails = connect(config.redis_url), connect(config.redis_url, connections=1024)
    secret, playbook = config.secret(), config.said()
    lease_ms = config.lease_seconds * 1000
    store = MeasuredStore(client, tails=tails, prefix=prefix, lease_ms=lease_ms, now=now)
    staff, silences = Staff(client, prefix, secret=secret), Silences()
    hub = Hub(
        store,
        {"public": Public(), "triage": Triage(playbook), "desk": Desk(playbook.canned)},
        monotonic=time.monotonic if now is None else lambda: now() / 1000,
        observe=silences.hear,
    )
    sealer = Sealer(store, Seals(client, prefix), secret)
    site = site_of(config, port, secret, hub, sealer, silences, playbook)
    door = door_of(config, secret, site, staff)
    attendance = Attendance(staff, store)
    presence = Presence(
        Backstage(store, client),
        lambda: [slug for slug, room in hub.rooms.items() if room.projection.present],
    )
    vitals = Vitals(store, hub.rooms, config.data_dir / "engine")
    purger = Purger(store, client, Seals(client, prefix))
    retention = Retention(purger, config.retention_days)

    life = lifespan(
        (hub, attendance, presence, vitals, sealer, retention), (client.aclose, tails.aclose)
    )
    paths = [*routes(site, door, attendance, presence, playbook), *further(site, door)]
    asgi = asgi_of(config, site, paths, life)
    return Application(asgi, site, door, attendance, presence, playbook)


Life = Callable[[Starlette], AbstractAsyncContextManager[None]]


def asgi_of(config: Config, site: Site, paths: list[BaseRoute], life: Life) -> ASGIApp:
    """What answers at these addresses, in what everything that is answered goes through."""
    starlette = Starlette(
        routes=paths,
        exception_handlers={
            StoreAway: on_store_away,
            404: on_problem,
            405: on_problem,
            Exception: on_fault,
        },
        lifespan=life,
    )
    starlette.state.site = site
    starlette.router.redirect_slashes = False  # see Language
    # Around Starlette and not inside it, so that its own error pages pass through them too.
    pages = Language(Forgetting(starlette, site))
    return Anonymity(SecurityHeaders(pages, config.base_url), config.trusted_proxies)


def site_of(
    config: Config,
    port: int,
    secret: bytes,
    hub: Hub,
    sealer: Sealer,
    silences: Silences,
    playbook: Playbook,
) -> Site:
    """What the public's pages are made with."""
    return Site(
        hub=hub,
        head_of=sealer.head_of,
        notice=Noticing(playbook.watch),
        details=details_in,
        identity=Identity(secret, secure=config.secure),
        silences=silences,
        throttle=Throttle(config.questions_per_minute, config.sockets_per_client),
        origins=config.origins(port),
        exit_url=config.exit_url,
        embed_origins=config.embed_origins,
        facts=config.facts(),
    )


def door_of(config: Config, secret: bytes, site: Site, staff: Staff) -> SignInDesk:
    """What signing in is made with."""
    return SignInDesk(
        staff=staff,
        passwords=Passwords(),
        secret=secret,
        clock=site.hub.store.now,
        render=lambda request, template, status, /, **context: site.page(
            request, template, status, **context
        ),
        origins=site.origins,
        secure=config.secure,
    )


class Background(Protocol):
    """What works beside the requests for as long as the application serves."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def lifespan(
    background: Sequence[Background], hang_up: Sequence[Callable[[], Awaitable[object]]]
) -> Life:
    """Start all in order; stop in the opposite one, and hang up on the store last."""

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        for each in background:
            await each.start()
        yield
        for each in reversed(background):
            await each.stop()
        for close in hang_up:
            await close()

    return living


async def on_problem(request: Request, error: Exception) -> Response:
    """A page that is not there, or not for this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, words = PROBLEMS.get(status, PROBLEMS[404])
    return problem(request.app.state.site, request, status, title, words)


async def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the same plain words, and nothing of the fault."""
    metrics.faults.inc()
    # The server closes the connection after a fault: told, nobody sends another request into it.
    return problem(request.app.state.site, request, 500, *PROBLEMS[500], connection="close")


def from_environment() -> Application:
    """For worker processes: the parent has checked the settings and the engine."""
    application = create(load(), port=int(os.environ.get("ASKPANEL_SERVING_PORT", "8000")))
    settle()
    return application


AT_ONCE = (
    ("base.html", "session.html", "staff/triage.html", "staff/desk.html"),
    (
        *("parts/public.html", "parts/own.html", "parts/ask.html", "parts/triage.html"),
        *("parts/opened.html", "parts/desk.html", "parts/claim.html"),
    ),
)
"""Templates and partials that are wanted at six o'clock."""


def settle() -> None:
    """For a process that will do nothing but serve: be ready for everybody to come at once."""
    warm(*AT_ONCE)
    collector.rest()
