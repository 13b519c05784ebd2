"""One session on the real engine, and questions brought into any state by legal commands."""

from __future__ import annotations

from askpanel.eventlog.model import Actor, Question
from askpanel.eventlog.store import Store
from tests.cast import ASHA, LUCY, MORGAN, SAM


class Room:
    """One session on the real engine with a clock that the test moves."""

    def __init__(self, store: Store, time: list[int]) -> None:
        self.store, self.time, self.sent = store, time, 0

    async def submit(self, author: Actor = SAM, text: str = "Is it too late?") -> int:
        self.sent += 1
        done = await self.store.submit(
            "stop-it-now", nonce=f"nonce-{self.sent}", text=text, lang="en", author=author.author
        )
        return done.question.number

    async def do(self, number: int, command: str, actor: Actor, **fields: str | int) -> Question:
        done = await self.store.decide("stop-it-now", number, command, actor, **fields)
        return done.question

    async def question_in(self, state: str, *, checked: bool = False, muted: bool = False) -> int:
        """A question brought into a state by legal commands."""
        number = await self.submit()
        if state in ("approved", "claimed", "answered", "removed"):
            await self.do(number, "approve", ASHA)
        if state == "claimed" and not checked:
            await self.do(number, "claim", MORGAN)
        if state in ("answered", "removed"):
            await self.do(number, "answer", MORGAN, text="An answer", lang="en")
        if state == "answered" and checked:
            await self.do(number, "publish", ASHA)
        if state in ("claimed", "answered") and checked:
            await self.do(number, "answer", LUCY, text="A draft", lang="en")
        if state == "removed":
            await self.do(number, "remove", ASHA, reason="names-a-person")
        decisions: dict[str, tuple[str, dict[str, str | int]]] = {
            "held": ("hold", {"note": "Later"}),
            "rejected": ("reject", {"reason": "off-topic"}),
            "merged": ("merge", {"into": await self.submit() if state == "merged" else 0}),
            "replied": ("reply", {"text": "Please call"}),
            "diverted": ("divert", {"diversion": "report-crime"}),
            "escalated": ("escalate", {"note": "At risk"}),
        }
        if state in decisions:
            command, fields = decisions[state]
            await self.do(number, command, ASHA, **fields)
        if muted:
            await self.do(number, "mute", ASHA)
        if state == "withdrawn":
            await self.do(number, "withdraw", SAM)
        return number
