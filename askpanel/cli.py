"""The command line. An operator's mistake is one plain sentence and a non-zero exit."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import msgspec
import typer

from askpanel import demo as demonstration
from askpanel import serve as serving
from askpanel import verify as verifying
from askpanel.chat import transcript
from askpanel.chat.room import Room
from askpanel.config import BadSetting, Config, load
from askpanel.doctor import finding, visit
from askpanel.eventlog.engine import EngineRefused, connect
from askpanel.eventlog.member import StaffRefused
from askpanel.eventlog.model import Refused, Role, StoreAway
from askpanel.eventlog.phase import phase
from askpanel.eventlog.seal import Seal, Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import Refused as FileRefused
from askpanel.eventlog.sessionfile import read, slug_taken
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.passwords import SENTENCES, Passwords, weaknesses
from askpanel.verify import Report, Unusable, head_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Scheduled, anonymous, moderated live questions and answers.",
)
staff_app = typer.Typer(no_args_is_help=True, help="The people who moderate, answer and host.")
session_app = typer.Typer(no_args_is_help=True, help="The scheduled sessions.")
app.add_typer(staff_app, name="staff")
app.add_typer(session_app, name="session")

_T = TypeVar("_T")


def fail(sentence: str) -> NoReturn:
    """Say what is wrong, and stop."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn every mistake that an operator can make into its sentence."""
    try:
        yield
    except (BadSetting, EngineRefused, StaffRefused, FileRefused, Unusable) as error:
        fail(str(error))
    except StoreAway:
        fail("The store stopped answering. What was asked may or may not have been done.")


def in_store(work: Callable[[Config, Store, Staff], Awaitable[_T]]) -> _T:
    """Do something with the store, starting the private engine for it if none runs."""
    return in_record(lambda config, store, staff, _: work(config, store, staff))


def in_record(work: Callable[[Config, Store, Staff, Seals], Awaitable[_T]]) -> _T:
    """The same, with the seals of the sessions' logs."""
    with plainly(), serving.engine(load(), own=False) as config:

        async def working() -> _T:
            client = connect(config.redis_url)
            try:
                store = Store(client, lease_ms=config.lease_seconds * 1000)
                await store.hear_time()
                staff = Staff(client, secret=config.secret())
                return await work(config, store, staff, Seals(client))
            finally:
                await client.aclose()

        return asyncio.run(working())
    raise AssertionError("unreachable")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
) -> None:
    """Serve until stopped."""
    with plainly():
        raise typer.Exit(serving.serve(load(), host, port, workers))


@app.command()
def demo(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Put a real session on the air, with its staff, and print the links."""
    with plainly():
        raise typer.Exit(demonstration.run(load(), host, port))


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
        except Refused:
            raise FileRefused([slug_taken(session.slug)]) from None
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


@app.command()
def export(
    slug: str,
    form: Annotated[str, typer.Option("--format", help="json, csv or txt.")] = "json",
) -> None:
    """Print what a session published."""
    drawers: dict[str, Callable[[Room, Seal | None], str]] = {
        "json": lambda room, seal: json.dumps(
            transcript.as_data(room, seal), ensure_ascii=False, indent=2
        ),
        "csv": lambda room, _: transcript.as_csv(room),
        "txt": lambda room, seal: transcript.as_text(room, "en", seal),
    }
    if form not in drawers:
        fail("The format is json, csv or txt.")

    async def drawn(config: Config, store: Store, staff: Staff, seals: Seals) -> str:
        try:
            room = Room(await store.snapshot(slug), {})
        except Refused:
            fail(f"There is no session called {slug}.")
        return drawers[form](room, await head_of(slug, seals, config.secret()))

    typer.echo(in_record(drawn))


@app.command()
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


@app.command()
def doctor(
    where: Annotated[
        str, typer.Option("--app", help="Where the service itself listens, not its proxy.")
    ] = "http://127.0.0.1:8000",
    readers: Annotated[int, typer.Option(min=1, help="How many people you expect.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Look a live installation over, and say in words what is wrong and how to mend it."""
    found = visit.visit(where, readers)
    typer.echo(finding.as_json(found) if as_json else finding.as_text(found))
    raise typer.Exit(finding.exit_code(found))


def started_now(session: Session, now: int) -> Session:
    """The session at this minute, keeping its length."""
    return msgspec.structs.replace(session, schedule=session.schedule.moved_to(now))


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


def main() -> None:
    """The console script."""
    app()
