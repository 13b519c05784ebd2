"""The program with one fault planted: a check that finds nothing in it would find nothing.

Run as a program: `faults.py NAME serve …` is `askpanel serve …` with that fault.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from hashlib import sha1, sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from unittest.mock import patch

import msgspec
from jinja2 import Environment
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from askpanel import app, cli, clisession, clistore
from askpanel.chat import grace, origin, room, sheet, site, view
from askpanel.chat.anonymity import Anonymity
from askpanel.chat.ask import Ask
from askpanel.chat.asking import Asking
from askpanel.chat.fragments import Public
from askpanel.chat.identity import Identity
from askpanel.chat.reel import Drawing, Reel
from askpanel.chat.room import Room
from askpanel.chat.security import SecurityHeaders
from askpanel.chat.site import Site
from askpanel.chat.wire import HttpWire, SocketWire
from askpanel.config import load
from askpanel.eventlog import engine, store
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Actor, Change, Done, Question, Refused, State, StoreAway
from askpanel.eventlog.projection import Moment, Projection
from askpanel.eventlog.rules import RULES
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.eventlog.tail import Tail
from askpanel.moderation import additions, visit
from askpanel.moderation import socket as staff_socket
from askpanel.moderation.attendance import Attendance
from askpanel.moderation.visit import SignInDesk

Look = Callable[[HTTPConnection, SignInDesk], Awaitable[Member | None]]
FAULTS: dict[str, Callable[[], None]] = {}


def fault(plant: Callable[[], None]) -> Callable[[], None]:
    """Register a fault under its name."""
    FAULTS[plant.__name__] = plant
    return plant


def replace(owner: object, name: str, other: object) -> None:
    """For the rest of the process."""
    patch.object(owner, name, other).start()


@fault
def hasty() -> None:
    """Says that a question is stored without having asked the store."""

    async def submit(self: Store, slug: str, **given: str) -> Done:
        question = Question(
            number=1,
            state=State.PENDING,
            text=given["text"],
            lang=given["lang"],
            author=given["author"],
            at=1,
            changed=Change(command="submit", at=1),
        )
        return Done(1, question)

    replace(Store, "submit", submit)


@fault
def careless() -> None:
    """Forgets what was typed when it refuses it."""
    answer_again = Ask._again

    def forget(self: Ask, request: Request, room: Room, asking: Asking, *rest: Any) -> Response:
        asking.text = ""
        return answer_again(self, request, room, asking, *rest)

    replace(Ask, "_again", forget)


@fault
def forgetful() -> None:
    """Resumes without the newest entry."""
    missed = Reel._after
    replace(Reel, "_after", lambda self, position: missed(self, position)[:-1])


@fault
def repeating() -> None:
    """Resumes one entry too early."""
    missed = Reel._after
    replace(Reel, "_after", lambda self, position: missed(self, position - 1))


@fault
def credulous() -> None:
    """Takes every Origin that begins like ours, and none at all."""

    def ours(given: list[str], origins: frozenset[str]) -> bool:
        return not given or given[0].startswith(tuple(origins))

    replace(origin, "_ours", ours)


@fault
def patient() -> None:
    """Counts no guesses."""

    async def attempt(self: Staff, username: str, now_ms: int) -> int:
        return 0

    replace(Staff, "attempt", attempt)


@fault
def deaf() -> None:
    """Hears nothing of what the staff log says."""
    replace(Attendance, "hear", lambda self, event: None)


@fault
def dawdling() -> None:
    """No fault: takes its time after the first look at a socket's sign-in."""
    replace(staff_socket, "signed_in", slowly(again=True))


@fault
def trusting() -> None:
    """Takes its time as `dawdling` does, and does not look again."""
    replace(staff_socket, "signed_in", slowly(again=False))


@fault
def unescaped() -> None:
    """Draws what people write as if it were ours."""

    def environment(**given: Any) -> Environment:
        return Environment(**{**given, "autoescape": False})  # noqa: S701 - that is the fault

    replace(view, "Environment", environment)


@fault
def parroting() -> None:
    """Makes links of addresses as they were asked for."""
    replace(site, "written", lambda path: path)


@fault
def bare() -> None:
    """Adds no headers."""

    async def call(self: SecurityHeaders, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    replace(SecurityHeaders, "__call__", call)


@fault
def exposed() -> None:
    """Every page may be framed by those who may frame one."""
    sites = b" ".join(each.encode() for each in load().embed_origins)
    original = SecurityHeaders._for
    replace(SecurityHeaders, "_for", lambda self, origins: original(self, sites))


@fault
def nosy() -> None:
    """Remembers who asks: in the log, in a file, and in the author of a question."""
    forget, addresses = Anonymity._forget, [""]

    def remember(self: Anonymity, scope: Scope) -> None:
        headers = dict(scope["headers"])
        logging.getLogger("askpanel").warning("asked by %r", headers.get(b"user-agent"))
        language = sha1(headers.get(b"accept-language", b""), usedforsecurity=False).digest()
        with Path(gettempdir(), "languages").open("ab") as file:
            file.write(b64encode(language))
        addresses.append(scope["client"][0])
        forget(self, scope)

    def author(self: Identity, slug: str, token: str) -> str:
        return sha256(addresses[-1].encode()).hexdigest()[:32]

    replace(Anonymity, "_forget", remember)
    replace(Identity, "author", author)


@fault
def talkative() -> None:
    """Says in its log which address was asked for, and what was asked."""
    forget, submit = Anonymity._forget, Store.submit

    def tell(self: Anonymity, scope: Scope) -> None:
        logging.getLogger("askpanel").warning("asked for %s", scope["path"])
        forget(self, scope)

    async def repeat(self: Store, slug: str, **fields: Any) -> Done:
        logging.getLogger("askpanel").warning("asked: %s", fields["text"])
        return await submit(self, slug, **fields)

    replace(Anonymity, "_forget", tell)
    replace(Store, "submit", repeat)


@fault
def open_handed() -> None:
    """Stores the cookie of who asks as it is."""
    replace(Identity, "author", lambda self, slug, token: token)


@fault
def refusing() -> None:
    """Takes no question."""

    async def refuse(self: Store, slug: str, **fields: Any) -> Done:
        raise StoreAway("deaf")

    replace(Store, "submit", refuse)


@fault
def loud_page() -> None:
    """Draws every question among those that wait."""
    replace(sheet, "waiting", lambda shown: shown.projection.of(*State))


@fault
def loud_socket() -> None:
    """Sends everybody what is only the author's."""
    shared = Public.shared

    def say_all(self: Public, moment: Moment, locale: str) -> Drawing:
        question, drawing = moment.event.question, shared(self, moment, locale)
        return drawing._replace(say=question.text) if question else drawing

    replace(Public, "shared", say_all)


@fault
def loud_file() -> None:
    """Puts every question into the transcript's files."""
    replace(Projection, "published", lambda self: list(self.questions.values()))


@fault
def loud_header() -> None:
    """Says with every page who of the staff decided."""
    answered = Site.answer

    def signed(self: Site, *args: Any) -> Response:
        answer = answered(self, *args)
        rooms = self.hub.rooms.values()
        names = {q.changed.name for room in rooms for q in room.projection.questions.values()}
        answer.headers["X-Decided-By"] = ", ".join(sorted(names))
        return answer

    replace(Site, "answer", signed)


@fault
def gossiping() -> None:
    """Takes every question for one's own."""
    replace(Projection, "by_author", lambda self, author: list(self.questions.values()))


@fault
def indelible() -> None:
    """Gives the public again what was taken back or down."""
    replace(room, "takes_back", lambda event: False)


@fault
def telltale() -> None:
    """Treats whoever takes a question back as its author."""
    decide = Store.decide

    async def believe(
        self: Store, slug: str, number: int, command: str, actor: Actor, **fields: str | int
    ) -> Done:
        try:
            return await decide(self, slug, number, command, actor, **fields)
        except Refused as refusal:
            known = refusal.question
            if known is not None:
                known = msgspec.structs.replace(known, author=actor.author)
            raise Refused(refusal.code, known) from None

    replace(Store, "decide", believe)


@fault
def amnesiac() -> None:
    """Takes whoever comes back for somebody who has missed nothing."""
    replace(Reel, "_after", lambda self, after: [])


@fault
def waiting() -> None:
    """Gives the store a minute for every answer."""
    replace(app, "connect", partial(engine.connect, timeout_seconds=60.0))


@fault
def oblivious() -> None:
    """Never asks whether the log is still the one that it has shown."""

    async def content(self: Tail) -> None:
        return

    replace(Tail, "_check_same_log", content)
    replace(Tail, "_check_epoch", lambda self, epoch: None)


@fault
def a_day_ahead() -> None:
    """No fault of ours: the machine's clock is wrong."""
    set_system_clock(86_400)


@fault
def a_day_behind() -> None:
    """The same."""
    set_system_clock(-86_400)


@fault
def abrupt() -> None:
    """Told to stop, hangs up on everybody at once."""
    replace(HttpWire, "shutdown", lambda self: self.transport.abort())
    replace(SocketWire, "shutdown", lambda self: self.cut(1012, "retry=1"))


@fault
def blunt() -> None:
    """Lets an operator see every error as Python tells it."""
    for each in (cli, clistore, clisession):
        replace(each, "plainly", nullcontext)


def set_system_clock(seconds: int) -> None:
    was = time.time
    replace(time, "time", lambda: was() + seconds)


def slowly(*, again: bool) -> Look:
    """A look at a sign-in that ends only after the staff log has had time to speak."""
    seen: dict[int, Member | None] = {}

    async def signed_in(connection: HTTPConnection, desk: SignInDesk) -> Member | None:
        known = id(connection.scope)
        if known in seen and not again:
            return seen[known]
        member = await visit.signed_in(connection, desk)
        if known not in seen:
            seen[known] = member
            logging.getLogger("askpanel").warning("looked at a sign-in")
            await asyncio.sleep(1.5)
        return member

    return signed_in


@fault
def undecided() -> None:
    """Lets a moderator decide on what has been decided."""
    anything = tuple(State)
    lax = {name: msgspec.structs.replace(rule, from_=anything) for name, rule in RULES.items()}
    replace(store, "RULES", lax)


@fault
def unguarded() -> None:
    """Lets any telephone number out."""
    replace(additions, "unverified", lambda text, session: [])


@fault
def clinging() -> None:
    """Leaves everybody their cookie."""
    replace(Identity, "forget", lambda self, connection, response: None)


@fault
def hurried() -> None:
    """No fault: the hour after a session, in which one's own questions stay, is two seconds."""
    replace(grace, "GRACE", 2000)


if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    cli.main()
