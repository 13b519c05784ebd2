"""P20. Every answer says what a page may load, what it tells others, and that nobody keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from uuid import uuid4

import httpx
import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from askpanel.addresses import routes
from askpanel.app import create
from askpanel.chat.view import STATIC, static_version
from askpanel.config import Config
from tests.promises.stage import Stage, staged
from tests.service import NO_TLS, PASSWORD, SLUG

BASE = "https://ask.example"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'{sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types live"
)
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
FRAMED = ["cross-origin-resource-policy", "x-frame-options", "content-security-policy"]
"""What differs on the one page that others may frame."""
SITES = ("https://www.force.example", "https://charity.example:8443")
POWERS = ("camera", "microphone", "geolocation", "browsing-topics")
PARTS = {"slug": SLUG, "number": "1", "command": "approve", "form": "json", "short": "ask"}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
BESIDE = ("/nowhere", "/cy/nowhere", "/static/nowhere", f"/sessions/{SLUG}/", "/sessions/nowhere")


def wrong_with(answer: httpx.Response, *, https: bool) -> list[str]:
    """What the headers of an answer lack, or should not say."""
    headers = answer.headers
    policy = POLICY.format(sockets=" wss://ask.example" if https else "")
    # The way out tells nobody where somebody came from.
    leaving = answer.status_code == 303 and answer.request.url.path.endswith("/exit")
    said_everywhere = {**EVERYWHERE, "referrer-policy": "no-referrer"} if leaving else EVERYWHERE
    found = [name for name, value in said_everywhere.items() if headers.get(name) != value]
    if headers.get_list("content-security-policy") != [policy]:
        found.append("content-security-policy")
    powers = headers.get("permissions-policy", "")
    found += [power for power in POWERS if f"{power}=()" not in powers]
    if https != ("strict-transport-security" in headers):
        found.append("strict-transport-security")
    found += [name for name in ("server", "x-powered-by", "via") if name in headers]
    static = answer.request.url.path.startswith(f"/static/{static_version()}/")
    kept = static and answer.status_code in (200, 304)
    said = headers.get_list("cache-control")
    if said != (["public, max-age=31536000, immutable"] if kept else ["no-store"]):
        found.append(f"cache-control: {said}")
    if headers.get("content-type", "charset").startswith("text/") and not kept:
        found += [] if "charset=utf-8" in headers["content-type"] else ["charset"]
    return found


def inline(html: str) -> list[str]:
    """What the policy would keep from working."""
    return re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\s(?:style|on[a-z]+)=\"", html)


def paths() -> list[str]:
    """Every address of the application, filled in, in both languages, and some that are none."""
    application = create(Config(redis_url="unix:///nowhere", secret_key="x" * 32))
    made = application
    every = routes(made.site, made.door, made.attendance, made.presence, made.playbook)
    found = [*BESIDE]
    for route in every:
        if isinstance(route, Mount):
            files = [
                file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file()
            ]
            found += [f"{route.path}/{name}" for name in [*files[::5], "nowhere.css"]]
        else:
            assert isinstance(route, (Route, WebSocketRoute))
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: PARTS[part[1]], route.path)
            found += [path, f"/cy{path}"]
    assert len(found) > 40
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def plain() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.fixture(scope="module")
def public() -> Iterator[Stage]:
    """Behind a proxy that ends TLS, under its public name."""
    with staged(BASE_URL=BASE, TRUSTED_PROXIES="127.0.0.1/32") as running:
        yield running


def through_proxy(stage: Stage, **headers: str) -> httpx.Client:
    """What a proxy hands on of a browser at the public name."""
    forwarded = {"Host": "ask.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "1.1.1.1"}
    said = {**forwarded, "Origin": BASE, **headers}
    return httpx.Client(base_url=stage.url, headers=said, verify=NO_TLS)


def cookie_in(answer: httpx.Response) -> Morsel[str]:
    """The one cookie that an answer sets."""
    (header,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    return morsel


def enter(client: httpx.Client) -> Morsel[str]:
    """Sign in, with the cookie in the client's headers as a browser would send it over TLS."""
    form = {"username": "hana", "password": PASSWORD}
    morsel = cookie_in(client.post("/staff/sign-in", data=form))
    client.headers["Cookie"] = f"{morsel.key}={morsel.value}"
    return morsel


def faults(client: httpx.Client, *, https: bool) -> dict[str, list[str]]:
    """What is wrong, by request, over all addresses and methods."""
    found = {}
    for path in paths():
        for method in METHODS:
            answer = client.request(method, path)
            wrong = [*wrong_with(answer, https=https), *inline(answer.text)]
            if answer.status_code >= 500:
                wrong.append(str(answer.status_code))
            if "set-cookie" in answer.headers and "sign-out" not in path:
                wrong.append("a cookie")
            if wrong:
                found[f"{method} {path}"] = wrong
    return found


def test_every_answer_on_the_loopback_carries_the_headers(plain: Stage) -> None:
    with plain.browser() as reader:
        assert faults(reader, https=False) == {}


def test_every_answer_in_the_open_carries_them_too(public: Stage) -> None:
    with through_proxy(public) as reader:
        assert faults(reader, https=True) == {}


def test_every_answer_to_staff_carries_them_and_is_kept_by_nobody(public: Stage) -> None:
    with through_proxy(public) as hana:
        enter(hana)
        assert hana.get(f"/staff/sessions/{SLUG}/triage").status_code == 200
        assert faults(hana, https=True) == {}


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_for_this_host_and_this_browser_alone(
    plain: Stage, public: Stage, https: bool
) -> None:
    with through_proxy(public) if https else plain.browser() as client:
        fields = {"id": uuid4().hex, "text": "May I?"}
        asked = client.post(f"/sessions/{SLUG}/questions", data=fields)
        cookies = {"strict": cookie_in(asked), "lax": enter(client)}
    for site, morsel in cookies.items():
        assert morsel.key.startswith("__Host-") is https
        assert bool(morsel["secure"]) is https
        assert morsel["httponly"]
        assert morsel["samesite"].lower() == site
        assert morsel["path"] == "/"
        assert not any(morsel[lasting] for lasting in ("domain", "expires", "max-age"))
        assert len(morsel.value) >= 43


def test_what_is_refused_and_what_breaks_carries_them(plain: Stage) -> None:
    with plain.store() as store:
        store.hset("askpanel:{broken}:meta", "session", "{not JSON")
    with plain.browser() as client:
        path = f"/sessions/{SLUG}/questions"
        answers = [
            client.post(path, data={"id": uuid4().hex, "text": ""}),
            client.post(path, data={"id": uuid4().hex, "text": "x" * 100_000}),
            client.post(path, data={"text": "x"}, headers={"Origin": "https://evil.example"}),
            client.post("/staff/sign-in", content=b"x" * 100_000),
            client.post("/staff/sign-in", json={"username": "x"}),
            client.post(f"/staff{path}/1/approve", data={"csrf": "x"}),
            client.get("/sessions/broken"),
            client.get("/sessions/broken", headers={"Accept": "application/json"}),
        ]
    assert [answer.status_code for answer in answers] == [422, 413, 403, 413, 415, 401, 500, 500]
    assert [wrong_with(answer, https=False) for answer in answers] == [[]] * len(answers)


def beside_framing(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is wrong besides what makes the one page that others may frame differ."""
    pages = [f"{lang}/sessions/{SLUG}/embed" for lang in ("", "/cy")]
    differing = {f"{method} {page}" for method in ("GET", "HEAD") for page in pages}
    return {
        request: wrong
        for request, wrong in found.items()
        if request not in differing or wrong != FRAMED
    }


def test_one_page_alone_may_be_framed_and_differs_in_nothing_else() -> None:
    with staged(EMBED_ORIGINS=", ".join(SITES)) as stage, stage.browser() as reader:
        found = faults(reader, https=False)
        answer = reader.get(f"/sessions/{SLUG}/embed")
    assert f"GET /cy/sessions/{SLUG}/embed" in found
    assert beside_framing(found) == {}
    framed = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(SITES)}")
    assert answer.headers["content-security-policy"] == framed.format(sockets="")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "x-frame-options" not in answer.headers


def test_a_program_that_lets_every_page_be_framed_is_found_out() -> None:
    """Control."""
    with staged(fault="exposed", EMBED_ORIGINS=SITES[0]) as faulty, faulty.browser() as client:
        found = beside_framing(faults(client, https=False))
    assert found[f"GET /sessions/{SLUG}"] == FRAMED
    assert found["GET /staff/sign-in"] == FRAMED


def test_a_program_without_the_headers_is_found_out() -> None:
    """Control: it goes wrong at every address."""
    with staged(fault="bare") as faulty, faulty.browser() as client:
        found = faults(client, https=False)
        wrong = found[f"GET /sessions/{SLUG}"]
    assert len(found) == len(paths()) * len(METHODS)
    assert {"content-security-policy", "referrer-policy", "cache-control: []"} <= set(wrong)
