"""The desk as it is drawn for one member of the panel: theirs first, and every answer with what can
be done to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.moderation.panel import CHECKED, Panel, panel
from tests.screen import Element, Screen
from tests.service import SLUG, StaffClient


@pytest.fixture(scope="module")
def crew() -> Iterator[Panel]:
    with panel() as opened:
        yield opened


def lists(page: str) -> dict[str, list[int]]:
    """Every list of a desk from the top, with the numbers of the questions on it."""
    root = Screen(page).root
    found = {}
    for each in root.elements():
        if each.id.startswith("list-"):
            items = [child for child in each.children if isinstance(child, Element)]
            found[each.id] = [int(item.id.removeprefix("question-")) for item in items]
    return found


def card(page: str, number: int) -> str:
    found = re.search(rf'<li id="question-{number}".*?</article></li>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_card_that_is_kept_for_all_has_its_viewer_s_own_token(crew: Panel) -> None:
    crew.ask()
    crew.answered()
    for client in (crew.morgan, crew.lucy, crew.morgan):
        assert set(re.findall(r'name="csrf" value="([^"]*)"', crew.desk(client))) == {client.csrf}


def test_everybody_has_their_own_questions_first(crew: Panel) -> None:
    anybodys, gmps, morgans, lffs = (crew.ask() for _ in range(4))
    crew.asha.command(gmps, "assign", organisation="gmp")
    crew.asha.command(morgans, "assign", organisation="gmp", panelist="morgan")
    crew.asha.command(lffs, "assign", organisation="lff")
    done = crew.answered()
    morgan, lucy = lists(crew.desk(crew.morgan)), lists(crew.desk(crew.lucy))
    own = ["list-mine", "list-of-gmp", "list-approved", "list-of-lff", "list-answered"]
    assert list(morgan) == own
    assert list(lucy) == [own[0], own[3], own[2], own[1], own[4]]
    assert morgan["list-mine"] == [morgans]
    assert morgan["list-of-gmp"] == [gmps]
    assert lucy["list-mine"] == []
    assert lucy["list-of-gmp"] == [gmps, morgans]
    assert anybodys in morgan["list-approved"]
    assert morgan["list-of-lff"] == lucy["list-of-lff"] == [lffs]
    assert done in morgan["list-answered"]
    for each in (crew.leah, crew.asha):
        assert next(iter(lists(crew.desk(each)))) == "list-mine"
        assert lists(crew.desk(each))["list-approved"] == morgan["list-approved"]


def test_a_question_that_is_assigned_otherwise_keeps_its_place_in_the_order(crew: Panel) -> None:
    first, second = crew.ask(), crew.ask()
    crew.asha.command(second, "assign", organisation="lff")
    crew.asha.command(first, "assign", organisation="lff")
    found = lists(crew.desk(crew.lucy))["list-of-lff"]
    assert found.index(first) < found.index(second)
    crew.asha.command(first, "undo", position=str(crew.stage.question(first).changed.position))
    assert first in lists(crew.desk(crew.lucy))["list-approved"]


def test_colleagues_read_who_is_typing_and_the_public_never_does(crew: Panel) -> None:
    number = crew.claimed()
    assert "Morgan is answering this." in card(crew.desk(crew.lucy), number)
    before = crew.public()
    crew.morgan.command(number, "claim", typing="1")
    assert "Morgan is answering this, typing." in card(crew.desk(crew.lucy), number)
    assert "typing" not in card(crew.public(), number)
    assert card(before, number) == card(crew.public(), number)
    crew.morgan.command(number, "claim")
    assert "typing" not in card(crew.desk(crew.lucy), number)


def test_the_box_says_how_long_it_lasts(crew: Panel) -> None:
    number = crew.claimed()
    until = f'id="until-{number}">It is yours until <time'
    assert until in crew.desk(crew.morgan)
    assert until not in crew.desk(crew.lucy)


def test_a_counterpart_is_missing_until_it_is_there(crew: Panel) -> None:
    number = crew.answered()
    assert "Welsh missing" in card(crew.desk(crew.morgan), number)
    done = crew.morgan.command(number, "translate", answer="1", lang="cy", text="Nac ydy.")
    assert done.status_code == 200
    shown = card(crew.desk(crew.lucy), number)
    assert "Welsh missing" not in shown
    assert "Nac ydy." in shown
    welsh = crew.answered("Nac ydy.", lang="cy")
    assert "English missing" in card(crew.desk(crew.morgan), welsh)


def test_earlier_wordings_are_for_staff_with_who_and_when(crew: Panel) -> None:
    number = crew.answered("It is not.")
    assert "Earlier wordings" not in card(crew.desk(crew.lucy), number)
    crew.morgan.command(number, "correct", answer="1", text="It never is.")
    crew.morgan.command(number, "translate", answer="1", lang="cy", text="Na.")
    crew.morgan.command(number, "translate", answer="1", lang="cy", text="Nac ydy.")
    shown = card(crew.desk(crew.lucy), number)
    former = shown[shown.index("Earlier wordings (2)") :]
    former = former[: former.index("</ol>")]
    assert "It is not." in former
    assert "Na." in former
    assert "Nac ydy." not in former
    assert former.count("morgan, <time") == 2
    assert "It is not." not in card(crew.public(), number)


def test_a_colleague_signs_an_answer_and_takes_it_back(crew: Panel) -> None:
    number = crew.answered()
    assert crew.lucy.command(number, "cosign", answer="1").status_code == 200
    shown = card(crew.desk(crew.morgan), number)
    assert "Signed for The Lucy Faithfull Foundation too, by Lucy" in shown
    assert "Sign it for my organisation too" not in shown
    (position,) = re.findall(r'name="position" value="(\d+)"', shown)
    back = crew.lucy.command(number, "undo", position=position, json=False)
    assert back.headers["location"].split("?")[0].endswith("/desk")
    shown = card(crew.desk(crew.morgan), number)
    assert "Signed for" not in shown
    assert "Sign it for my organisation too" in shown


def test_a_draft_says_what_it_is(crew: Panel) -> None:
    number = crew.ask(slug=CHECKED)

    def written(command: str, **fields: str) -> str:
        done = crew.morgan.command(number, command, slug=CHECKED, json=True, **fields)
        assert done.status_code == 200
        shown = card(crew.desk(crew.lucy, CHECKED), number)
        assert crew.lucy.command(number, "publish", slug=CHECKED).status_code == 200
        return shown

    assert "Morgan wrote this answer." in written("answer", text="One.", lang="en")
    corrected = written("correct", answer="1", text="Two.")
    assert "Morgan wrote this correction." in corrected
    assert "One." in corrected
    translated = written("translate", answer="1", lang="cy", text="Dau.")
    assert "Morgan wrote this answer in the other language." in translated


def test_a_returned_correction_comes_with_its_note_and_its_words(crew: Panel) -> None:
    number = crew.answered(slug=CHECKED)
    crew.lucy.command(number, "publish", slug=CHECKED)
    crew.morgan.command(number, "translate", slug=CHECKED, answer="1", lang="cy", text="Na.")
    crew.lucy.command(number, "return", slug=CHECKED, note="More kindly.")
    shown = card(crew.desk(crew.morgan, CHECKED), number)
    assert "More kindly." in shown
    assert f'id="translation-{number}-1-cy" name="text"' in shown
    assert "\nNa.</textarea>" in shown
    assert "Na." not in crew.public(CHECKED)


@pytest.mark.parametrize("path", ["", "/cy"])
def test_the_desk_is_whole_for_everybody(crew: Panel, path: str) -> None:
    def whole(client: StaffClient) -> bool:
        page = client.get(f"{path}/staff/sessions/{SLUG}/desk")
        assert page.status_code == 200
        return Screen(page.text).position > 0

    assert all(whole(each) for each in (crew.morgan, crew.lucy, crew.leah, crew.asha))
