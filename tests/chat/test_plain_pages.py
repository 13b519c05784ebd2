"""Help is named once, however many sessions there are that name it."""

from __future__ import annotations

from msgspec.structs import replace

from askpanel.chat.plainpages import alike
from askpanel.chat.view import view
from tests.cast import session

SPRING, AUTUMN = session(slug="spring"), session(slug="autumn")
ELSEWHERE = replace(session(slug="elsewhere"), signposts=SPRING.signposts[1:])


def test_sessions_with_the_same_help_share_it() -> None:
    assert alike([SPRING, ELSEWHERE, AUTUMN]) == [[SPRING, AUTUMN], [ELSEWHERE]]
    assert alike([]) == []


def test_the_same_help_in_other_languages_is_another() -> None:
    english = replace(AUTUMN, languages=SPRING.languages[:1])
    assert alike([SPRING, english]) == [[SPRING], [english]]


def test_every_session_is_named_over_its_help() -> None:
    titled = [replace(each, title={"en": f"In {each.slug}"}) for each in (SPRING, AUTUMN)]
    helping = alike([*titled, ELSEWHERE])
    html = view("en").page("safety.html", helping=helping, errors=())
    assert "In spring<br>In autumn</h3>" in html
    first = SPRING.signposts[0]
    assert html.count(f">{first.name['en']}") == 1
