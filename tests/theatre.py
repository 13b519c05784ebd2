"""A rehearsal before an audience: pages are opened, connected, lost and connected again, get the
bytes that the room writes to their sockets, and must show what a page drawn now would show.

Pages come from the program's own endpoints; `tests.screen` applies the frames to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hypothesis import strategies as st

from askpanel.chat.fragments import Public
from askpanel.chat.hub import Hub
from askpanel.chat.locale import LOCALES
from askpanel.chat.reel import Audience
from askpanel.chat.room import Room, takes_back
from askpanel.chat.subscribers import Member
from askpanel.eventlog.model import Actor
from askpanel.moderation.desk import Desk
from askpanel.moderation.triage import Triage
from tests.fakewire import FakeWire
from tests.rehearsal import SLUG, Rehearsal, one_of
from tests.screen import Screen
from tests.viewers import ALEX, READER, SAM, VIEWERS, House, Viewer

SCREENS = tuple(itertools.product(VIEWERS, LOCALES))
SCREEN = one_of(*SCREENS)
MOST_WATCHERS = 24
AUDIENCES: Mapping[str, Audience] = {"public": Public(), "triage": Triage(), "desk": Desk()}


@dataclass
class Watcher:
    """Somebody with a page open, and a socket or, for a while, none.

    `late` is one whose page was drawn without their cookie, but whose socket brings it.
    """

    viewer: Viewer
    locale: str
    screen: Screen
    late: bool = False
    member: Member | None = None
    wire: FakeWire = field(default_factory=FakeWire)


class Theatre(Rehearsal):
    """Screens are opened, connected, lost and connected again while the cast is at work."""

    audiences = AUDIENCES
    actions: ClassVar[dict[str, int]] = {
        **Rehearsal.actions,
        "read_the_log": 4,
        "open_a_page": 2,
        "connect_somebody": 2,
        "lose_somebody": 1,
        "restart": 1,
        "look": 1,
    }

    def begin(self) -> None:
        self.authors = {
            "sam": Actor(role="author", author=SAM.key),
            "alex": Actor(role="author", author=ALEX.key),
        }
        self.hub = Hub(self.store, self.audiences)
        self.house = House(self.hub)
        self.room = self.load()
        # Every second one takes compressed frames, where they are to be had.
        self.browsers = itertools.count()
        self.told: dict[tuple[Viewer, str, bool, int], bytes] = {}
        # Each in one language to begin with: which, depends on the session, so all are met.
        chosen = [self.session.show_waiting, self.session.second_check].count(True)
        screens = [(viewer, LOCALES[(i + chosen) % 2]) for i, viewer in enumerate(VIEWERS)]
        self.watchers = [Watcher(v, locale, self.draw(v, locale)) for v, locale in screens]
        for watcher in self.watchers:
            self.connect(watcher)

    def load(self) -> Room:
        room = Room(self.run(self.store.snapshot(SLUG)), self.audiences)
        self.hub.rooms[SLUG] = room
        return room

    def draw(self, viewer: Viewer, locale: str) -> Screen:
        screen = Screen(self.run(self.house.page(viewer, locale)))
        assert (screen.position, screen.epoch) == (self.room.position, self.room.epoch)
        return screen

    def tick(self, data: st.DataObject) -> None:
        """The hub's own: what it writes comes back by the log."""
        self.run(self.hub._turn(SLUG, self.room))
        self.catch_up()

    def catch_up(self) -> None:
        """What the hub wrote by itself is part of the story too."""
        for entry in self.entries_after(self.position):
            self.moved_on(entry.position)
            if entry.event.question is not None:
                self.known[entry.event.question.number] = entry.event.question

    def read_the_log(self, data: st.DataObject) -> None:
        """The tail brings what is new: in one run, or in two."""
        new = self.entries_after(self.room.position)
        cut = data.draw(st.integers(0, len(new)), "first run") if len(new) > 1 else 0
        for run in (new[:cut], new[cut:]):
            if run:
                self.room.follow(run)
        self.everybody_receives()

    def open_a_page(self, data: st.DataObject) -> None:
        """It may be a while before its socket is there."""
        viewer, locale = data.draw(SCREEN, "screen")
        late = viewer is SAM and data.draw(st.booleans(), "from another site")
        if len(self.watchers) < MOST_WATCHERS:
            screen = self.draw(READER if late else viewer, locale)
            self.watchers.append(Watcher(viewer, locale, screen, late))

    def connect_somebody(self, data: st.DataObject) -> None:
        away = [each for each in self.watchers if each.member is None]
        if away:
            self.connect(away[data.draw(st.integers(0, len(away) - 1), "who")])

    def lose_somebody(self, data: st.DataObject) -> None:
        watcher = self.watchers[data.draw(st.integers(0, len(self.watchers) - 1), "who")]
        if watcher.member is not None:
            self.room.leave(watcher.member)
            watcher.member = None

    def restart(self, data: st.DataObject) -> None:
        """Another process takes over, with nothing but the log."""
        for watcher in self.watchers:
            watcher.member = None
        self.room = self.load()

    def look(self, data: st.DataObject) -> None:
        self.settle()
        self.compare(*data.draw(SCREEN, "screen"))

    def teardown(self) -> None:
        if not self.amiss:
            self.look_at_all()

    def look_at_all(self) -> None:
        self.settle()
        for viewer, locale in SCREENS:
            self.compare(viewer, locale)

    def connect(self, watcher: Watcher) -> None:
        first = b""
        if watcher.late:
            viewer, watcher.late = watcher.viewer, False
            first = self.house.own_list(viewer, watcher.locale, self.room)
        if not self.join(watcher, first):
            # The page is fetched anew, as its script does.
            missed = self.entries_after(watcher.screen.position)
            assert watcher.viewer.audience == "public"
            assert any(takes_back(entry.event) for entry in missed)
            watcher.screen = self.draw(watcher.viewer, watcher.locale)
            assert self.join(watcher)
        self.receive(watcher)

    def join(self, watcher: Watcher, first: bytes = b"") -> bool:
        viewer, screen = watcher.viewer, watcher.screen
        watcher.wire = FakeWire(deflates=next(self.browsers) % 2 == 1)
        watcher.member = Member(watcher.wire, viewer.audience, watcher.locale, viewer.key)
        return self.room.join(watcher.member, screen.position, screen.epoch, first)

    def everybody_receives(self) -> None:
        for watcher in self.watchers:
            if watcher.member is not None:
                self.receive(watcher)

    def receive(self, watcher: Watcher) -> None:
        """Every position once, in order, in the same bytes for everybody of a kind."""
        for raw, frame in watcher.wire.fresh():
            before = watcher.screen.position
            watcher.screen.receive(frame)
            if watcher.screen.position > before:
                kind = watcher.viewer, watcher.locale, watcher.wire.deflates
                known = self.told.setdefault((*kind, watcher.screen.position), raw)
                assert known == raw, f"{kind} was told otherwise before"
        assert watcher.screen.position <= self.room.position

    def settle(self) -> None:
        """The clock is noticed, the log read, and everybody connected."""
        self.room.follow(self.entries_after(self.room.position))
        self.run(self.hub._turn(SLUG, self.room))
        self.catch_up()
        self.room.follow(self.entries_after(self.room.position))
        self.room.beat(0.0)
        self.everybody_receives()
        assert {w.screen.position for w in self.watchers if w.member} <= {self.room.position}
        for watcher in self.watchers:
            if watcher.member is None:
                self.connect(watcher)

    def compare(self, viewer: Viewer, locale: str) -> None:
        watchers = [w for w in self.watchers if (w.viewer, w.locale) == (viewer, locale)]
        fresh = self.draw(viewer, locale).regions() if watchers else {}
        for watcher in watchers:
            live = watcher.screen.regions()
            assert set(live) == set(fresh)
            for region, drawn in fresh.items():
                assert live[region] == drawn, f"{region} of {viewer.name} in {locale}"
