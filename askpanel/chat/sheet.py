"""A session's page, put together from pieces that are kept.

The page of one room in one language is drawn without what belongs to one visitor or to one
moment, and cut where those go: its slots. What is kept between the slots is the same for
everybody; nothing of a visitor ever enters it. Whoever comes then costs the filling of the
slots, however long the page is.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from msgspec import structs

from askpanel.chat.asking import Asking
from askpanel.chat.fragments import ASK_PARTS, OWN_PARTS, PARTS
from askpanel.chat.narrowing import Narrowing
from askpanel.chat.packing import Shared
from askpanel.chat.places import alarming
from askpanel.chat.room import Room
from askpanel.chat.view import View
from askpanel.eventlog.model import Announcement, Question, State
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.session import Session

SLOTS = (
    *("urgent", "sent", "panel", "position", "at", "seen", "transcript", "waiting", "current"),
    *("mine", "forgotten", "nonce", "pinned", "answering", "narrow", "narrowed"),
    *("chosen", "timed", "untimed"),
)
"""What is filled in for each visitor; in `session.html` each is a value that is printed."""

Cut = list[bytes | str]
"""A page: bytes that are the same for everybody, and between them the names of slots."""


EVERYTHING = Narrowing()
MOST_NARROWED = 8
"""Transcripts that are kept narrowed to what somebody chose: each is as long as the whole."""


class Visitor(NamedTuple):
    """What a page holds of one visitor.

    `author` is a key (never a token), `sent` whether they come from sending a question, `after`
    the position of the page that they had before, if they had one, `forgotten` whether to say that
    their questions were forgotten here, `wanted` which answers they have chosen to read, and
    `timed` whether their page is to be fetched again by itself.
    """

    nonce: str
    author: str = ""
    sent: bool = False
    after: int | None = None
    forgotten: bool = False
    wanted: Narrowing = EVERYTHING
    timed: bool = False


class Stand(NamedTuple):
    """What the kept part of a page was drawn from: another of these, and it is drawn anew."""

    session: Session
    phase: Phase
    connected: bool

    def same(self, other: Stand | None) -> bool:
        """Without comparing sessions field by field: an entry that changes one makes a new one."""
        return other is not None and self.session is other.session and self[1:] == other[1:]


class Lists(NamedTuple):
    """The lists of a page as they stand at a position. `apart` has the transcript with what does
    not fit marked, by choice."""

    position: int
    published: list[Question]
    transcript: bytes
    shown: list[Question]
    waiting: bytes
    answering: bytes
    apart: dict[Narrowing, tuple[int, bytes]]


class Sheet:
    """One room's page in one language. `draw(view, asking, **context)` draws it whole."""

    def __init__(self, room: Room, view: View, draw: Callable[..., str]) -> None:
        self.room, self._view, self._draw = room, view, draw
        self._stand: Stand | None = None
        self._cut: Cut = []
        self._lists: Lists | None = None
        self._panel: tuple[Stand, int, bytes] | None = None
        self._choices: tuple[Stand, int, bytes] | None = None
        self._pinned: tuple[Stand, list[Announcement], bytes] | None = None

    def page(self, now: int, visitor: Visitor, asking: Asking | None = None) -> list[bytes]:
        """The page for one visitor at `now` (Unix milliseconds), in the parts that it is kept
        in: the long ones are the same objects for everybody. With `asking`, a form that has
        to be shown again with what is wrong with it, it is drawn for this visitor alone."""
        session = self.room.projection.session
        stand = Stand(session, phase(session.schedule, now), self.room.connected)
        values = self._values(stand, now, visitor)
        cut = self._kept(stand) if asking is None else self._drawn(stand, asking)
        return [values[each] if isinstance(each, str) else each for each in cut]

    def _kept(self, stand: Stand) -> Cut:
        if not stand.same(self._stand):
            cut = self._drawn(stand, Asking(nonce=""))
            self._cut = [each if isinstance(each, str) else Shared(each) for each in cut]
            self._stand = stand
        return self._cut

    def _drawn(self, stand: Stand, asking: Asking) -> Cut:
        # Random, and not shown to anybody: no text that somebody wrote can pass for a slot.
        mark = secrets.token_hex(16)
        slots = {name: f"{mark}-{name}-" for name in SLOTS}
        asking = structs.replace(asking, nonce=slots.pop("nonce"))
        html = self._draw(
            self._view,
            asking,
            session=stand.session,
            phase=stand.phase,
            connected=stand.connected,
            epoch=self.room.epoch,
            **slots,
        )
        return cut_at(html, mark)

    def _values(self, stand: Stand, now: int, visitor: Visitor) -> Mapping[str, bytes]:
        lists, wanted = self._listed(stand.session), visitor.wanted
        shown, transcript = len(lists.published), lists.transcript
        if wanted.narrows:
            shown, transcript = self._narrowed(stand.session, lists, wanted)
        return {
            "urgent": self._urgent(stand.session, visitor.author) if visitor.author else b"",
            "sent": self._view.part(ASK_PARTS, "sent").encode() if visitor.sent else b"",
            "panel": self._phase_panel(stand, now),
            "position": Shared(b"%d" % lists.position),
            "at": b"%d" % now,
            "seen": b"" if visitor.after is None else self._seen(lists.published, visitor.after),
            "transcript": transcript,
            "pinned": self._announcements(stand),
            "answering": lists.answering,
            "narrow": self._narrow(stand, wanted, shown, len(lists.published)),
            "narrowed": escape(wanted.query).encode(),
            "chosen": escape(wanted.query.replace("&", "?", 1)).encode(),
            "waiting": lists.waiting,
            "current": Shared(b"1" if visitor.author else b"0"),
            "mine": self._mine(stand.session, visitor.author) if visitor.author else b"",
            "forgotten": Shared(b"" if visitor.forgotten else b" hidden"),
            "timed": Shared(b"" if visitor.timed else b" hidden"),
            "untimed": Shared(b" hidden" if visitor.timed else b""),
            "nonce": visitor.nonce.encode(),
        }

    def _phase_panel(self, stand: Stand, now: int) -> bytes:
        """Drawn once a second: its countdown says when it was drawn, to the second."""
        second, kept = now // 1000, self._panel
        if kept is None or kept[1] != second or not stand.same(kept[0]):
            drawn = self._part("phase", stand.session, stand.phase, now)
            kept = self._panel = stand, second, Shared(drawn)
        return kept[2]

    def _announcements(self, stand: Stand) -> bytes:
        pinned, kept = self.room.projection.pinned(), self._pinned
        if kept is None or kept[1] is not pinned or not stand.same(kept[0]):
            drawn = self._part("announcements", pinned, stand.session)
            kept = self._pinned = stand, pinned, Shared(drawn)
        return kept[2]

    def _answering(self, session: Session) -> Shared:
        now = self.room.projection.answering()
        return Shared(b"".join(self._part("answering", q, session) for q in now))

    def _narrow(self, stand: Stand, wanted: Narrowing, shown: int, total: int) -> bytes:
        """How to read only some answers; not where there is nothing to choose by."""
        session = stand.session
        if len(session.organisations) < 2 and not session.topics:
            return b""
        if wanted.narrows:
            return self._part("narrow", session, wanted, shown, total)
        kept = self._choices
        if kept is None or kept[1] != total or not stand.same(kept[0]):
            drawn = self._part("narrow", session, wanted, shown, total)
            kept = self._choices = stand, total, Shared(drawn)
        return kept[2]

    def _narrowed(self, session: Session, lists: Lists, wanted: Narrowing) -> tuple[int, bytes]:
        """How many fit, and the transcript with the others marked."""
        kept = lists.apart.get(wanted)
        if kept is None:
            fitting = [wanted.fits(q) for q in lists.published]
            drawn = [
                piece(self.room, self._view, "answered", q, session, apart=not fits)
                for q, fits in zip(lists.published, fitting, strict=True)
            ]
            if len(lists.apart) >= MOST_NARROWED:
                lists.apart.clear()
            kept = lists.apart[wanted] = sum(fitting), Shared("".join(drawn).encode())
        return kept

    def _seen(self, published: list[Question], after: int) -> bytes:
        """Where a reader without JavaScript, who asked for news, finds the first of them."""
        first = bisect_right(published, after, key=lambda q: q.published)
        return self._part("seen", published[first].number if first < len(published) else 0)

    def _mine(self, session: Session, author: str) -> bytes:
        projection = self.room.projection
        own = ((q, projection.lead(q.number)) for q in projection.by_author(author))
        return b"".join(self._own_part("own", q, session, lead) for q, lead in own)

    def _urgent(self, session: Session, author: str) -> bytes:
        own = alarming(self.room.projection.by_author(author))
        return b"".join(self._own_part("alarm", q, session) for q in own)

    def _listed(self, session: Session) -> Lists:
        room, kept = self.room, self._lists
        if kept is None or kept.position != room.position:
            published, shown = room.projection.published(), waiting(room)
            if kept is None or (published, shown) != (kept.published, kept.shown):
                transcript = self._pieces("answered", published, session)
                drawn = self._pieces("waiting", shown, session)
                kept = Lists(room.position, published, transcript, shown, drawn, b"", {})
            # Most of what happens in a session is in neither list.
            answering = self._answering(session)
            kept = self._lists = kept._replace(position=room.position, answering=answering)
        return kept

    def _pieces(self, macro: str, questions: list[Question], session: Session) -> Shared:
        drawn = [piece(self.room, self._view, macro, q, session) for q in questions]
        return Shared("".join(drawn).encode())

    def _part(self, macro: str, *args: Any) -> bytes:
        return self._view.part(PARTS, macro, *args).encode()

    def _own_part(self, macro: str, *args: Any) -> bytes:
        return self._view.part(OWN_PARTS, macro, *args).encode()


class Sheets:
    """The sheets of every session, one a language, each of the room that there is now."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Sheet] = {}

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._kept.values())

    def of(self, room: Room, view: View, draw: Callable[..., str]) -> Sheet:
        """The room's sheet in the view's language."""
        key = room.projection.session.slug, view.locale
        kept = self._kept.get(key)
        if kept is None or kept.room is not room:
            kept = self._kept[key] = Sheet(room, view, draw)
        return kept


def piece(
    room: Room,
    view: View,
    macro: str,
    question: Question,
    session: Session,
    *,
    apart: bool = False,
) -> Markup:
    """A question's partial, kept by the room for as long as the question stays as it is; `apart`
    for who has chosen to read others."""
    kind, more = (f"{macro} apart", (True,)) if apart else (macro, ())
    key = kind, view.locale, question.number
    return room.piece(key, question, lambda: view.part(PARTS, macro, question, session, *more))


def waiting(room: Room) -> list[Question]:
    """The questions that the public sees waiting, where the session says so, until it is over."""
    projection = room.projection
    if not projection.session.show_waiting or projection.over:
        return []
    return projection.of(State.APPROVED, State.CLAIMED)


def cut_at(html: str, mark: str) -> Cut:
    """A page cut at its slots, each of them written as `{mark}-{name}-`."""
    parts = re.split(f"{mark}-([a-z]+)-", html)
    return [part if i % 2 else part.encode() for i, part in enumerate(parts)]
