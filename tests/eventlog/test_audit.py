"""Whatever the cast does, and whichever process seals: the record holds; and whatever a hand does
to it afterwards is found."""

from __future__ import annotations

import random
from typing import ClassVar

import pytest
from hypothesis import strategies as st

from askpanel.eventlog.audit import Audited, audit, gathered
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.seals import Seals
from tests.cast import ASHA, BEA
from tests.forger import Forger, Hands, Keeper
from tests.rehearsal import SLUG, Rehearsal, Stage, play, stage


class Sealed(Rehearsal):
    """A session whose log two processes seal, one of which is started anew now and then."""

    actions: ClassVar[dict[str, int]] = {**Rehearsal.actions, "seal": 3, "start_anew": 1, "say": 1}

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.hands = Hands()
        self.client, self.prefix = stage.client, self.store._prefix
        self.keepers = [self.keeper(), self.keeper()]

    def keeper(self) -> Keeper:
        return Keeper(self.client, self.prefix, self.hands)

    def seal(self, data: st.DataObject) -> None:
        keeper = data.draw(st.sampled_from(self.keepers))
        self.hands.now = self.now
        assert self.run(keeper.following.look()) is None
        assert self.run(keeper.following.sign())

    def start_anew(self, data: st.DataObject) -> None:
        self.keepers[data.draw(st.integers(0, 1))] = self.keeper()

    def say(self, data: st.DataObject) -> None:
        """To colleagues, and to the door: what only staff see is in the record too."""
        who = data.draw(st.sampled_from((ASHA, BEA)))
        self.mute_somebody(data)
        backstage = Backstage(self.store, self.client)
        self.moved_on(self.run(backstage.remark(SLUG, who, "Look at 2")))

    def mute_somebody(self, data: st.DataObject) -> None:
        if self.asked:
            number = data.draw(st.sampled_from(sorted(self.asked)))
            self.command(number, data.draw(st.sampled_from(("mute", "unmute"))), ASHA)

    def audited(self) -> Audited:
        async def walked() -> Audited:
            found = await gathered(SLUG, Seals(self.client, self.prefix))
            assert found is not None
            walk, whole = found
            return audit(SLUG, walk, whole, {self.keepers[0].signer.key}, self.now)

        return self.run(walked())

    def teardown(self) -> None:
        if self.amiss or not self.position:
            return
        last = self.keeper()
        self.hands.now = self.now
        self.run(last.seal())
        for keeper in (*self.keepers, last):
            assert self.run(keeper.following.look()) is None
            assert self.run(keeper.following.audit())
            assert keeper.alarms == []
        audited = self.audited()
        assert audited.findings == []
        assert audited.head.position == self.position
        self.afterwards()

    def afterwards(self) -> None:
        """What an heir does with a record that holds."""


@pytest.mark.parametrize("night", range(3))
def test_what_commands_and_processes_write_is_a_record_that_holds(
    engine_url: str, prefix: str, night: int
) -> None:
    with stage(engine_url, prefix) as lit:
        play(lambda: Sealed(lit), night)


class Forged(Sealed):
    """The same, and then a hand writes to the store."""

    def afterwards(self) -> None:
        lot = random.Random(self.position)
        forger = Forger(self.client, self.prefix)
        for forge in (self.change, self.drop, self.exchange, self.cut):
            true = self.run(forger.entries())
            first = lot.randrange(len(true))
            forged = forge(true, first, lot.randrange(len(true)))
            if forged == true:
                continue
            self.run(forger.write(forged))
            found = self.audited().findings
            assert found, forge
            assert found[0].first <= min(first + 1, len(forged) + 1), forge
            self.run(forger.write(true))
            assert self.audited().findings == []

    def change(self, true: list[tuple[int, bytes]], first: int, _: int) -> list[tuple[int, bytes]]:
        position, event = true[first]
        return [*true[:first], (position, event.replace(b'"at":1', b'"at":2')), *true[first + 1 :]]

    def drop(self, true: list[tuple[int, bytes]], first: int, _: int) -> list[tuple[int, bytes]]:
        events = [event for _, event in (*true[:first], *true[first + 1 :])]
        return list(enumerate(events, 1))

    def exchange(
        self, true: list[tuple[int, bytes]], first: int, other: int
    ) -> list[tuple[int, bytes]]:
        events = [event for _, event in true]
        events[first], events[other] = events[other], events[first]
        return list(enumerate(events, 1))

    def cut(self, true: list[tuple[int, bytes]], first: int, _: int) -> list[tuple[int, bytes]]:
        return true[:first]


def test_whatever_a_hand_does_to_such_a_record_is_found(engine_url: str, prefix: str) -> None:
    with stage(engine_url, prefix) as lit:
        play(lambda: Forged(lit), 7)
