"""The command line. An operator's mistake is one plain sentence and a non-zero exit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from askpanel import demo as demonstration
from askpanel import serve as serving
from askpanel.clibackup import backup, restore
from askpanel.clipurge import purge
from askpanel.clirecord import export, verify
from askpanel.clisession import session_app
from askpanel.clistaff import staff_app
from askpanel.clistore import plainly
from askpanel.config import load
from askpanel.doctor import finding, privacy, visit

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Scheduled, anonymous, moderated live questions and answers.",
)
app.add_typer(staff_app, name="staff")
app.add_typer(session_app, name="session")


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


app.command()(export)
app.command()(verify)
app.command()(purge)
app.command()(backup)
app.command()(restore)


@app.command()
def doctor(
    where: Annotated[
        str, typer.Option("--app", help="Where the service itself listens, not its proxy.")
    ] = "http://127.0.0.1:8000",
    readers: Annotated[int, typer.Option(min=1, help="How many people you expect.")] = 1000,
    private: Annotated[
        bool,
        typer.Option("--privacy", help="Try instead whether anybody can be found in what is kept."),
    ] = False,
    log: Annotated[
        list[Path] | None,
        typer.Option(help="With --privacy: a file that the log goes to; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Look a live installation over, and say in words what is wrong and how to mend it."""
    found = privacy.examine(where, log or []) if private else visit.visit(where, readers)
    typer.echo(finding.as_json(found) if as_json else finding.as_text(found))
    raise typer.Exit(finding.exit_code(found))


def main() -> None:
    """The console script."""
    app()
