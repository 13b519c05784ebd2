"""`askpanel session`: the scheduled sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from askpanel.clistore import fail, in_store, plainly
from askpanel.config import Config
from askpanel.eventlog.model import Refused
from askpanel.eventlog.phase import phase
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import Refused as FileRefused
from askpanel.eventlog.sessionfile import read, short_taken, slug_taken
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store

session_app = typer.Typer(no_args_is_help=True, help="The scheduled sessions.")


@session_app.command("load")
def session_load(
    file: Annotated[Path, typer.Argument(help="The session's TOML file.")],
    starts: Annotated[
        str, typer.Option(help="`now` moves the session to this minute, keeping its length.")
    ] = "",
) -> None:
    """Load a session from its file, or refuse the file and list every mistake in it."""
    if starts not in ("", "now"):
        fail("--starts can only be `now`; without it the times in the file are used.")
    with plainly():
        session = read(file)

    async def create(config: Config, store: Store, staff: Staff) -> Session:
        moved = started_now(session, store.now()) if starts else session
        try:
            await store.create(moved)
        except Refused as refusal:
            short = refusal.code == "short_taken"
            taken = short_taken(session.short) if short else slug_taken(session.slug)
            raise FileRefused([taken]) from None
        await store.revoke(moved.slug, await staff.revocations())
        return moved

    loaded = in_store(create)
    typer.echo(f"Loaded. It is at /sessions/{loaded.slug}")


@session_app.command("list")
def session_list() -> None:
    """Every session, by its start."""

    async def listed(config: Config, store: Store, staff: Staff) -> None:
        for session in await store.sessions():
            words, _ = session.text(session.title, "en")
            typer.echo(f"{session.slug}: {words} ({phase(session.schedule, store.now())})")

    in_store(listed)


def started_now(session: Session, now: int) -> Session:
    """The session at this minute, keeping its length."""
    return msgspec.structs.replace(session, schedule=session.schedule.moved_to(now))
