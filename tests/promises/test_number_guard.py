"""No number and no address reaches anybody that the session does not list, unless a lead says so;
and what somebody is told stays what they were told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from askpanel.eventlog.model import State
from askpanel.moderation.playbookfile import PACKAGED
from tests.promises.stage import Stage, staged
from tests.service import SLUG, STAFF, Participant, StaffClient

WITH_LEAD = (*STAFF, ("leah", "Leah", "lead", ""))
WRONG = "Call the helpline on 0908 1000 900. It is free."
RIGHT = "Call the helpline on 0808 1000 900. It is free."


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(staff=WITH_LEAD) as running:
        yield running


class Crew(dict[str, StaffClient]):
    """The staff of a stage, each signed in once."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage

    def __missing__(self, username: str) -> StaffClient:
        self[username] = self.stage.staff(username)
        return self[username]


@pytest.fixture(scope="module")
def crew(stage: Stage) -> Crew:
    return Crew(stage)


def asked(stage: Stage, text: str = "Whom can I call?") -> tuple[Participant, int]:
    sam = stage.participant()
    number: int = sam.ask(text).json()["number"]
    return sam, number


def approved(crew: Crew) -> tuple[Participant, int]:
    sam, number = asked(crew.stage)
    assert crew["asha"].command(number, "approve").status_code == 200
    return sam, number


def wrong_number_goes_out(crew: Crew) -> bool:
    """A panelist answers with it, and a moderator replies with it: does anybody come to see it?"""
    sam, number = approved(crew)
    alex, other = asked(crew.stage)
    morgan, asha = crew["morgan"], crew["asha"]
    assert morgan.command(number, "claim").status_code == 200
    answers = [
        morgan.command(number, "answer", text=WRONG, lang="en"),
        asha.command(other, "reply", text=WRONG),
    ]
    seen = any("0908" in each.page() for each in (sam, alex, crew.stage.participant()))
    if not seen:
        assert [(each.status_code, each.json()["error"]) for each in answers] == [
            (422, "unverified"),
            (422, "unverified"),
        ]
    return seen


def test_a_wrong_digit_goes_out_to_nobody(crew: Crew) -> None:
    assert not wrong_number_goes_out(crew)


def test_a_guard_that_looks_away_would_be_noticed() -> None:
    with staged(staff=WITH_LEAD, fault="unguarded") as unguarded:
        assert wrong_number_goes_out(Crew(unguarded))


def test_a_listed_number_goes_out_at_once(crew: Crew) -> None:
    sam, number = approved(crew)
    morgan = crew["morgan"]
    morgan.command(number, "claim")
    assert morgan.command(number, "answer", text=RIGHT, lang="en").status_code == 200
    assert RIGHT in sam.page()


def test_a_correction_is_held_against_the_list_as_well(stage: Stage, crew: Crew) -> None:
    _, number = approved(crew)
    morgan = crew["morgan"]
    morgan.command(number, "claim")
    morgan.command(number, "answer", text=RIGHT, lang="en")
    refused = morgan.command(number, "correct", answer="1", text=WRONG)
    assert (refused.status_code, refused.json()["error"]) == (422, "unverified")
    assert stage.question(number).answers[0].text == RIGHT


def test_a_lead_lets_a_number_through_and_the_log_names_it(stage: Stage, crew: Crew) -> None:
    sam, number = asked(stage)
    leah, asha = crew["leah"], crew["asha"]
    text = "Your own police answer on 0161 872 5050."
    assert asha.command(number, "reply", text=text, confirm="1").status_code == 422
    assert leah.command(number, "reply", text=text).status_code == 422
    assert leah.command(number, "reply", text=text, confirm="1").status_code == 200
    assert text in sam.page()
    confirmed = [each.event.numbers for each in stage.snapshot().entries if each.event.numbers]
    assert ["0161 872 5050"] in confirmed


def test_a_panelist_may_ask_a_lead(crew: Crew) -> None:
    sam, number = approved(crew)
    lucy, asha, leah = crew["lucy"], crew["asha"], crew["leah"]
    text = "Your council answers on 0161 234 5000."
    lucy.command(number, "claim")
    asks = lucy.command(number, "answer", text=text, lang="en", ask_lead="1")
    assert asks.status_code == 200, asks.text
    assert text not in sam.page()
    assert asha.command(number, "publish", confirm="1").status_code == 422
    assert leah.command(number, "publish", confirm="1").status_code == 200
    assert text in sam.page()


# What the playbook says


def test_a_reason_is_told_in_the_words_of_the_playbook_in_the_readers_language(
    stage: Stage, crew: Crew
) -> None:
    sam, number = asked(stage, "What about the man at number 12?")
    done = crew["asha"].command(number, "reject", reason="names-a-person")
    assert done.status_code == 200
    stored = stage.question(number)
    assert stored.hidden
    assert stored.told["en"] in sam.page()
    assert stored.told["cy"].replace("'", "&#39;") in sam.page(f"/cy/sessions/{SLUG}")


def test_a_diversion_tells_where_to_report(stage: Stage, crew: Crew) -> None:
    sam, number = asked(stage, "My neighbour hurts his child")
    done = crew["bea"].command(number, "divert", diversion="child-at-risk")
    assert done.json()["state"] == State.DIVERTED
    stored = stage.question(number)
    assert stored.signposts == ["emergency", "report", "stop-it-now"]
    assert stored.told["en"] in sam.page()
    assert crew["asha"].command(number, "approve").status_code == 409


@pytest.mark.parametrize(
    ("command", "field"), [("reject", "reason"), ("divert", "diversion"), ("label", "labels")]
)
def test_a_code_that_the_playbook_does_not_have_changes_nothing(
    stage: Stage, crew: Crew, command: str, field: str
) -> None:
    _, number = asked(stage)
    wrong: dict[str, Any] = {field: "because"}
    refused = crew["asha"].command(number, command, **wrong)
    assert refused.status_code == 422
    assert stage.question(number).state == State.PENDING


def test_what_was_told_cannot_be_sent_along(stage: Stage, crew: Crew) -> None:
    """The words come from the playbook, not from whoever forges a form."""
    _, number = asked(stage)
    forged: dict[str, Any] = {"told": '{"en": "Go away"}', "hidden": "1", "unverified": ""}
    crew["asha"].command(number, "reject", reason="off-topic", **forged)
    assert "Go away" not in str(stage.question(number).told)
    assert not stage.question(number).hidden


def test_another_playbook_changes_what_is_said_and_not_what_was_said(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    kind = "Thank you for asking. The panel cannot answer this one in this session."
    own.write_text(PACKAGED.read_text("utf-8").replace(kind, "Not tonight."), "utf-8")
    with staged(PLAYBOOK=str(own)) as stage:
        sam, number = asked(stage)
        stage.staff("asha").command(number, "reject", reason="off-topic")
        assert "Not tonight." in sam.page()
        stage.stop()
        own.write_text(PACKAGED.read_text("utf-8"), "utf-8")
        stage.start()
        assert "Not tonight." in sam.page()
