"""The triage screen: slim cards, the opened question, filters, and what nobody ever finds there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from askpanel.chat.view import view
from askpanel.eventlog.model import Change, Flag, Question, State
from askpanel.moderation.playbookfile import packaged
from askpanel.moderation.wording import Wording
from tests.cast import NOON, session
from tests.moderation.triage import (
    QUEUE,
    ask,
    find,
    forms,
    give,
    got,
    opened,
    page,
    tagged,
    text_of,
)
from tests.promises.stage import Stage
from tests.screen import parse
from tests.service import StaffClient

LINKS = "See https://evil.example/x, www.evil.example and mailto:sam@evil.example or 0808 1000 900"


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


def card(**changes: object) -> str:
    """A card, drawn as the page and the frames draw it."""
    question = Question(
        **{
            "number": 123_456,
            "state": State.PENDING,
            "text": "Is it too late?",
            "lang": "en",
            "author": "a" * 43,
            "at": NOON,
            "changed": Change(command="submit", at=NOON),
            **changes,
        }  # type: ignore[arg-type]
    )
    say = Wording(packaged(), "en")
    return str(view("en").part("parts/triage.html", "card", question, session(), say))


def test_a_card_is_slim_enough_for_a_thousand_of_them() -> None:
    flags = [Flag(code="phone", found=["0808 1000 900"]), Flag(code="name", found=["PC Smith"])]
    drawn = card(text="x" * 200, topic="law", flags=flags, labels=["first"], organisation="gmp")
    assert len(drawn.encode()) < 2_300
    assert len(card().encode()) < 1_600


def test_a_card_says_in_attributes_what_scripts_sort_and_filter_by(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage, "Call 0808 1000 900 or I want to die")
    assert (
        give(asha, number, "label", [("labels", "first"), ("labels", "young")]).status_code == 200
    )
    assert give(asha, number, "assign", {"organisation": "gmp"}).status_code == 200
    assert give(asha, number, "hand", {"to": "bea"}).status_code == 200
    assert give(asha, number, "lock", {"doing": "replying"}).status_code == 200
    found = got(page(asha), f"question-{number}").attributes
    told = {name: value for name, value in found.items() if name.startswith("data-")}
    assert told == {
        "data-scope": "",
        "data-state": "pending",
        "data-topic": "",
        "data-lang": "en",
        "data-flags": "distress phone",
        "data-labels": "first young",
        "data-organisation": "gmp",
        "data-age": str(stage.question(number).at),
        "data-priority": "2",
        "data-lock": "asha",
        "data-hand": "bea",
    }
    assert give(asha, number, "unlock").status_code == 200


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, 0),
        ({"flags": [Flag(code="phone", found=["1"])]}, 0),
        ({"flags": [Flag(code="threat", found=["kill him"])]}, 2),
        ({"flags": [Flag(code="distress", found=["want to die"])], "needs_help": True}, 3),
    ],
)
def test_what_is_urgent_comes_first(changes: dict[str, object], priority: int) -> None:
    assert f'data-priority="{priority}"' in card(**changes)


def test_a_distressing_question_is_veiled_until_it_is_opened(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage, "I want to die")
    root = page(asha)
    veil = next(e for e in tagged(got(root, f"question-{number}"), "details"))
    assert "open" not in veil.attributes
    assert text_of(tagged(veil, "summary")[0]) == "May be distressing. Show the question"
    assert "I want to die" in text_of(veil)
    # Neither what was noticed, which quotes it, nor a way to publish it unread stands outside.
    found = got(root, f"question-{number}")
    inside = [c for kind in ("p", "li", "button") for c in tagged(found, kind) if c is not found]
    rest = [each for each in inside if each not in veil]
    assert not any("die" in text_of(each) for each in rest)
    assert not any("Approve" in text_of(each) for each in rest)
    # It can be handed on without being read: by a tick, and by the box for many.
    assert got(root, f"tick-{number}").attributes["form"] == "bulk"
    assert give(asha, number, "lock").status_code == 200
    box = got(page(asha), f"open-{number}")
    assert not any("ask-veil" in e.attributes.get("class", "") for e in box.elements())
    assert give(asha, number, "unlock").status_code == 200


def test_what_may_never_be_shown_stays_behind_a_veil(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage, "What about the man at number 12?")
    assert give(asha, number, "reject", {"reason": "names-a-person"}).status_code == 200
    assert stage.question(number).hidden
    veil = tagged(got(page(asha), f"question-{number}"), "summary")[0]
    assert text_of(veil) == "Not for the public. Show the question"


def test_an_open_question_has_everything_that_can_be_done_as_a_form(
    stage: Stage, asha: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock", {"doing": "reading"}).status_code == 200
    box = got(page(asha), f"open-{number}")
    commands = {action.rsplit("/", 1)[1]: hidden for action, hidden in forms(box)}
    assert set(commands) == {
        *("approve", "reject", "reply", "divert", "merge", "hold", "escalate"),
        *("assign", "hand", "label", "annotate", "mute", "unlock"),
    }
    assert all(hidden["csrf"] == asha.csrf for hidden in commands.values())
    reasons = [e for e in tagged(box, "button") if e.attributes.get("name") == "reason"]
    assert [e.attributes.get("data-key", "") for e in reasons] == [*"1234567890", ""]
    # What the author will read stands beside each, to the letter.
    diversions = [e for e in tagged(box, "button") if e.attributes.get("name") == "diversion"]
    assert len(diversions) == len(packaged().diversions)
    assert packaged().diversions[0].words["en"] in text_of(box)
    assert "In an emergency" in text_of(box) or "999" in text_of(box)
    assert give(asha, number, "unlock").status_code == 200
    assert find(page(asha), f"open-{number}") is None


def test_nobody_has_the_box_of_a_colleague(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    number = ask(stage)
    assert give(asha, number, "lock", {"doing": "replying"}).status_code == 200
    assert find(page(bea), f"open-{number}") is None
    told = text_of(got(page(bea), f"question-{number}"))
    assert "Asha is replying" in told
    assert "Take over from Asha" in told
    assert give(asha, number, "unlock").status_code == 200


def test_an_edit_is_shown_as_a_difference_in_words(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage, "What did PC Jones do?")
    assert give(asha, number, "approve", {"text": "What did they do?"}).status_code == 200
    assert give(asha, number, "lock").status_code == 200
    box = got(page(asha), f"open-{number}")
    gone, new = tagged(box, "del"), tagged(box, "ins")
    assert [text_of(each) for each in gone] == ["taken out: PC Jones"]
    assert [text_of(each) for each in new] == ["put in: they"]
    assert give(asha, number, "unlock").status_code == 200


def test_a_reply_begins_from_a_template_without_scripts(stage: Stage, asha: StaffClient) -> None:
    number = ask(stage, "Pwy all helpu?", "/cy")
    assert give(asha, number, "lock").status_code == 200
    links = tagged(got(page(asha), f"reply-{number}"), "a")
    assert len(links) == len(packaged().replies)
    fill = urlsplit(links[0].attributes["href"])
    assert parse_qs(fill.query)["fill"] == [f"{number}:{packaged().replies[0].code}"]
    filled = got(page(asha, f"?{fill.query}"), f"reply-text-{number}")
    # In the language of whoever asked, with the session's own numbers.
    assert text_of(filled).startswith("Diolch am ddweud wrthym.")
    assert "999" in text_of(filled)
    assert "open" in got(page(asha, f"?{fill.query}"), f"reply-{number}").attributes
    for strange in ("?fill=", f"?fill={number}", "?fill=x:y", f"?fill={number}:nothing"):
        assert text_of(got(page(asha, strange), f"reply-text-{number}")) == ""
    assert give(asha, number, "unlock").status_code == 200


def test_questions_that_read_alike_are_offered_with_their_words(
    stage: Stage, asha: StaffClient
) -> None:
    words = "Does the foundation visit schools in Salford and Bury"
    first, second = ask(stage, f"{words}?"), ask(stage, f"{words} too?")
    assert give(asha, second, "lock").status_code == 200
    root = page(asha)
    offered = [
        each.attributes["value"]
        for each in tagged(got(root, f"merge-{second}"), "button")
        if each.attributes.get("name") == "into"
    ]
    assert str(first) in offered
    alike = next(e for e in root.elements() if "ask-nojs" in e.attributes.get("class", ""))
    assert f"{words}?" in text_of(alike)
    assert give(asha, second, "merge", {"into": str(first)}).status_code == 200


def test_no_question_has_a_link_that_can_be_followed(
    stage: Stage, asha: StaffClient, bea: StaffClient
) -> None:
    """Wherever staff meet it: on the lists, opened, veiled, with a note, in a refusal."""
    number = ask(stage, LINKS)
    other = ask(stage, f"{LINKS}, and I want to die")
    for each in (number, other):
        assert give(asha, each, "annotate", {"note": LINKS}).status_code == 200
        assert give(asha, each, "lock").status_code == 200
    held = give(asha, number, "hold", {"note": LINKS}, json=False)
    assert held.status_code == 303
    assert give(asha, number, "lock").status_code == 200
    refused = give(bea, number, "reply", {"text": LINKS}, json=False)
    assert refused.status_code == 409
    pages = [asha.get(QUEUE).text, refused.text, bea.get(QUEUE).text]
    assert LINKS in pages[0]
    for text in pages:
        assert leading_out(text) == []
    # Control: a link in a question would be found.
    assert leading_out(pages[0].replace(LINKS, '<a href="https://evil.example/x">See</a>'))


def leading_out(html: str) -> list[str]:
    """Every address of a page that leads to what somebody wrote."""
    names = ("href", "action", "formaction", "src")
    found = [e.attributes.get(name, "") for e in parse(html).elements() for name in names]
    return [each for each in found if "evil" in each or each.startswith(("mailto:", "tel:"))]


def shown(stage: Stage, asha: StaffClient, query: str) -> set[int]:
    cards = (e for e in page(asha, query).elements() if e.id.startswith("question-"))
    items = (e for e in cards if e.tag == "li" and "data-filtered" not in e.attributes)
    return {int(e.id.removeprefix("question-")) for e in items}


def test_the_lists_are_filtered_and_sorted_by_the_address(stage: Stage, asha: StaffClient) -> None:
    plain, welsh = ask(stage, "A zebra crossing?"), ask(stage, "Ble mae'r sebra?", "/cy")
    phone = ask(stage, "Zebra: call 0808 1000 900")
    assert give(asha, plain, "assign", {"organisation": "lff"}).status_code == 200
    assert give(asha, plain, "label", {"labels": "common"}).status_code == 200
    assert give(asha, phone, "hold", {"note": "Ask"}).status_code == 200
    everybody = shown(stage, asha, "")
    assert {plain, welsh, phone} <= everybody
    assert shown(stage, asha, "?q=ZEBRA") == {plain, phone}
    assert shown(stage, asha, f"?q={plain}") >= {plain}
    assert shown(stage, asha, "?q=zebra&flag=phone") == {phone}
    assert welsh in shown(stage, asha, "?lang=cy")
    assert plain not in shown(stage, asha, "?lang=cy")
    assert plain in shown(stage, asha, "?organisation=lff")
    assert shown(stage, asha, "?label=common") == {plain}
    assert shown(stage, asha, "?q=zebra&list=held") == {phone}
    assert give(asha, plain, "lock").status_code == 200
    assert plain in shown(stage, asha, "?mine=1")
    assert welsh not in shown(stage, asha, "?mine=1")
    assert text_of(got(page(asha, "?q=zebra"), "shown")) == f"2 of {len(everybody)} questions shown"
    assert text_of(got(page(asha), "shown")) == ""
    # The form says what is set, and a command without scripts leads back to the same lists.
    field = got(page(asha, "?q=zebra&sort=priority"), "filter-q")
    assert field.attributes["value"] == "zebra"
    done = give(asha, plain, "unlock", {"back": "q=zebra&sort=priority&evil=1"}, json=False)
    assert parse_qs(urlsplit(done.headers["location"]).query).keys() == {"q", "sort", "position"}
    for strange in ("?sort=down", "?topic=%00", "?q=%F0%9F%98%80", "?flag=<b>", "?mine=2&list=x"):
        page(asha, strange)


def test_the_most_urgent_come_first_and_the_oldest_among_them(
    stage: Stage, asha: StaffClient
) -> None:
    calm, worse = ask(stage, "A yak?"), ask(stage, "A yak that I will kill him with")
    order = [
        int(e.id.removeprefix("question-"))
        for e in got(page(asha, "?sort=priority"), "list-pending").elements()
        if e.tag == "li" and e.id
    ]
    assert order.index(worse) < order.index(calm)
    order = [
        int(e.id.removeprefix("question-"))
        for e in got(page(asha, "?sort=age"), "list-pending").elements()
        if e.tag == "li" and e.id
    ]
    assert order == sorted(order)


def test_a_lead_works_where_a_moderator_does_and_a_panelist_does_not(stage: Stage) -> None:
    with closing(stage.staff("leah")) as leah, closing(stage.staff("morgan")) as morgan:
        number = ask(stage)
        assert give(leah, number, "lock").status_code == 200
        assert find(page(leah), f"open-{number}") is not None
        assert morgan.get(QUEUE).status_code == 403
        assert give(morgan, number, "lock").status_code == 403


def test_colleagues_are_offered_by_name(stage: Stage, asha: StaffClient) -> None:
    root = page(asha)
    colleagues = {
        e.attributes["value"]: text_of(e) for e in tagged(got(root, "colleagues"), "option")
    }
    assert colleagues == {"bea": "Bea", "leah": "Leah", "hana": "Hana"}
    assert {e.attributes["value"] for e in tagged(got(root, "panelists"), "option")} == {
        "morgan",
        "lucy",
    }
