"""The live service, looked at without touching it: does anything it keeps read like an address or a
browser?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

from askpanel.config import Config
from askpanel.doctor import asking
from askpanel.doctor.asking import Unanswered
from askpanel.doctor.finding import Notes
from askpanel.eventlog.contents import contents
from askpanel.eventlog.embedded import borrowed
from askpanel.eventlog.engine import EngineRefused, connect
from askpanel.eventlog.model import StoreAway

LIVE = "The live service"
BROWSER = rb"Mozilla/\d|AppleWebKit/|Gecko/\d|Dalvik/\d"
BYTE = rb"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
IPV4 = rb"(?<![\d.])(?!127\.|0\.0\.0\.0)(?:%b\.){3}%b(?![\d.])" % (BYTE, BYTE)
ADDRESS_LIKE = re.compile(IPV4 + b"|" + BROWSER)


def judge_live(config: Config, app: str, logs: Sequence[Path]) -> Notes:
    """Look, without touching, for whatever reads like an address or a browser."""
    notes = Notes(LIVE)
    _look_at_store(notes, config)
    _look_at_numbers(notes, app)
    own = [*(config.data_dir / "engine").glob("*.log*")]
    for path in [*own, *logs]:
        _look_at_log(notes, path)
    if not logs:
        notes.note("Its log was not looked at: give the file that it goes to with --log.")
    return notes


def _look_at_store(notes: Notes, config: Config) -> None:
    try:
        if config.redis_url:
            found = asyncio.run(held(config.redis_url))
        elif (config.data_dir / "engine").exists():
            with borrowed(config.data_dir) as url:
                found = asyncio.run(held(url))
        else:
            notes.note("There is no store yet.")
            return
    except (EngineRefused, StoreAway) as error:
        notes.warning(
            f"Its store was not looked at: {error}", "this is not the whole.", "try again."
        )
        return
    like = sorted(key for key, each in found.items() if ADDRESS_LIKE.search(each))
    if like:
        notes.note(
            f"{len(like)} of its {len(found)} keys hold something that reads like an address or a "
            f"browser, which people may have typed: {', '.join(like[:5])}. See what it is."
        )
    else:
        notes.ok(f"None of its {len(found)} keys holds what reads like an address or a browser.")


def _look_at_numbers(notes: Notes, app: str) -> None:
    try:
        numbers = asking.get(f"{app}/metrics")
    except Unanswered as error:
        notes.note(f"Its numbers were not looked at: at {app} {error}.")
        return
    _say_of(notes, "/metrics", numbers.text.encode())


def _look_at_log(notes: Notes, path: Path) -> None:
    try:
        _say_of(notes, str(path), path.read_bytes())
    except OSError as error:
        notes.warning(
            f"{path} cannot be read ({error.strerror}).", "it was not looked at.", "see why."
        )


def _say_of(notes: Notes, name: str, content: bytes) -> None:
    found = [line for line in content.splitlines() if ADDRESS_LIKE.search(line)]
    if not found:
        notes.ok(f"{name} holds nothing that reads like an address or a browser.")
        return
    notes.fault(
        f"{len(found)} lines of {name} hold what reads like an address or a browser.",
        "somebody who asked could be found by it.",
        "see what writes them, turn it off, and delete what was written.",
    )


async def held(url: str) -> dict[str, bytes]:
    """Every key of a store, with all that it holds."""
    async with connect(url) as client:
        return {key: held async for key, held in contents(client)}
