"""The visit: settings, service, store, sessions, public address, in the order in which one thing
rests on another. What cannot be looked at for another's fault is not guessed at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from askpanel.config import BadSetting, Config, load
from askpanel.doctor import address, machine, sayings, settings, store, timetable
from askpanel.doctor.finding import Finding, Notes
from askpanel.doctor.sight import Sight
from askpanel.eventlog.embedded import borrowed
from askpanel.eventlog.engine import EngineRefused, connect
from askpanel.eventlog.enginecheckup import examine, objection
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store


def visit(app: str, readers: int, sight: Sight | None = None) -> list[Finding]:
    """Everything that was found. `app` is where the service itself listens."""
    sight, app = sight or Sight(), app.rstrip("/")
    try:
        config = load()
    except BadSetting as error:
        notes = Notes(settings.AREA)
        notes.fault(str(error), "the service does not start with it.", "correct the setting.")
        return [*notes]
    found = [*settings.judge(config), *machine.judge(app, readers, sight)]
    slugs: list[str] = []
    try:
        with _engine(config) as url:
            found += asyncio.run(_store(config, url, sight, slugs))
    except EngineRefused as refusal:
        found += _unusable(str(refusal))
    slug = slugs[0] if slugs else ""
    return [*found, *address.judge(config, app, slug, sight)]


@contextmanager
def _engine(config: Config) -> Iterator[str]:
    """The store's address; a private one is started if it does not run. Raises EngineRefused."""
    if config.redis_url:
        yield config.redis_url
        return
    with borrowed(config.data_dir) as url:
        yield url


async def _store(config: Config, url: str, sight: Sight, slugs: list[str]) -> list[Finding]:
    """The store, and what it holds; leaves there the slugs of its sessions."""
    client = connect(url)
    found: list[Finding] = []
    try:
        checkups = await examine(client, sight.now, sight.timer)
        for checkup in checkups:
            found += store.judge(config, checkup, sight)
        if any(checkup.where for checkup in checkups):
            # Any replica may become the engine that matters: judged as at a start.
            weak = config.allow_weak_persistence
            found += _unusable(await objection(client, allow_weak_persistence=weak))
        held = Store(client)
        await held.hear_time()
        sessions = await held.sessions()
        staff = Staff(client, secret=config.secret())
        present = await staff.present(held.now())
        found += timetable.judge(sessions, await staff.all(), present, held.now())
        found += sayings.judge(config.said(), sessions, held.now())
        slugs += [session.slug for session in sessions]
    except StoreAway:
        sentence = await objection(client, allow_weak_persistence=True)
        stopped = "The store stopped answering while it was looked at."
        return [*found, *_unusable(sentence or stopped)]
    finally:
        await client.aclose()
    return found


def _unusable(sentence: str) -> Notes:
    """Nothing to say if there is no sentence."""
    notes = Notes(store.AREA)
    if sentence:
        notes.fault(
            sentence,
            "without the store nobody can ask and nothing can be decided, and one that forgets "
            "loses what people were told is stored.",
            "do what the sentence says; the service finds a store that is back by itself.",
        )
    return notes
