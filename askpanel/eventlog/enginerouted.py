"""One client for several engines: every command goes to the engine that serves its key.

Each engine has a client of its own, so whatever holds for one engine (bounded in time, nothing
sent twice, connections that died are noticed) holds for each of several.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio
from redis import exceptions
from redis.crc import key_slot

from askpanel.eventlog.engineclient import Bounded, NotSent
from askpanel.eventlog.enginemap import SLOTS, Address, Finder, Reach, Shard

REDIRECTIONS = 8
FIND_AGAIN_SECONDS = 0.1
TRY_AGAIN_SECONDS = 0.02
KEYLESS = frozenset({"PING", "TIME", "INFO", "ECHO", "CONFIG", "CLUSTER", "WAIT"})
MOVED_ON = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ClusterDownError,
    exceptions.ReadOnlyError,
)
"""Failures after which the part of the store may have another engine."""


class NotCopied(exceptions.RedisError):
    """Too few replicas said in time that they have a write: it may be lost with its primary."""


class Routed(redis.asyncio.Redis):
    """A client of several engines.

    A command that an engine refused because the key lies elsewhere is sent there, and so is one
    that could not be sent at all: it has not happened. Nothing else is ever sent again; after a
    failure the engines are asked anew who serves what. `copies` is how many replicas must have a
    write before `kept` answers.
    """

    def __init__(
        self,
        finder: Finder,
        dial: Callable[[Address], Bounded],
        *,
        copies: int,
        seconds: float,
        tls: bool = False,
    ) -> None:
        super().__init__(connection_pool=redis.asyncio.ConnectionPool())
        self.copies, self.tls = copies, tls
        self.deadline_seconds = seconds
        self._finder, self._dial = finder, dial
        self._engines: dict[Address, Bounded] = {}
        self._shards: list[Shard] = []
        self._slots: list[Address | None] = []
        self._unsure = True
        self._found_at = 0.0
        self._finding: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def seeds(self) -> str:
        """What was given as the address, for the operator's eyes: without a password."""
        return ", ".join(f"{host}:{port}" for host, port in self._finder.seeds)

    @property
    def reach(self) -> Reach:
        """The client of one engine, by its address."""
        return self._at

    async def shards(self) -> list[Shard]:
        """Who serves what, asked just now. Raises a RedisError."""
        self._unsure, self._found_at = True, 0.0
        await self._sure()
        return self._shards

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        async def run(engine: Bounded, asking: bool) -> Any:
            if not asking:
                return await engine.execute_command(*args, **options)
            return _raised((await engine.together(("ASKING",), args, **options))[-1])

        return await self._bounded(args, run)

    async def together(self, *commands: tuple[Any, ...]) -> list[Any]:
        """The answers to reads that go to one engine at once. Their keys share a slot."""

        async def run(engine: Bounded, asking: bool) -> Any:
            # What is asked for once is let through once.
            sent = [
                part for each in commands for part in ((("ASKING",), each) if asking else (each,))
            ]
            return [_raised(each) for each in (await engine.together(*sent))[asking :: asking + 1]]

        answers: list[Any] = await self._bounded(commands[0], run)
        return answers

    async def kept(self, *args: Any) -> Any:
        """The answer to a command, once as many replicas as asked for have what it wrote.

        They have it on disk, for they write their file before they say so (`appendfsync
        always`). Raises NotCopied: then it has happened, and could still be lost.
        """
        if not self.copies:
            return await self.execute_command(*args)
        patience = round(self.deadline_seconds * 500)

        async def run(engine: Bounded, asking: bool) -> Any:
            # On one connection: what an engine waits for is what that connection wrote.
            before = (("ASKING",),) if asking else ()
            answers = await engine.together(*before, args, ("WAIT", self.copies, patience))
            answer, copies = answers[-2:]
            _raised(answer)
            if _raised(copies) < self.copies:
                raise NotCopied(f"{copies} of {self.copies}")
            return answer

        return await self._bounded(args, run)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        if self._finding:
            self._finding.cancel()
        await asyncio.gather(
            *(engine.aclose() for engine in self._engines.values()),
            *self._closing,
            self._finder.aclose(),
            return_exceptions=True,
        )
        self._engines.clear()
        await super().aclose(close_connection_pool)

    async def _bounded(
        self, args: tuple[Any, ...], run: Callable[[Bounded, bool], Awaitable[Any]]
    ) -> Any:
        try:
            async with asyncio.timeout(self.deadline_seconds):
                return await self._routed(slot_of(args), run)
        except MOVED_ON:
            self._unsure = True
            raise
        except TimeoutError:
            self._unsure = True
            raise exceptions.TimeoutError("The engine did not answer in time.") from None

    async def _routed(self, slot: int, run: Callable[[Bounded, bool], Awaitable[Any]]) -> Any:
        address, asking = await self._serving(slot), False
        redirections = 0
        while redirections < REDIRECTIONS:
            redirections += 1
            try:
                return await run(self._at(address), asking)
            except NotSent:
                self._unsure = True
                before, address, asking = address, await self._serving(slot), False
                if address == before:
                    raise
            except exceptions.MovedError as moved:
                address, asking = (moved.host or address[0], moved.port), False
                # Others will have moved with it, in a failover.
                self._slots[slot], self._unsure = address, True
            except exceptions.AskError as ask:
                address, asking = (ask.host or address[0], ask.port), True
            except exceptions.TryAgainError:
                # Half of the keys are on their way to another engine: as long as that takes.
                redirections -= 1
                await asyncio.sleep(TRY_AGAIN_SECONDS)
        raise exceptions.ConnectionError("The engines send each other's clients in a circle.")

    async def _serving(self, slot: int) -> Address:
        if self._unsure:
            await self._sure()
        address = self._slots[slot]
        if address is None:
            self._unsure = True
            raise exceptions.ConnectionError("No engine serves this part of the store.")
        return address

    async def _sure(self) -> None:
        """Ask anew who serves what, once for all who wait. Raises only if nothing is known."""
        clock = asyncio.get_running_loop().time
        if self._slots and clock() - self._found_at < FIND_AGAIN_SECONDS:
            return
        if self._finding is None:
            self._finding = asyncio.create_task(self._find(), name="finding the engines")
            self._finding.add_done_callback(self._looked)
        try:
            await asyncio.shield(self._finding)
        except exceptions.RedisError:
            if not self._slots:
                raise

    def _looked(self, finding: asyncio.Task[None]) -> None:
        self._finding = None
        # Looked at even where nobody waits any more, or asyncio complains of it in the log.
        _ = finding.cancelled() or finding.exception()

    async def _find(self) -> None:
        try:
            shards = await self._finder.find(self._at, list(self._engines))
        finally:
            self._found_at = asyncio.get_running_loop().time()
        slots: list[Address | None] = [None] * SLOTS
        for shard in shards:
            slots[shard.first : shard.last + 1] = [shard.primary] * (shard.last - shard.first + 1)
        self._shards, self._slots, self._unsure = shards, slots, False
        self._leave_all_but({each for s in shards for each in (s.primary, *s.copies)})

    def _at(self, address: Address) -> Bounded:
        if address not in self._engines:
            self._engines[address] = self._dial(address)
        return self._engines[address]

    def _leave_all_but(self, present: set[Address]) -> None:
        """Hang up on engines that are gone: whoever waits for one waits for nothing."""
        for address in self._engines.keys() - present - set(self._finder.seeds):
            closing = asyncio.create_task(self._engines.pop(address).aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


async def engines(client: redis.asyncio.Redis) -> list[tuple[str, redis.asyncio.Redis]]:
    """Every engine that takes writes, for what has to be asked of each; with where it is, which is
    "" of an engine that is the only one."""
    if not isinstance(client, Routed):
        return [("", client)]
    places = sorted({shard.primary for shard in await client.shards()})
    return [(f"{place[0]}:{place[1]}", client.reach(place)) for place in places]


def slot_of(args: tuple[Any, ...]) -> int:
    """The slot of a command's first key; 0 for a command that has none.

    Every command of ours names its key first but for scripts and XREAD, and never keys of two
    slots: a cluster would refuse it.
    """
    name = str(args[0]).split()[0].upper()
    if name in {"EVAL", "EVALSHA"}:
        key = args[3] if int(args[2]) else None
    elif name == "XREAD":
        key = args[next(n for n, each in enumerate(args) if each in ("STREAMS", b"STREAMS")) + 1]
    else:
        key = args[1] if len(args) > 1 and name not in KEYLESS else None
    if key is None:
        return 0
    return key_slot(key if isinstance(key, bytes) else str(key).encode())


def _raised(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer
