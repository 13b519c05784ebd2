"""What triage decides can be taken back: what was there before is there again, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest

from askpanel.eventlog.rules import TRIAGE, UNDOABLE
from tests.moderation.triage import ask, give, got, opened, page, tagged, text_of
from tests.promises.stage import Stage
from tests.service import StaffClient

BESIDE = ("changed", "notes", "muted", "lock", "since")
"""What an undo leaves as it is, or says of itself."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as running:
        yield running


@pytest.fixture(scope="module")
def asha(stage: Stage) -> Iterator[StaffClient]:
    with closing(stage.staff("asha")) as client:
        yield client


@pytest.fixture(scope="module")
def bea(stage: Stage) -> Iterator[StaffClient]:
    with closing(stage.staff("bea")) as client:
        yield client


def record(stage: Stage, number: int) -> dict[str, Any]:
    """A question without what an undo leaves alone."""
    whole = msgspec.to_builtins(stage.question(number))
    return {name: value for name, value in whole.items() if name not in BESIDE}


DECISIONS: dict[str, dict[str, str]] = {
    "approve": {"text": "May one ask?"},
    "hold": {"note": "Later"},
    "reject": {"reason": "names-a-person"},
    "reply": {"text": "Call 0808 1000 900."},
    "divert": {"diversion": "crime"},
    "merge": {"into": "1"},
    "restore": {},
    "assign": {"organisation": "gmp", "panelist": "morgan"},
    "label": {"labels": "common"},
    "hand": {"to": "bea"},
}


def test_all_that_triage_may_undo_is_tried() -> None:
    ours = {command for command, roles in UNDOABLE.items() if TRIAGE[0] in roles}
    assert ours == set(DECISIONS)


@pytest.mark.parametrize("command", DECISIONS)
def test_what_was_there_before_is_there_again_exactly(
    stage: Stage, asha: StaffClient, bea: StaffClient, command: str
) -> None:
    ask(stage)  # number 1, to be merged into
    number = ask(stage)
    assert give(bea, number, "label", {"labels": "young"}).status_code == 200
    assert give(bea, number, "assign", {"organisation": "lff"}).status_code == 200
    if command == "restore":
        assert give(bea, number, "hold", {"note": "Not yet"}).status_code == 200
    assert give(bea, number, "annotate", {"note": "Seen"}).status_code == 200
    before = record(stage, number)
    done = give(asha, number, command, DECISIONS[command])
    assert done.status_code == 200
    assert record(stage, number) != before
    assert give(bea, number, "annotate", {"note": "Seen twice"}).status_code == 200
    undo = done.json()["undo"]
    assert undo["position"] == done.json()["position"]
    assert undo["say"].startswith("Asha ")
    # Anybody of triage may, also much later and from another page.
    back = give(bea, number, "undo", {"position": str(undo["position"])})
    assert back.status_code == 200
    assert "undo" not in back.json()
    assert record(stage, number) == before
    assert [note.text for note in stage.question(number).notes] == ["Seen", "Seen twice"]


def test_the_opened_question_says_what_an_undo_would_take_back(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    done = give(asha, number, "reject", {"reason": "off-topic"})
    assert give(asha, number, "lock").status_code == 200
    box = got(page(asha), f"open-{number}")
    said = [text_of(e) for e in tagged(box, "button")]
    assert f"Undo: Asha rejected this question {number}" in said
    # And the card has it too, one press away.
    card = got(page(asha), f"question-{number}")
    press = next(e for e in tagged(card, "button") if e.attributes.get("name") == "position")
    assert press.attributes["value"] == str(done.json()["position"])
    assert press.attributes["formaction"].endswith(f"/questions/{number}/undo")


def test_what_has_no_undo_says_why(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage)
    done = give(asha, number, "escalate", {"note": "At risk"})
    assert "undo" not in done.json()
    assert give(asha, number, "lock").status_code == 200
    told = text_of(got(page(asha), f"open-{number}"))
    assert "No undo: Its author has seen the urgent words. Record a decision instead." in told
    refused = give(asha, number, "undo", {"position": str(done.json()["position"])})
    assert (refused.status_code, refused.json()["error"]) == (409, "cannot_undo")
    fresh = ask(stage)
    assert give(asha, fresh, "lock").status_code == 200
    assert "ndo" not in text_of(got(page(asha), f"open-{fresh}"))


def test_only_the_last_change_can_be_undone_and_then_the_one_before(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    number = ask(stage)
    at_first = record(stage, number)
    first = give(asha, number, "label", {"labels": "young"}).json()["undo"]["position"]
    between = record(stage, number)
    second = give(bea, number, "hold", {"note": "Later"}).json()["undo"]["position"]
    refused = give(asha, number, "undo", {"position": str(first)})
    assert (refused.status_code, refused.json()["error"]) == (409, "superseded")
    assert "Bea put this on hold" in refused.json()["message"]
    assert give(asha, number, "undo", {"position": str(second)}).status_code == 200
    assert record(stage, number) == between
    assert give(asha, number, "lock").status_code == 200
    box = got(page(asha), f"open-{number}")
    assert "Undo the step before, too" in text_of(box)
    assert give(asha, number, "undo", {"position": str(first)}).status_code == 200
    assert record(stage, number) == at_first


def test_a_panelist_undoes_nothing_of_triage(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage)
    done = give(asha, number, "approve").json()["undo"]["position"]
    with closing(stage.staff("morgan")) as morgan:
        refused = give(morgan, number, "undo", {"position": str(done)})
    assert (refused.status_code, refused.json()["error"]) == (403, "wrong_role")
    assert stage.question(number).state == "approved"
