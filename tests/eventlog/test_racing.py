"""Several staff at once, over every command there is: no question is lost or in two lists, nothing
is published by anybody who may not, and an undo restores exactly."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from askpanel.eventlog.model import Actor, Done, Event, Question, Refused, State
from askpanel.eventlog.rules import RULES, UNDOABLE
from askpanel.eventlog.script import Script
from askpanel.eventlog.store import Store, read_script
from askpanel.moderation.triage import TRIAGE_LISTS
from tests.cast import SYSTEM
from tests.eventlog.test_rules import TABLE
from tests.rehearsal import SLUG, STAFF, Rehearsal, one_of, play, stage

PEOPLE = {each.username: each for each in STAFF}
FURTHER: dict[str, tuple[str, ...]] = {
    State.ANSWERED: ("correct", "translate", "cosign", "remove"),
    State.ESCALATED: ("acknowledge", "acknowledge", "conclude"),
    State.REPLIED: ("respond",),
    State.CLAIMED: ("answer", "publish", "return"),
}
WORDED = {"answered", "corrected", "translated"}
"""Events after which the public may read words that it could not read before."""


def beside(question: Question) -> Question:
    """A question without what an undo leaves as it is."""
    return msgspec.structs.replace(
        question, changed=None, since=0, notes=[], muted=False, lock=None
    )


def read(question: Question) -> set[str]:
    """Every wording under a question that the public can read."""
    shown = question.state == State.ANSWERED
    wordings = [
        version.text
        for answer in question.answers
        for versions in (answer.versions, *answer.counterparts.values())
        for version in versions
    ]
    return set(wordings) if shown else set()


class Racing(Rehearsal):
    """What each entry of the log did, judged from outside the store."""

    actions: ClassVar[dict[str, int]] = {
        **Rehearsal.actions,
        "race": 8,
        "undo_what_stands": 3,
        "write_with_a_number": 3,
        "go_further": 8,
        "check_a_draft": 3,
    }

    def begin(self) -> None:
        self.judged = 0
        self.records: dict[int, Question] = {}
        self.before: dict[int, Question] = {}
        self.approved: set[int] = set()

    def race(self, data: st.DataObject) -> None:
        """Two to four commands at the same moment, mostly on the same question."""
        if not self.asked:
            return
        favourite = data.draw(one_of(*self.asked), "favourite")
        state = self.known[favourite].state
        fitting = [name for name, each in RULES.items() if state in each.from_] or ["approve"]
        runs: list[tuple[int, str, Actor, dict[str, Any]]] = []
        for _ in range(data.draw(st.integers(2, 4), "racers")):
            number = data.draw(one_of(favourite, favourite, *self.asked), "number")
            command = data.draw(one_of(*fitting, *fitting, *RULES), "command")
            actor = data.draw(one_of(*STAFF, *self.authors.values(), SYSTEM), "actor")
            runs.append((number, command, actor, data.draw(self.fields(), "fields")))
        outcomes = self.run(self.at_once(runs))
        done = sorted(
            (each for each in outcomes if isinstance(each, Done)), key=lambda d: d.position
        )
        for each in done:
            self.moved_on(each.position)
            self.known[each.question.number] = each.question
        for outcome in outcomes:
            assert isinstance(outcome, Done | Refused), outcome

    async def at_once(self, runs: list[tuple[int, str, Actor, dict[str, Any]]]) -> list[object]:
        store: Store = self.store
        return await asyncio.gather(
            *(
                store.decide(SLUG, n, command, actor, **fields)
                for n, command, actor, fields in runs
            ),
            return_exceptions=True,
        )

    def undo_what_stands(self, data: st.DataObject) -> None:
        """The last decision on a question is taken back by somebody who may."""
        standing = {
            number: question.changed
            for number, question in self.known.items()
            if question.changed.standing in UNDOABLE and number in self.before
        }
        if not standing:
            return
        number = data.draw(one_of(*standing), "number")
        change = standing[number]
        may = [each for each in STAFF if each.role in UNDOABLE[change.standing]]
        actor = data.draw(one_of(*may), "actor")
        lock = self.known[number].lock
        self.command(
            number,
            "undo",
            actor,
            position=change.standing_at,
            **({"from": lock.username} if lock else {}),
        )

    def go_further(self, data: st.DataObject) -> None:
        """What seldom comes about by chance: after an answer, a risk, a reply or a lock."""
        open_ = [n for n, q in self.known.items() if FURTHER.get(q.state) or q.lock or q.muted]
        if not open_:
            return
        number = data.draw(one_of(*open_), "number")
        question = self.known[number]
        ways = (
            *FURTHER.get(question.state, ()),
            *(("unmute",) if question.muted else ()),
            "unlock",
        )
        command = data.draw(one_of(*ways), "command")
        fields = data.draw(self.fields(), "fields") | {
            "helped": "no",
            "note": "So",
            "decision": "no-danger",
            "answer": 1,
            "text": "Words",
            "unverified": "",
        }
        if command == "unlock" and question.lock:
            self.command(number, command, PEOPLE[question.lock.username])
        elif command != "unlock":
            self.decide(data, number, command, fields=fields)

    def check_a_draft(self, data: st.DataObject) -> None:
        """By anybody who works here, whoever wrote it too."""
        waiting = [n for n, q in self.known.items() if q.draft and not q.draft.note]
        if waiting:
            number = data.draw(one_of(*waiting), "number")
            draft = self.known[number].draft
            assert draft is not None
            actor = data.draw(one_of(PEOPLE[draft.username], *STAFF), "actor")
            command = data.draw(one_of("publish", "publish", "return"), "command")
            self.decide(data, number, command, actor)

    def write_with_a_number(self, data: st.DataObject) -> None:
        """An answer with a number in it that is not on the session's list."""
        claimed = [n for n, q in self.known.items() if q.state == "claimed" and q.holder]
        if not claimed:
            return
        number = data.draw(one_of(*claimed), "number")
        holder = self.known[number].holder
        assert holder is not None
        fields = data.draw(self.fields(), "fields") | {"unverified": "0908 1000 900"}
        self.command(number, "answer", PEOPLE[holder.username], **fields)

    @invariant()
    def every_entry_was_somebody_s_to_write(self) -> None:
        if self.amiss or not self.position:
            return
        for entry in self.entries_after(self.judged):
            assert entry.position == self.judged + 1
            self.judged = entry.position
            if entry.event.question is not None:
                self.judge(entry.position, entry.event, entry.event.question)

    def judge(self, position: int, event: Event, question: Question) -> None:
        number, was = question.number, self.records.get(question.number)
        self.records[number] = question
        if was is None:
            assert event.type == "submitted"
            return
        assert event.was == was.state
        command = self.command_of(event, question, was)
        froms, to, roles = TABLE[command]
        assert event.was in froms, f"{command} of a question that was {event.was}"
        role = PEOPLE[event.by].role if event.by else "author or system"
        assert role in roles or roles & {"author", "system"}, f"{role} may not {command}"
        if command == "undo":
            self.judge_undo(event, question)
        else:
            self.judge_lead_on(command, to, event, question)
            if RULES[command].undoable:
                self.before[number] = was
            elif not RULES[command].quiet:
                self.before.pop(number, None)
        self.judge_publication(event, question, was)
        assert position >= question.since

    @staticmethod
    def command_of(event: Event, question: Question, was: Question) -> str:
        """The command that an entry tells of: quiet ones leave the question's last change."""
        if question.changed != was.changed:
            return question.changed.command
        (command,) = {
            name for name, rule in RULES.items() if rule.quiet and rule.event == event.type
        } - ({"unlock"} if not event.by else {"lapse"})
        return command

    def judge_lead_on(self, command: str, to: str | None, event: Event, question: Question) -> None:
        drafted = event.type == "drafted"
        helped = command == "respond" and question.needs_help
        risk = question.risk if command == "reply" else None
        stays = risk is not None and event.was == State.ESCALATED and not risk.decision
        if stays:
            assert question.state == State.ESCALATED
        elif not drafted and not helped:
            assert question.state == (to or event.was)

    def judge_undo(self, event: Event, question: Question) -> None:
        """What was before the decision is there again, whoever did what beside it."""
        assert event.of in UNDOABLE
        assert PEOPLE[event.by].role in UNDOABLE[event.of]
        before = self.before.pop(question.number, None)
        if before is not None:
            assert beside(question) == beside(before)

    def judge_publication(self, event: Event, question: Question, was: Question) -> None:
        number = question.number
        if question.state in (State.APPROVED, State.CLAIMED, State.ANSWERED):
            if event.type == "approved":
                assert PEOPLE[event.by].role in ("host", "moderator", "lead")
                self.approved.add(number)
            assert number in self.approved, "on the desk, and nobody has approved it"
        new = read(question) - read(was) if was.published else read(question)
        if not new:
            return
        assert event.type in WORDED, f"{event.type} shows new words"
        writers = {
            version.by
            for answer in question.answers
            for versions in (answer.versions, *answer.counterparts.values())
            for version in versions
            if version.text in new
        }
        if self.session.second_check:
            assert was.draft is not None
            assert was.draft.text in new
            assert was.draft.username != event.by, "published by whoever wrote it"
        else:
            checked = question.changed.command == "publish"
            assert checked or event.by in writers
        if was.draft is not None and was.draft.unverified and was.draft.text in new:
            assert question.changed.command == "publish"
            assert PEOPLE[event.by].role == "lead"
            assert event.numbers == was.draft.unverified

    @invariant()
    def every_question_stands_on_one_list(self) -> None:
        if self.amiss or not self.position:
            return
        snapshot = self.run(self.store.snapshot(SLUG))
        assert {q.number for q in snapshot.questions} == set(self.asked)
        for question in snapshot.questions:
            on = [name for name, states in TRIAGE_LISTS.items() if question.state in states]
            assert len(on) == 1
            assert question == self.known[question.number]


FAULTS = {
    "whoever wrote it publishes it": (
        "if q.draft.username == actor.username then return 'own_draft' end",
        "",
    ),
    "an undo forgets the labels": (
        "old.notes, old.muted, old.lock, old.since =",
        "old.labels = q.labels; old.notes, old.muted, old.lock, old.since =",
    ),
    "any state will do": ("if not contains(rule.from, was)", "if false"),
    "any role will do": ("if not contains(rule.roles, actor.role)", "if false"),
    "a number needs nobody's word": (
        "if actor.role ~= 'lead' or not given(fields.confirm) then return 'unverified' end",
        "",
    ),
    "a draft is published at once": (
        "if not waits then return add_answer(draft) end",
        "if true then return add_answer(draft) end",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_rule_that_slips_is_noticed(engine_url: str, prefix: str, fault: str) -> None:
    class Slipping(Racing):
        def begin(self) -> None:
            super().begin()
            right, wrong = FAULTS[fault]
            text = read_script("decide")
            assert text.count(right) in (1, 2)
            slipping = Script(self.store._client, text.replace(right, wrong))
            self.store._scripts["decide"] = slipping

    with stage(engine_url, prefix) as lit, pytest.raises((AssertionError, KeyError)):
        for night in range(12):
            play(lambda: Slipping(lit), 200 + night)


def test_whoever_races_whom_nothing_is_lost_and_nothing_slips_out(
    engine_url: str, prefix: str
) -> None:
    """Six nights, and as many more as it takes until every command there is was given and done."""
    done: set[str] = set()

    class Counting(Racing):
        @staticmethod
        def command_of(event: Event, question: Question, was: Question) -> str:
            command = Racing.command_of(event, question, was)
            done.add(command)
            return command

    with stage(engine_url, prefix) as lit:
        for night in range(40):
            play(lambda: Counting(lit), 100 + night)
            if night > 5 and done == set(RULES):
                break
    assert done == set(RULES)
