"""A page that is put together from kept pieces is the page that would be drawn now, whatever
happens in between; and nothing that belongs to one visitor is ever among what is kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import Response

from askpanel.chat.hub import Hub
from askpanel.chat.locale import LOCALES
from askpanel.chat.pages import session_page
from askpanel.chat.room import Room
from askpanel.chat.sheet import SLOTS, Sheet, Visitor, cut_at
from askpanel.chat.site import MOST_AT_ONCE, Site
from askpanel.chat.view import View
from askpanel.eventlog.model import Actor
from askpanel.eventlog.rules import ANNOUNCING_COMMANDS, RULES, SCHEDULE_COMMANDS
from tests.cast import ASHA, BEA, HANA, LUCY, MINUTE, MORGAN, SYSTEM
from tests.rehearsal import LEASE, SLUG, stage
from tests.service import NONCE
from tests.theatre import AUDIENCES, Theatre
from tests.viewers import (
    ALEXS_TOKEN,
    IDENTITY,
    READER,
    SAM,
    SAMS_TOKEN,
    House,
    Viewer,
    author_of,
)

ALEX = Viewer("alex", "public", author_of(ALEXS_TOKEN), ALEXS_TOKEN)
VISITORS = (READER, SAM, ALEX)
SECRETS = {"sam": "what only Sam would ask", "alex": "what only Alex would ask"}
DRAFT: dict[str, str | int] = {"text": "It is never too late.", "lang": "en"}


class Evening(Theatre):
    """A session and its pages, drawn by a process that has been up since the beginning."""

    def open(self, *, second_check: bool = False) -> None:
        questions = [(who, words, "en", "") for who, words in SECRETS.items()]
        self.arrive(
            show_waiting=True, second_check=second_check, arrival="early", questions=questions
        )
        self.catch()
        self.shown()

    def shown(self, query: str = "") -> dict[tuple[str, str], str]:
        """Every visitor's page in both languages, from this process."""
        return {
            (viewer.name, locale): self.page(self.house, self.room, viewer, locale, query)
            for viewer in VISITORS
            for locale in LOCALES
        }

    def afresh(self) -> dict[tuple[str, str], str]:
        """The same from a process that has only just begun."""
        hub = Hub(self.store, AUDIENCES)
        room = hub.rooms[SLUG] = Room(self.run(self.store.snapshot(SLUG)), AUDIENCES)
        room.connected = self.room.connected
        return {
            (viewer.name, locale): self.page(House(hub), room, viewer, locale)
            for viewer in VISITORS
            for locale in LOCALES
        }

    def page(self, house: House, room: Room, viewer: Viewer, locale: str, query: str = "") -> str:
        cookie = f"{IDENTITY.cookie}={viewer.token}".encode()
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/sessions/{SLUG}",
            "query_string": query.encode(),
            "headers": [(b"cookie", cookie)] if viewer.token else [],
            "state": {"locale": locale, "path": f"/sessions/{SLUG}"},
        }
        return bytes(session_page(house.site, Request(scope), room).body).decode()

    def catch(self) -> None:
        """The room follows the log."""
        self.room.follow(self.entries_after(self.room.position))

    def scheduled(self, command: str) -> None:
        times = (self.now + 30 * MINUTE, self.now + 90 * MINUTE)
        self.moved_on(self.run(self.store.schedule(SLUG, command, HANA, 10, times)))
        held = self.run(self.store.session(SLUG))
        assert held is not None
        self.session = held

    def noticed(self, phase: str) -> None:
        self.moved_on(self.run(self.store.notice_phase(SLUG, phase)))


@pytest.fixture
def evening(engine_url: str, prefix: str) -> Iterator[Evening]:
    with stage(engine_url, prefix) as lit:
        evening = Evening(lit)
        evening.open()
        yield evening


def without_nonce(pages: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {who: NONCE.sub('name="id" value=""', page) for who, page in pages.items()}


Step = tuple[str, Callable[[Evening], object]]


def does(number: int, command: str, actor: Actor, **fields: Any) -> Step:
    return command, lambda evening: evening.command(number, command, actor, **fields)


def undoes(number: int) -> Step:
    def undo(evening: Evening) -> object:
        position = evening.known[number].changed.standing_at
        return evening.command(number, "undo", ASHA, position=position)

    return "undo", undo


def does_schedule(command: str) -> Step:
    return command, lambda evening: evening.scheduled(command)


def announces(words: str) -> Step:
    def announce(evening: Evening) -> None:
        said = evening.backstage.announce(SLUG, HANA, {"en": words})
        evening.moved_on(evening.run(said))

    return "announce", announce


def retracts(evening: Evening) -> None:
    (only,) = evening.room.projection.pinned()
    evening.moved_on(evening.run(evening.backstage.retract(SLUG, HANA, only.id)))


def turns_to(phase: str, minutes: float) -> Step:
    def wait(evening: Evening) -> None:
        evening.now += int(minutes * MINUTE)
        evening.noticed(phase)

    return f"the clock: {phase}", wait


def connection(up: bool) -> Step:
    return f"connected: {up}", lambda evening: evening.room.tell_connected(up)


def asks(who: str, words: str) -> Step:
    return "submit", lambda evening: evening.ask(who, words, "cy", "law")


def waits(milliseconds: int) -> Step:
    def wait(evening: Evening) -> None:
        evening.now += milliseconds

    return "time goes by", wait


SAMS, ALEXS = (Actor(role="author", author=each.key) for each in (SAM, ALEX))
STORY: tuple[Step, ...] = (
    asks("sam", "Is it too late?"),
    does(3, "withdraw", SAMS),
    turns_to("early", 1),
    does_schedule("move"),
    does_schedule("open"),
    does(1, "hold", ASHA, note="Ask the lead"),
    does(1, "escalate", ASHA, note="At risk"),
    does(1, "acknowledge", BEA),
    does(1, "conclude", BEA, decision="no-danger", note="Not at risk"),
    does(1, "restore", BEA),
    does(1, "assign", ASHA, organisation="gmp"),
    does(1, "approve", ASHA, text="Edited before it was shown"),
    does(2, "reject", ASHA, reason="off-topic"),
    does(2, "restore", ASHA),
    does(2, "merge", ASHA, into=1),
    does(2, "restore", ASHA),
    undoes(2),
    does(2, "restore", ASHA),
    does(2, "divert", ASHA, diversion="crime", told='{"en": "Call 101", "cy": "Ffoniwch 101"}'),
    does(2, "restore", ASHA),
    does(2, "reply", ASHA, text="A reply for one"),
    does(2, "respond", ALEXS, helped="no"),
    does(2, "lock", ASHA),
    does(2, "unlock", ASHA),
    does(2, "lock", ASHA),
    waits(LEASE + 1),
    does(2, "lapse", SYSTEM),
    does(2, "annotate", ASHA, note="So"),
    does(2, "label", ASHA, labels="common"),
    does(2, "hand", ASHA, to="bea", to_name="Bea"),
    does(2, "mute", ASHA),
    does(2, "unmute", ASHA),
    does(2, "approve", ASHA),
    does(1, "claim", MORGAN),
    does(1, "release", MORGAN),
    does(1, "claim", MORGAN),
    waits(LEASE + 1),
    does(1, "expire", SYSTEM),
    does_schedule("pause"),
    does_schedule("resume"),
    announces("The law comes first."),
    ("retract", retracts),
    connection(False),
    connection(True),
    does(1, "answer", MORGAN, **DRAFT),
    does(1, "return", LUCY, note="Add the helpline"),
    does(1, "answer", MORGAN, **DRAFT),
    does(1, "publish", LUCY),
    does(2, "answer", LUCY, **DRAFT),
    does(2, "publish", MORGAN),
    does(1, "correct", MORGAN, answer=1, text="It is not too late."),
    does(1, "publish", LUCY),
    does(1, "translate", MORGAN, answer=1, lang="cy", text="Nid yw'n rhy hwyr."),
    does(1, "publish", LUCY),
    does(1, "cosign", LUCY, answer=1),
    does(2, "remove", ASHA, reason="names-a-person"),
    waits(999),
    waits(1),
    does_schedule("extend"),
    does_schedule("close"),
)


def stale_after(evening: Evening, story: tuple[Step, ...] = STORY) -> list[str]:
    """The steps after which a page was not what a process that has just begun would draw."""
    found = []
    for name, step in story:
        assert step(evening) is not False, f"{name} was refused"
        evening.catch()
        if without_nonce(evening.shown()) != without_nonce(evening.afresh()):
            found.append(name)
    return found


def test_a_page_is_never_behind_what_has_happened(engine_url: str, prefix: str) -> None:
    with stage(engine_url, prefix) as lit:
        evening = Evening(lit)
        evening.open(second_check=True)
        assert stale_after(evening) == []
    told = {name for name, _ in STORY}
    assert {*RULES, *SCHEDULE_COMMANDS, *ANNOUNCING_COMMANDS, "submit"} <= told


def same_stand(sheet: Sheet, cut: Any = Sheet._kept) -> Any:
    """Draws the shell once and for all."""
    return lambda stand: sheet._cut or cut(sheet, stand)


def same_lists(sheet: Sheet, listed: Any = Sheet._listed) -> Any:
    """Looks at the lists once and for all."""
    return lambda session: sheet._lists or listed(sheet, session)


def same_announcements(sheet: Sheet, drawn: Any = Sheet._announcements) -> Any:
    """Draws what the host says once and for all."""
    return lambda stand: sheet._pinned[2] if sheet._pinned else drawn(sheet, stand)


def same_choices(sheet: Sheet, drawn: Any = Sheet._narrow) -> Any:
    """Counts what there is to choose from once and for all."""
    return lambda *asked: sheet._choices[2] if sheet._choices else drawn(sheet, *asked)


def same_panel(sheet: Sheet, panel: Any = Sheet._phase_panel) -> Any:
    """Draws the panel once and for all."""
    return lambda stand, now: sheet._panel[2] if sheet._panel else panel(sheet, stand, now)


@pytest.mark.parametrize(
    ("method", "fault", "caught"),
    [
        ("_kept", same_stand, {"pause", "connected: False", "close"}),
        ("_announcements", same_announcements, {"announce"}),
        ("_narrow", same_choices, {"publish"}),
        ("_listed", same_lists, {"approve", "claim", "expire", "publish", "correct", "remove"}),
        (
            "_phase_panel",
            same_panel,
            {"move", "open", "pause", "extend", "close", "the clock: early"},
        ),
    ],
)
def test_a_piece_that_is_kept_too_long_is_found(
    engine_url: str,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    fault: Callable[[Sheet], Any],
    caught: set[str],
) -> None:
    with stage(engine_url, prefix) as lit:
        evening = Evening(lit)
        evening.open(second_check=True)
        for sheet in evening.house.site.sheets:
            monkeypatch.setattr(sheet, method, fault(sheet))
        assert caught <= set(stale_after(evening))


# What belongs to one visitor


def leaks(evening: Evening) -> list[str]:
    """What of one visitor stands on another's page, or on two pages, over two rounds of visits."""
    rounds = [evening.shown(), evening.shown("sent=1&after=0")]
    pages = [(name, page) for shown in rounds for (name, _), page in shown.items()]
    nonces = [nonce for _, page in pages for nonce in NONCE.findall(page)]
    assert len(nonces) == len(pages)
    found = [f"{nonce} twice" for nonce in set(nonces) if nonces.count(nonce) > 1]
    for owner in (SAM, ALEX):
        for secret in (owner.key, owner.token, SECRETS[owner.name]):
            found += [f"{secret} shown to {n}" for n, p in pages if n != owner.name and secret in p]
    return found


def test_nothing_of_one_visitor_stands_on_the_page_of_another(evening: Evening) -> None:
    assert leaks(evening) == []
    pages = evening.shown()
    for name, words in SECRETS.items():
        assert words in pages[name, "en"], "the search would not find what it looks for"
    assert all(token not in page for page in pages.values() for token in (SAMS_TOKEN, ALEXS_TOKEN))


def test_between_the_slots_all_have_the_same_bytes(evening: Evening) -> None:
    evening.shown()
    for sheet in evening.house.site.sheets:
        kept = b"".join(part for part in sheet._cut if isinstance(part, bytes)).decode()
        slots = [part for part in sheet._cut if isinstance(part, str)]
        assert set(slots) == set(SLOTS)
        assert slots.count("position") == 5
        for each in ("sam", "alex"):
            assert SECRETS[each] not in kept
        assert len(kept) > 10_000
        for (_, locale), page in evening.shown().items():
            if locale == sheet._view.locale:
                at = 0
                for part in sheet._cut:
                    if isinstance(part, bytes):
                        at = page.index(part.decode(), at) + len(part.decode())


def first_comers_nonce(sheet: Sheet, page: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps the form as the first visitor had it."""
    kept: list[Any] = []

    def faulty(now: int, visitor: Any, asking: Any = None) -> Any:
        kept.append(visitor.nonce)
        return page(now, visitor._replace(nonce=kept[0]), asking)

    return faulty


def first_comers_page(sheet: Sheet, page: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps a page with everything on it."""
    kept: list[Any] = []

    def faulty(now: int, visitor: Any, asking: Any = None) -> Any:
        if visitor.author and not kept:
            kept.append(page(now, visitor, asking))
        return kept[0] if kept else page(now, visitor, asking)

    return faulty


@pytest.mark.parametrize("fault", [first_comers_nonce, first_comers_page])
def test_a_sheet_that_keeps_something_of_a_visitor_is_found(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., Any]
) -> None:
    for sheet in evening.house.site.sheets:
        monkeypatch.setattr(sheet, "page", fault(sheet, sheet.page))
    assert leaks(evening)


# What strangers may write


def test_nothing_in_an_address_makes_more_to_keep_or_to_draw(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(View, "page", lambda view, template, **context: drawn.append(template))
    hostile = ("after={0}", "after=-{0}", "after=9{0}9", "after=%00", "sent={0}", "sent=%ff{0}")
    for number in range(300):
        for query in (*hostile, "x{0}=1&at={0}"):
            evening.page(evening.house, evening.room, READER, "en", query.format(number))
    assert drawn == []
    assert len(list(evening.house.site.sheets)) == len(LOCALES)


def test_no_words_of_a_question_pass_for_a_slot(evening: Evening) -> None:
    words = "-nonce- {{ nonce }} " + "0" * 32 + "-mine- &lt;<script>"
    evening.ask("sam", words, "en", "")
    assert evening.command(3, "approve", ASHA)
    evening.catch()
    page = evening.shown()["reader", "en"]
    assert "-nonce- {{ nonce }} " in page
    assert "<script>" not in page.replace("<script src", "").replace("<script defer", "")
    assert "&amp;lt;&lt;script&gt;" in page


def test_a_cut_is_where_the_mark_is_and_nowhere_else() -> None:
    assert cut_at("a ff-mine- b ee-mine- c ff-nonce-", "ff") == [
        b"a ", "mine", b" b ee-mine- c ", "nonce", b"",
    ]  # fmt: skip


def test_a_room_that_was_loaded_anew_has_sheets_of_its_own(evening: Evening) -> None:
    evening.shown()
    evening.room = evening.load()
    evening.shown()
    assert [sheet.room for sheet in evening.house.site.sheets] == [evening.room] * len(LOCALES)


def test_a_page_without_javascript_leads_to_the_first_answer_that_is_new(evening: Evening) -> None:
    news = re.compile(r'id="new"><a class="govuk-link" href="#question-(\d+)"')
    for number in (2, 1):
        assert evening.command(number, "approve", ASHA)
        assert evening.command(number, "answer", MORGAN, **DRAFT)
    evening.catch()
    since = evening.known[2].published

    def found(after: int) -> list[str]:
        return news.findall(
            evening.page(evening.house, evening.room, READER, "en", f"after={after}")
        )

    assert [found(0), found(since - 1), found(since), found(10**9)] == [["2"], ["2"], ["1"], []]


# A page that is very long


async def sent(response: Response) -> tuple[dict[str, str], list[bytes]]:
    """What the server is given of an answer: its headers, and the pieces of its body."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    await response({"type": "http", "method": "GET"}, receive, send)
    start, *bodies = messages
    assert [each.get("more_body", False) for each in bodies] == [True] * (len(bodies) - 1) + [False]
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return headers, [each.get("body", b"") for each in bodies]


@pytest.mark.parametrize("size", [10, MOST_AT_ONCE - 3, MOST_AT_ONCE, 3 * MOST_AT_ONCE + 1])
async def test_a_page_of_any_length_comes_whole_and_never_more_of_it_than_is_read(
    size: int,
) -> None:
    parts = [b"<p>", os.urandom(size), b"", b"</p>"]
    headers, bodies = await sent(Site.answer(cast(Site, None), parts, 422))
    assert b"".join(bodies) == b"".join(parts)
    assert headers["content-length"] == str(size + 7)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert max(map(len, bodies)) <= MOST_AT_ONCE


def test_those_who_read_a_long_page_share_it(evening: Evening) -> None:
    sheet = next(iter(evening.house.site.sheets))
    pages = [sheet.page(evening.now, Visitor(nonce=nonce)) for nonce in ("one", "two")]
    different = [a for a, b in zip(*pages, strict=True) if a is not b]
    assert sum(map(len, different)) < 100
    assert b"one" in different
