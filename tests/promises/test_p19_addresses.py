"""P19. No naughty string in an address, a header or a cookie breaks anything or comes alive."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import pytest

from askpanel.chat.view import static_version
from tests.promises.line import end_of
from tests.promises.naughty import (
    BROKEN,
    CHARACTERS,
    HEADERS,
    LENGTHS,
    MARKUP,
    OURS,
    PATHS,
    SHEETS,
    STORES,
    TEMPLATES,
    everything,
    in_path,
)
from tests.promises.skeleton import Skeleton, alive, leads_away
from tests.promises.stage import Stage, staged
from tests.service import NO_TLS, SLUG, StaffClient

PAGE = f"/sessions/{SLUG}"
NUMBERS = ["0", "-1", "00", "1.5", "1e3", "²", "٣", "9" * 9, "9" * 20, "9" * 4300, "9" * 4301]
MEANING = re.compile(r"[<>&\"'/\\]")
"""What means something to a reader of HTML or of addresses."""
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
RAW = [*(quoted.decode("latin-1") for quoted in BROKEN if quoted[:1] == b"%"), "%00", "%0A", "%2F"]
FOR_ADDRESSES = [*map(in_path, [*MARKUP, *HEADERS, *PATHS]), *RAW]
SEGMENTS = [*FOR_ADDRESSES, *map(in_path, [*TEMPLATES, *STORES, *SHEETS, *CHARACTERS, *LENGTHS])]
HOSTILE = [
    "//evil.example",
    "///evil.example/x",
    "/%5Cevil.example",
    "%5C%5Cevil.example",
    "/%09/evil.example",
    "/%0D%0A/evil.example",
    "/%2Fevil.example",
    "%2F%2Fevil.example",
    "/..//evil.example",
    "//evil.example/%2e%2e",
    "//evil.example?next=/",
]


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


def ask_for(client: httpx.Client, method: str, path: str, **more: object) -> httpx.Response:
    """Send a target as it stands, without the client's own ideas of how it should be written."""
    base = client.base_url
    url = httpx.URL(scheme=base.scheme, host=base.host, port=base.port, raw_path=path.encode())
    return client.send(client.build_request(method, url, **more))  # type: ignore[arg-type]


def addresses(segment: str) -> list[tuple[str, str]]:
    """Every address that has a part for anybody to fill in, with the same in each."""
    return [
        ("GET", f"/{segment}"),
        ("GET", f"/cy/{segment}"),
        ("GET", f"/sessions/{segment}"),
        ("GET", f"/sessions/{segment}.ics"),
        ("GET", f"/sessions/{segment}/qr.svg"),
        ("GET", f"/sessions/{segment}/transcript"),
        ("GET", f"{PAGE}/transcript.{segment}"),
        ("GET", f"/static/{static_version()}/{segment}"),
        ("GET", f"/static/{segment}/app.css"),
        ("POST", f"/sessions/{segment}/questions"),
        ("POST", f"{PAGE}/questions/{segment}/withdraw"),
        ("GET", f"/staff{PAGE}/{segment}"),
        ("POST", f"/staff/sessions/{segment}/questions/1/approve"),
        ("POST", f"/staff{PAGE}/questions/{segment}/approve"),
        ("POST", f"/staff{PAGE}/questions/1/{segment}"),
        ("POST", f"/staff{PAGE}/schedule/{segment}"),
    ]


def test_in_a_path_each_is_a_page_that_is_not_there(stage: Stage, hana: StaffClient) -> None:
    unknown = f"/staff{PAGE}/questions/1/unknown"
    refused = hana.post(unknown, data={"csrf": hana.csrf, "text": "x"})
    model = hana.get("/nowhere").text + refused.text
    for turn, text in enumerate(SEGMENTS):
        every = addresses(text)
        # What is made for addresses goes into each; of the rest each goes into four of them.
        chosen = (
            every
            if turn < len(FOR_ADDRESSES)
            else [every[(turn + n * 3) % len(every)] for n in range(4)]
        )
        for method, path in chosen:
            answer = ask_for(hana, method, path, data={"csrf": hana.csrf, "text": "x", "id": "x"})
            assert answer.status_code < 500, (method, path)
            if answer.status_code == 404 and MEANING.search(unquote(text)):
                assert alive(answer.text, model) == [], (method, path)


def test_the_whole_list_is_no_slug(stage: Stage) -> None:
    with stage.browser() as browser:
        for text in everything():
            segment = in_path(text)
            if segment.strip("."):
                assert ask_for(browser, "GET", f"/sessions/{segment}").status_code in (404, 414)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number[:9]} ({len(number)})")
def test_no_number_is_too_strange(stage: Stage, hana: StaffClient, number: str) -> None:
    for method, path in addresses(in_path(number)):
        assert ask_for(hana, method, path).status_code in (303, 403, 404, 405, 415, 422), path
    fields = {"into": number, "answer": number, "minutes": number}
    for command in ("merge", "correct"):
        answer = hana.command(1, command, into=number, answer=number, text="x")
        assert answer.status_code in (404, 409, 422)
    path = f"/staff{PAGE}/schedule/extend"
    answer = hana.post(path, data={"csrf": hana.csrf, **fields}, headers={"Accept": "text/html"})
    assert answer.status_code in (303, 409, 422)


def test_in_a_query_each_is_harmless(stage: Stage) -> None:
    names = ("after", "epoch", "mine", "view", "sent", "position", "next", "signed-out", "key")
    with stage.browser() as browser:
        noticed = browser.get(f"{PAGE}?sent=1&after=0").text
        paths = (PAGE, f"/cy{PAGE}", "/staff/sign-in")
        models = {path: browser.get(path).text + noticed for path in paths}
        for number, text in enumerate(SEGMENTS):
            query = "&".join([*(f"{name}={text}" for name in names), text])[:7000]
            path = paths[number % 3]
            answer = ask_for(browser, "GET", f"{path}?{query}")
            assert answer.status_code == 200, (path, text)
            assert alive(answer.text, models[path]) == [], (path, text)


def ways_out(stage: Stage) -> list[str]:
    """The addresses whose answer sends to another site, or has a link there that is its own."""
    found = []
    with stage.browser() as browser:
        known = Skeleton(browser.get("/nowhere").text).addresses
        for way in HOSTILE:
            for path in (
                f"/{way}".replace("//", "/", 1),
                f"/cy/{way}",
                f"/cy{way}",
                f"/staff{way}",
            ):
                answer = ask_for(browser, "GET", path)
                assert answer.status_code in (303, 404), path
                shown = Skeleton(answer.text).addresses - known
                if any(map(leads_away, {answer.headers.get("location", "/"), *shown})):
                    found.append(path)
    return found


def test_no_address_makes_a_page_that_leads_away(stage: Stage) -> None:
    """The way to the other language is made from the address of the page itself."""
    assert ways_out(stage) == []


def test_a_link_that_repeats_the_address_is_found_out() -> None:
    """Control: the address of the page, as it was asked for."""
    with staged(fault="parroting") as faulty:
        assert "/cy//evil.example" in ways_out(faulty)


def test_a_redirect_never_leaves_for_what_host_says(stage: Stage) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    with stage.browser(**evil) as browser:
        for path in ("/staff", "/staff/", f"{PAGE}/", f"/cy{PAGE}/", "/privacy/", "/cy/"):
            answer = browser.get(path)
            assert "evil" not in answer.headers.get("location", ""), path
            assert "evil" not in answer.text, path


def test_in_headers_and_cookies_each_is_harmless(stage: Stage) -> None:
    names = (
        *("Accept", "Accept-Language", "User-Agent", "Referer", "Range", "If-None-Match"),
        *("Sec-Fetch-Site", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"),
    )
    strings = {CONTROL.sub(b" ", text.encode())[:500].strip() for text in OURS}
    with httpx.Client(base_url=stage.url, verify=NO_TLS) as bare:
        model = bare.get(PAGE).text
        for value in strings:
            cookie = b"askpanel-staff=" + value + b"; askpanel=" + value
            raw = [*((name.encode(), value) for name in names), (b"Cookie", cookie)]
            answer = bare.get(PAGE, headers=raw)
            assert answer.status_code in (200, 400), value
            if answer.status_code == 200 and MEANING.search(value.decode("utf-8", "ignore")):
                assert alive(answer.text, model) == [], value
            assert bare.get("/staff/sign-in", headers=raw).status_code in (200, 400), value
            posted = bare.post(f"{PAGE}/questions", data={"text": ""}, headers=raw)
            assert posted.status_code in (400, 403, 422), value
            signed_out = bare.post(f"/staff{PAGE}/questions/1/approve", headers=raw)
            assert signed_out.status_code in (400, 401, 403), value


def test_on_a_socket_each_is_harmless(stage: Stage) -> None:
    for text in SEGMENTS:
        query = f"after={text}&epoch={text}&mine={text}&view={text}&{text}"[:7000]
        for path in (f"{PAGE}/live", f"/staff{PAGE}/live", f"/sessions/{text}/live"):
            end = end_of(stage, f"{path}?{query}", cookie="askpanel=x; askpanel-staff=x")
            assert end in (400, 403, 404, 414, 1000, 4001), (path, text)


@pytest.mark.parametrize(
    "value", [b"\x01", b"a\0b", b"\x7f", b"\x1b[2J", b"a\rb", b"a\n b", b"\xff"]
)
def test_a_header_with_control_characters_is_answered_and_not_logged(
    stage: Stage, value: bytes
) -> None:
    head = b"GET /privacy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    fields = b"".join(b"%s: %s\r\n" % (name, value) for name in (b"Cookie", b"Accept", b"X-Any"))
    with socket.create_connection(("127.0.0.1", stage.port), timeout=5) as line:
        line.sendall(head + fields + b"\r\n")
        status = line.recv(4096).split(b" ")[1]
    assert status in (b"200", b"400")
