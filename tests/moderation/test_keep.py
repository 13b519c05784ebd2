"""What is being written is kept in the store for whoever writes it, until it has been sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.moderation.panel import CHECKED, Panel, panel
from tests.service import SLUG, StaffClient

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def crew() -> Iterator[Panel]:
    with panel() as opened:
        yield opened


def kept(client: StaffClient, number: int, slug: str = SLUG) -> dict[str, str]:
    reply = client.get(f"/staff/sessions/{slug}/questions/{number}/kept")
    assert reply.status_code == 200
    found: dict[str, str] = reply.json()
    return found


def test_words_that_are_kept_come_back_to_their_writer_alone(crew: Panel) -> None:
    number = crew.claimed()
    reply = crew.morgan.command(number, "keep", text="Half a\nsentence", lang="cy")
    assert reply.status_code == 200
    assert reply.json()["at"]
    assert kept(crew.morgan, number)["text"] == "Half a\nsentence"
    assert kept(crew.morgan, number)["lang"] == "cy"
    assert kept(crew.lucy, number)["text"] == ""
    page = crew.desk(crew.morgan)
    assert "\nHalf a\nsentence</textarea>" in page
    assert '<option value="cy" selected' in page
    assert "Half a" not in crew.desk(crew.lucy)
    assert "Half a" not in crew.public()


def test_nothing_happens_to_the_question(crew: Panel) -> None:
    number = crew.claimed()
    before = crew.stage.snapshot()
    crew.morgan.command(number, "keep", text="Half", lang="en")
    after = crew.stage.snapshot()
    assert (after.position, after.questions) == (before.position, before.questions)


def test_an_empty_text_is_forgotten(crew: Panel) -> None:
    number = crew.claimed()
    crew.morgan.command(number, "keep", text="Half", lang="en")
    assert crew.morgan.command(number, "keep", text=" ", lang="en").status_code == 200
    assert kept(crew.morgan, number)["text"] == ""


def test_a_text_is_kept_no_longer_once_it_is_published(crew: Panel) -> None:
    number = crew.claimed()
    crew.morgan.command(number, "keep", text="Half", lang="en")
    crew.morgan.command(number, "answer", text="The whole.", lang="en")
    assert kept(crew.morgan, number)["text"] == ""


def test_a_text_is_kept_no_longer_once_it_waits_for_a_check(crew: Panel) -> None:
    number = crew.claimed(slug=CHECKED)
    crew.morgan.command(number, "keep", slug=CHECKED, text="Half", lang="en")
    crew.morgan.command(number, "answer", slug=CHECKED, text="The whole.", lang="en")
    assert kept(crew.morgan, number, CHECKED)["text"] == ""
    crew.lucy.command(number, "return", slug=CHECKED, note="Kinder, please.")
    assert "\nThe whole.</textarea>" in crew.desk(crew.morgan, CHECKED)


def test_a_text_outlives_the_claim_that_it_was_written_in(crew: Panel) -> None:
    number = crew.claimed()
    crew.morgan.command(number, "keep", text="Half", lang="en")
    crew.morgan.command(number, "release")
    assert kept(crew.morgan, number)["text"] == "Half"
    refused = crew.morgan.command(number, "keep", text="More", lang="en")
    assert (refused.status_code, refused.json()["error"]) == (409, "not_holder")
    crew.morgan.command(number, "claim")
    assert "\nHalf</textarea>" in crew.desk(crew.morgan)


def test_a_second_answer_is_kept_too(crew: Panel) -> None:
    number = crew.answered()
    assert crew.lucy.command(number, "keep", text="And we say", lang="en").status_code == 200
    assert kept(crew.lucy, number)["text"] == "And we say"


def test_only_the_panel_writes_answers(crew: Panel) -> None:
    number = crew.claimed()
    for client in (crew.asha, crew.leah):
        assert client.command(number, "keep", text="Mine", lang="en").status_code == 403
    assert crew.lucy.command(number, "keep", text="Mine", lang="en").status_code == 409


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 10_001, "long"), ("a\x07b", "unfit")], ids=["long", "unfit"]
)
def test_a_text_that_could_not_be_sent_is_not_kept(crew: Panel, text: str, code: str) -> None:
    number = crew.claimed()
    refused = crew.morgan.command(number, "keep", text=text, lang="en")
    assert (refused.status_code, refused.json()["error"]) == (422, code)
    assert kept(crew.morgan, number)["text"] == ""


def test_without_javascript_a_button_keeps_it(crew: Panel) -> None:
    number = crew.claimed()
    reply = crew.morgan.command(number, "keep", json=False, text="Half", lang="en")
    assert reply.status_code == 303
    assert reply.headers["location"].endswith("/desk")
    refused = crew.lucy.command(number, "keep", json=False, text="<b>Mine</b>", lang="en")
    assert refused.status_code == 409
    assert "A colleague is answering this question." in refused.text
    assert "&lt;b&gt;Mine&lt;/b&gt;</textarea>" in refused.text


def test_of_what_is_not_there_nothing_is_kept(crew: Panel) -> None:
    assert crew.morgan.command(999, "keep", text="Half", lang="en").status_code == 404
    assert crew.morgan.command(1, "keep", slug="nowhere", text="Half", lang="en").status_code == 404
    lost = crew.morgan.get("/staff/sessions/nowhere/questions/1/kept", headers=JSON)
    assert lost.status_code == 404
    with crew.stage.browser(**JSON) as stranger:
        assert stranger.get(f"/staff/sessions/{SLUG}/questions/1/kept").status_code == 401
