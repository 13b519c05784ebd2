"""What befalls a scene: each fault begins, lasts, and is healed when its function returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import NamedTuple

from bench.chaos.link import Link
from bench.chaos.scene import Scene

Work = Callable[[Scene, Random, float], Awaitable[None]]
"""What a fault does to a scene; the number is the seconds that it lasts."""

TOGETHER = 0.25
"""The share of disasters that are several faults at once."""


class Fault(NamedTuple):
    """A kind of fault. Of the faults of one target only one happens at a time."""

    name: str
    target: str
    work: Work


KINDS: list[Fault] = []


def kind(name: str, target: str) -> Callable[[Work], Work]:
    """Register a function as a kind of fault."""

    def registered(work: Work) -> Work:
        KINDS.append(Fault(name, target, work))
        return work

    return registered


@kind("engine killed", "engine")
async def engine_killed(scene: Scene, chance: Random, lasting: float) -> None:
    scene.engine.kill()
    await asyncio.sleep(lasting)
    await scene.engine_back()


@kind("engine stopped in its tracks", "engine")
async def engine_stopped(scene: Scene, chance: Random, lasting: float) -> None:
    scene.engine.pause()
    try:
        await asyncio.sleep(lasting)
    finally:
        scene.engine.resume()


@kind("disk full", "engine")
async def disk_full(scene: Scene, chance: Random, lasting: float) -> None:
    """The engine may end at its first vain write; whoever looks after it starts it again."""
    scene.engine.fill_disk()
    try:
        loop = asyncio.get_running_loop()
        until = loop.time() + lasting
        while loop.time() < until:
            if not scene.engine.runs:
                await scene.engine_back()
            await asyncio.sleep(0.2)
    finally:
        scene.engine.make_room()
    await scene.engine_back()


@kind("power cut", "engine")
async def power_cut(scene: Scene, chance: Random, lasting: float) -> None:
    await asyncio.to_thread(scene.engine.cut_power, chance)
    await asyncio.sleep(lasting)
    await scene.engine_back()


async def _program_killed(scene: Scene, chance: Random, which: int) -> None:
    program = scene.programs[which]
    if not program.kill_worker(chance):
        program.kill()
        await program.come_up()


async def _program_stopped(scene: Scene, lasting: float, which: int) -> None:
    scene.programs[which].hold()
    try:
        await asyncio.sleep(lasting)
    finally:
        scene.programs[which].let_go()


async def _program_deployed(scene: Scene, which: int) -> None:
    await asyncio.to_thread(scene.programs[which].leave)
    await scene.programs[which].come_up()


@kind("a program killed", "program 0")
async def first_killed(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_killed(scene, chance, 0)


@kind("another program killed", "program 1")
async def second_killed(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_killed(scene, chance, 1)


@kind("a program stopped in its tracks", "program 0")
async def first_stopped(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_stopped(scene, lasting, 0)


@kind("another program stopped in its tracks", "program 1")
async def second_stopped(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_stopped(scene, lasting, 1)


@kind("a program restarted by SIGTERM", "program 0")
async def first_deployed(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_deployed(scene, 0)


@kind("another program restarted by SIGTERM", "program 1")
async def second_deployed(scene: Scene, chance: Random, lasting: float) -> None:
    await _program_deployed(scene, 1)


@kind("store's connections cut", "store link")
async def store_cut(scene: Scene, chance: Random, lasting: float) -> None:
    scene.store_link.cut()


@kind("store refuses connections", "store link")
async def store_refuses(scene: Scene, chance: Random, lasting: float) -> None:
    await scene.store_link.close()
    await asyncio.sleep(lasting)
    await scene.store_link.open()


@kind("black hole before the store", "store link")
async def store_silent(scene: Scene, chance: Random, lasting: float) -> None:
    """At the end everything passes that was held, or all connections of before are lost for
    good and hear nothing of it, as with a firewall that has forgotten them."""
    scene.store_link.fall_silent()
    await asyncio.sleep(lasting)
    if chance.random() < 0.5:
        scene.store_link.forget()
    await scene.store_link.open()


@kind("slow store", "store link")
async def store_slow(scene: Scene, chance: Random, lasting: float) -> None:
    await _slow(scene.store_link, lasting, delay=chance.uniform(0.02, 0.5))


@kind("store by drops", "store link")
async def store_trickles(scene: Scene, chance: Random, lasting: float) -> None:
    await _slow(scene.store_link, lasting, delay=0.005, piece=chance.randint(16, 200))


@kind("readers' connections cut", "front")
async def front_cut(scene: Scene, chance: Random, lasting: float) -> None:
    scene.front.cut()


@kind("black hole before the readers", "front")
async def front_silent(scene: Scene, chance: Random, lasting: float) -> None:
    scene.front.fall_silent()
    await asyncio.sleep(lasting)
    if chance.random() < 0.5:
        scene.front.cut()
    await scene.front.open()


@kind("readers by drops", "front")
async def front_trickles(scene: Scene, chance: Random, lasting: float) -> None:
    await _slow(scene.front, lasting, delay=0.005, piece=chance.randint(50, 1500))


async def _slow(link: Link, lasting: float, *, delay: float, piece: int = 1 << 16) -> None:
    link.delay, link.piece = delay, piece
    await asyncio.sleep(lasting)
    await link.open()


def dealt(chance: Random) -> Iterator[list[Fault]]:
    """Disasters without end: every kind comes before any comes again, and a share of them
    happens together with others."""
    while True:
        deck = chance.sample(KINDS, len(KINDS))
        while deck:
            disaster = [deck.pop()]
            while deck and len(disaster) < 3 and chance.random() < TOGETHER:
                if deck[-1].target in {fault.target for fault in disaster}:
                    break
                disaster.append(deck.pop())
            yield disaster
