"""The triage screen of a service that is up, as staff meet it without scripts: its page as a tree,
and its forms as what they would send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import uuid4

import httpx

from tests.promises.stage import Stage, staged
from tests.screen import Element, parse
from tests.service import SLUG, STAFF, StaffClient

QUEUE = f"/staff/sessions/{SLUG}/triage"
LEAH = ("leah", "Leah", "lead", "")
PLACE = re.compile(r"\bposition\W+(\d+)")
SENT = re.compile(r"\bsent=(\d+)")
Given = Mapping[str, str] | Sequence[tuple[str, str]]

_told: dict[str, int] = {}
"""Of each service: the newest position that an answer has told."""


@contextmanager
def opened() -> Iterator[Stage]:
    """A live session with its staff, a lead among them."""
    with staged(staff=(*STAFF, LEAH)) as running:
        yield running


def heard(client: httpx.Client, answer: httpx.Response) -> None:
    """Note at which position this was done."""
    if places := PLACE.findall(f"{answer.headers.get('location', '')} {answer.text}"):
        _told[str(client.base_url)] = max(map(int, places))


def ask(stage: Stage, text: str = "May I ask?", language: str = "") -> int:
    """A question from somebody whom nobody has met; gives its number."""
    with stage.browser() as browser:
        path = f"{language}/sessions/{SLUG}/questions"
        answer = browser.post(path, data={"id": uuid4().hex, "text": text})
        heard(browser, answer)
        return int(SENT.findall(answer.headers["location"])[0])


def post(
    client: StaffClient, path: str, fields: Given = (), *, json: bool = True
) -> httpx.Response:
    """A form of the staff's, with fields of any name, as often as they come."""
    pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
    data: dict[str, list[str]] = {"csrf": [client.csrf]}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    headers = {"Accept": "application/json"} if json else {}
    answer = client.post(f"/staff/sessions/{SLUG}/{path}", data=data, headers=headers)
    heard(client, answer)
    return answer


def give(
    client: StaffClient, number: int, command: str, fields: Given = (), *, json: bool = True
) -> httpx.Response:
    """One command on one question."""
    return post(client, f"questions/{number}/{command}", fields, json=json)


def page(client: StaffClient, query: str = "", language: str = "") -> Element:
    """The screen as a tree, with all that was answered by now, as for who is led to it."""
    place = f"position={_told.get(str(client.base_url), 0)}"
    answer = client.get(f"{language}{QUEUE}{query}{'&' if query else '?'}{place}")
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def find(root: Element, id_: str) -> Element | None:
    """The element with an id."""
    return next((each for each in root.elements() if each.id == id_), None)


def got(root: Element, id_: str) -> Element:
    """The element with an id, which must be there."""
    found = find(root, id_)
    assert found is not None, id_
    return found


def text_of(element: Element) -> str:
    """What stands in an element, in one line."""
    parts = (text_of(child) if isinstance(child, Element) else child for child in element.children)
    return " ".join(" ".join(parts).split())


def tagged(root: Element, tag: str) -> list[Element]:
    """Every element of a kind."""
    return [each for each in root.elements() if each.tag == tag]


def forms(root: Element) -> Iterable[tuple[str, dict[str, str]]]:
    """Every form below an element: where it leads, and its hidden fields."""
    for form in tagged(root, "form"):
        hidden = (e for e in tagged(form, "input") if e.attributes.get("type") == "hidden")
        yield (
            form.attributes.get("action", ""),
            {e.attributes["name"]: e.attributes.get("value", "") for e in hidden},
        )
