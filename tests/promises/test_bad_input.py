"""Whatever is wrong with what was sent has its own answer, in words, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from typing import NamedTuple
from urllib.parse import quote_plus
from uuid import uuid4

import httpx
import pytest

from tests.promises.line import end_of
from tests.promises.stage import Stage, staged
from tests.service import SLUG, StaffClient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATH = f"/sessions/{SLUG}/questions"
BOX = re.compile(r"<textarea[^>]*>\n?(.*?)</textarea>", re.DOTALL)
JSON = {"Accept": "application/json"}
WAYS = [(language, kind) for language in ("", "/cy") for kind in ("text/html", JSON["Accept"])]
UNSEEN = "\u200b\u2060\u00ad \ufeff"
BLANK = "\u3164\u2800\uffa0\u115f\u0301"

ROOM = 64 * 1024 - len(f"id={uuid4().hex}&text=")
"""For the text in a form of which all is read."""


class Bad(NamedTuple):
    """What is sent as the text, and what must come back: status, words, and the box."""

    sent: str
    status: int
    words: str
    box: str


BAD = {
    "empty": Bad("", 422, "Enter your question", ""),
    "only spaces": Bad("+%09+%0D%0A+", 422, "Enter your question", ""),
    "only what is not seen": Bad(quote_plus(f"{UNSEEN}\u00a0"), 422, "Enter your question", UNSEEN),
    "only what is drawn as nothing": Bad(quote_plus(BLANK), 422, "Enter your question", BLANK),
    "over-long": Bad("x" * 1001, 422, "must be 1,000 characters or fewer", "x" * 1001),
    "very long": Bad("x" * 60_000, 422, "must be 1,000 characters or fewer", "x" * 60_000),
    "as long as is read": Bad("x" * ROOM, 422, "must be 1,000 characters or fewer", "x" * ROOM),
    "one byte longer": Bad("x" * (ROOM + 1), 413, "is far too long", "x" * ROOM),
    "far too long": Bad("x" * 70_000, 413, "is far too long", "x" * 60_000),
    "a megabyte": Bad("x" * 1_000_000, 413, "is far too long", "x" * 60_000),
    "invalid UTF-8": Bad("Is+%FF+it%3F", 422, "could not be read", "Is \ufffd it?"),
    "a lone surrogate": Bad("Is+%ED%A0%80+it%3F", 422, "could not be read", "Is"),
    "NUL": Bad("Is%00+it%3F", 422, "that cannot be shown", "Is it?"),
    "control characters": Bad("Is%1B%07+it%3F", 422, "that cannot be shown", "Is it?"),
    "turned around": Bad(quote_plus("Is \u202eti?"), 422, "turn text around", "Is ti?"),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged({}, {"slug": "paused"}) as running:
        yield running


@pytest.fixture
def morgan(stage: Stage) -> Iterator[StaffClient]:
    with closing(stage.staff("morgan")) as client:
        yield client


@pytest.fixture(scope="module")
def asha(stage: Stage) -> Iterator[StaffClient]:
    with closing(stage.staff("asha")) as client:
        yield client


def boxes(html: str) -> list[str]:
    """What stands in the boxes of a page."""
    return [unescape(found) for found in BOX.findall(html)]


def form_of(answer: httpx.Response) -> str:
    """The form that an answer brings, in a page or as an operation on one."""
    if answer.headers["content-type"].startswith("text/html"):
        return answer.text
    (operation,) = answer.json()["ops"]
    assert operation[:2] == ["replace", "ask"]
    return str(operation[2])


def message_of(answer: httpx.Response) -> str:
    html = answer.headers["content-type"].startswith("text/html")
    return answer.text if html else str(answer.json()["message"])


def send(stage: Stage, way: tuple[str, str], body: str, **headers: str) -> httpx.Response:
    language, accept = way
    with stage.browser(**FORM, Accept=accept) as browser:
        return browser.post(language + PATH, content=body.encode(), headers=headers)


@pytest.mark.parametrize("way", WAYS, ids="".join)
@pytest.mark.parametrize("name", BAD)
def test_each_mistake_has_its_answer_and_the_text_stays_in_the_box(
    stage: Stage, name: str, way: tuple[str, str]
) -> None:
    bad, before = BAD[name], stage.snapshot().questions
    answer = send(stage, way, f"id={uuid4().hex}&text={bad.sent}")
    assert answer.status_code == bad.status
    assert way[0] or bad.words in message_of(answer)
    (box,) = boxes(form_of(answer))
    assert box.startswith(bad.box)
    assert bad.box or not box
    assert "set-cookie" not in answer.headers
    assert stage.snapshot().questions == before
    if way[1] == "text/html":
        assert f'<html lang="{way[0].strip("/") or "en"}"' in answer.text


@pytest.mark.parametrize("way", WAYS, ids="".join)
@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ("id=short", 422, "out of date"),
        ("id=", 422, "out of date"),
        ("id=not/a/name/at/all/12", 422, "out of date"),
        ("other=", 422, "out of date"),
        ("id={id}&topic=nowhere", 422, "Choose one of the topics"),
    ],
)
def test_a_form_that_is_wrong_elsewhere_keeps_the_text_too(
    stage: Stage, way: tuple[str, str], wrong: str, status: int, words: str
) -> None:
    wrong = wrong.format(id=uuid4().hex)
    answer = send(stage, way, f"{wrong}&text=Is+it+%3Cb%3Etoo%3C%2Fb%3E+late%3F")
    assert answer.status_code == status
    assert way[0] or words in message_of(answer)
    assert boxes(form_of(answer)) == ["Is it <b>too</b> late?"]
    # The form that came back can be sent as it is.
    nonce = re.findall(r'name="id" value="([^"]+)"', form_of(answer))[0]
    assert send(stage, way, f"id={nonce}&text=Is+it%3F").status_code in (201, 303)


@pytest.mark.parametrize("way", WAYS, ids="".join)
def test_another_origin_a_pause_and_haste_keep_the_text(stage: Stage, way: tuple[str, str]) -> None:
    body = f"id={uuid4().hex}&text=Is+it+too+late%3F"
    foreign = send(stage, way, body, Origin="https://evil.example")
    assert foreign.status_code == 403
    assert boxes(form_of(foreign)) == ["Is it too late?"]
    with closing(stage.staff("hana")) as hana:
        for command, statuses in (("pause", {409}), ("resume", {201, 303})):
            done = hana.post(f"/staff/sessions/{SLUG}/schedule/{command}", data={"csrf": hana.csrf})
            assert done.status_code == 303
            answer = send(stage, way, body)
            assert answer.status_code in statuses
            if command == "pause":
                assert boxes(form_of(answer)) == ["Is it too late?"]
                assert way[0] or "cannot be sent now" in message_of(answer)


def test_too_many_are_told_how_long_to_wait_and_keep_the_text() -> None:
    with staged(QUESTIONS_PER_MINUTE="1") as strict, strict.browser(**FORM) as browser:
        for status in (303, 429):
            answer = browser.post(PATH, content=f"id={uuid4().hex}&text=Is+it%3F".encode())
            assert answer.status_code == status
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert "Wait a minute" in answer.text
        assert boxes(answer.text) == ["Is it?"]


def test_markup_is_a_question_like_any_other(stage: Stage) -> None:
    with stage.browser() as browser:
        fields = {"id": uuid4().hex, "text": "<b>Is</b> it & <script>alert(1)</script>?"}
        sent = browser.post(PATH, data=fields)
        assert sent.status_code == 303
        page = browser.get(sent.headers["location"]).text
    assert "&lt;b&gt;Is&lt;/b&gt; it &amp; &lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("after", ["-1", str(10**12), "x", "", "1" * 400])
def test_a_strange_place_to_resume_from_is_a_page_like_any_other(stage: Stage, after: str) -> None:
    with stage.browser() as browser:
        assert browser.get(f"/sessions/{SLUG}?after={after}").status_code == 200
        epoch = stage.snapshot().epoch
        live = f"/sessions/{SLUG}/live?after={after}&epoch={epoch}"
        assert end_of(stage, live) == 1000


def test_an_unknown_session_is_said_to_be_unknown(stage: Stage, asha: StaffClient) -> None:
    with stage.browser() as browser:
        for path in ("", "/transcript", "/transcript.json"):
            assert browser.get(f"/sessions/nowhere{path}").status_code == 404
        path = "/sessions/nowhere/questions"
        unknown = browser.post(path, data={"text": "x"}, headers=JSON)
        assert (unknown.status_code, bool(unknown.json()["message"])) == (404, True)
    assert end_of(stage, "/sessions/nowhere/live") == 404
    assert asha.get("/staff/sessions/nowhere/triage").status_code == 404
    assert asha.command(1, "approve", slug="nowhere").status_code == 404


def asked(stage: Stage) -> int:
    with stage.browser(Accept="application/json") as browser:
        fields = {"id": uuid4().hex, "text": "May I?"}
        return int(browser.post(PATH, data=fields).json()["number"])


def test_a_command_that_comes_too_late_says_who_did_what(
    stage: Stage, asha: StaffClient, morgan: StaffClient
) -> None:
    number = asked(stage)
    assert asha.command(number, "reject", reason="abusive").status_code == 200
    page = morgan.command(number, "answer", json=False, text="A long answer", lang="en")
    script = morgan.command(number, "answer", text="A long answer", lang="en")
    assert page.status_code == script.status_code == 409
    assert "Asha" in page.text
    assert "Asha" in script.json()["message"]
    assert boxes(page.text) == ["A long answer"]
    for command, fields, status in (
        ("unknown", {}, 404),
        ("reject", {"reason": "no-such-reason"}, 422),
        ("merge", {"into": "x"}, 422),
        ("hold", {"note": " "}, 422),
        ("hold", {"note": "x" * 1001}, 422),
    ):
        assert asha.command(asked(stage), command, **fields).status_code == status  # type: ignore[arg-type]
    assert asha.command(999_999, "approve").status_code == 404
    assert morgan.command(asked(stage), "approve").status_code == 403


def test_an_edit_that_leaves_nothing_publishes_nothing(stage: Stage, asha: StaffClient) -> None:
    """Least of all the words that somebody has just deleted."""
    number = asked(stage)
    assert asha.command(number, "approve", text=" \r\n ").status_code == 422
    assert stage.question(number).state == "pending"


@pytest.mark.parametrize("token", ["", "0" * 64, "x", None])
def test_a_wrong_or_missing_token_changes_nothing_and_loses_nothing(
    stage: Stage, morgan: StaffClient, asha: StaffClient, token: str | None
) -> None:
    number = asked(stage)
    assert asha.command(number, "approve").status_code == 200
    fields = {"text": "A long answer", "lang": "en"} | ({} if token is None else {"csrf": token})
    path = f"/staff/sessions/{SLUG}/questions/{number}/answer"
    page = morgan.post(path, data=fields)
    script = morgan.post(path, data=fields, headers=JSON)
    assert page.status_code == script.status_code == 403
    assert "nothing was changed" in page.text
    assert "nothing was changed" in script.json()["message"]
    assert boxes(page.text) == ["A long answer"]
    assert stage.question(number).state == "approved"


def test_a_program_that_loses_the_words_is_found_out() -> None:
    """Control: the same look into the box."""
    with staged(fault="careless") as faulty:
        answer = send(faulty, WAYS[0], f"id={uuid4().hex}&text={'x' * 1001}")
        assert answer.status_code == 422
        assert boxes(form_of(answer)) == [""]


def test_a_signed_out_click_changes_nothing_and_loses_nothing(stage: Stage) -> None:
    number = asked(stage)
    path = f"/staff/sessions/{SLUG}/questions/{number}/reply"
    with stage.browser() as stranger:
        page = stranger.post(path, data={"text": "A long reply", "note": "And why"})
        script = stranger.post(path, data={"text": "x"}, headers=JSON)
    assert page.status_code == script.status_code == 401
    assert boxes(page.text) == ["A long reply", "And why"]
    assert script.json()["message"]
    assert stage.question(number).state == "pending"
