"""`askpanel staff`: the people who moderate, answer and host."""

from __future__ import annotations

import sys
from collections.abc import Awaitable
from typing import Annotated

import typer

from askpanel.clistore import fail, in_store
from askpanel.config import Config
from askpanel.eventlog.model import Role
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.passwords import SENTENCES, Passwords, weaknesses

staff_app = typer.Typer(no_args_is_help=True, help="The people who moderate, answer and host.")


@staff_app.command("add")
def staff_add(
    username: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="What colleagues see.")],
    role: Annotated[Role, typer.Option(help="What they are here for.")],
    organisation: Annotated[
        str, typer.Option(help="The id of their organisation in session files.")
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add somebody who may sign in."""
    if role is Role.PANELIST and not organisation:
        fail("A panelist answers for an organisation: give its id with --organisation.")
    password = _password(password_stdin)
    wrong = weaknesses(password, username)
    if wrong:
        fail(" ".join(SENTENCES[each] for each in wrong))

    async def add(config: Config, store: Store, staff: Staff) -> None:
        encoded = await Passwords().hash(password)
        await staff.add(
            username,
            name=name,
            role=role,
            password=encoded,
            organisation=organisation,
            now_ms=store.now(),
        )

    in_store(add)
    typer.echo(f"Added {username}, {role.value}.")


@staff_app.command("list")
def staff_list() -> None:
    """Everybody who may sign in."""

    async def everybody(config: Config, store: Store, staff: Staff) -> None:
        for member in await staff.all():
            state = " (disabled)" if member.disabled else ""
            body = f", {member.organisation}" if member.organisation else ""
            typer.echo(f"{member.username}: {member.name}, {member.role.value}{body}{state}")

    in_store(everybody)


@staff_app.command("disable")
def staff_disable(username: str) -> None:
    """Let somebody sign in no more; ends their sign-ins everywhere at once."""
    in_store(lambda config, store, staff: _end(store, staff.disable(username, store.now())))
    typer.echo(f"{username} can no longer sign in.")


@staff_app.command("enable")
def staff_enable(username: str) -> None:
    """Let somebody sign in again."""
    in_store(lambda config, store, staff: staff.enable(username, store.now()))
    typer.echo(f"{username} can sign in again.")


async def _end(store: Store, change: Awaitable[object]) -> None:
    """A change of the staff, told to every session before the command says that it is done."""
    member = await change
    for session in await store.sessions():
        await store.revoke(session.slug, {member.username: member.version})  # type: ignore[attr-defined]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        fail("Give the password on standard input, with --password-stdin.")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
