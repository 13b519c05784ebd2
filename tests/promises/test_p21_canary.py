"""P21. Nothing that could tell who asked is in any file, key, log or page: somebody who is easy to
recognise goes everywhere, and then everything that was kept is searched for them."""

from __future__ import annotations

import hashlib
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.engines import wait_until
from tests.promises.line import cookie_of, dial
from tests.promises.stage import Stage, staged
from tests.promises.trail import files_in, found_in, store_of
from tests.service import NO_TLS, PASSWORD, SLUG

HOME, BEHIND, SIX = "127.0.0.77", "203.0.113.77", "2001:db8:77:7::77"
AGENT = "CanaryBrowser/77.7 (Zx Pixel 77)"
REFERER = "https://canary-search.example/?q=help"
LANGUAGE = "gv-IM"
CRUMB = "canary-crumb-77"
SELF = [HOME, BEHIND, SIX, AGENT, REFERER, LANGUAGE, CRUMB]
TYPED = ["canary-username-77", "canary-password-77"]
"""Into the sign-in form: no more to be kept than an address."""
SPOKEN = ["canary-question-77", "canary-path-77", "canary-query-77", "canary-note-77"]
"""May be in the store, where they belong, and in no log."""
HEADERS = {
    "User-Agent": AGENT,
    "Referer": REFERER,
    "Accept-Language": LANGUAGE,
    "X-Forwarded-For": f"{SIX}, {BEHIND}",
    "Forwarded": f"for={BEHIND}",
    "X-Real-IP": BEHIND,
    "CF-Connecting-IP": SIX,
    "Sec-CH-UA-Model": AGENT,
    "X-Request-Id": CRUMB,
}
PAGES = (
    "/",
    "/privacy",
    "/safety",
    "/accessibility",
    f"/sessions/{SLUG}",
    f"/sessions/{SLUG}/transcript",
)
FILES = tuple(f"/sessions/{SLUG}/transcript.{form}" for form in ("json", "csv", "txt"))
OTHERS = (
    *("/health/live", "/health/ready", "/health/proxy"),
    *("/metrics", "/nowhere", "/static/nowhere", "/exit", f"/sessions/{SLUG}/forget"),
)
BROKEN = ("/sessions/broken", "/cy/sessions/broken/transcript.json")


@contextmanager
def watched(
    folder: Path, fault: str = "", trusted: str = "", form: str = "text"
) -> Iterator[Stage]:
    """A stage whose temporary files are in a folder of their own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TMPDIR", str(folder))
        with staged(
            fault=fault, QUESTIONS_PER_MINUTE="3", TRUSTED_PROXIES=trusted, LOG_FORMAT=form
        ) as stage:
            yield stage


def browse(stage: Stage) -> None:
    """Read everything: a reader gets no cookie anywhere."""
    with canary(stage) as reader:
        for path in (*PAGES, *(f"/cy{page}" for page in PAGES), *FILES, *OTHERS, *BROKEN):
            for method in ("GET", "HEAD", "POST"):
                answer = reader.request(method, f"{path}?{SPOKEN[2]}={SPOKEN[2]}")
                assert "set-cookie" not in answer.headers, path
                assert (answer.status_code >= 500) is (path in BROKEN and method != "POST"), path
        assert reader.get(f"/sessions/{SPOKEN[1]}").status_code == 404
        assert reader.get(f"/{SPOKEN[1]}/{CRUMB}").status_code == 404


def canary(stage: Stage) -> httpx.Client:
    """Somebody's browser, which says all that it can about them."""
    return httpx.Client(
        base_url=stage.url,
        headers={"Origin": stage.url, **HEADERS},
        transport=httpx.HTTPTransport(local_address=HOME, verify=NO_TLS),
    )


def ask(stage: Stage) -> None:
    """Ask, ask too often, ask wrongly, and take back."""
    path = f"/sessions/{SLUG}/questions"
    with canary(stage) as asker:
        for _ in range(4):
            fields = {"id": uuid4().hex, "text": f"{SPOKEN[0]}?", CRUMB: CRUMB}
            answer = asker.post(path, data=fields)
        assert answer.status_code == 429
        assert asker.post(f"{path}/1/withdraw").status_code == 303
        for text in ("", SPOKEN[0] * 100, SPOKEN[0] * 10_000, f"{SPOKEN[0]}\0"):
            assert asker.post(path, data={"text": text}).status_code in (413, 422)
        assert asker.post(path, data={"text": SPOKEN[0]}, headers={"Origin": "null"}).is_error
        assert asker.get(f"/sessions/{SLUG}").status_code == 200


def work(stage: Stage) -> None:
    """Staff have addresses too: guess wrongly, sign in, decide, be refused, sign out."""
    with canary(stage) as staff:
        form = {"username": TYPED[0], "password": TYPED[1]}
        assert staff.post("/staff/sign-in", data=form).status_code == 401
        form = {"username": "hana", "password": PASSWORD}
        assert staff.post("/staff/sign-in", data=form).status_code == 303
        page = staff.get(f"/staff/sessions/{SLUG}/triage").text
        csrf = page.split('name="csrf" value="')[1][:64]
        for number, given in ((2, csrf), (99, csrf), (2, CRUMB)):
            path = f"/staff/sessions/{SLUG}/questions/{number}/hold"
            staff.post(path, data={"csrf": given, "note": SPOKEN[3]})
        with line(stage, f"/staff/sessions/{SLUG}/live?view=triage", cookie_of(staff)):
            pass
        mute = f"/staff/sessions/{SLUG}/questions/2/mute"
        assert staff.post(mute, data={"csrf": csrf}).status_code == 303
        staff.post("/staff/sign-out", data={"csrf": csrf})
        assert staff.post(path, data={"csrf": csrf, "note": SPOKEN[3]}).status_code == 401


def ask_when_muted(stage: Stage) -> None:
    """From the network of somebody who was stopped, with another cookie: that a process knows
    the network for some minutes is to be seen nowhere either."""
    with canary(stage) as asker:

        def answer() -> httpx.Response:
            fields = {"id": uuid4().hex, "text": f"{SPOKEN[0]}?"}
            return asker.post(f"/sessions/{SLUG}/questions", data=fields)

        wait_until(lambda: "A moderator has stopped questions" in answer().text)
        assert answer().status_code == 429
        assert int(answer().headers["retry-after"]) > 60


def line(stage: Stage, path: str, cookie: str = "") -> ClientConnection:
    """A socket that brings all that its owner is known by."""
    headers = {name: value for name, value in HEADERS.items() if name != "User-Agent"}
    crumbs = f"x={CRUMB}; {cookie}".removesuffix("; ")
    return dial(stage, path, source=HOME, agent=AGENT, headers=headers, cookie=crumbs)


def listen(stage: Stage) -> None:
    """Open sockets of every kind, say what no page says, and leave without a word."""
    for path in (
        f"/sessions/{SLUG}/live?after=0&epoch={CRUMB}",
        f"/cy/sessions/{SLUG}/live?after={CRUMB}",
        f"/sessions/{SPOKEN[1]}/live",
        "/sessions/broken/live",
        f"/staff/sessions/{SLUG}/live?view={CRUMB}",
        f"/{SPOKEN[1]}/live",
    ):
        with suppress(InvalidStatus, ConnectionClosed), line(stage, path) as wire:
            wire.recv(timeout=5)
    epoch = stage.snapshot().epoch
    path = f"/sessions/{SLUG}/live?after={stage.snapshot().position}&epoch={epoch}"
    for said in (SPOKEN[0], b"\xff\xfe" + CRUMB.encode(), CRUMB * 1000):
        with suppress(ConnectionClosed), line(stage, path) as wire:
            wire.send(said, text=True)
            wire.send(said)
    with line(stage, path) as wire:
        wire.socket.close()


def misspeak(stage: Stage) -> None:
    """What is hardly HTTP, with all that a browser says of itself."""
    said = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    for start in (
        f"GET /{SPOKEN[1]} HTTP/1.1\r\nHost: x\r\n{said}X: {'x' * 20_000}\r\n\r\n",
        f"GET /{SPOKEN[1]} {CRUMB}\r\n{said}\r\n",
        f"GET /{SPOKEN[1] * 1000} HTTP/1.1\r\nHost: x\r\n{said}\r\n",
        f"POST /x HTTP/1.1\r\nHost: x\r\n{said}Content-Length: {CRUMB}\r\n\r\n",
        f"POST /x HTTP/1.1\r\nHost: x\r\n{said}Content-Length: 100\r\n\r\n{CRUMB}",
        f"GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n{said}\r\n",
        f"GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: upgrade\r\n{said}\r\n",
        CRUMB,
    ):
        with socket.create_connection(("127.0.0.1", stage.port), 2, (HOME, 0)) as wire:
            wire.sendall(start.encode())
            wire.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                wire.recv(65536)


def go_everywhere(stage: Stage) -> dict[str, bytes]:
    """Everything that somebody can do here; gives what staff are shown afterwards."""
    with stage.store() as store:
        store.hset("askpanel:{broken}:meta", "session", f'{{"slug": "{SPOKEN[0]}"')
    for act in (browse, ask, work, ask_when_muted, listen, misspeak):
        act(stage)
    stage.kill()
    stage.start()
    listen(stage)
    screens = {}
    with closing(stage.staff("asha")) as asha:
        for path in ("", f"/sessions/{SLUG}/triage", f"/sessions/{SLUG}/desk"):
            screens[f"page {path}"] = asha.get(f"/staff{path}").content
        screens["metrics"] = asha.get("/metrics").content
    return screens


def everything_kept(stage: Stage, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """All that may be searched, and of that the logs, once the canary has been everywhere."""
    kept = go_everywhere(stage)
    with stage.store() as store:
        kept |= store_of(store)
    stage.stop()
    files = files_in(stage.folder, folder)
    logs = {name: content for name, content in files.items() if "log" in Path(name).name}
    assert any("aof" in name for name in files)
    assert len(logs) >= 2
    return kept | files, logs


@pytest.mark.parametrize(
    ("trusted", "form"),
    [("", "text"), (f"{HOME}/32", "text"), (f"{HOME}/32", "json")],
    ids=["in the open", "behind a proxy", "logged as JSON"],
)
def test_nobody_can_be_found_in_what_is_kept(tmp_path: Path, trusted: str, form: str) -> None:
    with watched(tmp_path, trusted=trusted, form=form) as stage:
        kept, logs = everything_kept(stage, tmp_path)
    assert found_in(kept, [*SELF, *TYPED]) == []
    assert found_in(logs, SPOKEN) == []
    assert any(b"Error" in content for content in logs.values()), "nothing had broken"
    assert any(SPOKEN[0].encode() in content for content in kept.values()), "nothing was asked"


# Controls


def test_a_nosy_program_is_found_out(tmp_path: Path) -> None:
    with watched(tmp_path, fault="nosy") as stage:
        kept, _ = everything_kept(stage, tmp_path)
    found = found_in(kept, SELF)
    for place, what in (
        ("serve.log", f"{AGENT} as it is"),
        (":questions", f"{HOME}, hashed"),
        ("appendonly.aof", f"{HOME}, hashed"),
        (str(tmp_path), f"{LANGUAGE}, hashed"),
    ):
        assert any(place in each and each.endswith(what) for each in found), place


@pytest.mark.parametrize("word", [HOME, SIX, AGENT])
def test_the_search_sees_through_hashes(word: str) -> None:
    assert found_in({"a": b"nothing"}, [word]) == []
    for written in (
        hashlib.sha256(word.encode()).hexdigest().encode(),
        hashlib.sha3_256(word.encode()).hexdigest()[:16].upper().encode(),
        b64encode(hashlib.md5(word.encode(), usedforsecurity=False).digest()),
        hashlib.blake2b(word.encode(), digest_size=12).hexdigest().encode(),
        hashlib.sha512(word.encode()).digest(),
        word.encode(),
    ):
        assert found_in({"a": b"x" + written + b"x"}, [word])
