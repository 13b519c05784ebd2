"""Every field of every command: taken where it fits, refused in words where it does not, and never
a reason for a fault. With what the server adds of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from askpanel.eventlog.rules import NOT_UNDOABLE as STORE_NOT_UNDOABLE
from askpanel.eventlog.rules import REFUSALS as STORE_REFUSALS
from askpanel.eventlog.rules import RULES, UNDOABLE
from askpanel.moderation.forms import TAKES, taken
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.refusals import NOT_UNDOABLE, REFUSALS
from tests.moderation.triage import ask, find, forms, give, got, opened, page, tagged, text_of
from tests.promises.naughty import OURS
from tests.promises.stage import Stage
from tests.screen import parse
from tests.service import StaffClient

WRONG, RIGHT = "0908 1000 900", "0808 1000 900"
NOT_OURS = frozenset(("withdraw", "respond", "expire", "lapse"))
"""Commands of the author's and of the clock's."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as running:
        yield running


def signed_in(stage: Stage, username: str) -> Iterator[StaffClient]:
    with closing(stage.staff(username)) as client:
        yield client


@pytest.fixture(scope="module")
def asha(stage: Stage) -> Iterator[StaffClient]:
    yield from signed_in(stage, "asha")


@pytest.fixture(scope="module")
def leah(stage: Stage) -> Iterator[StaffClient]:
    yield from signed_in(stage, "leah")


@pytest.fixture(scope="module")
def morgan(stage: Stage) -> Iterator[StaffClient]:
    yield from signed_in(stage, "morgan")


def test_every_field_that_the_rules_need_can_be_sent() -> None:
    for command, rule in RULES.items():
        if command not in NOT_OURS:
            assert set(rule.needs) <= set(taken(command)), command
    assert set(TAKES) <= set(RULES)


def test_every_refusal_and_every_missing_undo_has_its_words() -> None:
    at_the_command_line = {"unknown_session", "exists", "short_taken", "busy", "moved"}
    assert set(STORE_REFUSALS) - set(REFUSALS) <= at_the_command_line
    desk_alone = {command for command, roles in UNDOABLE.items() if "moderator" not in roles}
    assert set(NOT_UNDOABLE) == {*STORE_NOT_UNDOABLE, *desk_alone}
    assert {code: NOT_UNDOABLE[code] for code in STORE_NOT_UNDOABLE} == STORE_NOT_UNDOABLE


def test_a_rejection_says_to_its_author_what_the_playbook_says(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "reject", {"reason": "live-case"}).status_code == 200
    question, reason = stage.question(number), packaged().reason("live-case")
    assert (question.told, question.hidden) == (reason.words, True)
    # Nobody can say it in other words, or show what is to be hidden.
    number = ask(stage)
    forged = {"reason": "live-case", "told": '{"en": "Go away"}', "hidden": ""}
    assert give(asha, number, "reject", forged).status_code == 200
    assert (stage.question(number).told, stage.question(number).hidden) == (reason.words, True)


def test_a_diversion_sends_its_words_and_the_signposts_of_the_session(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "divert", {"diversion": "crime"}).status_code == 200
    question = stage.question(number)
    assert question.told == packaged().diversion("crime").words
    assert question.signposts == ["emergency", "report"]
    assert give(asha, number, "approve").status_code == 409


@pytest.mark.parametrize("nothing", ["", " \n", "\u200b", "\u2060 \ufeff", "\u202e\u202c"])
def test_nothing_that_nobody_can_see_is_published(
    stage: Stage, asha: StaffClient, morgan: StaffClient, nothing: str
) -> None:
    number = ask(stage)
    refused = give(asha, number, "approve", {"text": nothing})
    assert (refused.status_code, refused.json()["error"]) == (422, "missing")
    assert give(asha, number, "approve").status_code == 200
    refused = give(morgan, number, "answer", {"text": nothing, "lang": "en"})
    assert (refused.status_code, refused.json()["error"]) == (422, "missing")


def test_a_number_reads_as_it_is_checked(
    stage: Stage, asha: StaffClient, morgan: StaffClient
) -> None:
    """Turned around, 009 0001 8090 would be read as a number at premium rate."""
    number = ask(stage)
    give(asha, number, "approve")
    pasted = f"Call \u202a{RIGHT}\u202c, \u202enot this way\u2069."
    assert give(morgan, number, "answer", {"text": pasted, "lang": "en"}).status_code == 200
    assert stage.question(number).answers[0].text == f"Call {RIGHT}, not this way."


def test_a_question_is_handed_to_a_colleague_by_name_or_username(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    for wanted in ("bea", "Bea", "BEA"):
        assert give(asha, number, "hand", {"to": wanted}).status_code == 200
        handed = stage.question(number).handed
        assert handed is not None
        assert (handed.username, handed.name, handed.by) == ("bea", "Bea", "Asha")
    for wanted in ("morgan", "asha", "nobody", "b", "bea\x00"[:3] + "x", "*"):
        refused = give(asha, number, "hand", {"to": wanted})
        assert (refused.status_code, refused.json()["error"]) == (422, "no_colleague"), wanted
    assert give(asha, number, "hand", {"to": ""}).json()["error"] == "missing"


def test_a_question_is_assigned_to_a_panelist_of_that_organisation(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    fields = {"organisation": "gmp", "panelist": "Morgan"}
    assert give(asha, number, "assign", fields).status_code == 200
    question = stage.question(number)
    assert (question.organisation, question.panelist) == ("gmp", "morgan")
    assert question.panelist_name == "Morgan"
    for organisation, panelist in (("gmp", "lucy"), ("lff", "morgan"), ("gmp", "bea")):
        fields = {"organisation": organisation, "panelist": panelist}
        refused = give(asha, number, "assign", fields)
        assert (refused.status_code, refused.json()["error"]) == (422, "no_panelist")
    # Another organisation, and nobody of it in particular.
    assert give(asha, number, "assign", {"organisation": "lff"}).status_code == 200
    question = stage.question(number)
    assert (question.organisation, question.panelist, question.panelist_name) == ("lff", "", "")


@pytest.mark.parametrize(
    ("command", "fields", "error"),
    [
        ("reject", {"reason": "no-such-reason"}, "unlisted"),
        ("reject", {}, "missing"),
        ("divert", {"diversion": "elsewhere"}, "unlisted"),
        ("divert", {}, "missing"),
        ("label", {"labels": "first nonsense"}, "unlisted"),
        ("assign", {"organisation": "cumbria"}, "unlisted"),
        ("lock", {"doing": "sleeping"}, "unlisted"),
        ("reply", {"text": "Yes", "lang": "fr"}, "unlisted"),
        ("reply", {"text": " \r\n"}, "missing"),
        ("reply", {"text": "x" * 10_001}, "long"),
        ("reply", {"text": "ring\x07"}, "unfit"),
        ("annotate", {"note": ""}, "missing"),
        ("annotate", {"note": "x" * 1_001}, "long"),
        ("merge", {"into": "-1"}, "missing"),
        ("merge", {"into": "1" * 10}, "missing"),
        ("undo", {"position": "one"}, "missing"),
        ("undo", {}, "missing"),
        ("escalate", {"note": "\t"}, "missing"),
    ],
)
def test_a_field_that_does_not_fit_is_refused_in_words(
    stage: Stage, asha: StaffClient, command: str, fields: dict[str, str], error: str
) -> None:
    number = ask(stage)
    before = stage.question(number)
    script, form = (give(asha, number, command, fields, json=json) for json in (True, False))
    assert (script.status_code, script.json()["error"]) == (422, error)
    assert script.json()["message"] == REFUSALS[error]
    assert form.status_code == 422
    assert REFUSALS[error] in text_of(parse(form.text))
    assert stage.question(number) == before
    # What was typed stands in a box, and can be sent again from there.
    for name in ("text", "note"):
        if fields.get(name, "").strip():
            box = got(parse(form.text), f"box-{name}")
            again = next(f for f in tagged(parse(form.text), "form") if find(f, box.id))
            assert again.attributes["action"].endswith(f"/questions/{number}/{command}")
            assert text_of(box) == fields[name].strip()


def test_an_immediate_risk_is_seen_by_two_and_decided_in_words(
    stage: Stage, asha: StaffClient, leah: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "escalate", {"note": "At risk now"}).status_code == 200
    card = text_of(got(page(leah), f"question-{number}"))
    assert "Asha raised this at" in card
    assert "I have seen this" in card
    told = {"decision": "signposted", "note": "Told to call 999"}
    refusals = [
        (asha, "acknowledge", {}, "own_risk"),
        (leah, "conclude", told, "unacknowledged"),
        (leah, "approve", {}, "undecided"),
    ]
    for client, command, fields, code in refusals:
        answer = give(client, number, command, fields)
        assert (answer.status_code, answer.json()["error"]) == (409, code)
    assert give(leah, number, "acknowledge").status_code == 200
    assert give(asha, number, "acknowledge").json()["error"] == "acknowledged_already"
    assert give(asha, number, "conclude", {**told, "decision": "x"}).json()["error"] == "unlisted"
    assert give(leah, number, "lock").status_code == 200
    box = got(page(leah), f"open-{number}")
    assert "Leah saw it at" in text_of(box)
    # Its author is answered at once; everything else waits for the decision.
    offered = {action.rpartition("/")[2] for action, _ in forms(box)}
    assert "reply" in offered
    assert not offered & {"approve", "reject", "divert", "merge", "hold", "restore"}
    assert give(leah, number, "conclude", told).status_code == 200
    box = got(page(leah), f"open-{number}")
    assert "Told where to find help" in text_of(box)
    assert any(action.endswith("/reply") for action, _ in forms(box))
    assert any("data-since" in e.attributes for e in box.elements())
    assert give(leah, number, "reply", {"text": f"Call {RIGHT}."}).status_code == 200


def test_a_number_that_is_not_listed_stops_a_reply_and_the_nearest_is_offered(
    stage: Stage, asha: StaffClient, leah: StaffClient
) -> None:
    number, text = ask(stage), f"Please call {WRONG} tonight."
    script = give(asha, number, "reply", {"text": text})
    assert script.status_code == 422
    assert script.json()["error"] == "unverified"
    assert script.json()["numbers"] == [{"found": WRONG, "nearest": RIGHT}]
    assert script.json()["message"] == f"{WRONG} is not on the list; did you mean {RIGHT}?"
    form = parse(give(asha, number, "reply", {"text": text}, json=False).text)
    assert text_of(got(form, "box-text")) == text
    pressed = [(f, tagged(f, "button")) for f in tagged(form, "form")]
    ways = {text_of(buttons[-1]): f for f, buttons in pressed if buttons}
    assert f"Use {RIGHT} and send it" in ways
    assert not any("checked" in words for words in ways)
    # A moderator's word is not enough, however it is given.
    assert give(asha, number, "reply", {"text": text, "confirm": "1"}).status_code == 422
    (mended,) = (hidden for _, hidden in forms(ways[f"Use {RIGHT} and send it"]))
    sent = give(asha, number, "reply", {"text": mended["text"]})
    assert sent.status_code == 200
    assert stage.question(number).replies[-1].text == f"Please call {RIGHT} tonight."
    # A lead's is, and it is on record.
    number = ask(stage)
    lead = parse(give(leah, number, "reply", {"text": text}, json=False).text)
    assert "I have checked it: send it as it is" in text_of(lead)
    assert give(leah, number, "reply", {"text": text, "confirm": "1"}).status_code == 200
    replies = [e for e in stage.snapshot().entries if e.event.type == "replied"]
    assert max(replies, key=lambda entry: entry.position).event.numbers == [WRONG]


def test_an_answer_of_the_panel_with_such_a_number_can_be_asked_a_lead(
    stage: Stage, asha: StaffClient, leah: StaffClient, morgan: StaffClient
) -> None:
    number = ask(stage)
    fields = {"text": f"Call {WRONG}.", "lang": "en"}
    assert give(asha, number, "approve").status_code == 200
    assert give(morgan, number, "answer", fields).json()["error"] == "unverified"
    assert give(morgan, number, "answer", {**fields, "ask_lead": "1"}).status_code == 200
    refused = give(asha, number, "publish")
    assert refused.json()["error"] == "unverified"
    assert refused.json()["numbers"] == [{"found": WRONG, "nearest": RIGHT}]
    assert give(leah, number, "publish", {"confirm": "1"}).status_code == 200
    assert stage.question(number).state == "answered"


def test_labels_are_the_whole_new_set_and_none_is_one(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage)
    ticked = [("labels", "young"), ("labels", "first"), ("labels", "young")]
    assert give(asha, number, "label", ticked).status_code == 200
    assert stage.question(number).labels == ["young", "first"]
    assert give(asha, number, "label", {}).status_code == 200
    assert stage.question(number).labels == []


def test_a_muted_author_is_told_and_can_write_again(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage)
    assert give(asha, number, "mute").status_code == 200
    assert give(asha, number, "mute").json()["error"] == "muted"
    assert "Muted" in text_of(got(page(asha), f"question-{number}"))
    assert give(asha, number, "unmute").status_code == 200
    assert give(asha, number, "unmute").json()["error"] == "not_muted"


FIELDS = (
    *("text", "note", "reason", "diversion", "decision", "into", "answer", "position", "from"),
    *("organisation", "panelist", "to", "labels", "lang", "doing", "confirm", "ask_lead"),
    *("back", "told", "hidden", "unverified", "signposts", "until", "to_name", "panelist_name"),
)


def test_no_field_of_any_command_is_ever_a_fault_or_alive(
    stage: Stage, leah: StaffClient, morgan: StaffClient
) -> None:
    """Each with every field naughty, with and without scripts."""
    number, logged = ask(stage), stage.logged
    commands = [command for command in RULES if command not in NOT_OURS]
    for turn, text in enumerate(OURS):
        command = commands[turn % len(commands)]
        client = morgan if command in ("claim", "answer", "cosign") else leah
        for json in (True, False):
            answer = give(client, number, command, dict.fromkeys(FIELDS, text), json=json)
            known = (200, 303, 400, 403, 404, 409, 413, 422)
            assert answer.status_code in known, (command, text)
            if json and answer.status_code != 200:
                assert answer.json()["message"], (command, text)
    page(leah)
    assert stage.logged == logged
