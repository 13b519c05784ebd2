"""Questions like the one that comes: the right ones, from the right lists, at a bounded cost."""

from __future__ import annotations

import gc
import weakref

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askpanel.eventlog.model import Entry, Event, Question, State
from askpanel.eventlog.projection import Projection
from askpanel.moderation import similar
from askpanel.moderation.likeness import content_of, likeness
from askpanel.moderation.similar import LISTED, MOST, THRESHOLD, Similarities
from askpanel.moderation.unmasked import normal_form
from bench.rig.pairing import Pair, filled, offered, pairs, quality
from tests.cast import session
from tests.promises.naughty import everything

PAIRS = pairs()
ASKED = "Will the police tell my wife?"


def waiting(*texts: str, lang: str = "en") -> Projection:
    return filled(session(), ((text, lang) for text in texts))


def change(projection: Projection, number: int, **changes: object) -> None:
    """One more entry of the log, with the question as it is then."""
    question = msgspec.structs.replace(projection.questions[number], **changes)
    event = Event(type="changed", at=0, was=str(projection.questions[number].state))
    event = msgspec.structs.replace(event, question=question)
    projection.apply(Entry(position=projection.position + 1, event=event))


def arrive(projection: Projection, text: str) -> None:
    """A new question, from the log."""
    number = len(projection.questions) + 1
    question: Question = msgspec.structs.replace(projection.questions[1], number=number, text=text)
    event = Event(type="submitted", at=0, question=question)
    projection.apply(Entry(position=projection.position + 1, event=event))


def found(projection: Projection, text: str = ASKED, lang: str = "en") -> list[int]:
    return [each.number for each in Similarities().similar_to(text, lang, projection)]


def likeness_of(a: str, b: str, lang: str = "en") -> int:
    return likeness(content_of(a, lang), content_of(b, lang))


def of(part: str) -> list[Pair]:
    return [pair for pair in PAIRS if pair.part == part]


def test_there_are_pairs_enough_of_every_kind_to_judge_by() -> None:
    kinds = {(pair.part, pair.lang, pair.same) for pair in PAIRS}
    assert len(PAIRS) >= 80
    assert len(kinds) == 8
    assert len({(pair.a, pair.b) for pair in PAIRS}) == len(PAIRS)


def test_the_threshold_holds_on_the_pairs_it_was_chosen_on() -> None:
    judged = quality(of("chosen"), THRESHOLD)
    assert judged.precision >= 0.96
    assert judged.recall >= 0.96


def test_the_threshold_holds_on_pairs_that_it_has_never_seen() -> None:
    judged = quality(of("held"), THRESHOLD)
    assert judged.precision >= 0.96
    assert judged.recall >= 0.85


def test_a_threshold_that_offers_too_much_would_be_seen() -> None:
    assert quality(of("held"), 20).precision < 0.9
    assert quality(of("held"), 101).recall == 0


def test_among_all_the_others_the_twin_is_the_one_that_is_offered() -> None:
    shown = list(offered(session(), PAIRS))
    twins = [pair.b in texts for pair, texts in shown if pair.same]
    lookalikes = [pair.b in texts for pair, texts in shown if not pair.same]
    assert sum(twins) >= 0.95 * len(twins)
    assert sum(lookalikes) <= 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Will the police tell my wife?", "Will the police tell my husband?"),
        ("Can I be charged for this at 16?", "Can I be charged for this at 26?"),
        ("Do I have to answer in an interview?", "Do I not have to answer in an interview?"),
        ("What does category A mean?", "What does category B mean?"),
    ],
)
def test_another_person_age_or_a_denial_is_another_question(a: str, b: str) -> None:
    assert likeness_of(a, b) < THRESHOLD <= likeness_of(a, a.upper() + " !!")


def test_slips_and_word_forms_do_not_hide_a_twin() -> None:
    said = "Do the police arrest everyone they investigate?"
    assert likeness_of(said, "does the police arest everyone who is investigated") >= THRESHOLD
    assert likeness_of("Ydy'r heddlu'n arestio pawb?", "fydd heddlu yn arestio pawb", "cy") >= 70


def test_a_welsh_question_is_not_like_an_english_one() -> None:
    assert likeness_of("Beth yw'r gyfraith ar sexting?", "What is the law on sexting?") == 0


def test_the_best_three_come_first() -> None:
    projection = waiting(
        "Will the police tell my husband?",
        "will the police tell my wife about the arrest",
        "Will the police tell my wife",
        "WILL POLICE TELL MY WIFE AND WHEN",
        "Do the police tell wives?",
        "How do I stop?",
    )
    similarities = Similarities(threshold=40)
    best = similarities.similar_to(ASKED, "en", projection)
    assert [each.number for each in best] == [3, 5, 4]
    assert best[0].score == 100
    assert len(best) == MOST


@pytest.mark.parametrize("state", State)
def test_only_what_waits_or_is_answered_is_offered(state: State) -> None:
    projection = waiting(ASKED)
    change(projection, 1, state=state)
    assert bool(found(projection)) == (state in LISTED)


def test_a_question_that_is_put_back_is_offered_again() -> None:
    projection, similarities = waiting(ASKED), Similarities()
    change(projection, 1, state=State.REJECTED)
    assert similarities.similar_to(ASKED, "en", projection) == []
    change(projection, 1, state=State.PENDING)
    assert len(similarities.similar_to(ASKED, "en", projection)) == 1


def test_an_edited_question_is_found_by_what_its_author_asked() -> None:
    projection = waiting(ASKED)
    change(projection, 1, text="Who is informed of a visit?", original=ASKED)
    assert found(projection) == [1]


def test_what_arrives_is_found_at_once() -> None:
    projection, similarities = waiting("How do I stop?"), Similarities()
    assert similarities.similar_to(ASKED, "en", projection) == []
    arrive(projection, ASKED)
    assert [each.number for each in similarities.similar_to(ASKED, "en", projection)] == [2]


def test_the_very_same_text_is_told_whatever_became_of_it() -> None:
    projection, similarities = waiting("How do I stop?", ASKED, "HOW DO I STOP"), Similarities()
    change(projection, 1, state=State.REJECTED)
    _, same = similarities.found("how  do I stop...", "en", projection)
    assert sorted(same) == [1, 3]


def test_a_process_that_starts_late_reads_the_newest_first_and_all_in_the_end() -> None:
    others = [f"Is question {number} about something else?" for number in range(50)]
    projection, similarities = waiting(ASKED, *others, ASKED), Similarities()
    assert [each.number for each in similarities.similar_to(ASKED, "en", projection)] == [52]
    turns = 1
    while similarities.read_more(projection):
        turns += 1
    assert turns >= len(projection.questions) // similar.READ_AT_ONCE
    assert [each.number for each in similarities.similar_to(ASKED, "en", projection)] == [1, 52]


def test_a_search_compares_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    projection, similarities = waiting(*[ASKED] * 500, "How do I stop?"), Similarities()
    while similarities.read_more(projection):
        pass
    compared: list[object] = []

    def counted(*given: object) -> int:
        compared.append(given)
        return 0

    monkeypatch.setattr(similar, "likeness", counted)
    similarities.similar_to("Will police tell my wife today?", "en", projection)
    assert 0 < len(compared) <= similar.COMPARED


def test_the_same_text_again_and_again_is_offered_where_it_was_first_asked() -> None:
    projection, similarities = waiting("How do I stop?", *[ASKED] * 200), Similarities()
    while similarities.read_more(projection):
        pass
    best, same = similarities.found(ASKED, "en", projection)
    assert [each.number for each in best] == [2, 3, 4]
    assert same[:3] == [2, 3, 4]


def test_sessions_are_kept_apart_and_forgotten_with_their_projection() -> None:
    similarities = Similarities()
    here, there = waiting(ASKED), waiting("How do I stop?")
    assert len(similarities.similar_to(ASKED, "en", here)) == 1
    assert similarities.similar_to(ASKED, "en", there) == []
    gone = weakref.ref(here)
    del here
    gc.collect()
    assert gone() is None


def test_naughty_strings_are_found_again() -> None:
    texts = [text for text in everything() if normal_form(text)]
    projection, similarities = waiting(*texts), Similarities()
    while similarities.read_more(projection):
        pass
    for text in texts:
        assert 100 in [each.score for each in similarities.similar_to(text, "en", projection)]


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "cy"]))
@settings(deadline=None, max_examples=100)
def test_likeness_is_a_number_whatever_is_compared(a: str, b: str, lang: str) -> None:
    assert 0 <= likeness_of(a, b, lang) <= 100
    assert likeness_of(a, a, lang) in (0, 100)
