"""`askpanel backup` and `askpanel restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from askpanel.clistore import in_backup
from askpanel.config import Config
from askpanel.eventlog.backup import Backup, Head

PROTECT = (
    "It holds every question and private reply that was not erased yet: encrypt it, and limit who "
    "can read it. The secret key is not in it: keep that elsewhere."
)


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to. Protect it like the store.")],
) -> None:
    """Copy everything that the store holds, while it serves; destroy copies whose time is over."""

    async def work(config: Config, copies: Backup) -> list[str]:
        path = await copies.take(folder)
        gone = await copies.tidy(folder, config.retention_days)
        return [
            f"Written: {path}",
            PROTECT,
            *(f"Destroyed, because its time was over or it held erased words: {g}" for g in gone),
        ]

    typer.echo("\n".join(in_backup(work)))


def restore(
    file: Annotated[Path, typer.Argument(help="A backup, as `askpanel backup` wrote it.")],
) -> None:
    """Put a copy back into an empty store."""

    async def work(config: Config, copies: Backup) -> Head:
        return await copies.put_back(file)

    head = in_backup(work)
    when = datetime.fromtimestamp(head.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    number = len(head.sessions)
    typer.echo(
        f"Put back as it was at {when}: {number} {'session' if number == 1 else 'sessions'}. What "
        "came after that is lost. Everybody's screen begins anew, and staff sign in again. Whoever "
        "was disabled since then is not: look at `askpanel staff list`."
    )
