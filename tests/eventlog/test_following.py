"""Processes that follow a log and seal it: together, and against a store that forgets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from askpanel.eventlog import following as following_module
from askpanel.eventlog import seals as seals_module
from askpanel.eventlog.engine import connect
from askpanel.eventlog.following import SEAL_ENTRIES, SEAL_SECONDS
from askpanel.eventlog.model import StoreAway
from askpanel.eventlog.seal import read
from askpanel.eventlog.store import LUA, Store, read_script
from tests.cast import ALEX, HANA, session
from tests.clusters import Cluster
from tests.forger import SLUG, Forger, Hands, Keeper, an_evening


class Scene:
    """A session in the store, two processes that seal it, and whoever can write to the store."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.hands = Hands()
        self.store = Store(client, prefix=prefix, now=self.hands)
        self.forger = Forger(client, prefix)
        self.one, self.two = (Keeper(client, prefix, self.hands) for _ in range(2))
        self.stranger = Keeper(client, prefix, self.hands, b"another installation's secret")

    async def ask(self, count: int = 1) -> None:
        for _ in range(count):
            nonce = f"{await self.store.newest(SLUG)}"
            await self.store.submit(
                SLUG, nonce=f"late {nonce}", text="And then?", lang="en", author=ALEX.author
            )

    async def sealed(self) -> list[tuple[int, int]]:
        """From where to where each stored seal goes."""
        found = [read(line) for line in await self.forger.seals()]
        return [(each.seal.after, each.seal.position) for each in found if each]

    async def back_to(self, position: int, *, seals: int | None = None) -> None:
        """The log cut off after a position, and the seals after so many."""
        await self.forger.rewrite(lambda entries: entries[:position])
        if seals is not None:
            await self.forger.put_seals((await self.forger.seals())[:seals])


@pytest.fixture
async def scene(client: Redis, prefix: str) -> Scene:
    made = Scene(client, prefix)
    await an_evening(made.store, made.one.seal)
    return made


async def test_seals_follow_each_other_without_a_gap(scene: Scene) -> None:
    assert await scene.sealed() == [(0, 4), (4, 6), (6, 8)]
    assert await scene.two.following.look() is None
    assert (scene.two.following.head, scene.two.following.unsealed) == (
        scene.one.following.head,
        0,
    )
    assert scene.one.alarms == scene.two.alarms == []


async def test_of_two_that_seal_at_once_one_wins_and_the_other_goes_on_from_it(
    scene: Scene,
) -> None:
    both = (scene.one, scene.two)
    for turn in range(10):
        await scene.ask(turn % 3 + 1)
        for keeper in both:
            assert await keeper.following.look() is None
        won = await asyncio.gather(*(keeper.following.sign() for keeper in both))
        assert sorted(won) == [False, True]
    places = await scene.sealed()
    assert [after for after, _ in places] == [0, *(position for _, position in places[:-1])]
    assert scene.one.alarms == scene.two.alarms == []


async def test_processes_that_look_and_sign_as_they_please_leave_one_line(scene: Scene) -> None:
    async def sealing(keeper: Keeper) -> None:
        for _ in range(15):
            assert await keeper.following.look() is None
            await keeper.following.sign()

    async def asking() -> None:
        await scene.ask(25)

    await asyncio.gather(sealing(scene.one), sealing(scene.two), asking())
    await scene.ask()
    await scene.one.seal()
    places = await scene.sealed()
    assert [after for after, _ in places] == [0, *(position for _, position in places[:-1])]
    assert places[-1][1] == await scene.store.newest(SLUG)
    assert scene.one.alarms == scene.two.alarms == []


async def test_a_head_is_due_after_so_long_or_so_many_and_not_without_anything_new(
    scene: Scene,
) -> None:
    one = scene.one.following
    assert not one.due(scene.hands())
    await scene.ask()
    await one.look()
    assert not one.due(scene.hands())
    scene.hands.run(SEAL_SECONDS - 1)
    await one.look()
    assert not one.due(scene.hands())
    scene.hands.run(1)
    assert one.due(scene.hands())
    assert await one.sign()
    assert not one.due(scene.hands())
    await scene.ask(SEAL_ENTRIES - 1)
    await one.look()
    assert not one.due(scene.hands())
    await scene.ask()
    await one.look()
    assert one.due(scene.hands())


async def test_a_head_is_due_once_when_the_session_closes(scene: Scene) -> None:
    one = scene.one.following
    await scene.store.schedule(SLUG, "extend", HANA, minutes=1)
    await scene.one.seal()
    scene.hands.run((one.ended - scene.hands()) / 1000 - 1)
    await one.look()
    assert not one.due(scene.hands())
    scene.hands.run(1)
    await one.look()
    assert one.due(scene.hands())
    assert await one.sign()
    assert not one.due(scene.hands())
    assert (await scene.sealed())[-1] == (9, 9)
    assert one.seal is not None
    assert one.seal.at == one.ended


async def test_a_long_log_from_before_is_sealed_in_pieces(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following_module, "RUN", 3)
    await scene.forger.do("DEL", "seals")
    assert await scene.two.seal()
    assert await scene.sealed() == [(0, 3), (3, 6), (6, 8)]
    assert scene.two.alarms == []


async def test_who_starts_later_goes_on_from_the_newest_head(scene: Scene) -> None:
    await scene.ask(2)
    assert await scene.two.seal()
    assert (await scene.sealed())[-1] == (8, 10)
    assert scene.two.following.seal == (await newest(scene))


async def newest(scene: Scene) -> object:
    found = read((await scene.forger.seals())[-1])
    assert found is not None
    return found.seal


async def test_an_entry_that_was_read_and_then_changed_raises_the_alarm(scene: Scene) -> None:
    await scene.forger.rewrite(lambda entries: [*entries[:7], (8, b'{"type":"other"}')])
    assert await scene.one.following.look() is None
    assert scene.one.alarms == ["changed"]
    await scene.ask()
    assert await scene.one.seal()
    assert (await scene.sealed())[-1] == (8, 9)


async def test_the_whole_past_is_walked_again_and_a_change_in_it_found(scene: Scene) -> None:
    two = scene.two.following
    await two.look()
    assert await two.audit()
    assert await two.audit()
    await scene.forger.rewrite(lambda e: [*e[:2], (3, e[2][1].replace(b"What", b"Who")), *e[3:]])
    assert await two.look() is None
    assert scene.two.alarms == []
    assert await two.audit()
    assert scene.two.alarms == ["changed"]


async def test_who_starts_after_the_change_finds_it_by_the_seals(scene: Scene) -> None:
    await scene.forger.rewrite(lambda e: [*e[:2], (3, e[2][1].replace(b"What", b"Who")), *e[3:]])
    assert await scene.two.following.look() is None
    assert await scene.two.following.audit()
    assert scene.two.alarms == ["changed"]


async def test_a_head_that_another_signed_over_other_entries_is_noticed(scene: Scene) -> None:
    """Changed in the window before a seal, after one process had read it and before the other."""
    await scene.ask(2)
    await scene.one.following.look()
    await scene.forger.rewrite(lambda e: [*e[:8], (9, e[8][1].replace(b"then", b"when")), e[9]])
    assert await scene.two.seal()
    assert await scene.one.following.look() is None
    assert (scene.one.alarms, scene.two.alarms) == (["changed"], [])
    await scene.ask()
    assert await scene.one.seal()
    assert (await scene.sealed())[-2:] == [(8, 10), (10, 11)]


async def test_a_past_is_walked_in_pieces(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_module, "RUN", 3)
    await scene.two.following.look()
    assert [await scene.two.following.audit() for _ in range(3)] == [False, False, True]
    assert scene.two.alarms == []


async def test_a_log_that_became_shorter_raises_the_alarm_and_is_written_down(
    scene: Scene,
) -> None:
    """Behind a connection that lives: nobody else would notice, and screens would stand still."""
    one, epoch = scene.one.following, await scene.store.epoch(SLUG)
    lost = one.head
    await scene.back_to(5, seals=1)
    assert await one.look() == epoch
    assert scene.one.alarms == ["shortened"]
    await scene.store.renew_epoch(SLUG, epoch)
    await one.renew()
    assert await one.look() is None
    assert one.due(scene.hands())
    assert await one.sign()
    found = read((await scene.forger.seals())[-1])
    assert found is not None
    assert found.seal.lost is not None
    assert (found.seal.lost.position, found.seal.lost.link) == (8, lost.link.hex())
    assert (found.seal.after, found.seal.position) == (4, 5)
    assert found.seal.epoch != epoch

    # Whoever comes second has seen it too, and has nothing to add.
    assert not one.due(scene.hands())
    assert scene.one.alarms == ["shortened"]


async def test_two_that_saw_the_same_loss_write_it_down_once(scene: Scene) -> None:
    await scene.two.following.look()
    epoch = await scene.store.epoch(SLUG)
    await scene.back_to(5, seals=1)
    for keeper in (scene.one, scene.two):
        assert await keeper.following.look() == epoch
        await scene.store.renew_epoch(SLUG, epoch)
        await keeper.following.renew()
        assert await keeper.following.look() is None
        if keeper.following.due(scene.hands()):
            assert await keeper.following.sign()
    assert await scene.sealed() == [(0, 4), (4, 5)]
    await scene.ask()
    assert await scene.two.seal()
    assert await scene.one.following.look() is None
    assert (scene.one.alarms, scene.two.alarms) == (["shortened"], ["shortened"])


async def test_a_store_that_came_back_older_and_went_on_is_a_loss_and_no_change(
    scene: Scene,
) -> None:
    """It is longer again by the time that anybody looks; the hub has given it a new epoch."""
    epoch = await scene.store.epoch(SLUG)
    await scene.back_to(6, seals=2)
    await scene.store.renew_epoch(SLUG, epoch)
    scene.hands.run(1)
    await scene.ask(4)
    assert await scene.one.following.look() == epoch
    await scene.one.following.renew()
    assert await scene.one.seal()
    assert await scene.sealed() == [(0, 4), (4, 6), (6, 10)]
    assert scene.one.alarms == ["shortened"]


async def test_a_new_epoch_under_which_nothing_is_lost_is_no_alarm(scene: Scene) -> None:
    await scene.store.renew_epoch(SLUG, await scene.store.epoch(SLUG))
    await scene.ask()
    assert await scene.one.seal()
    assert scene.one.alarms == []
    assert scene.one.following.epoch == await scene.store.epoch(SLUG)


async def test_a_log_that_was_cut_while_nobody_ran_is_noticed_at_the_start(scene: Scene) -> None:
    await scene.back_to(5)
    assert await scene.two.following.look() is None
    assert scene.two.alarms == ["shortened"]
    assert scene.two.following.due(scene.hands())
    assert await scene.two.following.sign()
    assert (await scene.sealed())[-1] == (4, 5)


async def test_a_head_that_another_signed_over_what_is_gone_is_noticed(scene: Scene) -> None:
    """This process had not yet read so far itself."""
    await scene.two.following.look()
    await scene.ask(3)
    await scene.one.seal()
    epoch = await scene.store.epoch(SLUG)
    await scene.back_to(9)
    assert await scene.two.following.look() == epoch
    assert scene.two.alarms == ["shortened"]


async def test_seals_that_are_taken_away_are_missed_and_made_again(scene: Scene) -> None:
    await scene.forger.put_seals((await scene.forger.seals())[:1])
    assert await scene.one.following.look() is None
    assert await scene.one.following.sign()
    assert await scene.one.following.audit()
    assert await scene.sealed() == [(0, 4), (4, 8)]
    assert scene.one.alarms == ["seals"]


async def test_seals_taken_away_together_with_a_change_are_both_noticed(scene: Scene) -> None:
    """What this process remembers is what the changed log is held against."""
    await scene.forger.put_seals([])
    await scene.forger.rewrite(lambda e: [*e[:2], (3, e[2][1].replace(b"What", b"Who")), *e[3:]])
    assert await scene.one.following.look() is None
    assert await scene.one.following.audit()
    assert scene.one.alarms == ["seals", "changed"]


async def test_a_seal_by_another_key_is_noticed_and_attests_nothing(scene: Scene) -> None:
    await scene.ask(2)
    assert await scene.stranger.seal()
    assert scene.stranger.alarms == ["foreign"]
    assert await scene.one.following.look() is None
    assert scene.one.alarms == ["foreign"]
    assert scene.one.following.unsealed == 2
    assert await scene.one.following.sign()
    assert await scene.two.following.look() is None
    assert scene.two.alarms == ["foreign"]
    assert scene.two.following.head == scene.one.following.head


async def test_a_session_that_is_gone_is_a_loss_and_no_fault(scene: Scene) -> None:
    for part in ("meta", "log", "questions", "seals"):
        await scene.forger.do("DEL", part)
    assert await scene.one.following.look() is None
    assert not await scene.one.following.sign()
    assert scene.one.alarms == ["shortened"]
    assert scene.one.following.seal is None
    assert await scene.two.following.look() is None
    assert not scene.two.following.due(scene.hands())
    assert scene.two.alarms == []


async def test_nothing_is_sealed_over_a_log_that_has_just_been_replaced(scene: Scene) -> None:
    await scene.ask()
    await scene.one.following.look()
    await scene.store.renew_epoch(SLUG, await scene.store.epoch(SLUG))
    assert not await scene.one.following.sign()
    assert await scene.sealed() == [(0, 4), (4, 6), (6, 8)]


async def test_a_hole_is_sealed_as_a_hole(scene: Scene) -> None:
    await scene.ask(2)
    await scene.forger.do("XDEL", "log", "9-0")
    assert await scene.one.seal()
    assert (await scene.sealed())[-1] == (8, 10)
    assert await scene.one.following.audit()
    assert scene.one.alarms == []


# On a cluster


@pytest.fixture
async def routed(
    cluster: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Redis]:
    """A client of a cluster, whose nodes refuse a script that leaves its slot."""
    monkeypatch.setattr(seals_module, "read_script", lambda name: f"#!lua\n{read_script(name)}")
    async with connect(cluster.url) as client:
        yield client


async def test_seals_lie_with_their_log_on_a_cluster(routed: Redis, prefix: str) -> None:
    scene = Scene(routed, prefix)
    await an_evening(scene.store, scene.one.seal)
    await scene.ask()
    assert await scene.two.seal()
    assert await scene.sealed() == [(0, 4), (4, 6), (6, 8), (8, 9)]
    assert await scene.one.following.look() is None
    assert scene.one.alarms == scene.two.alarms == []


async def test_a_script_that_reached_elsewhere_would_be_refused(
    routed: Redis, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = "#!lua\nredis.call('SADD', 'askpanel:sessions', 'x')\n" + read_script("seal_look")
    monkeypatch.setattr(seals_module, "read_script", lambda name: planted)
    scene = Scene(routed, prefix)
    await scene.store.create(session())
    with pytest.raises(StoreAway):
        await scene.one.following.look()


def test_the_scripts_are_those_in_the_folder() -> None:
    assert {path.stem for path in LUA.glob("seal*.lua")} == {"seal", "seal_look", "seal_whole"}
