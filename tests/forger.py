"""A record kept as the service keeps it, and somebody who can write to the store by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis.asyncio

from askpanel import verify
from askpanel.eventlog import chain
from askpanel.eventlog.following import Following
from askpanel.eventlog.seal import Signer, read
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from askpanel.verify import Report
from tests.cast import ASHA, MINUTE, MORGAN, NOON, SAM, session

SLUG = "stop-it-now"
SECRET = b"the installation's own secret, for tests"
Entries = list[tuple[int, bytes]]


class Hands:
    """Two clocks: the store's, in Unix milliseconds, and one that only runs, in seconds."""

    def __init__(self) -> None:
        self.now, self.seconds = NOON + MINUTE, 0.0

    def __call__(self) -> int:
        return self.now

    def run(self, seconds: float) -> None:
        self.now, self.seconds = self.now + round(seconds * 1000), self.seconds + seconds


class Keeper:
    """One process that follows and seals, as `chat.sealer` does, a step at a time."""

    def __init__(
        self, client: redis.asyncio.Redis, prefix: str, hands: Hands, secret: bytes = SECRET
    ) -> None:
        self.alarms: list[str] = []
        self.signer = Signer(secret, hands)
        self.following = Following(
            *(SLUG, Seals(client, prefix), self.signer),
            alarm=self.alarms.append,
            monotonic=lambda: hands.seconds,
        )

    async def seal(self) -> bool:
        """Read what is new and sign it, whether or not it is due."""
        assert await self.following.look() is None
        return await self.following.sign()


async def an_evening(store: Store, keep: Callable[[], Any]) -> None:
    """Three questions, one of them answered, sealed at 4, 6 and 8 entries."""
    await store.create(session())
    for number in range(1, 4):
        text = f"What happens after question {number}?"
        await store.submit(SLUG, nonce=f"{number}", text=text, lang="en", author=SAM.author)
    await keep()
    await store.decide(SLUG, 1, "approve", ASHA)
    await store.decide(SLUG, 1, "answer", MORGAN, text="Nobody is told.", lang="en")
    await keep()
    await store.decide(SLUG, 2, "hold", ASHA, note="Names a town")
    await store.decide(SLUG, 3, "withdraw", SAM)
    await keep()


class Forger:
    """Writes to the store what no command writes."""

    def __init__(self, client: redis.asyncio.Redis, prefix: str) -> None:
        self.client, self._prefix = client, prefix

    def key(self, part: str) -> str:
        return f"{self._prefix}:{{{SLUG}}}:{part}"

    async def do(self, command: str, part: str, *args: Any) -> Any:
        """One command on one key of the session."""
        return await self.client.execute_command(command, self.key(part), *args)  # type: ignore[no-untyped-call]

    async def entries(self) -> Entries:
        """The log, position and event of each."""
        found: Any = await self.client.xrange(self.key("log"))
        return [(int(id_.split(b"-")[0]), fields[b"event"]) for id_, fields in found]

    async def write(self, entries: Entries) -> None:
        """Another log in the place of the true one, with its counter in step."""
        await self.do("DEL", "log")
        for position, event in entries:
            await self.do("XADD", "log", f"{position}-0", "event", event)
        await self.do("HSET", "meta", "position", entries[-1][0] if entries else 0)

    async def rewrite(self, change: Callable[[Entries], Entries]) -> None:
        await self.write(change(await self.entries()))

    async def questions_from_log(self, questions: dict[int, bytes]) -> None:
        """The records beside the log, brought into line with it."""
        await self.do("DEL", "questions")
        for number, raw in questions.items():
            await self.do("HSET", "questions", number, raw)

    async def seals(self) -> list[bytes]:
        found: list[bytes] = await self.do("LRANGE", "seals", 0, -1)
        return found

    async def put_seals(self, lines: list[bytes]) -> None:
        await self.do("DEL", "seals")
        for line in lines:
            await self.do("RPUSH", "seals", line)

    async def seal_anew(self, secret: bytes) -> None:
        """The whole chain computed again over what stands there now, sealed with another key."""
        entries = await self.entries()
        digests = chain.digests(
            (chain.Stored(b"%d-0" % n, [b"event", event]) for n, event in entries),
            *(1, len(entries)),
        )
        made: list[bytes] = []
        base = chain.origin(SLUG)
        for line in await self.seals():
            sealed = read(line)
            assert sealed is not None
            seal = sealed.seal
            signer = Signer(secret, lambda at=seal.at: at)  # type: ignore[misc]
            newest = made[-1] if made else b""
            run = digests[base.position : seal.position]
            again = signer.seal(SLUG, seal.epoch, base, run, len(made), newest)
            made.append(again.line)
            base = again.seal.head
        await self.put_seals(made)


class Desk:
    """A record, whoever forges it, and whoever verifies it."""

    def __init__(self, client: redis.asyncio.Redis, prefix: str) -> None:
        self.hands = Hands()
        self.store = Store(client, prefix=prefix, now=self.hands)
        self.keeper = Keeper(client, prefix, self.hands)
        self.forger = Forger(client, prefix)
        self._seals = Seals(client, prefix)

    async def report(self, *, head: str = "", others: tuple[str, ...] = ()) -> Report:
        own, now = self.keeper.signer.key, self.hands()
        report = await verify.verify(
            SLUG, self._seals, own, others=list(others), head=head, now=now
        )
        assert report is not None
        assert report.lines[0].endswith("does not hold." if not report.holds else "holds.")
        return report

    async def faults(self, **options: str) -> list[str]:
        """Each fault that is told, without the `First:` and `Then:`."""
        lines = (await self.report(**options)).lines  # type: ignore[arg-type]
        return [line[7:] if line[0] == "F" else line[6:] for line in lines if is_fault(line)]

    async def heads(self) -> list[str]:
        found = [read(line) for line in await self.forger.seals()]
        return [each.seal.short for each in found if each]


def is_fault(line: str) -> bool:
    return line.startswith(("First: ", "Then: "))


def reworded(entries: Entries, position: int, old: bytes, new: bytes) -> Entries:
    number, event = entries[position - 1]
    assert old in event
    return [*entries[: position - 1], (number, event.replace(old, new)), *entries[position:]]


def renumbered(entries: Entries) -> Entries:
    return [(number, event) for number, (_, event) in enumerate(entries, 1)]
