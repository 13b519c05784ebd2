"""What has become of a question, for whoever asked it: every step in order, in both languages, and
nothing that only staff may know."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import msgspec
import pytest

from askpanel.chat.steps import Step, adds_state, steps
from askpanel.eventlog.model import Change, Question, State
from tests.cast import ASHA, BEA, LEAH, LUCY, MINUTE, MORGAN, NOON
from tests.chat.parlour import Parlour, parlour

STEPS = re.compile(r'<ol class="ask-steps">(.*?)</ol>', re.DOTALL)
ITEM = re.compile(r"<li([^>]*)>(.*?)</li>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
NOW = ' aria-current="step"'
ANSWER = {"text": "It is never too late.", "lang": "en"}
SENT = "Sent at 12pm, Saturday 21 November 2026 (UK time)"


@pytest.fixture
async def house(engine_url: str, prefix: str, tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(engine_url, prefix, tmp_path) as opened:
        yield opened


class Told:
    """Sam, whose first question is the one that everything happens to."""

    def __init__(self, house: Parlour) -> None:
        self.house = house

    async def ask(self, text: str = "Is it too late?", who: str = "sam") -> int:
        asked = await self.house.ask(await self.house.person(who), text)
        return int(asked.json()["number"])

    async def after(
        self, minutes: int, number: int, command: str, *who: object, **how: str | int
    ) -> None:
        """A command, and how many minutes after the one before it was given."""
        self.house.clock[0] += minutes * MINUTE
        await self.house.do(number, command, *who, **how)  # type: ignore[arg-type]

    async def steps(self, locale: str = "en") -> list[str]:
        """The steps of the first question on the list, the present one marked with a star."""
        page = await self.house.page(await self.house.person("sam"), locale)
        found = STEPS.findall(page)[0]
        items = [
            (mark, TAG.sub("", unescape(words)).strip()) for mark, words in ITEM.findall(found)
        ]
        assert [mark for mark, _ in items].count(NOW) == 1
        return [f"*{words}" if mark == NOW else words for mark, words in items]


@pytest.fixture
def told(house: Parlour) -> Told:
    return Told(house)


async def test_an_answer_is_told_step_by_step(told: Told) -> None:
    number = await told.ask()
    assert await told.steps() == [SENT, "*Waiting for a moderator"]
    await told.after(2, number, "approve")
    read = [SENT, "Read by a moderator", "Passed on to the panel"]
    assert await told.steps() == [*read, "*Waiting for an answer"]
    await told.after(1, number, "claim", MORGAN)
    assert await told.steps() == [*read, "*Being answered now"]
    await told.after(13, number, "answer", MORGAN, **ANSWER)
    assert await told.steps() == [*read, "*Answered at 12:16pm"]
    await told.after(4, number, "answer", LUCY, **ANSWER)
    assert await told.steps() == [*read, "Answered at 12:16pm", "*Answered once more at 12:20pm"]
    await told.after(1, number, "correct", MORGAN, answer=1, text="Never.")
    assert (await told.steps())[-1] == "*The answer was corrected at 12:21pm"
    await told.after(1, number, "remove", reason="names-a-person")
    assert (await told.steps())[-2:] == [
        "The answer was corrected at 12:21pm",
        "*Taken down at 12:22pm",
    ]


async def test_the_same_in_welsh_with_its_clock(told: Told) -> None:
    number = await told.ask()
    await told.after(76, number, "approve")
    await told.after(1, number, "answer", MORGAN, **ANSWER)
    assert await told.steps("cy") == [
        "Anfonwyd am 12:00, Dydd Sadwrn 21 Tachwedd 2026 (amser y DU)",
        "Darllenwyd gan gymedrolwr",
        "Trosglwyddwyd i'r panel",
        "*Atebwyd am 13:17",
    ]


async def test_a_private_reply_and_what_its_reader_said_of_it(told: Told) -> None:
    number, sam = await told.ask(), await told.house.person("sam")
    await told.after(5, number, "reply", text="Call us.", lang="en")
    read = [SENT, "Read by a moderator"]
    assert await told.steps() == [*read, "*Answered for you alone at 12:05pm"]
    path = f"/sessions/stop-it-now/questions/{number}/respond"
    assert (await sam.post(path, data={"helped": "no"})).status_code == 303
    again = [*read, "Answered for you alone at 12:05pm", "You said that you still need help"]
    assert await told.steps() == [*again, "*A moderator looks at it again"]
    await told.after(5, number, "reply", text="Call 101.", lang="en")
    assert await told.steps() == [*again, "*Answered for you alone at 12:10pm"]
    assert (await sam.post(path, data={"helped": "yes"})).status_code == 303
    assert (await told.steps())[-1] == "*You said that the reply helped"


async def test_immediate_risk_and_what_followed(told: Told) -> None:
    number = await told.ask()
    await told.after(1, number, "escalate", note="At risk")
    assert await told.steps() == [SENT, "*A moderator is reading this now"]
    await told.after(1, number, "reply", text="Call 999 now.", lang="en")
    assert await told.steps() == [
        SENT,
        "Answered for you alone at 12:02pm",
        "*A moderator is reading this now",
    ]
    await told.after(1, number, "acknowledge", BEA)
    await told.after(1, number, "conclude", BEA, decision="no-danger", note="A figure of speech")
    assert (await told.steps())[-1] == "*A moderator has read this"


@pytest.mark.parametrize(
    ("command", "how", "last"),
    [
        ("reject", {"reason": "off-topic"}, "*Not published"),
        ("divert", {"diversion": "crime"}, "*For you alone: where to report this"),
        ("merge", {"into": "2"}, "*Taken together with another question"),
    ],
)
async def test_what_is_not_answered_here_ends_with_why(
    told: Told, command: str, how: dict[str, str], last: str
) -> None:
    number = await told.ask()
    await told.ask("Something like it?", "alex")
    await told.after(1, number, command, **how)
    assert await told.steps() == [SENT, "Read by a moderator", last]


async def test_what_its_author_took_back(told: Told) -> None:
    number, sam = await told.ask(), await told.house.person("sam")
    told.house.clock[0] += 3 * MINUTE
    path = f"/sessions/stop-it-now/questions/{number}/withdraw"
    assert (await sam.post(path)).status_code == 303
    assert await told.steps() == [SENT, "*Withdrawn by you at 12:03pm"]


async def test_what_was_asked_on_another_day_says_which(told: Told) -> None:
    told.house.clock[0] = NOON - 24 * 60 * MINUTE
    await told.ask()
    told.house.clock[0] = NOON
    assert (await told.steps())[0] == "Sent at 12pm, Friday 20 November 2026 (UK time)"


async def test_what_only_staff_may_know_makes_no_step(told: Told) -> None:
    number = await told.ask()
    before = await told.steps()
    await told.after(1, number, "hold", note="Ask Hana")
    await told.after(1, number, "lock", BEA)
    await told.after(1, number, "label", BEA, labels="young")
    await told.after(1, number, "annotate", note="Asked last year")
    assert await told.steps() == before
    await told.after(1, number, "unlock", BEA)
    await told.after(1, number, "approve")
    approved = await told.steps()
    await told.after(1, number, "assign", LEAH, organisation="lff")
    await told.after(1, number, "label", ASHA, labels="")
    await told.after(1, number, "mute", LEAH)
    assert await told.steps() == approved


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_last_step(state: State) -> None:
    question = Question(
        number=1,
        state=state,
        text="Why?",
        lang="en",
        author="sam",
        at=NOON,
        changed=Change(command="submit", at=NOON),
    )
    found = steps(question)
    assert found[0] == Step("Sent at %(time)s (%(zone)s)", NOON)
    assert all(step.at or "%(time)s" not in step.words for step in found)
    # A parked question is to its author one that waits.
    if state is State.HELD:
        waits = msgspec.structs.replace(question, state=State.PENDING)
        assert (steps(waits), adds_state(waits)) == (found, adds_state(question))
