"""What the commands share: the store for the time of one command, and mistakes as sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

import typer

from askpanel import serve as serving
from askpanel.config import BadSetting, Config, load
from askpanel.eventlog.backup import Backup, BackupRefused
from askpanel.eventlog.engine import Client, EngineRefused, connect
from askpanel.eventlog.member import StaffRefused
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.purging import Purger
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.sessionfile import Refused as FileRefused
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.verify import Unusable

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
    except (BadSetting, EngineRefused, StaffRefused, FileRefused, Unusable, BackupRefused) as error:
        fail(str(error))
    except StoreAway:
        fail("The store stopped answering. What was asked may or may not have been done.")


def in_store(work: Callable[[Config, Store, Staff], Awaitable[_T]]) -> _T:
    """Do something with the store, starting the private engine for it if none runs."""
    return in_record(lambda config, store, staff, _: work(config, store, staff))


def in_record(work: Callable[[Config, Store, Staff, Seals], Awaitable[_T]]) -> _T:
    """The same, with the seals of the sessions' logs."""
    return in_purge(lambda config, store, staff, seals, _: work(config, store, staff, seals))


def in_purge(work: Callable[[Config, Store, Staff, Seals, Purger], Awaitable[_T]]) -> _T:
    """The same, with what erases them."""

    async def working(config: Config, store: Store, client: Client) -> _T:
        staff, seals = Staff(client, secret=config.secret()), Seals(client)
        return await work(config, store, staff, seals, Purger(store, client, seals))

    return _with_client(working)


def in_backup(work: Callable[[Config, Backup], Awaitable[_T]]) -> _T:
    """Copy the store, or fill it."""
    # A whole session is one value on its way, so its commands may take longer than a screen's.
    return _with_client(lambda config, store, client: work(config, Backup(store, client)), 60.0)


def _with_client(
    work: Callable[[Config, Store, Client], Awaitable[_T]], seconds: float = 3.0
) -> _T:
    with plainly(), serving.engine(load(), own=False) as config:

        async def working() -> _T:
            client = connect(config.redis_url, timeout_seconds=seconds)
            try:
                store = Store(client, lease_ms=config.lease_seconds * 1000)
                await store.hear_time()
                return await work(config, store, client)
            finally:
                await client.aclose()

        return asyncio.run(working())
    raise AssertionError("unreachable")
