"""Who has a question open decides it; a colleague takes it over by name, and never by accident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from askpanel.eventlog.rules import RULES
from askpanel.moderation.wording import DOING
from tests.moderation.triage import ask, find, forms, give, got, opened, page, tagged, text_of
from tests.promises.stage import Stage
from tests.screen import parse
from tests.service import StaffClient

FIELDS = {
    "hold": {"note": "Later"},
    "reject": {"reason": "abusive"},
    "reply": {"text": "No."},
    "merge": {"into": "1"},
    "divert": {"diversion": "crime"},
    "assign": {"organisation": "gmp"},
    "hand": {"to": "leah"},
    "escalate": {"note": "At risk"},
    "undo": {"position": "1"},
}


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


@pytest.mark.parametrize("doing", ["", *DOING])
def test_colleagues_see_who_has_it_open_and_what_they_do(
    stage: Stage, asha: StaffClient, bea: StaffClient, doing: str
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock", {"doing": doing}).status_code == 200
    card = text_of(got(page(bea), f"question-{number}"))
    said = {"": "Asha has this open", "replying": "Asha is replying"}.get(doing, "Asha is ")
    assert said in card
    assert give(asha, number, "unlock").status_code == 200
    assert "Asha" not in text_of(got(page(bea), f"question-{number}"))


@pytest.mark.parametrize("command", [name for name, rule in RULES.items() if rule.guarded])
def test_no_decision_falls_on_a_question_that_a_colleague_has_open(
    stage: Stage, asha: StaffClient, bea: StaffClient, command: str
) -> None:
    ask(stage)
    number = ask(stage)
    if command == "restore":
        assert give(asha, number, "hold", {"note": "Later"}).status_code == 200
    assert give(asha, number, "lock", {"doing": "replying"}).status_code == 200
    before = stage.question(number)
    refused = give(bea, number, command, FIELDS.get(command, {}))
    assert (refused.status_code, refused.json()["error"]) == (409, "locked")
    assert refused.json()["holder"] == {"username": "asha", "name": "Asha"}
    assert "Asha has it open" in refused.json()["message"]
    assert stage.question(number) == before
    wrong = give(bea, number, command, {**FIELDS.get(command, {}), "from": "hana"})
    assert wrong.json()["error"] == "locked"


def test_the_refusal_itself_offers_to_take_over_with_all_that_was_written(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock").status_code == 200
    answer = give(bea, number, "reply", {"text": "Call 999.", "lang": "en"}, json=False)
    assert answer.status_code == 409
    root = parse(answer.text)
    assert "Asha has it open" in text_of(root)
    way = next(f for f in tagged(root, "form") if "Take over from Asha" in text_of(f))
    ((address, hidden),) = forms(way)
    assert address.endswith(f"/questions/{number}/lock")
    assert hidden["from"] == "asha"
    way = next(f for f in tagged(root, "form") if "Do it all the same" in text_of(f))
    ((address, hidden),) = forms(way)
    assert address.endswith(f"/questions/{number}/reply")
    assert {name: hidden[name] for name in ("text", "lang", "from")} == {
        "text": "Call 999.",
        "lang": "en",
        "from": "asha",
    }
    done = give(bea, number, "reply", {k: v for k, v in hidden.items() if k != "csrf"})
    assert done.status_code == 200
    assert stage.question(number).state == "replied"
    assert find(page(asha), f"open-{number}") is None


def test_a_question_is_taken_over_by_name_and_the_box_goes_along(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock").status_code == 200
    assert give(bea, number, "lock").json()["error"] == "locked"
    card = got(page(bea), f"question-{number}")
    press = next(e for e in tagged(card, "button") if e.attributes.get("name") == "from")
    assert press.attributes["value"] == press.attributes["data-not-by"] == "asha"
    taken = give(bea, number, "lock", {"from": press.attributes["value"]}, json=False)
    assert taken.headers["location"].endswith(f"#open-{number}")
    assert find(page(asha), f"open-{number}") is None
    assert find(page(bea), f"open-{number}") is not None
    # Who had it open finds out when they decide, and by whom.
    refused = give(asha, number, "approve", {"text": "May one ask?"})
    assert "Bea has it open" in refused.json()["message"]
    gone = give(asha, number, "unlock")
    assert (gone.status_code, gone.json()["error"]) == (409, "no_lock")


def test_the_holder_decides_and_the_box_closes(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage)
    assert give(asha, number, "lock", {"doing": "rejecting"}).status_code == 200
    # What is beside a decision leaves it open.
    for command, fields in (
        ("label", {"labels": "young"}),
        ("annotate", {"note": "Careful"}),
        ("assign", {"organisation": "gmp"}),
    ):
        done = give(asha, number, command, fields, json=False)
        assert done.headers["location"].endswith(f"#open-{number}"), command
    done = give(asha, number, "reject", {"reason": "off-topic"}, json=False)
    assert "#" not in done.headers["location"]
    assert find(page(asha), f"open-{number}") is None
    assert stage.question(number).lock is None


def test_a_note_can_be_left_at_a_question_that_a_colleague_has_open(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock").status_code == 200
    assert give(bea, number, "annotate", {"note": "I know more of this"}).status_code == 200
    assert "I know more of this" in text_of(got(page(asha), f"open-{number}"))
