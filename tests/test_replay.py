"""A page drawn at position N, with the frames N+1 to M applied to it, is the page drawn at M:
for every kind of screen, in both languages, whatever the cast does in between."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from askpanel.chat.fragments import Public
from askpanel.chat.frames import Ops
from askpanel.chat.reel import Audience, Drawing
from askpanel.eventlog.projection import Moment
from askpanel.moderation.desk import Desk
from askpanel.moderation.triage import Triage
from tests.cast import ASHA
from tests.rehearsal import Stage, play, stage
from tests.stories import STORIES, a_question_is_opened_taken_over_and_given_back
from tests.theatre import AUDIENCES, Theatre


@pytest.mark.parametrize("night", range(6))
def test_a_page_with_the_frames_since_is_the_page_drawn_now(
    engine_url: str, prefix: str, night: int
) -> None:
    with stage(engine_url, prefix) as lit:
        play(lambda: Theatre(lit), night)


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
@pytest.mark.parametrize("show_waiting", [True, False], ids=["waiting", "nothing waiting"])
def test_the_same_in_a_story_that_chance_seldom_tells(
    engine_url: str, prefix: str, tell: Callable[[Theatre], None], show_waiting: bool
) -> None:
    with stage(engine_url, prefix) as lit:
        perform(Theatre(lit), tell, show_waiting=show_waiting)


def perform(theatre: Theatre, tell: Callable[[Theatre], None], *, show_waiting: bool) -> None:
    """One story, from the arrival of its questions to the last look."""
    questions = [("sam", "Is it too late?", "en", ""), ("alex", "Pryd?", "cy", "law")]
    theatre.arrive(
        show_waiting=show_waiting, second_check=True, arrival="on time", questions=questions
    )
    for number in (1, 2):
        assert theatre.command(number, "approve", ASHA)
    tell(theatre)
    theatre.teardown()


class Faulty:
    """An audience with a fault planted in what it draws for all, or for one."""

    def __init__(
        self,
        audience: Audience,
        shared: Callable[[Ops], Ops] = list,
        own: Callable[[Ops], Ops] = list,
    ) -> None:
        self._audience, self._faults = audience, (shared, own)
        self.published = audience.published

    def keys(self, moment: Moment) -> Collection[str]:
        return self._audience.keys(moment)

    def shared(self, moment: Moment, locale: str) -> Drawing:
        drawing = self._audience.shared(moment, locale)
        return drawing._replace(ops=self._faults[0](drawing.ops))

    def own(self, moment: Moment, locale: str, key: str) -> Drawing:
        drawing = self._audience.own(moment, locale, key)
        return drawing._replace(ops=self._faults[1](drawing.ops))


def without(op: str) -> Callable[[Ops], Ops]:
    return lambda ops: [each for each in ops if each[0] != op]


def prepending(ops: Ops) -> Ops:
    return [("prepend", op[1], op[2]) if op[0] == "append" else op for op in ops]


def telling_all(ops: Ops) -> Ops:
    return [*ops, ("append", "mine", '<li id="mine-1">Is it too late?</li>')]


def sparing(place: str) -> Callable[[Ops], Ops]:
    return lambda ops: [each for each in ops if not each[1].startswith(place)]


FAULTS: dict[str, tuple[str, Audience]] = {
    "a waiting question stays": ("public", Faulty(Public(), shared=without("remove"))),
    "the phase is not redrawn": ("public", Faulty(Public(), shared=without("replace"))),
    "the author hears nothing": ("public", Faulty(Public(), own=without("morph"))),
    "what is the author's goes to all": ("public", Faulty(Public(), shared=telling_all)),
    "an announcement does not come": ("public", Faulty(Public(), shared=sparing("announcements"))),
    "who answers now is not told": ("public", Faulty(Public(), shared=sparing("answering"))),
    "staff do not see what is pinned": ("triage", Faulty(Triage(), shared=sparing("pinned"))),
    "a count stands still": ("triage", Faulty(Triage(), shared=without("text"))),
    "new questions come on top": ("triage", Faulty(Triage(), shared=prepending)),
    "a card is not redrawn in its place": ("desk", Faulty(Desk(), shared=without("morph"))),
    "a colleague's word is not heard": ("desk", Faulty(Desk(), shared=without("append"))),
    "the holder gets no box": ("desk", Faulty(Desk(), own=without("append"))),
    "what is for one stays with all": ("desk", Faulty(Desk(), own=without("place"))),
    "what is for others stays with all": ("desk", Faulty(Desk(), shared=without("place"))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fragment_that_forgets_something_is_noticed(
    engine_url: str, prefix: str, fault: str
) -> None:
    name, audience = FAULTS[fault]

    def faulty(lit: Stage) -> Theatre:
        theatre = Theatre(lit)
        theatre.audiences = {**AUDIENCES, name: audience}
        return theatre

    with stage(engine_url, prefix) as lit, pytest.raises(AssertionError):
        for tell in STORIES:
            perform(faulty(lit), tell, show_waiting=True)
        for night in range(8):
            play(lambda: faulty(lit), night)


@pytest.mark.parametrize("op", ["append", "morph"])
def test_a_box_that_is_not_drawn_or_stays_as_it_was_is_noticed(
    engine_url: str, prefix: str, op: str
) -> None:
    with stage(engine_url, prefix) as lit:
        theatre = Theatre(lit)
        theatre.audiences = {**AUDIENCES, "triage": Faulty(Triage(), own=without(op))}
        questions = [("sam", "Is it too late?", "en", ""), ("alex", "Pryd?", "cy", "law")]
        theatre.arrive(show_waiting=True, second_check=True, arrival="on time", questions=questions)
        for number in (1, 2):
            assert theatre.command(number, "approve", ASHA)
        with pytest.raises(AssertionError, match="opened"):
            a_question_is_opened_taken_over_and_given_back(theatre)
