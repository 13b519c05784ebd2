"""P21, by the operator's own hand: `askpanel doctor --privacy` finds what would tell who asked, and
leaves nothing of its search behind."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from askpanel.config import load
from askpanel.doctor import privacy
from askpanel.doctor.canary import Marks
from askpanel.doctor.finding import Finding, Level, as_text
from askpanel.doctor.lookover import LIVE, judge_live
from askpanel.doctor.privacy import COPY, REST
from tests.promises.stage import FAULTY, ROOT, Stage, staged
from tests.promises.trail import files_in, store_of

NOWHERE = "http://127.0.0.1:9"


def faults(found: list[Finding]) -> list[str]:
    return [each.says for each in found if each.level is Level.FAULT]


def copied(monkeypatch: pytest.MonkeyPatch, place: Path, fault: str) -> list[Finding]:
    """What is found in a copy of a program that has a fault. Nothing of the copy is left."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    found = [*privacy.judge_copy((sys.executable, str(FAULTY), fault), place)]
    assert list(place.iterdir()) == []
    return found


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a copy lives, so that a test can see that it is gone. Not pytest's own: the path of a
    socket must be short."""
    with TemporaryDirectory(prefix="doctor-") as folder:
        monkeypatch.setenv("ASKPANEL_DATA_DIR", f"{folder}/data")
        yield Path(folder)


def snapshot(stage: Stage) -> dict[str, bytes]:
    """The store of a service that nobody uses, without what its clock moves."""
    with stage.store() as store:
        return {name: held for name, held in store_of(store).items() if name.startswith("key")}


def test_a_service_that_keeps_its_promises_is_told_so() -> None:
    with staged() as stage:
        before = snapshot(stage)
        done = stage.run("doctor", "--privacy", "--app", stage.url, "--log", str(stage.log))
        assert snapshot(stage) == before
        files = files_in(stage.folder)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "Somebody with marks on them went to: pages in both languages",
        "✔ Nothing tells who asked: no address, browser, referring page, language",
        "✔ No cookie and no nonce is kept as it is, or hashed without a key.",
        "✔ No log holds anything that was asked",
        "✔ /metrics holds nothing that reads like an address or a browser.",
        "serve.log holds nothing that reads like an address",
        "What was not looked at",
        "All is well.",
    ):
        assert words in done.stdout
    # The live service has seen nothing of it.
    assert not any(b"canary" in content for content in files.values())


def test_a_program_reads_it_as_json() -> None:
    with staged() as stage:
        done = stage.run("doctor", "--privacy", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["well"]) == (0, True)
    assert {each["area"] for each in told["findings"]} == {COPY, LIVE, REST}


def test_the_marks_are_new_every_time() -> None:
    one, two = Marks(), Marks()
    assert not {*one.of_themselves, *one.spoken} & {*two.of_themselves, *two.spoken}


# Controls: each leak is planted, and named.


def test_a_nosy_program_is_named(monkeypatch: pytest.MonkeyPatch, own_folder: Path) -> None:
    says = faults(copied(monkeypatch, own_folder, "nosy"))
    assert any("serve.log stands canary-agent" in each for each in says)
    assert any("stands 127.77." in each and "hashed" in each for each in says)
    assert any("canary-language" in each and "tmp/languages" in each for each in says)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("talkative", ("serve.log stands canary-path", "serve.log stands canary-question")),
        ("open_handed", ("stands the cookie of who asked as it is",)),
    ],
)
def test_what_is_kept_too_openly_is_named(
    monkeypatch: pytest.MonkeyPatch, own_folder: Path, fault: str, words: tuple[str, ...]
) -> None:
    found = copied(monkeypatch, own_folder, fault)
    for each in words:
        assert any(each in says for says in faults(found)), as_text(found)


def test_a_service_that_cannot_be_asked_is_no_proof(
    monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    assert "The question that was asked is not in the store." in faults(
        copied(monkeypatch, own_folder, "refusing")
    )


def test_a_copy_that_does_not_start_is_no_proof() -> None:
    found = privacy.judge_copy((sys.executable, "-c", "raise SystemExit(1)"))
    assert faults([*found]) == ["A copy of the service with these settings does not start."]


def test_a_bad_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKPANEL_RETENTION_DAYS", "never")
    (fault,) = faults(privacy.examine(NOWHERE))
    assert "ASKPANEL_RETENTION_DAYS" in fault


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('203.0.113.9 - - "GET / HTTP/1.1" 200', True),
        ('"Mozilla/5.0 (X11; Linux x86_64)"', True),
        ("2026-01-01 INFO started, listening at 127.0.0.1", False),
        ("Valkey 8.1.3 is ready at 0.0.0.0, PID 12", False),
        ("version 1.2.3.4000", False),
    ],
)
def test_a_log_of_the_live_service_is_read(tmp_path: Path, line: str, is_found: bool) -> None:
    log = tmp_path / "access.log"
    log.write_text(f"fine\n{line}\n")
    found = [*judge_live(load(), NOWHERE, [log])]
    assert bool(faults(found)) is is_found
    missing = [*judge_live(load(), NOWHERE, [tmp_path / "nowhere.log"])]
    assert any("cannot be read" in each.says for each in missing)


def test_what_people_have_typed_is_no_fault_of_the_store() -> None:
    with staged() as stage:
        with stage.browser() as asker:
            page = asker.get("/sessions/stop-it-now").text
            nonce = page.split('name="id" value="')[1].split('"')[0]
            fields = {"id": nonce, "text": "Why is 203.0.113.9 in my browser?"}
            asker.post("/sessions/stop-it-now/questions", data=fields)
        done = stage.run("doctor", "--privacy", "--app", stage.url)
    assert done.returncode == 0
    assert "which people may have typed: askpanel:{stop-it-now}:" in done.stdout
    assert "203.0.113.9" not in done.stdout
