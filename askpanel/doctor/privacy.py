"""`askpanel doctor --privacy`: can anybody be found in what this program keeps?

A private copy of the service is started with this installation's settings, in a folder that is
deleted afterwards. Somebody who is easy to recognise goes everywhere on it; then the copy's store,
logs, numbers and files are searched for them. The live service is only looked at: nothing is sent
to it but a request for its numbers, and nothing is written into its store.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from askpanel.config import BadSetting, load
from askpanel.demo import SESSION
from askpanel.doctor import asking, settings
from askpanel.doctor.asking import Unanswered
from askpanel.doctor.canary import PASSWORD, Canary, Marks
from askpanel.doctor.finding import Finding, Notes
from askpanel.doctor.lookover import held, judge_live
from askpanel.doctor.traces import files_in, found_in
from askpanel.eventlog.embedded import running
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Role
from askpanel.eventlog.sessionfile import read
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.passwords import Passwords

COPY, REST = "A copy of this service", "What was not looked at"
PROGRAM = (sys.executable, "-c", "from askpanel.cli import main; main()")
STARTING = 60.0
USERNAME = "canary"
MEND = (
    "do not put the service on the air; look what was changed in it or put around it, and open a "
    "private advisory in Askpanel's repository if nothing was."
)
NOT_LOOKED_AT = (
    "What stands in front (a proxy, a hosting company, a firewall): see what its own logs hold.",
    "The system's journal, unless its text was given with --log; backups; swap space.",
    "Another machine that the store is on; the network; the devices of people.",
)


class NoCopy(Exception):
    """The copy did not start, and why, in one sentence."""


def examine(app: str, logs: Sequence[Path] = (), program: Sequence[str] = PROGRAM) -> list[Finding]:
    """Everything that was found. `app` is where the live service listens, `logs` are files that
    its log goes to; `program` is what the copy is started with."""
    try:
        config = load()
    except BadSetting as error:
        notes = Notes(settings.AREA)
        notes.fault(str(error), "the service does not start with it.", "correct the setting.")
        return [*notes]
    return [*judge_copy(program), *judge_live(config, app.rstrip("/"), logs), *_not_looked_at()]


def judge_copy(program: Sequence[str], place: Path | None = None) -> Notes:
    """Start it, send the canary round, and look for it. Its folder is made in `place`, or where
    temporary files are."""
    notes, marks = Notes(COPY), Marks()
    with tempfile.TemporaryDirectory(prefix="askpanel-privacy-", dir=place) as made:
        folder = Path(made)
        try:
            with _copy(folder, program) as port:
                slug, url = _prepared(folder)
                canary = Canary(port, slug, marks)
                kept = canary.go_everywhere(USERNAME)
                kept |= {f"store: {key}": held for key, held in asyncio.run(held(url)).items()}
        except NoCopy as error:
            notes.fault(str(error), "nothing could be tried.", "see that the service starts.")
            return notes
        files = {
            name.removeprefix(f"{folder}/"): content for name, content in files_in(folder).items()
        }
    _judge(notes, canary, kept, files)
    return notes


def _judge(
    notes: Notes, canary: Canary, kept: Mapping[str, bytes], files: Mapping[str, bytes]
) -> None:
    notes.note(
        "It was started with this installation's settings, in a folder of its own that is deleted "
        "by now; its store is a private one."
    )
    notes.note(f"Somebody with marks on them went to: {', '.join(canary.surfaces)}.")
    logs = {name: content for name, content in files.items() if name.endswith(".log")}
    notes.note(
        f"{len(kept)} keys, screens and lists of numbers were searched, and {len(files)} files, "
        f"{len(logs)} of them logs: for the marks as they are, and for their usual hashes."
    )
    marks = canary.marks
    question = marks.word("question").encode()
    if not any(question in held for name, held in kept.items() if name.startswith("store: ")):
        notes.fault(
            "The question that was asked is not in the store.",
            "what was not kept cannot be found, so this has shown nothing.",
            "see whether questions can be asked at all: askpanel demo.",
        )
    everything = {**kept, **files}
    _tell(
        notes,
        found_in(everything, marks.of_themselves),
        "Nothing tells who asked: no address, browser, referring page, language or other header.",
        "somebody who asks could be found by it.",
    )
    _tell(
        notes,
        _found_by_name(everything, canary),
        "No cookie and no nonce is kept as it is, or hashed without a key.",
        "with a copy of the store somebody could show that a question came from a certain browser.",
    )
    _tell(
        notes,
        found_in(logs, marks.spoken),
        "No log holds anything that was asked, or an address that was asked for.",
        "logs go where the store does not, and are kept for longer.",
    )


def _found_by_name(places: dict[str, bytes], canary: Canary) -> list[str]:
    """Where a secret stands, by what it is: what is printed must not be one."""
    found = found_in(places, [*canary.secrets.values()])
    found += [
        f"{place}: {token} as it is"
        for place, content in places.items()
        for token in canary.tokens.values()
        if token.encode() in content
    ]
    for name, secret in (*canary.secrets.items(), *canary.tokens.items()):
        found = [each.replace(secret, name) for each in found]
    return found


def _tell(notes: Notes, found: list[str], well: str, why: str) -> None:
    if not found:
        notes.ok(well)
    for each in found:
        place, _, what = each.rpartition(": ")
        notes.fault(f"In {place} stands {what}.", why, MEND)


@contextmanager
def _copy(folder: Path, program: Sequence[str]) -> Iterator[int]:
    """The service in a folder, on a port of the loopback. Raises NoCopy."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "tmp").mkdir()
    proxies = os.environ.get("ASKPANEL_TRUSTED_PROXIES", "")
    own = {
        "ASKPANEL_REDIS_URL": "",
        "ASKPANEL_DATA_DIR": str(folder / "data"),
        "ASKPANEL_SECRET_KEY": "",
        "ASKPANEL_BASE_URL": "",
        # Whoever knocks here speaks for a client, too: forwarded addresses are to be forgotten.
        "ASKPANEL_TRUSTED_PROXIES": f"{proxies},127.0.0.0/8".lstrip(","),
        "ASKPANEL_ALLOW_WEAK_PERSISTENCE": "false",
        "TMPDIR": str(folder / "tmp"),
    }
    with (folder / "serve.log").open("wb") as log:
        copy = subprocess.Popen(
            [*program, "serve", "--port", str(port)],
            env={**os.environ, **own},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _await(port, copy)
            yield port
        finally:
            copy.terminate()
            copy.wait(timeout=STARTING)


def _await(port: int, copy: subprocess.Popen[bytes]) -> None:
    ends, soon = time.monotonic() + STARTING, threading.Event()
    while time.monotonic() < ends and copy.poll() is None:
        try:
            if asking.get(f"http://127.0.0.1:{port}/health/ready").status == 200:
                return
        except Unanswered:
            pass
        soon.wait(0.1)
    raise NoCopy("A copy of the service with these settings does not start.")


def _prepared(folder: Path) -> tuple[str, str]:
    """A session that is on, and one of its staff; gives its slug and the store's address."""
    url = running(folder / "data")
    if url is None:
        raise NoCopy("The copy's private store does not run.")

    async def preparing() -> str:
        async with connect(url) as client:
            store, staff = Store(client), Staff(client)
            await store.hear_time()
            session = read(SESSION)
            schedule = session.schedule.moved_to(store.now() - 60_000)
            await store.create(msgspec.structs.replace(session, schedule=schedule))
            await staff.add(
                USERNAME,
                name="Canary",
                role=Role.HOST,
                password=await Passwords().hash(PASSWORD),
                now_ms=store.now(),
            )
            return session.slug

    return asyncio.run(preparing()), url


def _not_looked_at() -> Notes:
    notes = Notes(REST)
    for each in NOT_LOOKED_AT:
        notes.note(each)
    return notes
