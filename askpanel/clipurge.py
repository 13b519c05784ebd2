"""`askpanel purge`: erasing what was not published, and a plain account of it."""

from __future__ import annotations

from typing import Annotated

import typer

from askpanel.clistore import fail, in_purge
from askpanel.config import Config
from askpanel.eventlog.following import Following
from askpanel.eventlog.model import Refused
from askpanel.eventlog.phase import phase
from askpanel.eventlog.purging import DAY_MS, Purger
from askpanel.eventlog.records import Purge
from askpanel.eventlog.rewriting import Written
from askpanel.eventlog.seal import Signer
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.session import Session
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store

COUNTED = (
    ("questions", "question that was not answered", "questions that were not answered"),
    ("removed", "question that was taken down", "questions that were taken down"),
    ("originals", "wording from before an edit", "wordings from before an edit"),
    ("replies", "private reply", "private replies"),
    ("notes", "note", "notes"),
    ("remarks", "word to colleagues", "words to colleagues"),
    ("drafts", "draft", "drafts"),
    ("tokens", "author's key", "authors' keys"),
)
OUTCOMES = {
    "done": "The store's own files were written anew{at}: what was erased is gone from them too.",
    "forbidden": "The store{at} does not let Askpanel write its files anew, so they still have the "
    "words. Give the user BGREWRITEAOF, BGSAVE, INFO and CONFIG GET, or ask whoever runs it.",
    "failed": "The store{at} could not write its files anew, so they still have the words: see its "
    "log, and run `askpanel purge` again.",
    "slow": "The store{at} has not finished writing its files anew: run `askpanel purge` again.",
}
AND_BACKUPS = (
    "Backups from before now still have the words: destroy them, and make a new one. What a disk "
    "keeps of deleted files is not in our hands: encrypt it."
)


def purge(
    slug: Annotated[str, typer.Argument(help="Which session; without it all that are due.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be erased.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait for the days: as soon as it has ended.")
    ] = False,
) -> None:
    """Erase what was not published of sessions that ended long enough ago."""
    if now and not slug:
        fail("With --now say which session: askpanel purge SLUG --now.")

    async def work(
        config: Config, store: Store, staff: Staff, seals: Seals, purger: Purger
    ) -> list[str]:
        days = config.retention_days
        chosen = [await _chosen(store, slug, 0 if now else days)] if slug else None
        sessions = chosen or await purger.due(days)
        lines = []
        for session in sessions:
            if dry_run:
                told = await purger.planned(session.slug, days)
            else:
                told = await _erase(purger, session.slug, days)
                await _seal(session.slug, seals, Signer(config.secret(), store.now))
            lines += account(session.slug, told, dry_run=dry_run)
        if not sessions:
            lines.append(f"Nothing is to be erased: no session ended {days} days ago or more.")
        return [*lines, *([] if dry_run else told_of(await purger.write_anew()))]

    typer.echo("\n".join(in_purge(work)))


async def _chosen(store: Store, slug: str, days: int) -> Session:
    session = await store.session(slug)
    if session is None:
        fail(f"There is no session called {slug}.")
    if phase(session.schedule, store.now()) != "closed":
        fail(f"{slug} has not ended: nothing of it is erased before that.")
    left = session.schedule.ends + days * DAY_MS - store.now()
    if left > 0:
        fail(
            f"{slug} is to be erased {days} days after its end, in {-(-left // DAY_MS)} days. "
            "Give --now to erase it at once."
        )
    return session


async def _erase(purger: Purger, slug: str, days: int) -> Purge:
    try:
        return await purger.erase(slug, days, by_hand=True)
    except Refused:
        fail(f"Somebody else is erasing {slug}, or working in it. Try again in a minute.")


async def _seal(slug: str, seals: Seals, signer: Signer) -> None:
    """Sign what was said about it. A process that serves may be faster, and that is as good."""
    following = Following(slug, seals, signer, alarm=lambda kind: None, monotonic=lambda: 0.0)
    if await following.look() is None:
        await following.sign()


def told_of(written: list[Written]) -> list[str]:
    """What became of the engines' own files, and what is left to do."""
    lines = []
    for each in written:
        lines.append(OUTCOMES[each.outcome].format(at=f" ({each.where})" if each.where else ""))
        if each.replicas:
            named = f"{each.replicas} {'replica' if each.replicas == 1 else 'replicas'}"
            lines.append(f"  It has {named}: run BGREWRITEAOF on each.")
    return [*lines, *([AND_BACKUPS] if written else [])]


def account(slug: str, purge: Purge, *, dry_run: bool) -> list[str]:
    """What was erased, or would be, and what stays, in lines."""
    numbers = [(getattr(purge, name), one, many) for name, one, many in COUNTED]
    counts = [f"  {count} {one if count == 1 else many}" for count, one, many in numbers if count]
    verb = "would be erased" if dry_run else "were erased"
    lines = [f"Of {slug} {verb}:", *(counts or ["  no words: there were none"])]
    if not dry_run:
        lines.append(f"  from {purge.entries} entries of the record; it says so itself")
    if purge.strange:
        lines.append(f"  and {purge.strange} entries that no command had written were left out")
    return [
        *lines,
        "What was published stays, and with every question its number, states and times.",
    ]
