"""An evening in which everybody's words bear a mark, in every place that takes words: to be looked
for afterwards, where they may be and where they may not."""

from __future__ import annotations

import msgspec

from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.model import Actor, Question
from askpanel.eventlog.records import Flag, Present
from askpanel.eventlog.store import Store
from tests.cast import ALEX, ASHA, BEA, HANA, LEAH, LUCY, MORGAN, SAM

SLUG = "stop-it-now"
KEPT = "zkept"
GONE = "zgone"
"""What words that stay begin with, and words that go; a number or a name follows."""


class Marked:
    """The evening, by the store's own commands. `kept` and `gone` are the marks that were left."""

    def __init__(self, store: Store, backstage: Backstage) -> None:
        self.store, self.backstage = store, backstage
        self.kept: list[str] = []
        self.gone: list[str] = []

    def stays(self, what: str) -> str:
        self.kept.append(f"{KEPT}-{what}-z")
        return self.kept[-1]

    def goes(self, what: str) -> str:
        self.gone.append(f"{GONE}-{what}-z")
        return self.gone[-1]

    async def ask(self, text: str, author: Actor = SAM, name: str = "") -> int:
        nonce = self.goes(f"nonce{len(self.gone)}")
        found = [Flag(code="email", found=[self.goes(f"flag{len(self.gone)}")])]
        done = await self.store.submit(
            SLUG, nonce=nonce, text=text, lang="en", author=author.author, flags=found, name=name
        )
        return done.question.number

    async def do(self, number: int, command: str, actor: Actor, **fields: str | int) -> Question:
        return (await self.store.decide(SLUG, number, command, actor, **fields)).question

    async def evening(self) -> None:
        """A question in every state, and words wherever words can be."""
        self.gone += [SAM.author, ALEX.author]
        await self.published()
        await self.unpublished()
        await self.beside()

    async def published(self) -> None:
        """Answered in two languages, corrected, edited before; and one that was taken down."""
        number = await self.ask(self.goes("original"), name=self.stays("name"))
        await self.do(number, "annotate", ASHA, note=self.goes("note"))
        await self.do(number, "hold", ASHA, note=self.goes("hold"))
        await self.do(number, "approve", ASHA, text=self.stays("edited"))
        await self.do(number, "claim", MORGAN)
        await self.do(number, "answer", MORGAN, text=self.stays("first"), lang="en")
        await self.do(number, "correct", MORGAN, answer=1, text=self.stays("corrected"))
        await self.do(number, "translate", MORGAN, answer=1, text=self.stays("welsh"), lang="cy")
        await self.do(number, "cosign", LUCY, answer=1)
        removed = await self.ask(self.goes("removed"), ALEX)
        await self.do(removed, "approve", ASHA)
        await self.do(removed, "answer", LUCY, text=self.goes("removed-answer"), lang="en")
        await self.do(removed, "remove", ASHA, reason="names-a-person")

    async def unpublished(self) -> None:
        """Every other state."""
        await self.ask(self.goes("pending"), name=self.goes("pending-name"))
        held = await self.ask(self.goes("held"))
        await self.do(held, "hold", ASHA, note=self.goes("held-note"))
        approved = await self.ask(self.goes("approved"))
        await self.do(approved, "approve", ASHA)
        claimed = await self.ask(self.goes("claimed"))
        await self.do(claimed, "approve", ASHA, text=self.goes("claimed-edited"))
        await self.do(claimed, "claim", MORGAN)
        await self.backstage.keep(SLUG, claimed, MORGAN, self.goes("kept-draft"), "en")
        rejected = await self.ask(self.goes("rejected"))
        told = msgspec.json.encode({"en": self.goes("told")}).decode()
        await self.do(rejected, "reject", ASHA, reason="off-topic", told=told)
        merged = await self.ask(self.goes("merged"), ALEX)
        await self.do(merged, "merge", ASHA, into=1)
        replied = await self.ask(self.goes("replied"))
        await self.do(replied, "reply", ASHA, text=self.goes("reply"))
        await self.do(replied, "respond", SAM, helped="no")
        diverted = await self.ask(self.goes("diverted"))
        await self.do(diverted, "divert", ASHA, diversion="report-crime", told=told)
        escalated = await self.ask(self.goes("escalated"))
        await self.do(escalated, "escalate", ASHA, note=self.goes("risk"))
        await self.do(escalated, "acknowledge", BEA)
        await self.do(
            escalated, "conclude", LEAH, decision="no-danger", note=self.goes("concluded")
        )
        withdrawn = await self.ask(self.goes("withdrawn"))
        await self.do(withdrawn, "withdraw", SAM)
        undone = await self.ask(self.goes("undone"))
        await self.do(undone, "approve", ASHA)
        await self.do(undone, "restore", ASHA)
        await self.do(held, "mute", ASHA)
        await self.do(held, "lock", ASHA, doing="reading")

    async def beside(self) -> None:
        """What staff said to each other, and to everybody."""
        await self.backstage.remark(SLUG, ASHA, self.goes("remark"))
        person = Present(username="asha", name="Asha", role="moderator", screen=self.goes("screen"))
        await self.backstage.sit(SLUG, "seat", person)
        await self.backstage.announce(SLUG, HANA, {"en": self.stays("announced")})
