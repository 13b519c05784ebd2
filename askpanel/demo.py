"""A live session to look at: the Greater Manchester one, now, with its staff and a handful of
questions in every state. Signing in by a link exists here and nowhere else."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec
import typer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from askpanel import serve
from askpanel.app import create
from askpanel.chat.locale import N_
from askpanel.chat.site import Site, problem
from askpanel.config import Config
from askpanel.eventlog.engine import connect
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Actor, Role
from askpanel.eventlog.session import Session
from askpanel.eventlog.sessionfile import read
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.additions import additions
from askpanel.moderation.passwords import Passwords
from askpanel.moderation.playbook import Playbook
from askpanel.moderation.signin import begin
from askpanel.moderation.visit import SignInDesk

LOOPBACK = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 - compared, not listened on
SESSION = Path(__file__).parent / "examples" / "gmp-lucy-faithfull.toml"
CAST = (
    ("asha", "Asha", Role.MODERATOR, ""),
    ("bea", "Bea", Role.MODERATOR, ""),
    ("leah", "Leah", Role.LEAD, ""),
    ("morgan", "DCI Morgan", Role.PANELIST, "gmp"),
    ("lucy", "Lucy", Role.PANELIST, "lff"),
    ("hana", "Hana", Role.HOST, ""),
)
Step = tuple[str, str, dict[str, str | int]]
ANSWER_LAW = (
    "Yes. Looking at, saving or sharing an indecent image of a child is a crime, also when it "
    "was sent to you and also when it is only on a screen.\n\nIf one was sent to you and you did "
    "not want it, do not pass it on. Report it, then delete it."
)
ANSWER_LAW_WELSH = (
    "Ydy. Mae edrych ar ddelwedd anweddus o blentyn, ei chadw neu ei rhannu yn drosedd, hefyd "
    "os anfonwyd hi atoch a hefyd os mai ar sgrin yn unig y mae.\n\nOs anfonwyd un atoch a "
    "chithau heb ei heisiau, peidiwch â'i phasio ymlaen. Rhowch wybod amdani, yna dilëwch hi."
)
ANSWER_HELP = (
    "You have done something hard by asking. Call Stop it Now! on 0808 1000 900: it is free, you "
    "need not say who you are, and the people who answer talk with somebody in your place every "
    "day.\n\nIf you would rather begin alone, there are self-help pages at "
    "www.get-help.stopitnow.org.uk."
)
QUESTIONS: Sequence[tuple[str, str, str, Sequence[Step]]] = (
    (
        "en",
        "law",
        "Is it against the law if I only looked and never saved anything?",
        [
            ("asha", "approve", {}),
            ("morgan", "answer", {"text": ANSWER_LAW, "lang": "en"}),
            ("morgan", "translate", {"answer": 1, "lang": "cy", "text": ANSWER_LAW_WELSH}),
            ("lucy", "cosign", {"answer": 1}),
        ],
    ),
    (
        "en",
        "own-behaviour",
        "I have been looking at things I know are wrong and I want to stop. Where do I start?",
        [("bea", "approve", {}), ("lucy", "answer", {"text": ANSWER_HELP, "lang": "en"})],
    ),
    (
        "cy",
        "keeping-safe",
        "Sut alla i siarad â fy merch am bwy mae hi'n siarad â nhw ar-lein?",
        [("asha", "approve", {})],
    ),
    (
        "en",
        "another-adult",
        "I found something on my husband's laptop. What happens to us if I call the police?",
        [("asha", "approve", {}), ("morgan", "claim", {})],
    ),
    ("en", "child", "My son is 13 and was sent a picture by a friend. Is he in trouble?", []),
    ("en", "keeping-safe", "Which apps should a ten-year-old not have?", []),
    (
        "en",
        "",
        "What about the man at number 12 on our road? Everybody knows about him.",
        [("bea", "reject", {"reason": "names-a-person"})],
    ),
    ("en", "law", "If I only looked, is that illegal?", [("asha", "merge", {"into": 1})]),
    (
        "en",
        "own-behaviour",
        "I don't want to be here any more.",
        [("asha", "escalate", {"note": "At risk tonight. Hana is told."})],
    ),
    (
        "en",
        "law",
        "Does what I read here count as legal advice?",
        [("bea", "hold", {"note": "Ask Morgan whether the panel wants this one."})],
    ),
    (
        "en",
        "own-behaviour",
        "Can somebody ring me back tonight?",
        [
            (
                "asha",
                "reply",
                {
                    "text": "We cannot ring you, because we do not know who you are. Stop it "
                    "Now! answers on 0808 1000 900, free and confidential."
                },
            )
        ],
    ),
    ("en", "", "Sorry, wrong window", [("", "withdraw", {})]),
    (
        "en",
        "law",
        "What sentence did the man in yesterday's news get?",
        [
            ("bea", "approve", {}),
            ("morgan", "answer", {"text": "We cannot talk about that case.", "lang": "en"}),
            ("asha", "remove", {"reason": "live-case"}),
        ],
    ),
    (
        "en",
        "another-adult",
        "My neighbour sells pictures like that. Whom do I tell?",
        [("bea", "divert", {"diversion": "crime"})],
    ),
    (
        "cy",
        "own-behaviour",
        "Oes rhywun y galla i siarad â nhw heno?",
        [
            (
                "asha",
                "reply",
                {"text": "Oes. Mae Stop it Now! yn ateb ar 0808 1000 900.", "lang": "cy"},
            ),
            ("", "respond", {"helped": "no"}),
        ],
    ),
    (
        "en",
        "child",
        "I am scared to go home tonight.",
        [
            ("asha", "escalate", {"note": "May be a child. Hana looks at it."}),
            ("hana", "acknowledge", {}),
            ("hana", "conclude", {"decision": "signposted", "note": "Has the numbers."}),
        ],
    ),
)


def run(config: Config, host: str, port: int) -> int:
    """Serve the demo until stopped; gives the exit code."""
    folder = config.data_dir / "demo"
    # Another host is for showing it to somebody in the same room: their forms are ours too then.
    address = "" if host in LOOPBACK else f"http://{host}:{port}"
    own = config.model_copy(update={"data_dir": folder, "redis_url": "", "base_url": address})
    key = secrets.token_urlsafe(16)
    with serve.listening(host, port) as line, serve.engine(own, own=True) as ready:
        session = asyncio.run(prepare(ready))
        application = create(
            ready, port=port, further=lambda site, door: sign_in_links(site, door, key)
        )
        say_links(f"http://{host}:{port}", session, key)
        return serve.run(application, host, port, line, ready)


async def prepare(config: Config) -> Session:
    """Begin afresh: the session starting now, its staff, and its questions."""
    client = connect(config.redis_url)
    try:
        # The folder is the demo's own: nothing else is ever kept in it.
        await client.flushdb()
        store = Store(client, lease_ms=config.lease_seconds * 1000)
        await store.hear_time()
        session = read(SESSION)
        session = msgspec.structs.replace(
            session, short="ask", schedule=session.schedule.moved_to(store.now() - 60_000)
        )
        await store.create(session)
        members = await add_cast(Staff(client, secret=config.secret()), store.now())
        await ask_all(store, session, members, config.said())
        return session
    finally:
        await client.aclose()


async def add_cast(staff: Staff, now: int) -> dict[str, Member]:
    """The demo's staff, each with a password that nobody knows: they sign in by their links."""
    encoded = await Passwords().hash(secrets.token_urlsafe(32))
    return {
        username: await staff.add(
            username,
            name=name,
            role=role,
            password=encoded,
            organisation=organisation,
            now_ms=now,
        )
        for username, name, role, organisation in CAST
    }


async def ask_all(
    store: Store, session: Session, members: dict[str, Member], playbook: Playbook
) -> None:
    """Every question, brought to its state by the commands that people would give."""
    for lang, topic, text, steps in QUESTIONS:
        author = secrets.token_hex(16)
        done = await store.submit(
            session.slug,
            nonce=secrets.token_urlsafe(16),
            text=text,
            lang=lang,
            author=author,
            topic=topic,
        )
        for username, command, fields in steps:
            member = members.get(username)
            actor = member.actor if member else Actor(role="author", author=author)
            added = additions(command, fields, playbook, session)
            number = done.question.number
            await store.decide(session.slug, number, command, actor, **fields, **added)


def sign_in_links(site: Site, door: SignInDesk, key: str) -> list[BaseRoute]:
    """`/demo/sign-in/{username}?key=…`: the key is new for every run and is only printed."""

    def refused(request: Request) -> Response:
        words = N_("Use a link that the demo printed when it was started.")
        return problem(site, request, 404, N_("This demo link is not valid"), words)

    async def enter(request: Request) -> Response:
        given = request.query_params.get("key", "")
        member = await door.staff.get(request.path_params["username"])
        if member is None or not hmac.compare_digest(given.encode(), key.encode()):
            return refused(request)
        session = (await site.hub.store.sessions())[0]
        screen = "desk" if member.role is Role.PANELIST else "triage"
        wanted = f"/staff/sessions/{session.slug}/{screen}"
        return await begin(request, door, member, wanted) or refused(request)

    return [Route("/demo/sign-in/{username}", enter, name="demo sign-in")]


def say_links(address: str, session: Session, key: str) -> None:
    """Where to go, and as whom."""
    typer.echo(f"\nA live session is on the air: {session.title['en']}\n")
    typer.echo(f"  Participant   {address}/sessions/{session.slug}")
    typer.echo(f"  in Welsh      {address}/cy/sessions/{session.slug}")
    typer.echo(f"  on a poster   {address.partition('://')[2]}/{session.short}")
    for username, name, role, organisation in CAST:
        who = f"{name} ({role.value}{', ' + organisation if organisation else ''})"
        typer.echo(f"  {who:<26} {address}/demo/sign-in/{username}?key={key}")
    typer.echo(
        "\nOpen each member of staff in a browser window of its own (a private one will do): one"
        "\nbrowser is signed in as one person at a time. Stop the demo with Ctrl+C.\n"
    )
