"""Nothing that is printed names anybody, whatever goes wrong; uvicorn as it comes prints it all."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import json
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.requests import ClientDisconnect
from websockets.frames import Opcode

from askpanel.chat.quietlog import (
    CurrentStderr,
    JsonFormatter,
    QuietFormatter,
    places,
    without_addresses,
)
from askpanel.chat.quietlog import wire_logger as quiet
from askpanel.chat.sealer import ALARMS
from tests.chat.peers import DEADLINE, UPGRADE, eventually, masked, peer
from tests.documents import code, headed

ROOT = Path(__file__).parents[2]
ADDRESS, FORWARDED, PROXY = "127.0.0.5", "203.0.113.77", "127.0.0.6"
HEADERS = (
    "User-Agent: canary-agent\r\nReferer: https://canary-referer.example/\r\n"
    f"Accept-Language: canary-language\r\nX-Forwarded-For: {FORWARDED}\r\n"
)
FIELDS = {"time", "level", "logger", "event", "message"}
CANARIES = [
    *[ADDRESS, FORWARDED, PROXY, "canary-path", "canary-query", "canary-words"],
    *["canary-agent", "canary-referer", "canary-language"],
]
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
TARGET = "/canary-path?q=canary-query"


class Printed:
    """A server process: its port, and all that it printed once it has ended."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self.process = process
        self.output = output

    @property
    def port(self) -> int:
        """What it printed first."""
        return int(self.output.read_text().split("\n")[0])

    def text(self) -> str:
        """Everything after the port."""
        return self.output.read_text().partition("\n")[2]


@contextlib.contextmanager
def printing(kind: str, folder: Path) -> Iterator[Printed]:
    """Run one kind of server, with both its streams in one file."""
    output = folder / "printed.txt"
    with output.open("w") as file:
        command = [sys.executable, "-m", "tests.chat.canary", kind]
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, text=True)
        try:
            yield Printed(process, output)
        finally:
            process.kill()
            process.wait()


async def everything_that_goes_wrong(port: int) -> None:
    """Pages and sockets from the canary's address, good and bad, straight and by a proxy."""
    head = f" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{HEADERS}"
    words = "Content-Length: 12\r\n\r\ncanary-words"
    requests = [
        f"GET {TARGET}{head}\r\n",
        f"POST {TARGET}{head}{words}",
        f"POST /canary-path/later{head}{words}",
        f"GET {TARGET}{head}X-Long: {'canary-words ' * 9000}\r\n\r\n",
        f"canary-words {TARGET}\r\n{HEADERS}\r\n",
        f"GET {TARGET}{head}Upgrade: h2c\r\n\r\n",
    ]
    for source in (ADDRESS, PROXY):
        for request in requests:
            with peer(port, source) as sam:
                await sam.send(request)
                await sam.read_until(b"\r\n\r\n")
        upgrade = UPGRADE.replace("/sessions/demo/live", TARGET) + HEADERS
        for frame in (
            masked(Opcode.TEXT, b"canary-words"),
            masked(Opcode.TEXT, b"canary-words \xff"),
            masked(Opcode.TEXT, b"canary-words" * 1000),
            masked(Opcode.CLOSE, b"\x03\xe8canary-words"),
        ):
            with peer(port, source) as sam:
                await sam.send(upgrade + "\r\n")
                await sam.read_head()
                await sam.send(frame)
                with contextlib.suppress(ConnectionResetError):
                    await sam.read()
        with peer(port, source) as sam:
            await sam.send(upgrade + "X-Long: " + "canary-words" * 800 + "\r\n\r\n")
            with contextlib.suppress(TimeoutError):  # plain uvicorn does not answer this
                await asyncio.wait_for(sam.read(), 0.2)
        with peer(port, source) as sam:
            await sam.send(upgrade + "\r\n")
            await sam.read_head()


async def printed_by(kind: str, folder: Path) -> str:
    """All that one kind of server prints in a bad hour."""
    with printing(kind, folder) as server:
        await eventually(lambda: "\n" in server.output.read_text())
        with peer(server.port, ADDRESS) as alex:
            await alex.send(f"GET {TARGET} HTTP/1.1\r\n{HEADERS}")  # unfinished at the end
            await everything_that_goes_wrong(server.port)
        server.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(server.process.wait, DEADLINE * 2)
        return server.text()


@pytest.mark.parametrize("kind", ["ours", "loud"])
async def test_our_server_prints_nothing_about_anybody(kind: str, tmp_path: Path) -> None:
    text = await printed_by(kind, tmp_path)
    assert not [canary for canary in CANARIES if canary in text]
    assert text.count("ValueError") >= 4  # but it does say what failed, and where
    assert text.count("canary.py:") >= 4
    assert "Traceback" not in text


async def test_our_server_prints_nothing_about_anybody_in_json_either(tmp_path: Path) -> None:
    text = await printed_by("json", tmp_path)
    assert not [canary for canary in CANARIES if canary in text]
    lines = [json.loads(line) for line in text.splitlines()]
    assert all({*line} - {"fault"} == FIELDS for line in lines)
    faults = [line["fault"] for line in lines if "fault" in line]
    assert sum("builtins.ValueError" in fault for fault in faults) >= 4
    assert all("canary.py:" in " ".join(fault) for fault in faults if "ValueError" in fault[0])


async def test_the_same_hour_on_plain_uvicorn_is_found_out(tmp_path: Path) -> None:
    text = await printed_by("plain", tmp_path)
    found = {canary for canary in CANARIES if canary in text}
    assert found >= {ADDRESS, "canary-path", "canary-query", "canary-words", "canary-agent"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("from 192.0.2.1", "from [address]"),
        ("192.0.2.1:4711 - refused", "[address] - refused"),
        ("('192.0.2.1', 4711)", "('[address]', 4711)"),
        ("client:192.0.2.1.", "client:[address]."),
        ("bad:192.0.2.1:80", "bad:[address]"),
        ("http://192.0.2.1:8000/x", "http://[address]/x"),
        ("2001:db8::1 left", "[address] left"),
        ("2001:db8::1: refused", "[address] refused"),
        ("[2001:db8:0:1:2:3:4:5]:443", "[[address]]:443"),
        ("::1", "[address]"),
        ("::ffff:192.0.2.1", "[address][address]"),
        ("at 12:30:45 in 3.11.7", "at 12:30:45 in 3.11.7"),
        ("std::deed and a:b", "std::deed and a:b"),
        ("300.1.1", "300.1.1"),
    ],
)
def test_addresses_are_struck_out_and_times_are_not(text: str, left: str) -> None:
    assert without_addresses(text) == left


def raised(words: str) -> Exception:
    """An exception with a past."""
    nothing: dict[str, str] = {}
    try:
        nothing[words]
    except KeyError as exc:
        past = exc
    try:
        raise_from(words, past)
    except LookupError as exc:
        return exc


def raise_from(words: str, past: Exception) -> NoReturn:
    """Raise, because of the past."""
    raise LookupError(words) from past


def test_an_exception_is_its_type_its_places_and_its_cause() -> None:
    text = places(ExceptionGroup("my secret", [raised("my secret")]))
    lines = [line.rpartition("/")[2].strip() for line in text.split("\n")]
    assert lines[0] == "builtins.ExceptionGroup"
    assert lines[1:3] == ["one of which was", "builtins.LookupError"]
    assert [line.rpartition(" ")[2] for line in lines[3:5]] == ["raised", "raise_from"]
    assert lines[3].startswith("test_quietlog.py:")
    assert lines[5:7] == ["raised because of", "builtins.KeyError"]
    assert "secret" not in text


def test_exceptions_that_caused_each_other_come_to_an_end() -> None:
    one, two = KeyError(1), KeyError(2)
    one.__context__, two.__context__ = two, one
    assert places(one).count("KeyError") == 2


def formatted(name: str, message: str, exc: BaseException | None = None) -> str:
    """A line as any logger of the process would have it printed."""
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), info)
    return QuietFormatter().format(record)


def test_a_line_of_any_logger_has_no_values_of_exceptions() -> None:
    line = formatted("redis", "lost 192.0.2.1", raised("my secret"))
    assert "ERROR redis: lost [address]\nbuiltins.LookupError\n" in line
    assert "secret" not in line


def as_json(name: str, message: str, exc: BaseException | None = None, **extra: str) -> object:
    """The same line, as an object."""
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), info)
    record.created = 1_800_000_000.25
    vars(record).update(extra)
    return json.loads(JsonFormatter().format(record))


def test_a_line_in_json_has_its_event_its_session_and_no_address() -> None:
    line = as_json("askpanel", "lost\n192.0.2.1", event="entries_lost", session="stop-it-now")
    assert line == {
        "time": "2027-01-15T08:00:00.250+00:00",
        "level": "error",
        "logger": "askpanel",
        "event": "entries_lost",
        "message": "lost\n[address]",
        "session": "stop-it-now",
    }


def test_a_line_in_json_has_no_values_of_exceptions_and_one_line() -> None:
    line = as_json("redis", "lost", raised("my secret"))
    assert isinstance(line, dict)
    assert (line["event"], line["fault"][0]) == ("library", "builtins.LookupError")
    assert "secret" not in str(line)
    words = "Exception in callback f('my secret')\nhandle: <Handle f('my secret')>"
    assert "secret" not in str(as_json("asyncio", words, raised("my secret")))
    record = logging.LogRecord("a", logging.ERROR, "", 0, "one\ntwo", (), None)
    assert "\n" not in JsonFormatter().format(record)


def events() -> Iterator[str]:
    """The events that our own lines are given, from the syntax tree."""
    for path in (ROOT / "askpanel").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                owner = ast.unparse(call.func.value)
                if owner in ("logger", "_log", "self.logger") and call.func.attr in LEVELS:
                    given = {k.arg: ast.unparse(k.value) for k in call.keywords}
                    if "f'record_{kind}'" in given.get("extra", ""):
                        yield from (f"record_{kind}" for kind in ALARMS)
                        continue
                    yield from re.findall(r"'event': '(\w+)'", given.get("extra", "")) or [
                        f"none, in {path.name}:{call.lineno}"
                    ]


def test_every_line_of_ours_has_an_event_and_stands_in_the_inventory() -> None:
    page = (ROOT / "docs" / "log-inventory.md").read_text("utf-8")
    told = {code(row[0]) for row in headed(page, "Event", "It says")}
    assert {*events(), "fault", "library"} == told
    fields = {code(row[0]) for row in headed(page, "Field", "What it is")}
    assert fields == {*FIELDS, "session", "fault"}


def test_what_asyncio_shows_of_tasks_and_sockets_is_left_out() -> None:
    message = "Exception in callback f('my secret')\nhandle: <Handle f('my secret')>"
    line = formatted("asyncio", message, raised("my secret"))
    assert "ERROR asyncio: Exception in callback f\n" in line
    assert "secret" not in line


def test_the_quiet_logger_scrubs_before_any_handler_sees(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    quiet.setLevel(logging.DEBUG)
    quiet.info("127.0.0.5 accepted")
    quiet.error("failed", exc_info=raised("my secret"))
    quiet.error("left", exc_info=ClientDisconnect())
    quiet.setLevel(logging.WARNING)
    assert [record.message for record in caplog.records] == ["failed"]
    assert "builtins.LookupError" in caplog.text
    assert "secret" not in caplog.text


def test_lines_go_to_the_standard_error_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = CurrentStderr()
    for _ in range(2):
        monkeypatch.setattr(sys, "stderr", now := io.StringIO())
        handler.handle(logging.LogRecord("a", logging.ERROR, "", 0, "hello", (), None))
        assert now.getvalue() == "hello\n"
