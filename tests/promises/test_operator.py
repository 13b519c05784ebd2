"""An operator's mistake is one plain sentence and a non-zero exit, and nothing has happened."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from askpanel.cli import app
from askpanel.moderation.playbookfile import PACKAGED
from tests.engines import free_port, start_engine
from tests.promises.stage import Stage, staged
from tests.service import EXAMPLES, PASSWORD, SLUG

GMP = str(EXAMPLES / "gmp-lucy-faithfull.toml")
WRONG_NUMBER = str(EXAMPLES / "wrong-number.toml")
HOST = ("--name", "Kim", "--role", "host", "--password-stdin")
Command = Callable[..., CompletedProcess[str]]


def is_plain(done: CompletedProcess[str], *words: str, mistakes: int | None = 1) -> None:
    """A line for each mistake on standard error, with these words in them, and nothing else."""
    said = done.stderr.strip().splitlines()
    assert done.returncode not in (0, -9), done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert said
    assert mistakes in (None, len(said)), done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command line in this process: the same, without the time that a process takes."""
    for name in [name for name in os.environ if name.startswith("ASKPANEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASKPANEL_DATA_DIR", str(tmp_path))

    def running(*words: str, given: str = "", **settings: str) -> CompletedProcess[str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"ASKPANEL_{name}", value)
        done = CliRunner().invoke(app, words, input=given, catch_exceptions=False)
        return CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as running:
        yield running


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--appendonly", "no"), ("appendonly yes", "appendfsync always")),
        (("--appendfsync", "everysec"), ("everysec", "appendfsync always")),
        (("--appendfsync", "no"), ("appendfsync always",)),
        (("--replicaof", "127.0.0.1", "1"), ("read-only replica", "primary")),
        (("--requirepass", "the right one"), ("needs a password", "ASKPANEL_REDIS_URL")),
        (("--maxmemory-policy", "allkeys-lru"), ("noeviction",)),
    ],
    ids=["no persistence", "everysec", "no fsync", "replica", "password", "eviction"],
)
def test_a_store_that_would_lose_questions_is_not_served(
    command: Command, flags: tuple[str, ...], words: tuple[str, ...]
) -> None:
    with start_engine(*flags) as engine:
        done = command("serve", "--port", str(free_port()), REDIS_URL=engine.url)
    is_plain(done, *words)


def test_a_wrong_password_is_not_repeated(tmp_path: Path) -> None:
    """In a process of its own, whose every word is seen."""
    port = free_port()
    with start_engine("--requirepass", "the-right-one", port=port):
        stage = Stage(tmp_path, REDIS_URL=f"redis://:hunter2@127.0.0.1:{port}/0")
        done = stage.run("serve", "--port", str(free_port()))
    is_plain(done, "does not accept the password")
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("REDIS_URL", "unix:///nowhere/at/all", "no such socket"),
        ("REDIS_URL", "redis://127.0.0.1:1", "nothing listens there"),
        ("REDIS_URL", "ftp://127.0.0.1", "ASKPANEL_REDIS_URL"),
        ("REDIS_URL", "redis://127.0.0.1:port", "ASKPANEL_REDIS_URL"),
        ("DATA_DIR", "/dev/null/askpanel", "ASKPANEL_DATA_DIR"),
        ("SECRET_KEY", "short", "ASKPANEL_SECRET_KEY"),
        ("BASE_URL", "ask.example", "ASKPANEL_BASE_URL"),
        ("BASE_URL", "https://ask.example:port", "ASKPANEL_BASE_URL"),
        ("TRUSTED_PROXIES", "everybody", "ASKPANEL_TRUSTED_PROXIES"),
        ("QUESTIONS_PER_MINUTE", "many", "ASKPANEL_QUESTIONS_PER_MINUTE"),
        ("EXIT_URL", "javascript:alert(1)", "ASKPANEL_EXIT_URL"),
        ("PLAYBOOK", "/nowhere/playbook.toml", "ASKPANEL_PLAYBOOK"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    command: Command, name: str, value: str, words: str
) -> None:
    is_plain(command("serve", "--port", str(free_port()), **{name: value}), words)


@pytest.mark.parametrize("words", [("serve",), ("demo",), ("session", "list")])
def test_a_playbook_with_a_mistake_is_refused_with_its_place(
    command: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A person who asks in Welsh would otherwise be told nothing, and only then would it show."""
    good = PACKAGED.read_text("utf-8")
    file = tmp_path / "playbook.toml"
    welsh = next(line for line in good.split("\n") if line.startswith('cy = "Sarhaus"'))
    file.write_text(good.replace(f"{welsh}\n", "", 1), "utf-8")
    done = command(*words, PLAYBOOK=str(file))
    line = (
        good[: good.index(welsh)].count("\n") - 1
    )  # of the heading above: what is missing has none
    is_plain(done, "ASKPANEL_PLAYBOOK", f"reasons[5].label.cy (line {line})", "no words in Welsh")
    assert not (tmp_path / "engine").exists(), "the store was started with it"
    file.write_text(good, "utf-8")
    assert command("staff", "list", PLAYBOOK=str(file)).returncode == 0, "the control"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_said_to_be(command: Command, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        is_plain(command("serve", "--port", port, "--workers", workers), port, "already in use")
        is_plain(command("demo", "--port", port), port, "already in use")


def test_a_folder_that_another_program_serves_is_left_alone(stage: Stage) -> None:
    done = stage.run("serve", "--port", str(free_port()))
    is_plain(done, "Another Askpanel program")
    assert stage.snapshot().session.slug == SLUG


def test_a_taken_slug_is_refused_and_the_session_stays(stage: Stage, command: Command) -> None:
    before = stage.snapshot()
    done = command("session", "load", GMP, REDIS_URL=stage.engine_url)
    is_plain(done, SLUG, "is taken")
    assert stage.snapshot().session == before.session


def test_wrong_number_is_refused_for_its_number_and_nothing_is_loaded(
    stage: Stage, command: Command
) -> None:
    done = command("session", "load", WRONG_NUMBER, "--starts", "now", REDIS_URL=stage.engine_url)
    is_plain(done, "0908", "premium-rate", "phone")
    with stage.store() as store:
        assert store.smembers("askpanel:sessions") == {SLUG.encode()}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"slug = ", b"", b'slug = "x"\n' * 2])
def test_what_is_no_session_file_is_refused(
    command: Command, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "session.toml"
    if content is not None:
        file.write_bytes(content)
    is_plain(command("session", "load", str(file)), mistakes=9 if content == b"" else 1)
    assert not (tmp_path / "engine").exists(), "the store was started for it"


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (("session", "load", GMP, "--starts", "later"), "", "--starts"),
        (("session", "load", str(EXAMPLES)), "", "xamples"),
        (("export", "nowhere"), "", "no session called nowhere"),
        (("export", SLUG, "--format", "pdf"), "", "json, csv"),
        (("staff", "add", "asha", *HOST), PASSWORD, "already somebody called asha"),
        (("staff", "add", "Kim Kim", *HOST), PASSWORD, "username"),
        (("staff", "add", "kim", *HOST), "short", "at least 12"),
        (("staff", "add", "kim", *HOST), "", "at least 12"),
        (("staff", "disable", "nobody"), "", "nobody called nobody"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(
    stage: Stage, command: Command, words: tuple[str, ...], given: str, says: str
) -> None:
    done = command(*words, given=f"{given}\n", REDIS_URL=stage.engine_url)
    is_plain(done, says)


def test_a_program_that_shows_its_insides_is_found_out(tmp_path: Path) -> None:
    """Control: the same mistake, where nobody makes a sentence of it."""
    stage = Stage(tmp_path, fault="blunt", SECRET_KEY="short")
    done = stage.run("serve", "--port", str(free_port()))
    assert "ASKPANEL_SECRET_KEY" in done.stderr
    with pytest.raises(AssertionError):
        is_plain(done, "ASKPANEL_SECRET_KEY")
