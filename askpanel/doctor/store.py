"""Does the store keep what it is given? Its engine, its disk and its clock."""

from __future__ import annotations

import statistics
from pathlib import Path

from askpanel.config import Config
from askpanel.doctor.finding import Notes
from askpanel.doctor.sight import Sight
from askpanel.eventlog.enginecheckup import Checkup

AREA = "The store"
SLOW_WRITE, LAME_WRITE = 0.05, 0.5
"""Seconds for one flushed write: from the first a warning, from the second a fault."""
SKEW, LARGE_SKEW = 1.0, 5.0
LEAST_FREE, LOW_FREE = 0.03, 0.10
LEAST_BYTES = 256 * 1024 * 1024
REFUSED = {
    "memory": ("its memory is full", "raise its maxmemory, or give the machine more."),
    "disk": ("it cannot write to its disk", "make room there; its log says what it tried."),
    "replica": ("it is a read-only replica", "give the address of its primary."),
    "permission": ("its user may not", "let the user SET and DEL what begins with askpanel:."),
}
"""Why, and how to mend it."""
HERE = ("unix", "127.0.0.1", "localhost", "[::1]")


def judge(config: Config, checkup: Checkup, sight: Sight) -> Notes:
    """Everything about one engine."""
    notes = Notes(AREA)
    version = checkup.info.get("valkey_version") or checkup.info.get("redis_version", "?")
    where = f" at {checkup.where}" if checkup.where else ""
    notes.ok(f"{checkup.name} {version}{where} answers.")
    _copies(notes, checkup)
    _persistence(notes, config, checkup)
    _writing(notes, checkup)
    _memory(notes, checkup)
    _clock(notes, checkup)
    _disk(notes, config, checkup, sight)
    return notes


def _persistence(notes: Notes, config: Config, checkup: Checkup) -> None:
    weak = notes.warning if config.allow_weak_persistence else notes.fault
    promised = "people are told that their question is stored, and it may be gone after a crash."
    if str(checkup.info.get("aof_enabled", 0)) != "1":
        weak(
            "The store keeps nothing on disk: its append-only file is off.",
            f"after a restart every question and answer is gone; {promised}",
            "run CONFIG SET appendonly yes and CONFIG SET appendfsync always in the engine, and "
            "write both into its configuration file.",
        )
        return
    fsync = checkup.settings.get("appendfsync", "")
    if not fsync:
        weak(
            "The store does not say how often it writes to disk.",
            f"if it is not always, {promised}",
            "allow CONFIG GET for Askpanel's user, or ask the provider for appendfsync always.",
        )
    elif fsync != "always":
        weak(
            f"The store writes to disk too rarely (appendfsync {fsync}).",
            f"a power cut loses up to a second of questions or more: {promised}",
            "run CONFIG SET appendfsync always, and write it into the configuration file.",
        )
    else:
        notes.ok("Every question is on disk before it is confirmed (appendfsync always).")
    for field, doing in (
        ("aof_last_write_status", "write its append-only file"),
        ("aof_last_bgrewrite_status", "rewrite its append-only file"),
    ):
        if checkup.info.get(field, "ok") != "ok":
            notes.fault(
                f"The store could not {doing} the last time it tried.",
                "from then on questions are refused, or the file grows until the disk is full.",
                "look into the engine's log; make room on its disk, and check whose its folder is.",
            )


def _copies(notes: Notes, checkup: Checkup) -> None:
    has = int(checkup.info.get("connected_slaves", 0))
    if has < checkup.copies:
        notes.fault(
            f"It has {has} of the {checkup.copies} replicas that must have every question.",
            "until it has them, questions are refused: they could be lost with this engine.",
            "start the replicas, or see in their logs why they do not follow.",
        )
    elif checkup.copies:
        having = f"{has} replica" + "s" * (has > 1)
        notes.ok(f"It has {having}; {checkup.copies} must have a question to confirm it.")


def _writing(notes: Notes, checkup: Checkup) -> None:
    if checkup.refused:
        reason, mend = REFUSED.get(checkup.refused, ("it does not say why", "look into its log."))
        notes.fault(
            f"The store takes no writes: {reason}.",
            "nobody can ask, and nothing can be decided or answered.",
            mend,
        )
    if not checkup.writes:
        return
    middle, worst = statistics.median(checkup.writes), max(checkup.writes)
    said = f"A write took {_ms(middle)} with its flush to disk, {_ms(worst)} at most."
    why = "every confirmation to somebody who asks waits for it."
    mend = "put the store on a faster disk, or move away what else writes to this one."
    if middle >= LAME_WRITE:
        notes.fault(said, why, mend)
    elif middle >= SLOW_WRITE:
        notes.warning(said, why, mend)
    else:
        notes.ok(said)


def _memory(notes: Notes, checkup: Checkup) -> None:
    policy = str(checkup.info.get("maxmemory_policy", "noeviction"))
    most, used = int(checkup.info.get("maxmemory", 0)), int(checkup.info.get("used_memory", 0))
    if policy != "noeviction":
        notes.fault(
            f"The store may throw questions away when its memory is full ({policy}).",
            "what it throws away is gone, without a word to anybody.",
            "run CONFIG SET maxmemory-policy noeviction, and write it into its configuration.",
        )
    elif most and used > 0.8 * most:
        notes.warning(
            f"The store has used {min(100, used * 100 // most)} % of the memory that it may use.",
            "when it is full, questions are refused.",
            "raise its maxmemory.",
        )
    else:
        notes.ok("It throws nothing away when memory is short, and has room.")


def _clock(notes: Notes, checkup: Checkup) -> None:
    ahead = checkup.ahead
    if abs(ahead) < SKEW:
        notes.ok("Its clock and this machine's agree.")
        return
    way = "ahead of" if ahead > 0 else "behind"
    says = f"The store's clock is {abs(ahead):,.0f} seconds {way} this machine's."
    why = "sessions open and close by the store's clock, so they do at another moment than people "
    why += "were told; if it is this machine that is wrong, certificates fail too."
    mend = "let both set their clocks from the network (timedatectl set-ntp true, or chrony)."
    (notes.fault if abs(ahead) >= LARGE_SKEW else notes.warning)(says, why, mend)


def _disk(notes: Notes, config: Config, checkup: Checkup, sight: Sight) -> None:
    private = config.data_dir / "engine"
    told = checkup.settings.get("dir", "")
    near = config.redis_url.startswith("unix:") or any(f"//{h}" in config.redis_url for h in HERE)
    folder = private if not config.redis_url else Path(told) if told and near else None
    try:
        disk = sight.disk(folder) if folder else None
    except OSError:
        disk = None
    if folder is None or disk is None:
        notes.note("Its disk cannot be seen from here: see to it that it does not fill.")
        return
    if not config.redis_url and not sight.can_write(folder):
        notes.fault(
            f"Nothing can be written in {folder}.",
            "the private store cannot keep what it is told.",
            "run this as the user who runs the service; check whose the folder is, and make room.",
        )
    part = disk.free / max(1, disk.total)
    says = f"Its disk has {_size(disk.free)} free, {part:.0%} of all."
    why = "when it is full, questions are refused until there is room."
    mend = f"make room on the disk of {folder}."
    if disk.free < LEAST_BYTES or part < LEAST_FREE:
        notes.fault(says, why, mend)
    elif part < LOW_FREE:
        notes.warning(says, why, mend)
    else:
        notes.ok(says)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _size(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
