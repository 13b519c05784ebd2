"""Stories that chance seldom tells: what the cast does with two approved questions, Sam's and
Alex's, and when everybody's screen is looked at."""

from __future__ import annotations

from typing import Any

from tests.cast import ASHA, BEA, HANA, LEAH, LUCY, MINUTE, MORGAN
from tests.rehearsal import LEASE, SLUG
from tests.theatre import Theatre

ANSWER = {"text": "It is never too late.", "lang": "en"}


def a_draft_takes_over_a_claim_that_lapsed(theatre: Theatre) -> None:
    assert theatre.command(1, "claim", MORGAN)
    theatre.look_at_all()
    theatre.now += LEASE
    assert theatre.command(1, "answer", LUCY, **ANSWER)
    theatre.look_at_all()
    assert theatre.command(1, "return", MORGAN, note="Add the helpline")
    assert theatre.command(1, "answer", LUCY, **ANSWER)
    assert theatre.command(1, "publish", MORGAN)


def claims_are_taken_in_another_order_than_the_questions_came(theatre: Theatre) -> None:
    assert theatre.command(2, "claim", MORGAN)
    assert theatre.command(1, "claim", MORGAN)
    theatre.look_at_all()
    assert theatre.command(2, "claim", MORGAN)


def two_organisations_answer_and_one_answer_is_corrected(theatre: Theatre) -> None:
    for panelist, colleague in ((MORGAN, LUCY), (LUCY, MORGAN)):
        assert theatre.command(2, "answer", panelist, **ANSWER)
        theatre.look_at_all()
        assert theatre.command(2, "publish", colleague)
    assert theatre.command(2, "correct", MORGAN, answer=1, text="It is not too late.")
    theatre.look_at_all()
    assert theatre.command(1, "answer", LUCY, **ANSWER)
    assert theatre.command(1, "publish", ASHA)
    assert theatre.command(2, "remove", ASHA, reason="names-a-person")


def a_decision_is_undone_and_taken_again(theatre: Theatre) -> None:
    assert theatre.command(1, "restore", ASHA)
    assert theatre.command(1, "escalate", ASHA, note="At risk")
    theatre.look_at_all()
    assert theatre.command(1, "acknowledge", BEA)
    assert theatre.command(1, "conclude", BEA, decision="no-danger", note="Not at risk")
    assert theatre.command(1, "restore", BEA)
    assert theatre.command(1, "approve", BEA, text="Is it ever too late?")


def the_host_extends_while_another_process_notices_the_last_minutes(theatre: Theatre) -> None:
    theatre.look_at_all()
    theatre.now = theatre.session.schedule.last_questions
    theatre.moved_on(theatre.run(theatre.store.schedule(SLUG, "extend", HANA, minutes=10)))
    theatre.run(theatre.hub._turn(SLUG, theatre.room))
    theatre.look_at_all()
    theatre.now += 10 * MINUTE


def a_question_is_opened_taken_over_and_given_back(theatre: Theatre) -> None:
    assert theatre.command(1, "restore", ASHA)
    assert theatre.command(1, "lock", ASHA, doing="reading")
    assert theatre.command(2, "lock", ASHA)
    theatre.look_at_all()
    assert theatre.command(1, "lock", ASHA, doing="replying")
    assert theatre.command(1, "annotate", BEA, note="Careful")
    assert theatre.command(1, "label", ASHA, labels="first")
    theatre.look_at_all()
    assert theatre.command(1, "lock", BEA, **{"from": "asha"})
    theatre.look_at_all()
    assert theatre.command(1, "lock", ASHA, **{"from": "bea"})
    assert theatre.command(1, "hand", ASHA, to="bea", to_name="Bea")
    assert theatre.command(2, "unlock", ASHA)
    theatre.look_at_all()
    assert theatre.command(2, "lock", ASHA)
    assert theatre.command(2, "restore", BEA, **{"from": "asha"})
    assert theatre.command(1, "lock", ASHA)
    theatre.look_at_all()
    theatre.now += LEASE


def a_mute_and_a_private_reply_are_seen_on_the_screens(theatre: Theatre) -> None:
    for number in (1, 2):
        assert theatre.command(number, "restore", ASHA)
        assert theatre.command(number, "lock", ASHA)
    assert theatre.command(1, "mute", ASHA)
    theatre.look_at_all()
    assert theatre.command(1, "reply", ASHA, text="Call 999.", lang="en")
    assert theatre.command(1, "respond", theatre.authors["sam"], helped="no")
    assert theatre.command(1, "lock", ASHA)
    assert theatre.command(2, "reject", ASHA, reason="abusive", told='{"en": "No"}', hidden="1")
    theatre.look_at_all()
    assert theatre.command(2, "undo", ASHA, position=theatre.position)
    assert theatre.command(1, "unmute", ASHA)
    assert theatre.command(1, "divert", ASHA, diversion="crime", told='{"en": "Call 101"}')


def colleagues_come_talk_and_go_and_mute_two_authors(theatre: Theatre) -> None:
    for who, screen in ((BEA, "triage"), (ASHA, "triage"), (MORGAN, "desk"), (ASHA, "desk")):
        theatre.seat(who, screen)
        theatre.look_at_all()
    for who in (MORGAN, ASHA, ASHA):
        theatre.moved_on(theatre.run(theatre.backstage.remark(SLUG, who, "Who takes 2 & 3?")))
    theatre.look_at_all()
    for number in (2, 1):
        assert theatre.command(number, "mute", ASHA)
    theatre.look_at_all()
    theatre.seat(ASHA, "triage", sits=False)
    assert theatre.command(2, "unmute", BEA)
    theatre.look_at_all()
    theatre.now += 2 * MINUTE
    theatre.seat(MORGAN, "desk")


def a_risk_is_raised_acknowledged_and_raised_again(theatre: Theatre) -> None:
    for number in (2, 1):
        assert theatre.command(number, "restore", ASHA)
        assert theatre.command(number, "escalate", ASHA, note="At risk")
    theatre.look_at_all()
    assert theatre.command(2, "acknowledge", LEAH)
    assert theatre.command(2, "conclude", LEAH, decision="mistake", note="Not at risk")
    assert theatre.command(2, "restore", LEAH)
    theatre.look_at_all()
    assert theatre.command(2, "escalate", BEA, note="Once more")


def a_question_is_for_one_then_for_all_of_an_organisation_then_for_another(
    theatre: Theatre,
) -> None:
    for_morgan = {"organisation": "gmp", "panelist": "morgan", "panelist_name": "Morgan"}
    assert theatre.command(2, "assign", ASHA, organisation="gmp")
    assert theatre.command(1, "assign", ASHA, **for_morgan)
    theatre.look_at_all()
    assert theatre.command(2, "assign", ASHA, **for_morgan)
    assert theatre.command(1, "claim", LUCY)
    theatre.look_at_all()
    assert theatre.command(1, "assign", ASHA, organisation="gmp") is False
    assert theatre.command(1, "release", LUCY)
    assert theatre.command(1, "assign", ASHA, organisation="gmp")
    theatre.look_at_all()
    position = theatre.known[1].changed.position
    assert theatre.command(1, "undo", ASHA, position=position)
    theatre.look_at_all()
    assert theatre.command(2, "assign", ASHA, organisation="lff")
    assert theatre.command(1, "answer", MORGAN, **ANSWER)


def somebody_types_and_stops(theatre: Theatre) -> None:
    assert theatre.command(1, "claim", MORGAN)
    theatre.now += MINUTE
    assert theatre.command(1, "claim", MORGAN, typing=1)
    theatre.look_at_all()
    theatre.now += MINUTE
    assert theatre.command(1, "claim", MORGAN)


def two_questions_are_taken_together_and_one_after_the_other_parted(theatre: Theatre) -> None:
    """What becomes of one is news to the author of the other."""
    assert theatre.command(2, "restore", ASHA)
    assert theatre.command(2, "merge", ASHA, into=1)
    theatre.look_at_all()
    theatre.ask("alex", "Is it really too late?", "en", "")
    theatre.ask("sam", "Is it?", "en", "")
    assert theatre.command(4, "merge", BEA, into=3)
    assert theatre.command(3, "merge", BEA, into=1)
    theatre.look_at_all()
    assert theatre.command(1, "restore", ASHA)
    assert theatre.command(1, "reject", ASHA, reason="off-topic")
    theatre.look_at_all()
    assert theatre.command(1, "undo", ASHA, position=theatre.position)
    assert theatre.command(1, "approve", ASHA)
    assert theatre.command(1, "answer", LUCY, **ANSWER)
    assert theatre.command(1, "publish", MORGAN)
    theatre.look_at_all()
    assert theatre.command(3, "restore", ASHA)
    theatre.look_at_all()
    assert theatre.command(3, "undo", ASHA, position=theatre.position)
    assert theatre.command(1, "remove", ASHA, reason="live-case")


def an_answer_is_given_in_both_languages_and_signed_by_both(theatre: Theatre) -> None:
    in_welsh: dict[str, Any] = {"answer": 1, "lang": "cy"}
    assert theatre.command(2, "answer", MORGAN, **ANSWER)
    assert theatre.command(2, "publish", LUCY)
    assert theatre.command(2, "translate", MORGAN, text="Nid yw'n rhy hwyr.", **in_welsh)
    theatre.look_at_all()
    assert theatre.command(2, "publish", LUCY)
    assert theatre.command(2, "cosign", LUCY, answer=1)
    theatre.look_at_all()
    assert theatre.command(2, "undo", LUCY, position=theatre.position)
    assert theatre.command(2, "correct", MORGAN, answer=1, text="It is not too late.")
    assert theatre.command(2, "publish", LUCY)


def the_host_tells_everybody_and_takes_it_down_while_two_are_answered(theatre: Theatre) -> None:
    stage, backstage = theatre.run, theatre.backstage
    first = stage(backstage.announce(SLUG, HANA, {"en": "We go on until 8 & 10 past."}))
    theatre.moved_on(first)
    assert theatre.command(2, "claim", MORGAN)
    theatre.look_at_all()
    theatre.moved_on(stage(backstage.announce(SLUG, HANA, {"en": "Both.", "cy": "Y ddau."})))
    assert theatre.command(1, "claim", LUCY)
    theatre.look_at_all()
    theatre.moved_on(stage(backstage.retract(SLUG, HANA, first)))
    assert theatre.command(2, "answer", MORGAN, **ANSWER)
    theatre.look_at_all()


def the_host_moves_the_session_before_it_starts(theatre: Theatre) -> None:
    """Later, sooner, and once more; everybody is at the page, and questions can be sent already."""
    for hours in (2, 1, 4):
        theatre.now = theatre.session.schedule.starts - 90 * MINUTE
        starts = theatre.now + hours * 60 * MINUTE
        times = (starts, starts + 90 * MINUTE)
        theatre.moved_on(theatre.run(theatre.store.schedule(SLUG, "move", HANA, times=times)))
        held = theatre.run(theatre.store.session(SLUG))
        assert held is not None
        theatre.session = held
        theatre.look_at_all()


STORIES = (
    the_host_moves_the_session_before_it_starts,
    the_host_tells_everybody_and_takes_it_down_while_two_are_answered,
    two_questions_are_taken_together_and_one_after_the_other_parted,
    an_answer_is_given_in_both_languages_and_signed_by_both,
    a_question_is_for_one_then_for_all_of_an_organisation_then_for_another,
    somebody_types_and_stops,
    colleagues_come_talk_and_go_and_mute_two_authors,
    a_risk_is_raised_acknowledged_and_raised_again,
    a_draft_takes_over_a_claim_that_lapsed,
    claims_are_taken_in_another_order_than_the_questions_came,
    two_organisations_answer_and_one_answer_is_corrected,
    a_decision_is_undone_and_taken_again,
    the_host_extends_while_another_process_notices_the_last_minutes,
    a_question_is_opened_taken_over_and_given_back,
    a_mute_and_a_private_reply_are_seen_on_the_screens,
)
