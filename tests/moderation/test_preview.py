"""An answer is looked at before it goes out: as the public will see it, and for wrong numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from askpanel.chat.fragments import PARTS
from askpanel.chat.view import view
from askpanel.eventlog.model import Change, Entry, Question, State
from askpanel.moderation.wouldbe import Written, previews, would_be
from tests.cast import session
from tests.moderation.panel import CHECKED, Panel, panel

BOX = re.compile(r"<textarea[^>]*>\n(.*?)</textarea>", re.DOTALL)
WRONG, RIGHT = "0908 1000 900", "0808 1000 900"


@pytest.fixture(scope="module")
def crew() -> Iterator[Panel]:
    with panel() as opened:
        yield opened


def public_item(page: str, number: int) -> str:
    """A question as it stands on the public page."""
    found = re.search(rf'<li id="question-{number}".*?</article></li>', page, re.DOTALL)
    assert found
    return found[0]


def without_times(html: str) -> str:
    return re.sub(r"<time[^>]*>[^<]*</time>", "", html)


def test_a_preview_is_what_the_public_will_see(crew: Panel) -> None:
    number = crew.claimed()
    text = "You can:\n\n- talk\n- wait\n\n1. <b>Call</b>"
    shown = crew.morgan.command(number, "preview", text=text, lang="en").json()["html"]
    crew.morgan.command(number, "answer", text=text, lang="en")
    assert without_times(public_item(crew.public(), number)) in without_times(shown)
    assert "<ul" in shown
    assert "&lt;b&gt;Call&lt;/b&gt;" in shown


def test_a_preview_changes_nothing(crew: Panel) -> None:
    def written() -> list[Entry]:
        # Without those of the session's schedule, which runs meanwhile.
        return [each for each in crew.stage.snapshot().entries if each.event.question]

    number = crew.claimed()
    before = written()
    assert crew.morgan.command(number, "preview", text="Soon.", lang="en").status_code == 200
    assert written() == before
    assert "Soon." not in crew.public()


def test_readers_of_both_languages_are_thought_of(crew: Panel) -> None:
    number = crew.claimed()
    shown = crew.morgan.command(number, "preview", text="Soon.", lang="en").json()["html"]
    assert '<ol class="ask-transcript ask-preview__page" lang="en">' in shown
    assert '<ol class="ask-transcript ask-preview__page" lang="cy">' in shown


def test_a_correction_and_a_counterpart_are_previewed_in_their_places(crew: Panel) -> None:
    number = crew.answered("It is not.")

    def preview(sends: str, text: str, lang: str) -> str:
        reply = crew.morgan.command(
            number, "preview", sends=sends, text=text, lang=lang, answer="1"
        )
        return str(reply.json()["html"])

    corrected = preview("correct", "It is never too late.", "en")
    assert "It is never too late." in corrected
    assert "It is not." not in corrected
    assert "Corrected at" in corrected
    translated = preview("translate", "Nac ydy.", "cy")
    assert "Nac ydy." in translated
    assert "It is not." in translated


def test_the_panel_reads_nothing_that_is_not_on_the_desk(crew: Panel) -> None:
    number = crew.ask("Something in confidence")
    assert crew.asha.command(number, "restore").status_code == 200
    for command in ("preview", "keep"):
        for json in (True, False):
            reply = crew.morgan.command(number, command, json=json, text="Typed", lang="en")
            assert reply.status_code == 409
            assert "in confidence" not in reply.text
            assert json or "\nTyped</textarea>" in reply.text
    # The control: what is on the desk, and who reads the queue anyhow.
    assert "in confidence" in crew.asha.command(number, "preview", text="Typed", lang="en").text
    crew.asha.command(number, "approve")
    assert "in confidence" in crew.morgan.command(number, "preview", text="Typed", lang="en").text


def test_a_correction_is_previewed_without_the_names_of_those_who_signed_other_words(
    crew: Panel,
) -> None:
    number = crew.answered("It is not.")
    assert crew.lucy.command(number, "cosign", answer="1").status_code == 200
    assert "Lucy Faithfull" in public_item(crew.public(), number)
    text = "It never is."
    reply = crew.morgan.command(
        number, "preview", sends="correct", text=text, lang="en", answer="1"
    )
    shown = reply.json()["html"]
    corrected = crew.morgan.command(number, "correct", text=text, answer="1")
    assert corrected.status_code == 200
    for html in (shown, public_item(crew.public(), number)):
        assert "It never is." in html
        assert "Lucy Faithfull" not in html


def test_a_second_answer_is_previewed_below_the_first() -> None:
    question = Question(
        number=1,
        state=State.APPROVED,
        text="?",
        lang="en",
        author="",
        at=0,
        changed=Change(command="approve", at=0),
    )
    first = would_be(question, Written(text="One.", lang="en", organisation="gmp", at=1))
    both = would_be(first, Written(text="Two.", lang="en", organisation="lff", at=2))
    assert [(each.id, each.text) for each in both.answers] == [(1, "One."), (2, "Two.")]
    shown = dict(
        previews(first, session(), Written(text="2.", lang="en", organisation="lff", at=2))
    )
    other = would_be(first, Written(text="2.", lang="en", organisation="lff", at=2))
    assert shown["cy"] == view("cy").part(PARTS, "answered", other, session())


def test_a_wrong_number_is_named_with_the_right_one(crew: Panel) -> None:
    number = crew.claimed()
    reply = crew.morgan.command(number, "preview", text=f"Call {WRONG}.", lang="en").json()
    assert f"{WRONG} is not on the list; did you mean {RIGHT}?" in reply["html"]
    assert f"Put in {RIGHT}" in reply["html"]
    assert "Ask a lead to check it" in reply["html"]
    mended = crew.morgan.command(number, "preview", text=f"Call {WRONG}.", lang="en", mend="0")
    assert mended.json()["text"] == f"Call {RIGHT}."
    assert "not on the list" not in mended.json()["html"]


def test_sending_a_wrong_number_says_the_same_beside_the_text(crew: Panel) -> None:
    number = crew.claimed()
    box = f"answer-{number}"
    refused = crew.morgan.command(number, "answer", text=f"Call {WRONG}.", lang="en", box=box)
    assert (refused.status_code, refused.json()["error"]) == (422, "unverified")
    assert f"did you mean {RIGHT}?" in refused.json()["message"]
    ((op, target, html),) = refused.json()["ops"]
    assert (op, target) == ("replace", f"check-{box}")
    assert f"Put in {RIGHT}" in html
    page = crew.morgan.command(number, "answer", json=False, text=f"Call {WRONG}.", lang="en")
    assert page.status_code == 422
    assert BOX.findall(page.text) == [f"Call {WRONG}."]
    assert f"Put in {RIGHT}" in page.text
    assert WRONG not in crew.public()


def test_a_lead_is_asked_and_lets_it_through(crew: Panel) -> None:
    number = crew.claimed()
    asked = crew.morgan.command(number, "answer", text=f"Call {WRONG}.", lang="en", ask_lead="1")
    assert asked.status_code == 200
    assert "Your answer waits for a lead to check it." in crew.desk(crew.morgan)
    assert f"so a lead must check it: {WRONG}" in crew.desk(crew.leah)
    for client in (crew.lucy, crew.asha):
        assert client.command(number, "publish", confirm="1").status_code == 422
    assert WRONG not in crew.public()
    assert crew.leah.command(number, "publish", confirm="1").status_code == 200
    assert WRONG in crew.public()


def test_without_javascript_a_text_is_put_in_at_the_end(crew: Panel) -> None:
    number = crew.claimed()
    fields = {"text": "Call:", "lang": "en", "insert": "signpost:stop-it-now"}
    page = crew.morgan.command(number, "preview", json=False, **fields)
    (text,) = map(unescape, BOX.findall(page.text))
    assert text.startswith("Call:\n\n")
    assert RIGHT in text
    assert "As the public will see it" in page.text
    fields = {"text": "", "lang": "cy", "insert": "canned:who-sees-this"}
    page = crew.morgan.command(number, "preview", json=False, **fields)
    (text,) = map(unescape, BOX.findall(page.text))
    assert text.startswith("Na. Rydych yn ymuno heb enw")
    assert "999" in text
    sent = re.search(r'<form method="post" action="([^"]*/answer)"', page.text)
    assert sent is not None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": " "}, "missing"),
        ({"text": "x" * 10_001}, "long"),
        ({"text": "a\x07b"}, "unfit"),
    ],
    ids=["missing", "long", "unfit"],
)
def test_what_cannot_be_sent_is_not_previewed(
    crew: Panel, fields: dict[str, str], code: str
) -> None:
    number = crew.claimed()
    refused = crew.morgan.command(number, "preview", json=True, **fields)
    assert (refused.status_code, refused.json()["error"]) == (422, code)
    page = crew.morgan.command(number, "preview", json=False, **fields)
    assert page.status_code == 422
    assert BOX.search(page.text)


@pytest.mark.parametrize("name", ["lang", "sends", "answer", "box", "insert", "mend"])
@pytest.mark.parametrize("value", ["", "-1", "99999999999", "<b>", '"><script>', "é", "../x"])
def test_whatever_a_field_says_the_page_is_whole(crew: Panel, name: str, value: str) -> None:
    number = crew.claimed()
    fields = {"text": f"Call {WRONG}", "lang": "en", name: value}
    for json in (True, False):
        reply = crew.morgan.command(number, "preview", json=json, **fields)
        assert reply.status_code == 200
        assert "<script>" not in reply.text.replace("<script src", "")
        assert 'id="<b>"' not in reply.text


def test_a_question_that_is_not_there_has_no_preview(crew: Panel) -> None:
    assert crew.morgan.command(999, "preview", text="x").status_code == 404
    assert crew.morgan.command(1, "preview", slug="nowhere", text="x").status_code == 404


def test_nobody_checks_their_own_correction(crew: Panel) -> None:
    number = crew.answered(slug=CHECKED)
    crew.lucy.command(number, "publish", slug=CHECKED)
    done = crew.morgan.command(
        number, "correct", slug=CHECKED, answer="1", text="Never.", lang="en"
    )
    assert done.status_code == 200
    assert "wrote this correction" in crew.desk(crew.lucy, CHECKED)
    assert crew.morgan.command(number, "publish", slug=CHECKED).json()["error"] == "own_draft"
    assert "Never." not in crew.public(CHECKED)
    assert crew.lucy.command(number, "publish", slug=CHECKED).status_code == 200
    assert "Never." in crew.public(CHECKED)
