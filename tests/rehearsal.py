"""The cast at work: a hypothesis machine that gives random commands to a session in the real
store, on a clock of its own. What must hold meanwhile is said by those who inherit from it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.engine import connect
from askpanel.eventlog.model import Actor, Done, Entry, Present, Question, Refused
from askpanel.eventlog.phase import next_turn, phase, takes_questions
from askpanel.eventlog.rules import REFUSALS, RULES, SCHEDULE_COMMANDS
from askpanel.eventlog.session import Session
from askpanel.eventlog.store import Store
from askpanel.moderation.playbookfile import packaged
from tests.cast import ALEX, ASHA, BEA, HANA, LEAH, LUCY, MINUTE, MORGAN, NOON, SAM, SYSTEM, session

SLUG = "stop-it-now"
SESSION = session()
LEASE = 3 * MINUTE
ARRIVALS = {
    "on time": NOON,
    "early": NOON - 30 * MINUTE,
    "for the last minutes": NOON + 52 * MINUTE,
    "a week before": NOON - 7 * 24 * 60 * MINUTE,
}
TEXTS = (
    "Is it too late to stop?",
    "What do the police see & keep?\n\nAnd <b>for how long</b>?",
    'Beth yw "cymorth"? \u202e?pots I od woH',
    "Why\nnot\n\n" + "a long story " * 30,
)
STAFF = (ASHA, BEA, LEAH, HANA, MORGAN, LUCY)

_T = TypeVar("_T")


def one_of(*values: _T) -> st.SearchStrategy[_T]:
    return st.sampled_from(values)


QUESTION = st.tuples(one_of("sam", "alex"), one_of(*TEXTS), one_of("en", "cy"), one_of("", "law"))


@dataclass
class Stage:
    """The loop and the engine on which all rehearsals of a test take place."""

    runner: asyncio.Runner
    client: Redis
    prefix: str
    nights: Iterator[int]

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.get_loop().run_until_complete(coroutine)


@contextmanager
def stage(engine_url: str, prefix: str) -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        client = connect(engine_url)
        try:
            yield Stage(runner, client, prefix, itertools.count())
        finally:
            runner.run(client.aclose())


def play(machine: Callable[[], Rehearsal], night: int) -> None:
    """Ten examples of `night`'s own, the same in every run. Not more at once: from the eleventh
    on hypothesis mostly varies those that it has had, and a fresh night shows more.

    A failure is told as it happened. To have it told in fewer steps, add `Phase.shrink`, and
    some minutes of patience.
    """
    chosen = settings(
        max_examples=11,
        stateful_step_count=40,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(night)(machine), settings=chosen)  # type: ignore[arg-type]


class Rehearsal(RuleBasedStateMachine):
    """A session and what the cast does in it.

    `position` is where the log must stand, `known` every question as its last command left it,
    `asked` what was sent: (author, words, language), and `amiss` whether a step broke off.
    """

    actions: ClassVar[dict[str, int]] = {
        "answer_what_waits": 6,
        "decide_as_the_rules_allow": 6,
        "decide_anything": 2,
        "submit": 2,
        "submit_again": 1,
        "run_the_session": 1,
        "come_or_go": 1,
        "tell_colleagues": 1,
        "tell_everybody": 2,
        "wait": 2,
        "wait_for_the_next_turn": 1,
        "tick": 2,
    }
    """Names of methods, and how often each is to be chosen. One rule for all of them, because
    hypothesis leaves whole rules out of most runs, and a session without answers shows little."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.run = stage.run
        self.authors = {"sam": SAM, "alex": ALEX}
        self.now = NOON
        self.amiss = True
        self.position = 0
        self.known: dict[int, Question] = {}
        self.asked: dict[int, tuple[str, str, str]] = {}
        prefix = f"{stage.prefix}-{next(stage.nights)}"
        self.store = Store(stage.client, prefix=prefix, lease_ms=LEASE, now=lambda: self.now)
        self.backstage = Backstage(self.store, stage.client)
        self.chosen = one_of(*(a for a, times in self.actions.items() for _ in range(times)))

    @initialize(
        show_waiting=st.booleans(),
        second_check=st.booleans(),
        arrival=one_of("on time", "on time", *ARRIVALS),
        questions=st.lists(QUESTION, min_size=2, max_size=6),
    )
    def arrive(
        self, show_waiting: bool, second_check: bool, arrival: str, questions: list[Any]
    ) -> None:
        """The session is announced, the clock stands somewhere, and some have asked already."""
        self.now = ARRIVALS[arrival]
        variant = {"show_waiting": show_waiting, "second_check": second_check}
        self.session: Session = msgspec.structs.replace(SESSION, **variant)
        self.moved_on(self.run(self.store.create(self.session)))
        self.begin()
        for each in questions:
            self.ask(*each)
        self.amiss = False

    def begin(self) -> None:
        """What an heir does once there is a session."""

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        action = data.draw(self.chosen, "action")
        self.amiss = True
        getattr(self, action)(data)
        self.amiss = False

    def submit(self, data: st.DataObject) -> None:
        self.ask(*data.draw(QUESTION, "question"))

    def submit_again(self, data: st.DataObject) -> None:
        """The answer was lost on its way, and the browser sends the same form once more."""
        if self.asked:
            number = data.draw(one_of(*self.asked), "number")
            again = self.send(self.authors["sam"], "Something else", "en", "", number)
            assert again.question == self.known[number]
            assert self.entries_after(self.position) == []

    def decide_as_the_rules_allow(self, data: st.DataObject) -> None:
        if self.asked:
            number = data.draw(one_of(*self.asked), "number")
            state = self.known[number].state
            fitting = [name for name, each in RULES.items() if state in each.from_]
            # What only stands beside a question is most of what is allowed, and shows least.
            fitting += [name for name in fitting if RULES[name].to] * 3
            if fitting:
                self.decide(data, number, data.draw(one_of(*fitting), "command"))

    def answer_what_waits(self, data: st.DataObject) -> None:
        """The way that most questions go, so that the lists grow long enough to be wrong."""
        ways = {"claimed": "answer", "approved": "claim", "pending": "approve"}
        for state, command in ways.items():
            waiting = [number for number, each in self.known.items() if each.state == state]
            wanted = data.draw(st.integers(0, 2), f"{command} one") if waiting else 0
            if wanted:
                number = data.draw(one_of(*waiting), "number")
                checked = command == "answer" and self.known[number].draft
                self.decide(data, number, "publish" if checked else command)
                return

    def decide_anything(self, data: st.DataObject) -> None:
        """Any command by anybody on any question, mostly to be refused."""
        actors = [*self.authors.values(), *STAFF, SYSTEM]
        command, actor = data.draw(st.tuples(one_of(*RULES, "vote"), one_of(*actors)), "command")
        self.decide(data, data.draw(one_of(*self.asked, 999), "number"), command, actor)

    def run_the_session(self, data: st.DataObject) -> None:
        often = [*SCHEDULE_COMMANDS] * 2 + ["open", "pause", "resume", "extend"]
        command, who = data.draw(st.tuples(one_of(*often), one_of(HANA, HANA, ASHA)), "schedule")
        try:
            times = (self.now + 30 * MINUTE, self.now + 90 * MINUTE)
            position = self.run(self.store.schedule(SLUG, command, who, 10, times))
        except Refused as refusal:
            self.refused(refusal)
            return
        self.moved_on(position)
        held = self.run(self.store.session(SLUG))
        assert held is not None
        self.session = held

    def come_or_go(self, data: st.DataObject) -> None:
        """Somebody of the staff sits down at a screen, or rises from it; a reload is neither."""
        who, screen = data.draw(st.tuples(one_of(*STAFF), one_of("triage", "desk")), "seat")
        self.seat(who, screen, sits=data.draw(st.booleans(), "sits"))

    def seat(self, who: Actor, screen: str, *, sits: bool = True) -> None:
        token = f"a process {who.username} {screen}"
        if sits:
            person = Present(
                username=who.username,
                name=who.name,
                role=who.role,
                organisation=who.organisation,
                screen=screen,
            )
            position = self.run(self.backstage.sit(SLUG, token, person))
        else:
            position = self.run(self.backstage.rise(SLUG, token))
        if position:
            self.moved_on(position)

    def tell_colleagues(self, data: st.DataObject) -> None:
        who, text = data.draw(st.tuples(one_of(*STAFF), one_of(*TEXTS)), "remark")
        self.moved_on(self.run(self.backstage.remark(SLUG, who, text)))

    def tell_everybody(self, data: st.DataObject) -> None:
        """The host, mostly, pins something on top of the page or takes it down."""
        who = data.draw(one_of(HANA, HANA, HANA, ASHA), "announcer")
        pinned = self.run(self.store.snapshot(SLUG)).pinned
        takes_down = data.draw(st.booleans(), "takes down")
        if pinned and takes_down:
            id_ = data.draw(one_of(*(each.id for each in pinned), 999), "announcement")
            self.announced(self.backstage.retract(SLUG, who, id_))
            return
        text, welsh = data.draw(st.tuples(one_of(*TEXTS), one_of("", *TEXTS)), "announcement")
        words = {"en": text, "cy": welsh} if welsh else {"en": text}
        self.announced(self.backstage.announce(SLUG, who, words))

    def announced(self, command: Coroutine[Any, Any, int]) -> None:
        """Carried out, refused, or there already."""
        try:
            position = self.run(command)
        except Refused as refusal:
            self.refused(refusal)
            return
        if position > self.position:
            self.moved_on(position)

    def wait(self, data: st.DataObject) -> None:
        self.now += int(data.draw(one_of(0.5, 1, 2, 3.5), "minutes") * MINUTE)

    def wait_for_the_next_turn(self, data: st.DataObject) -> None:
        self.now = next_turn(self.session.schedule, self.now) or self.now + MINUTE

    def tick(self, data: st.DataObject) -> None:
        """What the clock alone brings: a notice of the phase, and the end of stale claims."""
        present = phase(self.session.schedule, self.now)
        try:
            self.moved_on(self.run(self.store.notice_phase(SLUG, present)))
        except Refused as refusal:
            self.refused(refusal)
        for number in [n for n, q in self.known.items() if q.state == "claimed"]:
            self.command(number, "expire", SYSTEM)
        for number in [n for n, q in self.known.items() if q.lock]:
            self.command(number, "lapse", SYSTEM)

    def ask(self, who: str, text: str, lang: str, topic: str) -> None:
        author, number = self.authors[who], len(self.asked) + 1
        done = None
        try:
            done = self.send(author, text, lang, topic, number)
        except Refused as refusal:
            self.refused(refusal)
        muted = any(q.muted for q in self.known.values() if q.author == author.author)
        taken = takes_questions(self.session.schedule, self.now) and not muted
        assert (done is not None) == taken
        if done is None:
            return
        self.moved_on(done.position)
        assert done.question.number == number
        self.known[number] = done.question
        self.asked[number] = author.author, text, lang

    def send(self, author: Actor, text: str, lang: str, topic: str, number: int) -> Done:
        nonce = f"nonce-{number}"
        sent = self.store.submit(
            SLUG, author=author.author, nonce=nonce, text=text, lang=lang, topic=topic
        )
        return self.run(sent)

    def decide(
        self,
        data: st.DataObject,
        number: int,
        command: str,
        actor: Actor | None = None,
        fields: dict[str, Any] | None = None,
    ) -> None:
        """A command by `actor`, or by somebody whose role may give it."""
        if fields is None:
            fields = data.draw(self.fields(), "fields")
        if actor is None:
            own = Actor(role="author", author=self.asked[number][0])
            cast = [each for each in (own, *STAFF, SYSTEM) if each.role in RULES[command].roles]
            actor = data.draw(one_of(*cast), "actor")
        self.command(number, command, actor, **fields)

    def command(self, number: int, command: str, actor: Actor, **fields: str | int) -> bool:
        """Give a command; False if it was refused."""
        try:
            done = self.run(self.store.decide(SLUG, number, command, actor, **fields))
        except Refused as refusal:
            known = None if refusal.code == "unknown_command" else self.known.get(number)
            self.refused(refusal, known=known)
            return False
        self.moved_on(done.position)
        self.known[number] = done.question
        return True

    def fields(self) -> st.SearchStrategy[dict[str, Any]]:
        """Fields as forms bring them: mostly good, sometimes empty or aimed at nothing."""
        return st.fixed_dictionaries(
            {
                "text": one_of("An answer.", *TEXTS, ""),
                "note": one_of("Ask the <lead> first", "Done", "Yes", "No", ""),
                "reason": one_of(*(each.code for each in packaged().reasons)),
                "organisation": one_of("gmp", "lff", "gmp", "cumbria"),
                "panelist": one_of("", "", "morgan", "lucy"),
                "panelist_name": one_of("Morgan", "Lucy"),
                "lang": one_of("en", "cy"),
                "into": one_of(*self.asked, 999),
                "answer": one_of(1, 1, 2),
                "helped": one_of("yes", "no", "perhaps"),
                "diversion": one_of("report-crime", "live-case"),
                "told": one_of("", '{"en": "Call 101", "cy": "Ffoniwch 101"}'),
                "decision": one_of("no-danger", "mistake", ""),
                "labels": one_of("", "later", "later law"),
                "to": one_of("asha", "bea"),
                "from": one_of("", "", "asha", "bea"),
                "position": one_of(*{q.changed.position for q in self.known.values()}, 1),
                "unverified": one_of("", "", "", "0908 1000 900"),
                "confirm": one_of("", "1"),
                "ask_lead": one_of("", "1"),
            }
        )

    def moved_on(self, position: int) -> None:
        """The log has grown by one entry, or positions are not dense."""
        assert position == self.position + 1
        self.position = position

    def refused(self, refusal: Refused, known: Question | None = None) -> None:
        """A refusal has its words, says how the question stands, and leaves no trace."""
        assert refusal.code in REFUSALS
        assert refusal.question == known
        assert self.entries_after(self.position) == []

    def entries_after(self, position: int) -> list[Entry]:
        return self.run(self.store.entries(SLUG, position + 1, position + 1000))
