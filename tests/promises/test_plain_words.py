"""The pages of plain words say what this installation does: each number and condition on them
comes from its settings, and changes with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest

from askpanel.chat.anonymity import KEY_LIFETIME
from askpanel.chat.facts import Facts
from askpanel.chat.grace import GRACE
from askpanel.chat.view import view
from askpanel.config import BadSetting, Config, load
from tests.promises.stage import Stage, staged

PAGES = ("/privacy", "/safety", "/accessibility")


def words(html: str) -> str:
    """What a reader of a page reads, without what is in every page."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def drawn(facts: Facts, page: str = "privacy", locale: str = "en") -> str:
    """The words of a page for an installation like this."""
    return words(
        view(locale).page(f"{page}.html", facts=facts, sessions=(), version="1", errors=())
    )


@contextmanager
def installed() -> Iterator[Stage]:
    """An installation that has set everything that a page tells of."""
    with staged(
        QUESTIONS_PER_MINUTE="17",
        RETENTION_DAYS="23",
        CONTACT="privacy@force.example",
        EMBED_ORIGINS="https://www.force.example,https://www.charity.example",
        TRUSTED_PROXIES="127.0.0.1/32",
    ) as stage:
        yield stage


def test_the_pages_are_those_of_this_installation() -> None:
    with installed() as stage, stage.browser() as reader:
        privacy, safety, statement = (words(reader.get(path).text) for path in PAGES)
        welsh = words(reader.get("/cy/privacy").text)
        front = reader.get("/").text
    assert "one browser may send 17 questions in a minute" in privacy
    assert "erased 23 days after the session has ended" in privacy
    assert "www.force.example www.charity.example" in privacy
    assert "Other software stands in front of this service" in privacy
    assert "The connection to this service is not encrypted" in privacy
    for said in (privacy, statement, welsh):
        assert "privacy@force.example" in said
    for number in ("17", "23"):
        assert number in welsh
    # Help is that of the session that is on.
    assert "Stop it Now" in safety
    assert "0808 1000 900" in safety
    for path in PAGES:
        assert f'href="{path}"' in front


@pytest.mark.parametrize("locale", ["en", "cy"])
def test_every_number_on_the_privacy_page_is_a_setting(locale: str) -> None:
    facts = Facts(questions_per_minute=101, retention_days=102, contact="")
    numbers = set(re.findall(r"\d+", drawn(facts, locale=locale)))
    assert numbers == {"101", "102", "999", str(GRACE // 60_000), str(int(KEY_LIFETIME) // 60)}


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "questions": ({"questions_per_minute": 7}, "send 7 questions", "send 6 questions"),
    "one question": ({"questions_per_minute": 1}, "send 1 question in", "questions in a minute"),
    "days": ({"retention_days": 90}, "90 days after", "30 days after"),
    "one day": ({"retention_days": 1}, "1 day after", "days after"),
    "disk": ({"stores_first": False}, "may lose the newest questions", "it is on a disk"),
    "proxy": ({"proxied": True}, "stands in front of this service", "\0"),
    "TLS": ({"encrypted": True}, "connection is encrypted", "is not encrypted"),
    "frames": ({"framed_by": ("https://a.example",)}, "a.example", "\0"),
    "contact": ({"contact": "https://a.example/ask"}, "a.example/ask", "\0"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_setting_is_another_page(what: str) -> None:
    changes, says, not_any_more = CHANGES[what]
    usual, other = drawn(Facts()), drawn(Facts()._replace(**changes))
    assert says in other
    assert says not in usual
    assert not_any_more not in other
    assert not_any_more == "\0" or not_any_more in usual


def test_what_a_page_is_told_is_what_the_settings_say() -> None:
    usual = Config(secret_key="x" * 32).facts()
    assert usual == Facts()
    other = Config(
        secret_key="x" * 32,
        base_url="https://ask.example.org",
        retention_days=7,
        questions_per_minute=2,
        allow_weak_persistence=True,
        contact="a@b.example",
    ).facts()
    assert other == Facts(2, 7, False, True, True, (), "a@b.example")


@pytest.mark.parametrize(
    "contact",
    ["a@b", "javascript:alert(1)", "http://a.example", "a b@c.example", '"@b.c', "ring us"],
)
def test_a_contact_that_leads_nowhere_is_refused(contact: str) -> None:
    with pytest.raises(BadSetting, match="ASKPANEL_CONTACT cannot be used: it must be an e-mail"):
        load(contact=contact)


@pytest.mark.parametrize(
    ("contact", "link"),
    [("a@b.example", "mailto:a@b.example"), ("https://a.example/x?y", "https://a.example/x?y")],
)
def test_a_contact_is_a_link(contact: str, link: str) -> None:
    html = view("en").page("privacy.html", facts=load(contact=contact).facts(), errors=())
    assert f'href="{link}"' in html


def test_they_are_there_while_the_store_is_away() -> None:
    with staged() as stage, stage.browser() as reader:
        reader.get("/sessions/stop-it-now")
        with stage.store() as store:
            store.execute_command("CLIENT", "PAUSE", "20000", "ALL")
        for path in PAGES:
            page = reader.get(path)
            assert page.status_code == 200
        assert "0808 1000 900" in words(reader.get("/safety").text)
