"""One command for many questions: each by itself, and the answer says what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from askpanel.moderation.bulk import MANY, MOST_NUMBERS
from askpanel.moderation.refusals import REFUSALS
from tests.moderation.triage import ask, give, got, opened, page, post, tagged, text_of
from tests.promises.naughty import OURS
from tests.promises.stage import Stage
from tests.screen import parse
from tests.service import StaffClient


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


def ticked(*numbers: object, **fields: str) -> list[tuple[str, str]]:
    return [*(("numbers", str(number)) for number in numbers), *fields.items()]


def test_many_are_rejected_with_one_reason_and_each_can_be_taken_back(
    stage: Stage, asha: StaffClient
) -> None:
    numbers = [ask(stage) for _ in range(3)]
    before = [stage.question(number) for number in numbers]
    done = post(asha, "bulk/reject", ticked(*numbers, reason="advertising")).json()
    assert done["done"] == numbers
    assert done["refused"] == []
    assert done["outcome"] == "3 of 3 questions done."
    assert [undo["number"] for undo in done["undo"]] == numbers
    assert done["undo"][0]["say"] == "Asha rejected this"
    assert all(stage.question(n).told and stage.question(n).hidden for n in numbers)
    for undo in done["undo"]:
        fields = {"position": str(undo["position"])}
        assert give(asha, undo["number"], "undo", fields).status_code == 200
    for was in before:
        now = stage.question(was.number)
        assert (now.state, now.text, now.told, now.hidden) == ("pending", was.text, {}, False)


def test_what_cannot_be_done_is_told_and_the_others_are_done(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    free, locked, gone = (ask(stage) for _ in range(3))
    assert give(bea, locked, "lock").status_code == 200
    assert give(bea, gone, "approve").status_code == 200
    done = post(asha, "bulk/hold", ticked(gone, locked, free, 999_999, note="Later"))
    assert done.status_code == 200
    assert done.json()["done"] == [free]
    refused = {each["number"]: each for each in done.json()["refused"]}
    assert {n: each["error"] for n, each in refused.items()} == {
        locked: "locked",
        gone: "wrong_state",
        999_999: "unknown_question",
    }
    assert "Bea" in refused[locked]["message"]
    assert "Bea approved this" in refused[gone]["message"]
    # Without scripts the same stands on a page, which leads back to the lists as they were.
    again = ticked(gone, locked, note="Later", back="q=zebra")
    answer = post(asha, "bulk/hold", again, json=False)
    assert answer.status_code == 409
    assert "0 of 2 questions done." in text_of(parse(answer.text))
    assert "Bea approved this" in text_of(parse(answer.text))
    back = next(e for e in tagged(parse(answer.text), "a") if "q=zebra" in e.attributes["href"])
    assert set(parse_qs(urlsplit(back.attributes["href"]).query)) == {"q", "position"}


def test_every_command_for_many_works_and_no_other_is_one(stage: Stage, asha: StaffClient) -> None:
    target = ask(stage)
    assert give(asha, target, "approve").status_code == 200
    fields = {
        "reject": {"reason": "off-topic"},
        "hold": {"note": "Later"},
        "divert": {"diversion": "complaint"},
        "assign": {"organisation": "gmp"},
        "label": {"labels": "common"},
        "hand": {"to": "bea"},
        "restore": {},
        "merge": {"into": str(target)},
    }
    assert set(fields) == set(MANY)
    for command, given in fields.items():
        numbers = [ask(stage), ask(stage)]
        if command == "restore":
            held = post(asha, "bulk/hold", ticked(*numbers, note="Later"))
            assert held.status_code == 200
        done = post(asha, f"bulk/{command}", ticked(*numbers, **given))
        assert (command, done.status_code, done.json()["done"]) == (command, 200, numbers)
    for command in ("approve", "reply", "escalate", "mute", "remove", "publish", "lock", "vote"):
        refused = post(asha, f"bulk/{command}", ticked(ask(stage)))
        assert (command, refused.status_code) == (command, 404)


def test_a_label_for_many_comes_to_those_that_each_has(stage: Stage, asha: StaffClient) -> None:
    first, second = ask(stage), ask(stage)
    assert give(asha, first, "label", {"labels": "young"}).status_code == 200
    assert post(asha, "bulk/label", ticked(first, second, labels="common")).status_code == 200
    assert stage.question(first).labels == ["young", "common"]
    assert stage.question(second).labels == ["common"]


@pytest.mark.parametrize(
    ("numbers", "fields", "error"),
    [
        ((), {"reason": "abusive"}, "none_chosen"),
        (("x",), {"reason": "abusive"}, "unlisted"),
        (("-1",), {"reason": "abusive"}, "unlisted"),
        (("1" * 10,), {"reason": "abusive"}, "unlisted"),
        (range(1, MOST_NUMBERS + 2), {"reason": "abusive"}, "too_many"),
        ((1,), {"reason": "nonsense"}, "unlisted"),
    ],
)
def test_a_choice_that_does_not_fit_changes_nothing(
    stage: Stage, asha: StaffClient, numbers: object, fields: dict[str, str], error: str
) -> None:
    before = stage.snapshot().questions
    given = ticked(*numbers, **fields)  # type: ignore[misc]
    script, form = (post(asha, "bulk/reject", given, json=json) for json in (True, False))
    assert (script.status_code, script.json()["error"]) == (422, error)
    assert REFUSALS[error] in text_of(parse(form.text))
    assert stage.snapshot().questions == before


def test_nobody_decides_for_many_who_may_not_for_one(stage: Stage) -> None:
    number = ask(stage)
    given = ticked(number, reason="abusive")
    with closing(stage.staff("morgan")) as morgan:
        assert post(morgan, "bulk/reject", given).status_code == 403
    with closing(stage.staff("asha")) as asha:
        asha.csrf = "0" * 64
        assert post(asha, "bulk/reject", given).status_code == 403
    assert stage.question(number).state == "pending"


def test_the_form_on_the_page_offers_them_all(asha: StaffClient) -> None:
    form = got(page(asha), "bulk")
    addresses = {
        e.attributes["formaction"].rsplit("/", 1)[1]
        for e in tagged(form, "button")
        if "formaction" in e.attributes
    }
    assert addresses == set(MANY)


def test_no_naughty_number_or_field_is_a_fault(stage: Stage, asha: StaffClient) -> None:
    number, logged = ask(stage), stage.logged
    names = ("reason", "note", "diversion", "organisation", "labels", "to", "into", "back")
    for turn, text in enumerate(OURS):
        given = ticked(number, text, **dict.fromkeys(names, text))
        answer = post(asha, f"bulk/{MANY[turn % len(MANY)]}", given, json=bool(turn % 2))
        assert answer.status_code in (400, 409, 413, 422), text
    assert stage.logged == logged
