"""What remains of a session: `askpanel export` and `verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from askpanel import verify as verifying
from askpanel.chat.locale import LOCALES
from askpanel.chat.room import Room
from askpanel.chat.transcriptfile import FORMS
from askpanel.clistore import fail, in_record
from askpanel.config import Config
from askpanel.eventlog.model import Refused
from askpanel.eventlog.seal import Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.verify import Report, head_of


def export(
    slug: str,
    form: Annotated[str, typer.Option("--format", help="json, csv, html or txt.")] = "json",
    language: Annotated[str, typer.Option(help="Of our own words around it: en or cy.")] = "en",
) -> None:
    """Print what a session published."""
    if form not in FORMS:
        fail("The format is json, csv, html or txt.")
    if language not in LOCALES:
        fail("The language is en or cy.")

    async def drawn(config: Config, store: Store, staff: Staff, seals: Seals) -> str:
        try:
            room = Room(await store.snapshot(slug), {})
        except Refused:
            fail(f"There is no session called {slug}.")
        return FORMS[form].draw(room, language, await head_of(slug, seals, config.secret()))

    typer.echo(in_record(drawn), nl=False)


def verify(
    slug: str,
    head: Annotated[
        str, typer.Option(help="A head that was printed, HEX:POSITION, to compare with.")
    ] = "",
    key: Annotated[
        list[str] | None, typer.Option(help="A further public key to trust; may be repeated.")
    ] = None,
) -> None:
    """Walk a session's record from its first entry, and name whatever was changed in it."""

    async def verified(config: Config, store: Store, staff: Staff, seals: Seals) -> Report | None:
        own, now = Signer(config.secret(), store.now).key, store.now()
        return await verifying.verify(slug, seals, own, others=key or [], head=head, now=now)

    report = in_record(verified)
    if report is None:
        fail(f"There is no session called {slug}.")
    typer.echo("\n".join(report.lines))
    raise typer.Exit(0 if report.holds else 1)
