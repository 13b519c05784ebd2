"""P19. No naughty string in what staff type, or in what pretends to be theirs, breaks anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.promises.naughty import BROKEN, OURS, everything
from tests.promises.skeleton import alive
from tests.promises.stage import Stage, staged
from tests.service import PASSWORD, SLUG, StaffClient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMANDS = (
    *("reject", "reply", "merge", "escalate", "assign", "claim", "release", "answer"),
    *("publish", "return", "correct", "remove", "withdraw", "expire", "hold", "restore"),
    *("preview", "keep", "translate", "cosign", "undo"),
    *("divert", "label", "hand", "lock", "unlock", "annotate", "mute", "unmute", "undo"),
    *("acknowledge", "conclude", "translate", "cosign", "respond", "lapse"),
)
FIELDS = (
    *("text", "note", "reason", "into", "organisation", "answer", "lang", "minutes", "next"),
    *("diversion", "decision", "labels", "to", "panelist", "from", "doing", "position", "typing"),
    *("confirm", "ask_lead", "back"),
)
TOKEN = re.compile(r'value="[0-9a-f]{64}"')


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_logged(stage: Stage) -> Iterator[None]:
    before = stage.logged
    yield
    assert stage.logged == before


@pytest.fixture(scope="module")
def hana(stage: Stage) -> Iterator[StaffClient]:
    with StaffClient(stage.url) as client:
        assert client.sign_in("hana").status_code == 303
        yield client


def ask(stage: Stage) -> int:
    with stage.browser(Accept="application/json") as browser:
        fields = {"id": uuid4().hex, "text": "May I ask?"}
        return int(browser.post(f"/sessions/{SLUG}/questions", data=fields).json()["number"])


def give(
    client: StaffClient,
    number: int,
    command: str,
    fields: dict[str, str],
    accept: str = "application/json",
) -> httpx.Response:
    """A command with fields of any name."""
    path = f"/staff/sessions/{SLUG}/questions/{number}/{command}"
    given = {"csrf": client.csrf, **fields}
    return client.post(path, data=given, headers={"Accept": accept})


def test_at_the_door_each_is_a_name_that_nobody_has(stage: Stage) -> None:
    """Few, because each costs the work of a password."""
    with stage.browser() as browser:

        def try_in(username: str, password: str, **more: str) -> httpx.Response:
            form = {"username": username, "password": password, **more}
            return browser.post("/staff/sign-in", data=form)

        mistakes = [("nobody", "wrong"), ("nobody", ""), ("", "wrong"), ("", ""), ("n" * 99, "")]
        model = "".join(try_in(*each, next="/staff").text for each in mistakes)
        for text in OURS[::6]:
            answer = try_in(text, text, csrf=text, next=text)
            assert answer.status_code in (400, 401, 413, 422), text
            assert alive(answer.text, model) == [], text
        for text in OURS:
            answer = try_in(text, "", next=text)
            assert answer.status_code in (400, 413, 422), text
            assert alive(answer.text, model) == [], text
        for turn, text in enumerate(OURS[::12]):
            answer = try_in(("bea", "asha", "lucy")[turn % 3], PASSWORD, next=text)
            assert answer.status_code in (303, 400), text
            if answer.status_code == 303:
                assert answer.headers["location"] == "/staff", text


def test_a_command_with_any_of_them_is_carried_out_or_refused(
    stage: Stage, hana: StaffClient
) -> None:
    number = ask(stage)
    for turn, text in enumerate(everything()):
        command = COMMANDS[turn % len(COMMANDS)]
        answer = give(hana, number, command, dict.fromkeys(FIELDS, text))
        assert answer.status_code in (200, 400, 403, 404, 409, 413, 422), (command, text)
        if answer.status_code != 200:
            assert answer.json()["message"], (command, text)


def test_what_was_typed_is_given_back_as_words(stage: Stage, hana: StaffClient) -> None:
    """On the page that says what happened meanwhile, and on the one that says: signed out."""
    number, fields = ask(stage), ("text", "note")
    assert hana.command(number, "approve").status_code == 200
    with stage.browser() as stranger:
        path = f"/staff/sessions/{SLUG}/questions/{number}/hold"

        def refusals(text: str) -> str:
            given = dict.fromkeys(fields, text)
            signed_in = give(hana, number, "hold", given, accept="text/html")
            signed_out = stranger.post(path, data=given)
            assert signed_in.status_code in (400, 409, 413, 422), text
            assert signed_out.status_code in (400, 401, 413), text
            return signed_in.text + signed_out.text

        model = refusals("So?") + refusals("\0") + refusals("\x07")
        for text in OURS:
            assert alive(refusals(text), model) == [], text


def test_an_answer_that_is_being_written_is_words_on_its_page(
    stage: Stage, hana: StaffClient
) -> None:
    number = ask(stage)
    assert hana.command(number, "approve").status_code == 200

    def page(text: str) -> str:
        fields = dict.fromkeys(("text", "box", "sends", "lang", "insert", "mend", "answer"), text)
        answer = give(hana, number, "preview", fields, accept="text/html")
        assert answer.status_code in (200, 400, 413, 422), text
        return answer.text

    listed = page(
        "So\nwhat?\n- One\n\n1. Two\n\nhttps://example.org 0908 1000 900 https://example.com"
    )
    model = page("So?") + listed + page("\x07") + page("\0") + page("x" * 10_001)
    for text in OURS:
        assert alive(page(text), model) == [], text


def test_a_word_to_colleagues_is_words_on_screens_and_in_the_history(
    stage: Stage, hana: StaffClient
) -> None:
    here = f"/staff/sessions/{SLUG}"

    def say(text: str) -> httpx.Response:
        given = {"csrf": hana.csrf, "text": text, "screen": text}
        return hana.post(f"{here}/remarks", data=given, headers={"Accept": "application/json"})

    def shown() -> str:
        return hana.get(f"{here}/desk").text + hana.get(f"{here}/history?event=remarked").text

    for _ in range(51):  # more than stand on one page of the history
        assert say("So\nwhat?\n\n- One\n\n1. Two").status_code == 200
    model = shown()
    for turn, text in enumerate(everything()):
        answer = say(text)
        assert answer.status_code in (200, 400, 413, 422), text
        if answer.status_code == 200 and turn % 20 == 0:
            assert alive(shown(), model) == [], text


def test_the_history_is_asked_for_anything(hana: StaffClient) -> None:
    here = f"/staff/sessions/{SLUG}/history"

    def asked(text: str) -> str:
        given = dict.fromkeys(
            ("person", "event", "kind", "question", "words", "before"), text[:500]
        )
        answer = hana.get(here, params=given)
        assert answer.status_code in (200, 414), text  # 414: an address too long to be read
        # What was asked for is in the links to the files, percent-encoded, and leads nowhere else.
        return re.sub(rf'(href="{here}(?:\.\w+)?)\?[\w%+&;=.*~-]*"', r'\1"', answer.text)

    model = hana.get(here).text + asked("1") + asked("")
    for text in OURS:
        assert alive(asked(text), model) == [], text


def test_notes_and_names_are_words_on_the_screens(stage: Stage, hana: StaffClient) -> None:
    number = ask(stage)
    screen = f"/staff/sessions/{SLUG}/triage"
    assert hana.command(number, "hold", note="A note").status_code == 200
    model = hana.get(screen).text
    for text in OURS:
        assert hana.command(number, "restore").status_code == 200
        if hana.command(number, "hold", note=text).status_code != 200:
            assert hana.command(number, "hold", note="A note").status_code == 200
        elif "<" in text or '"' in text:
            assert alive(hana.get(screen).text, model) == [], text


def test_no_token_but_the_right_one_is_taken(stage: Stage, hana: StaffClient) -> None:
    number, path = ask(stage), f"/staff/sessions/{SLUG}/questions"
    almost = [hana.csrf[:-1], hana.csrf + "0", hana.csrf.upper(), hana.csrf[::-1], " " + hana.csrf]
    almost = [each for each in almost if each != hana.csrf]
    for text in [*almost, *OURS]:
        answer = hana.post(f"{path}/{number}/approve", data={"csrf": text})
        assert answer.status_code in (400, 403, 413), text
        assert hana.csrf not in answer.text or "data-live-form" in answer.text
    for body in (
        b"",
        b"csrf",
        b"csrf=",
        b"csrf[]=" + hana.csrf.encode(),
        b"CSRF=" + hana.csrf.encode(),
    ):
        assert hana.post(f"{path}/{number}/approve", content=body, headers=FORM).status_code == 403
    assert stage.question(number).state == "pending"


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_not_utf8_is_refused(stage: Stage, hana: StaffClient, broken: bytes) -> None:
    number = ask(stage)
    for field in (b"text", b"note", b"csrf", b"reason", b"other"):
        body = b"csrf=" + hana.csrf.encode() + b"&" + field + b"=" + broken
        path = f"/staff/sessions/{SLUG}/questions/{number}/hold"
        answer = hana.post(path, content=body, headers={**FORM, "Accept": "application/json"})
        assert answer.status_code in (400, 403, 409, 422) or broken in (b"%", b"%G0", b"%u0000")
        assert answer.json()


def test_what_is_no_form_is_refused(stage: Stage, hana: StaffClient) -> None:
    path = f"/staff/sessions/{SLUG}/questions/1/hold"
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", "x", ""):
        answer = hana.post(
            path, content=b"csrf=" + hana.csrf.encode(), headers={"Content-Type": kind}
        )
        assert answer.status_code in (403, 415, 422), kind
    for name in ("csrf", "username"):
        body = b"&".join(b"%s%d=x" % (name.encode(), n) for n in range(5000))
        assert hana.post(path, content=body, headers=FORM).status_code in (400, 413)
        assert hana.post("/staff/sign-in", content=body, headers=FORM).status_code in (400, 413)
