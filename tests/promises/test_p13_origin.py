"""P13. A page of somebody else's opens no socket and sends no form, whatever Origin it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.promises.line import cookie_of, dial
from tests.promises.stage import Stage, staged
from tests.service import SLUG, StaffClient

BASE = "https://ask.example"
SOCKETS = (
    f"/sessions/{SLUG}/live?after=0",
    f"/cy/sessions/{SLUG}/live?after=0",
    "/sessions/nowhere/live?after=0",
    f"/staff/sessions/{SLUG}/live?after=0&view=triage",
    f"/staff/sessions/{SLUG}/live?after=0&view=desk",
)
MISSING = ""


def tricks(ours: str) -> list[str]:
    """Origins that are not `ours`, however much they look like it."""
    parts = urlsplit(ours)
    host, scheme = parts.netloc, parts.scheme
    name, other = parts.hostname or "", {"http": "https", "https": "http"}[scheme]
    return [
        "https://evil.example",
        "null",
        f"{ours}.evil.example",
        f"{ours}evil.example",
        f"{ours}0",
        f"{scheme}://evil-{host}",
        f"{scheme}://evil.{host}",
        f"https://evil.example/{ours}",
        f"https://evil.example?{ours}",
        f"https://evil.example#{ours}",
        f"{scheme}://{name}:1",
        f"{scheme}://{name}:65535",
        f"{other}://{host}",
        f"{scheme}://{host}@evil.example",
        f"{scheme}://{host}:x@evil.example",
        f"{scheme}://evil.example@{host}",
        f"{scheme}://asha:x@{host}",
        f"{scheme.upper()}://{host}",
        f"{scheme.title()}://{host}",
        f"ws://{host}",
        f"//{host}",
        host,
        f"{ours}/",
        f"{ours}/sessions/{SLUG}",
        f"{ours}?",
        f"{ours}#",
        f"{ours}\\@evil.example",
        f"{ours}%00.evil.example",
        f"{ours}\t.evil.example",
        f"{ours},https://evil.example",
        f"{ours} https://evil.example",
        f"https://evil.example {ours}",
        "file://",
        "about:blank",
        "*",
        "http://127.0.0.2",
        "http://2130706433",
        "http://[::ffff:127.0.0.1]",
    ]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.fixture(scope="module")
def public() -> Iterator[Stage]:
    """As it stands in the open: behind a proxy, under its public name."""
    with staged(BASE_URL=BASE, TRUSTED_PROXIES="127.0.0.1/32") as running:
        yield running


def opened(stage: Stage, cookie: str, origin: str | None, more: Mapping[str, str]) -> list[str]:
    """The sockets that were opened, or refused in any way but barely."""
    found = []
    for path in SOCKETS:
        try:
            with dial(stage, path, origin=origin, headers=more, cookie=cookie):
                found.append(path)
        except InvalidStatus as refusal:
            answer = refusal.response
            body = bytes(answer.body or b"")
            if (
                answer.status_code not in (400, 403)
                or len(body) > 100
                or "Set-Cookie" in answer.headers
            ):
                found.append(path)
    return found


def forms(csrf: str) -> list[tuple[str, dict[str, str]]]:
    """Every form of the service, filled in so that it would be accepted."""
    triage = f"/staff/sessions/{SLUG}"
    return [
        (f"/sessions/{SLUG}/questions", {"id": uuid4().hex, "text": "From elsewhere"}),
        (f"/cy/sessions/{SLUG}/questions", {"id": uuid4().hex, "text": "From elsewhere"}),
        (f"/sessions/{SLUG}/questions/1/withdraw", {}),
        ("/staff/sign-in", {"username": "asha", "password": "a guess from elsewhere"}),
        ("/staff/sign-out", {"csrf": csrf}),
        ("/staff/sign-out-everywhere", {"csrf": csrf}),
        (f"{triage}/questions/1/approve", {"csrf": csrf}),
        (f"{triage}/schedule/pause", {"csrf": csrf}),
    ]


def accepted(client: httpx.Client, csrf: str, headers: list[tuple[str, str]]) -> list[str]:
    """The forms that were not answered by 403."""
    found = []
    for path, fields in forms(csrf):
        request = client.build_request("POST", path, data=fields)
        kept = [pair for pair in request.headers.raw if pair[0].lower() != b"origin"]
        raw = [(name.encode(), value.encode()) for name, value in headers]
        request.headers = httpx.Headers([*kept, *raw])
        if client.send(request).status_code != 403:
            found.append(path)
    return found


@pytest.fixture(scope="module")
def hana(stage: Stage) -> Iterator[StaffClient]:
    """Signed in, and so is every form that is sent in her browser."""
    with stage.participant() as sam:
        assert sam.ask("May I?").status_code == 201
        with closing(stage.staff("hana")) as client:
            client.cookies.update(sam.cookies)
            yield client


def state_of(stage: Stage) -> Any:
    snapshot = stage.snapshot()
    return snapshot.session, snapshot.questions


def test_no_trick_opens_a_socket(stage: Stage, hana: StaffClient) -> None:
    cookie = cookie_of(hana)
    for trick in tricks(stage.url):
        assert opened(stage, cookie, trick, {}) == [], trick
    twice = {"Origin": "https://evil.example"}
    assert opened(stage, cookie, stage.url, twice) == []
    assert opened(stage, cookie, None, {}) == []
    assert opened(stage, cookie, None, {"Sec-Fetch-Site": "same-origin"}) == []


def test_our_own_pages_open_every_socket(stage: Stage, hana: StaffClient) -> None:
    """Control: it is the Origin that is refused, not the socket."""
    for path in SOCKETS:
        if "nowhere" not in path:
            with dial(stage, path, cookie=cookie_of(hana)) as line:
                assert line.recv(timeout=5)


@pytest.mark.parametrize("site", ["same-origin", "none", MISSING])
def test_no_trick_sends_a_form(stage: Stage, hana: StaffClient, site: str) -> None:
    before = state_of(stage)
    said = [("Sec-Fetch-Site", site)] if site else []
    for trick in tricks(stage.url):
        assert accepted(hana, hana.csrf, [("Origin", trick), *said]) == [], trick
    for pair in ((stage.url, "https://evil.example"), ("https://evil.example", stage.url)):
        both = [("Origin", each) for each in pair]
        assert accepted(hana, hana.csrf, [*both, *said]) == []
    assert state_of(stage) == before
    assert hana.get("/staff").status_code == 200, "somebody else's page signed her out"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "x"])
def test_without_an_origin_another_site_sends_no_form(
    stage: Stage, hana: StaffClient, site: str
) -> None:
    before = state_of(stage)
    assert accepted(hana, hana.csrf, [("Sec-Fetch-Site", site)]) == []
    assert state_of(stage) == before


def test_in_the_open_only_the_public_name_counts(public: Stage) -> None:
    """Not the loopback, not what Host says, not what a proxy says of the host."""
    names = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for trick in [*tricks(BASE), public.url, "http://localhost", f"http://localhost:{public.port}"]:
        assert opened(public, "", trick, {}) == [], trick
        with public.browser() as browser:
            assert accepted(browser, "", [("Origin", trick)]) == [], trick
    evil = {**names, "Host": "evil.example"}
    with public.browser() as browser:
        fields = {"id": uuid4().hex, "text": "From elsewhere"}
        headers = {**evil, "Origin": "https://evil.example"}
        path = f"/sessions/{SLUG}/questions"
        assert browser.post(path, data=fields, headers=headers).status_code == 403
        assert browser.post(path, data=fields, headers={"Origin": BASE}).status_code == 303
    with dial(public, SOCKETS[0], origin=BASE) as line:
        assert line.recv(timeout=5)


def test_a_server_that_compares_loosely_is_found_out() -> None:
    """Control: the same tricks against a server that takes whatever begins like its own."""
    with staged(fault="credulous") as faulty:
        through = [trick for trick in tricks(faulty.url) if opened(faulty, "", trick, {})]
        assert f"{faulty.url}.evil.example" in through
        assert f"{faulty.url}@evil.example" in through
        with faulty.browser() as browser:
            headers = [("Origin", f"{faulty.url}.evil.example")]
            assert f"/sessions/{SLUG}/questions" in accepted(browser, "", headers)
        assert opened(faulty, "", None, {})
